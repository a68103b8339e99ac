/* Command line options: one table, parsed into one struct. */
#include "cmd/options.h"

#include "base/suggest.h"

#include <stddef.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

struct row {
	guint groups;
	const char *name;
	char letter;
	GOptionArg type;
	gsize offset;
	const char *word;    /* the argument's name in help; NULL: a switch */
	const char *summary; /* NULL: another spelling, which help does not list */
	const char *refusal; /* what to do instead; NULL: it is honoured */
};

#define AT(field) offsetof(struct options, field)

static const struct row rows[] = {
	{ OPTIONS_INVENTORY, "inventory", 'i', G_OPTION_ARG_STRING_ARRAY, AT(inventory), "SOURCE",
		"inventory: a file, folder or 'host1,host2,' (may be repeated; default: "
		"inventory)" },
	{ OPTIONS_INVENTORY, "extra-vars", 'e', G_OPTION_ARG_STRING_ARRAY, AT(extra_vars), "VARS",
		"variables that win over all others: k=v, JSON or @FILE (may be repeated)" },
	{ OPTIONS_INVENTORY | OPTIONS_VAULT, "vault-id", 0, G_OPTION_ARG_STRING_ARRAY,
		AT(vault_ids), "ID@SOURCE",
		"a vault password: a file, a script, env:NAME or prompt" },
	{ OPTIONS_INVENTORY | OPTIONS_VAULT, "vault-password-file", 0, G_OPTION_ARG_STRING_ARRAY,
		AT(vault_password_files), "FILE", "file (or script) with the vault password" },
	{ OPTIONS_INVENTORY | OPTIONS_VAULT, "ask-vault-pass", 'J', G_OPTION_ARG_NONE,
		AT(ask_vault_password), NULL, "ask for the vault password" },
	{ OPTIONS_VAULT, "encrypt-vault-id", 0, G_OPTION_ARG_STRING, AT(encrypt_vault_id), "ID",
		"which vault password encrypts, when several are given" },
	{ OPTIONS_VAULT, "output", 0, G_OPTION_ARG_FILENAME, AT(output), "FILE",
		"encrypt, decrypt: write here (- is stdout), leave the input alone" },
	{ OPTIONS_VAULT, "new-vault-id", 0, G_OPTION_ARG_STRING, AT(new_vault_id), "ID@SOURCE",
		"rekey: source of the new password" },
	{ OPTIONS_VAULT, "new-vault-password-file", 0, G_OPTION_ARG_STRING,
		AT(new_vault_password_file), "FILE",
		"rekey: file (or script) with the new password" },
	{ OPTIONS_VAULT, "name", 'n', G_OPTION_ARG_STRING_ARRAY, AT(string_names), "NAME",
		"encrypt-string: name of the variable (one for each string)" },
	{ OPTIONS_VAULT, "stdin-name", 0, G_OPTION_ARG_STRING, AT(stdin_name), "NAME",
		"encrypt-string: read a string from stdin, for this variable" },
	{ OPTIONS_VAULT, "prompt", 'p', G_OPTION_ARG_NONE, AT(prompt_string), NULL,
		"encrypt-string: ask for the string" },
	{ OPTIONS_VAULT, "show-input", 0, G_OPTION_ARG_NONE, AT(show_input), NULL,
		"with --prompt: show what is typed" },
	{ OPTIONS_CONNECT | OPTIONS_LISTING, "limit", 'l', G_OPTION_ARG_STRING, AT(limit),
		"PATTERN", "only those hosts that also match PATTERN" },
	{ OPTIONS_PLAY | OPTIONS_MODULE, "dry-run", 'n', G_OPTION_ARG_NONE, AT(dry_run), NULL,
		"change nothing; show what would change" },
	{ OPTIONS_PLAY | OPTIONS_MODULE, "check", 'C', G_OPTION_ARG_NONE, AT(check), NULL,
		"the same as --dry-run" },
	{ OPTIONS_PLAY | OPTIONS_MODULE, "diff", 'D', G_OPTION_ARG_NONE, AT(diff), NULL,
		"show what changed in files (a dry run always does)" },
	{ OPTIONS_PLAY | OPTIONS_MODULE, "detailed-exitcode", 0, G_OPTION_ARG_NONE,
		AT(detailed_exitcode), NULL, "dry run: exit with 4 when changes are pending" },
	{ OPTIONS_PLAY, "tags", 't', G_OPTION_ARG_STRING_ARRAY, AT(tags), "TAGS",
		"only tasks with one of these tags" },
	{ OPTIONS_PLAY, "skip-tags", 0, G_OPTION_ARG_STRING_ARRAY, AT(skip_tags), "TAGS",
		"skip tasks with one of these tags" },
	{ OPTIONS_PLAY, "start-at-task", 0, G_OPTION_ARG_STRING, AT(start_at), "NAME",
		"begin with the task of this name" },
	{ OPTIONS_PLAY, "list-tasks", 0, G_OPTION_ARG_NONE, AT(list_tasks), NULL,
		"show the tasks, contact nothing" },
	{ OPTIONS_PLAY, "list-tags", 0, G_OPTION_ARG_NONE, AT(list_tags), NULL,
		"show the tags, contact nothing" },
	{ OPTIONS_PLAY | OPTIONS_MODULE, "list-hosts", 0, G_OPTION_ARG_NONE, AT(list_hosts), NULL,
		"show the hosts, contact nothing" },
	{ OPTIONS_PLAY, "syntax-check", 0, G_OPTION_ARG_NONE, AT(syntax_check), NULL,
		"check playbook and inventory, contact nothing" },
	{ OPTIONS_MODULE, "module-name", 'm', G_OPTION_ARG_STRING, AT(module), "MODULE",
		"module to run (default: command)" },
	{ OPTIONS_MODULE, "args", 'a', G_OPTION_ARG_STRING, AT(arguments), "ARGS",
		"the module's arguments" },
	{ OPTIONS_LISTING, "list", 0, G_OPTION_ARG_NONE, AT(list), NULL,
		"all groups, hosts and variables as JSON" },
	{ OPTIONS_LISTING, "host", 0, G_OPTION_ARG_STRING, AT(host), "HOST",
		"the variables of one host as JSON" },
	{ OPTIONS_LISTING, "explain", 0, G_OPTION_ARG_NONE, AT(explain), NULL,
		"HOST [VAR]: every value of a variable, where it was set, and which one won" },
	{ OPTIONS_LISTING, "graph", 0, G_OPTION_ARG_NONE, AT(graph), NULL, "the groups as a tree" },
	{ OPTIONS_LISTING, "playbook-dir", 0, G_OPTION_ARG_FILENAME, AT(playbook_folder), "FOLDER",
		"where group_vars/ and host_vars/ beside a playbook are (default: here)" },
	{ OPTIONS_LISTING, "vars", 0, G_OPTION_ARG_NONE, AT(vars), NULL,
		"with --graph: variables too" },
	{ OPTIONS_LISTING, "hosts", 0, G_OPTION_ARG_STRING, AT(hosts), "PATTERN",
		"names of the hosts that match, one per line" },
	{ OPTIONS_LISTING, "yaml", 'y', G_OPTION_ARG_NONE, AT(yaml), NULL, "YAML instead of JSON" },
	{ OPTIONS_LISTING, "export", 0, G_OPTION_ARG_NONE, AT(export_only), NULL,
		"with --list: variables where they were set" },
	{ OPTIONS_CONNECT, "forks", 'f', G_OPTION_ARG_STRING, AT(forks), "N",
		"number of hosts to work on at a time (default: 50)" },
	{ OPTIONS_CONNECT, "user", 'u', G_OPTION_ARG_STRING, AT(user), "NAME",
		"user to log in as" },
	{ OPTIONS_CONNECT, "private-key", 0, G_OPTION_ARG_STRING, AT(private_key), "FILE",
		"key to log in with" },
	{ OPTIONS_CONNECT, "connection", 'c', G_OPTION_ARG_STRING, AT(connection), "KIND",
		"how to connect: ssh, openssh (the ssh program) or local" },
	{ OPTIONS_CONNECT, "known-hosts", 0, G_OPTION_ARG_STRING, AT(known_hosts), "FILE",
		"file of trusted host keys (default: ~/.ssh/known_hosts)" },
	{ OPTIONS_CONNECT, "accept-new", 0, G_OPTION_ARG_NONE, AT(accept_new), NULL,
		"trust and record host keys not seen before" },
	{ OPTIONS_CONNECT, "become", 'b', G_OPTION_ARG_NONE, AT(become), NULL,
		"run the steps as another user, through sudo" },
	{ OPTIONS_CONNECT, "become-user", 0, G_OPTION_ARG_STRING, AT(become_user), "NAME",
		"user to become (default: root)" },
	{ OPTIONS_CONNECT, "ask-become-pass", 'K', G_OPTION_ARG_NONE, AT(ask_become_password), NULL,
		"ask for sudo's password" },
	{ OPTIONS_CONNECT, "become-password-file", 0, G_OPTION_ARG_FILENAME,
		AT(become_password_file), "FILE", "file with sudo's password" },
	{ OPTIONS_CONNECT, "timeout", 'T', G_OPTION_ARG_STRING, AT(timeout), "SECONDS",
		"time to connect and log in (default: 10)" },
	{ OPTIONS_REPORT, "json", 0, G_OPTION_ARG_NONE, AT(json), NULL,
		"print one JSON object per line instead of text" },
	{ OPTIONS_REPORT, "no-color", 0, G_OPTION_ARG_NONE, AT(no_color), NULL,
		"plain text, as with NO_COLOR" },
	{ OPTIONS_REPORT | OPTIONS_CONNECT | OPTIONS_VAULT, "no-input", 0, G_OPTION_ARG_NONE,
		AT(no_input), NULL, "never ask for anything" },
	{ OPTIONS_REPORT, "quiet", 'q', G_OPTION_ARG_NONE, AT(quiet), NULL,
		"show only what went wrong, and the recap" },
	{ OPTIONS_REPORT, "verbose", 'v', G_OPTION_ARG_CALLBACK, AT(verbosity), NULL,
		"also show unchanged steps, and output (may be repeated)" },
	{ OPTIONS_CONNECT, "ask-pass", 'k', G_OPTION_ARG_NONE, AT(ask_password), NULL,
		"ask for the password to log in with" },
	{ OPTIONS_CONNECT, "connection-password-file", 0, G_OPTION_ARG_FILENAME,
		AT(connection_password_file), "FILE", "file with the password to log in with" },
	{ OPTIONS_CONNECT, "become-method", 0, G_OPTION_ARG_STRING, AT(become_method), "METHOD",
		"how to become another user: sudo" },
	{ OPTIONS_CONNECT, "ssh-common-args", 0, G_OPTION_ARG_STRING, AT(ssh_common_args), "ARGS",
		"options of ssh, as '-o ProxyJump=HOST'" },
	{ OPTIONS_CONNECT, "ssh-extra-args", 0, G_OPTION_ARG_STRING, AT(ssh_extra_args), "ARGS",
		"more options of ssh" },
	{ OPTIONS_PLAY, "force-handlers", 0, G_OPTION_ARG_NONE, AT(force_handlers), NULL,
		"run notified handlers also on hosts that failed" },
	{ OPTIONS_PLAY, "strategy", 0, G_OPTION_ARG_STRING, AT(strategy), "NAME",
		"linear: hosts finish each task together; free: they never wait" },

	/* Ansible's other spellings. */
	{ OPTIONS_INVENTORY, "inventory-file", 0, G_OPTION_ARG_STRING_ARRAY, AT(inventory),
		"SOURCE" },
	{ OPTIONS_INVENTORY | OPTIONS_VAULT, "vault-pass-file", 0, G_OPTION_ARG_STRING_ARRAY,
		AT(vault_password_files), "FILE" },
	{ OPTIONS_INVENTORY | OPTIONS_VAULT, "ask-vault-password", 0, G_OPTION_ARG_NONE,
		AT(ask_vault_password) },
	{ OPTIONS_VAULT, "new-vault-pass-file", 0, G_OPTION_ARG_STRING, AT(new_vault_password_file),
		"FILE" },
	{ OPTIONS_CONNECT | OPTIONS_LISTING, "subset", 0, G_OPTION_ARG_STRING, AT(limit),
		"PATTERN" },
	{ OPTIONS_CONNECT, "key-file", 0, G_OPTION_ARG_STRING, AT(private_key), "FILE" },
	{ OPTIONS_CONNECT, "become-pass-file", 0, G_OPTION_ARG_FILENAME, AT(become_password_file),
		"FILE" },
	{ OPTIONS_CONNECT, "conn-pass-file", 0, G_OPTION_ARG_FILENAME, AT(connection_password_file),
		"FILE" },
	{ OPTIONS_CONNECT, "module-path", 'M', G_OPTION_ARG_STRING, AT(without_effect), "FOLDERS" },
	{ OPTIONS_CONNECT, "scp-extra-args", 0, G_OPTION_ARG_STRING, AT(without_effect), "ARGS" },
	{ OPTIONS_CONNECT, "sftp-extra-args", 0, G_OPTION_ARG_STRING, AT(without_effect), "ARGS" },
	{ OPTIONS_CONNECT, "flush-cache", 0, G_OPTION_ARG_NONE, AT(without_effect_flag) },
	{ OPTIONS_MODULE, "one-line", 'o', G_OPTION_ARG_NONE, AT(without_effect_flag) },
	{ OPTIONS_MODULE, "background", 'B', G_OPTION_ARG_STRING, AT(background), "SECONDS", NULL,
		"run the command without it" },
	{ OPTIONS_MODULE, "poll", 'P', G_OPTION_ARG_STRING, AT(poll), "SECONDS", NULL,
		"run the command without it" },
	{ OPTIONS_MODULE, "task-timeout", 0, G_OPTION_ARG_STRING, AT(task_timeout), "SECONDS", NULL,
		"write 'timeout' at a task of a playbook" },
	{ OPTIONS_MODULE, "tree", 't', G_OPTION_ARG_STRING, AT(tree), "FOLDER", NULL,
		"use --json and keep its output" },
	{ OPTIONS_PLAY, "step", 0, G_OPTION_ARG_NONE, AT(step), NULL, NULL,
		"use --start-at-task and --tags" },
	{ ~0U, "help", 'h', G_OPTION_ARG_NONE, AT(help), NULL, "show this help" },
	{ ~0U, "version", 0, G_OPTION_ARG_NONE, AT(version), NULL, "show the version" },
};

