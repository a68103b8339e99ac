/* Values: Python's equality, order and printing. */
#include "value/value.h"

#include <string.h>

static void test_float_repr(void)
{
	static const struct {
		double number;
		const char *text;
	} cases[] = {
		{ 1.0, "1.0" },
		{ 0.1, "0.1" },
		{ 1e16, "1e+16" },
		{ 1e15, "1000000000000000.0" },
		{ 123456.789, "123456.789" },
		{ 1e-5, "1e-05" },
		{ 0.0001, "0.0001" },
		{ -0.0, "-0.0" },
		{ 1.5e300, "1.5e+300" },
		{ 2.5, "2.5" },
		{ 1e22, "1e+22" },
	};
	for (gsize i = 0; i < G_N_ELEMENTS(cases); i++) {
		g_autoptr(value) v = value_new_float(cases[i].number);
		g_autofree char *text = value_to_string(v);
		g_assert_cmpstr(text, ==, cases[i].text);
	}
}

static void test_string_repr(void)
{
	static const struct {
		const char *raw;
		const char *repr;
	} cases[] = {
		{ "a", "'a'" },
		{ "it's", "\"it's\"" },
		{ "'\"", "'\\'\"'" },
		{ "\n\t\x01", "'\\n\\t\\x01'" },
		{ "é", "'é'" },
		{ "\xc2\xa0", "'\\xa0'" },
		{ "back\\", "'back\\\\'" },
	};
	for (gsize i = 0; i < G_N_ELEMENTS(cases); i++) {
		g_autoptr(value) v = value_new_string(cases[i].raw);
		g_autofree char *text = value_to_repr(v);
		g_assert_cmpstr(text, ==, cases[i].repr);
	}
}

static void test_dict_keys_equal_as_numbers(void)
{
	g_autoptr(value) dict = value_new_dict();
	value_dict_set_value(dict, value_new_int(1), value_new_string("int"));
	value_dict_set_value(dict, value_new_bool(TRUE), value_new_string("bool"));
	value_dict_set_value(dict, value_new_float(1.0), value_new_string("float"));
	g_autofree char *text = value_to_string(dict);
	g_assert_cmpstr(text, ==, "{1: 'float'}");
}

static void test_dict_keeps_order_when_large(void)
{
	g_autoptr(value) dict = value_new_dict();
	for (int i = 0; i < 100; i++) {
		g_autofree char *key = g_strdup_printf("k%d", i);
		value_dict_set(dict, key, value_new_int(i));
	}
	g_autoptr(value) gone = value_new_string("k50");
	g_assert_true(value_dict_remove(dict, gone));
	g_assert_null(value_dict_get(dict, "k50"));
	g_assert_cmpint(value_int(value_dict_get(dict, "k99")), ==, 99);
	g_assert_cmpstr(value_string(value_dict_key_at(dict, 50)), ==, "k51");
	g_assert_cmpuint(value_dict_length(dict), ==, 99);
}

static void test_bytes(void)
{
	static const struct {
		const char *bytes;
		gsize length;
		const char *valid; /* NULL: they are UTF-8 */
	} rows[] = {
		{ "", 0, NULL },
		{ "a\0\xc3\xa9", 4, NULL },
		{ "a\xf0", 2, "a\xef\xbf\xbd" },
		{ "\xff\xc3\xa9\xc3", 4, "\xef\xbf\xbd\xc3\xa9\xef\xbf\xbd" },
	};
	for (gsize i = 0; i < G_N_ELEMENTS(rows); i++) {
		g_autoptr(value) v = value_new_bytes(rows[i].bytes, rows[i].length, VALUE_UNSAFE);
		g_autoptr(value) valid = value_valid(v);
		gboolean changed = rows[i].valid != NULL;
		g_assert_cmpuint(
			value_flags(v), ==, VALUE_UNSAFE | (guint)(changed ? VALUE_BYTES : 0));
		g_assert_cmpmem(
			value_string(v), value_string_length(v), rows[i].bytes, rows[i].length);
		g_assert_cmpuint(value_flags(valid), ==, VALUE_UNSAFE);
		g_assert_cmpmem(value_string(valid), value_string_length(valid),
			changed ? rows[i].valid : rows[i].bytes,
			changed ? strlen(rows[i].valid) : rows[i].length);
	}
}

static void test_thaw_is_deep(void)
{
	g_autoptr(value) list = value_new_list();
	value_list_append(list, value_new_list());
	value_freeze(list);
	g_autoptr(value) copy = value_thaw(list);
	value_list_append(value_list_get(copy, 0), value_new_int(1));
	g_assert_cmpuint(value_list_length(value_list_get(list, 0)), ==, 0);
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/value/float-repr", test_float_repr);
	g_test_add_func("/value/string-repr", test_string_repr);
	g_test_add_func("/value/dict-number-keys", test_dict_keys_equal_as_numbers);
	g_test_add_func("/value/dict-order", test_dict_keeps_order_when_large);
	g_test_add_func("/value/bytes", test_bytes);
	g_test_add_func("/value/thaw", test_thaw_is_deep);
	return g_test_run();
}
