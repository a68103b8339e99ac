/* The public face: what a program with templates of its own sees of the language. */
#include "jinja/jinja.h"

#include <glib/gstdio.h>
#include <string.h>

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

/* name: bob, items: [1, 2] */
static value *variables_new(void)
{
	value *variables = value_new_dict();
	value *items = value_new_list();
	value_list_append(items, value_new_int(1));
	value_list_append(items, value_new_int(2));
	value_dict_set(variables, "name", value_new_string("bob"));
	value_dict_set(variables, "items", items);
	return variables;
}

static jinja_template *compile(const struct jinja_environment *environment, const char *text,
	enum jinja_mode mode, GError **error)
{
	struct jinja_syntax syntax;
	jinja_syntax_init(&syntax);
	jinja_template *t =
		jinja_compile(environment, text, strlen(text), "t", &syntax, mode, error);
	jinja_syntax_finish(&syntax);
	return t;
}

/* What text gives, or the error's message. */
static char *render(const struct jinja_environment *environment, const char *text,
	const struct jinja_scope *scope)
{
	g_autoptr(GError) error = NULL;
	gsize length = 0;
	g_autoptr(jinja_template) t = compile(environment, text, JINJA_TEXT, &error);
	g_autofree char *out = t != NULL ? jinja_render(t, scope, &length, &error) : NULL;
	if (out == NULL) {
		return g_strdup(error->message);
	}
	g_assert_cmpuint(length, ==, strlen(out));
	return g_steal_pointer(&out);
}

/* Rows that Python's Jinja2 (StrictUndefined) renders the same. */
static void test_render(void)
{
	static const struct {
		const char *text, *out;
	} rows[] = {
		{ "", "" },
		{ "Hello {{ name | upper }}!\n", "Hello BOB!" },
		{ "{% for i in items %}{{ loop.index }}/{{ loop.length }}={{ i }} {% endfor %}",
			"1/2=1 2/2=2 " },
		{ "{% if true %}\nx\n{% endif %}\n", "\nx\n" },
		{ "{% macro m(a, b=2) %}{{ a }}-{{ b }}{% endmacro %}{{ m(1) }} {{ m(b=3, a=4) }}",
			"1-2 4-3" },
		{ "{{ '%s is %d' % (name, 3) }} {{ '{:>4}'.format(7) }}", "bob is 3    7" },
		{ "{% set n = namespace(x=1) %}{% for i in items %}{% set n.x = n.x + i %}"
		  "{% endfor %}{{ n.x }} {{ n }}",
			"4 <Namespace {'x': 4}>" },
		{ "{% set c = cycler('a', 'b') %}{{ c.next() }}{{ c.next() }}{{ c.next() }}"
		  "{{ c.current }}{% set j = joiner('|') %}{{ j() }}x{{ j() }}y",
			"abab"
			"x|y" },
		{ "{{ range }} {{ cycler }} {{ range(0, 9, 3)[1:] | list }}",
			"<class 'range'> <class 'jinja2.utils.Cycler'> [3, 6]" },
		{ "{{ no_such is defined }} {{ no_such | default('d') }}", "False d" },
	};
	g_autoptr(value) variables = variables_new();
	const struct jinja_scope scope = { .data = variables, .lookup = lookup, .names = names };
	for (gsize i = 0; i < G_N_ELEMENTS(rows); i++) {
		g_autofree char *out = render(&jinja_standard, rows[i].text, &scope);
		g_assert_cmpstr(out, ==, rows[i].out);
	}
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
		{ "{{ name | uper }}", SUTLER_ERROR_USAGE,
			"t:1:11: unknown filter 'uper', did you mean 'upper'?" },
		{ "{% if false %}{{ 1 is od }}{% endif %}", SUTLER_ERROR_USAGE,
			"t:1:23: unknown test 'od', did you mean 'odd'?" },
		{ "{{ 1", SUTLER_ERROR_USAGE, "t:1:1: tag is never closed, add '}}'" },
		{ "{% for i in range(99999999) %}{% endfor %}", SUTLER_ERROR_LIMIT,
			"t:1:13: range() of more than 10000000 numbers" },
		{ "{{ 9223372036854775807 + 1 }}", SUTLER_ERROR_LIMIT,
			"t:1:24: integer does not fit 64 bits" },
		{ "{{ 'x' * 99999999999 }}", SUTLER_ERROR_LIMIT,
			"t:1:8: value or output is larger than 64 MiB" },
		{ "{% macro m() %}{{ m() }}{% endmacro %}{{ m() }}", SUTLER_ERROR_LIMIT,
			"t:1:19: macros call each other deeper than 100 levels" },
		{ "{{ name() }}", SUTLER_ERROR_USAGE, "t:1:4: 'str' object is not callable" },
		{ "{{ pending }}", SUTLER_ERROR_PENDING, "not in yet" },
		{ "{{ pending is defined }}", SUTLER_ERROR_PENDING, "not in yet" },
	};
	g_autoptr(value) variables = variables_new();
	const struct jinja_scope scope = { .data = variables, .lookup = lookup, .names = names };
	for (gsize i = 0; i < G_N_ELEMENTS(rows); i++) {
		g_autoptr(GError) error = NULL;
		gsize length = 0;
		g_autoptr(jinja_template) t =
			compile(&jinja_standard, rows[i].text, JINJA_TEXT, &error);
		g_autofree char *out = t != NULL ? jinja_render(t, &scope, &length, &error) : NULL;
		g_assert_null(out);
		g_assert_error(error, SUTLER_ERROR, rows[i].code);
		g_assert_cmpstr(error->message, ==, rows[i].message);
	}
}