static gboolean count_verbose(const char *name, const char *text, gpointer data, GError **error)
{
	struct options *o = data;
	(void)text;
	(void)error;
	(void)name;
	o->verbosity++;
	return TRUE;
}

static GOptionEntry entry_of(struct options *o, const struct row *row)
{
	GOptionEntry entry = {
		.long_name = row->name,
		.short_name = row->letter,
		.arg = row->type,
		.arg_data = (char *)o + row->offset,
		.arg_description = row->word,
		.description = row->summary,
	};
	if (row->type == G_OPTION_ARG_CALLBACK) {
		entry.flags = G_OPTION_FLAG_NO_ARG;
		entry.arg_data = (gpointer)(guintptr)count_verbose;
	}
	return entry;
}

static const struct row *find_letter(guint groups, char letter)
{
	for (gsize i = 0; i < G_N_ELEMENTS(rows); i++) {
		if (rows[i].letter == letter && rows[i].groups & groups) {
			return &rows[i];
		}
	}
	return NULL;
}

static gboolean long_takes_word(guint groups, const char *name)
{
	for (gsize i = 0; i < G_N_ELEMENTS(rows); i++) {
		if (rows[i].groups & groups && g_str_equal(rows[i].name, name)) {
			return rows[i].word != NULL;
		}
	}
	return FALSE;
}

