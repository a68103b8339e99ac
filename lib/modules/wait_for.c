/* wait_for: waits on the host until a port, a path or a text in it is there, or gone. */
#include "modules/module.h"

#include "modules/ere.h"

extern const char module_wait_for_script[];

static const struct parameter parameters[] = {
	{ "host", PARAMETER_TEXT, 0, "127.0.0.1", NULL, NULL,
		"name or address, as seen from the host" },
	{ "port", PARAMETER_INT, 0, NULL, NULL, NULL, "TCP port" },
	{ "path", PARAMETER_PATH, 0, NULL, NULL, NULL, "file, folder or socket" },
	{ "state", PARAMETER_TEXT, 0, "started", "started|stopped|present|absent|drained", NULL,
		"what to wait for" },
	{ "search_regex", PARAMETER_TEXT, 0, NULL, NULL, NULL,
		"text to find in the file, or in what the port says" },
	{ "timeout", PARAMETER_INT, 0, "300", NULL, NULL, "seconds to wait at most" },
	{ "delay", PARAMETER_INT, 0, "0", NULL, NULL, "seconds before the first look" },
	{ "sleep", PARAMETER_INT, 0, "1", NULL, NULL, "seconds between looks" },
	{ "connect_timeout", PARAMETER_INT, 0, "5", NULL, NULL, "seconds for one look at a port" },
	{ "msg", PARAMETER_TEXT, 0, NULL, NULL, NULL, "message when it times out" },
	{ "exclude_hosts", PARAMETER_LIST, 0, NULL, NULL, NULL,
		"with drained: addresses that do not count" },
	{ "active_connection_states", PARAMETER_LIST, PARAMETER_HERE,
		"ESTABLISHED,FIN_WAIT1,FIN_WAIT2,SYN_RECV,SYN_SENT,TIME_WAIT", NULL, NULL,
		"with drained: states that count" },
	{ 0 },
};

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

static gboolean prepare(call *c, GError **error)
{
	const char *regex = call_text(c, "search_regex");
	const char *state = call_text(c, "state");
	g_autofree char *ere = regex == NULL ? NULL : ere_from_python(regex, NULL);
	if (call_has(c, "port") && call_has(c, "path")) {
		call_error(c, error, "give either 'port' or 'path'");
		return FALSE;
	}
	if (g_str_equal(state, "drained") && !call_has(c, "port")) {
		call_error(c, error, "'state: drained' needs 'port'");
		return FALSE;
	}
	if (regex != NULL && ere == NULL) {
		call_error(c, error, "'search_regex' is more than grep on the host can do: '%.200s'",
			regex);
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

const struct module module_wait_for = {
	.name = "wait_for",
	.summary = "waits for a port or a path on the host to appear or disappear",
	.parameters = parameters,
	.script = module_wait_for_script,
	.prepare = prepare,
};
