/* How a host is reached and as whom its steps run: connection variables, options, keywords. */
#include "run/walker-private.h"

#include "playbook/keywords.h"

#include "inventory/connection-variables.h"
#include "value/convert.h"

#include <string.h>

static value *evaluated(gpointer data, const char *name, GError **error)
{
	return variables_get(data, name, error);
}

static value *evaluated_of_other(gpointer data, const char *name, GError **error)
{
	return variables_get_of_host(data, name, error);
}

static void keep(reach *r, const char **ret, char **text)
{
	*ret = *text;
	if (*text != NULL) {
		g_ptr_array_add(r->strings, g_steal_pointer(text));
	}
}

static void keep_all(reach *r, const char *const **ret, const GPtrArray *texts)
{
	guint n = texts != NULL ? texts->len : 0;
	const char **all = g_new0(const char *, n + 1);
	for (guint i = 0; i < n; i++) {
		char *copy = g_strdup(g_ptr_array_index(texts, i));
		g_ptr_array_add(r->strings, copy);
		all[i] = copy;
	}
	g_ptr_array_add(r->strings, (gpointer)all);
	*ret = all;
}

/* What a play or a task says itself about how its steps reach a host; raw, or NULL. */
struct way {
	const value *connection, *remote_user, *port;
};

/* A keyword as text that r keeps; fallback when nothing gives it. */
static gboolean keyword(walker *w, reach *r, const value *raw, const char **text, GError **error)
{
	if (raw == NULL) {
		return TRUE;
	}
	g_autoptr(value) v = variables_evaluate(w->variables, raw, error);
	if (v == NULL) {
		return FALSE;
	}
	if (!variables_is_omit(v)) {
		char *own = value_to_string(v);
		g_ptr_array_add(r->strings, own);
		*text = own;
	}
	return TRUE;
}

static gboolean port_keyword(walker *w, reach *r, const value *raw, guint *port, GError **error)
{
	const char *text = NULL;
	gint64 number = 0;
	if (!keyword(w, r, raw, &text, error)) {
		return FALSE;
	}
	if (text != NULL && !convert_whole(text, 1, 65535, &number)) {
		error_set_at(error, SUTLER_ERROR_USAGE, value_position(raw),
			"invalid port '%s', use 1 to 65535", text);
		return FALSE;
	}
	*port = text != NULL ? (guint)number : *port;
	return TRUE;
}

/* What a host's variables and ssh_config may say is read into r. */
static void take_found(walker *w, reach *r, struct connection_variables *found)
{
	const struct run_options *options = w->state->options;
	struct connection_options *to = &r->to;
	keep(r, &to->kind, &found->connection);
	keep(r, &to->host, &found->host);
	keep(r, &to->user, &found->user);
	keep(r, &to->private_key, &found->private_key);
	keep(r, &to->password, &found->password);
	keep(r, &to->ssh_config, &found->ssh.config);
	keep_all(r, &to->ssh_options, found->ssh.options);
	to->port = found->port;
	to->connect_timeout = found->timeout;
	to->known_hosts = options->known_hosts;
	to->ssh_config = to->ssh_config != NULL ? to->ssh_config : options->ssh_config;
	to->keepalive = options->keepalive;
	gboolean checking = found->host_key_checking >= 0 ? found->host_key_checking
							  : !options->no_host_key_checking;
	to->accept_new = options->accept_new || !checking;
	connection_variables_clear(found);
}