/* As Ansible's, a long option may be cut short where what is left is no other's. "--tag=x" keeps
 * what follows. Caller frees; NULL: it is whole, or nobody's. */
static char *completed(guint groups, const char *text)
{
	gsize length = strcspn(text, "=");
	const struct row *only = NULL;
	for (gsize i = 0; i < G_N_ELEMENTS(rows); i++) {
		if ((!(rows[i].groups & groups) && rows[i].groups != ~0U) ||
			strncmp(rows[i].name, text, length) != 0) {
			continue;
		}
		if (rows[i].name[length] == '\0' ||
			(only != NULL && only->offset != rows[i].offset)) {
			return NULL;
		}
		only = only == NULL ? &rows[i] : only;
	}
	return only != NULL ? g_strconcat("--", only->name, text + length, NULL) : NULL;
}

/* Appends "-nlweb" as "-nl" and "web"; TRUE when the word that follows belongs to it. */
static gboolean append_short(GPtrArray *words, guint groups, const char *text)
{
	for (const char *p = text + 1; *p != '\0'; p++) {
		const struct row *row = find_letter(groups, *p);
		if (row == NULL || row->word == NULL) {
			continue;
		}
		g_ptr_array_add(words, g_strndup(text, (gsize)(p + 1 - text)));
		if (p[1] != '\0') {
			g_ptr_array_add(words, g_strdup(p + 1));
		}
		return p[1] == '\0';
	}
	g_ptr_array_add(words, g_strdup(text));
	return FALSE;
}

