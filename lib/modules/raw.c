/* raw: a text for the host's shell, as it is. */
#include "modules/command.h"

extern const char module_command_script[];

static const struct parameter parameters[] = {
	{ "executable", PARAMETER_TEXT, PARAMETER_HERE, NULL, NULL, NULL,
		"shell to use instead of /bin/sh" },
	{ 0 },
};

static gboolean prepare(call *c, GError **error)
{
	const char *text = NULL;
	static const char *const absent[] = { "creates", "removes", "chdir", "stdin",
		"stdin_given" };
	if (!command_text(c, &text, error)) {
		return FALSE;
	}
	const char *executable = call_text(c, "executable");
	const char *words[] = { executable == NULL ? "/bin/sh" : executable, "-c", text, NULL };
	for (gsize i = 0; i < G_N_ELEMENTS(absent); i++) {
		call_set_shell(c, absent[i], "");
	}
	command_set_words(c, words);
	return TRUE;
}

const struct module module_raw = {
	.name = "raw",
	.summary = "runs a command line on the host through a shell",
	.parameters = parameters,
	.flags = MODULE_FREE_FORM | MODULE_COMMAND,
	.script = module_command_script,
	.function = "command",
	.prepare = prepare,
};
