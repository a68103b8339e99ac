/* Evaluating expressions. */
#include "jinja/engine/evaluate.h"

#include "base/bytes.h"
#include "jinja/engine/autoescape.h"
#include "jinja/engine/frame.h"
#include "jinja/engine/objects.h"
#include "jinja/engine/operators.h"
#include "jinja/engine/output.h"
#include "jinja/syntax/limits.h"

guint flags_deep(const value *v)
{
	guint flags = value_flags(v) & FLAGS_KEPT;
	if (value_is_sequence(v) && !value_is_clean(v)) {
		value_list_foreach (v, item) {
			flags |= flags_deep(item);
		}
	} else if (value_is(v, VALUE_DICT) && !value_is_clean(v)) {
		value_dict_foreach (v, key, item) {
			flags |= flags_deep(key) | flags_deep(item);
		}
	}
	return flags;
}

/* Whether evaluating n leaves every variable as it is, so that borrowed values stay good. */
static inline gboolean is_quiet(const struct node *n)
{
	while (n->type == NODE_GETATTR) {
		n = n->a;
	}
	return n->type == NODE_CONST || n->type == NODE_NAME || n->type == NODE_ONCE;
}

/* The first of two operands, held when evaluating the second may take it away. */
static const value *first_operand(
	struct jinja_evaluation *e, const struct node *n, const struct node *second, operand *o)
{
	const value *v = operand_evaluate(e, n, o);
	if (v != NULL && !is_quiet(second) && o->held == NULL && v != &o->number) {
		o->held = value_ref(v);
	}
	return v;
}

/* An item of what `of` gave, handed on to o. */
static const value *part_of(operand *o, const operand *of, value *item)
{
	if (of->held != NULL) {
		o->held = value_ref(item);
	}
	return item;
}

/* --- names, attributes, items --- */

static const value *name(struct jinja_evaluation *e, const struct node *n, operand *o)
{
	value **slot = frame_slot(e->frame, n->place);
	e->at = n;
	if (G_UNLIKELY(*slot == FRAME_UNRESOLVED)) {
		value *v = context_lookup(e, n->value);
		if (v == NULL) {
			return NULL;
		}
		if (undefined_is_missing(v, n->name)) {
			undefined_of(v)->unset = TRUE;
		}
		*slot = v;
	}
	return *slot != NULL ? *slot : (o->held = undefined_new(n->name, NULL, NULL));
}

/* An expression that stays the same. Only numbers and texts are kept: lists and dicts might be
 * changed by a template this one includes. In a context that others filled, what they handed in (a
 * namespace) may change too. */
static const value *once(struct jinja_evaluation *e, const struct node *n, operand *o)
{
	gboolean own = e->context->locals == NULL && e->context->t == e->t && !e->shared->mutates;
	const value *v = operand_evaluate(e, n->a, o);
	if (v != NULL && own && value_type(v) <= VALUE_STRING) {
		frame_set(e->frame, n->place, value_ref(operand_real(o, v)));
	}
	return v;
}

/* An attribute that is no item of a dict, or a dict's method. */
static G_GNUC_NO_INLINE const value *other_attribute(struct jinja_evaluation *e,
	const struct node *n, const value *of, operand *inner, operand *o)
{
	if (n->loop_attribute != 0 && value_object(of, &loop_class) != NULL) {
		return loop_attribute(of, n->loop_attribute, &o->number);
	}
	e->at = n;
	return o->held = evaluate_getattr(e, operand_real(inner, of), n->value);
}

static const value *attribute(struct jinja_evaluation *e, const struct node *n, operand *o)
{
	operand inner;
	inner.held = NULL;
	const value *of = operand_evaluate(e, n->a, &inner);
	if (of == NULL) {
		return NULL;
	}
	const value *v = value_is(of, VALUE_DICT) && n->op == 0
				 ? value_dict_get_hint(of, n->value, (guint32 *)&n->hint)
				 : NULL;
	if (v != NULL && inner.held == NULL) {
		return v;
	}
	v = v != NULL ? part_of(o, &inner, (value *)v) : other_attribute(e, n, of, &inner, o);
	operand_clear(&inner);
	return v;
}

