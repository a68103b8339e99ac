/* slurp: a file of the host, in base64. */
#include "modules/module.h"

extern const char module_slurp_script[];

static const struct parameter parameters[] = {
	{ "src", PARAMETER_PATH, PARAMETER_REQUIRED, NULL, NULL, "path", "the file" },
	{ 0 },
};

const struct module module_slurp = {
	.name = "slurp",
	.summary = "reads a file from the host, encoded in base64",
	.parameters = parameters,
	.script = module_slurp_script,
};
