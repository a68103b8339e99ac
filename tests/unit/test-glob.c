/* Tests of lib/inventory/glob.c: rows as Python's fnmatch.fnmatchcase() answers them. */
#include "inventory/glob.h"

static const struct {
	const char *pattern;
	const char *text;
	gboolean matches;
} rows[] = {
	{ "", "", TRUE },
	{ "", "a", FALSE },
	{ "a", "a", TRUE },
	{ "a", "A", FALSE },
	{ "*", "", TRUE },
	{ "*", "anything", TRUE },
	{ "a*", "abc", TRUE },
	{ "*c", "abc", TRUE },
	{ "a*b*c", "axxbyyc", TRUE },
	{ "a*b*c", "axxbyy", FALSE },
	{ "**", "x", TRUE },
	{ "?", "", FALSE },
	{ "?", "é", TRUE },
	{ "web?", "web1", TRUE },
	{ "web?", "web12", FALSE },
	{ "web[12]", "web2", TRUE },
	{ "web[12]", "web3", FALSE },
	{ "web[1-3]", "web2", TRUE },
	{ "web[!1-3]", "web2", FALSE },
	{ "web[!1-3]", "web4", TRUE },
	{ "[]]", "]", TRUE },
	{ "[!]]", "]", FALSE },
	{ "[!]]", "x", TRUE },
	{ "a[b", "a[b", TRUE },
	{ "[a-]", "-", TRUE },
	{ "[-a]", "-", TRUE },
	{ "[é-ü]", "ö", TRUE },
	{ "a.b", "axb", FALSE },
	{ "*.example.org", "web.example.org", TRUE },
	{ "a\\*", "a\\b", TRUE },
	{ "*a*a*a*a*a*a*a*a*b", "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa", FALSE },
};

static void test_rows(void)
{
	for (gsize i = 0; i < G_N_ELEMENTS(rows); i++) {
		g_test_message("%s %s", rows[i].pattern, rows[i].text);
		g_assert_cmpint(glob_matches(rows[i].pattern, rows[i].text), ==, rows[i].matches);
	}
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/glob/rows", test_rows);
	return g_test_run();
}