static value *slice(struct jinja_evaluation *e, const struct node *n)
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

static const value *item(struct jinja_evaluation *e, const struct node *n, operand *o)
{
	if (n->b->type == NODE_SLICE) {
		return o->held = slice(e, n);
	}
	g_auto(operand) a;
	g_auto(operand) b;
	a.held = NULL;
	b.held = NULL;
	const value *of = first_operand(e, n->a, n->b, &a);
	const value *key = of != NULL ? operand_evaluate(e, n->b, &b) : NULL;
	if (key == NULL) {
		return NULL;
	}
	value *found = NULL;
	if (value_is_sequence(of) && value_is(key, VALUE_INT) && value_int(key) >= 0 &&
		(guint64)value_int(key) < value_list_length(of)) {
		found = value_list_get(of, (gsize)value_int(key));
	} else if (value_is(of, VALUE_DICT) && value_is(key, VALUE_STRING)) {
		found = value_dict_get_hint(of, key, (guint32 *)&n->hint);
	}
	if (found != NULL) {
		return part_of(o, &a, found);
	}
	e->at = n;
	return o->held = evaluate_getitem(e, operand_real(&a, of), operand_real(&b, key));
}

/* --- operators --- */

/* The result in 64 bits of what needs nothing but the two numbers. */
static inline gboolean small_result(enum operator op, gint64 a, gint64 b, gint64 *ret)
{
	switch (op) {
	case OP_ADD:
		return !__builtin_add_overflow(a, b, ret);
	case OP_SUB:
		return !__builtin_sub_overflow(a, b, ret);
	case OP_MUL:
		return !__builtin_mul_overflow(a, b, ret);
	default:
		return FALSE;
	}
}

static const value *binary(struct jinja_evaluation *e, const struct node *n, operand *o)
{
	g_auto(operand) x;
	g_auto(operand) y;
	x.held = NULL;
	y.held = NULL;
	const value *a = first_operand(e, n->a, n->b, &x);
	const value *b = a != NULL ? operand_evaluate(e, n->b, &y) : NULL;
	if (b == NULL) {
		return NULL;
	}
	gint64 result = 0;
	if (value_is(a, VALUE_INT) && value_is(b, VALUE_INT) &&
		small_result(n->op, value_int(a), value_int(b), &result)) {
		return value_local_int(&o->number, result);
	}
	e->at = n;
	return o->held = operate(e, n->op, operand_real(&x, a), operand_real(&y, b));
}

static const value *sign(struct jinja_evaluation *e, const struct node *n, operand *o)
{
	g_auto(operand) inner;
	inner.held = NULL;
	const value *v = operand_evaluate(e, n->a, &inner);
	if (v == NULL) {
		return NULL;
	}
	e->at = n;
	return o->held = negate(e, operand_real(&inner, v), n->type == NODE_POSITIVE);
}

static inline int compare_values(
	struct jinja_evaluation *e, enum operator op, const value *a, const value *b)
{
	if (!value_is(a, VALUE_INT) || !value_is(b, VALUE_INT)) {
		return compare(e, op, a, b);
	}
	gint64 x = value_int(a);
	gint64 y = value_int(b);
	switch (op) {
	case OP_EQ:
		return x == y;
	case OP_NE:
		return x != y;
	case OP_LT:
		return x < y;
	case OP_LE:
		return x <= y;
	case OP_GT:
		return x > y;
	case OP_GE:
		return x >= y;
	default:
		return compare(e, op, a, b);
	}
}

