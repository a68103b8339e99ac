/* Evaluating calls: arguments, functions, methods, filters, tests. */
#include "jinja/engine/call.h"
#include "jinja/engine/evaluate.h"
#include "jinja/engine/frame.h"
#include "jinja/engine/objects.h"

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

static gboolean argv_star(struct jinja_evaluation *e, const struct node *n, struct argv *v)
{
	g_autoptr(value) star = evaluate(e, n);
	g_autoptr(value) items = star != NULL ? iterate(e, star) : NULL;
	if (items == NULL) {
		if (star != NULL) {
			jinja_fail_usage(e, "argument after * must be a list, not %s",
				value_type_name(star));
		}
		return FALSE;
	}
	for (gsize i = 0; i < sequence_length(items); i++) {
		g_ptr_array_add(v->more, sequence_get(items, i));
	}
	return TRUE;
}

static gboolean argv_double_star(struct jinja_evaluation *e, const struct node *n, struct argv *v)
{
	g_autoptr(value) star = evaluate(e, n);
	if (star == NULL) {
		return FALSE;
	}
	if (!value_is(star, VALUE_DICT)) {
		jinja_fail_usage(
			e, "argument after ** must be a dict, not %s", value_type_name(star));
		return FALSE;
	}
	value_dict_foreach (star, key, item) {
		if (!value_is(key, VALUE_STRING)) {
			jinja_fail_usage(e, "keys of the dict after ** must be strings");
			return FALSE;
		}
		if (value_dict_get_value(v->named, key) != NULL) {
			jinja_fail_usage(e, "argument '%s' is given twice", value_string(key));
			return FALSE;
		}
		value_dict_set_value(v->named, value_ref(key), value_ref(item));
	}
	return TRUE;
}

static gboolean check_names(struct jinja_evaluation *e, value *named)
{
	const char *const *taken = e->t->environment->taken;
	for (; taken != NULL && *taken != NULL; taken++) {
		if (value_dict_get(named, *taken) != NULL) {
			jinja_fail_usage(e,
				"an argument cannot be named '%s' in a template, name it otherwise",
				*taken);
			return FALSE;
		}
	}
	return TRUE;
}

static gboolean argv_fill(struct jinja_evaluation *e, const struct arguments *a, struct argv *v)
{
	v->items = v->space;
	v->n = 0;
	v->more = NULL;
	v->named = NULL;
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
	return (a->double_star == NULL || argv_double_star(e, a->double_star, v)) &&
	       (v->named == NULL || check_names(e, v->named));
}

value *evaluate_call(
	struct jinja_evaluation *e, value *callee, value *const *positional, guint n, value *named)
{
	if (undefined_of(callee) != NULL) {
		return jinja_fail_undefined(e, callee);
	}
	if (!object_is_callable(callee)) {
		return jinja_fail_usage(e, "'%s' object is not callable", value_type_name(callee));
	}
	return object_call(e, callee, positional, n, named);
}

/* object.method(...) without making a bound method on the way. */
static value *call_method(struct jinja_evaluation *e, const struct node *n)
{
	g_autoptr(value) keep = NULL;
	const value *of = evaluate_borrow(e, n->a->a, &keep);
	if (of == NULL) {
		return NULL;
	}
	const struct jinja_method *method = method_find(e, of, n->a->name);
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

value *evaluate_call_node(struct jinja_evaluation *e, const struct node *n)
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

value *evaluate_call_with_caller(struct jinja_evaluation *e, const struct node *n, value *caller)
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

/* Arguments whose parameters are known, straight to their places: constants as they are, others as
 * new references. */
static gboolean place_arguments(struct jinja_call *call, const struct arguments *a)
{
	call->constant = a->constant;
	call->n = a->n_parameters;
	for (guint i = 0; i < call->n; i++) {
		call->arguments[i] = a->values[i];
	}
	if (a->constant) {
		return TRUE;
	}
	guint n = a->positional.n;
	for (guint i = 0; i < n + a->named.n; i++) {
		const struct node *node = i < n ? a->positional.items[i] : a->named.items[i - n];
		value *v = evaluate(call->e, node);
		if (v == NULL) {
			return FALSE;
		}
		call->arguments[a->parameters[i]] = v;
	}
	return TRUE;
}

static void release_arguments(struct jinja_call *call)
{
	for (guint i = 0; i < call->n && !call->constant; i++) {
		value_unref(call->arguments[i]);
	}
}

/* What stands before the | or is. It is held while arguments are evaluated that may take it away.
 */
static value *input_of(struct jinja_evaluation *e, const struct node *n, operand *o)
{
	const value *v =
		n->a != NULL ? operand_real(o, operand_evaluate(e, n->a, o)) : e->filter_input;
	if (v != NULL && o->held == NULL && !n->arguments->constant) {
		o->held = value_ref(v);
	}
	return (value *)v;
}

static value *filter_with_list(struct jinja_evaluation *e, const struct node *n, value *input)
{
	struct argv argv;
	value *v = NULL;
	if (argv_fill(e, n->arguments, &argv)) {
		e->at = n;
		v = filter_run(e, n->filter, input, argv.items, argv.n, argv.named);
	}
	argv_clear(&argv);
	return v;
}

value *evaluate_filter_node(struct jinja_evaluation *e, const struct node *n)
{
	operand o;
	o.held = NULL;
	value *input = input_of(e, n, &o);
	value *v = NULL;
	if (input != NULL && n->arguments->parameters != NULL) {
		struct jinja_call call;
		call_start(&call, e, n->filter->name, input);
		if (place_arguments(&call, n->arguments)) {
			e->at = n;
			v = filter_apply(n->filter, &call);
		}
		release_arguments(&call);
	} else if (input != NULL) {
		v = filter_with_list(e, n, input);
	}
	operand_clear(&o);
	return v;
}

static int test_with_list(struct jinja_evaluation *e, const struct node *n, value *input)
{
	struct argv argv;
	int is = -1;
	if (argv_fill(e, n->arguments, &argv)) {
		e->at = n;
		is = test_run(e, n->test, input, argv.items, argv.n, argv.named);
	}
	argv_clear(&argv);
	return is;
}

int evaluate_test_node(struct jinja_evaluation *e, const struct node *n)
{
	operand o;
	o.held = NULL;
	value *input = input_of(e, n, &o);
	int is = -1;
	if (input != NULL && n->arguments->parameters != NULL) {
		struct jinja_call call;
		call_start(&call, e, n->test->name, input);
		if (place_arguments(&call, n->arguments)) {
			e->at = n;
			is = test_apply(n->test, &call);
		}
		release_arguments(&call);
	} else if (input != NULL) {
		is = test_with_list(e, n, input);
	}
	operand_clear(&o);
	return is;
}