/* GLib does not know "-f5" and "-lweb", which getopt and Ansible do. */
static void split_short_options(guint groups, char ***argv)
{
	GPtrArray *words = g_ptr_array_new();
	gboolean is_value = TRUE; /* the name of the command */
	gboolean ended = FALSE;
	for (char **p = *argv; *p != NULL; p++) {
		const char *text = *p;
		ended = ended || (!is_value && g_str_equal(text, "--"));
		if (!ended && !is_value && text[0] == '-' && text[1] != '-' && text[1] != '\0') {
			is_value = append_short(words, groups, text);
			continue;
		}
		gboolean is_long =
			!ended && !is_value && g_str_has_prefix(text, "--") && text[2] != '\0';
		g_autofree char *whole = is_long ? completed(groups, text + 2) : NULL;
		text = whole != NULL ? whole : text;
		is_value = is_long && long_takes_word(groups, text + 2);
		g_ptr_array_add(words, g_strdup(text));
	}
	g_ptr_array_add(words, NULL);
	g_strfreev(*argv);
	*argv = (char **)g_ptr_array_free(words, FALSE);
}

/* GLib's words for what is wrong, as ours, with the nearest option there is. */
static void set_usage(const GError *problem, const GArray *entries, GError **error)
{
	static const char unknown[] = "Unknown option ";
	g_autofree char *first = g_strdup(problem->message);
	*first = g_ascii_tolower(*first);
	if (!g_str_has_prefix(problem->message, unknown)) {
		error_set(error, SUTLER_ERROR_USAGE, "%s", first);
		return;
	}
	const char *given = problem->message + strlen(unknown);
	g_autoptr(GPtrArray) names = g_ptr_array_new_with_free_func(g_free);
	for (guint i = 0; i < entries->len; i++) {
		const char *name = g_array_index(entries, GOptionEntry, i).long_name;
		g_ptr_array_add(names, g_strconcat("--", name, NULL));
	}
	g_autofree char *hint =
		suggest_phrase(given, (const char *const *)names->pdata, names->len);
	error_set(error, SUTLER_ERROR_USAGE, "no option '%s'%s", given,
		*hint != '\0' ? hint : " here: --help shows those there are");
}

