/* hostname: the host's own name. */
#include "modules/module.h"

extern const char module_hostname_script[];

static const struct parameter parameters[] = {
	{ "name", PARAMETER_TEXT, PARAMETER_REQUIRED, NULL, NULL, NULL, "the name" },
	{ "use", PARAMETER_TEXT, PARAMETER_HERE, NULL, NULL, NULL,
		"accepted: what the host has is used" },
	{ 0 },
};

static gboolean prepare(call *c, GError **error)
{
	const char *name = call_text(c, "name");
	if (!g_regex_match_simple("^[A-Za-z0-9]([A-Za-z0-9.-]{0,62}[A-Za-z0-9])?$", name,
		    G_REGEX_DEFAULT, G_REGEX_MATCH_DEFAULT)) {
		call_error(c, error, "'%s' is not a host name", name);
		return FALSE;
	}
	return TRUE;
}

const struct module module_hostname = {
	.name = "hostname",
	.summary = "sets the host name",
	.parameters = parameters,
	.script = module_hostname_script,
	.prepare = prepare,
};
