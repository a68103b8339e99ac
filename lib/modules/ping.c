/* ping: whether the host answers. */
#include "modules/module.h"

extern const char module_ping_script[];

static const struct parameter parameters[] = {
	{ "data", PARAMETER_TEXT, 0, "pong", NULL, NULL, "what to answer; 'crash' fails" },
	{ 0 },
};

const struct module module_ping = {
	.name = "ping",
	.summary = "tells whether the host answers",
	.parameters = parameters,
	.script = module_ping_script,
};