static int compare_chain(struct jinja_evaluation *e, const struct node *n)
{
	operand sides[2];
	guint at = 0; /* which of them holds what stands on the left */
	int is = 1;
	sides[0].held = NULL;
	const value *left = first_operand(e, n->a, n->items.items[0], &sides[0]);
	for (guint i = 0; i < n->items.n && left != NULL && is > 0; i++) {
		const struct node *next = n->items.items[i];
		operand *other = &sides[1 - at];
		other->held = NULL;
		const value *right = i + 1 < n->items.n
					     ? first_operand(e, next, n->items.items[i + 1], other)
					     : operand_evaluate(e, next, other);
		e->at = n;
		is = right != NULL ? compare_values(e, n->ops[i], left, right) : -1;
		operand_clear(&sides[at]);
		at = 1 - at;
		left = right;
	}
	operand_clear(&sides[at]);
	return left == NULL ? -1 : is;
}

/* Most comparisons: a single one. */
static int compare_two(struct jinja_evaluation *e, const struct node *n)
{
	g_auto(operand) a;
	g_auto(operand) b;
	a.held = NULL;
	b.held = NULL;
	const value *left = first_operand(e, n->a, n->items.items[0], &a);
	const value *right = left != NULL ? operand_evaluate(e, n->items.items[0], &b) : NULL;
	e->at = n;
	return right != NULL ? compare_values(e, n->ops[0], left, right) : -1;
}

