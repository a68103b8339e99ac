/* How a host is reached and as whom its steps run: connection variables, options, keywords. */
#include "run/host-private.h"

#include "inventory/connection-variables.h"

#include <string.h>

static value *evaluated(gpointer data, const char *name, GError **error)
{
	return variables_get(data, name, error);
}

static void keep(host_run *h, const char **ret, char **text)
{
	*ret = *text;
	if (*text != NULL) {
		g_ptr_array_add(h->reach_strings, g_steal_pointer(text));
	}
}

static gboolean reach(host_run *h, GError **error)
{
	const struct run_options *options = h->state->options;
	struct connection_options *to = &h->reach;
	struct connection_variables found;
	struct connection_defaults defaults = {
		.connection = options->connection,
		.user = options->user,
		.private_key = options->private_key,
		.timeout = options->timeout,
	};
	if (!connection_variables_read(h->state->options->inventory, h->host, &defaults, evaluated,
		    h->variables, &found, error)) {
		return FALSE;
	}
	keep(h, &to->kind, &found.connection);
	keep(h, &to->host, &found.host);
	keep(h, &to->user, &found.user);
	keep(h, &to->private_key, &found.private_key);
	keep(h, &to->known_hosts, &found.known_hosts);
	keep(h, &to->ssh_config, &found.ssh_config);
	to->port = found.port;
	to->connect_timeout = found.timeout > 0 ? found.timeout : 10;
	to->name = host_name(h->host);
	to->known_hosts = options->known_hosts != NULL ? options->known_hosts : to->known_hosts;
	to->ssh_config = to->ssh_config != NULL ? to->ssh_config : options->ssh_config;
	to->keepalive = options->keepalive;
	to->accept_new = options->accept_new;
	connection_variables_clear(&found);
	return TRUE;
}

gboolean host_prepare_reach(host_run *h, GError **error)
{
	if (h->lanes != NULL) {
		return TRUE;
	}
	if (!reach(h, error) || !connection_check(&h->reach, error)) {
		return FALSE;
	}
	h->lanes = lanes_new(&h->reach, h->state->scripts, h->state->script_set);
	return TRUE;
}

gboolean host_flag(host_run *h, const value *raw, gboolean fallback, gboolean *ret, GError **error)
{
	*ret = fallback;
	if (raw == NULL) {
		return TRUE;
	}
	g_autoptr(value) v = variables_evaluate(h->variables, raw, error);
	if (v == NULL) {
		return FALSE;
	}
	if (value_is(v, VALUE_STRING)) {
		const char *text = value_string(v);
		*ret = g_ascii_strcasecmp(text, "yes") == 0 ||
		       g_ascii_strcasecmp(text, "true") == 0 ||
		       g_ascii_strcasecmp(text, "on") == 0 || g_str_equal(text, "1");
	} else {
		*ret = value_truth(v);
	}
	return TRUE;
}

/* The login user where it is known before the host has said it; NULL: it is not. */
static const char *login_user(const host_run *h)
{
	if (h->reach.user == NULL && g_str_equal(h->reach.kind, "local")) {
		return g_get_user_name();
	}
	return h->reach.user;
}

gboolean host_become(host_run *h, const struct task *task, struct become *ret, GError **error)
{
	const struct run_options *options = h->state->options;
	struct connection_variables found;
	gboolean wanted = FALSE;
	g_autofree char *user = NULL;
	*ret = (struct become){ 0 };
	if (!host_flag(h, task->become, options->become, &wanted, error)) {
		return FALSE;
	}
	if (task->become_user != NULL) {
		g_autoptr(value) v = variables_evaluate(h->variables, task->become_user, error);
		if (v == NULL) {
			return FALSE;
		}
		user = value_to_string(v);
	}
	struct connection_defaults defaults = {
		.become = wanted,
		.become_user = user != NULL ? user : options->become_user,
		.become_password = options->become_password,
	};
	if (!connection_variables_read(options->inventory, h->host, &defaults, evaluated,
		    h->variables, &found, error)) {
		return FALSE;
	}
	const char *other = found.become_user != NULL ? found.become_user : "root";
	if (found.become && g_strcmp0(other, login_user(h)) != 0) {
		ret->user = g_strdup(other);
		ret->password = g_steal_pointer(&found.become_password);
		ret->executable = g_steal_pointer(&found.become_program);
	}
	connection_variables_clear(&found);
	return TRUE;
}

void become_clear(struct become *who)
{
	if (who->password != NULL) {
		explicit_bzero(who->password, strlen(who->password));
	}
	g_clear_pointer(&who->user, g_free);
	g_clear_pointer(&who->password, g_free);
	g_clear_pointer(&who->executable, g_free);
}
