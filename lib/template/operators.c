/* Python's operators on values. */
#include "template/operators.h"

#include <math.h>
#include <string.h>

#include "template/format.h"
#include "template/frame.h"
#include "template/limits.h"
#include "template/objects.h"
#include "template/time.h"

gboolean is_integer(const value *v, gint64 *ret)
{
	if (value_is(v, VALUE_INT)) {
		*ret = value_int(v);
		return TRUE;
	}
	if (value_is(v, VALUE_BOOL)) {
		*ret = value_bool(v);
		return TRUE;
	}
	return FALSE;
}

gboolean is_number(const value *v)
{
	return value_is(v, VALUE_INT) || value_is(v, VALUE_BOOL) || value_is(v, VALUE_FLOAT) ||
	       value_is(v, VALUE_BIG_INT);
}

double number_of(const value *v)
{
	gint64 i = 0;
	if (is_integer(v, &i)) {
		return (double)i;
	}
	return value_is(v, VALUE_BIG_INT) ? g_ascii_strtod(value_string(v), NULL) : value_float(v);
}

gboolean check_size(struct evaluation *e, gsize bytes)
{
	if (bytes <= LIMIT_BYTES) {
		return TRUE;
	}
	template_fail(
		e, SUTLER_ERROR_LIMIT, "value or output is larger than %d MiB", LIMIT_BYTES >> 20);
	return FALSE;
}

gboolean check_items(struct evaluation *e, gsize items)
{
	if (items <= LIMIT_ITEMS) {
		return TRUE;
	}
	template_fail(e, SUTLER_ERROR_LIMIT, "list holds more than %d items", LIMIT_ITEMS);
	return FALSE;
}

static guint depth_of(const value *v, guint limit)
{
	guint deepest = 0;
	if (limit == 0) {
		return 1;
	}
	if (value_is_sequence(v)) {
		value_list_foreach (v, item) {
			deepest = MAX(deepest, depth_of(item, limit - 1));
		}
		return deepest + 1;
	}
	if (value_is(v, VALUE_DICT)) {
		value_dict_foreach (v, key, item) {
			(void)key;
			deepest = MAX(deepest, depth_of(item, limit - 1));
		}
		return deepest + 1;
	}
	if (value_object(v, &namespace_class) != NULL) {
		return depth_of(value_object_data(v), limit - 1) + 1;
	}
	return 0;
}

gboolean check_depth(struct evaluation *e, const value *v)
{
	if (depth_of(v, LIMIT_NESTING + 1) <= LIMIT_NESTING) {
		return TRUE;
	}
	template_fail(
		e, SUTLER_ERROR_LIMIT, "value is nested deeper than %d levels", LIMIT_NESTING);
	return FALSE;
}

int truth(struct evaluation *e, const value *v)
{
	const struct undefined *u = undefined_of(v);
	if (u != NULL && !u->lenient) {
		template_fail_undefined(e, v);
		return -1;
	}
	if (u != NULL) {
		return FALSE;
	}
	if (value_object(v, &range_class) != NULL) {
		return sequence_length(v) > 0;
	}
	if (value_is(v, VALUE_OBJECT)) {
		const struct object_class *class = value_object_class(v);
		return class->length == NULL || class->length(value_object_data(v)) != 0;
	}
	return value_truth(v);
}

/* --- arithmetic --- */

static const char *const symbols[] = { "+", "-", "*", "/", "//", "%", "** or pow()",
	"==", "!=", "<", "<=", ">", ">=", "in", "not in" };

static value *unsupported(struct evaluation *e, enum operator op, const value *a, const value *b)
{
	return template_fail_usage(e, "unsupported operand types for %s: '%s' and '%s'",
		symbols[op], value_type_name(a), value_type_name(b));
}

static value *too_big(struct evaluation *e)
{
	return template_fail(e, SUTLER_ERROR_LIMIT, "integer does not fit 64 bits");
}

