/* Evaluating calls: arguments, functions, methods, filters, tests. */
#include "template/evaluate.h"
#include "template/frame.h"
#include "template/methods.h"
#include "template/objects.h"
#include "template/table.h"

enum { ARGUMENTS_ON_STACK = 8 };

/* Evaluated arguments. */
struct argv {
	value *space[ARGUMENTS_ON_STACK];
	value **items;
	guint n;
	GPtrArray *more; /* instead of space */
	value *named;
};

static void argv_clear(struct argv *v)
{
	if (v->more != NULL) {
		g_ptr_array_unref(v->more);
	} else {
		for (guint i = 0; i < v->n; i++) {
			value_unref(v->space[i]);
		}
	}
	value_unref(v->named);
}

static gboolean argv_star(struct evaluation *e, const struct node *n, struct argv *v)
{
	g_autoptr(value) star = evaluate(e, n);
	g_autoptr(value) items = star != NULL ? iterate(e, star) : NULL;
	if (items == NULL) {
		if (star != NULL) {
			template_fail_usage(e, "argument after * must be a list, not %s",
				value_type_name(star));
		}
		return FALSE;
	}
	for (gsize i = 0; i < sequence_length(items); i++) {
		g_ptr_array_add(v->more, sequence_get(items, i));
	}
	return TRUE;
}

static gboolean argv_double_star(struct evaluation *e, const struct node *n, struct argv *v)
{
	g_autoptr(value) star = evaluate(e, n);
	if (star == NULL) {
		return FALSE;
	}
	if (!value_is(star, VALUE_DICT)) {
		template_fail_usage(
			e, "argument after ** must be a dict, not %s", value_type_name(star));
		return FALSE;
	}
	value_dict_foreach (star, key, item) {
		if (!value_is(key, VALUE_STRING)) {
			template_fail_usage(e, "keys of the dict after ** must be strings");
			return FALSE;
		}
		if (value_dict_get_value(v->named, key) != NULL) {
			template_fail_usage(e, "argument '%s' is given twice", value_string(key));
			return FALSE;
		}
		value_dict_set_value(v->named, value_ref(key), value_ref(item));
	}
	return TRUE;
}

static gboolean argv_fill(struct evaluation *e, const struct arguments *a, struct argv *v)
{
	*v = (struct argv){ .items = v->space };
	if (a->star != NULL || a->positional.n > ARGUMENTS_ON_STACK) {
		v->more = g_ptr_array_new_with_free_func((GDestroyNotify)value_unref);
	}
	for (guint i = 0; i < a->positional.n; i++) {
		value *item = evaluate(e, a->positional.items[i]);
		if (item == NULL) {
			return FALSE;
		}
		if (v->more != NULL) {
			g_ptr_array_add(v->more, item);
		} else {
			v->space[v->n++] = item;
		}
	}
	if (a->star != NULL && !argv_star(e, a->star, v)) {
		return FALSE;
	}
	if (v->more != NULL) {
		v->items = (value **)v->more->pdata;
		v->n = v->more->len;
	}
	if (a->named.n > 0 || a->double_star != NULL) {
		v->named = value_new_dict();
	}
	for (guint i = 0; i < a->named.n; i++) {
		value *item = evaluate(e, a->named.items[i]);
		if (item == NULL) {
			return FALSE;
		}
		value_dict_set_value(v->named, value_ref(a->names[i]), item);
	}
	return a->double_star == NULL || argv_double_star(e, a->double_star, v);
}

value *evaluate_call(
	struct evaluation *e, value *callee, value *const *positional, guint n, value *named)
{
	if (undefined_of(callee) != NULL) {
		return template_fail_undefined(e, callee);
	}
	if (!object_is_callable(callee)) {
		return template_fail_usage(
			e, "'%s' object is not callable", value_type_name(callee));
	}
	return object_call(e, callee, positional, n, named);
}

/* object.method(...) without making a bound method on the way. */
static value *call_method(struct evaluation *e, const struct node *n)
{
	g_autoptr(value) keep = NULL;
	const value *of = evaluate_borrow(e, n->a->a, &keep);
	if (of == NULL) {
		return NULL;
	}
	const struct method *method =
		value_is(of, VALUE_OBJECT) ? NULL : method_find(of, n->a->name);
	struct argv argv;
	e->at = n->a;
	if (method == NULL) {
		g_autoptr(value) callee = evaluate_getattr(e, of, n->a->value);
		gboolean ok = callee != NULL && argv_fill(e, n->arguments, &argv);
		if (callee == NULL) {
			return NULL;
		}
		e->at = n->a;
		value *v = ok ? evaluate_call(e, callee, argv.items, argv.n, argv.named) : NULL;
		argv_clear(&argv);
		return v;
	}
	g_autoptr(value) self = value_ref(of);
	value *v = NULL;
	if (argv_fill(e, n->arguments, &argv)) {
		e->at = n->a;
		v = method_run(e, method, self, argv.items, argv.n, argv.named);
	}
	argv_clear(&argv);
	return v;
}