int evaluate_truth(struct jinja_evaluation *e, const struct node *n)
{
	switch ((enum node_type)n->type) {
	case NODE_TEST:
		return evaluate_test_node(e, n);
	case NODE_COMPARE:
		return n->items.n == 1 ? compare_two(e, n) : compare_chain(e, n);
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
	g_auto(operand) o;
	o.held = NULL;
	const value *v = operand_evaluate(e, n, &o);
	if (v == NULL) {
		return -1;
	}
	if (value_is(v, VALUE_BOOL)) {
		return value_bool(v);
	}
	e->at = n;
	return truth(e, v);
}

static const value *logical(struct jinja_evaluation *e, const struct node *n, operand *o)
{
	const value *a = operand_evaluate(e, n->a, o);
	if (a == NULL) {
		return NULL;
	}
	e->at = n->a;
	int is = truth(e, a);
	if (is == (n->type == NODE_OR)) {
		return a;
	}
	operand_clear(o);
	o->held = NULL;
	return is < 0 ? NULL : operand_evaluate(e, n->b, o);
}

static const value *conditional(struct jinja_evaluation *e, const struct node *n, operand *o)
{
	int is = evaluate_truth(e, n->a);
	if (is < 0) {
		return NULL;
	}
	if (is == 0 && n->c == NULL) {
		return o->held = undefined_new_lenient();
	}
	return operand_evaluate(e, is > 0 ? n->b : n->c, o);
}

/* --- what is made anew --- */

static value *sequence(struct jinja_evaluation *e, const struct node *n)
{
	g_autoptr(value) list = n->type == NODE_LIST ? value_new_list() : value_new_tuple();
	for (guint i = 0; i < n->items.n; i++) {
		value *one = evaluate(e, n->items.items[i]);
		if (one == NULL) {
			return NULL;
		}
		value_list_append(list, one);
	}
	return g_steal_pointer(&list);
}

static value *dict(struct jinja_evaluation *e, const struct node *n)
{
	g_autoptr(value) d = value_new_dict();
	for (guint i = 0; i + 1 < n->items.n; i += 2) {
		g_autoptr(value) key = evaluate(e, n->items.items[i]);
		value *one = key != NULL ? evaluate(e, n->items.items[i + 1]) : NULL;
		if (one == NULL) {
			return NULL;
		}
		if (undefined_of(key) != NULL || !value_is_hashable(key)) {
			value_unref(one);
			e->at = n;
			return undefined_of(key) != NULL
				       ? jinja_fail_undefined(e, key)
				       : jinja_fail_usage(
						 e, "unhashable type: '%s'", value_type_name(key));
		}
		value_dict_set_value(d, g_steal_pointer(&key), one);
	}
	return g_steal_pointer(&d);
}

gboolean concat_append(struct jinja_evaluation *e, const struct node *n, GString *out, guint *flags)
{
	for (guint i = 0; i < n->items.n; i++) {
		g_auto(operand) o;
		o.held = NULL;
		const value *v = operand_evaluate(e, n->items.items[i], &o);
		if (value_is(v, VALUE_STRING)) {
			append_bytes(out, value_string(v), value_string_length(v));
			*flags |= value_flags(v) & FLAGS_KEPT;
		} else if (v == NULL || !string_append(e, v, out)) {
			return FALSE;
		} else {
			*flags |= flags_deep(v);
		}
		if (G_UNLIKELY(out->len > LIMIT_BYTES)) {
			return check_size(e, out->len);
		}
	}
	return TRUE;
}

static value *concat(struct jinja_evaluation *e, const struct node *n)
{
	g_autoptr(GString) text = g_string_new(NULL);
	guint flags = 0;
	return concat_append(e, n, text, &flags)
		       ? value_new_string_flags(text->str, text->len, flags)
		       : NULL;
}

/* --- every kind of expression --- */

typedef const value *(*evaluator)(struct jinja_evaluation *e, const struct node *n, operand *o);

static const value *constant(struct jinja_evaluation *e, const struct node *n, operand *o)
{
	(void)e;
	(void)o;
	return n->value;
}

static const value *truth_of(struct jinja_evaluation *e, const struct node *n, operand *o)
{
	int is = evaluate_truth(e, n);
	return is < 0 ? NULL : value_local_bool(&o->number, is);
}

static const value *new_sequence(struct jinja_evaluation *e, const struct node *n, operand *o)
{
	return o->held = sequence(e, n);
}

static const value *new_dict(struct jinja_evaluation *e, const struct node *n, operand *o)
{
	return o->held = dict(e, n);
}

static const value *new_text(struct jinja_evaluation *e, const struct node *n, operand *o)
{
	return o->held = concat(e, n);
}

static const value *new_markup(struct jinja_evaluation *e, const struct node *n, operand *o)
{
	return o->held = autoescape_concat(e, n);
}

static const value *called(struct jinja_evaluation *e, const struct node *n, operand *o)
{
	return o->held = evaluate_call_node(e, n);
}

static const value *filtered(struct jinja_evaluation *e, const struct node *n, operand *o)
{
	return o->held = evaluate_filter_node(e, n);
}

static const evaluator evaluators[] = {
	[NODE_CONST] = constant,
	[NODE_NAME] = name,
	[NODE_ONCE] = once,
	[NODE_LIST] = new_sequence,
	[NODE_TUPLE] = new_sequence,
	[NODE_DICT] = new_dict,
	[NODE_CONDITIONAL] = conditional,
	[NODE_AND] = logical,
	[NODE_OR] = logical,
	[NODE_NOT] = truth_of,
	[NODE_NEGATIVE] = sign,
	[NODE_POSITIVE] = sign,
	[NODE_BINARY] = binary,
	[NODE_CONCAT] = new_text,
	[NODE_CONCAT_MARKUP] = new_markup,
	[NODE_COMPARE] = truth_of,
	[NODE_GETATTR] = attribute,
	[NODE_GETITEM] = item,
	[NODE_CALL] = called,
	[NODE_FILTER] = filtered,
	[NODE_TEST] = truth_of,
};

const value *operand_compute(struct jinja_evaluation *e, const struct node *n, operand *o)
{
	if (n->type >= G_N_ELEMENTS(evaluators) || evaluators[n->type] == NULL) {
		e->at = n;
		return jinja_fail_usage(e, "not an expression");
	}
	return evaluators[n->type](e, n, o);
}

value *evaluate(struct jinja_evaluation *e, const struct node *n)
{
	operand o;
	o.held = NULL;
	const value *v = operand_evaluate(e, n, &o);
	if (v == NULL || o.held != NULL) {
		return o.held;
	}
	return v == &o.number ? value_boxed(v) : value_ref(v);
}

const value *evaluate_borrow(struct jinja_evaluation *e, const struct node *n, value **keep)
{
	operand o;
	o.held = NULL;
	const value *v = operand_evaluate(e, n, &o);
	v = operand_real(&o, v);
	*keep = o.held;
	return v;
}
