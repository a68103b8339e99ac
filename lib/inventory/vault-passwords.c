/* Where vault passwords come from: files, scripts, the environment, a question. */
#include "inventory/vault-passwords.h"

#include "base/program.h"
#include "base/secret.h"
#include "base/text.h"

#include <errno.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { PASSWORD_MAX = 64 * 1024, SCRIPT_SECONDS = 120 };

/* Takes text. */
static gboolean add_stripped(vault *v, const char *id, char *text, gsize length, GError **error)
{
	const char *start = text;
	gsize left = length;
	while (left > 0 && g_ascii_isspace(*start)) {
		start++;
		left--;
	}
	while (left > 0 && g_ascii_isspace(start[left - 1])) {
		left--;
	}
	gboolean well = vault_add_password(v, id, start, left, error);
	g_free(text);
	return well;
}

static gboolean add_prompted(vault *v, const char *id, vault_ask ask, gpointer data, GError **error)
{
	if (ask == NULL) {
		error_set(error, SUTLER_ERROR_USAGE,
			"the vault password cannot be asked for here, use --vault-password-file");
		return FALSE;
	}
	g_autofree char *question = id != NULL ? g_strdup_printf("Vault password (%s): ", id)
					       : g_strdup("Vault password: ");
	char *text = ask(data, question, error);
	return text != NULL && add_stripped(v, id, text, strlen(text), error);
}

static gboolean add_from_environment(vault *v, const char *id, const char *name, GError **error)
{
	const char *text = g_getenv(name);
	if (text == NULL) {
		error_set(error, SUTLER_ERROR_USAGE,
			"the environment variable '%s' should hold a vault password and is not set",
			name);
		return FALSE;
	}
	return add_stripped(v, id, g_strdup(text), strlen(text), error);
}

/* "get-password-client", also with an ending. */
static gboolean is_client(const char *path)
{
	g_autofree char *base = g_path_get_basename(path);
	char *dot = strrchr(base, '.');
	if (dot != NULL) {
		*dot = '\0';
	}
	return g_str_has_suffix(base, "-client");
}

static gboolean add_from_script(vault *v, const char *id, const char *path, GError **error)
{
	g_autofree char *program =
		strchr(path, '/') != NULL ? g_strdup(path) : g_build_filename(".", path, NULL);
	const char *with_id[] = { program, "--vault-id", id != NULL ? id : "default", NULL };
	const char *plain[] = { program, NULL };
	struct program_result result;
	if (!program_run(is_client(path) ? with_id : plain, PASSWORD_MAX,
		    deadline_in(SCRIPT_SECONDS), NULL, &result, error)) {
		return FALSE;
	}
	gboolean well = FALSE;
	if (result.status != 0) {
		error_set(error, SUTLER_ERROR_USAGE,
			"vault password script '%s' failed with status %d%s%s", path, result.status,
			*result.errors != '\0' ? ": " : "", g_strchomp(result.errors));
	} else {
		well = add_stripped(
			v, id, g_strndup(result.output, result.length), result.length, error);
	}
	program_result_clear(&result);
	return well;
}

static gboolean add_from_file(vault *v, const char *id, const char *path, GError **error)
{
	struct stat status;
	if (stat(path, &status) != 0) {
		error_set(error, SUTLER_ERROR_USAGE, "unable to read vault password file '%s': %s",
			path, g_strerror(errno));
		return FALSE;
	}
	if (S_ISREG(status.st_mode) && access(path, X_OK) == 0) {
		return add_from_script(v, id, path, error);
	}
	if (S_ISREG(status.st_mode) && (status.st_mode & 077) != 0) {
		error_set(error, SUTLER_ERROR_USAGE,
			"vault password file '%s' can be read by others (mode %04o), protect it "
			"with: "
			"chmod 600 %s",
			path, (guint)(status.st_mode & 07777), path);
		return FALSE;
	}
	gsize length = 0;
	char *text = text_read_bytes(path, PASSWORD_MAX, &length, error);
	return text != NULL && add_stripped(v, id, text, length, error);
}

gboolean vault_add_source(
	vault *v, const char *source, vault_ask ask, gpointer data, GError **error)
{
	const char *at = strchr(source, '@');
	const char *where = at != NULL ? at + 1 : source;
	g_autofree char *id =
		at != NULL && at > source ? g_strndup(source, (gsize)(at - source)) : NULL;
	if (id != NULL && strpbrk(id, ";\r\n") != NULL) {
		error_set(error, SUTLER_ERROR_USAGE,
			"the vault id '%s' holds a ';' or a line break, which its header cannot",
			id);
		return FALSE;
	}
	if (strcmp(where, "prompt") == 0 || strcmp(where, "prompt_ask_vault_pass") == 0) {
		return add_prompted(v, id, ask, data, error);
	}
	if (g_str_has_prefix(where, "env:")) {
		return add_from_environment(v, id, where + strlen("env:"), error);
	}
	return add_from_file(v, id, where, error);
}
