/* Settings: sutler.ini, the user's own file, the environment, flags. */
#include "inventory/settings.h"

#include "base/suggest.h"
#include "base/text.h"
#include "base/ini.h"
#include "inventory/settings-path.h"
#include "value/convert.h"

#include <string.h>
#include <sys/stat.h>

/* How the text of a setting is read; what Ansible's converter does is in value/convert.h. */
enum form {
	FORM_TEXT,
	FORM_BOOLEAN,
	FORM_COUNT, /* a whole number above 0 */
	FORM_PATH,
	FORM_PATHS,   /* separated by ':' */
	FORM_SOURCES, /* inventories, separated by blanks */
	FORM_NAMES,   /* separated by ',' */
	FORM_VAULTS,  /* vault ids, separated by ',': ID@PATH, ID@prompt, ID@env:NAME */
};

static const struct row {
	const char *name;
	enum form form;
	const char *fallback;
	const char *ansible_section; /* NULL: Ansible has none such */
	const char *ansible_name;
	const char *help;
} rows[SETTING_COUNT] = {
	[SETTING_ACCEPT_NEW] = { "accept_new", FORM_BOOLEAN, "no", NULL, NULL,
		"record the keys of hosts that are not known yet" },
	[SETTING_ASK_VAULT_PASS] = { "ask_vault_pass", FORM_BOOLEAN, "no", "defaults",
		"ask_vault_pass", "ask for the vault password" },
	[SETTING_BECOME] = { "become", FORM_BOOLEAN, "no", "privilege_escalation", "become",
		"become another user on hosts" },
	[SETTING_BECOME_ASK_PASS] = { "become_ask_pass", FORM_BOOLEAN, "no", "privilege_escalation",
		"become_ask_pass", "ask for the password for becoming" },
	[SETTING_BECOME_METHOD] = { "become_method", FORM_TEXT, "sudo", "privilege_escalation",
		"become_method", "how to become another user" },
	[SETTING_BECOME_PASSWORD_FILE] = { "become_password_file", FORM_PATH, NULL, "defaults",
		"become_password_file", "file or program that gives the password for becoming" },
	[SETTING_BECOME_USER] = { "become_user", FORM_TEXT, "root", "privilege_escalation",
		"become_user", "whom to become" },
	[SETTING_DIFF] = { "diff", FORM_BOOLEAN, "no", "diff", "always",
		"always show differences" },
	[SETTING_FORKS] = { "forks", FORM_COUNT, "50", "defaults", "forks",
		"how many hosts to work on at once" },
	[SETTING_HOST_KEY_CHECKING] = { "host_key_checking", FORM_BOOLEAN, "yes", "defaults",
		"host_key_checking", "refuse hosts whose key is not known" },
	[SETTING_INVENTORY] = { "inventory", FORM_SOURCES, "inventory", "defaults", "inventory",
		"where hosts and groups are listed" },
	[SETTING_KEEPALIVE] = { "keepalive", FORM_COUNT, "30", NULL, NULL,
		"seconds of silence after which a connection counts as lost" },
	[SETTING_KNOWN_HOSTS] = { "known_hosts", FORM_PATH, NULL, NULL, NULL,
		"file of the keys of hosts; default ~/.ssh/known_hosts, then the system's" },
	[SETTING_PRIVATE_KEY] = { "private_key", FORM_PATH, NULL, "defaults", "private_key_file",
		"private key to log in with" },
	[SETTING_ROLES_PATH] = { "roles_path", FORM_PATHS, NULL, "defaults", "roles_path",
		"more folders of roles" },
	[SETTING_SECRET_NAMES] = { "secret_names", FORM_NAMES, NULL, NULL, NULL,
		"more words that make a variable secret by its name" },
	[SETTING_SSH_CONFIG] = { "ssh_config", FORM_PATH, NULL, NULL, NULL,
		"ssh configuration file; default ~/.ssh/config, then the system's" },
	[SETTING_TIMEOUT] = { "timeout", FORM_COUNT, "10", "defaults", "timeout",
		"seconds to connect and log in" },
	[SETTING_USER] = { "user", FORM_TEXT, NULL, "defaults", "remote_user",
		"user to log in as" },
	[SETTING_VAULT_IDENTITY_LIST] = { "vault_identity_list", FORM_VAULTS, NULL, "defaults",
		"vault_identity_list", "vault passwords, each ID@SOURCE as in --vault-id" },
	[SETTING_VAULT_PASSWORD_FILE] = { "vault_password_file", FORM_PATH, NULL, "defaults",
		"vault_password_file", "file or program that gives the vault password" },
};

