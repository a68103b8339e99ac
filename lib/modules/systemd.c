/* systemd: units started, stopped, restarted, reloaded, enabled at boot. */
#include "modules/systemd.h"

#include <string.h>

extern const char module_systemd_script[];

static const struct parameter parameters[] = {
	{ "name", PARAMETER_TEXT, 0, NULL, NULL, "service|unit",
		"the unit; without a suffix a service" },
	{ "state", PARAMETER_TEXT, 0, NULL, "started|stopped|restarted|reloaded", NULL,
		"the state to ensure, or the action to take" },
	{ "enabled", PARAMETER_BOOL, PARAMETER_HERE, NULL, NULL, NULL,
		"whether it starts at boot" },
	{ "masked", PARAMETER_BOOL, PARAMETER_HERE, NULL, NULL, NULL,
		"whether it is masked, so that it cannot be started" },
	{ "daemon_reload", PARAMETER_BOOL, 0, "no", NULL, "daemon-reload",
		"read changed unit files first" },
	{ "daemon_reexec", PARAMETER_BOOL, 0, "no", NULL, "daemon-reexec",
		"restart systemd itself first" },
	{ "scope", PARAMETER_TEXT, 0, "system", "system|user|global", NULL, "whose systemd" },
	{ "no_block", PARAMETER_BOOL, 0, "no", NULL, NULL, "do not wait for the unit" },
	{ "force", PARAMETER_BOOL, 0, "no", NULL, NULL, "replace links that are in the way" },
	{ 0 },
};

static void set_choice(call *c, const char *name)
{
	call_set_shell(c, name, !call_has(c, name) ? "" : call_flag(c, name) ? "yes" : "no");
}

gboolean systemd_prepare(call *c, GError **error)
{
	gboolean acts = call_has(c, "state") || call_has(c, "enabled") || call_has(c, "masked");
	const char *name = call_text(c, "name");
	if (acts && (name == NULL || *name == '\0')) {
		call_error(c, error, "'state', 'enabled' and 'masked' need 'name'");
		return FALSE;
	}
	if (name != NULL && strpbrk(name, "*?[") != NULL) {
		call_error(c, error, "'%s' is a pattern: give the name of one unit", name);
		return FALSE;
	}
	if (!acts && !call_flag(c, "daemon_reload") && !call_flag(c, "daemon_reexec")) {
		call_error(c, error,
			"nothing to do: give 'state', 'enabled', 'masked' or 'daemon_reload'");
		return FALSE;
	}
	set_choice(c, "enabled");
	set_choice(c, "masked");
	return TRUE;
}

void systemd_finish(call *c, result *r)
{
	(void)c;
	const char *text = result_text(r, "properties", NULL);
	if (text == NULL) {
		return;
	}
	value *status = value_new_dict();
	g_auto(GStrv) lines = g_strsplit(text, "\n", -1);
	for (char **line = lines; *line != NULL; line++) {
		char *equals = strchr(*line, '=');
		if (equals != NULL) {
			*equals = '\0';
			value_dict_set(status, *line,
				value_new_bytes(equals + 1, strlen(equals + 1), VALUE_UNSAFE));
		}
	}
	g_autoptr(value) key = value_new_string("properties");
	value_dict_remove(r->fields, key);
	result_set(r, "status", status);
}

const struct module module_systemd = {
	.name = "systemd",
	.summary = "starts, stops, restarts, reloads units, and enables them at boot",
	.parameters = parameters,
	.script = module_systemd_script,
	.prepare = systemd_prepare,
	.finish = systemd_finish,
};
