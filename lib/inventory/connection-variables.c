/* How to reach a host and become someone else there: what its variables say about it. */
#include "inventory/connection-variables.h"

#include "base/secret-memory.h"
#include "base/quote.h"
#include "base/secret-names.h"
#include "base/secret.h"
#include "base/suggest.h"
#include "inventory/data.h"
#include "inventory/host-names.h"
#include "inventory/words.h"
#include "value/convert.h"

#include <math.h>
#include <string.h>

enum { NAMES_MAX = 5 };

enum option {
	OPTION_CONNECTION,
	OPTION_HOST,
	OPTION_PORT,
	OPTION_USER,
	OPTION_PRIVATE_KEY,
	OPTION_PASSWORD,
	OPTION_BECOME,
	OPTION_BECOME_USER,
	OPTION_BECOME_METHOD,
	OPTION_BECOME_PASSWORD,
	OPTION_BECOME_PROGRAM,
	OPTION_BECOME_FLAGS,
	OPTION_TIMEOUT,
	OPTION_HOST_KEY_CHECKING,
	OPTION_SSH_ARGS,
	OPTION_SSH_COMMON_ARGS,
	OPTION_SSH_EXTRA_ARGS,
	OPTION_SHELL,
	OPTION_PKCS11,
	OPTION_COUNT
};

/* The last name that is defined wins, as in Ansible; the short one only when no other is. */
static const struct row {
	const char *brief;
	const char *names[NAMES_MAX];
} rows[OPTION_COUNT] = {
	[OPTION_CONNECTION] = { NULL, { "ansible_connection" } },
	[OPTION_HOST] = { "address",
		{ "ansible_host", "ansible_ssh_host", "ansible_paramiko_host" } },
	[OPTION_PORT] = { "port", { "ansible_port", "ansible_ssh_port" } },
	[OPTION_USER] = { "user", { "ansible_user", "ansible_ssh_user", "ansible_paramiko_user" } },
	[OPTION_PRIVATE_KEY] = { "key",
		{ "ansible_private_key_file", "ansible_ssh_private_key_file" } },
	[OPTION_PASSWORD] = { NULL,
		{ "ansible_password", "ansible_ssh_pass", "ansible_ssh_password",
			"ansible_paramiko_pass", "ansible_paramiko_password" } },
	[OPTION_BECOME] = { NULL, { "ansible_become", "ansible_sudo" } },
	[OPTION_BECOME_USER] = { NULL, { "ansible_become_user", "ansible_sudo_user" } },
	[OPTION_BECOME_METHOD] = { NULL, { "ansible_become_method" } },
	[OPTION_BECOME_PASSWORD] = { NULL,
		{ "ansible_become_password", "ansible_become_pass", "ansible_sudo_pass" } },
	[OPTION_BECOME_PROGRAM] = { NULL, { "ansible_become_exe", "ansible_sudo_exe" } },
	[OPTION_BECOME_FLAGS] = { NULL, { "ansible_become_flags", "ansible_sudo_flags" } },
	[OPTION_TIMEOUT] = { NULL, { "ansible_timeout", "ansible_ssh_timeout" } },
	[OPTION_HOST_KEY_CHECKING] = { NULL,
		{ "ansible_host_key_checking", "ansible_ssh_host_key_checking",
			"ansible_paramiko_host_key_checking" } },
	[OPTION_SSH_ARGS] = { NULL, { "ansible_ssh_args" } },
	[OPTION_SSH_COMMON_ARGS] = { NULL, { "ansible_ssh_common_args" } },
	[OPTION_SSH_EXTRA_ARGS] = { NULL, { "ansible_ssh_extra_args" } },
	[OPTION_SHELL] = { NULL, { "ansible_shell_executable" } },
	[OPTION_PKCS11] = { NULL, { "ansible_ssh_pkcs11_provider" } },
};

struct reading {
	const host *host;
	connection_lookup lookup;
	gpointer data;
	struct connection_variables *out;
};

/* A value and the name it goes by. */
struct found {
	value *value;
	const char *name;
};

