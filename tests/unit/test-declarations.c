/* Declarations of modules: their examples, and what must hold between parameters. */
#include "modules/module.h"

#include "value/yaml.h"

#include <string.h>

static const struct position at = { "test", 1, 1 };

/* What a task of an example uses. */
static const struct module *module_of(const value *task)
{
	for (gsize i = 0; i < value_dict_length(task); i++) {
		const struct module *m = module_find(value_string(value_dict_key_at(task, i)));
		if (m != NULL) {
			return m;
		}
	}
	return NULL;
}

/* The arguments of a task of an example, as the loader of playbooks puts them together. */
static value *arguments_of(const struct module *m, const value *task)
{
	const value *own = value_dict_get(task, m->name);
	const value *more = value_dict_get(task, "args");
	value *all = value_new_dict();
	if (value_is(own, VALUE_STRING)) {
		g_assert_true(module_is_free_form(m));
		value_dict_set(all, "_raw_params", value_ref(own));
	} else if (value_is(own, VALUE_DICT)) {
		value_dict_update(all, own);
	}
	if (more != NULL) {
		value_dict_update(all, more);
	}
	return all;
}

static void test_examples(void)
{
	gsize n = 0;
	const struct module *const *all = module_all(&n);
	for (gsize i = 0; i < n; i++) {
		const struct module *m = all[i];
		g_autoptr(GError) error = NULL;
		g_test_message("%s", m->name);
		g_assert_nonnull(m->returns);
		g_assert_nonnull(m->example);
		g_autoptr(value) tasks =
			yaml_parse(m->example, strlen(m->example), m->name, &error);
		g_assert_no_error(error);
		g_assert_true(value_is(tasks, VALUE_LIST));
		g_assert_cmpuint(value_list_length(tasks), >, 0);
		value_list_foreach (tasks, task) {
			const struct module *used = module_of(task);
			g_assert_nonnull(used);
			g_autoptr(value) arguments = arguments_of(used, task);
			g_assert_true(module_check(used, arguments, at, &error));
			g_assert_no_error(error);
		}
	}
}

static void test_rules(void)
{
	static const struct {
		const char *module;
		const char *arguments; /* YAML */
		const char *wrong;     /* NULL: nothing */
	} rows[] = {
		{ "group", "{name: a}", NULL },
		{ "group", "{name: a, non_unique: yes}", "'non_unique' needs 'gid'" },
		{ "group", "{name: a, non_unique: 'no'}", NULL },
		{ "group", "{name: a, non_unique: yes, gid: 7}", NULL },
		{ "group", "{name: a, non_unique: yes, gid: null}", "'non_unique' needs 'gid'" },
		{ "group", "{name: a, non_unique: yes, gid: '{{ x }}'}", NULL },
		{ "group", "{name: a, non_unique: '{{ x }}'}", NULL },
		{ "lineinfile", "{path: /a, line: b}", NULL },
		{ "lineinfile", "{path: /a, value: b}", NULL },
		{ "lineinfile", "{path: /a}", "'state: present' needs 'line'" },
		{ "lineinfile", "{path: /a, state: '{{ x }}'}", NULL },
		{ "lineinfile", "{path: /a, state: absent}",
			"'state: absent' needs 'line', 'regexp' or 'search_string'" },
		{ "lineinfile", "{path: /a, state: absent, regex: b}", NULL },
		{ "lineinfile", "{path: /a, line: b, regexp: c, search_string: d}",
			"give either 'regexp' or 'search_string'" },
		{ "hostname", "{name: web1.example.org}", NULL },
		{ "hostname", "{name: web_1}", "'web_1' is not a host name" },
		{ "hostname", "{name: 7}", NULL },
		{ "hostname", "{name: \"web1\\n\"}", "'web1\n' is not a host name" },
		{ "hostname", "{name: '{{ x }}_'}", NULL },
	};
	for (gsize i = 0; i < G_N_ELEMENTS(rows); i++) {
		g_autoptr(GError) error = NULL;
		g_test_message("%s %s", rows[i].module, rows[i].arguments);
		g_autoptr(value) arguments =
			yaml_parse(rows[i].arguments, strlen(rows[i].arguments), "test", &error);
		g_assert_no_error(error);
		gboolean well = module_check(module_find(rows[i].module), arguments, at, &error);
		g_assert_cmpint(well, ==, rows[i].wrong == NULL);
		if (!well) {
			g_autofree char *message = g_strdup_printf(
				"test:1:1: module '%s': %s", rows[i].module, rows[i].wrong);
			g_assert_error(error, SUTLER_ERROR, SUTLER_ERROR_USAGE);
			g_assert_cmpstr(error->message, ==, message);
		}
	}
}

/* What a host gets: what was given, and nothing that it knows. */
static void test_words(void)
{
	static const struct {
		const char *module, *arguments, *words;
	} rows[] = {
		{ "group", "{name: \"it's\", gid: 7}", " p_name='it'\\''s' p_gid='7'" },
		{ "group", "{name: a, state: null, local: yes}", " p_name='a'" },
		{ "tempfile", "{path: ~/x}", " p_path='~/x' t_homes='p_path '" },
		{ "tempfile", "{path: -x}", " p_path=./'-x'" },
	};
	struct call_context context = { .at = at };
	for (gsize i = 0; i < G_N_ELEMENTS(rows); i++) {
		g_autoptr(GError) error = NULL;
		g_autoptr(value) arguments =
			yaml_parse(rows[i].arguments, strlen(rows[i].arguments), "test", &error);
		g_autoptr(call) c =
			module_call_new(module_find(rows[i].module), arguments, &context, &error);
		g_assert_no_error(error);
		g_assert_cmpstr(c->variables->str, ==, rows[i].words);
	}
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/declarations/examples", test_examples);
	g_test_add_func("/declarations/rules", test_rules);
	g_test_add_func("/declarations/words", test_words);
	return g_test_run();
}
