/* shell: runs a text on the host, through a shell. */
#include "modules/command.h"

gboolean module_shell_prepare(call *c, GError **error)
{
	const char *text = NULL;
	if (call_has(c, "argv")) {
		call_error(c, error, "'argv' is for 'command': give a text");
		return FALSE;
	}
	if (!command_text(c, &text, error)) {
		return FALSE;
	}
	const char *executable = call_text(c, "executable");
	const char *words[] = { executable == NULL ? "/bin/sh" : executable, "-c", text, NULL };
	command_set_words(c, words);
	command_set_stdin(c);
	return TRUE;
}

void module_shell_finish(call *c, result *r)
{
	const char *text = NULL;
	if (command_text(c, &text, NULL)) {
		command_finish(r, value_new_string(text));
	}
}