static void found_clear(struct found *found)
{
	value_clear(&found->value);
}

void connection_variables_clear(struct connection_variables *variables)
{
	g_free(variables->connection);
	g_free(variables->host);
	g_free(variables->user);
	g_free(variables->private_key);
	secret_wipe_string(variables->password);
	g_free(variables->become_user);
	g_free(variables->become_method);
	secret_wipe_string(variables->become_password);
	g_free(variables->become_program);
	g_free(variables->become_flags);
	g_free(variables->shell);
	ssh_arguments_clear(&variables->ssh);
	memset(variables, 0, sizeof *variables);
}

/* FALSE only on an error; found->value is NULL when nothing is defined, or null. */
static gboolean look_up(
	const struct reading *reading, enum option option, struct found *found, GError **error)
{
	const struct row *row = &rows[option];
	*found = (struct found){ 0 };
	for (gsize i = 0; i < NAMES_MAX && row->names[i] != NULL; i++) {
		g_autoptr(GError) reason = NULL;
		value *v = reading->lookup(reading->data, row->names[i], &reason);
		if (reason != NULL) {
			g_propagate_error(error, g_steal_pointer(&reason));
			g_prefix_error(
				error, "host '%s': %s: ", reading->host->name, row->names[i]);
			found_clear(found);
			return FALSE;
		}
		if (v != NULL && value_type(v) != VALUE_NULL) {
			found_clear(found);
			*found = (struct found){ v, row->names[i] };
		} else {
			value_unref(v);
		}
	}
	const value *own = reading->host->variables.dict;
	if (found->value == NULL && row->brief != NULL && own != NULL &&
		value_dict_get(own, row->brief) != NULL) {
		g_autoptr(GError) reason = NULL;
		*found = (struct found){ reading->lookup(reading->data, row->brief, &reason),
			row->brief };
		if (reason != NULL) {
			g_propagate_error(error, g_steal_pointer(&reason));
			return FALSE;
		}
	}
	return TRUE;
}

static gboolean refuse(
	const struct reading *reading, const struct found *found, const char *what, GError **error)
{
	g_autofree char *text = value_to_string(found->value);
	g_autofree char *shown =
		secret_name(found->name) ? g_strdup("a secret") : g_strdup_printf("'%s'", text);
	error_set_at(error, SUTLER_ERROR_USAGE, value_position(found->value),
		"host '%s': %s is %s: %s", reading->host->name, found->name, shown, what);
	return FALSE;
}

/* A text for *out, or fallback; *ret_at and *ret_name say where it was written, and as what. */
static gboolean read_text_at(const struct reading *reading, enum option option,
	const char *fallback, char **out, struct position *ret_at, const char **ret_name,
	GError **error)
{
	struct found found;
	if (!look_up(reading, option, &found, error)) {
		return FALSE;
	}
	gboolean well = TRUE;
	*ret_at = found.value != NULL ? value_position(found.value) : POSITION_NONE;
	*ret_name = found.name != NULL ? found.name : rows[option].names[0];
	if (found.value == NULL) {
		*out = g_strdup(fallback);
	} else if (value_is(found.value, VALUE_DICT) || value_is_sequence(found.value)) {
		well = refuse(reading, &found, "must be a text", error);
	} else if (strlen(*out = value_to_string(found.value)) == 0 && fallback != NULL) {
		g_free(*out);
		*out = g_strdup(fallback);
	}
	found_clear(&found);
	return well;
}

static gboolean read_text(const struct reading *reading, enum option option, const char *fallback,
	char **out, GError **error)
{
	struct position at;
	const char *name = NULL;
	return read_text_at(reading, option, fallback, out, &at, &name, error);
}

