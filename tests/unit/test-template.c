/* Templates: what the comparison with Ansible cannot show (positions, placeholders, flags, limits).
 */
#include "template/template.h"

#include <string.h>

static value *variables;

static value *lookup(gpointer data, const char *name, GError **error)
{
	if (strcmp(name, "pending") == 0) {
		error_set(error, SUTLER_ERROR_PENDING, "not in yet");
		return NULL;
	}
	value *v = value_dict_get(data, name);
	return v != NULL ? value_ref(v) : NULL;
}

static void names(gpointer data, GHashTable *table)
{
	value_dict_foreach ((value *)data, key, item) {
		(void)item;
		g_hash_table_add(table, (char *)value_string(key));
	}
}

static struct template_scope scope = { .lookup = lookup, .names = names };

static void set_up(void)
{
	static const char *const texts[][2] = { { "SITENAME", "example.org" }, { "empty", "" },
		{ "name", "bob" }, { "a", "{{ b }}" }, { "b", "{{ missing }}" }, { "x", "{{ y }}" },
		{ "y", "{{ x }}" } };
	variables = value_new_dict();
	for (gsize i = 0; i < G_N_ELEMENTS(texts); i++) {
		value_dict_set(variables, texts[i][0], value_new_string(texts[i][1]));
	}
	value_dict_set(variables, "nothing", value_new_null());
	value_dict_set(variables, "unsafe",
		value_new_string_flags("{{ name }}", strlen("{{ name }}"), VALUE_UNSAFE));
	value_dict_set(variables, "secret", value_new_string_flags("s3cret", 6, VALUE_SECRET));
	scope.data = variables;
}

static void test_render(void)
{
	static const struct {
		const char *text, *out;
	} rows[] = {
		{ "server_name SITENAME;\n", "server_name example.org;\n" },
		{ "Environment=SITENAME=SITENAME\n", "Environment=SITENAME=example.org\n" },
		{ "DJANGO_SITENAME SITENAMES\n", "DJANGO_SITENAME SITENAMES\n" },
		{ "{# SITENAME #}{% raw %}SITENAME{% endraw %}{{ 'SITENAME' }}",
			"SITENAMESITENAME" },
		{ "~/sites/SITENAME/{{ name }}.SITENAME", "~/sites/example.org/bob.example.org" },
		{ "{{ unsafe }}", "{{ name }}" },
		{ "", "" },
		{ "\n\n", "\n\n" },
	};
	for (gsize i = 0; i < G_N_ELEMENTS(rows); i++) {
		g_autoptr(GError) error = NULL;
		gsize length = 0;
		g_autofree char *out = template_render_text(
			rows[i].text, strlen(rows[i].text), "t", &scope, &length, NULL, &error);
		g_assert_no_error(error);
		g_assert_cmpstr(out, ==, rows[i].out);
		g_assert_cmpuint(length, ==, strlen(rows[i].out));
	}
}

static void test_warning(void)
{
	g_autoptr(GPtrArray) warnings = g_ptr_array_new_with_free_func(g_free);
	gsize length = 0;
	g_autofree char *out = template_render_text(
		"a\n  DJANGO_SITENAME=1\n", 22, "t", &scope, &length, warnings, NULL);
	g_assert_nonnull(out);
	g_assert_cmpuint(warnings->len, ==, 1);
	g_assert_cmpstr(warnings->pdata[0], ==,
		"t:2:10: placeholder 'SITENAME' inside 'DJANGO_SITENAME' is left as it is");
}

static void test_errors(void)
{
	static const struct {
		const char *text;
		int code;
		const char *message;
	} rows[] = {
		{ "a\n  {{ nam }}", SUTLER_ERROR_UNDEFINED,
			"t:2:6: 'nam' is undefined, did you mean 'name'?" },
		{ "{{ name | ansible.builtin.uper }}", SUTLER_ERROR_USAGE,
			"t:1:11: unknown filter 'ansible.builtin.uper'" },
		{ "{{ name | ansible.utils.ipwrap }}", SUTLER_ERROR_USAGE,
			"t:1:11: filter 'ansible.utils.ipwrap' needs the netaddr collection, which "
			"is "
			"not supported: compute it in a variable" },
		{ "{{ lookup('fil', 'x') }}", SUTLER_ERROR_USAGE,
			"t:1:4: unknown lookup 'fil', did you mean 'file'?" },
		{ "{{ dict(obj=1) }}", SUTLER_ERROR_USAGE,
			"t:1:4: an argument cannot be named 'obj' in a template, name it "
			"otherwise" },
		{ "{{ pending }}", SUTLER_ERROR_PENDING, "not in yet" },
		{ "{{ pending is defined }}", SUTLER_ERROR_PENDING, "not in yet" },
	};
	for (gsize i = 0; i < G_N_ELEMENTS(rows); i++) {
		g_autoptr(GError) error = NULL;
		gsize length = 0;
		g_autofree char *out = template_render_text(
			rows[i].text, strlen(rows[i].text), "t", &scope, &length, NULL, &error);
		g_assert_null(out);
		g_assert_error(error, SUTLER_ERROR, rows[i].code);
		g_assert_cmpstr(error->message, ==, rows[i].message);
	}
}

static void test_placeholder_errors(void)
{
	g_autoptr(GError) error = NULL;
	gsize length = 0;
	g_autoptr(value) without = value_new_dict();
	struct template_scope other = { .data = without, .lookup = lookup, .names = names };
	g_autofree char *out =
		template_render_text("ok\n  é SITENAME", 16, "t", &other, &length, NULL, &error);
	g_assert_null(out);
	g_assert_cmpstr(error->message, ==,
		"t:2:5: placeholder 'SITENAME' has no value, set the variable 'SITENAME'");
}

