/* Jinja2's tests. */
#include <math.h>
#include <string.h>

#include "jinja/engine/call.h"
#include "jinja/engine/objects.h"
#include "jinja/engine/operators.h"

static gboolean t_boolean(struct jinja_call *c, gboolean *ret)
{
	*ret = value_is(c->input, VALUE_BOOL);
	return TRUE;
}

static gboolean t_callable(struct jinja_call *c, gboolean *ret)
{
	*ret = object_is_callable(c->input) || undefined_of(c->input) != NULL;
	return TRUE;
}

static gboolean t_defined(struct jinja_call *c, gboolean *ret)
{
	*ret = undefined_of(c->input) == NULL;
	return TRUE;
}

static gboolean t_undefined(struct jinja_call *c, gboolean *ret)
{
	*ret = undefined_of(c->input) != NULL;
	return TRUE;
}

static gboolean remainder_is(struct jinja_call *c, const value *by, gint64 wanted, gboolean *ret)
{
	g_autoptr(value) rest = operate(c->e, OP_MOD, c->input, by);
	g_autoptr(value) number = value_new_int(wanted);
	if (rest == NULL) {
		return FALSE;
	}
	*ret = value_equal(rest, number);
	return TRUE;
}

static gboolean t_divisibleby(struct jinja_call *c, gboolean *ret)
{
	return remainder_is(c, c->arguments[0], 0, ret);
}

static gboolean t_even(struct jinja_call *c, gboolean *ret)
{
	g_autoptr(value) two = value_new_int(2);
	return remainder_is(c, two, 0, ret);
}

static gboolean t_odd(struct jinja_call *c, gboolean *ret)
{
	g_autoptr(value) two = value_new_int(2);
	return remainder_is(c, two, 1, ret);
}

static gboolean compare_with(struct jinja_call *c, enum operator op, gboolean *ret)
{
	int is = compare(c->e, op, c->input, c->arguments[0]);
	*ret = is > 0;
	return is >= 0;
}

static gboolean t_eq(struct jinja_call *c, gboolean *ret)
{
	return compare_with(c, OP_EQ, ret);
}

static gboolean t_ne(struct jinja_call *c, gboolean *ret)
{
	return compare_with(c, OP_NE, ret);
}

static gboolean t_lt(struct jinja_call *c, gboolean *ret)
{
	return compare_with(c, OP_LT, ret);
}

static gboolean t_le(struct jinja_call *c, gboolean *ret)
{
	return compare_with(c, OP_LE, ret);
}

static gboolean t_gt(struct jinja_call *c, gboolean *ret)
{
	return compare_with(c, OP_GT, ret);
}

static gboolean t_ge(struct jinja_call *c, gboolean *ret)
{
	return compare_with(c, OP_GE, ret);
}

static gboolean t_in(struct jinja_call *c, gboolean *ret)
{
	return compare_with(c, OP_IN, ret);
}

static gboolean t_escaped(struct jinja_call *c, gboolean *ret)
{
	/* Jinja2's undefined has every attribute that begins with two underscores */
	*ret = (value_flags(c->input) & VALUE_MARKUP) != 0 || undefined_of(c->input) != NULL;
	return TRUE;
}

static gboolean t_false(struct jinja_call *c, gboolean *ret)
{
	*ret = value_is(c->input, VALUE_BOOL) && !value_bool(c->input);
	return TRUE;
}

static gboolean t_true(struct jinja_call *c, gboolean *ret)
{
	*ret = value_is(c->input, VALUE_BOOL) && value_bool(c->input);
	return TRUE;
}

static gboolean is_name(struct jinja_call *c)
{
	if (!value_is(c->input, VALUE_STRING)) {
		jinja_fail_usage(
			c->e, "a name must be a string, not %s", value_type_name(c->input));
		return FALSE;
	}
	return TRUE;
}

static gboolean t_filter(struct jinja_call *c, gboolean *ret)
{
	*ret = is_name(c) &&
	       filter_find(c->e->t->environment, value_string(c->input), NULL) != NULL;
	return c->e->error == NULL;
}

static gboolean t_test(struct jinja_call *c, gboolean *ret)
{
	*ret = is_name(c) && test_find(c->e->t->environment, value_string(c->input), NULL) != NULL;
	return c->e->error == NULL;
}

static gboolean t_float(struct jinja_call *c, gboolean *ret)
{
	*ret = value_is(c->input, VALUE_FLOAT);
	return TRUE;
}

static gboolean t_integer(struct jinja_call *c, gboolean *ret)
{
	*ret = value_is(c->input, VALUE_INT) || value_is(c->input, VALUE_BIG_INT);
	return TRUE;
}

static gboolean t_iterable(struct jinja_call *c, gboolean *ret)
{
	const struct undefined *u = undefined_of(c->input);
	if (u != NULL && !u->lenient) {
		jinja_fail_undefined(c->e, c->input);
		return FALSE;
	}
	g_autoptr(value) items = iterate(c->e, c->input);
	*ret = items != NULL;
	return c->e->error == NULL;
}

