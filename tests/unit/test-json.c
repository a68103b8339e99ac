/* JSON: what is read, what is refused, and Python's way of writing. */
#include "value/json.h"

#include <string.h>

static const struct {
	const char *name;
	const char *text;
	const char *repr;  /* NULL: refused */
	const char *error; /* how the message begins */
} cases[] = {
	{ "scalars", "[null, true, false, 0, -1, 1.0, 1e3, \"a\"]",
		"[None, True, False, 0, -1, 1.0, 1000.0, 'a']", NULL },
	{ "top", "\"x\"", "'x'", NULL },
	{ "order", "{\"b\": 1, \"a\": {}}", "{'b': 1, 'a': {}}", NULL },
	{ "escapes", "\"\\u00e9\\ud83d\\ude00\\n\\\"\"", "'é😀\\n\"'", NULL },
	{ "big",
		"[9223372036854775807, 9223372036854775808, -18446744073709551616, "
		"1234567890123456789]",
		"[9223372036854775807, 9223372036854775808, -18446744073709551616, "
		"1234567890123456789]",
		NULL },
	{ "big-in-text",
		"{\"12345678901234567890\": \"a 12345678901234567890 \\\" 1\", \"n\": "
		"12345678901234567890}",
		"{'12345678901234567890': 'a 12345678901234567890 \" 1', 'n': "
		"12345678901234567890}",
		NULL },
	{ "empty", "", NULL, "t:1: invalid JSON: unexpected token near end of file" },
	{ "duplicate", "{\"a\": 1,\n \"a\": 2}", NULL,
		"t:2:4: invalid JSON: duplicate object key" },
	{ "nul", "\"\\u0000\"", NULL, "t:1:8: invalid JSON: \\u0000 is not allowed" },
	{ "trailing", "1 2", NULL, "t:1:3: invalid JSON: end of file expected near '2'" },
	{ "octal", "[0644]", NULL, "t:1:2: invalid JSON" },
	{ "long-octal", "[06441234567890123456789]", NULL, "t:1:" },
};

static void test_parse(gconstpointer data)
{
	gsize i = GPOINTER_TO_SIZE(data);
	g_autoptr(GError) error = NULL;
	g_autoptr(value) v = json_parse(cases[i].text, strlen(cases[i].text), "t", &error);
	if (cases[i].repr == NULL) {
		g_assert_null(v);
		g_assert_error(error, SUTLER_ERROR, SUTLER_ERROR_USAGE);
		g_test_message("%s", error->message);
		g_assert_true(g_str_has_prefix(error->message, cases[i].error));
		return;
	}
	g_assert_no_error(error);
	g_autofree char *repr = value_to_repr(v);
	g_assert_cmpstr(repr, ==, cases[i].repr);
}

static void test_write(void)
{
	static const char text[] =
		"{\"b\": [1, 1.5, \"é\\u0001\\u007f😀\"], \"a\": {}, \"c\": [], \"d\": [[]]}";
	static const struct {
		struct json_style style;
		const char *text;
	} rows[] = {
		{ { 0 }, "{\"b\": [1, 1.5, \"\\u00e9\\u0001\\u007f\\ud83d\\ude00\"], \"a\": {}, "
			 "\"c\": [], \"d\": [[]]}" },
		{ { .indent = 2, .sort_keys = TRUE },
			"{\n  \"a\": {},\n  \"b\": [\n    1,\n    1.5,\n    "
			"\"\\u00e9\\u0001\\u007f\\ud83d\\ude00\"\n"
			"  ],\n  \"c\": [],\n  \"d\": [\n    []\n  ]\n}" },
		{ { .compact = TRUE, .utf8 = TRUE },
			"{\"b\":[1,1.5,\"é\\u0001\x7f😀\"],\"a\":{},\"c\":[],\"d\":[[]]}" },
	};
	g_autoptr(value) v = json_parse(text, strlen(text), "t", NULL);
	for (gsize i = 0; i < G_N_ELEMENTS(rows); i++) {
		g_autofree char *written = json_write(v, &rows[i].style, NULL);
		g_assert_cmpstr(written, ==, rows[i].text);
	}
}

static void test_write_keys(void)
{
	g_autoptr(value) v = value_new_dict();
	value_dict_set_value(v, value_new_int(1), value_new_int(1));
	value_dict_set_value(v, value_new_null(), value_new_int(2));
	value_dict_set_value(v, value_new_float(1.5), value_new_bool(TRUE));
	g_autofree char *written = json_write(v, NULL, NULL);
	g_assert_cmpstr(written, ==, "{\"1\": 1, \"null\": 2, \"1.5\": true}");
	g_autoptr(GError) error = NULL;
	const struct json_style sorted = { .sort_keys = TRUE };
	g_assert_null(json_write(v, &sorted, &error));
	g_assert_cmpstr(
		error->message, ==, "'<' not supported between instances of 'NoneType' and 'int'");
}

static void test_append_string(void)
{
	g_autoptr(GString) out = g_string_new(NULL);
	json_append_string(out, "a\xFF\0é\x1B", 6);
	g_assert_cmpstr(out->str, ==, "\"a\xEF\xBF\xBD\\u0000é\\u001b\"");
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	for (gsize i = 0; i < G_N_ELEMENTS(cases); i++) {
		g_autofree char *path = g_strconcat("/json/parse/", cases[i].name, NULL);
		g_test_add_data_func(path, GSIZE_TO_POINTER(i), test_parse);
	}
	g_test_add_func("/json/write", test_write);
	g_test_add_func("/json/write-keys", test_write_keys);
	g_test_add_func("/json/append-string", test_append_string);
	return g_test_run();
}