static gint64 floor_divide(gint64 a, gint64 b)
{
	gint64 q = a / b;
	return a % b != 0 && (a < 0) != (b < 0) ? q - 1 : q;
}

static value *int_power(struct evaluation *e, gint64 base, gint64 exponent)
{
	if (exponent < 0) {
		return base == 0
			       ? template_fail_usage(e, "0.0 cannot be raised to a negative power")
			       : value_new_float(pow((double)base, (double)exponent));
	}
	gint64 result = 1;
	gboolean overflow = FALSE;
	while (exponent > 0) {
		if (exponent & 1) {
			if (overflow || __builtin_mul_overflow(result, base, &result)) {
				return too_big(e);
			}
		}
		exponent >>= 1;
		if (exponent > 0 && __builtin_mul_overflow(base, base, &base)) {
			overflow = TRUE;
		}
	}
	return value_new_int(result);
}

static value *int_operate(struct evaluation *e, enum operator op, gint64 a, gint64 b)
{
	gint64 r = 0;
	switch (op) {
	case OP_ADD:
		return __builtin_add_overflow(a, b, &r) ? too_big(e) : value_new_int(r);
	case OP_SUB:
		return __builtin_sub_overflow(a, b, &r) ? too_big(e) : value_new_int(r);
	case OP_MUL:
		return __builtin_mul_overflow(a, b, &r) ? too_big(e) : value_new_int(r);
	case OP_POW:
		return int_power(e, a, b);
	default:
		break;
	}
	if (b == 0) {
		return template_fail_usage(e, "division by zero");
	}
	if (op == OP_DIV) {
		return value_new_float((double)a / (double)b);
	}
	if (a == G_MININT64 && b == -1) {
		return op == OP_MOD ? value_new_int(0) : too_big(e);
	}
	return value_new_int(op == OP_FLOORDIV ? floor_divide(a, b) : a - b * floor_divide(a, b));
}

static double float_modulo(double a, double b)
{
	double r = fmod(a, b);
	if (r != 0 && (r < 0) != (b < 0)) {
		r += b;
	}
	return r == 0 ? copysign(0.0, b) : r;
}

static double float_floor_divide(double a, double b)
{
	double mod = fmod(a, b);
	double div = (a - mod) / b;
	if (mod != 0 && (mod < 0) != (b < 0)) {
		div -= 1;
	}
	if (div == 0) {
		return copysign(0.0, a / b);
	}
	double floored = floor(div);
	return div - floored > 0.5 ? floored + 1 : floored;
}

static value *float_operate(struct evaluation *e, enum operator op, double a, double b)
{
	switch (op) {
	case OP_ADD:
		return value_new_float(a + b);
	case OP_SUB:
		return value_new_float(a - b);
	case OP_MUL:
		return value_new_float(a * b);
	case OP_POW: {
		if (a == 0 && b < 0) {
			return template_fail_usage(e, "0.0 cannot be raised to a negative power");
		}
		if (a < 0 && isfinite(b) && b != floor(b)) {
			return template_fail_usage(e, "result is a complex number");
		}
		double r = pow(a, b);
		return isinf(r) && isfinite(a) && isfinite(b)
			       ? template_fail_usage(e, "result is too large for a float")
			       : value_new_float(r);
	}
	default:
		break;
	}
	if (b == 0) {
		return template_fail_usage(e, "float division by zero");
	}
	return value_new_float(op == OP_DIV   ? a / b
			       : op == OP_MOD ? float_modulo(a, b)
					      : float_floor_divide(a, b));
}

static value *number_operate(struct evaluation *e, enum operator op, const value *a, const value *b)
{
	gint64 x = 0;
	gint64 y = 0;
	if (value_is(a, VALUE_FLOAT) || value_is(b, VALUE_FLOAT)) {
		return float_operate(e, op, number_of(a), number_of(b));
	}
	if (!is_integer(a, &x) || !is_integer(b, &y)) {
		return template_fail(e, SUTLER_ERROR_LIMIT, "integer does not fit 64 bits");
	}
	return int_operate(e, op, x, y);
}

