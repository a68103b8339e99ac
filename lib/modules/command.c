/* command: runs a command on the host, without a shell. */
#include "modules/command.h"

#include "base/quote.h"

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
	call_set_shell(c, "expands", "");
	g_string_free(quoted, TRUE);
}

/* The length of "$NAME" or "${NAME}" at text; its name is put into name. 0: there is none. */
static gsize variable_at(const char *text, GString *name)
{
	gboolean braced = text[0] == '$' && text[1] == '{';
	const char *from = text + (braced ? 2 : 1);
	gsize length = 0;
	if (text[0] != '$' || g_ascii_isdigit(*from)) {
		return 0;
	}
	while (g_ascii_isalnum(from[length]) || from[length] == '_') {
		length++;
	}
	if (length == 0 || (braced && from[length] != '}')) {
		return 0;
	}
	g_string_append_len(g_string_truncate(name, 0), from, (gssize)length);
	return (gsize)(from - text) + length + (braced ? 1 : 0);
}

/* "~", "~/", "~user" or "~user/" at the start of a word; 0: there is none. */
static gsize home_at(const char *word)
{
	gsize length = 1;
	while (word[0] == '~' && (g_ascii_isalnum(word[length]) || word[length] == '.' ||
					 word[length] == '_' || word[length] == '-')) {
		length++;
	}
	if (word[0] != '~' || (word[length] != '/' && word[length] != '\0')) {
		return 0;
	}
	return length + (word[length] == '/' ? 1 : 0);
}

static void append_quoted(GString *out, GString *text)
{
	if (text->len > 0) {
		shell_append_quoted(out, text->str);
		g_string_truncate(text, 0);
	}
}

/* A word as a shell is to read it. Returns whether it expands anything. */
static gboolean append_expanded(GString *out, const char *word)
{
	GString *plain = g_string_new(NULL);
	GString *name = g_string_new(NULL);
	gsize length = home_at(word);
	gboolean expands = length > 0;
	g_string_append(out, length > 0 ? "" : "''");
	g_string_append_len(out, word, (gssize)length);
	for (word += length; *word != '\0'; word += length) {
		length = variable_at(word, name);
		if (length == 0) {
			length = 1;
			g_string_append_c(plain, *word);
			continue;
		}
		expands = TRUE;
		append_quoted(out, plain);
		/* Not quoted, but the shell that reads it splits no words. */
		g_autofree char *text = g_strndup(word, length);
		g_string_append_printf(out, "${%s-", name->str);
		shell_append_quoted(out, text);
		g_string_append_c(out, '}');
	}
	append_quoted(out, plain);
	g_string_append_c(out, ' ');
	g_string_free(plain, TRUE);
	g_string_free(name, TRUE);
	return expands;
}

void command_set_expanded(call *c, const char *const *words)
{
	GString *quoted = g_string_new(NULL);
	gboolean first = words[0] != NULL && append_expanded(quoted, words[0]);
	gboolean expands = first;
	for (gsize i = 1; words[0] != NULL && words[i] != NULL; i++) {
		expands = append_expanded(quoted, words[i]) || expands;
	}
	if (expands && call_flag(c, "expand_argument_vars")) {
		call_set_shell(c, "words", quoted->str);
		/* The program, where it is known, so that its absence is told in our words. */
		call_set_shell(c, "expands", first ? "sh" : words[0]);
	} else {
		command_set_words(c, words);
	}
	g_string_free(quoted, TRUE);
}

void command_finish(result *r, value *cmd)
{
	result_set(r, "cmd", cmd);
	if (value_dict_get(r->fields, "rc") != NULL && value_dict_get(r->fields, "msg") == NULL) {
		result_set_text(r, "msg", "");
	}
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

gboolean module_command_prepare(call *c, GError **error)
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
	g_ptr_array_add(words, NULL);
	command_set_expanded(c, (const char *const *)words->pdata);
	command_set_stdin(c);
	c->data = g_ptr_array_free(g_steal_pointer(&words), FALSE);
	c->data_free = (GDestroyNotify)g_strfreev;
	return TRUE;
}

void module_command_finish(call *c, result *r)
{
	value *cmd = value_new_list();
	for (char **word = c->data; word != NULL && *word != NULL; word++) {
		value_list_append(cmd, value_new_string(*word));
	}
	command_finish(r, cmd);
}
