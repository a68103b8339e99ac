/* The one quoting function for shells on hosts. */
#include "base/quote.h"

void shell_append_quoted(GString *out, const char *text)
{
	g_string_append_c(out, '\'');
	for (const char *p = text; *p != '\0'; p++) {
		switch (*p) {
		case '\'':
			g_string_append(out, "'\\''");
			break;
		case '\n':
			g_string_append(out, "'\"$nl\"'");
			break;
		default:
			g_string_append_c(out, *p);
		}
	}
	g_string_append_c(out, '\'');
}

char *shell_quote(const char *text)
{
	GString *out = g_string_new(NULL);
	shell_append_quoted(out, text);
	return g_string_free(out, FALSE);
}
