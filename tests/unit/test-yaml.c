/* YAML: typing, positions, everything refused with its place, limits, writing. */
#include "value/yaml.h"

#include <string.h>

static const struct {
	const char *name;
	const char *text;
	const char *repr;  /* NULL: refused */
	const char *error; /* the whole message */
} cases[] = {
	{ "empty", "", "None", NULL },
	{ "comment", "# x\n", "None", NULL },
	{ "booleans", "[yes, No, ON, off, true, y]", "[True, False, True, False, True, 'y']",
		NULL },
	{ "integers", "[0644, 0x1F, 0b11, 1_000, 1:30, 08, 0o7]",
		"[420, 31, 3, 1000, 90, '08', '0o7']", NULL },
	{ "big", "[18446744073709551616, -0xFFFFFFFFFFFFFFFFFF]",
		"[18446744073709551616, -4722366482869645213695]", NULL },
	{ "floats", "[1.5, .5, 1e3, 1.0e+3, -.inf, .nan, 1:30.5]",
		"[1.5, 0.5, '1e3', 1000.0, -inf, nan, 90.5]", NULL },
	{ "dates", "[2001-01-01, 2001-12-14t21:59:43.10-05:00, 2001-1-1 1:02:03 Z]",
		"['2001-01-01', '2001-12-14 21:59:43.100000-05:00', '2001-01-01 01:02:03+00:00']",
		NULL },
	{ "nulls", "[~, null, , Null, NULL, nULL]", NULL,
		"t:1:11: invalid YAML: did not find expected node content while parsing a flow "
		"node that "
		"starts at line 1" },
	{ "merge", "{<<: [{a: 1}, {a: 2, b: 3}], b: 4}", "{'a': 1, 'b': 4}", NULL },
	{ "merge-twice", "{<<: {a: 1}, <<: {a: 2}}", "{'a': 2}", NULL },
	{ "alias", "a: &x {k: [1]}\nb: *x", "{'a': {'k': [1]}, 'b': {'k': [1]}}", NULL },
	{ "bom",
		"\xEF\xBB\xBF"
		"a: 1",
		"{'a': 1}", NULL },
	{ "crlf", "a: |\r\n  x\r\n  y\r\nb: 1\r\n", "{'a': 'x\\ny\\n', 'b': 1}", NULL },
	{ "tags", "[!!str 12, !!int '3', !unsafe '{{ a }}', ! 1]", "['12', 3, '{{ a }}', 1]",
		NULL },
	{ "duplicate", "a: 1\nb: 2\na: 3", NULL, "t:3:1: duplicate key 'a', first used in line 1" },
	{ "duplicate-number", "{1: a, 1.0: b}", NULL,
		"t:1:8: duplicate key '1.0', first used in line 1" },
	{ "self", "a: &x\n  b: *x", NULL, "t:2:6: alias '*x' refers to what it is in" },
	{ "undefined-alias", "a: *.js", NULL,
		"t:1:5: invalid YAML: did not find expected alphabetic or numeric character while "
		"scanning "
		"an alias that starts at line 1 (text that begins with '*' or '&' must be "
		"quoted)" },
	{ "no-anchor", "a: *b", NULL,
		"t:1:4: undefined alias '*b', quote text that begins with '*'" },
	{ "anchor-twice", "[&a 1, &a 2]", NULL, "t:1:8: anchor '&a' is used twice" },
	{ "documents", "--- a\n--- b", NULL,
		"t:2:1: a second document starts here, one file holds one document" },
	{ "tab", "a:\n\t- 1", NULL,
		"t:2:1: invalid YAML: found character that cannot start any token while scanning "
		"for the "
		"next token that starts at line 2 (indent with spaces, not tabs)" },
	{ "at", "a: @b", NULL,
		"t:1:4: invalid YAML: found character that cannot start any token while scanning "
		"for the "
		"next token that starts at line 1 (text that begins with '@' or '`' must be "
		"quoted)" },
	{ "colon", "a: b: c", NULL,
		"t:1:5: invalid YAML: mapping values are not allowed in this context (a ': ' "
		"inside text "
		"must be quoted, or the indentation is wrong)" },
	{ "braces", "a: {{ b }}", NULL,
		"t:1:5: a mapping cannot be a key, quote a value that begins with '{{'" },
	{ "list-key", "? [a]\n: 1", NULL, "t:1:3: a list cannot be a key" },
	{ "latin1", "a: \xE9", NULL, "t:1:4: invalid UTF-8 byte 0xe9, save the file as UTF-8" },
	{ "control", "a: x\x01y", NULL, "t:1:5: invalid YAML: control characters are not allowed" },
	{ "tag", "a: !foo b", NULL,
		"t:1:4: unsupported tag '!foo', quote text that begins with '!'" },
	{ "int-tag", "!!int x", NULL,
		"t:1:1: invalid integer 'x', quote it if it is meant as text" },
	{ "date", "a: 2001-13-01", NULL,
		"t:1:4: invalid date '2001-13-01', quote it if it is meant as text" },
	{ "equals", "- =", NULL, "t:1:3: '=' has no meaning here, quote it" },
	{ "merge-text", "<<: x", NULL,
		"t:1:5: '<<' needs a mapping or a list of mappings, not str" },
	{ "unclosed", "a: 'b", NULL,
		"t:1:6: invalid YAML: found unexpected end of stream while scanning a quoted "
		"scalar that "
		"starts at line 1 (a quote or bracket is not closed)" },
};

