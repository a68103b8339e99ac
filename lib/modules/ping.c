/* ping: whether the host answers. */
#include "modules/module.h"

extern const char module_ping_script[];

static const struct parameter parameters[] = {
	{ "data", PARAMETER_TEXT, 0, "pong", NULL, NULL, "what to answer; 'crash' fails" },
	{ 0 },
};

const struct module module_ping = {
	.name = "ping",
	.summary = "checks that the host can be reached and used",
	.parameters = parameters,
	.script = module_ping_script,
};