/* A text that ends up on command lines: neither an option nor shell code. */
static gboolean read_word(const struct reading *reading, enum option option, const char *fallback,
	char **out, GError **error)
{
	struct position at;
	const char *name = NULL;
	if (!read_text_at(reading, option, fallback, out, &at, &name, error)) {
		return FALSE;
	}
	const char *text = *out != NULL ? *out : "";
	gboolean safe = *text != '-';
	for (const char *p = text; *p != '\0'; p++) {
		safe = safe && (guchar)*p > ' ' && *p != 0x7f &&
		       strchr("$`;|&<>(){}'\"*?!#", *p) == NULL;
	}
	if (!safe) {
		g_autofree char *shown = g_strescape(text, "");
		error_set_at(error, SUTLER_ERROR_USAGE, at,
			"host '%s': %s '%s' could be taken for an option or shell code",
			reading->host->name, name, shown);
	}
	return safe;
}

static gboolean read_secret(const struct reading *reading, enum option option, const char *fallback,
	char **out, GError **error)
{
	if (!read_text(reading, option, fallback, out, error)) {
		return FALSE;
	}
	if (*out != NULL) {
		secret_add(*out, strlen(*out));
	}
	return TRUE;
}

static gboolean read_path(const struct reading *reading, enum option option, const char *fallback,
	char **out, GError **error)
{
	if (!read_text(reading, option, fallback, out, error)) {
		return FALSE;
	}
	if (*out != NULL && (strcmp(*out, "~") == 0 || g_str_has_prefix(*out, "~/"))) {
		const char *home = g_getenv("HOME");
		char *full = g_strconcat(home != NULL ? home : g_get_home_dir(), *out + 1, NULL);
		g_free(*out);
		*out = full;
	}
	return TRUE;
}

/* A number, or a text of one. */
static gboolean to_number(const value *v, double *ret_number)
{
	g_autoptr(value) number = value_is(v, VALUE_BOOL) ? NULL : convert_value(KIND_FLOAT, v);
	*ret_number = number != NULL ? value_float(number) : 0;
	return number != NULL && isfinite(*ret_number);
}

static gboolean read_port(const struct reading *reading, guint fallback, GError **error)
{
	struct found found;
	if (!look_up(reading, OPTION_PORT, &found, error)) {
		return FALSE;
	}
	gboolean well = TRUE;
	/* 22.0 and 1e3 are numbers to INI and YAML, and no ports. */
	gboolean whole = value_is(found.value, VALUE_INT) || value_is(found.value, VALUE_STRING);
	g_autoptr(value) port = whole ? convert_value(KIND_INT, found.value) : NULL;
	if (found.value == NULL) {
		reading->out->port = fallback;
	} else if (port != NULL && value_int(port) >= 1 && value_int(port) <= 65535) {
		reading->out->port = (guint)value_int(port);
	} else {
		well = refuse(reading, &found, "invalid port, use 1 to 65535", error);
	}
	found_clear(&found);
	return well;
}

static gboolean read_timeout(const struct reading *reading, double fallback, GError **error)
{
	struct found found;
	if (!look_up(reading, OPTION_TIMEOUT, &found, error)) {
		return FALSE;
	}
	gboolean well = TRUE;
	if (found.value == NULL) {
		reading->out->timeout = fallback;
	} else if (!to_number(found.value, &reading->out->timeout) || reading->out->timeout <= 0) {
		well = refuse(reading, &found, "must be a number of seconds", error);
	}
	found_clear(&found);
	return well;
}

static gboolean read_boolean(
	const struct reading *reading, enum option option, int fallback, int *out, GError **error)
{
	struct found found;
	if (!look_up(reading, option, &found, error)) {
		return FALSE;
	}
	gboolean well = TRUE;
	*out = found.value != NULL ? convert_truth(found.value) : fallback;
	if (found.value != NULL && *out < 0) {
		well = refuse(reading, &found, "must be yes or no", error);
	}
	found_clear(&found);
	return well;
}