value *evaluate_call_node(struct evaluation *e, const struct node *n)
{
	if (n->a->type == NODE_GETATTR) {
		return call_method(e, n);
	}
	g_autoptr(value) callee = evaluate(e, n->a);
	if (callee == NULL) {
		return NULL;
	}
	struct argv argv;
	value *v = NULL;
	if (argv_fill(e, n->arguments, &argv)) {
		e->at = n->a;
		v = evaluate_call(e, callee, argv.items, argv.n, argv.named);
	}
	argv_clear(&argv);
	return v;
}

value *evaluate_call_with_caller(struct evaluation *e, const struct node *n, value *caller)
{
	g_autoptr(value) callee = evaluate(e, n->a);
	struct argv argv = { .items = NULL };
	value *v = NULL;
	if (callee != NULL && argv_fill(e, n->arguments, &argv)) {
		if (argv.named == NULL) {
			argv.named = value_new_dict();
		}
		value_dict_set(argv.named, "caller", value_ref(caller));
		e->at = n;
		v = evaluate_call(e, callee, argv.items, argv.n, argv.named);
	}
	if (callee != NULL) {
		argv_clear(&argv);
	}
	return v;
}

/* --- filters and tests --- */

/* Evaluates arguments whose parameters are known straight to their places. */
static gboolean place_arguments(
	struct evaluation *e, const struct arguments *a, value **places, guint *n)
{
	const struct nodes *parts[] = { &a->positional, &a->named };
	guint at = 0;
	for (int k = 0; k < 2; k++) {
		for (guint i = 0; i < parts[k]->n; i++) {
			value *v = evaluate(e, parts[k]->items[i]);
			if (v == NULL) {
				return FALSE;
			}
			guint place = a->parameters[at++];
			places[place] = v;
			*n = MAX(*n, place + 1);
		}
	}
	return TRUE;
}

static void release_arguments(struct call *call)
{
	for (guint i = 0; i < call->n; i++) {
		value_unref(call->arguments[i]);
	}
}

/* What stands before the | or is. A new reference is held while arguments are evaluated that may
 * take it away. */
static value *input_of(struct evaluation *e, const struct node *n, value **held)
{
	if (n->a == NULL) {
		return *held = value_ref(e->filter_input);
	}
	const value *v = evaluate_borrow(e, n->a, held);
	if (v != NULL && *held == NULL && !n->arguments->constant) {
		*held = value_ref(v);
	}
	return (value *)v;
}

value *evaluate_filter_node(struct evaluation *e, const struct node *n)
{
	g_autoptr(value) held = NULL;
	value *input = input_of(e, n, &held);
	value *v = NULL;
	if (input == NULL) {
		return NULL;
	}
	if (n->arguments->parameters != NULL) {
		struct call call = { .e = e, .name = n->filter->name, .input = input };
		if (place_arguments(e, n->arguments, call.arguments, &call.n)) {
			e->at = n;
			v = filter_apply(n->filter, &call);
		}
		release_arguments(&call);
		return v;
	}
	struct argv argv;
	if (argv_fill(e, n->arguments, &argv)) {
		e->at = n;
		v = filter_run(e, n->filter, input, argv.items, argv.n, argv.named);
	}
	argv_clear(&argv);
	return v;
}

int evaluate_test_node(struct evaluation *e, const struct node *n)
{
	g_autoptr(value) held = NULL;
	value *input = input_of(e, n, &held);
	int is = -1;
	if (input == NULL) {
		return -1;
	}
	if (n->arguments->parameters != NULL) {
		struct call call = { .e = e, .name = n->test->name, .input = input };
		if (place_arguments(e, n->arguments, call.arguments, &call.n)) {
			e->at = n;
			is = test_apply(n->test, &call);
		}
		release_arguments(&call);
		return is;
	}
	struct argv argv;
	if (argv_fill(e, n->arguments, &argv)) {
		e->at = n;
		is = test_run(e, n->test, input, argv.items, argv.n, argv.named);
	}
	argv_clear(&argv);
	return is;
}
