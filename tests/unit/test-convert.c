/* Tests of lib/value/convert.c: words of truth, numbers, lists. */
#include "value/convert.h"

#include "value/yaml.h"

static const struct {
	const char *word;
	int ansible, yaml, filter, fact, ssh;
} words[] = {
	{ "yes", 1, 1, 1, 1, 1 },
	{ "YES", 1, 1, 1, 1, 1 },
	{ "No", 0, 0, 0, 0, 0 },
	{ "true", 1, 1, 1, 1, 1 },
	{ "False", 0, 0, 0, 0, 0 },
	{ "on", 1, 1, 1, -1, -1 },
	{ "OFF", 0, 0, 0, -1, -1 },
	{ "1", 1, -1, 1, -1, -1 },
	{ "0", 0, -1, 0, -1, -1 },
	{ "y", 1, -1, -1, -1, -1 },
	{ "N", 0, -1, -1, -1, -1 },
	{ "t", 1, -1, -1, -1, -1 },
	{ "F", 0, -1, -1, -1, -1 },
	{ " yes\n", 1, -1, -1, -1, -1 },
	{ "", -1, -1, -1, -1, -1 },
	{ "2", -1, -1, -1, -1, -1 },
	{ "1.0", -1, -1, -1, -1, -1 },
	{ "yess", -1, -1, -1, -1, -1 },
	{ "none", -1, -1, -1, -1, -1 },
};

static void test_words(void)
{
	for (gsize i = 0; i < G_N_ELEMENTS(words); i++) {
		g_test_message("%s", words[i].word);
		g_assert_cmpint(convert_word(words[i].word, TRUTH_ANSIBLE), ==, words[i].ansible);
		g_assert_cmpint(convert_word(words[i].word, TRUTH_YAML), ==, words[i].yaml);
		g_assert_cmpint(convert_word(words[i].word, TRUTH_FILTER), ==, words[i].filter);
		g_assert_cmpint(convert_word(words[i].word, TRUTH_FACT), ==, words[i].fact);
		g_assert_cmpint(convert_word(words[i].word, TRUTH_SSH), ==, words[i].ssh);
	}
}

static const struct {
	const char *yaml;
	enum kind kind;
	const char *wanted; /* as value_to_repr() has it; NULL: it is none */
} values[] = {
	{ "y", KIND_BOOL, "True" },
	{ "'Off'", KIND_BOOL, "False" },
	{ "1.0", KIND_BOOL, "True" },
	{ "2", KIND_BOOL, NULL },
	{ "[yes]", KIND_BOOL, NULL },
	{ "' 12 '", KIND_INT, "12" },
	{ "12.0", KIND_INT, "12" },
	{ "12.5", KIND_INT, NULL },
	{ "1e30", KIND_INT, NULL },
	{ "'1e3'", KIND_INT, NULL },
	{ "'0x10'", KIND_INT, NULL },
	{ "''", KIND_INT, NULL },
	{ "'1e3'", KIND_FLOAT, "1000.0" },
	{ "'0x10'", KIND_FLOAT, NULL },
	{ "'nan'", KIND_FLOAT, NULL },
	{ "3", KIND_FLOAT, "3.0" },
	{ "null", KIND_TEXT, "''" },
	{ "{a: b}", KIND_TEXT, NULL },
	{ "'a, b'", KIND_LIST, "['a', 'b']" },
	{ "[1, two]", KIND_LIST, "['1', 'two']" },
	{ "[[1]]", KIND_LIST, NULL },
	{ "3", KIND_LIST, "['3']" },
	{ "{a: 1}", KIND_DICT, "{'a': 1}" },
	{ "a=1", KIND_DICT, NULL },
	{ "[1]", KIND_ANY, "[1]" },
};

static void test_values(void)
{
	for (gsize i = 0; i < G_N_ELEMENTS(values); i++) {
		g_autoptr(GError) error = NULL;
		g_test_message("%s as %d", values[i].yaml, values[i].kind);
		g_autoptr(value) given =
			yaml_parse(values[i].yaml, strlen(values[i].yaml), "test", &error);
		g_assert_no_error(error);
		g_autoptr(value) made = convert_value(values[i].kind, given);
		g_autofree char *shown = made != NULL ? value_to_repr(made) : NULL;
		g_assert_cmpstr(shown, ==, values[i].wanted);
		g_assert_cmpstr(convert_wanted(values[i].kind), !=, NULL);
	}
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/convert/words", test_words);
	g_test_add_func("/convert/values", test_values);
	return g_test_run();
}
