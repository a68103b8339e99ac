/* Python's regular expressions in an evaluation: what fails, fails there. */
#include "jinja/library/regex.h"

#include "base/python-regex.h"

enum { LONG_TEXT = 4096 };

static GRegex *compile(struct jinja_evaluation *e, const char *pattern, gboolean ignore_case,
	gboolean multiline, guint flags)
{
	g_autoptr(GError) error = NULL;
	flags |= ignore_case ? PYTHON_REGEX_IGNORECASE : 0;
	flags |= multiline ? PYTHON_REGEX_MULTILINE : 0;
	GRegex *regex = python_regex_new(pattern, flags, &error);
	if (regex == NULL) {
		jinja_fail_usage(e, "invalid regular expression '%s': %s", pattern, error->message);
	}
	return regex;
}

GRegex *regex_compile(
	struct jinja_evaluation *e, const char *pattern, gboolean ignore_case, gboolean multiline)
{
	return compile(e, pattern, ignore_case, multiline, 0);
}

GRegex *regex_compile_for(struct jinja_evaluation *e, const char *pattern, gboolean ignore_case,
	gboolean multiline, const value *text)
{
	gsize length = value_string_length(text);
	guint flags = value_string_points(text) == length && g_str_is_ascii(value_string(text))
			      ? PYTHON_REGEX_ASCII_TEXT
		      : length > LONG_TEXT ? PYTHON_REGEX_MACHINE_CODE
					   : 0;
	return compile(e, pattern, ignore_case, multiline, flags);
}

GRegex *regex_compile_whole(
	struct jinja_evaluation *e, const char *pattern, gboolean ignore_case, gboolean multiline)
{
	return compile(e, pattern, ignore_case, multiline, PYTHON_REGEX_WHOLE);
}

gboolean regex_match(struct jinja_evaluation *e, const GRegex *regex, const char *text,
	gsize length, gsize start, GRegexMatchFlags flags, GMatchInfo **ret_match)
{
	g_autoptr(GError) error = NULL;
	*ret_match = NULL;
	g_regex_match_full(regex, text, (gssize)length, (int)start, flags, ret_match, &error);
	GRegexCompileFlags compiled = g_regex_get_compile_flags(regex);
	if (error != NULL && (compiled & G_REGEX_OPTIMIZE)) {
		/* Machine code has less room to go back. */
		g_autoptr(GRegex) plain = g_regex_new(
			g_regex_get_pattern(regex), compiled & ~G_REGEX_OPTIMIZE, 0, NULL);
		g_clear_error(&error);
		g_clear_pointer(ret_match, g_match_info_unref);
		g_regex_match_full(
			plain, text, (gssize)length, (int)start, flags, ret_match, &error);
	}
	if (error != NULL) {
		jinja_fail(e, SUTLER_ERROR_LIMIT, "regular expression takes too long: %s",
			error->message);
	}
	return error == NULL;
}

gboolean regex_expand(
	struct jinja_evaluation *e, const GMatchInfo *match, const char *replacement, GString *out)
{
	g_autoptr(GError) error = NULL;
	if (!python_regex_expand(match, replacement, out, &error)) {
		jinja_fail_usage(e, "%s", error->message);
	}
	return error == NULL;
}