static value *evaluate(const char *text, GError **error)
{
	g_autoptr(value) raw = value_new_string(text);
	value_set_position(raw, (struct position){ g_intern_string("site.yml"), 7, 3 });
	return template_evaluate(raw, &scope, error);
}

static void test_flags(void)
{
	g_autoptr(value) a = evaluate("{{ unsafe }}", NULL);
	g_assert_cmpstr(value_string(a), ==, "{{ name }}");
	g_assert_cmpuint(value_flags(a) & VALUE_UNSAFE, !=, 0);
	g_autoptr(value) b = evaluate("x{{ [secret] | join(',') | upper }}", NULL);
	g_assert_cmpstr(value_string(b), ==, "xS3CRET");
	g_assert_cmpuint(value_flags(b) & VALUE_SECRET, !=, 0);
	g_autoptr(value) c = evaluate("{{ [secret, name] }}", NULL);
	g_assert_cmpuint(value_flags(value_list_get(c, 0)) & VALUE_SECRET, !=, 0);
}

/* Text of a host is never an expression, however it comes to stand where one is wanted. */
static void test_data_is_no_code(void)
{
	static const char *const texts[] = { "{{ unsafe }}", "'{{ unsafe }}' == 'x'",
		"{{ 'name == ' ~ unsafe }}", "name == '{{ unsafe | upper }}'" };
	gboolean truth = FALSE;
	for (gsize i = 0; i < G_N_ELEMENTS(texts); i++) {
		g_autoptr(GError) condition_error = NULL;
		g_autoptr(GError) expression_error = NULL;
		g_autoptr(value) text = value_new_string(texts[i]);
		g_assert_false(template_condition(text, &scope, &truth, &condition_error));
		g_assert_error(condition_error, SUTLER_ERROR, SUTLER_ERROR_USAGE);
		g_assert_nonnull(strstr(condition_error->message, "never evaluated"));
		g_assert_null(template_expression(text, &scope, &expression_error));
		g_assert_error(expression_error, SUTLER_ERROR, SUTLER_ERROR_USAGE);
	}
	g_autoptr(GError) error = NULL;
	g_autoptr(value) bare = value_new_string_flags("name", strlen("name"), VALUE_UNSAFE);
	g_assert_false(template_condition(bare, &scope, &truth, &error));
	g_assert_error(error, SUTLER_ERROR, SUTLER_ERROR_USAGE);
	g_assert_null(template_expression(bare, &scope, NULL));
	g_autoptr(value) named = value_new_string("unsafe | length == 10");
	g_assert_true(template_condition(named, &scope, &truth, NULL));
	g_assert_true(truth);
}

static void test_chain(void)
{
	g_autoptr(GError) error = NULL;
	g_autoptr(value) v = evaluate("{{ a }}", &error);
	g_assert_null(v);
	g_assert_error(error, SUTLER_ERROR, SUTLER_ERROR_UNDEFINED);
	g_assert_true(g_str_has_prefix(error->message, "site.yml:7:3: 'a' is undefined: "));
	g_assert_nonnull(strstr(error->message, "'b' is undefined"));
	g_assert_nonnull(strstr(error->message, "'missing' is undefined"));
	g_clear_error(&error);
	g_autoptr(value) w = evaluate("{{ x }}", &error);
	g_assert_null(w);
	g_assert_nonnull(strstr(error->message, "recursive loop of variables: 'x' -> 'y' -> 'x'"));
}

static void test_required(void)
{
	g_autoptr(GHashTable) found = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
	g_autoptr(value) raw = value_new_dict();
	value_dict_set(raw, "x", value_new_string("{{ a.b }} {{ vars }} c"));
	value_dict_set(raw, "y", value_new_string_flags("{{ d }}", 7, VALUE_UNSAFE));
	template_required_names(raw, FALSE, found);
	g_assert_cmpuint(g_hash_table_size(found), ==, 1);
	g_assert_true(g_hash_table_contains(found, "a"));
	/* a condition answers for what it tests itself */
	g_autoptr(value) tests = value_new_string("m == n and n and m is defined");
	template_required_names(tests, TRUE, found);
	g_assert_true(g_hash_table_contains(found, "n"));
	g_assert_false(g_hash_table_contains(found, "m"));
}

static void test_condition(void)
{
	g_autoptr(value) list = value_new_list();
	gboolean truth = FALSE;
	value_list_append(list, value_new_bool(TRUE));
	value_list_append(list, value_new_string("name == 'bob'"));
	g_assert_true(template_condition(list, &scope, &truth, NULL));
	g_assert_true(truth);
	value_list_append(list, value_new_string("name is match('x')"));
	g_assert_true(template_condition(list, &scope, &truth, NULL));
	g_assert_false(truth);
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	set_up();
	g_test_add_func("/template/render", test_render);
	g_test_add_func("/template/warning", test_warning);
	g_test_add_func("/template/errors", test_errors);
	g_test_add_func("/template/placeholder-errors", test_placeholder_errors);
	g_test_add_func("/template/flags", test_flags);
	g_test_add_func("/template/data-is-no-code", test_data_is_no_code);
	g_test_add_func("/template/chain", test_chain);
	g_test_add_func("/template/required", test_required);
	g_test_add_func("/template/condition", test_condition);
	int status = g_test_run();
	value_unref(variables);
	return status;
}
