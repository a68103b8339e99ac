/* Python's operators on numbers. */
#include "jinja/engine/operators.h"

#include <math.h>

#include "jinja/engine/objects.h"

static const char *const symbols[] = { "+", "-", "*", "/", "//", "%", "** or pow()",
	"==", "!=", "<", "<=", ">", ">=", "in", "not in" };

value *operator_unsupported(
	struct jinja_evaluation *e, enum operator op, const value *a, const value *b)
{
	return jinja_fail_usage(e, "unsupported operand types for %s: '%s' and '%s'", symbols[op],
		value_type_name(a), value_type_name(b));
}

static value *too_big(struct jinja_evaluation *e)
{
	return jinja_fail(e, SUTLER_ERROR_LIMIT, "integer does not fit 64 bits");
}

static gint64 floor_divide(gint64 a, gint64 b)
{
	gint64 q = a / b;
	return a % b != 0 && (a < 0) != (b < 0) ? q - 1 : q;
}

static value *int_power(struct jinja_evaluation *e, gint64 base, gint64 exponent)
{
	if (exponent < 0) {
		return base == 0 ? jinja_fail_usage(e, "0.0 cannot be raised to a negative power")
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

static value *int_operate(struct jinja_evaluation *e, enum operator op, gint64 a, gint64 b)
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
		return jinja_fail_usage(e, "division by zero");
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

static value *float_operate(struct jinja_evaluation *e, enum operator op, double a, double b)
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
			return jinja_fail_usage(e, "0.0 cannot be raised to a negative power");
		}
		if (a < 0 && isfinite(b) && b != floor(b)) {
			return jinja_fail_usage(e, "result is a complex number");
		}
		double r = pow(a, b);
		return isinf(r) && isfinite(a) && isfinite(b)
			       ? jinja_fail_usage(e, "result is too large for a float")
			       : value_new_float(r);
	}
	default:
		break;
	}
	if (b == 0) {
		return jinja_fail_usage(e, "float division by zero");
	}
	return value_new_float(op == OP_DIV   ? a / b
			       : op == OP_MOD ? float_modulo(a, b)
					      : float_floor_divide(a, b));
}

value *number_operate(struct jinja_evaluation *e, enum operator op, const value *a, const value *b)
{
	gint64 x = 0;
	gint64 y = 0;
	if (value_is(a, VALUE_FLOAT) || value_is(b, VALUE_FLOAT)) {
		return float_operate(e, op, number_of(a), number_of(b));
	}
	if (!is_integer(a, &x) || !is_integer(b, &y)) {
		return jinja_fail(e, SUTLER_ERROR_LIMIT, "integer does not fit 64 bits");
	}
	return int_operate(e, op, x, y);
}

value *negate(struct jinja_evaluation *e, const value *v, gboolean positive)
{
	gint64 i = 0;
	if (undefined_of(v) != NULL) {
		return jinja_fail_undefined(e, v);
	}
	if (is_integer(v, &i)) {
		return positive          ? value_new_int(i)
		       : i == G_MININT64 ? too_big(e)
					 : value_new_int(-i);
	}
	if (value_is(v, VALUE_FLOAT)) {
		return value_new_float(positive ? value_float(v) : -value_float(v));
	}
	return jinja_fail_usage(
		e, "bad operand type for unary %s: '%s'", positive ? "+" : "-", value_type_name(v));
}