struct settings {
	struct {
		char *text;
		char *origin;
	} values[SETTING_COUNT];
};

void settings_free(settings *s)
{
	if (s == NULL) {
		return;
	}
	for (gsize i = 0; i < SETTING_COUNT; i++) {
		g_free(s->values[i].text);
		g_free(s->values[i].origin);
	}
	g_free(s);
}

/* Values. */

static gboolean check(const struct row *row, const char *text, struct position at, GError **error)
{
	gint64 number = 0;
	if (row->form == FORM_BOOLEAN && convert_word(text, TRUTH_ANSIBLE) < 0) {
		error_set_at(error, SUTLER_ERROR_USAGE, at,
			"setting '%s': '%s' is neither yes nor no", row->name, text);
		return FALSE;
	}
	if (row->form == FORM_COUNT && !convert_whole(text, 1, 100000, &number)) {
		error_set_at(error, SUTLER_ERROR_USAGE, at,
			"setting '%s': '%s' is not a whole number from 1 to 100000", row->name,
			text);
		return FALSE;
	}
	return TRUE;
}

static gboolean set(settings *s, enum setting id, const char *text, const char *folder,
	struct position at, const char *origin, GError **error)
{
	const struct row *row = &rows[id];
	if (!check(row, text, at, error)) {
		return FALSE;
	}
	g_free(s->values[id].text);
	g_free(s->values[id].origin);
	s->values[id].origin = g_strdup(origin);
	if (row->form == FORM_PATH) {
		s->values[id].text = settings_full_path(text, folder);
	} else if (row->form == FORM_PATHS) {
		s->values[id].text = settings_full_paths(text, folder, ":", ":");
	} else if (row->form == FORM_SOURCES) {
		s->values[id].text = settings_full_paths(text, folder, " \t", " ");
	} else if (row->form == FORM_VAULTS) {
		s->values[id].text = settings_full_vault_ids(text, folder);
	} else {
		s->values[id].text = g_strdup(text);
	}
	return TRUE;
}

gboolean settings_set(
	settings *s, enum setting id, const char *text, const char *origin, GError **error)
{
	return set(s, id, text, NULL, POSITION_NONE, origin, error);
}

/* Files. */

struct file {
	settings *settings;
	const char *folder;
	gboolean ansible;
	/* Of ansible.cfg: the last entry, which indented lines go on with. */
	gboolean entry;
	const struct row *last; /* NULL: not one of ours */
	GString *text;
	struct position at;
};

/* " ; what follows" is one, as Python's configparser has it in ansible.cfg. */
static void cut_comment(char *text)
{
	for (char *p = strchr(text, ';'); p != NULL; p = strchr(p + 1, ';')) {
		if (p > text && g_ascii_isspace(p[-1])) {
			*p = '\0';
			g_strchomp(text);
			return;
		}
	}
}

/* "key = value"; FALSE: it is not. Both are freed by the caller. */
static gboolean split_entry(const struct ini_line *line, char **key, char **text)
{
	const char *equals = strpbrk(line->text, "=:");
	if (equals == NULL) {
		return FALSE;
	}
	*key = g_strstrip(g_strndup(line->text, (gsize)(equals - line->text)));
	*text = g_strstrip(g_strdup(equals + 1));
	cut_comment(*text);
	return TRUE;
}

static gboolean refuse_unknown(const struct ini_line *line, const char *key, GError **error)
{
	const char *names[SETTING_COUNT];
	for (gsize i = 0; i < SETTING_COUNT; i++) {
		names[i] = rows[i].name;
	}
	g_autofree char *hint = suggest_phrase(key, names, SETTING_COUNT);
	error_set_at(error, SUTLER_ERROR_USAGE, line->at, "unknown setting '%s'%s", key, hint);
	return FALSE;
}

static char *origin_of(const struct ini_line *line)
{
	return g_strdup_printf("%s:%u", line->at.file, line->at.line);
}

static gboolean take_own(struct file *file, const struct ini_line *line, const char *key,
	const char *text, GError **error)
{
	for (gsize i = 0; i < SETTING_COUNT; i++) {
		if (strcmp(rows[i].name, key) == 0) {
			g_autofree char *origin = origin_of(line);
			return set(file->settings, (enum setting)i, text, file->folder, line->at,
				origin, error);
		}
	}
	return refuse_unknown(line, key, error);
}

/* The row of an entry of ansible.cfg; NULL: what we do not have is Ansible's own business. */
static const struct row *ansible_row(const struct ini_line *line, const char *key)
{
	for (gsize i = 0; i < SETTING_COUNT; i++) {
		const struct row *row = &rows[i];
		if (row->ansible_name == NULL || g_ascii_strcasecmp(row->ansible_name, key) != 0) {
			continue;
		}
		g_autofree char *header = g_strdup_printf("[%s]", row->ansible_section);
		if (g_str_has_prefix(line->section, header)) {
			return row;
		}
	}
	return NULL;
}

