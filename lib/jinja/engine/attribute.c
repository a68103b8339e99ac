/* Attributes and items of values: a.b and a[b]. */
#include "jinja/engine/evaluate.h"

#include <string.h>

#include "jinja/engine/call.h"
#include "jinja/engine/frame.h"
#include "jinja/engine/objects.h"
#include "jinja/engine/operators.h"

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

value *evaluate_getattr(struct jinja_evaluation *e, const value *of, const value *name)
{
	switch (value_type(of)) {
	case VALUE_OBJECT: {
		const struct undefined *u = undefined_of(of);
		if (u != NULL) {
			return u->lenient ? jinja_fail_undefined(e, of) : value_ref(of);
		}
		const struct jinja_method *method = method_find(e, of, value_string(name));
		if (method != NULL) {
			return bound_new(of, method);
		}
		value *v = object_getattr(e, of, value_string(name));
		if (v != NULL || e->error != NULL) {
			return v;
		}
		break;
	}
	default: {
		const struct jinja_method *method = method_find(e, of, value_string(name));
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
static value *character(const value *bytes, gint64 i)
{
	g_autoptr(value) s = value_valid(bytes);
	gsize points = value_string_points(s);
	if (i < 0) {
		i += (gint64)points;
	}
	if (i < 0 || i >= (gint64)points) {
		return NULL;
	}
	const char *text = value_string(s);
	guint flags = value_flags(s) & (FLAGS_KEPT | VALUE_MARKUP);
	if (points == value_string_length(s)) {
		return value_new_string_flags(text + i, 1, flags);
	}
	const char *from = g_utf8_offset_to_pointer(text, i);
	return value_new_string_flags(from, (gsize)(g_utf8_next_char(from) - from), flags);
}

value *item_at(const value *of, const value *key)
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
	return NULL;
}

/* Only what has keys looks for one; what has none answers that it is not there. */
static value *item_by_undefined(struct jinja_evaluation *e, const value *of, const value *key)
{
	const struct object_class *class =
		value_is(of, VALUE_OBJECT) ? value_object_class(of) : NULL;
	if (undefined_of(key)->lenient && class == NULL) {
		return undefined_new("undefined", NULL, of);
	}
	if (value_is(of, VALUE_DICT) || (class != NULL && class->get != NULL)) {
		return jinja_fail_undefined(e, key);
	}
	const struct undefined *u = undefined_of(key);
	return undefined_new(u->name, u->message, u->of); /* each is one of its own */
}

value *evaluate_getitem(struct jinja_evaluation *e, const value *of, const value *key)
{
	if (undefined_of(of) != NULL) {
		return undefined_of(of)->lenient ? jinja_fail_undefined(e, of) : value_ref(of);
	}
	if (undefined_of(key) != NULL) {
		return item_by_undefined(e, of, key);
	}
	value *found = NULL;
	if (value_is(of, VALUE_DICT)) {
		value *item = value_is_hashable(key) ? value_dict_get_value(of, key) : NULL;
		found = item != NULL ? value_ref(item) : NULL;
	} else {
		found = item_at(of, key);
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
		const struct jinja_method *method = method_find(e, of, value_string(key));
		if (method != NULL) {
			return bound_new(of, method);
		}
	}
	g_autofree char *name = value_to_string(key);
	return undefined_new(name, NULL, of);
}
