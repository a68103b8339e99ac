/* vault edit and create: the plaintext in an editor, in a private folder that is wiped afterwards.
 */
#include "cmd/vault.h"

#include "base/secret-memory.h"
#include "base/text.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#define FILE_LIMIT ((gsize)256 * 1024 * 1024)

/* ---- the private folder ---- */

struct scratch {
	char *folder; /* 0700, in memory ($XDG_RUNTIME_DIR) where there is one */
	char *file;   /* in it, with the real name, by which editors know the syntax */
};

static gboolean scratch_write(
	const struct scratch *s, const char *text, gsize length, GError **error)
{
	int file = open(s->file, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
	if (file >= 0 && close(file) == 0 && vault_file_write(s->file, text, length, 0, error)) {
		return TRUE;
	}
	if (error != NULL && *error == NULL) {
		error_set(error, SUTLER_ERROR_USAGE, "unable to write '%s': %s", s->file,
			g_strerror(errno));
	}
	return FALSE;
}

static gboolean scratch_open(struct scratch *s, const char *path, GError **error)
{
	const char *runtime = g_getenv("XDG_RUNTIME_DIR");
	const char *top =
		runtime != NULL && access(runtime, W_OK | X_OK) == 0 ? runtime : g_get_tmp_dir();
	g_autofree char *base = g_path_get_basename(path);
	s->folder = g_build_filename(top, "sutler-vault-XXXXXX", NULL);
	if (g_mkdtemp_full(s->folder, 0700) == NULL) {
		error_set(error, SUTLER_ERROR_USAGE, "unable to make a private folder in '%s': %s",
			top, g_strerror(errno));
		g_clear_pointer(&s->folder, g_free);
		return FALSE;
	}
	s->file = g_build_filename(s->folder, base, NULL);
	return TRUE;
}

/* Also what the editor left: swap files, backups. */
static gboolean scratch_wipe(const struct scratch *s, GError **error)
{
	g_autoptr(GDir) dir = g_dir_open(s->folder, 0, NULL);
	const char *name;
	while (dir != NULL && (name = g_dir_read_name(dir)) != NULL) {
		g_autofree char *path = g_build_filename(s->folder, name, NULL);
		if (!vault_file_shred(path, error)) {
			return FALSE;
		}
	}
	return TRUE;
}

/* FALSE when something readable is left, which the error then says. */
static gboolean scratch_close(struct scratch *s, GError **error)
{
	gboolean well = TRUE;
	if (s->folder != NULL) {
		well = scratch_wipe(s, error);
		if (well && rmdir(s->folder) != 0) {
			error_set(error, SUTLER_ERROR_USAGE, "unable to remove '%s': %s", s->folder,
				g_strerror(errno));
			well = FALSE;
		}
	}
	g_free(s->folder);
	g_free(s->file);
	return well;
}

/* ---- the editor ---- */

static volatile sig_atomic_t editor_process;

/* The editor is told, ends, and then we wipe. */
static void pass_on(int number)
{
	if (editor_process > 0) {
		(void)kill(editor_process, number);
	}
}

static const int held[] = { SIGINT, SIGQUIT, SIGTERM, SIGHUP };

static void child_setup(gpointer data)
{
	(void)data;
	for (gsize i = 0; i < G_N_ELEMENTS(held); i++) {
		(void)signal(held[i], SIG_DFL);
	}
	(void)signal(SIGPIPE, SIG_DFL);
}

/* Control-C is the editor's; the others are passed on to it. */
static void hold_signals(gboolean hold, struct sigaction *before)
{
	for (gsize i = 0; i < G_N_ELEMENTS(held); i++) {
		struct sigaction action = { .sa_handler = i < 2 ? SIG_IGN : pass_on };
		(void)sigaction(held[i], hold ? &action : &before[i], hold ? &before[i] : NULL);
	}
}

static char **editor_command(const char *file, GError **error)
{
	const char *editor = g_getenv("EDITOR");
	g_auto(GStrv) words = NULL;
	g_autoptr(GError) problem = NULL;
	if (editor == NULL || *editor == '\0') {
		editor = "vi";
	}
	if (!g_shell_parse_argv(editor, NULL, &words, &problem)) {
		error_set(error, SUTLER_ERROR_USAGE, "$EDITOR '%s': %s", editor, problem->message);
		return NULL;
	}
	guint n = g_strv_length(words);
	char **argv = g_new0(char *, n + 2);
	for (guint i = 0; i < n; i++) {
		argv[i] = g_steal_pointer(&words[i]);
	}
	argv[n] = g_strdup(file);
	return argv;
}

static gboolean run_editor(const char *file, GError **error)
{
	g_auto(GStrv) argv = editor_command(file, error);
	if (argv == NULL) {
		return FALSE;
	}
	struct sigaction before[G_N_ELEMENTS(held)];
	GPid process = 0;
	int status = 0;
	g_autoptr(GError) problem = NULL;
	hold_signals(TRUE, before);
	gboolean started = g_spawn_async(NULL, argv, NULL,
		G_SPAWN_SEARCH_PATH | G_SPAWN_DO_NOT_REAP_CHILD | G_SPAWN_CHILD_INHERITS_STDIN,
		child_setup, NULL, &process, &problem);
	if (started) {
		editor_process = process;
		while (waitpid(process, &status, 0) < 0 && errno == EINTR) {
		}
		editor_process = 0;
	}
	hold_signals(FALSE, before);
	if (!started) {
		error_set(error, SUTLER_ERROR_USAGE,
			"unable to start the editor '%s': set EDITOR to one that is installed",
			argv[0]);
	} else if (status != 0) {
		error_set(error, SUTLER_ERROR_FAILED, "the editor '%s' failed, nothing was changed",
			argv[0]);
	}
	return started && status == 0;
}

/* ---- the actions ---- */

struct edit {
	const struct vault_call *call;
	const char *path;
	char *cipher; /* as it was; NULL: a new file */
	gsize cipher_length;
	char *plain;
	gsize plain_length;
	struct scratch scratch;
};

static gboolean is_as_it_was(const struct edit *e)
{
	gsize length = 0;
	if (e->cipher == NULL) {
		return !g_file_test(e->path, G_FILE_TEST_EXISTS);
	}
	g_autofree char *now = vault_file_read(e->path, &length, NULL);
	return now != NULL && length == e->cipher_length && memcmp(now, e->cipher, length) == 0;
}

/* What was typed is not lost when it cannot be put in place: it stays beside, encrypted. */
static gboolean keep_aside(struct edit *e, const char *cipher, GError **error)
{
	if (scratch_wipe(&e->scratch, NULL) &&
		scratch_write(&e->scratch, cipher, strlen(cipher), NULL)) {
		g_prefix_error(
			error, "your changes are kept, encrypted, in '%s': ", e->scratch.file);
		g_clear_pointer(&e->scratch.folder, g_free); /* stays */
	}
	return FALSE;
}

static gboolean save(struct edit *e, const char *text, gsize length, GError **error)
{
	const struct vault_call *call = e->call;
	const char *id = e->cipher == NULL ? call->id : call->options->encrypt_vault_id;
	g_autofree char *cipher = e->cipher == NULL || id != NULL
					  ? vault_encrypt(call->to, id, text, length, error)
					  : vault_encrypt_as(call->to, e->cipher, e->cipher_length,
						    e->path, text, length, error);
	if (cipher == NULL) {
		return FALSE;
	}
	if (!is_as_it_was(e)) {
		error_set(error, SUTLER_ERROR_FAILED,
			"'%s' was changed by someone else in the meantime", e->path);
		return keep_aside(e, cipher, error);
	}
	return vault_file_write(e->path, cipher, strlen(cipher), 0, error) ||
	       keep_aside(e, cipher, error);
}

static gboolean edit_and_save(struct edit *e, GError **error)
{
	if (!scratch_open(&e->scratch, e->path, error) ||
		!scratch_write(&e->scratch, e->plain, e->plain_length, error) ||
		!run_editor(e->scratch.file, error)) {
		return FALSE;
	}
	gsize length = 0;
	char *text = text_read_bytes(e->scratch.file, FILE_LIMIT, &length, error);
	if (text == NULL) {
		return FALSE;
	}
	gboolean same = length == e->plain_length && memcmp(text, e->plain, length) == 0;
	gboolean well = same || save(e, text, length, error);
	secret_wipe_free(text, length);
	if (well && isatty(STDOUT_FILENO)) {
		g_printerr("%s '%s'\n", same ? "unchanged" : "encrypted", e->path);
	}
	return well;
}

static gboolean edit_finish(struct edit *e, gboolean well, GError **error)
{
	g_autoptr(GError) problem = NULL;
	if (!scratch_close(&e->scratch, &problem) && well) {
		g_propagate_error(error, g_steal_pointer(&problem));
		well = FALSE;
	} else if (problem != NULL) {
		g_prefix_error(error, "%s; before that: ", problem->message);
	}
	g_free(e->cipher);
	secret_memory_free(e->plain);
	return well;
}

gboolean vault_run_edit(const struct vault_call *call, GError **error)
{
	for (char **path = call->arguments; *path != NULL; path++) {
		struct edit e = { .call = call, .path = *path };
		e.cipher = vault_file_read(*path, &e.cipher_length, error);
		gboolean well = e.cipher != NULL;
		if (well && !vault_is_encrypted(e.cipher, e.cipher_length)) {
			error_set(error, SUTLER_ERROR_USAGE,
				"'%s' is not encrypted: edit it as it is, or encrypt it first",
				*path);
			well = FALSE;
		}
		if (well) {
			e.plain = vault_decrypt(call->project->vault, e.cipher, e.cipher_length,
				*path, &e.plain_length, error);
			well = e.plain != NULL && edit_and_save(&e, error);
		}
		if (!edit_finish(&e, well, error)) {
			return FALSE;
		}
	}
	return TRUE;
}

gboolean vault_run_create(const struct vault_call *call, GError **error)
{
	const char *path = call->arguments[0];
	if (call->arguments[1] != NULL) {
		error_set(error, SUTLER_ERROR_USAGE, "'create' takes one file");
		return FALSE;
	}
	if (g_file_test(path, G_FILE_TEST_EXISTS)) {
		error_set(error, SUTLER_ERROR_USAGE, "'%s' exists: use 'vault edit'", path);
		return FALSE;
	}
	g_autofree char *folder = g_path_get_dirname(path);
	if (g_mkdir_with_parents(folder, 0777) != 0) {
		error_set(error, SUTLER_ERROR_USAGE, "unable to make the folder '%s': %s", folder,
			g_strerror(errno));
		return FALSE;
	}
	struct edit e = { .call = call, .path = path, .plain = secret_memory_new(0) };
	return edit_finish(&e, edit_and_save(&e, error), error);
}