/* Without the quotes around it, as Ansible reads texts, not paths. */
static const char *unquoted(char *text)
{
	gsize length = strlen(text);
	if (length > 1 && (*text == '"' || *text == '\'') && text[length - 1] == *text) {
		text[length - 1] = '\0';
		return text + 1;
	}
	return text;
}

/* Sets what the last entry, with all its lines, says. */
static gboolean set_ansible(struct file *file, GError **error)
{
	const struct row *row = file->last;
	g_autofree char *text = g_strstrip(g_strdup(file->text->str));
	if (*text == '\0') {
		return TRUE;
	}
	g_autofree char *origin = g_strdup_printf("%s:%u", file->at.file, file->at.line);
	gboolean path = row->form == FORM_PATH || row->form == FORM_PATHS ||
			row->form == FORM_SOURCES || row->form == FORM_VAULTS;
	g_autofree char *full = path ? settings_expand(text) : g_strdup(unquoted(text));
	if (row->form == FORM_SOURCES) {
		g_strdelimit(full, ",\n", ' '); /* its own separator */
	}
	/* Ansible looks for the passwords of ids where it runs. */
	const char *folder = row->form == FORM_VAULTS ? NULL : file->folder;
	return set(
		file->settings, (enum setting)(row - rows), full, folder, file->at, origin, error);
}

static gboolean take_ansible(struct file *file, const struct ini_line *line, GError **error)
{
	g_autofree char *key = NULL;
	g_autofree char *text = NULL;
	if (line->at.column > 1 && file->entry) {
		g_autofree char *more = g_strdup(line->text);
		cut_comment(more);
		g_string_append_printf(file->text, "\n%s", more);
		return file->last == NULL || set_ansible(file, error);
	}
	if (!split_entry(line, &key, &text)) {
		return TRUE;
	}
	file->entry = TRUE;
	file->last = ansible_row(line, key);
	file->at = line->at;
	g_string_assign(file->text, text);
	return file->last == NULL || set_ansible(file, error);
}

static gboolean take_line(const struct ini_line *line, gpointer data, GError **error)
{
	struct file *file = data;
	if (line->header) {
		file->entry = FALSE;
		if (!file->ansible && !g_str_has_prefix(line->text, "[sutler]")) {
			error_set_at(error, SUTLER_ERROR_USAGE, line->at,
				"unknown section '%s', settings stand in [sutler] or before any "
				"section",
				line->text);
			return FALSE;
		}
		return TRUE;
	}
	if (file->ansible) {
		return take_ansible(file, line, error);
	}
	g_autofree char *key = NULL;
	g_autofree char *text = NULL;
	if (!split_entry(line, &key, &text)) {
		error_set_at(error, SUTLER_ERROR_USAGE, line->at, "expected name = value, got '%s'",
			line->text);
		return FALSE;
	}
	return take_own(file, line, key, text, error);
}

static gboolean others_can_write(const char *path, const char *folder)
{
	struct stat status;
	return (stat(folder, &status) == 0 && (status.st_mode & S_IWOTH) != 0) ||
	       (stat(path, &status) == 0 && (status.st_mode & S_IWOTH) != 0);
}

/* *ret_read: there was such a file, and it was read. */
static gboolean read_file(settings *s, const char *path, gboolean ansible, GPtrArray *warnings,
	gboolean *ret_read, GError **error)
{
	*ret_read = FALSE;
	if (!g_file_test(path, G_FILE_TEST_EXISTS)) {
		return TRUE;
	}
	g_autofree char *folder = g_path_get_dirname(path);
	if (others_can_write(path, folder)) {
		if (warnings != NULL) {
			g_ptr_array_add(
				warnings, g_strdup_printf("'%s' is ignored: others can write "
							  "it, or the folder it is in",
						  path));
		}
		return TRUE;
	}
	gsize length = 0;
	g_autofree char *text = text_read(path, TEXT_LIMIT, 0, &length, error);
	g_autoptr(GString) entry = g_string_new(NULL);
	struct file file = { .settings = s, .folder = folder, .ansible = ansible, .text = entry };
	*ret_read = TRUE;
	return text != NULL && ini_read(text, length, path, NULL, take_line, &file, error);
}

