/* command: runs a command on the host, without a shell. */
#include "modules/command.h"

#include "base/quote.h"

extern const char module_command_script[];

const struct parameter module_command_parameters[] = {
	{ "cmd", PARAMETER_TEXT, 0, NULL, NULL, NULL, "the command" },
	{ "argv", PARAMETER_LIST, PARAMETER_HERE, NULL, NULL, NULL,
		"the command as a list of words" },
	{ "warn", PARAMETER_BOOL, PARAMETER_HERE, "yes", NULL, NULL, "accepted: nothing warns" },
	{ "chdir", PARAMETER_PATH, 0, NULL, NULL, NULL, "folder to run it in" },
	{ "creates", PARAMETER_PATH, 0, NULL, NULL, NULL, "not run when this exists" },
	{ "removes", PARAMETER_PATH, 0, NULL, NULL, NULL, "run only when this exists" },
	{ "stdin", PARAMETER_TEXT, 0, NULL, NULL, NULL, "text for its standard input" },
	{ "stdin_add_newline", PARAMETER_BOOL, PARAMETER_HERE, "yes", NULL, NULL,
		"end stdin with a newline" },
	{ "strip_empty_ends", PARAMETER_BOOL, PARAMETER_HERE, "yes", NULL, NULL,
		"drop newlines at the end of output" },
	{ "executable", PARAMETER_TEXT, 0, NULL, NULL, NULL, "shell to use instead of /bin/sh" },
	{ "expand_argument_vars", PARAMETER_BOOL, PARAMETER_HERE, "yes", NULL, NULL,
		"expand $VARIABLE in words" },
	{ 0 },
};

gboolean command_text(const call *c, const char **ret_text, GError **error)
{
	const char *raw = call_text(c, "_raw_params");
	const char *cmd = call_text(c, "cmd");
	*ret_text = raw != NULL && *raw != '\0' ? raw : cmd;
	if ((*ret_text == NULL) == !call_has(c, "argv")) {
		call_error(c, error,
			call_has(c, "argv") ? "give either a command or 'argv'"
					    : "no command given");
		return FALSE;
	}
	return TRUE;
}

void command_set_words(call *c, const char *const *words)
{
	GString *quoted = g_string_new(NULL);
	for (; *words != NULL; words++) {
		shell_append_quoted(quoted, *words);
		g_string_append_c(quoted, ' ');
	}
	call_set_shell(c, "words", quoted->str);
	g_string_free(quoted, TRUE);
}

void command_set_stdin(call *c)
{
	const char *text = call_text(c, "stdin");
	call_set_shell(c, "stdin_given", text == NULL ? "" : "1");
	if (text != NULL && call_flag(c, "stdin_add_newline")) {
		g_autofree char *line = g_strconcat(text, "\n", NULL);
		call_set_shell(c, "stdin", line);
	}
}

static gboolean prepare(call *c, GError **error)
{
	const char *text = NULL;
	g_autoptr(GPtrArray) words = g_ptr_array_new_with_free_func(g_free);
	if (!command_text(c, &text, error)) {
		return FALSE;
	}
	if (text == NULL) {
		value_list_foreach (call_value(c, "argv"), word) {
			g_ptr_array_add(words, value_to_string(word));
		}
	} else {
		g_autoptr(GError) problem = NULL;
		g_auto(GStrv) parts = NULL;
		if (!g_shell_parse_argv(text, NULL, &parts, &problem)) {
			call_error(c, error, "unable to split the command into words: %s",
				problem->message);
			return FALSE;
		}
		for (char **part = parts; *part != NULL; part++) {
			g_ptr_array_add(words, g_strdup(*part));
		}
	}
	g_autofree char *shown = NULL;
	g_ptr_array_add(words, NULL);
	shown = g_strjoinv(" ", (char **)words->pdata);
	call_set_shell(c, "cmd", shown);
	command_set_words(c, (const char *const *)words->pdata);
	command_set_stdin(c);
	return TRUE;
}

const struct module module_command = {
	.name = "command",
	.summary = "runs a command on the host, without a shell",
	.parameters = module_command_parameters,
	.flags = MODULE_FREE_FORM | MODULE_COMMAND,
	.script = module_command_script,
	.prepare = prepare,
};
