/* The built-in site: what the program carries is what templates/ holds. */
#include "base/built_in.h"

#include <string.h>

static void test_same_as_templates(void)
{
	gsize n = 0;
	const char *const *names = built_in_names(&n);
	g_assert_cmpuint(n, >=, 5);
	for (gsize i = 0; i < n; i++) {
		g_autofree char *path = g_build_filename(SUTLER_TEMPLATES, names[i], NULL);
		g_autofree char *text = NULL;
		gsize length = 0;
		g_assert_true(g_file_get_contents(path, &text, &length, NULL));
		gsize carried = 0;
		const char *built_in = built_in_file(names[i], &carried);
		g_assert_cmpmem(built_in, carried, text, length);
	}
}

static void test_none(void)
{
	gsize length = 0;
	g_assert_null(built_in_file("nginx.conf", &length));
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/built_in/same-as-templates", test_same_as_templates);
	g_test_add_func("/built_in/none", test_none);
	return g_test_run();
}
