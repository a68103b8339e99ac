/* modules: what tasks can do, from the parameter tables. */
#include "cmd/command.h"

#include "base/suggest.h"
#include "cmd/project.h"
#include "modules/module.h"

static void append_parameter(GString *text, const struct parameter *row)
{
	static const char *const types[] = {
		[PARAMETER_TEXT] = "text",
		[PARAMETER_PATH] = "path",
		[PARAMETER_BOOL] = "boolean",
		[PARAMETER_INT] = "integer",
		[PARAMETER_FLOAT] = "number",
		[PARAMETER_LIST] = "list",
		[PARAMETER_DICT] = "mapping",
		[PARAMETER_MODE] = "mode",
		[PARAMETER_ANY] = "any",
	};
	g_string_append_printf(text, "  %-24s %s%s", row->name, types[row->type],
		(row->flags & PARAMETER_REQUIRED) ? ", required" : "");
	if (row->fallback != NULL) {
		g_string_append_printf(text, ", default: %s", row->fallback);
	}
	if (row->choices != NULL) {
		g_string_append_printf(text, ", one of %s", row->choices);
	}
	if (row->aliases != NULL) {
		g_string_append_printf(text, ", also %s", row->aliases);
	}
	g_string_append_printf(text, "\n  %-24s %s\n", "", row->summary);
}

static char *describe(const struct module *m)
{
	GString *text = g_string_new(NULL);
	g_string_append_printf(text, "%s: %s\n\n", m->name, m->summary);
	for (const struct parameter *row = m->parameters; row != NULL && row->name != NULL; row++) {
		append_parameter(text, row);
	}
	for (const struct parameter *row = module_attribute_parameters;
		(m->flags & MODULE_ATTRIBUTES) && row->name != NULL; row++) {
		append_parameter(text, row);
	}
	if (m->flags & MODULE_ANY_PARAMETER) {
		g_string_append(text, "  any other name          is a variable to set\n");
	}
	if (m->returns != NULL) {
		g_string_append_printf(text, "\nreturns %s\n", m->returns);
	}
	if (m->example != NULL) {
		g_auto(GStrv) lines = g_strsplit(m->example, "\n", -1);
		g_string_append(text, "\nexample:\n");
		for (char **line = lines; **line != '\0'; line++) {
			g_string_append_printf(text, "  %s\n", *line);
		}
	}
	return g_string_free(text, FALSE);
}

static char *list_all(void)
{
	gsize n = 0;
	const struct module *const *all = module_all(&n);
	GString *text = g_string_new(NULL);
	for (gsize i = 0; i < n; i++) {
		g_string_append_printf(text, "%-18s %s\n", all[i]->name, all[i]->summary);
	}
	return g_string_free(text, FALSE);
}

static gboolean run(const struct command *self, const struct options *options, char **arguments,
	exit_status *ret_status, GError **error)
{
	(void)self;
	(void)options;
	(void)ret_status;
	if (arguments[0] == NULL) {
		g_autofree char *text = list_all();
		return project_print(text, error);
	}
	const struct module *m = module_find(arguments[0]);
	if (m == NULL) {
		gsize n = 0;
		const char *const *names = module_names(&n);
		g_autofree char *hint = suggest_phrase(arguments[0], names, n);
		error_set(error, SUTLER_ERROR_USAGE, "no module '%s'%s", arguments[0], hint);
		return FALSE;
	}
	g_autofree char *text = describe(m);
	return project_print(text, error);
}

const struct command command_modules = {
	.name = "modules",
	.synopsis = "[NAME]",
	.summary = "lists the modules, or the parameters of one",
	.most = 1,
	.run = run,
};
