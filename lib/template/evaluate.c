/* Evaluating expressions. */
#include "template/evaluate.h"

#include <string.h>

#include "base/suggest.h"
#include "template/frame.h"
#include "template/limits.h"
#include "template/methods.h"
#include "template/objects.h"
#include "template/operators.h"
#include "template/table.h"

static struct position position_here(const struct evaluation *e)
{
	guint line = e->at != NULL ? e->at->line : 0;
	guint column = e->at != NULL ? e->at->column : 0;
	if (e->base.file == NULL) {
		return (struct position){ e->t->name, line, column };
	}
	if (line <= 1) {
		return e->base;
	}
	return (struct position){ e->base.file, e->base.line > 0 ? e->base.line + line - 1 : 0,
		column };
}

gpointer template_fail(struct evaluation *e, enum sutler_error code, const char *format, ...)
{
	if (e->error != NULL) {
		return NULL;
	}
	va_list arguments;
	va_start(arguments, format);
	g_autofree char *message = g_strdup_vprintf(format, arguments);
	va_end(arguments);
	error_set_at(&e->error, code, position_here(e), "%s", message);
	return NULL;
}

gpointer template_fail_usage(struct evaluation *e, const char *format, ...)
{
	va_list arguments;
	va_start(arguments, format);
	g_autofree char *message = g_strdup_vprintf(format, arguments);
	va_end(arguments);
	return template_fail(e, SUTLER_ERROR_USAGE, "%s", message);
}

/* The names near an undefined variable. */
static char *near_variables(struct evaluation *e, const char *name)
{
	const struct template_scope *scope = e->shared->scope;
	g_autoptr(GHashTable) names = g_hash_table_new(g_str_hash, g_str_equal);
	if (scope->names != NULL) {
		scope->names(scope->data, names);
	}
	if (e->context->locals != NULL) {
		GHashTableIter iter;
		gpointer key = NULL;
		g_hash_table_iter_init(&iter, e->context->locals);
		while (g_hash_table_iter_next(&iter, &key, NULL)) {
			g_hash_table_add(names, key);
		}
	}
	GHashTableIter iter;
	gpointer key = NULL;
	g_hash_table_iter_init(&iter, e->context->variables);
	while (g_hash_table_iter_next(&iter, &key, NULL)) {
		g_hash_table_add(names, key);
	}
	return suggest_phrase_keys(name, names);
}

static char *near_keys(const value *dict, const char *name)
{
	g_autoptr(GHashTable) names = g_hash_table_new(g_str_hash, g_str_equal);
	if (value_is(dict, VALUE_DICT)) {
		value_dict_foreach (dict, key, item) {
			(void)item;
			if (value_is(key, VALUE_STRING)) {
				g_hash_table_add(names, (char *)value_string(key));
			}
		}
	}
	return suggest_phrase_keys(name, names);
}

gpointer template_fail_undefined(struct evaluation *e, const value *undefined)
{
	const struct undefined *u = undefined_of(undefined);
	if (e->error != NULL) {
		return NULL;
	}
	if (u->message != NULL && u->name != NULL) {
		return template_fail(
			e, SUTLER_ERROR_UNDEFINED, "'%s' is undefined: %s", u->name, u->message);
	}
	if (u->message != NULL) {
		return template_fail(e, SUTLER_ERROR_UNDEFINED, "%s", u->message);
	}
	if (u->of != NULL) {
		g_autofree char *hint = near_keys(u->of, u->name);
		return template_fail(e, SUTLER_ERROR_UNDEFINED,
			"'%s object' has no attribute '%s'%s", value_type_name(u->of), u->name,
			hint);
	}
	if (u->name == NULL) {
		return template_fail(e, SUTLER_ERROR_UNDEFINED, "value is undefined");
	}
	g_autofree char *hint = near_variables(e, u->name);
	return template_fail(e, SUTLER_ERROR_UNDEFINED, "'%s' is undefined%s", u->name, hint);
}

guint flags_deep(const value *v)
{
	guint flags = value_flags(v) & FLAGS_KEPT;
	if (value_is_sequence(v)) {
		value_list_foreach (v, item) {
			flags |= flags_deep(item);
		}
	} else if (value_is(v, VALUE_DICT)) {
		value_dict_foreach (v, key, item) {
			flags |= flags_deep(key) | flags_deep(item);
		}
	}
	return flags;
}

/* --- names and attributes --- */

static const value *read_name(struct evaluation *e, const struct node *n, value **keep)
{
	value **slot = frame_slot(e->frame, n->place);
	if (*slot == FRAME_UNRESOLVED) {
		value *v = context_lookup(e, n->value);
		if (v == NULL) {
			return NULL;
		}
		*slot = v;
	}
	if (*slot == NULL) {
		return *keep = undefined_new(n->name, NULL, NULL);
	}
	return *slot;
}