/* Whether an option of a row was given. */
static gboolean is_given(const struct options *o, const struct row *row)
{
	const char *field = (const char *)o + row->offset;
	return row->type == G_OPTION_ARG_NONE ? *(const gboolean *)(const void *)field
					      : *(char *const *)(const void *)field != NULL;
}

static gboolean check_refused(const struct options *o, GError **error)
{
	for (gsize i = 0; i < G_N_ELEMENTS(rows); i++) {
		if (rows[i].refusal != NULL && is_given(o, &rows[i])) {
			error_set(error, SUTLER_ERROR_USAGE, "'--%s' is not supported: %s",
				rows[i].name, rows[i].refusal);
			return FALSE;
		}
	}
	return TRUE;
}

gboolean options_parse(struct options *o, guint groups, char ***argv, GError **error)
{
	g_autoptr(GArray) entries = g_array_new(TRUE, TRUE, sizeof(GOptionEntry));
	for (gsize i = 0; i < G_N_ELEMENTS(rows); i++) {
		if (rows[i].groups & groups || rows[i].groups == ~0U) {
			GOptionEntry entry = entry_of(o, &rows[i]);
			g_array_append_val(entries, entry);
		}
	}
	g_autoptr(GOptionContext) context = g_option_context_new(NULL);
	g_option_context_set_help_enabled(context, FALSE);
	GOptionGroup *group = g_option_group_new("sutler", "", "", o, NULL);
	g_option_group_add_entries(group, (const GOptionEntry *)(void *)entries->data);
	g_option_context_set_main_group(context, group);
	g_autoptr(GError) problem = NULL;
	split_short_options(groups, argv);
	if (!g_option_context_parse_strv(context, argv, &problem)) {
		set_usage(problem, entries, error);
		return FALSE;
	}
	return check_refused(o, error);
}

