/* vault: encrypts and decrypts files as ansible-vault does. */
#include "cmd/vault.h"

#include "base/secret-memory.h"
#include "base/secret.h"
#include "base/suggest.h"
#include "cmd/command.h"

#include <stdio.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

/* ---- passwords ---- */

/* A new password is asked for twice. */
static char *ask_new(gpointer data, const char *question, GError **error)
{
	g_autofree char *rest = g_strdup(question);
	*rest = g_ascii_tolower(*rest);
	g_autofree char *first_question = g_strconcat("New ", rest, NULL);
	g_autofree char *again_question = g_strconcat("Confirm new ", rest, NULL);
	g_autofree char *first = project_ask(data, first_question, error);
	g_autofree char *again = first == NULL ? NULL : project_ask(data, again_question, error);
	if (again != NULL && !g_str_equal(first, again)) {
		error_set(error, SUTLER_ERROR_USAGE, "the passwords do not match");
		return NULL;
	}
	return again != NULL ? g_steal_pointer(&first) : NULL;
}

/* Without any password given, it is asked for. */
static gboolean need_password(struct project *p, GError **error)
{
	if (!vault_is_empty(p->vault)) {
		return TRUE;
	}
	if (p->options->no_input) {
		error_set(error, SUTLER_ERROR_USAGE,
			"no vault password was given, use --vault-password-file");
		return FALSE;
	}
	return vault_add_source(
		p->vault, "prompt", p->ask != NULL ? p->ask : project_ask, NULL, error);
}

/* The password that rekey changes to: the one given for it, a known one by its id, or an answer. */
static vault *open_new(const struct vault_call *call, GError **error)
{
	const struct options *o = call->options;
	g_autoptr(vault) v = vault_new();
	g_autofree char *source = NULL;
	if (o->new_vault_id != NULL) {
		source = g_strdup(o->new_vault_id);
	} else if (o->new_vault_password_file != NULL) {
		source = g_strconcat("default@", o->new_vault_password_file, NULL);
	} else {
		source = g_strdup("prompt");
	}
	return vault_add_source(v, source, o->no_input ? NULL : ask_new,
		       (gpointer) "--new-vault-password-file", error)
		       ? g_steal_pointer(&v)
		       : NULL;
}

/* ---- files ---- */

struct content {
	const char *path;
	char *bytes;
	gsize length;
};

static void content_clear(gpointer data)
{
	struct content *content = data;
	secret_memory_free(content->bytes);
}

/* A whole file to what shall stand in its place, in memory for secrets; NULL on failure. */
typedef char *(*transform)(const struct vault_call *call, const char *name, const char *text,
	gsize length, gsize *ret_length, GError **error);

static char *encrypt(const struct vault_call *call, const char *name, const char *text,
	gsize length, gsize *ret_length, GError **error)
{
	if (vault_is_encrypted(text, length)) {
		error_set(error, SUTLER_ERROR_USAGE,
			"'%s' is encrypted already: change it with 'vault edit', its password with "
			"'vault rekey'",
			name);
		return NULL;
	}
	g_autofree char *cipher = vault_encrypt(call->to, call->id, text, length, error);
	*ret_length = cipher == NULL ? 0 : strlen(cipher);
	return cipher == NULL ? NULL : secret_memory_copy(cipher, *ret_length);
}

static char *decrypt(const struct vault_call *call, const char *name, const char *text,
	gsize length, gsize *ret_length, GError **error)
{
	if (!vault_is_encrypted(text, length)) {
		error_set(error, SUTLER_ERROR_USAGE,
			"'%s' is not encrypted: it does not begin with $ANSIBLE_VAULT", name);
		return NULL;
	}
	return vault_decrypt(call->project->vault, text, length, name, ret_length, error);
}

/* All inputs, transformed, before anything is written: either all files change or none. */
static GArray *read_all(const struct vault_call *call, transform change, GError **error)
{
	static const char *const only_stdin[] = { "-", NULL };
	const char *const *paths =
		*call->arguments != NULL ? (const char *const *)call->arguments : only_stdin;
	g_autoptr(GArray) all = g_array_new(FALSE, TRUE, sizeof(struct content));
	g_array_set_clear_func(all, content_clear);
	for (; *paths != NULL; paths++) {
		gsize length = 0;
		char *text = vault_file_read(*paths, &length, error);
		if (text == NULL) {
			return NULL;
		}
		struct content content = { .path = *paths };
		content.bytes =
			change(call, vault_file_name(*paths), text, length, &content.length, error);
		secret_wipe_free(text, length);
		if (content.bytes == NULL) {
			return NULL;
		}
		g_array_append_val(all, content);
	}
	return g_steal_pointer(&all);
}

