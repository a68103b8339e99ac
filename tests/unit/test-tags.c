/* --tags and --skip-tags: Ansible's documented cases ("Tags"). */
#include "playbook/playbook.h"

static GPtrArray *words(const char *text)
{
	GPtrArray *array = g_ptr_array_new_with_free_func(g_free);
	g_auto(GStrv) parts = g_strsplit_set(text, " ", -1);
	for (gsize i = 0; parts[i] != NULL; i++) {
		if (*parts[i] != '\0') {
			g_ptr_array_add(array, g_strdup(parts[i]));
		}
	}
	return array;
}

static void test_match(void)
{
	static const struct {
		const char *tags, *only, *skip;
		gboolean run;
	} cases[] = {
		{ "", "", "", TRUE },
		{ "a", "", "", TRUE },
		{ "never", "", "", FALSE },
		{ "never a", "a", "", TRUE },
		{ "a", "a", "", TRUE },
		{ "a", "b", "", FALSE },
		{ "a b", "b", "", TRUE },
		{ "", "a", "", FALSE },
		{ "always", "a", "", TRUE },
		{ "always", "", "always", FALSE },
		{ "always a", "", "a", FALSE },
		{ "a", "tagged", "", TRUE },
		{ "", "tagged", "", FALSE },
		{ "never", "tagged", "", FALSE },
		{ "a", "untagged", "", FALSE },
		{ "", "untagged", "", TRUE },
		{ "a", "all", "a", FALSE },
		{ "a", "", "tagged", FALSE },
		{ "", "", "untagged", FALSE },
		{ "", "", "all", FALSE },
		{ "always", "", "all", TRUE },
		{ "always", "", "all always", FALSE },
		{ "never", "never", "", TRUE },
		{ "never", "all", "", FALSE },
	};
	for (gsize i = 0; i < G_N_ELEMENTS(cases); i++) {
		g_autoptr(GPtrArray) tags = words(cases[i].tags);
		g_autoptr(GPtrArray) only = words(cases[i].only);
		g_autoptr(GPtrArray) skip = words(cases[i].skip);
		g_test_message("[%s] --tags '%s' --skip-tags '%s'", cases[i].tags, cases[i].only,
			cases[i].skip);
		g_assert_cmpint(playbook_tags_match(tags, only, skip), ==, cases[i].run);
	}
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/tags/match", test_match);
	return g_test_run();
}