/* The pairs groupby makes have names. */
static value *group_part(const value *pair, const char *name)
{
	if (value_list_length(pair) != 2) {
		return NULL;
	}
	return strcmp(name, "grouper") == 0 ? value_list_get(pair, 0)
	       : strcmp(name, "list") == 0  ? value_list_get(pair, 1)
					    : NULL;
}

value *evaluate_getattr(struct evaluation *e, const value *of, const value *name)
{
	switch (value_type(of)) {
	case VALUE_OBJECT: {
		const struct undefined *u = undefined_of(of);
		if (u != NULL) {
			return u->lenient ? template_fail_undefined(e, of) : value_ref(of);
		}
		value *v = object_getattr(e, of, value_string(name));
		if (v != NULL || e->error != NULL) {
			return v;
		}
		break;
	}
	default: {
		const struct method *method = method_find(of, value_string(name));
		if (method != NULL) {
			return bound_new(of, method);
		}
		value *item = value_is(of, VALUE_DICT)    ? value_dict_get_value(of, name)
			      : value_is(of, VALUE_TUPLE) ? group_part(of, value_string(name))
							  : NULL;
		if (item != NULL) {
			return value_ref(item);
		}
		break;
	}
	}
	return undefined_new(value_string(name), NULL, of);
}

/* A character of a string by index, or NULL. */
static value *character(const value *s, gint64 i)
{
	gsize points = value_string_points(s);
	if (i < 0) {
		i += (gint64)points;
	}
	if (i < 0 || i >= (gint64)points) {
		return NULL;
	}
	const char *text = value_string(s);
	if (points == value_string_length(s)) {
		return value_new_string_flags(text + i, 1, value_flags(s) & FLAGS_KEPT);
	}
	const char *from = g_utf8_offset_to_pointer(text, i);
	return value_new_string_flags(
		from, (gsize)(g_utf8_next_char(from) - from), value_flags(s) & FLAGS_KEPT);
}

static value *by_index(struct evaluation *e, const value *of, const value *key)
{
	gint64 i = 0;
	if (!is_integer(key, &i)) {
		return NULL;
	}
	if (value_is(of, VALUE_STRING)) {
		return character(of, i);
	}
	if (value_is_sequence(of)) {
		gint64 length = (gint64)value_list_length(of);
		i += i < 0 ? length : 0;
		return i >= 0 && i < length ? value_ref(value_list_get(of, (gsize)i)) : NULL;
	}
	const struct range *range = value_object(of, &range_class);
	if (range != NULL) {
		gint64 length = (gint64)range_length(range);
		i += i < 0 ? length : 0;
		return i >= 0 && i < length ? value_new_int(range->start + i * range->step) : NULL;
	}
	(void)e;
	return NULL;
}

value *evaluate_getitem(struct evaluation *e, const value *of, const value *key)
{
	if (undefined_of(of) != NULL) {
		return undefined_of(of)->lenient ? template_fail_undefined(e, of) : value_ref(of);
	}
	if (undefined_of(key) != NULL) {
		return template_fail_undefined(e, key);
	}
	value *found = NULL;
	if (value_is(of, VALUE_DICT)) {
		value *item = value_is_hashable(key) ? value_dict_get_value(of, key) : NULL;
		found = item != NULL ? value_ref(item) : NULL;
	} else {
		found = by_index(e, of, key);
	}
	if (found != NULL || e->error != NULL) {
		return found;
	}
	if (value_is(key, VALUE_STRING)) {
		if (value_is(of, VALUE_OBJECT)) {
			found = object_getattr(e, of, value_string(key));
			if (found != NULL || e->error != NULL) {
				return found;
			}
		}
		const struct method *method = method_find(of, value_string(key));
		if (method != NULL) {
			return bound_new(of, method);
		}
	}
	g_autofree char *name = value_to_string(key);
	return undefined_new(name, NULL, of);
}