static gboolean read_connection(const struct reading *reading, const char *fallback, GError **error)
{
	static const char *const ssh[] = { "ssh", "smart", "paramiko", "paramiko_ssh", "libssh",
		"ansible.builtin.ssh", "ansible.builtin.paramiko_ssh", "ansible.netcommon.libssh",
		NULL };
	struct found found;
	if (!look_up(reading, OPTION_CONNECTION, &found, error)) {
		return FALSE;
	}
	g_autofree char *kind = found.value != NULL ? value_to_string(found.value)
						    : g_strdup(fallback != NULL ? fallback : "ssh");
	gboolean well = TRUE;
	if (g_strv_contains(ssh, kind)) {
		reading->out->connection = g_strdup("ssh");
	} else if (strcmp(kind, "local") == 0 || strcmp(kind, "ansible.builtin.local") == 0) {
		reading->out->connection = g_strdup("local");
	} else if (strcmp(kind, "openssh") == 0) {
		reading->out->connection = g_strdup("openssh");
	} else {
		struct position at =
			found.value != NULL ? value_position(found.value) : POSITION_NONE;
		error_set_at(error, SUTLER_ERROR_USAGE, at,
			"host '%s': a connection of kind '%s' is not supported, use ssh, openssh "
			"or local",
			reading->host->name, kind);
		well = FALSE;
	}
	found_clear(&found);
	return well;
}

/* ssh_args outweighs what the variables say, as its words stand before theirs on ssh's command
 * line; the others stand behind them. */
static gboolean read_ssh_words(
	const struct reading *reading, enum option option, const char *fallback, GError **error)
{
	g_autofree char *text = NULL;
	const char *name = NULL;
	struct position at;
	if (!read_text_at(reading, option, fallback, &text, &at, &name, error)) {
		return FALSE;
	}
	g_autofree char *what = g_strdup_printf("host '%s': %s", reading->host->name, name);
	return text == NULL || ssh_arguments_add(&reading->out->ssh, text, what, at, error);
}

static void outweigh(char **place, const char *said)
{
	if (said != NULL) {
		g_free(*place);
		*place = g_strdup(said);
	}
}

static gboolean read_ssh(
	const struct reading *reading, const struct connection_defaults *defaults, GError **error)
{
	struct connection_variables *out = reading->out;
	gint64 port = 0;
	if (!read_ssh_words(reading, OPTION_SSH_ARGS, defaults->ssh_args, error)) {
		return FALSE;
	}
	const char *said = ssh_arguments_find(&out->ssh, "Port");
	outweigh(&out->user, ssh_arguments_find(&out->ssh, "User"));
	if (said != NULL && convert_whole(said, 1, 65535, &port)) {
		out->port = (guint)port;
	}
	g_autofree char *provider = NULL;
	if (!read_text(reading, OPTION_PKCS11, NULL, &provider, error) ||
		!read_ssh_words(
			reading, OPTION_SSH_COMMON_ARGS, defaults->ssh_common_args, error) ||
		!read_ssh_words(reading, OPTION_SSH_EXTRA_ARGS, defaults->ssh_extra_args, error)) {
		return FALSE;
	}
	if (provider == NULL || *provider == '\0') {
		return TRUE;
	}
	g_autofree char *quoted = shell_quote_text(provider);
	g_autofree char *words = g_strconcat("-I ", quoted, NULL);
	return ssh_arguments_add(
		&out->ssh, words, rows[OPTION_PKCS11].names[0], POSITION_NONE, error);
}

/* Of Ansible's own ways to talk to a host: there is nothing here that they could change. */
static const char *const without_effect[] = { "ansible_admin_users", "ansible_async_dir",
	"ansible_common_remote_group", "ansible_control_path", "ansible_control_path_dir",
	"ansible_paramiko_use_rsa_sha2_algorithms", "ansible_pipelining", "ansible_remote_tmp",
	"ansible_scp_executable", "ansible_scp_extra_args", "ansible_scp_if_ssh",
	"ansible_sftp_batch_mode", "ansible_sftp_executable", "ansible_sftp_extra_args",
	"ansible_shell_allow_world_readable_temp", "ansible_ssh_executable",
	"ansible_ssh_pipelining", "ansible_ssh_retries", "ansible_ssh_transfer_method",
	"ansible_ssh_use_tty", "ansible_sshpass_prompt", "ansible_system_tmpdirs" };