/* The first ansible.cfg that Ansible would find. Caller frees. */
static char *find_ansible_file(const char *folder)
{
	const char *named = g_getenv("ANSIBLE_CONFIG");
	if (named != NULL && *named != '\0') {
		return settings_full_path(named, NULL);
	}
	g_autofree char *here = settings_full_path("ansible.cfg", folder);
	if (g_file_test(here, G_FILE_TEST_EXISTS)) {
		return g_steal_pointer(&here);
	}
	g_autofree char *home = settings_full_path("~/.ansible.cfg", NULL);
	if (g_file_test(home, G_FILE_TEST_EXISTS)) {
		return g_steal_pointer(&home);
	}
	return g_strdup("/etc/ansible/ansible.cfg");
}

static char *find_user_file(void)
{
	const char *folder = g_getenv("XDG_CONFIG_HOME");
	return folder != NULL && *folder != '\0'
		       ? g_build_filename(folder, "sutler", "sutler.ini", NULL)
		       : settings_full_path("~/.config/sutler/sutler.ini", NULL);
}

static gboolean read_environment(settings *s, GError **error)
{
	for (gsize i = 0; i < SETTING_COUNT; i++) {
		g_autofree char *upper = g_ascii_strup(rows[i].name, -1);
		g_autofree char *name = g_strconcat("SUTLER_", upper, NULL);
		const char *text = g_getenv(name);
		if (text != NULL &&
			!set(s, (enum setting)i, text, NULL, POSITION_NONE, name, error)) {
			g_prefix_error(error, "%s: ", name);
			return FALSE;
		}
	}
	return TRUE;
}

settings *settings_load(const char *folder, GPtrArray *warnings, GError **error)
{
	g_autoptr(settings) s = g_new0(settings, 1);
	g_autofree char *project = settings_full_path("sutler.ini", folder);
	g_autofree char *user = find_user_file();
	gboolean read = FALSE;
	if (!g_file_test(project, G_FILE_TEST_EXISTS)) {
		g_autofree char *ansible = find_ansible_file(folder);
		if (!read_file(s, ansible, TRUE, warnings, &read, error)) {
			return NULL;
		}
	}
	if (!read_file(s, project, FALSE, warnings, &read, error) ||
		!read_file(s, user, FALSE, warnings, &read, error) || !read_environment(s, error)) {
		return NULL;
	}
	return g_steal_pointer(&s);
}

/* What is asked. */

const char *settings_text(const settings *s, enum setting id)
{
	return s->values[id].text != NULL ? s->values[id].text : rows[id].fallback;
}

gint64 settings_integer(const settings *s, enum setting id)
{
	const char *text = settings_text(s, id);
	gint64 number = 0;
	(void)(text != NULL && convert_whole(text, G_MININT64, G_MAXINT64, &number));
	return number; /* it was checked when it was set */
}

gboolean settings_boolean(const settings *s, enum setting id)
{
	const char *text = settings_text(s, id);
	return text != NULL && convert_word(text, TRUTH_ANSIBLE) == 1;
}

char **settings_list(const settings *s, enum setting id)
{
	const char *text = settings_text(s, id);
	static const char *const separators[] = {
		[FORM_PATHS] = ":",
		[FORM_SOURCES] = " \t",
		[FORM_NAMES] = ", ",
		[FORM_VAULTS] = ",",
	};
	enum form form = rows[id].form;
	const char *at =
		form < G_N_ELEMENTS(separators) && separators[form] != NULL ? separators[form] : "";
	g_auto(GStrv) parts = g_strsplit_set(text != NULL ? text : "", at, -1);
	GPtrArray *list = g_ptr_array_new();
	for (gsize i = 0; parts[i] != NULL; i++) {
		if (*g_strstrip(parts[i]) != '\0') {
			g_ptr_array_add(list, g_strdup(parts[i]));
		}
	}
	g_ptr_array_add(list, NULL);
	return (char **)g_ptr_array_free(list, FALSE);
}

const char *settings_name(enum setting id)
{
	return rows[id].name;
}

const char *settings_help(enum setting id)
{
	return rows[id].help;
}

const char *settings_origin(const settings *s, enum setting id)
{
	return s->values[id].origin != NULL ? s->values[id].origin : "default";
}

gboolean settings_is_set(const settings *s, enum setting id)
{
	return s->values[id].text != NULL;
}

char *settings_report(const settings *s)
{
	GString *out = g_string_new(NULL);
	for (gsize i = 0; i < SETTING_COUNT; i++) {
		const char *text = settings_text(s, (enum setting)i);
		g_string_append_printf(out, "%s = %s  (%s)\n", rows[i].name,
			text != NULL ? text : "", settings_origin(s, (enum setting)i));
	}
	return g_string_free(out, FALSE);
}
