/* The order in which a dict's entries are written. */
#include "value/order.h"

#include <string.h>

static gboolean is_number(const value *v)
{
	return value_is(v, VALUE_BOOL) || value_is(v, VALUE_INT) || value_is(v, VALUE_BIG_INT) ||
	       value_is(v, VALUE_FLOAT);
}

static double number(const value *v)
{
	switch (value_type(v)) {
	case VALUE_BOOL:
		return value_bool(v);
	case VALUE_INT:
		return (double)value_int(v);
	case VALUE_FLOAT:
		return value_float(v);
	default:
		return g_ascii_strtod(value_string(v), NULL);
	}
}

/* Of two strings or two numbers; UTF-8 bytes order as code points do. */
static int compare(const value *a, const value *b)
{
	if (value_is(a, VALUE_STRING)) {
		gsize left = value_string_length(a);
		gsize right = value_string_length(b);
		int order = memcmp(value_string(a), value_string(b), MIN(left, right));
		return order != 0 ? order : (left > right) - (left < right);
	}
	if (value_is(a, VALUE_INT) && value_is(b, VALUE_INT)) {
		return (value_int(a) > value_int(b)) - (value_int(a) < value_int(b));
	}
	return (number(a) > number(b)) - (number(a) < number(b));
}

static int compare_entries(gconstpointer a, gconstpointer b, gpointer dict)
{
	return compare(value_dict_key_at(dict, *(const guint *)a),
		value_dict_key_at(dict, *(const guint *)b));
}

static gboolean check_comparable(const value *dict, GError **error)
{
	const value *first = value_dict_length(dict) > 1 ? value_dict_key_at(dict, 0) : NULL;
	for (gsize i = 1; first != NULL && i < value_dict_length(dict); i++) {
		const value *key = value_dict_key_at(dict, i);
		if ((value_is(first, VALUE_STRING) && value_is(key, VALUE_STRING)) ||
			(is_number(first) && is_number(key))) {
			continue;
		}
		error_set_at(error, SUTLER_ERROR_USAGE, value_position(key),
			"'<' not supported between instances of '%s' and '%s'",
			value_type_name(key), value_type_name(first));
		return FALSE;
	}
	return TRUE;
}

guint *value_dict_order(const value *dict, gboolean sort, GError **error)
{
	gsize length = value_dict_length(dict);
	if (sort && !check_comparable(dict, error)) {
		return NULL;
	}
	guint *order = g_new(guint, length + 1);
	for (gsize i = 0; i < length; i++) {
		order[i] = (guint)i;
	}
	if (sort && length > 1) {
		g_qsort_with_data(
			order, (int)length, sizeof *order, compare_entries, (gpointer)dict);
	}
	return order;
}
