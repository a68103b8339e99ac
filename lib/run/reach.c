/* How a host is reached and as whom its steps run: connection variables, options, keywords. */
#include "run/host-private.h"

#include "playbook/keywords.h"

#include "base/secret-memory.h"
#include "inventory/connection-variables.h"
#include "value/convert.h"

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

static void keep_all(host_run *h, const char *const **ret, const GPtrArray *texts)
{
	guint n = texts != NULL ? texts->len : 0;
	const char **all = g_new0(const char *, n + 1);
	for (guint i = 0; i < n; i++) {
		char *copy = g_strdup(g_ptr_array_index(texts, i));
		g_ptr_array_add(h->reach_strings, copy);
		all[i] = copy;
	}
	g_ptr_array_add(h->reach_strings, (gpointer)all);
	*ret = all;
}

/* A play's keyword as text kept by the host; fallback when the play does not have it. */
static gboolean keyword(host_run *h, const value *raw, const char **text, GError **error)
{
	if (raw == NULL) {
		return TRUE;
	}
	g_autoptr(value) v = variables_evaluate(h->variables, raw, error);
	if (v == NULL) {
		return FALSE;
	}
	char *own = value_to_string(v);
	g_ptr_array_add(h->reach_strings, own);
	*text = own;
	return TRUE;
}

/* How the host is reached in a play: its variables outweigh the play's keywords, those the options.
 */
static gboolean reach(
	host_run *h, const struct play *play, struct connection_options *to, GError **error)
{
	const struct run_options *options = h->state->options;
	struct connection_variables found;
	const char *port = NULL;
	struct connection_defaults defaults = {
		.connection = options->connection,
		.user = options->user,
		.private_key = options->private_key,
		.timeout = options->timeout,
		.port = options->port,
		.password = options->password,
		.ssh_args = options->ssh_args,
		.ssh_common_args = options->ssh_common_args,
		.ssh_extra_args = options->ssh_extra_args,
	};
	if (!keyword(h, play->connection, &defaults.connection, error) ||
		!keyword(h, play->remote_user, &defaults.user, error) ||
		!keyword(h, play->port, &port, error)) {
		return FALSE;
	}
	if (port != NULL) {
		gint64 number = 0;
		if (!convert_whole(port, 1, 65535, &number)) {
			error_set_at(error, SUTLER_ERROR_USAGE, value_position(play->port),
				"invalid port '%s', use 1 to 65535", port);
			return FALSE;
		}
		defaults.port = (guint)number;
	}
	if (!connection_variables_read(options->inventory, h->host, &defaults, evaluated,
		    h->variables, &found, error)) {
		return FALSE;
	}
	keep(h, &to->kind, &found.connection);
	keep(h, &to->host, &found.host);
	keep(h, &to->user, &found.user);
	keep(h, &to->private_key, &found.private_key);
	keep(h, &to->password, &found.password);
	keep(h, &to->ssh_config, &found.ssh.config);
	keep_all(h, &to->ssh_options, found.ssh.options);
	to->port = found.port;
	to->connect_timeout = found.timeout;
	to->name = host_name(h->host);
	to->known_hosts = options->known_hosts;
	to->ssh_config = to->ssh_config != NULL ? to->ssh_config : options->ssh_config;
	to->keepalive = options->keepalive;
	gboolean checking = found.host_key_checking >= 0 ? found.host_key_checking
							 : !options->no_host_key_checking;
	to->accept_new = options->accept_new || !checking;
	connection_variables_clear(&found);
	return TRUE;
}

/* What holds for many hosts is said once, of the first. Takes nothing. */
static void remark_once(host_run *h, const char *remark)
{
	if (remark == NULL) {
		return;
	}
	g_mutex_lock(&h->state->lock);
	gboolean first = g_hash_table_add(h->state->remarks, g_strdup(remark));
	g_mutex_unlock(&h->state->lock);
	if (first) {
		g_autofree char *text =
			g_strdup_printf("host '%s': %s", host_name(h->host), remark);
		struct event event = { .kind = EVENT_WARNING, .warning = text };
		run_emit(h->state, &event);
	}
}

static void remark_ignored(host_run *h)
{
	const struct run_options *options = h->state->options;
	g_autofree char *names = options->verbose
					 ? connection_variables_ignored(options->inventory, h->host)
					 : g_strdup("");
	if (*names != '\0') {
		g_autofree char *text = g_strdup_printf("without effect here: %s", names);
		remark_once(h, text);
	}
}

static gboolean same_words(const char *const *a, const char *const *b)
{
	return (a == NULL          ? b == NULL || *b == NULL
		       : b == NULL ? *a == NULL
				   : g_strv_equal(a, b)) != FALSE;
}

static gboolean same_way(const struct connection_options *a, const struct connection_options *b)
{
	return g_strcmp0(a->kind, b->kind) == 0 && g_strcmp0(a->host, b->host) == 0 &&
	       a->port == b->port && g_strcmp0(a->user, b->user) == 0 &&
	       g_strcmp0(a->private_key, b->private_key) == 0 &&
	       g_strcmp0(a->ssh_config, b->ssh_config) == 0 &&
	       same_words(a->ssh_options, b->ssh_options);
}

