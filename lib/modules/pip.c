/* pip: Python packages, in a virtual environment or in the system. */
#include "base/quote.h"
#include "modules/module.h"

extern const char module_pip_script[];
extern const char module_pip_program[]; /* pip.py */

static const struct parameter parameters[] = {
	{ "name", PARAMETER_LIST, PARAMETER_HERE, NULL, NULL, NULL,
		"packages as pip accepts them: NAME, NAME==1.2, a URL" },
	{ "version", PARAMETER_TEXT, PARAMETER_HERE, NULL, NULL, NULL, "version, with one name" },
	{ "requirements", PARAMETER_PATH, 0, NULL, NULL, NULL,
		"file on the host that lists packages" },
	{ "virtualenv", PARAMETER_PATH, 0, NULL, NULL, NULL,
		"virtual environment to use, created when it is missing" },
	{ "virtualenv_command", PARAMETER_TEXT, PARAMETER_HERE, "python3 -m venv", NULL, NULL,
		"command that creates it" },
	{ "virtualenv_python", PARAMETER_TEXT, 0, NULL, NULL, NULL,
		"Python for it, when the command is virtualenv" },
	{ "virtualenv_site_packages", PARAMETER_BOOL, 0, "no", NULL, NULL,
		"it also sees the system's packages" },
	{ "state", PARAMETER_TEXT, 0, "present", "present|absent|latest|forcereinstall", NULL,
		"the state to ensure" },
	{ "extra_args", PARAMETER_TEXT, PARAMETER_HERE, NULL, NULL, NULL, "more options for pip" },
	{ "editable", PARAMETER_BOOL, 0, "no", NULL, NULL, "install in editable mode" },
	{ "chdir", PARAMETER_PATH, 0, NULL, NULL, NULL, "folder to work in" },
	{ "executable", PARAMETER_PATH, 0, NULL, NULL, NULL, "the pip to use" },
	{ "umask", PARAMETER_TEXT, 0, NULL, NULL, NULL, "umask for what is installed" },
	{ "break_system_packages", PARAMETER_BOOL, 0, "no", NULL, NULL,
		"also where the system's packages are managed otherwise" },
	{ 0 },
};

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

static gboolean prepare(call *c, GError **error)
{
	if (!call_has(c, "name") && !call_has(c, "requirements") && !call_has(c, "virtualenv")) {
		call_error(c, error, "give 'name', 'requirements' or 'virtualenv'");
		return FALSE;
	}
	if (call_has(c, "virtualenv") && call_has(c, "executable")) {
		call_error(c, error, "give either 'virtualenv' or 'executable'");
		return FALSE;
	}
	call_set_shell(c, "program", module_pip_program);
	return set_names(c, error) &&
	       set_words(c, "venv_words", call_text(c, "virtualenv_command"), error) &&
	       set_words(c, "extra_words", call_text(c, "extra_args"), error);
}

const struct module module_pip = {
	.name = "pip",
	.summary = "installs Python packages, in a virtual environment or in the system",
	.parameters = parameters,
	.script = module_pip_script,
	.prepare = prepare,
};
