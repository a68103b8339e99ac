/* script: a local script, run on the host. */
#include "modules/command.h"

#include "base/text.h"

#include <string.h>

extern const char module_command_script[];

static const struct parameter parameters[] = {
	{ "cmd", PARAMETER_TEXT, PARAMETER_HERE, NULL, NULL, NULL,
		"the local script and its arguments" },
	{ "chdir", PARAMETER_PATH, 0, NULL, NULL, NULL, "folder to run it in" },
	{ "creates", PARAMETER_PATH, 0, NULL, NULL, NULL, "not run when this exists" },
	{ "removes", PARAMETER_PATH, 0, NULL, NULL, NULL, "run only when this exists" },
	{ "executable", PARAMETER_TEXT, PARAMETER_HERE, NULL, NULL, NULL,
		"program to run it with" },
	{ "decrypt", PARAMETER_BOOL, PARAMETER_HERE, "yes", NULL, NULL,
		"accepted, without effect" },
	{ 0 },
};

static gboolean prepare(call *c, GError **error)
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
	call_set_shell(c, "stdin_given", "");
	command_set_words(c, (const char *const *)words + 1);
	call_set_body(c, g_bytes_new_take(bytes, size));
	call_set_shell(c, "sha256", "");
	return TRUE;
}

const struct module module_script = {
	.name = "script",
	.summary = "runs a local script on the host",
	.parameters = parameters,
	.flags = MODULE_FREE_FORM | MODULE_COMMAND,
	.script = module_command_script,
	.function = "script",
	.prepare = prepare,
};
