/* Tests of lib/base/python-regex.c: rows as Python's re answers them. */
#include "base/python-regex.h"

static const struct {
	const char *pattern;
	guint flags;
	const char *text;
	const char *found; /* what re.search() finds; NULL: nothing */
} searches[] = {
	{ "a\\Z", 0, "ba", "a" },
	{ "a\\Z", PYTHON_REGEX_MULTILINE, "a\nb", NULL },
	{ "a\\Z", 0, "a\n", NULL },
	{ "a$", 0, "a\n", "a" },
	{ "a{,2}", 0, "aaa", "aa" },
	{ "^a{,}b", 0, "aaab", "aaab" },
	{ "a{,x}", 0, "aa{,x}", "a{,x}" },
	{ "[{,2}]+", 0, "a2,", "2," },
	{ "\\u00e9", 0, "caf\u00e9", "\u00e9" },
	{ "\\U0001F600", 0, "x\U0001F600", "\U0001F600" },
	{ "[\\u00e8-\\u00ea]", 0, "caf\u00e9", "\u00e9" },
	{ "[]x]+", 0, "a]x", "]x" },
	{ "[^]x]+", 0, "]xa", "a" },
	{ "[[:a]+", 0, "b:[a", ":[a" },
	{ "[[:digit:]]+", 0, "12:]", ":]" },
	{ "\\w+", 0, "\u00e9t\u00e9", "\u00e9t\u00e9" },
	{ "^.", PYTHON_REGEX_BYTES, "\u00e9", "\xc3" },
	{ "\\w+", PYTHON_REGEX_BYTES, "\u00e9a_1\u00e9", "a_1" },
	{ "\\s+$", PYTHON_REGEX_BYTES, "l\u00e0", NULL }, /* its last byte is a Latin-1 space */
	{ "\\s+$", PYTHON_REGEX_BYTES, "a \t", " \t" },
	{ "[\\W]+", PYTHON_REGEX_BYTES, "a\u00e0b", "\u00e0" },
	{ "a\\b", PYTHON_REGEX_BYTES, "a\u00e9", "a" },
	{ "a\\B.", PYTHON_REGEX_BYTES, "a\u00e9 ab", "ab" },
	{ "\\S+", PYTHON_REGEX_BYTES, " \u00e0 ", "\u00e0" },
	{ "[^\\d\\s]+", PYTHON_REGEX_BYTES, "1\u00e02", "\u00e0" },
	{ "\\s+", 0, "a\x1c\x1f\u00a0b", "\x1c\x1f\u00a0" },
	{ "\\S+", 0,
		"\x1c"
		"ab\x1d",
		"ab" },
	{ "A", PYTHON_REGEX_IGNORECASE, "ba", "a" },
	{ "^b", PYTHON_REGEX_MULTILINE, "a\nb", "b" },
	{ "a.b", 0, "a\nb", NULL },
	{ "a.b", PYTHON_REGEX_DOTALL, "a\nb", "a\nb" },
	{ "(?P<x>a)(?P=x)", 0, "baa", "aa" },
};

static void test_searches(void)
{
	for (gsize i = 0; i < G_N_ELEMENTS(searches); i++) {
		g_autoptr(GError) error = NULL;
		g_autoptr(GMatchInfo) match = NULL;
		g_test_message("%s in %s", searches[i].pattern, searches[i].text);
		g_autoptr(GRegex) regex =
			python_regex_new(searches[i].pattern, searches[i].flags, &error);
		g_assert_no_error(error);
		gboolean matches = g_regex_match(regex, searches[i].text, 0, &match);
		g_autofree char *found = matches ? g_match_info_fetch(match, 0) : NULL;
		g_assert_cmpstr(found, ==, searches[i].found);
	}
}

static void test_bad_pattern(void)
{
	g_autoptr(GError) error = NULL;
	g_assert_null(python_regex_new("a(", 0, &error));
	g_assert_nonnull(error);
	g_assert_true(error->domain == G_REGEX_ERROR);
}

/* Templates filled in from the match of (a)(?P<name>b)(c)? with "ab". */
static const struct {
	const char *template;
	guint flags;
	const char *filled; /* NULL: an error */
	const char *error;
} expansions[] = {
	{ "\\2-\\1", 0, "b-a", NULL },
	{ "\\g<name>\\g<1>\\g<0>", 0, "baab", NULL },
	{ "[\\3]", 0, "[]", NULL },
	{ "\\g<1>0", 0, "a0", NULL },
	{ "\\n\\t\\\\\\.", 0, "\n\t\\\\.", NULL },
	{ "\\0101", 0,
		"\x08"
		"1",
		NULL },
	{ "\\101", 0, "A", NULL },
	{ "\\351", 0, "\u00e9", NULL },
	{ "\\351", PYTHON_REGEX_BYTES, "\xe9", NULL },
	{ "\\4", 0, NULL, "invalid group reference 4" },
	{ "\\10", 0, NULL, "invalid group reference 10" },
	{ "\\g<99999999999>", 0, NULL, "invalid group reference 2147483647" },
	{ "\\g<x>", 0, NULL, "unknown group name 'x'" },
	{ "\\g1", 0, NULL, "missing group name in replacement" },
	{ "\\g<>", 0, NULL, "missing group name in replacement" },
	{ "\\q", 0, NULL, "bad escape \\q in replacement" },
	{ "a\\", 0, NULL, "bad escape (end of replacement)" },
};

static void test_expansions(void)
{
	for (gsize i = 0; i < G_N_ELEMENTS(expansions); i++) {
		g_autoptr(GError) error = NULL;
		g_autoptr(GMatchInfo) match = NULL;
		g_autoptr(GString) out = g_string_new(NULL);
		g_test_message("%s", expansions[i].template);
		g_autoptr(GRegex) regex =
			python_regex_new("(a)(?P<name>b)(c)?", expansions[i].flags, NULL);
		g_assert_true(g_regex_match(regex, "ab", 0, &match));
		gboolean ok = python_regex_expand(match, expansions[i].template, out, &error);
		g_assert_cmpstr(ok ? out->str : NULL, ==, expansions[i].filled);
		g_assert_cmpstr(error != NULL ? error->message : NULL, ==, expansions[i].error);
	}
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/python-regex/searches", test_searches);
	g_test_add_func("/python-regex/bad-pattern", test_bad_pattern);
	g_test_add_func("/python-regex/expansions", test_expansions);
	return g_test_run();
}