void host_rest(host_run *h)
{
	if (h->lanes != NULL) {
		h->past_round_trips += lanes_round_trips(h->lanes);
		lanes_rest(h->lanes);
	}
	due_forget_lanes(h->due);
	g_clear_pointer(&h->lane_user, g_free);
	h->lane = NULL;
	h->unsynced = FALSE;
	h->needs_resume = FALSE;
	h->last_sync = 0;
	h->seen_sync = 0;
}

/* Closes what the last play used. */
static void forget_lanes(host_run *h)
{
	host_rest(h);
	g_clear_pointer(&h->lanes, lanes_free);
}

gboolean host_prepare_reach(host_run *h, const struct play *play, GError **error)
{
	struct connection_options next = { 0 };
	g_autofree char *remark = NULL;
	if (!reach(h, play, &next, error) || !connection_check(&next, &remark, error)) {
		return FALSE;
	}
	remark_once(h, remark);
	remark_ignored(h);
	if (h->lanes == NULL || !same_way(&next, &h->reach)) {
		forget_lanes(h);
		h->reach = next;
		h->lanes = lanes_new(&h->reach, h->state->scripts, h->state->script_set,
			due_key(h->due), h->state->options->output_limit);
	}
	return TRUE;
}

void host_reset_connection(host_run *h)
{
	if (!h->state->options->check) {
		forget_lanes(h);
		h->lanes = lanes_new(&h->reach, h->state->scripts, h->state->script_set,
			due_key(h->due), h->state->options->output_limit);
	}
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
	if (value_is(v, VALUE_NULL) || variables_is_omit(v)) {
		return TRUE;
	}
	int truth = convert_truth(v);
	if (truth < 0) {
		g_autofree char *text = value_to_string(v);
		error_set_at(error, SUTLER_ERROR_USAGE, value_position(raw),
			"'%s' is not a boolean, use true or false", text);
		return FALSE;
	}
	*ret = truth != 0;
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

/* A task's keyword, evaluated; *ret stays NULL when it has none. Where it is `omit`, what is around
 * the task counts: blocks, then the play. Caller unrefs. */
static gboolean task_keyword(
	host_run *h, const struct task *task, const char *name, value **ret, GError **error)
{
	const struct keyword *keyword = keyword_find(name);
	*ret = NULL;
	for (const struct task *t = task; t != NULL; t = t->parent) {
		const value *raw = keyword_of_task(keyword, t);
		g_autoptr(value) v = variables_evaluate(h->variables, raw, error);
		if (raw == NULL || v == NULL || !variables_is_omit(v)) {
			*ret = g_steal_pointer(&v);
			return raw == NULL || *ret != NULL;
		}
	}
	const value *raw = keyword_of_play(keyword, h->play);
	*ret = variables_evaluate(h->variables, raw, error);
	if (*ret != NULL && variables_is_omit(*ret)) {
		value_clear(ret);
		return TRUE;
	}
	return raw == NULL || *ret != NULL;
}

static gboolean check_method(const struct task *task, const char *method, GError **error)
{
	if (method == NULL || g_str_equal(method, "sudo") ||
		g_str_equal(method, "ansible.builtin.sudo")) {
		return TRUE;
	}
	error_set_at(error, SUTLER_ERROR_USAGE, task->at,
		"become method '%s' is not supported: use sudo, or log in as the user that the "
		"steps "
		"run as",
		method);
	return FALSE;
}

gboolean host_become(host_run *h, const struct task *task, struct become *ret, GError **error)
{
	const struct run_options *options = h->state->options;
	struct connection_variables found;
	gboolean wanted = FALSE;
	g_autoptr(value) become = NULL;
	g_autoptr(value) user_value = NULL;
	g_autoptr(value) method_value = NULL;
	*ret = (struct become){ 0 };
	if (!task_keyword(h, task, "become", &become, error) ||
		!host_flag(h, become, options->become, &wanted, error) ||
		!task_keyword(h, task, "become_user", &user_value, error) ||
		!task_keyword(h, task, "become_method", &method_value, error)) {
		return FALSE;
	}
	g_autofree char *user = user_value != NULL ? value_to_string(user_value) : NULL;
	g_autofree char *method = method_value != NULL ? value_to_string(method_value) : NULL;
	struct connection_defaults defaults = {
		.become = wanted,
		.become_user = user != NULL ? user : options->become_user,
		.become_method = method != NULL ? method : options->become_method,
		.become_password = options->become_password,
		.become_program = options->become_program,
		.become_flags = options->become_flags,
	};
	if (!connection_variables_read(options->inventory, h->host, &defaults, evaluated,
		    h->variables, &found, error)) {
		return FALSE;
	}
	if (found.become && !check_method(task, found.become_method, error)) {
		connection_variables_clear(&found);
		return FALSE;
	}
	const char *other = found.become_user != NULL ? found.become_user : "root";
	if (found.become && g_strcmp0(other, login_user(h)) != 0) {
		ret->user = g_strdup(other);
		ret->password = g_steal_pointer(&found.become_password);
		ret->executable = g_steal_pointer(&found.become_program);
		ret->flags = g_steal_pointer(&found.become_flags);
	}
	connection_variables_clear(&found);
	return TRUE;
}

void become_clear(struct become *who)
{
	g_clear_pointer(&who->user, g_free);
	g_clear_pointer(&who->password, secret_wipe_string);
	g_clear_pointer(&who->executable, g_free);
	g_clear_pointer(&who->flags, g_free);
}