static gboolean t_sequence(struct jinja_call *c, gboolean *ret)
{
	const struct undefined *u = undefined_of(c->input);
	*ret = u != NULL ? u->lenient
			 : value_is(c->input, VALUE_STRING) || value_is_sequence(c->input) ||
				   value_is(c->input, VALUE_DICT) ||
				   value_object(c->input, &range_class) != NULL;
	return TRUE;
}

static gboolean in_case(struct jinja_call *c, gboolean upper, gboolean *ret)
{
	g_autoptr(value) s = jinja_arg_text(c);
	gboolean any = FALSE;
	if (s == NULL) {
		return FALSE;
	}
	for (const char *p = value_string(s); *p != '\0'; p = g_utf8_next_char(p)) {
		gunichar u = g_utf8_get_char(p);
		if ((upper ? g_unichar_islower(u) : g_unichar_isupper(u)) || g_unichar_istitle(u)) {
			*ret = FALSE;
			return TRUE;
		}
		any = any || (upper ? g_unichar_isupper(u) : g_unichar_islower(u));
	}
	*ret = any;
	return TRUE;
}

static gboolean t_lower(struct jinja_call *c, gboolean *ret)
{
	return in_case(c, FALSE, ret);
}

static gboolean t_upper(struct jinja_call *c, gboolean *ret)
{
	return in_case(c, TRUE, ret);
}

static gboolean t_mapping(struct jinja_call *c, gboolean *ret)
{
	*ret = value_is(c->input, VALUE_DICT);
	return TRUE;
}

static gboolean t_none(struct jinja_call *c, gboolean *ret)
{
	*ret = value_is(c->input, VALUE_NULL);
	return TRUE;
}

static gboolean t_number(struct jinja_call *c, gboolean *ret)
{
	*ret = is_number(c->input);
	return TRUE;
}

/* Small values of one type and content are the same object in Python. */
static gboolean t_sameas(struct jinja_call *c, gboolean *ret)
{
	const value *other = c->arguments[0];
	gboolean scalar = value_is(c->input, VALUE_NULL) || value_is(c->input, VALUE_BOOL) ||
			  value_is(c->input, VALUE_INT) || value_is(c->input, VALUE_STRING);
	*ret = c->input == other || (scalar && value_type(c->input) == value_type(other) &&
					    value_equal(c->input, other));
	return TRUE;
}

static gboolean t_string(struct jinja_call *c, gboolean *ret)
{
	*ret = value_is(c->input, VALUE_STRING);
	return TRUE;
}

const struct jinja_test tests_basic[] = {
	{ "!=", "other! /", t_ne, "not equal" },
	{ "<", "other! /", t_lt, "less", .strict = TRUE },
	{ "<=", "other! /", t_le, "less or equal", .strict = TRUE },
	{ "==", "other! /", t_eq, "equal" },
	{ ">", "other! /", t_gt, "greater", .strict = TRUE },
	{ ">=", "other! /", t_ge, "greater or equal", .strict = TRUE },
	{ "boolean", "", t_boolean, "true or false", TRUE },
	{ "callable", "", t_callable, "a function or macro", TRUE },
	{ "defined", "", t_defined, "a value", TRUE },
	{ "divisibleby", "num!", t_divisibleby, "a multiple of num" },
	{ "eq", "other! /", t_eq, "equal" },
	{ "equalto", "other! /", t_eq, "equal" },
	{ "escaped", "", t_escaped, "escaped for HTML", TRUE },
	{ "even", "", t_even, "an even number" },
	{ "false", "", t_false, "false itself", TRUE },
	{ "filter", "", t_filter, "the name of a filter", .strict = TRUE },
	{ "float", "", t_float, "a float", TRUE },
	{ "ge", "other! /", t_ge, "greater or equal", .strict = TRUE },
	{ "greaterthan", "other! /", t_gt, "greater", .strict = TRUE },
	{ "gt", "other! /", t_gt, "greater", .strict = TRUE },
	{ "in", "seq!", t_in, "in a sequence or text", TRUE },
	{ "integer", "", t_integer, "an integer", TRUE },
	{ "iterable", "", t_iterable, "something to go through", TRUE },
	{ "le", "other! /", t_le, "less or equal", .strict = TRUE },
	{ "lessthan", "other! /", t_lt, "less", .strict = TRUE },
	{ "lower", "", t_lower, "text in lower case" },
	{ "lt", "other! /", t_lt, "less", .strict = TRUE },
	{ "mapping", "", t_mapping, "a dict", TRUE },
	{ "ne", "other! /", t_ne, "not equal" },
	{ "none", "", t_none, "none", TRUE },
	{ "number", "", t_number, "a number", TRUE },
	{ "odd", "", t_odd, "an odd number" },
	{ "sameas", "other!", t_sameas, "the same object", TRUE },
	{ "sequence", "", t_sequence, "a list, text or dict", TRUE },
	{ "string", "", t_string, "text", TRUE },
	{ "test", "", t_test, "the name of a test", .strict = TRUE },
	{ "true", "", t_true, "true itself", TRUE },
	{ "undefined", "", t_undefined, "no value", TRUE },
	{ "upper", "", t_upper, "text in upper case" },
};
const gsize n_tests_basic = G_N_ELEMENTS(tests_basic);
