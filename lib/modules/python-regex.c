/* Python's regular expressions, by way of GRegex (PCRE). */
#include "modules/python-regex.h"

#include <string.h>

static gboolean is_hex(const char *text, gsize n)
{
	for (gsize i = 0; i < n; i++) {
		if (!g_ascii_isxdigit(text[i])) {
			return FALSE;
		}
	}
	return TRUE;
}

/* The few spellings that PCRE takes otherwise: \Z is the very end, \uXXXX a character, {,n} a
 * range. */
static char *translate(const char *pattern)
{
	GString *out = g_string_new(NULL);
	for (const char *p = pattern; *p != '\0'; p++) {
		if (*p == '\\' && p[1] == 'Z') {
			g_string_append(out, "\\z");
			p++;
		} else if (*p == '\\' && p[1] == 'u' && is_hex(p + 2, 4)) {
			g_string_append_printf(out, "\\x{%.4s}", p + 2);
			p += 5;
		} else if (*p == '\\' && p[1] != '\0') {
			g_string_append_len(out, p, 2);
			p++;
		} else if (*p == '{' && p[1] == ',' && g_ascii_isdigit(p[2])) {
			g_string_append(out, "{0");
		} else {
			g_string_append_c(out, *p);
		}
	}
	return g_string_free(out, FALSE);
}

GRegex *python_regex_new(const char *pattern, guint flags, GError **error)
{
	GRegexCompileFlags compile = G_REGEX_NEWLINE_LF;
	g_autofree char *translated = translate(pattern);
	if (flags & PYTHON_REGEX_BYTES) {
		compile |= G_REGEX_RAW;
	}
	if (flags & PYTHON_REGEX_MULTILINE) {
		compile |= G_REGEX_MULTILINE;
	}
	if (flags & PYTHON_REGEX_DOTALL) {
		compile |= G_REGEX_DOTALL;
	}
	return g_regex_new(translated, compile, G_REGEX_MATCH_NEWLINE_LF, error);
}

static gboolean bad(GError **error, const char *words, const char *at)
{
	g_set_error(error, G_REGEX_ERROR, G_REGEX_ERROR_REPLACE, "%s at '%.8s'", words, at);
	return FALSE;
}

static gboolean append_group(
	const GMatchInfo *match, int number, const char *at, GString *out, GError **error)
{
	if (number > g_regex_get_capture_count(g_match_info_get_regex(match))) {
		return bad(error, "no such group", at);
	}
	g_autofree char *text = g_match_info_fetch(match, number);
	g_string_append(out, text == NULL ? "" : text);
	return TRUE;
}

/* \g<name> or \g<1>; *p stands at the backslash and is left at the >. */
static gboolean append_named(const GMatchInfo *match, const char **p, GString *out, GError **error)
{
	const char *start = *p + 3;
	const char *end = (*p)[2] == '<' ? strchr(start, '>') : NULL;
	guint64 number = 0;
	if (end == NULL || end == start) {
		return bad(error, "missing group name", *p);
	}
	g_autofree char *name = g_strndup(start, (gsize)(end - start));
	if (g_ascii_string_to_unsigned(name, 10, 0, 99, &number, NULL)) {
		if (!append_group(match, (int)number, *p, out, error)) {
			return FALSE;
		}
	} else {
		int index = g_regex_get_string_number(g_match_info_get_regex(match), name);
		if (index < 0) {
			return bad(error, "unknown group name", *p);
		}
		if (!append_group(match, index, *p, out, error)) {
			return FALSE;
		}
	}
	*p = end;
	return TRUE;
}

/* \1 to \99, or an octal character; *p stands at the backslash and is left at the last digit. */
static gboolean append_number(const GMatchInfo *match, const char **p, GString *out, GError **error)
{
	const char *digits = *p + 1;
	gboolean octal =
		digits[0] == '0' || (digits[0] <= '3' && digits[1] >= '0' && digits[1] <= '7' &&
					    digits[2] >= '0' && digits[2] <= '7');
	int number = 0, n = 0;
	if (octal) {
		for (; n < 3 && digits[n] >= '0' && digits[n] <= '7'; n++) {
			number = number * 8 + (digits[n] - '0');
		}
		g_string_append_c(out, (char)number);
	} else {
		for (; n < 2 && g_ascii_isdigit(digits[n]); n++) {
			number = number * 10 + (digits[n] - '0');
		}
		if (!append_group(match, number, *p, out, error)) {
			return FALSE;
		}
	}
	*p += n;
	return TRUE;
}

gboolean python_regex_expand(
	const GMatchInfo *match, const char *template, GString *out, GError **error)
{
	static const char letters[] = "abfnrtv", meant[] = "\a\b\f\n\r\t\v";
	for (const char *p = template; *p != '\0'; p++) {
		if (*p != '\\' || p[1] == '\0') {
			g_string_append_c(out, *p);
			continue;
		}
		const char *letter = strchr(letters, p[1]);
		if (p[1] == 'g') {
			if (!append_named(match, &p, out, error)) {
				return FALSE;
			}
		} else if (g_ascii_isdigit(p[1])) {
			if (!append_number(match, &p, out, error)) {
				return FALSE;
			}
		} else if (letter != NULL) {
			g_string_append_c(out, meant[letter - letters]);
			p++;
		} else if (g_ascii_isalpha(p[1])) {
			return bad(error, "bad escape", p);
		} else {
			/* A backslash before anything else stays; two make one. */
			g_string_append_c(out, *p);
			if (p[1] != '\\') {
				g_string_append_c(out, p[1]);
			}
			p++;
		}
	}
	return TRUE;
}
