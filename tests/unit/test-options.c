/* Tests of cmd/options.c: what command lines mean, and which are refused. */
#include "cmd/options.h"

#include <string.h>

static char **split(const char *line)
{
	g_auto(GStrv) words = g_strsplit(line, " ", -1);
	GPtrArray *argv = g_ptr_array_new();
	g_ptr_array_add(argv, g_strdup("play"));
	for (gsize i = 0; words[i] != NULL; i++) {
		if (*words[i] != '\0') {
			g_ptr_array_add(argv, g_strdup(words[i]));
		}
	}
	g_ptr_array_add(argv, NULL);
	return (char **)g_ptr_array_free(argv, FALSE);
}

enum { PLAY = OPTIONS_INVENTORY | OPTIONS_CONNECT | OPTIONS_PLAY | OPTIONS_REPORT };

static char *joined(char **list)
{
	return list == NULL ? g_strdup("-") : g_strjoinv(",", list);
}

/* Some of the options, and what is left. */
static char *describe(const struct options *o, char **argv)
{
	g_autofree char *inventory = joined(o->inventory);
	g_autofree char *extra = joined(o->extra_vars);
	g_autofree char *tags = joined(o->tags);
	g_autofree char *left = joined(argv + 1);
	return g_strdup_printf("i=%s e=%s t=%s l=%s f=%s dry=%d v=%u: %s", inventory, extra, tags,
		o->limit == NULL ? "-" : o->limit, o->forks == NULL ? "-" : o->forks,
		options_is_dry(o), o->verbosity, left);
}

static void test_lines(void)
{
	static const char *const rows[][2] = {
		{ "site.yml", "i=- e=- t=- l=- f=- dry=0 v=0: site.yml" },
		{ "-i a -i b, site.yml", "i=a,b, e=- t=- l=- f=- dry=0 v=0: site.yml" },
		{ "site.yml -n -vv", "i=- e=- t=- l=- f=- dry=1 v=2: site.yml" },
		{ "-C one.yml two.yml", "i=- e=- t=- l=- f=- dry=1 v=0: one.yml,two.yml" },
		{ "--limit=web -f 7 -t a,b --tags c x", "i=- e=- t=a,b,c l=web f=7 dry=0 v=0: x" },
		{ "-e a=1 -e @file -e {} x", "i=- e=a=1,@file,{} t=- l=- f=- dry=0 v=0: x" },
		{ "-lweb -f3 x", "i=- e=- t=- l=web f=3 dry=0 v=0: x" },
		{ "x -- -n --json", "i=- e=- t=- l=- f=- dry=0 v=0: x,--,-n,--json" },
		{ "-nlweb -e@f -f5 -vvnt a x", "i=- e=@f t=a l=web f=5 dry=1 v=2: x" },
		{ "-e -lweb --limit -f3 x", "i=- e=-lweb t=- l=-f3 f=- dry=0 v=0: x" },
		{ "-l x -- -f3 -lweb", "i=- e=- t=- l=x f=- dry=0 v=0: --,-f3,-lweb" },
		{ "- x", "i=- e=- t=- l=- f=- dry=0 v=0: -,x" },
	};
	for (gsize i = 0; i < G_N_ELEMENTS(rows); i++) {
		struct options o = { 0 };
		g_autoptr(GError) error = NULL;
		g_auto(GStrv) argv = split(rows[i][0]);
		g_test_message("%s", rows[i][0]);
		g_assert_true(options_parse(&o, PLAY, &argv, &error));
		g_assert_no_error(error);
		g_autofree char *seen = describe(&o, argv);
		g_assert_cmpstr(seen, ==, rows[i][1]);
		options_clear(&o);
	}
}

static void test_refused(void)
{
	static const struct {
		guint groups;
		const char *line, *words;
	} rows[] = {
		{ PLAY, "--no-such x", "--no-such" },
		{ PLAY, "x -i", "-i" },
		{ PLAY, "-m ping x", "-m" },
		{ OPTIONS_INVENTORY | OPTIONS_LISTING, "--dry-run", "--dry-run" },
		{ 0, "-v", "-v" },
	};
	for (gsize i = 0; i < G_N_ELEMENTS(rows); i++) {
		struct options o = { 0 };
		g_autoptr(GError) error = NULL;
		g_auto(GStrv) argv = split(rows[i].line);
		g_test_message("%s", rows[i].line);
		g_assert_false(options_parse(&o, rows[i].groups, &argv, &error));
		g_assert_error(error, SUTLER_ERROR, SUTLER_ERROR_USAGE);
		g_assert_nonnull(strstr(error->message, rows[i].words));
		options_clear(&o);
	}
}

/* Every option stands in the help of its groups, and only there. */
static void test_help(void)
{
	g_autofree char *play = options_help(PLAY);
	g_autofree char *none = options_help(0);
	g_assert_nonnull(strstr(play, "-i, --inventory SOURCE"));
	g_assert_nonnull(strstr(play, "--start-at-task NAME"));
	g_assert_nonnull(strstr(play, "-h, --help"));
	g_assert_null(strstr(play, "--module-name"));
	g_assert_nonnull(strstr(none, "--version"));
	g_assert_null(strstr(none, "--inventory"));
	g_auto(GStrv) lines = g_strsplit(play, "\n", -1);
	for (gsize i = 0; lines[i] != NULL; i++) {
		g_assert_cmpuint(strlen(lines[i]), <=, 120);
	}
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/options/lines", test_lines);
	g_test_add_func("/options/refused", test_refused);
	g_test_add_func("/options/help", test_help);
	return g_test_run();
}
