/* pip: Python packages, in a virtual environment or in the system. */
#include "base/quote.h"
#include "modules/module.h"

extern const char module_pip_program[]; /* pip.py */

/* Splits text as a shell would and sets p_NAME to the quoted words. */
static gboolean set_words(call *c, const char *name, const char *text, GError **error)
{
	g_autoptr(GError) problem = NULL;
	g_auto(GStrv) words = NULL;
	GString *quoted = g_string_new(NULL);
	if (text != NULL && !g_shell_parse_argv(text, NULL, &words, &problem) &&
		!g_error_matches(problem, G_SHELL_ERROR, G_SHELL_ERROR_EMPTY_STRING)) {
		call_error(c, error, "unable to split '%s' into words: %s", name, problem->message);
		g_string_free(quoted, TRUE);
		return FALSE;
	}
	for (char **word = words; word != NULL && *word != NULL; word++) {
		g_autofree char *one = shell_quote(*word);
		g_string_append_printf(quoted, "%s ", one);
	}
	call_set_shell(c, name, quoted->str);
	g_string_free(quoted, TRUE);
	return TRUE;
}

/* The names with the version, as quoted words. */
static gboolean set_names(call *c, GError **error)
{
	GString *quoted = g_string_new(NULL);
	const value *names = call_value(c, "name");
	const char *version = call_text(c, "version");
	if (version != NULL && (names == NULL || value_list_length(names) != 1)) {
		g_string_free(quoted, TRUE);
		call_error(c, error, "'version' needs exactly one 'name'");
		return FALSE;
	}
	for (gsize i = 0; names != NULL && i < value_list_length(names); i++) {
		const char *text = value_string(value_list_get(names, i));
		g_autofree char *full = version == NULL ? g_strdup(text)
					: g_strrstr("<>=!~", (char[]){ version[0], '\0' }) != NULL
						? g_strconcat(text, version, NULL)
						: g_strconcat(text, "==", version, NULL);
		g_autofree char *one = shell_quote(full);
		if (*text == '\0' || *text == '-') {
			g_string_free(quoted, TRUE);
			call_error(c, error, "'%s' is not a package: options go into 'extra_args'",
				text);
			return FALSE;
		}
		g_string_append_printf(quoted, "%s ", one);
	}
	call_set_shell(c, "names", quoted->str);
	g_string_free(quoted, TRUE);
	return TRUE;
}

gboolean module_pip_prepare(call *c, GError **error)
{
	if (!call_has(c, "name") && !call_has(c, "requirements") && !call_has(c, "virtualenv")) {
		call_error(c, error, "give 'name', 'requirements' or 'virtualenv'");
		return FALSE;
	}
	call_set_shell(c, "program", module_pip_program);
	return set_names(c, error) &&
	       set_words(c, "venv_words", call_text(c, "virtualenv_command"), error) &&
	       set_words(c, "extra_words", call_text(c, "extra_args"), error);
}