char *connection_variables_ignored(const inventory *inv, const host *h)
{
	const value *all = inventory_host_variables(inv, h);
	GString *out = g_string_new(NULL);
	for (gsize i = 0; i < G_N_ELEMENTS(without_effect); i++) {
		if (value_dict_get(all, without_effect[i]) != NULL) {
			g_string_append_printf(
				out, "%s%s", out->len > 0 ? ", " : "", without_effect[i]);
		}
	}
	return g_string_free(out, FALSE);
}

static gboolean read_login(
	const struct reading *reading, const struct connection_defaults *defaults, GError **error)
{
	struct connection_variables *out = reading->out;
	return read_connection(reading, defaults->connection, error) &&
	       read_word(reading, OPTION_HOST, reading->host->name, &out->host, error) &&
	       read_port(reading, defaults->port, error) &&
	       read_word(reading, OPTION_USER, defaults->user, &out->user, error) &&
	       read_path(reading, OPTION_PRIVATE_KEY, defaults->private_key, &out->private_key,
		       error) &&
	       read_secret(reading, OPTION_PASSWORD, defaults->password, &out->password, error) &&
	       read_timeout(reading, defaults->timeout, error) &&
	       read_boolean(
		       reading, OPTION_HOST_KEY_CHECKING, -1, &out->host_key_checking, error) &&
	       read_text(reading, OPTION_SHELL, NULL, &out->shell, error) &&
	       read_ssh(reading, defaults, error);
}

static gboolean read_flags(const struct reading *reading, const char *fallback, GError **error)
{
	struct position at;
	const char *name = NULL, *problem = NULL, *place = NULL;
	char **flags = &reading->out->become_flags;
	if (!read_text_at(reading, OPTION_BECOME_FLAGS, fallback, flags, &at, &name, error)) {
		return FALSE;
	}
	g_autoptr(GArray) words = *flags != NULL ? words_split(*flags, &problem, &place) : NULL;
	if (problem != NULL) {
		error_set_at(error, SUTLER_ERROR_USAGE, at, "host '%s': %s: %s",
			reading->host->name, name, problem);
	}
	return problem == NULL;
}

static gboolean read_become(
	const struct reading *reading, const struct connection_defaults *defaults, GError **error)
{
	struct connection_variables *out = reading->out;
	return read_boolean(reading, OPTION_BECOME, defaults->become, &out->become, error) &&
	       read_word(reading, OPTION_BECOME_USER,
		       defaults->become_user != NULL ? defaults->become_user : "root",
		       &out->become_user, error) &&
	       read_word(reading, OPTION_BECOME_METHOD,
		       defaults->become_method != NULL ? defaults->become_method : "sudo",
		       &out->become_method, error) &&
	       read_secret(reading, OPTION_BECOME_PASSWORD, defaults->become_password,
		       &out->become_password, error) &&
	       read_word(reading, OPTION_BECOME_PROGRAM, defaults->become_program,
		       &out->become_program, error) &&
	       read_flags(reading, defaults->become_flags, error);
}

gboolean connection_variables_read(const inventory *inv, const host *h,
	const struct connection_defaults *defaults, connection_lookup lookup, gpointer data,
	struct connection_variables *variables, GError **error)
{
	static const struct connection_defaults none = { 0 };
	(void)inv;
	memset(variables, 0, sizeof *variables);
	struct reading reading = { h, lookup, data, variables };
	defaults = defaults != NULL ? defaults : &none;
	if (!read_login(&reading, defaults, error) || !read_become(&reading, defaults, error)) {
		connection_variables_clear(variables);
		return FALSE;
	}
	return TRUE;
}

static value *look_up_plain(gpointer data, const char *name, GError **error)
{
	(void)error;
	value *v = value_dict_get(data, name);
	return v != NULL ? value_ref(v) : NULL;
}

gboolean connection_variables_plain(const inventory *inv, const host *h,
	const struct connection_defaults *defaults, struct connection_variables *variables,
	GError **error)
{
	return inventory_host_prepare(inv, h, error) &&
	       connection_variables_read(inv, h, defaults, look_up_plain,
		       (gpointer)inventory_host_variables(inv, h), variables, error);
}