static void test_parse(gconstpointer data)
{
	gsize i = GPOINTER_TO_SIZE(data);
	g_autoptr(GError) error = NULL;
	g_autoptr(value) v = yaml_parse(cases[i].text, strlen(cases[i].text), "t", &error);
	if (cases[i].repr == NULL) {
		g_assert_null(v);
		g_assert_cmpstr(error->message, ==, cases[i].error);
		return;
	}
	g_assert_no_error(error);
	g_autofree char *repr = value_to_repr(v);
	g_assert_cmpstr(repr, ==, cases[i].repr);
}

static void assert_at(const value *v, guint line, guint column)
{
	struct position at = value_position(v);
	g_assert_cmpstr(at.file, ==, "t");
	g_assert_cmpuint(at.line, ==, line);
	g_assert_cmpuint(at.column, ==, column);
}

static void test_positions(void)
{
	static const char text[] = "é: [1, 'x']\nb:\n  - k: v\nc: |\n  t\nd:\n";
	g_autoptr(value) v = yaml_parse(text, strlen(text), "t", NULL);
	assert_at(v, 1, 1);
	assert_at(value_list_get(value_dict_item_at(v, 0), 1), 1, 8);
	assert_at(value_dict_key_at(v, 1), 2, 1);
	const value *item = value_list_get(value_dict_get(v, "b"), 0);
	assert_at(item, 3, 5);
	assert_at(value_dict_get(item, "k"), 3, 8);
	assert_at(value_dict_get(v, "c"), 4, 4);
	g_assert_cmpuint(value_position(value_dict_get(v, "d")).line, ==, 6);
}

static void test_flags(void)
{
	static const char text[] =
		"v: !vault |\n  $ANSIBLE_VAULT;1.1;AES256\nu: !unsafe [a, {b: c}]\n";
	g_autoptr(value) v = yaml_parse(text, strlen(text), "t", NULL);
	g_assert_cmpuint(value_flags(value_dict_get(v, "v")), ==, VALUE_VAULT);
	const value *list = value_dict_get(v, "u");
	g_assert_cmpuint(value_flags(value_list_get(list, 0)), ==, VALUE_UNSAFE);
	g_assert_cmpuint(
		value_flags(value_dict_get(value_list_get(list, 1), "b")), ==, VALUE_UNSAFE);
}