static gboolean change_files(const struct vault_call *call, transform change, guint flags,
	const char *done, GError **error)
{
	const char *output = call->options->output;
	if (output != NULL && *call->arguments != NULL && call->arguments[1] != NULL) {
		error_set(
			error, SUTLER_ERROR_USAGE, "--output goes with one file, not with several");
		return FALSE;
	}
	g_autoptr(GArray) all = read_all(call, change, error);
	for (guint i = 0; all != NULL && i < all->len; i++) {
		const struct content *content = &g_array_index(all, struct content, i);
		const char *path = output != NULL ? output : content->path;
		if (!vault_file_write(path, content->bytes, content->length, flags, error)) {
			return FALSE;
		}
		if (!g_str_equal(path, "-") && isatty(STDOUT_FILENO)) {
			g_printerr("%s '%s'\n", done, path);
		}
	}
	return all != NULL;
}

static gboolean run_encrypt(const struct vault_call *call, GError **error)
{
	return change_files(call, encrypt, VAULT_FILE_WIPE, "encrypted", error);
}

static gboolean run_decrypt(const struct vault_call *call, GError **error)
{
	return change_files(call, decrypt, VAULT_FILE_PRIVATE, "decrypted", error);
}

static char *rekey(const struct vault_call *call, const char *name, const char *text, gsize length,
	gsize *ret_length, GError **error)
{
	gsize plain_length = 0;
	g_autosecret char *plain = decrypt(call, name, text, length, &plain_length, error);
	if (plain == NULL) {
		return NULL;
	}
	return encrypt(call, name, plain, plain_length, ret_length, error);
}

/* To a password given for it, or a known one by its id, or one that is asked for. */
static gboolean run_rekey(const struct vault_call *call, GError **error)
{
	const struct options *o = call->options;
	if (o->encrypt_vault_id != NULL && o->new_vault_id == NULL &&
		o->new_vault_password_file == NULL) {
		return change_files(call, rekey, 0, "rekeyed", error);
	}
	g_autoptr(vault) to = open_new(call, error);
	struct vault_call changed = *call;
	changed.to = to;
	changed.id = o->encrypt_vault_id;
	return to != NULL && change_files(&changed, rekey, 0, "rekeyed", error);
}

/* ---- view ---- */

/* Through $PAGER or less; FALSE when that cannot be started, or there is none. */
static gboolean page(const char *text, gsize length)
{
	const char *pager = g_getenv("PAGER");
	g_autofree char *less = g_find_program_in_path("less");
	if (!isatty(STDOUT_FILENO) || (less == NULL && (pager == NULL || *pager == '\0'))) {
		return FALSE;
	}
	(void)g_setenv("LESS", "FRX", FALSE);
	FILE *pipe = popen(pager != NULL && *pager != '\0' ? pager : "less", "w");
	if (pipe == NULL) {
		return FALSE;
	}
	(void)setvbuf(pipe, NULL, _IONBF, 0); /* no copy of the text stays behind */
	(void)fwrite(text, 1, length, pipe);  /* the reader may leave early */
	int status = pclose(pipe);
	return status == 0 || !WIFEXITED(status) || WEXITSTATUS(status) != 127;
}

static gboolean view_one(const char *text, gsize length, GError **error)
{
	gboolean ended = length > 0 && text[length - 1] == '\n';
	return page(text, length) ||
	       (project_print_bytes(text, length, error) && (ended || project_print("\n", error)));
}

static gboolean run_view(const struct vault_call *call, GError **error)
{
	g_autoptr(GArray) all = read_all(call, decrypt, error);
	for (guint i = 0; all != NULL && i < all->len; i++) {
		const struct content *content = &g_array_index(all, struct content, i);
		if (!view_one(content->bytes, content->length, error)) {
			return FALSE;
		}
	}
	return all != NULL;
}

/* ---- the actions ---- */

enum takes {
	TAKES_OUTPUT = 1 << 0,
	TAKES_ENCRYPT_ID = 1 << 1,
	TAKES_NEW = 1 << 2,
	TAKES_STRINGS = 1 << 3,
	NEEDS_FILE = 1 << 4,
	ASKS_NEW = 1 << 5, /* a password that is asked for is a new one */
};

static const struct action {
	const char *name;
	guint flags;
	gboolean (*run)(const struct vault_call *call, GError **error);
} actions[] = {
	{ "create", TAKES_ENCRYPT_ID | NEEDS_FILE | ASKS_NEW, vault_run_create },
	{ "decrypt", TAKES_OUTPUT, run_decrypt },
	{ "edit", TAKES_ENCRYPT_ID | NEEDS_FILE, vault_run_edit },
	{ "encrypt", TAKES_OUTPUT | TAKES_ENCRYPT_ID | ASKS_NEW, run_encrypt },
	{ "encrypt-string", TAKES_OUTPUT | TAKES_ENCRYPT_ID | TAKES_STRINGS | ASKS_NEW,
		vault_run_encrypt_string },
	{ "encrypt_string", TAKES_OUTPUT | TAKES_ENCRYPT_ID | TAKES_STRINGS | ASKS_NEW,
		vault_run_encrypt_string },
	{ "rekey", TAKES_ENCRYPT_ID | TAKES_NEW, run_rekey },
	{ "view", 0, run_view },
};

