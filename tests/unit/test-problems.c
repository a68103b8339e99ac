/* Problems told in one go: order, counting, the limit, what one alone looks like. */
#include "base/problems.h"

#include <string.h>

static void add(problems *p, const char *file, guint32 line, guint32 column, const char *text,
	const char *host)
{
	GError *error = NULL;
	struct position at = { file, line, column };
	error_set_at(&error, SUTLER_ERROR_USAGE, at, "%s", text);
	problems_add(p, error, host);
}

static char *all_of(const problems *p)
{
	g_autoptr(GPtrArray) lines = problems_lines(p);
	g_ptr_array_add(lines, NULL);
	return g_strjoinv("|", (char **)lines->pdata);
}

static void test_order(void)
{
	g_autoptr(problems) p = problems_new();
	add(p, "b.yml", 2, 1, "second file", NULL);
	add(p, "a.yml", 10, 1, "line 10", NULL);
	add(p, NULL, 0, 0, "nowhere", NULL);
	add(p, "a.yml", 9, 7, "column 7", NULL);
	add(p, "a.yml", 9, 3, "column 3", NULL);
	g_autofree char *text = all_of(p);
	g_assert_cmpstr(text, ==,
		"a.yml:9:3: column 3|a.yml:9:7: column 7|a.yml:10:1: line 10|"
		"b.yml:2:1: second file|nowhere");
}

static void test_equal(void)
{
	g_autoptr(problems) p = problems_new();
	const char *unknown = "unknown module 'a, b', did you mean 'c', or 'd'?";
	add(p, "a.yml", 9, 1, unknown, NULL);
	add(p, "a.yml", 3, 1, unknown, NULL);
	add(p, "a.yml", 3, 1, unknown, NULL);
	add(p, "a.yml", 5, 1, "no advice", NULL);
	add(p, "b.yml", 5, 1, "no advice", NULL);
	g_assert_cmpuint(problems_count(p), ==, 5);
	g_autofree char *text = all_of(p);
	g_assert_cmpstr(text, ==,
		"a.yml:3:1: unknown module 'a, b': 2 places, did you mean 'c', or 'd'?|"
		"a.yml:5:1: no advice: 2 places");
}

static void test_hosts(void)
{
	g_autoptr(problems) p = problems_new();
	add(p, "a.yml", 3, 1, "'x' is undefined", "one");
	add(p, "a.yml", 3, 1, "'x' is undefined", "two");
	add(p, "a.yml", 3, 1, "'x' is undefined", "three");
	add(p, "a.yml", 4, 1, "'y' is undefined", "two");
	g_autofree char *text = all_of(p);
	g_assert_cmpstr(text, ==,
		"a.yml:3:1: 'x' is undefined (host 'one' and 2 more)|"
		"a.yml:4:1: 'y' is undefined (host 'two')");
}

static void test_many(void)
{
	g_autoptr(problems) p = problems_new();
	for (guint32 i = 1; i <= PROBLEMS_SHOWN + 3; i++) {
		g_autofree char *text = g_strdup_printf("problem %u", i);
		add(p, "a.yml", i, 1, text, NULL);
	}
	g_autoptr(GPtrArray) lines = problems_lines(p);
	g_assert_cmpuint(lines->len, ==, PROBLEMS_SHOWN + 1);
	g_assert_cmpstr(g_ptr_array_index(lines, PROBLEMS_SHOWN), ==, "and 3 more problems");
}

static void test_error(void)
{
	g_autoptr(problems) p = problems_new();
	g_autoptr(GError) one = NULL;
	g_autoptr(GError) two = NULL;
	g_assert_true(problems_none(p, NULL));
	add(p, "a.yml", 3, 1, "first", NULL);
	g_assert_false(problems_none(p, &one));
	g_assert_error(one, SUTLER_ERROR, SUTLER_ERROR_USAGE);
	g_assert_cmpstr(one->message, ==, "a.yml:3:1: first");
	g_assert_cmpuint(error_position(one).line, ==, 3);
	add(p, "a.yml", 2, 1, "second", NULL);
	g_assert_false(problems_none(p, &two));
	g_assert_cmpstr(two->message, ==, "2 problems\na.yml:2:1: second\na.yml:3:1: first");
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/problems/order", test_order);
	g_test_add_func("/problems/equal", test_equal);
	g_test_add_func("/problems/hosts", test_hosts);
	g_test_add_func("/problems/many", test_many);
	g_test_add_func("/problems/error", test_error);
	return g_test_run();
}
