/* Python's regular expressions by way of PCRE. */
#include "template/regex.h"

#include <string.h>

#include "template/regex-python.h"

static GRegex *compile(struct evaluation *e, const char *pattern, gboolean ignore_case,
	gboolean multiline, gboolean whole)
{
	g_autofree char *why = NULL;
	GError *error = NULL;
	g_autofree char *full = regex_from_python(pattern, multiline, whole, &why);
	if (full == NULL) {
		return template_fail_usage(e, "invalid regular expression '%s': %s", pattern, why);
	}
	/* Python's $ also matches before a last newline, as PCRE's does; \n alone is a newline. */
	GRegexCompileFlags flags = G_REGEX_NEWLINE_LF | (ignore_case ? G_REGEX_CASELESS : 0) |
				   (multiline ? G_REGEX_MULTILINE : 0);
	GRegex *regex = g_regex_new(full, flags, 0, &error);
	if (regex == NULL) {
		template_fail_usage(
			e, "invalid regular expression '%s': %s", pattern, error->message);
		g_error_free(error);
	}
	return regex;
}

GRegex *regex_compile(
	struct evaluation *e, const char *pattern, gboolean ignore_case, gboolean multiline)
{
	return compile(e, pattern, ignore_case, multiline, FALSE);
}

GRegex *regex_compile_whole(
	struct evaluation *e, const char *pattern, gboolean ignore_case, gboolean multiline)
{
	return compile(e, pattern, ignore_case, multiline, TRUE);
}
gboolean regex_match(struct evaluation *e, const GRegex *regex, const char *text, gsize length,
	gsize start, GRegexMatchFlags flags, GMatchInfo **ret_match)
{
	GError *error = NULL;
	*ret_match = NULL;
	g_regex_match_full(regex, text, (gssize)length, (int)start, flags, ret_match, &error);
	if (error != NULL) {
		template_fail(e, SUTLER_ERROR_LIMIT, "regular expression takes too long: %s",
			error->message);
		g_error_free(error);
		return FALSE;
	}
	return TRUE;
}

static gboolean append_group(struct evaluation *e, const GMatchInfo *match, int group, GString *out)
{
	if (group > g_regex_get_capture_count(g_match_info_get_regex(match))) {
		template_fail_usage(e, "invalid group reference %d", group);
		return FALSE;
	}
	int from = -1;
	int to = -1;
	g_match_info_fetch_pos(match, group, &from, &to);
	if (from >= 0) {
		g_string_append_len(out, g_match_info_get_string(match) + from, to - from);
	}
	return TRUE;
}

/* \g<name> or \g<1>; p is behind the g. Returns what is behind the >, NULL on failure. */
static const char *named_group(
	struct evaluation *e, const GMatchInfo *match, const char *p, GString *out)
{
	const char *end = *p == '<' ? strchr(p, '>') : NULL;
	if (end == NULL || end == p + 1) {
		return template_fail_usage(e, "missing group name in replacement");
	}
	g_autofree char *name = g_strndup(p + 1, (gsize)(end - p) - 1);
	int group = -1;
	if (strspn(name, "0123456789") == strlen(name)) {
		group = (int)g_ascii_strtoll(name, NULL, 10);
	} else {
		group = g_regex_get_string_number(g_match_info_get_regex(match), name);
	}
	if (group < 0) {
		return template_fail_usage(e, "unknown group name '%s'", name);
	}
	return append_group(e, match, group, out) ? end + 1 : NULL;
}

/* \1 to \99, or an octal escape. */
static const char *numbered_group(
	struct evaluation *e, const GMatchInfo *match, const char *p, GString *out)
{
	gboolean octal = *p == '0' ||
			 (p[1] >= '0' && p[1] <= '7' && p[2] >= '0' && p[2] <= '7' && *p <= '3');
	if (octal) {
		gunichar code = 0;
		int n = 0;
		for (; n < 3 && p[n] >= '0' && p[n] <= '7'; n++) {
			code = code * 8 + (gunichar)(p[n] - '0');
		}
		g_string_append_unichar(out, code);
		return p + n;
	}
	int group = *p++ - '0';
	if (g_ascii_isdigit(*p)) {
		group = group * 10 + (*p++ - '0');
	}
	return append_group(e, match, group, out) ? p : NULL;
}

gboolean regex_expand(
	struct evaluation *e, const GMatchInfo *match, const char *replacement, GString *out)
{
	static const char escapes[] = "a\ab\bf\fn\nr\rt\tv\v\\\\";
	for (const char *p = replacement; p != NULL && *p != '\0';) {
		if (*p != '\\') {
			g_string_append_c(out, *p++);
			continue;
		}
		p++;
		if (*p == 'g') {
			p = named_group(e, match, p + 1, out);
		} else if (g_ascii_isdigit(*p)) {
			p = numbered_group(e, match, p, out);
		} else if (*p == '\0') {
			template_fail_usage(e, "bad escape (end of replacement)");
			return FALSE;
		} else {
			gsize i = 0;
			while (escapes[i] != '\0' && escapes[i] != *p) {
				i += 2;
			}
			if (escapes[i] != '\0') {
				g_string_append_c(out, escapes[i + 1]);
			} else if (g_ascii_isalpha(*p)) {
				template_fail_usage(e, "bad escape \\%c in replacement", *p);
				return FALSE;
			} else {
				g_string_append_c(out, '\\');
				g_string_append_c(out, *p);
			}
			p++;
		}
	}
	return e->error == NULL;
}