/* --- strings and lists --- */

static value *add_strings(struct evaluation *e, const value *a, const value *b)
{
	gsize length = value_string_length(a) + value_string_length(b);
	if (!check_size(e, length)) {
		return NULL;
	}
	guint flags = (value_flags(a) | value_flags(b)) & FLAGS_KEPT;
	if ((value_flags(a) | value_flags(b)) & VALUE_MARKUP) {
		return markup_add(a, b);
	}
	GString *text = g_string_sized_new(length + 1);
	value_append_string(a, text);
	value_append_string(b, text);
	value *v = value_new_string_flags(text->str, text->len, flags);
	g_string_free(text, TRUE);
	return v;
}

static value *add_lists(struct evaluation *e, const value *a, const value *b)
{
	if (!check_items(e, value_list_length(a) + value_list_length(b))) {
		return NULL;
	}
	value *list = value_is(a, VALUE_LIST) ? value_new_list() : value_new_tuple();
	for (gsize i = 0; i < value_list_length(a); i++) {
		value_list_append(list, value_ref(value_list_get(a, i)));
	}
	for (gsize i = 0; i < value_list_length(b); i++) {
		value_list_append(list, value_ref(value_list_get(b, i)));
	}
	return list;
}

static value *repeat(struct evaluation *e, const value *v, gint64 times)
{
	gsize n = times > 0 ? (gsize)times : 0;
	if (value_is(v, VALUE_STRING)) {
		gsize length = value_string_length(v);
		if (length > 0 && (n > LIMIT_BYTES || !check_size(e, n * length))) {
			check_size(e, G_MAXSIZE);
			return NULL;
		}
		GString *text = g_string_sized_new(n * length + 1);
		for (gsize i = 0; i < n && length > 0; i++) {
			g_string_append_len(text, value_string(v), (gssize)length);
		}
		value *s = value_new_string_flags(
			text->str, text->len, value_flags(v) & (FLAGS_KEPT | VALUE_MARKUP));
		g_string_free(text, TRUE);
		return s;
	}
	gsize length = value_list_length(v);
	if (length > 0 && (n > LIMIT_ITEMS || !check_items(e, n * length))) {
		check_items(e, G_MAXSIZE);
		return NULL;
	}
	value *list = value_is(v, VALUE_LIST) ? value_new_list() : value_new_tuple();
	for (gsize i = 0; i < n && length > 0; i++) {
		for (gsize k = 0; k < length; k++) {
			value_list_append(list, value_ref(value_list_get(v, k)));
		}
	}
	return list;
}

value *operate(struct evaluation *e, enum operator op, const value *a, const value *b)
{
	if (undefined_of(a) != NULL || undefined_of(b) != NULL) {
		return template_fail_undefined(e, undefined_of(a) != NULL ? a : b);
	}
	if (is_number(a) && is_number(b)) {
		return number_operate(e, op, a, b);
	}
	gint64 times = 0;
	gboolean a_repeats = value_is(a, VALUE_STRING) || value_is_sequence(a);
	gboolean b_repeats = value_is(b, VALUE_STRING) || value_is_sequence(b);
	if (op == OP_MUL && a_repeats && is_integer(b, &times)) {
		return repeat(e, a, times);
	}
	if (op == OP_MUL && b_repeats && is_integer(a, &times)) {
		return repeat(e, b, times);
	}
	if (op == OP_MOD && value_is(a, VALUE_STRING)) {
		return format_percent(e, a, b);
	}
	if (op == OP_ADD && value_is(a, VALUE_STRING) && value_is(b, VALUE_STRING)) {
		return add_strings(e, a, b);
	}
	if (op == OP_ADD && value_is_sequence(a) && value_type(a) == value_type(b)) {
		return add_lists(e, a, b);
	}
	if (time_is_object(a)) {
		value *v = time_operate(op, a, b);
		if (v != NULL) {
			return v;
		}
	}
	return unsupported(e, op, a, b);
}

