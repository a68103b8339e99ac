/* The table of keys: sorted, and whole. */
#include "playbook/keywords.h"

#include <string.h>

static void test_sorted(void)
{
	gsize n = 0;
	const struct keyword *table = keyword_table(&n);
	for (gsize i = 0; i < n; i++) {
		g_assert_true(i == 0 || strcmp(table[i - 1].name, table[i].name) < 0);
		g_assert_true(keyword_find(table[i].name) == &table[i]);
		g_assert_true((table[i].type == TYPE_REFUSED) == (table[i].advice != NULL));
		g_assert_true(!(table[i].places & INHERITED) || table[i].task_offset != 0);
	}
	g_assert_null(keyword_find("whne"));
}

static void test_variable_names(void)
{
	static const struct {
		const char *name;
		gboolean valid;
	} cases[] = { { "a", TRUE }, { "_a1", TRUE }, { "A_b", TRUE }, { "1a", FALSE },
		{ "a-b", FALSE }, { "a.b", FALSE }, { "", FALSE }, { "é", FALSE },
		{ "class", FALSE }, { "True", FALSE }, { "classes", TRUE } };
	for (gsize i = 0; i < G_N_ELEMENTS(cases); i++) {
		g_assert_cmpint(variable_name_is_valid(cases[i].name), ==, cases[i].valid);
	}
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/keywords/sorted", test_sorted);
	g_test_add_func("/keywords/variable-names", test_variable_names);
	return g_test_run();
}
