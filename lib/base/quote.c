/* The one quoting function for shells. */
#include "base/quote.h"

static void append_quoted(GString *out, const char *text, const char *newline)
{
	g_string_append_c(out, '\'');
	for (const char *p = text; *p != '\0'; p++) {
		switch (*p) {
		case '\'':
			g_string_append(out, "'\\''");
			break;
		case '\n':
			g_string_append(out, newline);
			break;
		default:
			g_string_append_c(out, *p);
		}
	}
	g_string_append_c(out, '\'');
}

void shell_append_quoted(GString *out, const char *text)
{
	append_quoted(out, text, "'\"$nl\"'");
}

char *shell_quote_text(const char *text)
{
	GString *out = g_string_new(NULL);
	append_quoted(out, text, "\n");
	return g_string_free(out, FALSE);
}

char *shell_quote(const char *text)
{
	GString *out = g_string_new(NULL);
	shell_append_quoted(out, text);
	return g_string_free(out, FALSE);
}