static void assert_limit(const char *text, const char *message)
{
	g_autoptr(GError) error = NULL;
	g_autoptr(value) v = yaml_parse(text, strlen(text), "t", &error);
	g_assert_null(v);
	g_assert_error(error, SUTLER_ERROR, SUTLER_ERROR_LIMIT);
	g_assert_cmpstr(error->message, ==, message);
}

static void test_limits(void)
{
	g_autofree char *deep = g_strnfill(50000, '[');
	assert_limit(deep, "t:1:65: nested deeper than 64 levels");
	g_autoptr(GString) bomb = g_string_new("- &a0 [x,x,x,x,x,x,x,x,x,x]\n");
	for (int i = 1; i < 10; i++) {
		g_string_append_printf(bomb,
			"- &a%d [*a%d,*a%d,*a%d,*a%d,*a%d,*a%d,*a%d,*a%d,*a%d]\n", i, i - 1, i - 1,
			i - 1, i - 1, i - 1, i - 1, i - 1, i - 1, i - 1);
	}
	assert_limit(bomb->str, "t:7:8: more than 1000000 values, counting what aliases repeat");
}

static void test_all(void)
{
	static const char text[] = "--- a\n--- &x b\n---\n--- &x c\n";
	g_autoptr(value) v = yaml_parse_all(text, strlen(text), "t", NULL);
	g_autofree char *repr = value_to_repr(v);
	g_assert_cmpstr(repr, ==, "['a', 'b', None, 'c']");
}

static void test_missing_file(void)
{
	g_autoptr(GError) error = NULL;
	g_assert_null(yaml_parse_file("/no/such.yml", &error));
	g_assert_cmpstr(
		error->message, ==, "unable to read '/no/such.yml': No such file or directory");
}

static void test_write(void)
{
	static const char text[] =
		"b: [1, yes, '12', ~, 1e+16, 1.0e+16]\na: {x: \"l1\\nl2\\n\", y: [[]]}\n";
	static const struct yaml_style styles[] = {
		{ .sort_keys = TRUE },
		{ .indent = 4, .block = TRUE, .start_mark = TRUE },
	};
	static const char *const expected[] = {
		"a:\n  x: 'l1\n\n    l2\n\n    '\n  y:\n  - []\nb: [1, true, '12', null, 1e+16, "
		"1.0e+16]\n",
		"---\nb:\n- 1\n- true\n- '12'\n- null\n- 1e+16\n- 1.0e+16\na:\n    x: 'l1\n\n      "
		"  l2\n\n"
		"        '\n    y:\n    - []\n",
	};
	g_autoptr(value) v = yaml_parse(text, strlen(text), "t", NULL);
	for (gsize i = 0; i < G_N_ELEMENTS(styles); i++) {
		g_autofree char *written = yaml_write(v, &styles[i], NULL);
		g_assert_cmpstr(written, ==, expected[i]);
	}
}

static void test_write_shared(void)
{
	g_autoptr(value) list = value_new_list();
	value *inner = value_new_list();
	value_list_append(inner, value_new_int(1));
	value_list_append(list, value_ref(inner));
	value_list_append(list, inner);
	g_autofree char *written = yaml_write(list, NULL, NULL);
	g_assert_cmpstr(written, ==, "- &id001 [1]\n- *id001\n");
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	for (gsize i = 0; i < G_N_ELEMENTS(cases); i++) {
		g_autofree char *path = g_strconcat("/yaml/parse/", cases[i].name, NULL);
		g_test_add_data_func(path, GSIZE_TO_POINTER(i), test_parse);
	}
	g_test_add_func("/yaml/positions", test_positions);
	g_test_add_func("/yaml/flags", test_flags);
	g_test_add_func("/yaml/limits", test_limits);
	g_test_add_func("/yaml/all", test_all);
	g_test_add_func("/yaml/missing-file", test_missing_file);
	g_test_add_func("/yaml/write", test_write);
	g_test_add_func("/yaml/write-shared", test_write_shared);
	return g_test_run();
}