value *negate(struct evaluation *e, const value *v, gboolean positive)
{
	gint64 i = 0;
	if (undefined_of(v) != NULL) {
		return template_fail_undefined(e, v);
	}
	if (is_integer(v, &i)) {
		return positive          ? value_new_int(i)
		       : i == G_MININT64 ? too_big(e)
					 : value_new_int(-i);
	}
	if (value_is(v, VALUE_FLOAT)) {
		return value_new_float(positive ? value_float(v) : -value_float(v));
	}
	return template_fail_usage(
		e, "bad operand type for unary %s: '%s'", positive ? "+" : "-", value_type_name(v));
}

/* --- comparison --- */

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

static int lists_same(struct evaluation *e, const value *a, const value *b)
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

static int dicts_same(struct evaluation *e, const value *a, const value *b)
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

int same_value(struct evaluation *e, const value *a, const value *b)
{
	if (a == b) {
		return TRUE;
	}
	const struct undefined *u = undefined_of(a);
	const struct undefined *w = undefined_of(b);
	if ((u != NULL && !u->lenient) || (w != NULL && !w->lenient)) {
		template_fail_undefined(e, u != NULL && !u->lenient ? a : b);
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
	struct evaluation *e, const value *a, const value *b, int *ret, gboolean *unordered)
{
	if (undefined_of(a) != NULL || undefined_of(b) != NULL) {
		return template_fail_undefined(e, undefined_of(a) != NULL ? a : b) != NULL;
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
	if (time_is_object(a) && time_order(a, b, ret)) {
		return TRUE;
	}
	template_fail_usage(e, "'<' not supported between instances of '%s' and '%s'",
		value_type_name(a), value_type_name(b));
	return FALSE;
}

gboolean order(struct evaluation *e, const value *a, const value *b, int *ret)
{
	gboolean unordered = FALSE;
	return order_values(e, a, b, ret, &unordered);
}

int contains(struct evaluation *e, const value *container, const value *item)
{
	if (undefined_of(container) != NULL) {
		template_fail_undefined(e, container);
		return -1;
	}
	if (value_is(container, VALUE_STRING)) {
		if (undefined_of(item) != NULL) {
			template_fail_undefined(e, item);
			return -1;
		}
		if (!value_is(item, VALUE_STRING)) {
			template_fail_usage(e,
				"'in <string>' requires string as left operand, not %s",
				value_type_name(item));
			return -1;
		}
		return memmem(value_string(container), value_string_length(container),
			       value_string(item), value_string_length(item)) != NULL;
	}
	if (undefined_of(item) != NULL) {
		if (value_is_sequence(container) && value_list_length(container) == 0) {
			return 0;
		}
		template_fail_undefined(e, item);
		return -1;
	}
	if (value_is(container, VALUE_DICT)) {
		if (!value_is_hashable(item)) {
			template_fail_usage(e, "unhashable type: '%s'", value_type_name(item));
			return -1;
		}
		return value_dict_get_value(container, item) != NULL;
	}
	g_autoptr(value) items = iterate(e, container);
	if (items == NULL) {
		template_fail_usage(
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

int compare(struct evaluation *e, enum operator op, const value *a, const value *b)
{
	if (op == OP_IN || op == OP_NOT_IN) {
		int is = contains(e, b, a);
		return is < 0 ? is : is == (op == OP_IN);
	}
	const struct undefined *u = undefined_of(a) != NULL ? undefined_of(a) : undefined_of(b);
	if (u != NULL && !u->lenient) {
		template_fail_undefined(e, undefined_of(a) != NULL ? a : b);
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

/* --- slices --- */

static gboolean bound(struct evaluation *e, const value *v, gint64 *ret, gboolean *given)
{
	*given = v != NULL && !value_is(v, VALUE_NULL);
	if (!*given || is_integer(v, ret)) {
		return TRUE;
	}
	if (undefined_of(v) != NULL) {
		template_fail_undefined(e, v);
	} else {
		template_fail_usage(e, "slice indices must be integers or None");
	}
	return FALSE;
}

static value *slice_string(const value *v, gint64 start, gint64 step, gsize n)
{
	const char *text = value_string(v);
	gsize points = value_string_points(v);
	g_autofree const char **at = g_new(const char *, points + 1);
	const char *p = text;
	for (gsize i = 0; i < points; i++) {
		at[i] = p;
		p = g_utf8_next_char(p);
	}
	at[points] = text + value_string_length(v);
	GString *out = g_string_new(NULL);
	for (gsize k = 0; k < n; k++) {
		gint64 i = start + (gint64)k * step;
		g_string_append_len(out, at[i], at[i + 1] - at[i]);
	}
	value *s = value_new_string_flags(out->str, out->len, value_flags(v) & FLAGS_KEPT);
	g_string_free(out, TRUE);
	return s;
}

value *slice_of(
	struct evaluation *e, const value *v, const value *from, const value *to, const value *by)
{
	if (undefined_of(v) != NULL) {
		return undefined_of(v)->lenient ? template_fail_undefined(e, v) : value_ref(v);
	}
	gint64 start = 0;
	gint64 stop = 0;
	gint64 step = 1;
	gboolean has_start = FALSE;
	gboolean has_stop = FALSE;
	gboolean has_step = FALSE;
	gboolean is_text = value_is(v, VALUE_STRING);
	gboolean is_range = value_object(v, &range_class) != NULL;
	if (!is_text && !value_is_sequence(v) && !is_range) {
		return template_fail_usage(e,
			value_is(v, VALUE_DICT) ? "unhashable type: 'slice' (a dict has no order "
						  "to slice), not '%s'"
						: "'%s' object is not subscriptable",
			value_type_name(v));
	}
	if (!bound(e, from, &start, &has_start) || !bound(e, to, &stop, &has_stop) ||
		!bound(e, by, &step, &has_step)) {
		return NULL;
	}
	if (has_step && step == 0) {
		return template_fail_usage(e, "slice step cannot be zero");
	}
	step = has_step ? CLAMP(step, -G_MAXINT32, G_MAXINT32) : 1;
	gint64 length = is_text ? (gint64)value_string_points(v) : (gint64)sequence_length(v);
	gint64 low = step < 0 ? -1 : 0;
	gint64 high = step < 0 ? length - 1 : length;
	start = !has_start  ? (step < 0 ? high : low)
		: start < 0 ? MAX(start + length, low)
			    : MIN(start, high);
	stop = !has_stop  ? (step < 0 ? low : high)
	       : stop < 0 ? MAX(stop + length, low)
			  : MIN(stop, high);
	gsize n = 0;
	if (step > 0 && start < stop) {
		n = (gsize)((stop - start - 1) / step + 1);
	} else if (step < 0 && start > stop) {
		n = (gsize)((start - stop - 1) / -step + 1);
	}
	if (is_text) {
		return slice_string(v, start, step, n);
	}
	if (is_range) {
		const struct range *range = value_object_data(v);
		gint64 first = range->start + start * range->step;
		return range_new(first, first + (gint64)n * step * range->step, step * range->step);
	}
	if (!check_items(e, n)) {
		return NULL;
	}
	value *list = value_is(v, VALUE_TUPLE) ? value_new_tuple() : value_new_list();
	for (gsize k = 0; k < n; k++) {
		value_list_append(list, sequence_get(v, (gsize)(start + (gint64)k * step)));
	}
	return list;
}
