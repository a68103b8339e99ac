/* Settings: sutler.ini, the user's own file, the environment, flags. */
#include "inventory/settings.h"

#include "base/secret-names.h"
#include "base/suggest.h"
#include "base/text.h"
#include "base/ini.h"
#include "inventory/ansible-settings.h"
#include "inventory/settings-path.h"
#include "value/convert.h"

#include <string.h>
#include <sys/stat.h>

/* How the text of a setting is read; what Ansible's converter does is in value/convert.h. */
enum form {
	FORM_TEXT,
	FORM_BOOLEAN,
	FORM_COUNT, /* a whole number above 0 */
	FORM_PORT,
	FORM_GATHERING, /* implicit, explicit or smart */
	FORM_STRATEGY,  /* linear, free, ..., with or without what stands before a dot */
	FORM_HASHES,    /* replace or merge */
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
	const char *help;
} rows[SETTING_COUNT] = {
	[SETTING_ACCEPT_NEW] = { "accept_new", FORM_BOOLEAN, "no",
		"record the keys of hosts that are not known yet" },
	[SETTING_ANY_ERRORS_FATAL] = { "any_errors_fatal", FORM_BOOLEAN, "no",
		"end the play for all hosts when one fails" },
	[SETTING_ASK_PASS] = { "ask_pass", FORM_BOOLEAN, "no",
		"ask for the password to log in with" },
	[SETTING_ASK_VAULT_PASS] = { "ask_vault_pass", FORM_BOOLEAN, "no",
		"ask for the vault password" },
	[SETTING_BECOME] = { "become", FORM_BOOLEAN, "no", "become another user on hosts" },
	[SETTING_BECOME_ASK_PASS] = { "become_ask_pass", FORM_BOOLEAN, "no",
		"ask for the password for becoming" },
	[SETTING_BECOME_EXE] = { "become_exe", FORM_TEXT, NULL, "the sudo program on hosts" },
	[SETTING_BECOME_FLAGS] = { "become_flags", FORM_TEXT, NULL, "options of sudo; default -H" },
	[SETTING_BECOME_METHOD] = { "become_method", FORM_TEXT, "sudo",
		"how to become another user" },
	[SETTING_BECOME_PASSWORD_FILE] = { "become_password_file", FORM_PATH, NULL,
		"file or program that gives the password for becoming" },
	[SETTING_BECOME_USER] = { "become_user", FORM_TEXT, "root", "user to become" },
	[SETTING_COLLECTIONS_PATH] = { "collections_path", FORM_PATHS, NULL,
		"folders of installed collections; default ~/.ansible/collections, then "
		"/usr/share/ansible/collections" },
	[SETTING_CONNECTION] = { "connection", FORM_TEXT, NULL,
		"how to connect: ssh, openssh (the ssh program) or local" },
	[SETTING_CONNECTION_PASSWORD_FILE] = { "connection_password_file", FORM_PATH, NULL,
		"file or program that gives the password to log in with" },
	[SETTING_DIFF] = { "diff", FORM_BOOLEAN, "no", "always show differences" },
	[SETTING_FACT_PATH] = { "fact_path", FORM_TEXT, NULL,
		"folder of local facts on hosts; default /etc/ansible/facts.d" },
	[SETTING_FORCE_HANDLERS] = { "force_handlers", FORM_BOOLEAN, "no",
		"run notified handlers also on hosts that failed" },
	[SETTING_FORKS] = { "forks", FORM_COUNT, "50", "how many hosts to work on at once" },
	[SETTING_GATHER_SUBSET] = { "gather_subset", FORM_NAMES, NULL,
		"facts that plays gather unless they say otherwise" },
	[SETTING_GATHER_TIMEOUT] = { "gather_timeout", FORM_COUNT, NULL,
		"seconds that gathering facts may take, unless a play says otherwise" },
	[SETTING_GATHERING] = { "gathering", FORM_GATHERING, "implicit",
		"when plays gather facts: implicit, explicit or smart" },
	[SETTING_HASH_BEHAVIOUR] = { "hash_behaviour", FORM_HASHES, "replace",
		"replace or merge: what becomes of a dict that is set in several places" },
	[SETTING_HOST_KEY_CHECKING] = { "host_key_checking", FORM_BOOLEAN, "yes",
		"refuse hosts whose key is not known" },
	[SETTING_INVENTORY] = { "inventory", FORM_SOURCES, "inventory",
		"where hosts and groups are listed" },
	[SETTING_INVENTORY_IGNORE_EXTENSIONS] = { "inventory_ignore_extensions", FORM_NAMES,
		".pyc,.pyo,.swp,.bak,~,.rpm,.md,.txt,.rst,.orig,.ini,.cfg,.retry",
		"endings of files in an inventory folder that are not read" },
	[SETTING_INVENTORY_IGNORE_PATTERNS] = { "inventory_ignore_patterns", FORM_NAMES, NULL,
		"regular expressions for files in an inventory folder that are not read" },
	[SETTING_KEEPALIVE] = { "keepalive", FORM_COUNT, "30",
		"seconds of silence after which a connection counts as lost" },
	[SETTING_KNOWN_HOSTS] = { "known_hosts", FORM_PATH, NULL,
		"file of the keys of hosts; default ~/.ssh/known_hosts, then the system's" },
	[SETTING_LIBRARY] = { "library", FORM_PATHS, NULL, "more folders of modules" },
	[SETTING_MODULE_NAME] = { "module_name", FORM_TEXT, "command",
		"the module of 'run' without -m" },
	[SETTING_NO_LOG] = { "no_log", FORM_BOOLEAN, "no", "hide the output of every task" },
	[SETTING_OUTPUT_LIMIT] = { "output_limit", FORM_COUNT, "16384",
		"KiB kept of a command's stdout, and of its stderr; 65536 at most" },
	[SETTING_PLAYBOOK_DIR] = { "playbook_dir", FORM_PATH, NULL,
		"where group_vars/ and host_vars/ are for 'run' and 'inventory'; default: here" },
	[SETTING_PORT] = { "port", FORM_PORT, NULL, "port to connect to" },
	[SETTING_PRIVATE_KEY] = { "private_key", FORM_PATH, NULL, "private key to log in with" },
	[SETTING_ROLES_PATH] = { "roles_path", FORM_PATHS, NULL,
		"more folders of roles; default ~/.ansible/roles, then /usr/share/ansible/roles "
		"and /etc/ansible/roles" },
	[SETTING_SECRET_NAMES] = { "secret_names", FORM_NAMES, NULL,
		"more words that mark a variable as secret when its name contains one" },
	[SETTING_SKIP_TAGS] = { "skip_tags", FORM_NAMES, NULL,
		"skip tasks with one of these tags" },
	[SETTING_SSH_ARGS] = { "ssh_args", FORM_TEXT, NULL,
		"options of ssh, such as -o Name=value; they take precedence over the inventory" },
	[SETTING_SSH_COMMON_ARGS] = { "ssh_common_args", FORM_TEXT, NULL, "more options of ssh" },
	[SETTING_SSH_CONFIG] = { "ssh_config", FORM_PATH, NULL,
		"ssh configuration file; default ~/.ssh/config, then the system's" },
	[SETTING_SSH_EXTRA_ARGS] = { "ssh_extra_args", FORM_TEXT, NULL,
		"still more options of ssh" },
	[SETTING_STRATEGY] = { "strategy", FORM_STRATEGY, NULL,
		"linear: hosts finish each task together; free: they never wait; default: they "
		"wait "
		"where it can be seen" },
	[SETTING_TAGS] = { "tags", FORM_NAMES, NULL, "only tasks with one of these tags" },
	[SETTING_TIMEOUT] = { "timeout", FORM_COUNT, "10", "seconds to connect and log in" },
	[SETTING_USER] = { "user", FORM_TEXT, NULL, "user to log in as" },
	[SETTING_VAULT_ENCRYPT_IDENTITY] = { "vault_encrypt_identity", FORM_TEXT, NULL,
		"the id of the vault password that encrypts" },
	[SETTING_VAULT_IDENTITY_LIST] = { "vault_identity_list", FORM_VAULTS, NULL,
		"vault passwords, each ID@SOURCE as in --vault-id" },
	[SETTING_VAULT_PASSWORD_FILE] = { "vault_password_file", FORM_PATH, NULL,
		"file or program that gives the vault password" },
};

