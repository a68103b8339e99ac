/* shell: runs a text on the host, through a shell. */
#include "modules/command.h"

extern const char module_command_script[];

static gboolean prepare(call *c, GError **error)
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

static void finish(call *c, result *r)
{
	const char *text = NULL;
	if (command_text(c, &text, NULL)) {
		command_finish(r, value_new_string(text));
	}
}

const struct module module_shell = {
	.name = "shell",
	.summary = "runs a command line on the host through a shell",
	.parameters = module_command_parameters,
	.flags = MODULE_FREE_FORM | MODULE_COMMAND,
	.script = module_command_script,
	.function = "command",
	.prepare = prepare,
	.finish = finish,
};