static const struct action *find_action(const char *name, GError **error)
{
	const char *names[G_N_ELEMENTS(actions)];
	for (gsize i = 0; i < G_N_ELEMENTS(actions); i++) {
		if (g_str_equal(actions[i].name, name)) {
			return &actions[i];
		}
		names[i] = actions[i].name;
	}
	g_autofree char *hint = suggest_phrase(name, names, G_N_ELEMENTS(names));
	error_set(error, SUTLER_ERROR_USAGE, "no action '%s'%s%s", name, hint,
		*hint != '\0'
			? ""
			: ": use encrypt, decrypt, view, edit, create, rekey or encrypt-string");
	return NULL;
}

/* Options that another action takes are a mistake, not to be passed over. */
static gboolean check_options(const struct action *action, const struct options *o, GError **error)
{
	const struct {
		const char *name;
		gboolean given;
		guint takes;
	} rows[] = {
		{ "--output", o->output != NULL, TAKES_OUTPUT },
		{ "--encrypt-vault-id", o->encrypt_vault_id != NULL, TAKES_ENCRYPT_ID },
		{ "--new-vault-id", o->new_vault_id != NULL, TAKES_NEW },
		{ "--new-vault-password-file", o->new_vault_password_file != NULL, TAKES_NEW },
		{ "--name", o->string_names != NULL, TAKES_STRINGS },
		{ "--stdin-name", o->stdin_name != NULL, TAKES_STRINGS },
		{ "--prompt", o->prompt_string, TAKES_STRINGS },
	};
	for (gsize i = 0; i < G_N_ELEMENTS(rows); i++) {
		if (rows[i].given && !(action->flags & rows[i].takes)) {
			error_set(error, SUTLER_ERROR_USAGE, "'%s' does not accept %s",
				action->name, rows[i].name);
			return FALSE;
		}
	}
	if (o->new_vault_id != NULL && o->new_vault_password_file != NULL) {
		error_set(error, SUTLER_ERROR_USAGE,
			"give --new-vault-id or --new-vault-password-file, not both");
		return FALSE;
	}
	return TRUE;
}

static gboolean check_files(const struct action *action, char **arguments, GError **error)
{
	if (action->flags & NEEDS_FILE && *arguments == NULL) {
		error_set(error, SUTLER_ERROR_USAGE, "'%s' which file?", action->name);
		return FALSE;
	}
	for (; action->flags & NEEDS_FILE && *arguments != NULL; arguments++) {
		if (g_str_equal(*arguments, "-")) {
			error_set(error, SUTLER_ERROR_USAGE, "'%s' needs a file, not stdin",
				action->name);
			return FALSE;
		}
	}
	return TRUE;
}

static gboolean run(const struct command *self, const struct options *options, char **arguments,
	exit_status *ret_status, GError **error)
{
	(void)self;
	(void)ret_status;
	const struct action *action = find_action(arguments[0], error);
	char **rest = arguments + 1;
	rest += *rest != NULL && g_str_equal(*rest, "--");
	if (action == NULL || !check_options(action, options, error) ||
		!check_files(action, rest, error)) {
		return FALSE;
	}
	struct project p = { .ask = action->flags & ASKS_NEW ? ask_new : NULL };
	gboolean ok = project_configure(&p, options, error) && need_password(&p, error);
	struct vault_call call = { &p, options, rest, p.vault, options->encrypt_vault_id };
	if (ok && call.id == NULL) {
		call.id = settings_text(p.settings, SETTING_VAULT_ENCRYPT_IDENTITY);
	}
	ok = ok && action->run(&call, error);
	project_close(&p);
	return ok;
}

const struct command command_vault = {
	.name = "vault",
	.synopsis = "ACTION [FILE...]",
	.summary = "encrypts and decrypts files as ansible-vault does",
	.details =
		"  encrypt [FILE...]            encrypts files in place, or stdin to stdout\n"
		"  decrypt [FILE...]            decrypts files in place, or stdin to stdout\n"
		"  view [FILE...]               shows what encrypted files contain\n"
		"  edit FILE...                 edits files in $EDITOR and encrypts the result\n"
		"  create FILE                  creates an encrypted file in $EDITOR\n"
		"  rekey [FILE...]              changes the password of files\n"
		"  encrypt-string [STRING...]   encrypts strings for a file of variables\n\n"
		"Asks for the password unless one is given. Of several files, all are changed or "
		"none.",
	.option_groups = OPTIONS_VAULT,
	.least = 1,
	.most = G_MAXUINT,
	.run = run,
};