void options_clear(struct options *o)
{
	for (gsize i = 0; i < G_N_ELEMENTS(rows); i++) {
		if (rows[i].type == G_OPTION_ARG_STRING || rows[i].type == G_OPTION_ARG_FILENAME) {
			g_clear_pointer((char **)(void *)((char *)o + rows[i].offset), g_free);
		} else if (rows[i].type == G_OPTION_ARG_STRING_ARRAY) {
			g_clear_pointer((char ***)(void *)((char *)o + rows[i].offset), g_strfreev);
		}
	}
	*o = (struct options){ 0 };
}

guint options_columns(void)
{
	struct winsize size;
	const char *text = g_getenv("COLUMNS");
	guint64 columns = 0;
	if (text != NULL && g_ascii_string_to_unsigned(text, 10, 20, 1000, &columns, NULL)) {
		return (guint)columns;
	}
	gboolean known = ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_col >= 20;
	return known ? size.ws_col : 100;
}

void options_help_row(GString *text, const char *left, guint indent, const char *summary)
{
	guint width = options_columns();
	indent = MIN(indent, width / 3);
	g_string_append_printf(text, "  %-*s", (int)indent, left);
	guint column = 2 + MAX(indent, (guint)g_utf8_strlen(left, -1));
	if (column > indent + 2) {
		column = width; /* begin on a line of its own */
	}
	g_auto(GStrv) words = g_strsplit(summary, " ", -1);
	for (char **word = words; *word != NULL; word++) {
		guint length = (guint)g_utf8_strlen(*word, -1);
		if (column > indent + 2 && column + 1 + length > width) {
			g_string_append_printf(text, "\n%*s", (int)indent + 2, "");
			column = indent + 2;
		}
		g_string_append_printf(text, " %s", *word);
		column += 1 + length;
	}
	g_string_append_c(text, '\n');
}

char *options_help(guint groups)
{
	GString *text = g_string_new(NULL);
	for (gsize i = 0; i < G_N_ELEMENTS(rows); i++) {
		const struct row *row = &rows[i];
		if ((!(row->groups & groups) && row->groups != ~0U) || row->summary == NULL) {
			continue;
		}
		g_autofree char *letter =
			row->letter == 0 ? g_strdup("    ") : g_strdup_printf("-%c, ", row->letter);
		g_autofree char *left = g_strdup_printf("%s--%s%s%s", letter, row->name,
			row->word == NULL ? "" : " ", row->word == NULL ? "" : row->word);
		options_help_row(text, left, 34, row->summary);
	}
	return g_string_free(text, FALSE);
}

gboolean options_is_dry(const struct options *o)
{
	return o->dry_run || o->check;
}
