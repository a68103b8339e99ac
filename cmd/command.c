/* The table of commands, and the help texts made of it. */
#include "cmd/command.h"

#include "base/suggest.h"
#include "cmd/project.h"

#include <stdlib.h>
#include <string.h>

extern const struct command command_config, command_deploy, command_help, command_inventory,
	command_modules, command_play, command_provision, command_render, command_run,
	command_vault;

/* Sorted by name. */
static const struct command *const commands[] = {
	&command_config,
	&command_deploy,
	&command_help,
	&command_inventory,
	&command_modules,
	&command_play,
	&command_provision,
	&command_render,
	&command_run,
	&command_vault,
};

static int compare(const void *name, const void *row)
{
	return strcmp(name, (*(const struct command *const *)row)->name);
}

const struct command *command_find(const char *name)
{
	const struct command *const *row =
		bsearch(name, commands, G_N_ELEMENTS(commands), sizeof *commands, compare);
	return row == NULL ? NULL : *row;
}

char *command_suggest(const char *name)
{
	const char *names[G_N_ELEMENTS(commands)];
	for (gsize i = 0; i < G_N_ELEMENTS(commands); i++) {
		names[i] = commands[i]->name;
	}
	return suggest_phrase(name, names, G_N_ELEMENTS(commands));
}

gboolean command_is_link(const struct command *command)
{
	static const char *const links[] = { "deploy", "provision", "rollback", NULL };
	return g_strv_contains(links, command->name);
}

/* Breaks a line where the terminal ends. */
static void append_wrapped(GString *text, const char *line)
{
	g_auto(GStrv) words = g_strsplit(line, " ", -1);
	guint column = 0;
	for (char **word = words; *word != NULL; word++) {
		guint length = (guint)g_utf8_strlen(*word, -1);
		if (column > 0 && column + 1 + length > options_columns()) {
			g_string_append_c(text, '\n');
			column = 0;
		}
		g_string_append_printf(text, "%s%s", column > 0 ? " " : "", *word);
		column += length + (column > 0 ? 1 : 0);
	}
	g_string_append_c(text, '\n');
}

/* Lines "  NAME   what it is" are rows of a table, others are text. */
static void append_details(GString *text, const char *details)
{
	g_auto(GStrv) lines = g_strsplit(details, "\n", -1);
	for (char **line = lines; *line != NULL; line++) {
		char *gap = g_str_has_prefix(*line, "  ") ? strstr(*line + 2, "  ") : NULL;
		if (gap == NULL) {
			append_wrapped(text, *line);
			continue;
		}
		*gap = '\0';
		options_help_row(text, *line + 2, 28, gap + 1 + strspn(gap + 1, " "));
	}
}

gboolean command_print_help(const struct command *command, GError **error)
{
	g_autofree char *options = options_help(command->option_groups);
	g_autoptr(GString) text = g_string_new(NULL);
	g_string_append_printf(text, "usage: %s%s%s%s [OPTION...]\n\n%s\n\n",
		command_is_link(command) ? "" : "sutler ", command->name,
		*command->synopsis == '\0' ? "" : " ", command->synopsis, command->summary);
	if (command->details != NULL) {
		append_details(text, command->details);
		g_string_append_c(text, '\n');
	}
	g_string_append(text, options);
	return project_print(text->str, error);
}

gboolean command_print_overview(gboolean wrong, GError **error)
{
	GString *text = g_string_new("usage: sutler COMMAND [ARGUMENT...] [OPTION...]\n\n"
				     "provisions hosts and deploys sites to them over SSH\n\n");
	for (gsize i = 0; i < G_N_ELEMENTS(commands); i++) {
		g_autofree char *left =
			g_strdup_printf("%s %s", commands[i]->name, commands[i]->synopsis);
		options_help_row(text, left, 28, commands[i]->summary);
	}
	g_string_append(text, "\nsutler help COMMAND tells more; "
			      "deploy and provision also work as programs of their own\n");
	g_autofree char *all = g_string_free(text, FALSE);
	if (wrong) {
		g_printerr("%s", all);
		return TRUE;
	}
	return project_print(all, error);
}
