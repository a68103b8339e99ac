/* run: one command or module on many hosts. */
#include "cmd/command.h"

#include "cmd/execute.h"
#include "base/quote.h"
#include "modules/module.h"
#include "value/json.h"

#include <string.h>

/* The words behind -- as one command line that `command` splits into the same words again. */
static char *quoted(char **words)
{
	GString *line = g_string_new(NULL);
	for (; *words != NULL; words++) {
		g_autofree char *word = shell_quote_text(*words);
		g_string_append_printf(line, "%s%s", line->len > 0 ? " " : "", word);
	}
	return g_string_free(line, FALSE);
}

/* The same for people: quotes only where they matter. */
static char *shown(char **words)
{
	GString *line = g_string_new(NULL);
	for (; *words != NULL; words++) {
		gboolean plain =
			**words != '\0' && strpbrk(*words, " \t\n'\"\\$`|&;<>()*?") == NULL;
		g_autofree char *word = plain ? g_strdup(*words) : shell_quote_text(*words);
		g_string_append_printf(line, "%s%s", line->len > 0 ? " " : "", word);
	}
	return g_string_free(line, FALSE);
}

/* A playbook of one task, as JSON (which YAML contains). */
static char *one_task(
	const char *module, const char *arguments, const char *name, gboolean raw, GError **error)
{
	g_autoptr(value) plays = value_new_list();
	value *play = value_new_dict();
	value *tasks = value_new_list();
	value *task = value_new_dict();
	value_list_append(plays, play);
	value_dict_set(play, "hosts", value_new_string("all"));
	value_dict_set(play, "name", value_new_string("run"));
	value_dict_set(play, "gather_facts", value_new_bool(FALSE));
	value_dict_set(play, "tasks", tasks);
	value_list_append(tasks, task);
	value_dict_set(task, "name", value_new_string(name));
	if (raw) {
		/* Words of the user's own shell: no k=v, no template. */
		value *words = value_new_dict();
		value_dict_set(words, "cmd",
			value_new_string_flags(arguments, strlen(arguments), VALUE_UNSAFE));
		value_dict_set(task, module, words);
	} else {
		value_dict_set(task, module, value_new_string(arguments == NULL ? "" : arguments));
	}
	return json_write(plays, NULL, error);
}

static gboolean run(const struct command *self, const struct options *options, char **arguments,
	exit_status *ret_status, GError **error)
{
	(void)self;
	char **words = arguments + 1;
	if (*words != NULL && g_str_equal(*words, "--")) {
		words++;
	}
	if ((*words != NULL) == (options->module != NULL || options->arguments != NULL)) {
		error_set(error, SUTLER_ERROR_USAGE,
			"give either a command behind -- or a module with -m and -a");
		return FALSE;
	}
	g_autofree char *line = quoted(words);
	gboolean raw = *words != NULL;
	struct project p = { 0 };
	gboolean ok = project_open(&p, options, NULL, error);
	if (ok) {
		const char *module = raw ? "command"
				     : options->module != NULL
					     ? options->module
					     : settings_text(p.settings, SETTING_MODULE_NAME);
		g_autofree char *name = raw ? shown(words) : g_strdup(module);
		g_autofree char *text =
			one_task(module, raw ? line : options->arguments, name, raw, error);
		g_autoptr(playbook) book =
			text != NULL ? playbook_parse(text, strlen(text), "command line",
					       &p.playbook_options, error)
				     : NULL;
		struct execution what = {
			.playbook = book,
			.title = "run",
			.target = arguments[0],
			.ad_hoc = TRUE,
		};
		ok = book != NULL && execute(&p, &what, ret_status, error);
	}
	project_close(&p);
	return ok;
}

const struct command command_run = {
	.name = "run",
	.synopsis = "TARGET -- COMMAND",
	.summary = "runs a command, or a module (-m MODULE -a ARGS), on many hosts",
	.option_groups = OPTIONS_INVENTORY | OPTIONS_CONNECT | OPTIONS_MODULE | OPTIONS_REPORT,
	.least = 1,
	.most = G_MAXUINT,
	.run = run,
};
