/* How a host is reached and as whom its steps run: connection variables and become. */
#include "run/host-private.h"

#include <string.h>

/* The spellings of each connection variable, the strongest first. */
static const char *const host_names[] = { "ansible_host", "ansible_ssh_host", "address", NULL };
static const char *const port_names[] = { "ansible_port", "ansible_ssh_port", "port", NULL };
static const char *const user_names[] = { "ansible_user", "ansible_ssh_user", "user", NULL };
static const char *const key_names[] = { "ansible_private_key_file", "ansible_ssh_private_key_file",
	"key", NULL };
static const char *const connection_names[] = { "ansible_connection", NULL };
static const char *const become_names[] = { "ansible_become", NULL };
static const char *const become_user_names[] = { "ansible_become_user", NULL };
static const char *const become_exe_names[] = { "ansible_become_exe", "ansible_sudo_exe", NULL };
static const char *const become_password_names[] = { "ansible_become_password", "ansible_become_pass",
	"ansible_sudo_pass", "ansible_sudo_password", NULL };

/* The first of names that is set, evaluated; NULL: none. Caller unrefs. */
static gboolean variable(host_run *h, const char *const *names, value **ret, GError **error)
{
	*ret = NULL;
	for (; *names != NULL; names++) {
		g_autoptr(GError) problem = NULL;
		value *v = variables_get(h->variables, *names, &problem);
		if (problem != NULL) {
			g_propagate_prefixed_error(error, g_steal_pointer(&problem), "host '%s': %s: ",
				host_name(h->host), *names);
			return FALSE;
		}
		if (v != NULL && !value_is(v, VALUE_NULL)) {
			*ret = v;
			return TRUE;
		}
		value_unref(v);
	}
	return TRUE;
}

/* As text kept by the host; fallback (not copied) when not set. */
static gboolean variable_text(host_run *h, const char *const *names, const char *fallback,
	const char **ret, GError **error)
{
	g_autoptr(value) v = NULL;
	if (!variable(h, names, &v, error)) {
		return FALSE;
	}
	*ret = fallback;
	if (v != NULL) {
		char *text = value_to_string(v);
		g_ptr_array_add(h->reach_strings, text);
		*ret = text;
	}
	return TRUE;
}

static gboolean set_port(host_run *h, GError **error)
{
	const char *text = NULL;
	guint64 port = 0;
	if (!variable_text(h, port_names, NULL, &text, error)) {
		return FALSE;
	}
	if (text != NULL && !g_ascii_string_to_unsigned(text, 10, 1, 65535, &port, NULL)) {
		error_set(error, SUTLER_ERROR_USAGE, "host '%s': invalid port '%s', use 1 to 65535",
			host_name(h->host), text);
		return FALSE;
	}
	h->reach.port = (guint)port;
	return TRUE;
}

static char *expand_home(const char *path)
{
	return g_str_has_prefix(path, "~/") ? g_build_filename(g_get_home_dir(), path + 2, NULL)
					    : g_strdup(path);
}

/* A name that could be taken for an option or for shell code never gets anywhere. */
static gboolean check_name(host_run *h, const char *what, const char *name, GError **error)
{
	if (name == NULL || (*name != '-' && *name != '\0' && strpbrk(name, " \t\n'\"`$();|&<>\\") == NULL)) {
		return TRUE;
	}
	error_set(error, SUTLER_ERROR_USAGE, "host '%s': invalid %s '%s'", host_name(h->host), what, name);
	return FALSE;
}

gboolean host_reach(host_run *h, GError **error)
{
	const struct run_options *options = h->state->options;
	struct connection_options *to = &h->reach;
	const char *key = NULL;
	gboolean local = g_str_equal(host_name(h->host), "localhost");
	const char *kind = options->connection != NULL ? options->connection : local ? "local" : "ssh";
	if (!variable_text(h, connection_names, kind, &to->kind, error) ||
		!variable_text(h, host_names, host_name(h->host), &to->host, error) ||
		!variable_text(h, user_names, options->user, &to->user, error) ||
		!variable_text(h, key_names, options->private_key, &key, error) || !set_port(h, error) ||
		!check_name(h, "address", to->host, error) || !check_name(h, "user", to->user, error)) {
		return FALSE;
	}
	if (g_str_equal(to->kind, "smart") || g_str_equal(to->kind, "paramiko") ||
		g_str_equal(to->kind, "ansible.builtin.ssh")) {
		to->kind = "ssh";
	}
	if (!g_str_equal(to->kind, "ssh") && !g_str_equal(to->kind, "local")) {
		error_set(error, SUTLER_ERROR_USAGE,
			"host '%s': unknown connection '%s', use 'ssh' or 'local'", host_name(h->host),
			to->kind);
		return FALSE;
	}
	if (key != NULL) {
		char *path = expand_home(key);
		g_ptr_array_add(h->reach_strings, path);
		to->private_key = path;
	}
	to->name = host_name(h->host);
	to->known_hosts = options->known_hosts;
	to->accept_new = options->accept_new;
	to->connect_timeout = options->timeout > 0 ? options->timeout : 10;
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
		*ret = g_ascii_strcasecmp(text, "yes") == 0 || g_ascii_strcasecmp(text, "true") == 0 ||
			g_ascii_strcasecmp(text, "on") == 0 || g_str_equal(text, "1");
	} else {
		*ret = value_truth(v);
	}
	return TRUE;
}

static gboolean become_wanted(host_run *h, const struct task *task, gboolean *ret, GError **error)
{
	g_autoptr(value) set = NULL;
	if (!variable(h, become_names, &set, error)) {
		return FALSE;
	}
	/* The variable is stronger than the keyword, as every connection variable is. */
	const value *raw = set != NULL ? set : task->become;
	return host_flag(h, raw, h->state->options->become, ret, error);
}

static gboolean text_of(host_run *h, const char *const *names, const value *raw, const char *fallback,
	char **ret, GError **error)
{
	g_autoptr(value) v = NULL;
	if (!variable(h, names, &v, error)) {
		return FALSE;
	}
	if (v == NULL && raw != NULL) {
		v = variables_evaluate(h->variables, raw, error);
		if (v == NULL) {
			return FALSE;
		}
	}
	*ret = v == NULL ? g_strdup(fallback) : value_to_string(v);
	return TRUE;
}

gboolean host_become(host_run *h, const struct task *task, struct become *ret, GError **error)
{
	const struct run_options *options = h->state->options;
	gboolean wanted = FALSE;
	*ret = (struct become){ 0 };
	if (!become_wanted(h, task, &wanted, error)) {
		return FALSE;
	}
	if (!wanted) {
		return TRUE;
	}
	const char *user = options->become_user != NULL ? options->become_user : "root";
	if (!text_of(h, become_user_names, task->become_user, user, &ret->user, error) ||
		!text_of(h, become_password_names, NULL, options->become_password, &ret->password,
			error) ||
		!text_of(h, become_exe_names, NULL, NULL, &ret->executable, error) ||
		!check_name(h, "become_user", ret->user, error)) {
		become_clear(ret);
		return FALSE;
	}
	const char *login = h->reach.user != NULL ? h->reach.user : NULL;
	if (login == NULL && g_str_equal(h->reach.kind, "local")) {
		login = g_get_user_name();
	}
	if (g_strcmp0(ret->user, login) == 0) {
		become_clear(ret);
	}
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
