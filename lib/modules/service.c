/* service: systemd's units, or the scripts in /etc/init.d where there is no systemd. */
#include "modules/systemd.h"

extern const char module_systemd_script[];

static const struct parameter parameters[] = {
	{ "name", PARAMETER_TEXT, PARAMETER_REQUIRED, NULL, NULL, NULL, "the service" },
	{ "state", PARAMETER_TEXT, 0, NULL, "started|stopped|restarted|reloaded", NULL,
		"what it shall be, or what shall be done" },
	{ "enabled", PARAMETER_BOOL, PARAMETER_HERE, NULL, NULL, NULL,
		"whether it starts at boot" },
	{ "sleep", PARAMETER_INT, 0, NULL, NULL, NULL,
		"seconds between stop and start, with /etc/init.d" },
	{ "arguments", PARAMETER_TEXT, PARAMETER_HERE, "", NULL, "args",
		"accepted, without effect" },
	{ "pattern", PARAMETER_TEXT, PARAMETER_HERE, NULL, NULL, NULL, "accepted, without effect" },
	{ "runlevel", PARAMETER_TEXT, PARAMETER_HERE, NULL, NULL, NULL,
		"accepted, without effect" },
	{ "use", PARAMETER_TEXT, PARAMETER_HERE, "auto", "auto|systemd|sysvinit|service", NULL,
		"accepted: what the host has is used" },
	{ 0 },
};

static gboolean prepare(call *c, GError **error)
{
	if (!systemd_prepare(c, error)) {
		return FALSE;
	}
	/* What the script shares with systemd and this module does not offer. */
	static const char *const absent[] = { "daemon_reload", "daemon_reexec", "no_block",
		"force" };
	for (gsize i = 0; i < G_N_ELEMENTS(absent); i++) {
		call_set_shell(c, absent[i], "");
	}
	call_set_shell(c, "scope", "system");
	return TRUE;
}

const struct module module_service = {
	.name = "service",
	.summary = "starts, stops, restarts, reloads services, and enables them at boot",
	.parameters = parameters,
	.script = module_systemd_script,
	.function = "systemd",
	.prepare = prepare,
	.finish = systemd_finish,
};
