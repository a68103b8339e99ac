/* Python's regular expressions, by way of GRegex (PCRE). */
#include "base/python-regex.h"

#include <string.h>

#include "base/python-regex-pattern.h"

GRegex *python_regex_new(const char *pattern, guint flags, GError **error)
{
	/* Python's $ also matches before a last newline, as PCRE's does; \n alone is a newline. */
	GRegexCompileFlags compile = G_REGEX_NEWLINE_LF;
	g_autofree char *why = NULL;
	g_autofree char *full = python_regex_pattern(pattern, (flags & PYTHON_REGEX_BYTES) != 0,
		(flags & PYTHON_REGEX_MULTILINE) != 0, (flags & PYTHON_REGEX_WHOLE) != 0, &why);
	if (full == NULL) {
		g_set_error_literal(error, G_REGEX_ERROR, G_REGEX_ERROR_COMPILE, why);
		return NULL;
	}
	compile |= flags & PYTHON_REGEX_BYTES ? G_REGEX_RAW : 0;
	compile |= flags & PYTHON_REGEX_MULTILINE ? G_REGEX_MULTILINE : 0;
	compile |= flags & PYTHON_REGEX_DOTALL ? G_REGEX_DOTALL : 0;
	compile |= flags & PYTHON_REGEX_IGNORECASE ? G_REGEX_CASELESS : 0;
	compile |= flags & PYTHON_REGEX_MACHINE_CODE ? G_REGEX_OPTIMIZE : 0;
	if ((flags & PYTHON_REGEX_ASCII_TEXT) && g_str_is_ascii(pattern)) {
		/* Fails for characters past one byte, written as \u0100. */
		GRegex *regex = g_regex_new(full, compile | G_REGEX_RAW, 0, NULL);
		if (regex != NULL) {
			return regex;
		}
	}
	return g_regex_new(full, compile, 0, error);
}

/* --- what a match is replaced with --- */

static gpointer bad(GError **error, const char *format, ...) G_GNUC_PRINTF(2, 3);
static gpointer bad(GError **error, const char *format, ...)
{
	va_list arguments;
	va_start(arguments, format);
	g_autofree char *message = g_strdup_vprintf(format, arguments);
	va_end(arguments);
	g_set_error_literal(error, G_REGEX_ERROR, G_REGEX_ERROR_REPLACE, message);
	return NULL;
}

static gboolean append_group(const GMatchInfo *match, int group, GString *out, GError **error)
{
	int from = -1;
	int to = -1;
	if (group > g_regex_get_capture_count(g_match_info_get_regex(match))) {
		bad(error, "invalid group reference %d", group);
		return FALSE;
	}
	(void)g_match_info_fetch_pos(match, group, &from, &to);
	if (from >= 0) {
		g_string_append_len(out, g_match_info_get_string(match) + from, to - from);
	}
	return TRUE;
}

/* <name> or <1>, behind \g. As the two below: returns what is behind it, NULL on failure. */
static const char *append_named(
	const GMatchInfo *match, const char *p, GString *out, GError **error)
{
	const char *end = *p == '<' ? strchr(p, '>') : NULL;
	if (end == NULL || end == p + 1) {
		return bad(error, "missing group name in replacement");
	}
	g_autofree char *name = g_strndup(p + 1, (gsize)(end - p) - 1);
	gint64 group = strspn(name, "0123456789") == strlen(name)
			       ? g_ascii_strtoll(name, NULL, 10)
			       : g_regex_get_string_number(g_match_info_get_regex(match), name);
	if (group < 0) {
		return bad(error, "unknown group name '%s'", name);
	}
	return append_group(match, (int)MIN(group, G_MAXINT), out, error) ? end + 1 : NULL;
}

/* An octal character, which is a byte in a bytes pattern. */
static const char *append_octal(const GMatchInfo *match, const char *p, GString *out)
{
	guint code = 0;
	for (int n = 0; n < 3 && *p >= '0' && *p <= '7'; n++) {
		code = code * 8 + (guint)(*p++ - '0');
	}
	if (g_regex_get_compile_flags(g_match_info_get_regex(match)) & G_REGEX_RAW) {
		g_string_append_c(out, (char)code);
	} else {
		g_string_append_unichar(out, code);
	}
	return p;
}

/* \1 to \99, or an octal character; p is at the first digit. */
static const char *append_number(
	const GMatchInfo *match, const char *p, GString *out, GError **error)
{
	if (*p == '0' || (*p <= '3' && p[1] >= '0' && p[1] <= '7' && p[2] >= '0' && p[2] <= '7')) {
		return append_octal(match, p, out);
	}
	int group = *p++ - '0';
	if (g_ascii_isdigit(*p)) {
		group = group * 10 + (*p++ - '0');
	}
	return append_group(match, group, out, error) ? p : NULL;
}

/* What stands behind a backslash. */
static const char *append_escape(
	const GMatchInfo *match, const char *p, GString *out, GError **error)
{
	static const char letters[] = "abfnrtv\\";
	static const char meant[] = "\a\b\f\n\r\t\v\\";
	if (*p == 'g') {
		return append_named(match, p + 1, out, error);
	}
	if (g_ascii_isdigit(*p)) {
		return append_number(match, p, out, error);
	}
	if (*p == '\0') {
		return bad(error, "bad escape (end of replacement)");
	}
	const char *letter = strchr(letters, *p);
	if (letter != NULL) {
		g_string_append_c(out, meant[letter - letters]);
	} else if (g_ascii_isalpha(*p)) {
		return bad(error, "bad escape \\%c in replacement", *p);
	} else {
		/* A backslash before anything else stays. */
		g_string_append_c(out, '\\');
		g_string_append_c(out, *p);
	}
	return p + 1;
}

gboolean python_regex_expand(
	const GMatchInfo *match, const char *template, GString *out, GError **error)
{
	const char *p = template;
	while (p != NULL && *p != '\0') {
		if (*p == '\\') {
			p = append_escape(match, p + 1, out, error);
		} else {
			g_string_append_c(out, *p++);
		}
	}
	return p != NULL;
}
