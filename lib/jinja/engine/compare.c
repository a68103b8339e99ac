/* Python's comparisons: equality, order, membership. */
#include "jinja/engine/operators.h"

#include <math.h>

#include "jinja/engine/frame.h"
#include "jinja/engine/objects.h"

/* Compares exactly, though one is a float. */
static int number_order(const value *a, const value *b, gboolean *unordered)
{
	gint64 x = 0;
	gint64 y = 0;
	if (is_integer(a, &x) && is_integer(b, &y)) {
		return x < y ? -1 : x > y;
	}
	double p = number_of(a);
	double q = number_of(b);
	if (isnan(p) || isnan(q)) {
		*unordered = TRUE;
		return 1;
	}
	if (is_integer(a, &x) && fabs(q) < 9e18 && fabs(q) > 9e15) {
		gint64 whole = (gint64)q;
		return x < whole ? -1 : x > whole;
	}
	if (is_integer(b, &y) && fabs(p) < 9e18 && fabs(p) > 9e15) {
		gint64 whole = (gint64)p;
		return whole < y ? -1 : whole > y;
	}
	return p < q ? -1 : p > q;
}

static int string_order(const value *a, const value *b)
{
	gsize n = MIN(value_string_length(a), value_string_length(b));
	/* The order of UTF-8 bytes is that of code points. */
	int is = memcmp(value_string(a), value_string(b), n);
	if (is != 0) {
		return is;
	}
	return value_string_length(a) < value_string_length(b)
		       ? -1
		       : value_string_length(a) > value_string_length(b);
}

static int lists_same(struct jinja_evaluation *e, const value *a, const value *b)
{
	gsize n = value_list_length(a);
	gsize m = value_list_length(b);
	/* Python looks at the lengths of lists first, at those of tuples last. */
	if (n != m && value_is(a, VALUE_LIST)) {
		return FALSE;
	}
	for (gsize i = 0; i < MIN(n, m); i++) {
		int is = same_value(e, value_list_get(a, i), value_list_get(b, i));
		if (is != TRUE) {
			return is;
		}
	}
	return n == m;
}

static int dicts_same(struct jinja_evaluation *e, const value *a, const value *b)
{
	if (value_dict_length(a) != value_dict_length(b)) {
		return FALSE;
	}
	value_dict_foreach (a, key, item) {
		const value *other = value_dict_get_value(b, key);
		int is = other != NULL ? same_value(e, item, other) : FALSE;
		if (is != TRUE) {
			return is;
		}
	}
	return TRUE;
}

int same_value(struct jinja_evaluation *e, const value *a, const value *b)
{
	const struct undefined *u = undefined_of(a);
	if (a == b && (u == NULL || !u->unset)) {
		return TRUE;
	}
	const struct undefined *w = undefined_of(b);
	if ((u != NULL && !u->lenient) || (w != NULL && !w->lenient)) {
		jinja_fail_undefined(e, u != NULL && !u->lenient ? a : b);
		return -1;
	}
	if (value_type(a) != value_type(b)) {
		return value_equal(a, b);
	}
	if (value_is_sequence(a)) {
		return lists_same(e, a, b);
	}
	if (value_is(a, VALUE_DICT)) {
		return dicts_same(e, a, b);
	}
	return u != NULL && w != NULL ? TRUE : value_equal(a, b);
}

static gboolean order_values(
	struct jinja_evaluation *e, const value *a, const value *b, int *ret, gboolean *unordered)
{
	if (undefined_of(a) != NULL || undefined_of(b) != NULL) {
		return jinja_fail_undefined(e, undefined_of(a) != NULL ? a : b) != NULL;
	}
	if (is_number(a) && is_number(b)) {
		*ret = number_order(a, b, unordered);
		return TRUE;
	}
	if (value_is(a, VALUE_STRING) && value_is(b, VALUE_STRING)) {
		*ret = string_order(a, b);
		return TRUE;
	}
	if (value_is_sequence(a) && value_type(a) == value_type(b)) {
		gsize n = MIN(value_list_length(a), value_list_length(b));
		for (gsize i = 0; i < n; i++) {
			value *x = value_list_get(a, i);
			value *y = value_list_get(b, i);
			int is = same_value(e, x, y);
			if (is < 0) {
				return FALSE;
			}
			if (!is) {
				return order_values(e, x, y, ret, unordered);
			}
		}
		*ret = value_list_length(a) < value_list_length(b)
			       ? -1
			       : value_list_length(a) > value_list_length(b);
		return TRUE;
	}
	const struct object_verbs *verbs = object_verbs(a);
	if (verbs != NULL && verbs->order != NULL && verbs->order(a, b, ret)) {
		return TRUE;
	}
	jinja_fail_usage(e, "'<' not supported between instances of '%s' and '%s'",
		value_type_name(a), value_type_name(b));
	return FALSE;
}

gboolean order(struct jinja_evaluation *e, const value *a, const value *b, int *ret)
{
	gboolean unordered = FALSE;
	return order_values(e, a, b, ret, &unordered);
}

int contains(struct jinja_evaluation *e, const value *container, const value *item)
{
	if (undefined_of(container) != NULL) {
		jinja_fail_undefined(e, container);
		return -1;
	}
	if (value_is(container, VALUE_STRING)) {
		if (undefined_of(item) != NULL && !undefined_of(item)->lenient) {
			jinja_fail_undefined(e, item);
			return -1;
		}
		if (!value_is(item, VALUE_STRING)) {
			jinja_fail_usage(e, "'in <string>' requires string as left operand, not %s",
				value_type_name(item));
			return -1;
		}
		return memmem(value_string(container), value_string_length(container),
			       value_string(item), value_string_length(item)) != NULL;
	}
	if (value_is(container, VALUE_DICT)) {
		if (undefined_of(item) != NULL && !undefined_of(item)->lenient) {
			jinja_fail_undefined(e, item);
			return -1;
		}
		if (!value_is_hashable(item)) {
			jinja_fail_usage(e, "unhashable type: '%s'", value_type_name(item));
			return -1;
		}
		return value_dict_get_value(container, item) != NULL;
	}
	g_autoptr(value) items = iterate(e, container);
	if (items == NULL) {
		jinja_fail_usage(
			e, "argument of type '%s' is not iterable", value_type_name(container));
		return -1;
	}
	for (gsize i = 0; i < sequence_length(items); i++) {
		g_autoptr(value) one = sequence_get(items, i);
		int is = same_value(e, one, item);
		if (is != FALSE) {
			return is;
		}
	}
	return 0;
}

int compare(struct jinja_evaluation *e, enum operator op, const value *a, const value *b)
{
	if (op == OP_IN || op == OP_NOT_IN) {
		int is = contains(e, b, a);
		return is < 0 ? is : is == (op == OP_IN);
	}
	const struct undefined *u = undefined_of(a) != NULL ? undefined_of(a) : undefined_of(b);
	if (u != NULL && !u->lenient) {
		jinja_fail_undefined(e, undefined_of(a) != NULL ? a : b);
		return -1;
	}
	if (op == OP_EQ || op == OP_NE) {
		int equal = same_value(e, a, b);
		return equal < 0 ? equal : equal == (op == OP_EQ);
	}
	int is = 0;
	gboolean unordered = FALSE;
	if (!order_values(e, a, b, &is, &unordered)) {
		return -1;
	}
	if (unordered) {
		return 0;
	}
	return op == OP_LT ? is < 0 : op == OP_LE ? is <= 0 : op == OP_GT ? is > 0 : is >= 0;
}