static struct connection_defaults given_defaults(const struct run_options *options)
{
	return (struct connection_defaults){
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
}

/* How the host is reached: its variables outweigh the keywords, those the options. */
static reach *own_reach(walker *w, const struct way *way, GError **error)
{
	const struct run_options *options = w->state->options;
	struct connection_variables found;
	struct connection_defaults defaults = given_defaults(options);
	g_autoptr(reach) r = reach_new();
	if (!keyword(w, r, way->connection, &defaults.connection, error) ||
		!keyword(w, r, way->remote_user, &defaults.user, error) ||
		!port_keyword(w, r, way->port, &defaults.port, error) ||
		!connection_variables_read(options->inventory, w->host, &defaults, evaluated,
			w->variables, &found, error)) {
		return NULL;
	}
	r->to.name = host_name(w->host);
	take_found(w, r, &found);
	return g_steal_pointer(&r);
}

/* The same for a host that a step is delegated to: the variables of that host count. What the play
 * says for its own hosts does, as in Ansible, for the user alone, and for a connection that is not
 * the local one. */
static reach *delegated_reach(walker *w, const struct way *way, const char *name, GError **error)
{
	const struct run_options *options = w->state->options;
	struct connection_variables found;
	struct connection_defaults defaults = given_defaults(options);
	const host *h = inventory_any_host(options->inventory, name);
	variables *other = variables_of_target(w->variables, h);
	g_autoptr(reach) r = reach_new();
	if (!keyword(w, r, way->connection, &defaults.connection, error) ||
		!keyword(w, r, way->remote_user, &defaults.user, error)) {
		return NULL;
	}
	if (g_strcmp0(defaults.connection, "local") == 0) {
		defaults.connection = NULL;
	}
	if (!connection_variables_read(
		    options->inventory, h, &defaults, evaluated_of_other, other, &found, error)) {
		return NULL;
	}
	r->to.name = host_name(h);
	take_found(w, r, &found);
	g_autofree char *remark = NULL;
	if (!connection_check(&r->to, &remark, error)) {
		return NULL;
	}
	if (remark != NULL) {
		run_warn_once(w->state, r->to.name, remark);
	}
	return g_steal_pointer(&r);
}

static void remark_ignored(walker *w)
{
	const struct run_options *options = w->state->options;
	g_autofree char *names = options->verbose
					 ? connection_variables_ignored(options->inventory, w->host)
					 : g_strdup("");
	if (*names != '\0') {
		g_autofree char *text = g_strdup_printf("without effect here: %s", names);
		run_warn_once(w->state, host_name(w->host), text);
	}
}

gboolean walker_prepare_reach(walker *w, const struct play *play, GError **error)
{
	const struct way way = { play->connection, play->remote_user, play->port };
	g_autofree char *remark = NULL;
	g_autoptr(reach) next = own_reach(w, &way, error);
	if (next == NULL || !connection_check(&next->to, &remark, error)) {
		return FALSE;
	}
	if (remark != NULL) {
		run_warn_once(w->state, host_name(w->host), remark);
	}
	remark_ignored(w);
	if (w->reach == NULL || !reach_same(next, w->reach)) {
		walker_rest(w);
		reach_unref(w->reach);
		w->reach = g_steal_pointer(&next);
	}
	return TRUE;
}

reach *walker_reach(walker *w, const struct task *task, const char *name, GError **error)
{
	const struct play *play = w->play;
	const struct way way = { task->connection, task->remote_user, task->port };
	if (name != NULL) {
		return delegated_reach(w, &way, name, error);
	}
	/* What a task inherits from its play is the play's own value. */
	if (way.connection == play->connection && way.remote_user == play->remote_user &&
		way.port == play->port) {
		return reach_ref(w->reach);
	}
	if (task == w->state->facts_task) {
		return reach_ref(w->reach);
	}
	g_autoptr(reach) r = own_reach(w, &way, error);
	if (r == NULL || reach_same(r, w->reach)) {
		return r == NULL ? NULL : reach_ref(w->reach);
	}
	return connection_check(&r->to, NULL, error) ? g_steal_pointer(&r) : NULL;
}

void walker_reset_connection(walker *w)
{
	if (!w->state->options->check) {
		walker_rest(w);
	}
}

gboolean walker_flag(walker *w, const value *raw, gboolean fallback, gboolean *ret, GError **error)
{
	*ret = fallback;
	if (raw == NULL) {
		return TRUE;
	}
	g_autoptr(value) v = variables_evaluate(w->variables, raw, error);
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
static const char *login_user(const reach *r)
{
	if (r->to.user == NULL && g_str_equal(r->to.kind, "local")) {
		return g_get_user_name();
	}
	return r->to.user;
}

/* A task's keyword, evaluated; *ret stays NULL when it has none. Where it is `omit`, what is around
 * the task counts: blocks, then the play. Caller unrefs. */
static gboolean task_keyword(
	walker *w, const struct task *task, const char *name, value **ret, GError **error)
{
	const struct keyword *keyword = keyword_find(name);
	*ret = NULL;
	for (const struct task *t = task; t != NULL; t = t->parent) {
		const value *raw = keyword_of_task(keyword, t);
		g_autoptr(value) v = variables_evaluate(w->variables, raw, error);
		if (raw == NULL || v == NULL || !variables_is_omit(v)) {
			*ret = g_steal_pointer(&v);
			return raw == NULL || *ret != NULL;
		}
	}
	const value *raw = keyword_of_play(keyword, w->play);
	*ret = variables_evaluate(w->variables, raw, error);
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

/* Whose become variables count, and how the place is reached. */
static gboolean become_variables(walker *w, const char *delegate,
	const struct connection_defaults *defaults, struct connection_variables *found,
	GError **error)
{
	const inventory *all = w->state->options->inventory;
	if (delegate == NULL) {
		return connection_variables_read(
			all, w->host, defaults, evaluated, w->variables, found, error);
	}
	const host *h = inventory_any_host(all, delegate);
	return connection_variables_read(all, h, defaults, evaluated_of_other,
		variables_of_target(w->variables, h), found, error);
}

gboolean walker_become(walker *w, const struct task *task, const reach *to, const char *delegate,
	struct become *ret, GError **error)
{
	const struct run_options *options = w->state->options;
	struct connection_variables found;
	gboolean wanted = FALSE;
	g_autoptr(value) become = NULL;
	g_autoptr(value) user_value = NULL;
	g_autoptr(value) method_value = NULL;
	*ret = (struct become){ 0 };
	if (!task_keyword(w, task, "become", &become, error) ||
		!walker_flag(w, become, options->become, &wanted, error) ||
		!task_keyword(w, task, "become_user", &user_value, error) ||
		!task_keyword(w, task, "become_method", &method_value, error)) {
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
	if (!become_variables(w, delegate, &defaults, &found, error)) {
		return FALSE;
	}
	if (found.become && !check_method(task, found.become_method, error)) {
		connection_variables_clear(&found);
		return FALSE;
	}
	const char *other = found.become_user != NULL ? found.become_user : "root";
	if (found.become && g_strcmp0(other, login_user(to)) != 0) {
		ret->user = g_strdup(other);
		ret->password = g_steal_pointer(&found.become_password);
		ret->executable = g_steal_pointer(&found.become_program);
		ret->flags = g_steal_pointer(&found.become_flags);
	}
	connection_variables_clear(&found);
	return TRUE;
}