static void test_evaluate(void)
{
	static const struct {
		const char *text;
		enum jinja_mode mode;
		const char *repr; /* or the error */
	} rows[] = {
		{ "items | sum + 0.5", JINJA_EXPRESSION, "3.5" },
		{ "(name, {'k': items})", JINJA_EXPRESSION, "('bob', {'k': [1, 2]})" },
		{ "'a' if name == 'bob' else 'b'", JINJA_EXPRESSION, "'a'" },
		{ "name == 'bob' and items", JINJA_CONDITION, "[1, 2]" },
		{ "1 if 2", JINJA_CONDITION, "t:1:3: expected 'end of print statement', got 'if'" },
		{ "nothing", JINJA_EXPRESSION, "t:1:1: 'nothing' is undefined" },
		{ "[nothing]", JINJA_EXPRESSION, "t:1:2: 'nothing' is undefined" },
	};
	g_autoptr(value) variables = variables_new();
	const struct jinja_scope scope = { .data = variables, .lookup = lookup };
	for (gsize i = 0; i < G_N_ELEMENTS(rows); i++) {
		g_autoptr(GError) error = NULL;
		g_autoptr(jinja_template) t =
			compile(&jinja_standard, rows[i].text, rows[i].mode, &error);
		g_autoptr(value) v = t != NULL ? jinja_evaluate(t, &scope, &error) : NULL;
		g_autofree char *repr = v != NULL ? value_to_repr(v) : g_strdup(error->message);
		g_assert_cmpstr(repr, ==, rows[i].repr);
	}
}

static void test_required_names(void)
{
	static const struct {
		const char *text, *names;
	} rows[] = {
		{ "{{ a.b }} {{ c | default(d) }} {% if e is defined %}{{ f }}{% endif %} "
		  "{{ g ~ h }}{% set i = 1 %}{{ i }} {{ j and k }}{{ range(l) }}",
			"a g h j l" },
		{ "{{ o | attr('x') }}{{ p | from_yaml | default(1) }}", "o" },
	};
	for (gsize i = 0; i < G_N_ELEMENTS(rows); i++) {
		g_autoptr(jinja_template) t =
			compile(&jinja_standard, rows[i].text, JINJA_TEXT, NULL);
		g_autoptr(GHashTable) found =
			g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
		jinja_required_names(t, found);
		g_autoptr(GList) keys =
			g_list_sort(g_hash_table_get_keys(found), (GCompareFunc)strcmp);
		g_autoptr(GString) out = g_string_new(NULL);
		for (GList *l = keys; l != NULL; l = l->next) {
			g_string_append_printf(
				out, "%s%s", out->len > 0 ? " " : "", (const char *)l->data);
		}
		g_assert_cmpstr(out->str, ==, rows[i].names);
	}
}

/* --- an environment of one's own --- */

static value *shout(struct jinja_call *c)
{
	gint64 times = 0;
	g_autoptr(value) text = jinja_arg_text(c);
	if (text == NULL || !jinja_arg_int(c, 0, 1, &times)) {
		return NULL;
	}
	g_autoptr(GString) out = g_string_new(value_string(text));
	for (gint64 i = 0; i < times; i++) {
		g_string_append_c(out, '!');
	}
	return value_new_string(out->str);
}

static value *own_upper(struct jinja_call *c)
{
	(void)c;
	return value_new_string("mine");
}

static gboolean loud(struct jinja_call *c, gboolean *ret)
{
	*ret = value_is(c->input, VALUE_STRING) && g_str_has_suffix(value_string(c->input), "!");
	return TRUE;
}

static value *count_arguments(struct jinja_call *c)
{
	return value_new_int(c->n_extra + (c->named != NULL ? value_dict_length(c->named) : 0));
}

static const struct jinja_filter own_filters[] = {
	{ "shout", "times", shout, "the input, louder" },
	{ "upper", "", own_upper, "instead of the one that is there" },
};
static const gsize n_own_filters = G_N_ELEMENTS(own_filters);
static const struct jinja_test own_tests[] = { { "loud", "", loud, "ends so" } };
static const gsize n_own_tests = G_N_ELEMENTS(own_tests);
static const struct jinja_global own_globals[] = { { "count_arguments", "* **", count_arguments,
	"how many" } };
static const gsize n_own_globals = G_N_ELEMENTS(own_globals);

static const struct jinja_family filter_families[] = { { own_filters, &n_own_filters },
	{ NULL, NULL } };
