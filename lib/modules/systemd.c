/* systemd: units started, stopped, restarted, reloaded, enabled at boot. */
#include "modules/systemd.h"

#include <string.h>

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
