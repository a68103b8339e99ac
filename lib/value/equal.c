/* Equality and hashes of values, as Python has them. */
#include "value/value.h"

#include <math.h>
#include <string.h>

#include "base/text.h"

/* bool, int and float compare with each other as numbers. */
static gboolean is_number(const value *v)
{
	return v->type == VALUE_BOOL || v->type == VALUE_INT || v->type == VALUE_FLOAT;
}

static gboolean fits_exactly(double d, gint64 *i)
{
	if (!(d >= -9223372036854775808.0 && d < 9223372036854775808.0) || d != floor(d)) {
		return FALSE;
	}
	*i = (gint64)d;
	return TRUE;
}

static gboolean numbers_equal(const value *a, const value *b)
{
	if (a->type == VALUE_FLOAT && b->type == VALUE_FLOAT) {
		return a->real == b->real;
	}
	if (b->type == VALUE_FLOAT) {
		return numbers_equal(b, a);
	}
	gint64 right = b->type == VALUE_BOOL ? b->boolean : b->integer;
	gint64 left = 0;
	if (a->type == VALUE_FLOAT) {
		return fits_exactly(a->real, &left) && left == right;
	}
	left = a->type == VALUE_BOOL ? a->boolean : a->integer;
	return left == right;
}

static gboolean lists_equal(const value *a, const value *b)
{
	if (a->list.length != b->list.length) {
		return FALSE;
	}
	for (guint i = 0; i < a->list.length; i++) {
		if (!value_equal(a->list.items[i], b->list.items[i])) {
			return FALSE;
		}
	}
	return TRUE;
}

static gboolean dicts_equal(const value *a, const value *b)
{
	if (value_dict_length(a) != value_dict_length(b)) {
		return FALSE;
	}
	value_dict_foreach (a, key, item) {
		const value *other = value_dict_get_value(b, key);
		if (other == NULL || !value_equal(item, other)) {
			return FALSE;
		}
	}
	return TRUE;
}

gboolean value_equal(const value *a, const value *b)
{
	if (a == b) {
		return TRUE;
	}
	if (is_number(a) && is_number(b)) {
		return numbers_equal(a, b);
	}
	if (a->type != b->type) {
		return FALSE;
	}
	switch ((enum value_type)a->type) {
	case VALUE_STRING:
	case VALUE_BIG_INT:
		return a->string.length == b->string.length &&
		       memcmp(a->string.text, b->string.text, a->string.length) == 0;
	case VALUE_LIST:
	case VALUE_TUPLE:
		return lists_equal(a, b);
	case VALUE_DICT:
		return dicts_equal(a, b);
	case VALUE_OBJECT:
		return a->object.class == b->object.class && a->object.class->equal != NULL &&
		       a->object.class->equal(a->object.data, b->object.data);
	case VALUE_NULL:
		return TRUE;
	case VALUE_BOOL:
	case VALUE_INT:
	case VALUE_FLOAT:
		break;
	}
	return FALSE;
}

static guint hash_number(const value *v)
{
	gint64 i = 0;
	if (v->type == VALUE_FLOAT && !fits_exactly(v->real, &i)) {
		return g_double_hash(&v->real);
	}
	if (v->type == VALUE_BOOL) {
		i = v->boolean;
	} else if (v->type == VALUE_INT) {
		i = v->integer;
	}
	return g_int64_hash(&i);
}

guint value_hash(const value *v)
{
	guint hash = 1;
	switch ((enum value_type)v->type) {
	case VALUE_BOOL:
	case VALUE_INT:
	case VALUE_FLOAT:
		return hash_number(v);
	case VALUE_STRING:
	case VALUE_BIG_INT:
		return text_hash(v->string.text, v->string.length);
	case VALUE_LIST:
	case VALUE_TUPLE:
		for (guint i = 0; i < v->list.length; i++) {
			hash = hash * 31 + value_hash(v->list.items[i]);
		}
		return hash;
	case VALUE_OBJECT:
		return v->object.class->equal != NULL ? g_direct_hash(v->object.class)
						      : g_direct_hash(v->object.data);
	case VALUE_DICT:
		return (guint)value_dict_length(v);
	case VALUE_NULL:
		break;
	}
	return 0;
}

gboolean value_is_hashable(const value *v)
{
	if (v->type == VALUE_LIST || v->type == VALUE_DICT) {
		return FALSE;
	}
	if (v->type == VALUE_TUPLE) {
		for (guint i = 0; i < v->list.length; i++) {
			if (!value_is_hashable(v->list.items[i])) {
				return FALSE;
			}
		}
	}
	return TRUE;
}