static const struct jinja_family test_families[] = { { own_tests, &n_own_tests }, { NULL, NULL } };
static const struct jinja_family global_families[] = { { own_globals, &n_own_globals },
	{ NULL, NULL } };
static const char *const prefixes[] = { "own.", NULL };
static const char *const taken[] = { "self", NULL };
static const struct jinja_refusal refusals[] = { { "whisper", "is too quiet" },
	{ "net.", "is not here", .prefix = TRUE }, { NULL, NULL } };
static const struct jinja_environment own = { .base = &jinja_standard,
	.filters = filter_families,
	.tests = test_families,
	.globals = global_families,
	.prefixes = prefixes,
	.taken = taken,
	.refusals = refusals };

static void test_environment(void)
{
	static const struct {
		const char *text, *own, *standard;
	} rows[] = {
		{ "{{ name | shout(2) }}", "bob!!", "t:1:11: unknown filter 'shout'" },
		{ "{{ name | shout(times=1) is loud }}", "True", "t:1:11: unknown filter 'shout'" },
		{ "{{ name | upper }} {{ name | lower }}", "mine bob", "BOB bob" },
		{ "{{ name | own.lower }}", "bob", "t:1:11: unknown filter 'own.lower'" },
		{ "{{ name is own.loud }}", "False", "t:1:12: unknown test 'own.loud'" },
		{ "{{ name | whisper }}", "t:1:11: filter 'whisper' is too quiet",
			"t:1:11: unknown filter 'whisper'" },
		{ "{{ 1 is net.up }}", "t:1:9: test 'net.up' is not here",
			"t:1:9: unknown test 'net.up'" },
		{ "{{ count_arguments(1, *items, k=2) }}", "4",
			"t:1:4: 'count_arguments' is undefined" },
		{ "{{ dict(self=1) }}",
			"t:1:4: an argument cannot be named 'self' in a template, name it "
			"otherwise",
			"{'self': 1}" },
		{ "{{ name | shout('x') }}", "t:1:11: 'shout' needs an integer, not str",
			"t:1:11: unknown filter 'shout'" },
		{ "{{ name | shout(1, 2) }}",
			"t:1:11: filter 'shout' accepts at most 1 argument(s), got 2",
			"t:1:11: unknown filter 'shout'" },
	};
	g_autoptr(value) variables = variables_new();
	const struct jinja_scope scope = { .data = variables, .lookup = lookup };
	for (gsize i = 0; i < G_N_ELEMENTS(rows); i++) {
		g_autofree char *mine = render(&own, rows[i].text, &scope);
		g_assert_cmpstr(mine, ==, rows[i].own);
		g_autofree char *standard = render(&jinja_standard, rows[i].text, &scope);
		g_assert_cmpstr(standard, ==, rows[i].standard);
	}
}

/* A template that changes a list changes its own copy, the same one each time it says its name. */
static void test_copies(void)
{
	g_autoptr(value) variables = variables_new();
	const struct jinja_scope scope = { .data = variables, .lookup = lookup };
	static const char text[] = "{{ items.append(3) }}{{ items.append(4) }}{{ items }}";
	g_autofree char *out = render(&jinja_standard, text, &scope);
	g_assert_cmpstr(out, ==, "[1, 2, 3, 4]");
	g_assert_cmpuint(value_list_length(value_dict_get(variables, "items")), ==, 2);
	value_freeze(variables);
	g_autofree char *again = render(&jinja_standard, text, &scope);
	g_assert_cmpstr(again, ==, "[1, 2, 3, 4]");
}

static void test_folders(void)
{
	g_autofree char *folder = g_dir_make_tmp("test-jinja-XXXXXX", NULL);
	g_autofree char *part = g_build_filename(folder, "part", NULL);
	const char *const folders[] = { "/nonexistent", folder, NULL };
	g_autoptr(value) variables = variables_new();
	const struct jinja_scope scope = {
		.data = variables, .lookup = lookup, .folders = folders
	};
	static const char own_part[] =
		"{% macro m(x) %}<{{ x | shout }}>{% endmacro %}{{ name | default(1) }}";
	g_assert_true(g_file_set_contents(part, own_part, -1, NULL));
	g_autofree char *out =
		render(&own, "{% include 'part' %}{% from 'part' import m %}{{ m('a') }}", &scope);
	g_assert_cmpstr(out, ==, "bob<a!>"); /* what is included has the same environment */
	g_autofree char *missing = render(&own, "{% include 'other' %}", &scope);
	g_assert_cmpstr(missing, ==,
		"t:1:4: template 'other' is not found beside this one or in templates/");
	g_assert_cmpint(g_remove(part), ==, 0);
	g_assert_cmpint(g_rmdir(folder), ==, 0);
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/jinja/render", test_render);
	g_test_add_func("/jinja/errors", test_errors);
	g_test_add_func("/jinja/evaluate", test_evaluate);
	g_test_add_func("/jinja/required-names", test_required_names);
	g_test_add_func("/jinja/environment", test_environment);
	g_test_add_func("/jinja/copies", test_copies);
	g_test_add_func("/jinja/folders", test_folders);
	return g_test_run();
}