struct settings {
	struct {
		char *text;
		char *origin;
	} values[SETTING_COUNT];
	GPtrArray *remarks;   /* char * */
	GString *passed_over; /* names of what has no effect, of one source */
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
	g_ptr_array_unref(s->remarks);
	g_string_free(s->passed_over, TRUE);
	g_free(s);
}

/* Values. */

static gboolean is_strategy(const char *text)
{
	static const char *const names[] = { "debug", "free", "host_pinned", "linear", NULL };
	const char *dot = strrchr(text, '.');
	const char *name = dot != NULL ? dot + 1 : text;
	name += g_str_has_prefix(name, "mitogen_") ? strlen("mitogen_") : 0;
	return g_strv_contains(names, name) || g_str_equal(name, "mitogen");
}

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
	if (row->form == FORM_PORT && !convert_whole(text, 1, 65535, &number)) {
		error_set_at(error, SUTLER_ERROR_USAGE, at,
			"setting '%s': invalid port '%s', use 1 to 65535", row->name, text);
		return FALSE;
	}
	if (row->form == FORM_GATHERING && strcmp(text, "implicit") != 0 &&
		strcmp(text, "explicit") != 0 && strcmp(text, "smart") != 0) {
		error_set_at(error, SUTLER_ERROR_USAGE, at,
			"setting '%s': '%s' is none of implicit, explicit and smart", row->name,
			text);
		return FALSE;
	}
	if (row->form == FORM_STRATEGY && !is_strategy(text)) {
		error_set_at(error, SUTLER_ERROR_USAGE, at,
			"setting '%s': '%s' is none of linear, free, host_pinned and debug",
			row->name, text);
		return FALSE;
	}
	if (row->form == FORM_HASHES && strcmp(text, "replace") != 0 &&
		strcmp(text, "merge") != 0) {
		error_set_at(error, SUTLER_ERROR_USAGE, at,
			"setting '%s': '%s' is neither replace nor merge", row->name, text);
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
	GPtrArray *warnings; /* may be NULL */
	/* Of ansible.cfg: the last entry, which indented lines go on with. */
	char *key; /* NULL: there is none */
	char *section;
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

/* Something of Ansible's that is set, by an entry or in the environment. */
struct ansible_entry {
	const struct ansible_setting *row;
	const char *name;   /* "forks", "ANSIBLE_FORKS" */
	const char *origin; /* "ansible.cfg:3", "ANSIBLE_FORKS" */
	const char *folder; /* what relative paths belong to; NULL: the current one */
	struct position at;
};

static gboolean set_honoured(settings *s, const struct ansible_entry *e, char *text, GError **error)
{
	enum form form = rows[e->row->setting].form;
	gboolean path = form == FORM_PATH || form == FORM_PATHS || form == FORM_SOURCES ||
			form == FORM_VAULTS;
	g_autofree char *full = path ? settings_expand(text) : g_strdup(unquoted(text));
	if (form == FORM_SOURCES) {
		g_strdelimit(full, ",\n", ' '); /* its own separator */
	}
	/* Ansible looks for the passwords of ids where it runs. */
	const char *folder = form == FORM_VAULTS ? NULL : e->folder;
	return set(s, e->row->setting, full, folder, e->at, e->origin, error);
}

static gboolean has_plugins(const char *folder)
{
	g_autoptr(GDir) dir = g_dir_open(folder, 0, NULL);
	const char *name = NULL;
	gboolean found = FALSE;
	while (!found && dir != NULL && (name = g_dir_read_name(dir)) != NULL) {
		found = g_str_has_suffix(name, ".py") && strcmp(name, "__init__.py") != 0;
	}
	return found;
}

static void warn_of_plugins(const struct ansible_entry *e, const char *text, GPtrArray *warnings)
{
	g_autofree char *expanded = settings_expand(text);
	g_autofree char *paths = settings_full_paths(expanded, e->folder, ":", ":");
	g_auto(GStrv) folders = g_strsplit(paths, ":", -1);
	for (char **folder = folders; warnings != NULL && *folder != NULL; folder++) {
		if (has_plugins(*folder)) {
			g_ptr_array_add(warnings,
				g_strdup_printf("%s: %s: the plugins in '%s' are not loaded",
					e->origin, e->name, *folder));
		}
	}
}

static gboolean take_setting(
	settings *s, const struct ansible_entry *e, char *text, GPtrArray *warnings, GError **error)
{
	if (*text == '\0') {
		return TRUE;
	}
	if (e->row->use == ANSIBLE_HONOURED) {
		return set_honoured(s, e, text, error);
	}
	if (e->row->use == ANSIBLE_PLUGINS) {
		warn_of_plugins(e, text, warnings);
		return TRUE;
	}
	if (e->row->use == ANSIBLE_DISPLAY) {
		g_string_append_printf(
			s->passed_over, "%s%s", s->passed_over->len > 0 ? ", " : "", e->name);
		return TRUE;
	}
	const char *plain = unquoted(text);
	if (ansible_setting_is_fine(e->row, plain)) {
		return TRUE;
	}
	if (e->row->use == ANSIBLE_REFUSED) {
		error_set_at(error, SUTLER_ERROR_USAGE, e->at, "'%s = %s' is not supported: %s",
			e->name, secret_name(e->name) ? "..." : plain, e->row->advice);
		return FALSE;
	}
	if (warnings != NULL) {
		g_ptr_array_add(warnings, g_strdup_printf("%s: %s has no effect: %s", e->origin,
						  e->name, e->row->advice));
	}
	return TRUE;
}

static void remark_passed_over(settings *s, const char *source)
{
	if (s->passed_over->len > 0) {
		g_ptr_array_add(s->remarks, g_strdup_printf("%s: without effect here: %s", source,
						    s->passed_over->str));
		g_string_truncate(s->passed_over, 0);
	}
}

/* What the last entry of ansible.cfg, with all its lines, says. */
static gboolean finish_entry(struct file *file, GError **error)
{
	g_autofree char *key = g_steal_pointer(&file->key);
	g_autofree char *text = g_strstrip(g_strdup(file->text->str));
	if (key == NULL) {
		return TRUE;
	}
	const char *place = file->section;
	const struct ansible_setting *row = ansible_setting_find(place, key);
	g_autofree char *origin = g_strdup_printf("%s:%u", file->at.file, file->at.line);
	if (row == NULL) {
		g_autofree char *hint = ansible_setting_suggest(place, key);
		g_ptr_array_add(file->settings->remarks,
			g_strdup_printf("%s: '%s' is not a setting of [%s] in ansible-core 2.14%s",
				origin, key, place, hint));
		return TRUE;
	}
	const struct ansible_entry entry = {
		.row = row, .name = key, .origin = origin, .folder = file->folder, .at = file->at
	};
	return take_setting(file->settings, &entry, text, file->warnings, error);
}

/* "[defaults] # x" is the section "defaults". */
static char *section_name(const char *header)
{
	return *header == '[' ? g_strndup(header + 1, strcspn(header + 1, "]")) : g_strdup("");
}

static gboolean take_ansible(struct file *file, const struct ini_line *line, GError **error)
{
	g_autofree char *text = NULL;
	if (line->at.column > 1 && file->key != NULL) {
		g_autofree char *more = g_strdup(line->text);
		cut_comment(more);
		g_string_append_printf(file->text, "\n%s", more);
		return TRUE;
	}
	if (!finish_entry(file, error)) {
		return FALSE;
	}
	if (!split_entry(line, &file->key, &text)) {
		return TRUE;
	}
	g_free(file->section);
	file->section = section_name(line->section);
	file->at = line->at;
	g_string_assign(file->text, text);
	return TRUE;
}

/* As Ansible: what the environment says outweighs the file. */
static gboolean read_ansible_environment(settings *s, GPtrArray *warnings, GError **error)
{
	gsize n = 0;
	const struct ansible_setting *all = ansible_settings(&n);
	for (gsize i = 0; i < n; i++) {
		g_auto(GStrv) names =
			g_strsplit(all[i].environment != NULL ? all[i].environment : "", ",", -1);
		for (char **name = names; *name != NULL; name++) {
			const struct ansible_entry entry = {
				.row = &all[i], .name = *name, .origin = *name
			};
			g_autofree char *text = g_strdup(g_getenv(*name));
			if (text == NULL ||
				take_setting(s, &entry, g_strstrip(text), warnings, error)) {
				continue;
			}
			if (all[i].use == ANSIBLE_HONOURED) {
				g_prefix_error(error, "%s: ", *name);
			}
			return FALSE;
		}
	}
	remark_passed_over(s, "environment");
	return TRUE;
}

static gboolean take_line(const struct ini_line *line, gpointer data, GError **error)
{
	struct file *file = data;
	if (line->header) {
		if (!finish_entry(file, error)) {
			return FALSE;
		}
		if (!file->ansible && !g_str_has_prefix(line->text, "[sutler]")) {
			error_set_at(error, SUTLER_ERROR_USAGE, line->at,
				"unknown section '%s', settings belong in [sutler] or before any "
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
	struct file file = { .settings = s,
		.folder = folder,
		.ansible = ansible,
		.warnings = warnings,
		.text = entry };
	*ret_read = TRUE;
	gboolean well = text != NULL &&
			ini_read(text, length, path, NULL, take_line, &file, error) &&
			finish_entry(&file, error);
	g_free(file.key);
	g_free(file.section);
	remark_passed_over(s, path);
	return well;
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
	s->remarks = g_ptr_array_new_with_free_func(g_free);
	s->passed_over = g_string_new(NULL);
	g_autofree char *project = settings_full_path("sutler.ini", folder);
	g_autofree char *user = find_user_file();
	gboolean read = FALSE;
	if (!g_file_test(project, G_FILE_TEST_EXISTS)) {
		g_autofree char *ansible = find_ansible_file(folder);
		if (!read_file(s, ansible, TRUE, warnings, &read, error)) {
			return NULL;
		}
	}
	if (!read_ansible_environment(s, warnings, error) ||
		!read_file(s, project, FALSE, warnings, &read, error) ||
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

const GPtrArray *settings_remarks(const settings *s)
{
	return s->remarks;
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
