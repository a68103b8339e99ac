/* wait_for: waits on the host until a port, a path or a text in it is there, or gone. */
#include "modules/module.h"

#include "modules/ere.h"

/* The numbers of connection states in /proc/net/tcp (include/net/tcp_states.h). */
static const char *const states[] = { "ESTABLISHED", "SYN_SENT", "SYN_RECV", "FIN_WAIT1",
	"FIN_WAIT2", "TIME_WAIT", "CLOSE", "CLOSE_WAIT", "LAST_ACK", "LISTEN", "CLOSING", NULL };

static gboolean set_states(call *c, GError **error)
{
	GString *numbers = g_string_new(NULL);
	value_list_foreach (call_value(c, "active_connection_states"), item) {
		gsize i = 0;
		while (states[i] != NULL && !g_str_equal(states[i], value_string(item))) {
			i++;
		}
		if (states[i] == NULL) {
			call_error(c, error, "unknown connection state '%s'", value_string(item));
			g_string_free(numbers, TRUE);
			return FALSE;
		}
		g_string_append_printf(numbers, "%02zX ", i + 1);
	}
	call_set_shell(c, "states", numbers->str);
	g_string_free(numbers, TRUE);
	return TRUE;
}

gboolean module_wait_for_prepare(call *c, GError **error)
{
	const char *regex = call_text(c, "search_regex");
	g_autofree char *ere = regex == NULL ? NULL : ere_from_python(regex, NULL);
	if (regex != NULL && ere == NULL) {
		call_error(c, error,
			"'search_regex' is more than grep on the host can do: '%.200s'", regex);
		return FALSE;
	}
	gint64 port = call_int(c, "port", 1);
	if (port < 1 || port > 65535) {
		call_error(c, error, "invalid port '%" G_GINT64_FORMAT "', use 1 to 65535", port);
		return FALSE;
	}
	if (call_int(c, "sleep", 1) < 1) {
		call_error(c, error, "'sleep' must be 1 or more");
		return FALSE;
	}
	call_set_shell(c, "ere", ere == NULL ? "" : ere);
	return set_states(c, error);
}
