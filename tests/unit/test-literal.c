/* Tests of lib/inventory/literal.c and words.c; what Python makes of many more is compared in
 * tests/conformance/inventory. */
#include "inventory/literal.h"
#include "inventory/words.h"

#include <string.h>

static const struct {
	const char *text;
	const char *expected; /* repr() of the value; NULL: no literal */
} literals[] = {
	{ "1", "1" },
	{ "-0x1F", "-31" },
	{ "0b11", "3" },
	{ "1_000", "1000" },
	{ "012", NULL },
	{ "0xffffffffffffffffffff", "1208925819614629174706175" },
	{ "1e3", "1000.0" },
	{ "1_0.5_0", "10.5" },
	{ "5 # five", "5" },
	{ "True", "True" },
	{ "true", NULL },
	{ "'a' \"b\"", "'ab'" },
	{ "'\\x41\\u00e9\\n'", "'Aé\\n'" },
	{ "r'\\n'", "'\\\\n'" },
	{ "'''a'b'''", "\"a'b\"" },
	{ "[1, [2.0, None], (3,)]", "[1, [2.0, None], (3,)]" },
	{ "{'a': 1, 2: [],}", "{'a': 1, 2: []}" },
	{ "1, 2", "(1, 2)" },
	{ "(1)", "1" },
	{ "[1 2]", NULL },
	{ "1 2", NULL },
	{ "f'x'", NULL },
	{ "'open", NULL },
	{ "", NULL },
};

static void test_literals(void)
{
	for (gsize i = 0; i < G_N_ELEMENTS(literals); i++) {
		const char *problem = NULL;
		g_test_message("%s", literals[i].text);
		g_autoptr(value) v =
			literal_parse(literals[i].text, strlen(literals[i].text), &problem);
		g_autofree char *text = v != NULL ? value_to_repr(v) : NULL;
		g_assert_cmpstr(text, ==, literals[i].expected);
		g_assert_null(problem);
	}
}

static void test_problems(void)
{
	static const char *const texts[] = { "{1, 2}", "{1}", "set()", "{[1]: 2}", "[{'a'}]" };
	for (gsize i = 0; i < G_N_ELEMENTS(texts); i++) {
		const char *problem = NULL;
		g_assert_null(literal_parse(texts[i], strlen(texts[i]), &problem));
		g_assert_nonnull(problem);
	}
}

/* 200 brackets are read, more are a text, as Python has it; no number of them is dangerous. */
static void test_depth(void)
{
	for (gsize depth = 199; depth < 100000; depth += 49900) {
		g_autoptr(GString) text = g_string_new(NULL);
		for (gsize i = 0; i < depth; i++) {
			g_string_append_c(text, '[');
		}
		for (gsize i = 0; i < depth; i++) {
			g_string_append_c(text, ']');
		}
		const char *problem = NULL;
		g_autoptr(value) v = literal_parse(text->str, text->len, &problem);
		g_assert_cmpint(v != NULL, ==, depth <= 200);
	}
}

static const struct {
	const char *line;
	const char *expected; /* words, each after '|'; or the problem */
} lines[] = {
	{ "a b  c", "|a|b|c" },
	{ "a='b c' d=\"e f\"", "|a=b c|d=e f" },
	{ "a # b", "|a" },
	{ "a#b c", "|a" },
	{ "'a#b'", "|a#b" },
	{ "a\\ b", "|a b" },
	{ "\"a\\\"b\\c\"", "|a\"b\\c" },
	{ "'' x", "||x" },
	{ "a'b'c", "|abc" },
	{ "'a", "no closing quotation mark" },
	{ "a\\", "nothing after the backslash" },
	{ "", "" },
};

static void test_words(void)
{
	for (gsize i = 0; i < G_N_ELEMENTS(lines); i++) {
		const char *problem = NULL;
		const char *place = NULL;
		g_test_message("%s", lines[i].line);
		g_autoptr(GArray) words = words_split(lines[i].line, &problem, &place);
		g_autoptr(GString) text = g_string_new(problem);
		for (guint j = 0; words != NULL && j < words->len; j++) {
			g_string_append_printf(
				text, "|%s", g_array_index(words, struct word, j).text);
		}
		g_assert_cmpstr(text->str, ==, lines[i].expected);
	}
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/literal/values", test_literals);
	g_test_add_func("/literal/problems", test_problems);
	g_test_add_func("/literal/depth", test_depth);
	g_test_add_func("/literal/words", test_words);
	return g_test_run();
}
