/* tempfile: a temporary file or folder on the host. */
#include "modules/module.h"

extern const char module_tempfile_script[];

static const struct parameter parameters[] = {
	{ "state", PARAMETER_TEXT, 0, "file", "file|directory", NULL, "what to make" },
	{ "path", PARAMETER_PATH, 0, NULL, NULL, NULL,
		"folder to make it in; default: the host's TMPDIR" },
	{ "prefix", PARAMETER_TEXT, 0, "ansible.", NULL, NULL, "prefix of its name" },
	{ "suffix", PARAMETER_TEXT, 0, "", NULL, NULL, "and ends with" },
	{ 0 },
};

const struct module module_tempfile = {
	.name = "tempfile",
	.summary = "creates a temporary file or folder on the host",
	.parameters = parameters,
	.script = module_tempfile_script,
};
