/* service: systemd's units, or the scripts in /etc/init.d where there is no systemd. */
#include "modules/systemd.h"

extern const char module_systemd_script[];

static const struct parameter parameters[] = {
	{ "name", PARAMETER_TEXT, PARAMETER_REQUIRED, NULL, NULL, NULL, "the service" },
	{ "state", PARAMETER_TEXT, 0, NULL, "started|stopped|restarted|reloaded", NULL,
		"the state to ensure, or the action to take" },
	{ "enabled", PARAMETER_BOOL, PARAMETER_HERE, NULL, NULL, NULL,
		"whether it starts at boot" },
	{ "sleep", PARAMETER_INT, 0, NULL, NULL, NULL,
		"seconds between stop and start, with /etc/init.d" },
	{ "arguments", PARAMETER_TEXT, PARAMETER_HERE, "", NULL, "args",
		"accepted, without effect" },
	{ "pattern", PARAMETER_TEXT, PARAMETER_HERE, NULL, NULL, NULL, "accepted, without effect" },
	{ "runlevel", PARAMETER_TEXT, PARAMETER_HERE, "default", NULL, NULL,
		"accepted, without effect" },
	{ "use", PARAMETER_TEXT, PARAMETER_HERE, "auto", "auto|systemd|sysvinit|service", NULL,
		"accepted: what the host has is used" },
	{ "daemon_reload", PARAMETER_BOOL, 0, "no", NULL, "daemon-reload",
		"with systemd: read changed unit files first" },
	{ "daemon_reexec", PARAMETER_BOOL, 0, "no", NULL, "daemon-reexec",
		"with systemd: restart it first" },
	{ "masked", PARAMETER_BOOL, PARAMETER_HERE, NULL, NULL, NULL,
		"with systemd: whether it is masked, so that it cannot be started" },
	{ "scope", PARAMETER_TEXT, 0, "system", "system|user|global", NULL, "with systemd: whose" },
	{ "no_block", PARAMETER_BOOL, 0, "no", NULL, NULL,
		"with systemd: do not wait for the unit" },
	{ "force", PARAMETER_BOOL, 0, "no", NULL, NULL,
		"with systemd: replace links that are in the way" },
	{ 0 },
};

static gboolean prepare(call *c, GError **error)
{
	if (!systemd_prepare(c, error)) {
		return FALSE;
	}
	/* As in Ansible they are handed on to systemd, where the host has it. */
	static const char *const of_systemd[] = { "daemon_reload", "daemon_reexec", "no_block",
		"force", "masked" };
	const char *given = "";
	for (gsize i = 0; i < G_N_ELEMENTS(of_systemd); i++) {
		given = call_flag(c, of_systemd[i]) ? of_systemd[i] : given;
	}
	call_set_shell(c, "needs_systemd", given);
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