/* --- calls --- */

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
static value *call_method(struct evaluation *e, const struct node *n, gboolean *handled)
{
	g_autoptr(value) keep = NULL;
	const value *of = evaluate_borrow(e, n->a->a, &keep);
	*handled = TRUE;
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

static value *call(struct evaluation *e, const struct node *n)
{
	if (n->a->type == NODE_GETATTR) {
		gboolean handled = FALSE;
		return call_method(e, n, &handled);
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

static value *filter(struct evaluation *e, const struct node *n)
{
	g_autoptr(value) keep = NULL;
	const value *borrowed = n->a != NULL ? evaluate_borrow(e, n->a, &keep) : e->filter_input;
	if (borrowed == NULL) {
		return NULL;
	}
	g_autoptr(value) input = value_ref(borrowed);
	struct argv argv;
	value *v = NULL;
	if (argv_fill(e, n->arguments, &argv)) {
		e->at = n;
		v = filter_run(e, n->filter, input, argv.items, argv.n, argv.named);
	}
	argv_clear(&argv);
	return v;
}

static int test(struct evaluation *e, const struct node *n)
{
	g_autoptr(value) keep = NULL;
	const value *borrowed = evaluate_borrow(e, n->a, &keep);
	if (borrowed == NULL) {
		return -1;
	}
	g_autoptr(value) input = value_ref(borrowed);
	struct argv argv;
	int is = -1;
	if (argv_fill(e, n->arguments, &argv)) {
		e->at = n;
		is = test_run(e, n->test, input, argv.items, argv.n, argv.named);
	}
	argv_clear(&argv);
	return is;
}

/* --- the rest --- */

static value *sequence(struct evaluation *e, const struct node *n)
{
	g_autoptr(value) list = n->type == NODE_LIST ? value_new_list() : value_new_tuple();
	for (guint i = 0; i < n->items.n; i++) {
		value *item = evaluate(e, n->items.items[i]);
		if (item == NULL) {
			return NULL;
		}
		value_list_append(list, item);
	}
	return g_steal_pointer(&list);
}

static value *dict(struct evaluation *e, const struct node *n)
{
	g_autoptr(value) d = value_new_dict();
	for (guint i = 0; i + 1 < n->items.n; i += 2) {
		g_autoptr(value) key = evaluate(e, n->items.items[i]);
		value *item = key != NULL ? evaluate(e, n->items.items[i + 1]) : NULL;
		if (item == NULL) {
			return NULL;
		}
		if (undefined_of(key) != NULL || !value_is_hashable(key)) {
			value_unref(item);
			e->at = n;
			return undefined_of(key) != NULL
				       ? template_fail_undefined(e, key)
				       : template_fail_usage(
						 e, "unhashable type: '%s'", value_type_name(key));
		}
		value_dict_set_value(d, g_steal_pointer(&key), item);
	}
	return g_steal_pointer(&d);
}

static value *concat(struct evaluation *e, const struct node *n)
{
	GString *text = g_string_new(NULL);
	guint flags = 0;
	for (guint i = 0; i < n->items.n; i++) {
		g_autoptr(value) keep = NULL;
		const value *v = evaluate_borrow(e, n->items.items[i], &keep);
		if (v == NULL || !string_append(e, v, text) || !check_size(e, text->len)) {
			g_string_free(text, TRUE);
			return NULL;
		}
		flags |= flags_deep(v);
	}
	value *v = value_new_string_flags(text->str, text->len, flags);
	g_string_free(text, TRUE);
	return v;
}

gboolean string_append(struct evaluation *e, const value *v, GString *text)
{
	if (value_is(v, VALUE_STRING)) {
		g_string_append_len(text, value_string(v), (gssize)value_string_length(v));
		return TRUE;
	}
	const value *undefined = undefined_inside(v);
	if (undefined_of(v) != NULL && undefined == NULL) {
		return TRUE;
	}
	if (undefined != NULL) {
		template_fail_undefined(e, undefined);
		return FALSE;
	}
	value_append_string(v, text);
	return TRUE;
}

static int compare_chain(struct evaluation *e, const struct node *n)
{
	g_autoptr(value) keep_left = NULL;
	const value *left = evaluate_borrow(e, n->a, &keep_left);
	if (left == NULL) {
		return -1;
	}
	g_autoptr(value) held = keep_left == NULL ? value_ref(left) : g_steal_pointer(&keep_left);
	for (guint i = 0; i < n->items.n; i++) {
		value *right = evaluate(e, n->items.items[i]);
		if (right == NULL) {
			return -1;
		}
		e->at = n;
		int is = compare(e, n->ops[i], held, right);
		value_unref(held);
		held = right;
		if (is <= 0) {
			return is;
		}
	}
	return 1;
}

int evaluate_truth(struct evaluation *e, const struct node *n)
{
	switch ((enum node_type)n->type) {
	case NODE_TEST:
		return test(e, n);
	case NODE_COMPARE:
		return compare_chain(e, n);
	case NODE_NOT: {
		int is = evaluate_truth(e, n->a);
		return is < 0 ? is : !is;
	}
	case NODE_AND: {
		int is = evaluate_truth(e, n->a);
		return is <= 0 ? is : evaluate_truth(e, n->b);
	}
	case NODE_OR: {
		int is = evaluate_truth(e, n->a);
		return is != 0 ? is : evaluate_truth(e, n->b);
	}
	default:
		break;
	}
	g_autoptr(value) keep = NULL;
	const value *v = evaluate_borrow(e, n, &keep);
	if (v == NULL) {
		return -1;
	}
	e->at = n;
	return truth(e, v);
}

static value *slice_node(struct evaluation *e, const struct node *n)
{
	g_autoptr(value) of = evaluate(e, n->a);
	if (of == NULL) {
		return NULL;
	}
	const struct node *parts[] = { n->b->a, n->b->b, n->b->c };
	value *bounds[3] = { NULL, NULL, NULL };
	value *v = NULL;
	gboolean ok = TRUE;
	for (int i = 0; i < 3 && ok; i++) {
		bounds[i] = parts[i] != NULL ? evaluate(e, parts[i]) : NULL;
		ok = parts[i] == NULL || bounds[i] != NULL;
	}
	if (ok) {
		e->at = n;
		v = slice_of(e, of, bounds[0], bounds[1], bounds[2]);
	}
	for (int i = 0; i < 3; i++) {
		value_unref(bounds[i]);
	}
	return v;
}

static value *binary(struct evaluation *e, const struct node *n)
{
	g_autoptr(value) keep_a = NULL;
	g_autoptr(value) keep_b = NULL;
	const value *a = evaluate_borrow(e, n->a, &keep_a);
	if (a == NULL) {
		return NULL;
	}
	if (keep_a == NULL) {
		keep_a = value_ref(a); /* evaluating b may set the variable a comes from */
	}
	const value *b = evaluate_borrow(e, n->b, &keep_b);
	if (b == NULL) {
		return NULL;
	}
	e->at = n;
	return operate(e, n->op, a, b);
}

static value *logical(struct evaluation *e, const struct node *n)
{
	g_autoptr(value) a = evaluate(e, n->a);
	if (a == NULL) {
		return NULL;
	}
	e->at = n->a;
	int is = truth(e, a);
	if (is < 0) {
		return NULL;
	}
	if (is == (n->type == NODE_OR)) {
		return g_steal_pointer(&a);
	}
	return evaluate(e, n->b);
}

static value *conditional(struct evaluation *e, const struct node *n)
{
	int is = evaluate_truth(e, n->a);
	if (is < 0) {
		return NULL;
	}
	if (is > 0) {
		return evaluate(e, n->b);
	}
	return n->c != NULL ? evaluate(e, n->c) : undefined_new_lenient();
}

static value *truth_value(int is)
{
	return is < 0 ? NULL : value_new_bool(is);
}

const value *evaluate_borrow(struct evaluation *e, const struct node *n, value **keep)
{
	switch ((enum node_type)n->type) {
	case NODE_CONST:
		return n->value;
	case NODE_NAME:
		e->at = n;
		return read_name(e, n, keep);
	case NODE_GETATTR: {
		value *inner = NULL;
		const value *of = evaluate_borrow(e, n->a, &inner);
		if (of == NULL) {
			return NULL;
		}
		if (inner == NULL && n->op == 0 && value_is(of, VALUE_DICT)) {
			const value *item = value_dict_get_value(of, n->value);
			if (item != NULL) {
				return item;
			}
		}
		e->at = n;
		*keep = evaluate_getattr(e, of, n->value);
		value_unref(inner);
		return *keep;
	}
	default:
		*keep = evaluate(e, n);
		return *keep;
	}
}

value *evaluate(struct evaluation *e, const struct node *n)
{
	switch ((enum node_type)n->type) {
	case NODE_CONST:
		return value_ref(n->value);
	case NODE_NAME:
	case NODE_GETATTR: {
		value *keep = NULL;
		const value *v = evaluate_borrow(e, n, &keep);
		return keep != NULL || v == NULL ? keep : value_ref(v);
	}
	case NODE_GETITEM: {
		if (n->b->type == NODE_SLICE) {
			return slice_node(e, n);
		}
		g_autoptr(value) of = evaluate(e, n->a);
		g_autoptr(value) key = of != NULL ? evaluate(e, n->b) : NULL;
		e->at = n;
		return key != NULL ? evaluate_getitem(e, of, key) : NULL;
	}
	case NODE_LIST:
	case NODE_TUPLE:
		return sequence(e, n);
	case NODE_DICT:
		return dict(e, n);
	case NODE_CONDITIONAL:
		return conditional(e, n);
	case NODE_AND:
	case NODE_OR:
		return logical(e, n);
	case NODE_NOT:
	case NODE_COMPARE:
	case NODE_TEST:
		return truth_value(evaluate_truth(e, n));
	case NODE_NEGATIVE:
	case NODE_POSITIVE: {
		g_autoptr(value) v = evaluate(e, n->a);
		e->at = n;
		return v != NULL ? negate(e, v, n->type == NODE_POSITIVE) : NULL;
	}
	case NODE_BINARY:
		return binary(e, n);
	case NODE_CONCAT:
		return concat(e, n);
	case NODE_CALL:
		return call(e, n);
	case NODE_FILTER:
		return filter(e, n);
	default:
		break;
	}
	e->at = n;
	return template_fail_usage(e, "not an expression");
}
