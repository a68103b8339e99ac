/* Python's operators on values: which one, strings and lists, and the limits of what they make. */
#include "jinja/engine/operators.h"

#include "jinja/engine/frame.h"
#include "jinja/engine/markup.h"
#include "jinja/engine/objects.h"
#include "jinja/syntax/environment.h"
#include "jinja/syntax/limits.h"

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

gboolean check_size(struct jinja_evaluation *e, gsize bytes)
{
	if (bytes <= LIMIT_BYTES) {
		return TRUE;
	}
	jinja_fail(
		e, SUTLER_ERROR_LIMIT, "value or output is larger than %d MiB", LIMIT_BYTES >> 20);
	return FALSE;
}

gboolean check_items(struct jinja_evaluation *e, gsize items)
{
	if (items <= LIMIT_ITEMS) {
		return TRUE;
	}
	jinja_fail(e, SUTLER_ERROR_LIMIT, "list holds more than %d items", LIMIT_ITEMS);
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

gboolean check_depth(struct jinja_evaluation *e, const value *v)
{
	if (depth_of(v, LIMIT_NESTING + 1) <= LIMIT_NESTING) {
		return TRUE;
	}
	jinja_fail(e, SUTLER_ERROR_LIMIT, "value is nested deeper than %d levels", LIMIT_NESTING);
	return FALSE;
}

int truth(struct jinja_evaluation *e, const value *v)
{
	const struct undefined *u = undefined_of(v);
	if (u != NULL && !u->lenient) {
		jinja_fail_undefined(e, v);
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

/* --- strings and lists --- */

static value *add_strings(struct jinja_evaluation *e, const value *a, const value *b)
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

static value *add_lists(struct jinja_evaluation *e, const value *a, const value *b)
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

static value *repeat(struct jinja_evaluation *e, const value *v, gint64 times)
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

value *operate(struct jinja_evaluation *e, enum operator op, const value *a, const value *b)
{
	if (undefined_of(a) != NULL || undefined_of(b) != NULL) {
		return jinja_fail_undefined(e, undefined_of(a) != NULL ? a : b);
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
		return environment_format(e->t->environment, e, a, b);
	}
	if (op == OP_ADD && value_is(a, VALUE_STRING) && value_is(b, VALUE_STRING)) {
		return add_strings(e, a, b);
	}
	if (op == OP_ADD && value_is_sequence(a) && value_type(a) == value_type(b)) {
		return add_lists(e, a, b);
	}
	const struct object_verbs *verbs = object_verbs(a);
	value *v = verbs != NULL && verbs->operate != NULL ? verbs->operate(op, a, b) : NULL;
	return v != NULL ? v : operator_unsupported(e, op, a, b);
}
