/* The command that looks at a new file before it is put in place: `validate`. */
#include "modules/parameters.h"

#include "base/quote.h"

#include <string.h>

/* One word of the command, quoted, with $w_name of the runtime in place of each %s. */
static void append_word(GString *out, const char *word)
{
	g_autoptr(GString) literal = g_string_new(NULL);
	for (const char *p = word; *p != '\0'; p++) {
		if (p[0] == '%' && p[1] == 's') {
			shell_append_quoted(out, literal->str);
			g_string_append(out, "\"$w_name\"");
			g_string_truncate(literal, 0);
			p++;
			continue;
		}
		g_string_append_c(literal, *p);
		p += p[0] == '%' && p[1] == '%' ? 1 : 0;
	}
	shell_append_quoted(out, literal->str);
	g_string_append_c(out, ' ');
}

gboolean validate_prepare(call *c, GError **error)
{
	const char *text = call_text(c, "validate");
	g_autoptr(GError) problem = NULL;
	g_auto(GStrv) words = NULL;
	if (text == NULL || *text == '\0') {
		return TRUE;
	}
	if (strstr(text, "%s") == NULL) {
		call_error(c, error, "'validate' must contain %%s, the new file: '%s'", text);
		return FALSE;
	}
	if (!g_shell_parse_argv(text, NULL, &words, &problem)) {
		call_error(c, error, "unable to split 'validate' into words: %s", problem->message);
		return FALSE;
	}
	g_autoptr(GString) quoted = g_string_new(NULL);
	for (char **word = words; *word != NULL; word++) {
		append_word(quoted, *word);
	}
	call_set_shell(c, "validate", quoted->str);
	return TRUE;
}
