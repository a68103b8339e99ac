/* What expressions do with objects: all by their class, which need not be the language's own. */
#include "jinja/engine/objects.h"

#include <string.h>

/* A length in metres. */
static value *length_new(gint64 metres);

static value *length_attribute(struct jinja_evaluation *e, const value *v, const char *name)
{
	if (strcmp(name, "broken") == 0) {
		return jinja_fail_usage(e, "a length has no such side");
	}
	return strcmp(name, "metres") == 0 ? value_new_int(GPOINTER_TO_INT(value_object_data(v)))
					   : NULL;
}

static value *length_call(
	struct jinja_evaluation *e, value *callee, value *const *positional, guint n, value *named)
{
	(void)e;
	(void)positional;
	(void)named;
	return value_new_int(GPOINTER_TO_INT(value_object_data(callee)) + n);
}

static value *length_operate(enum operator op, const value *a, const value *b)
{
	gint64 sum = GPOINTER_TO_INT(value_object_data(a));
	if (op != OP_ADD || !value_is(b, VALUE_INT)) {
		return NULL;
	}
	return length_new(sum + value_int(b));
}

static gboolean length_order(const value *a, const value *b, int *ret)
{
	if (!value_is(b, VALUE_OBJECT) || value_object_class(a) != value_object_class(b)) {
		return FALSE;
	}
	*ret = GPOINTER_TO_INT(value_object_data(a)) - GPOINTER_TO_INT(value_object_data(b));
	return TRUE;
}

static char *length_show(gpointer data)
{
	return g_strdup_printf("%dm", GPOINTER_TO_INT(data));
}

static const struct object_verbs verbs = { .attribute = length_attribute,
	.call = length_call,
	.operate = length_operate,
	.order = length_order };
static const struct object_class length_class = {
	.type_name = "length", .to_string = length_show, .verbs = &verbs
};
static const struct object_class mute_class = { .type_name = "mute", .to_string = length_show };

static value *length_new(gint64 metres)
{
	return value_new_object(&length_class, GINT_TO_POINTER(metres));
}

static value *lookup(gpointer data, const char *name, GError **error)
{
	(void)data;
	(void)error;
	return strcmp(name, "short") == 0  ? length_new(2)
	       : strcmp(name, "long") == 0 ? length_new(9)
	       : strcmp(name, "mute") == 0 ? value_new_object(&mute_class, GINT_TO_POINTER(5))
					   : NULL;
}

static void test_verbs(void)
{
	static const struct {
		const char *text, *out;
	} rows[] = {
		{ "short.metres", "2" },
		{ "short['metres']", "2" },
		{ "short.feet is defined", "False" },
		{ "short.feet", "t:1:7: 'length object' has no attribute 'feet'" },
		{ "short.broken is defined", "t:1:7: a length has no such side" },
		{ "short(0, 0)", "4" },
		{ "short is callable", "True" },
		{ "short + 3", "5m" },
		{ "3 + short", "t:1:3: unsupported operand types for +: 'int' and 'length'" },
		{ "short - 3", "t:1:7: unsupported operand types for -: 'length' and 'int'" },
		{ "short < long", "True" },
		{ "[long, short] | sort", "[2m, 9m]" },
		{ "short < 1", "t:1:1: '<' not supported between instances of 'length' and 'int'" },
		{ "mute", "5m" },
		{ "mute.metres is defined", "False" },
		{ "mute()", "t:1:1: 'mute' object is not callable" },
		{ "mute is callable", "False" },
		{ "mute + 1", "t:1:6: unsupported operand types for +: 'mute' and 'int'" },
		{ "mute < mute",
			"t:1:1: '<' not supported between instances of 'mute' and 'mute'" },
	};
	const struct jinja_scope scope = { .lookup = lookup };
	for (gsize i = 0; i < G_N_ELEMENTS(rows); i++) {
		struct jinja_syntax syntax;
		jinja_syntax_init(&syntax);
		g_autoptr(GError) error = NULL;
		g_autoptr(jinja_template) t = jinja_compile(&jinja_standard, rows[i].text,
			strlen(rows[i].text), "t", &syntax, JINJA_EXPRESSION, &error);
		jinja_syntax_finish(&syntax);
		g_assert_no_error(error);
		g_autoptr(value) v = jinja_evaluate(t, &scope, &error);
		g_autofree char *out = v != NULL ? value_to_string(v) : g_strdup(error->message);
		g_assert_cmpstr(out, ==, rows[i].out);
	}
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/objects/verbs", test_verbs);
	return g_test_run();
}
