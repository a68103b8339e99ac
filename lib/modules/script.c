/* script: a local script, run on the host. */
#include "modules/command.h"

#include "base/text.h"

#include <string.h>

gboolean module_script_prepare(call *c, GError **error)
{
	const char *text = NULL;
	g_auto(GStrv) words = NULL;
	g_autoptr(GError) problem = NULL;
	if (!command_text(c, &text, error)) {
		return FALSE;
	}
	if (!g_shell_parse_argv(text, NULL, &words, &problem)) {
		call_error(
			c, error, "unable to split the command into words: %s", problem->message);
		return FALSE;
	}
	g_autofree char *path = call_find_file(c, words[0], FALSE, error);
	char *bytes = NULL;
	gsize size = 0;
	if (path == NULL) {
		return FALSE;
	}
	if (!text_is_file(path, TEXT_LIMIT, &problem) ||
		!g_file_get_contents(path, &bytes, &size, &problem)) {
		call_error(c, error, "%s", problem->message);
		return FALSE;
	}
	if (size == 0) {
		g_free(bytes);
		call_error(c, error, "the script '%s' is empty", path);
		return FALSE;
	}
	g_autofree char *name = g_path_get_basename(path);
	const char *executable = call_text(c, "executable");
	call_set_shell(c, "script_name", name);
	call_set_shell(c, "executable", executable == NULL ? "" : executable);
	command_set_words(c, (const char *const *)words + 1);
	call_set_body(c, g_bytes_new_take(bytes, size));
	call_set_shell(c, "sha256", "");
	return TRUE;
}
