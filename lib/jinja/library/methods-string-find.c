/* Methods of str about parts that it has: searching, counting, replacing, cutting off. */
#include "jinja/library/methods-string.h"

#include <string.h>

#include "jinja/engine/markup.h"
#include "jinja/engine/operators.h"
#include "jinja/library/text.h"

/* The part of the string that optional start and end (in characters) leave. */
static gboolean window(
	struct jinja_call *c, guint first, const char **from, const char **to, gsize *ret_start)
{
	gint64 points = (gint64)value_string_points(c->input);
	gint64 start = 0;
	gint64 end = points;
	if (!jinja_arg_int_or_none(c, first, 0, &start) ||
		!jinja_arg_int_or_none(c, first + 1, points, &end)) {
		return FALSE;
	}
	start += start < 0 ? points : 0;
	end += end < 0 ? points : 0;
	start = MAX(start, 0);
	end = CLAMP(end, 0, points);
	*ret_start = (gsize)start;
	if (start > points || start > end) {
		*from = NULL;
		*to = NULL;
		return TRUE;
	}
	*from = g_utf8_offset_to_pointer(string_text(c), start);
	*to = end == points ? string_text(c) + string_length(c)
			    : g_utf8_offset_to_pointer(string_text(c), end);
	return TRUE;
}

static value *affix(struct jinja_call *c, gboolean at_end)
{
	const char *from = NULL;
	const char *to = NULL;
	gsize start = 0;
	const value *what = c->arguments[0];
	if (!window(c, 1, &from, &to, &start)) {
		return NULL;
	}
	gboolean tuple = value_is(what, VALUE_TUPLE);
	gsize n = tuple ? value_list_length(what) : 1;
	for (gsize i = 0; i < n; i++) {
		const value *one = tuple ? value_list_get(what, i) : what;
		if (!value_is(one, VALUE_STRING)) {
			return jinja_fail_usage(c->e,
				"%s first arg must be str or a tuple of str, not %s", c->name,
				value_type_name(one));
		}
		gsize size = value_string_length(one);
		if (from != NULL && (gsize)(to - from) >= size &&
			memcmp(at_end ? to - size : from, value_string(one), size) == 0) {
			return value_new_bool(TRUE);
		}
	}
	return value_new_bool(FALSE);
}

value *string_startswith(struct jinja_call *c)
{
	return affix(c, FALSE);
}

value *string_endswith(struct jinja_call *c)
{
	return affix(c, TRUE);
}

static value *find(struct jinja_call *c, gboolean last, gboolean must)
{
	const char *what = jinja_arg_string(c, 0, NULL);
	const char *from = NULL;
	const char *to = NULL;
	gsize start = 0;
	if (what == NULL || !window(c, 1, &from, &to, &start)) {
		return NULL;
	}
	gsize size = value_string_length(c->arguments[0]);
	const char *at = NULL;
	if (from != NULL && (gsize)(to - from) >= size) {
		at = last ? text_find_last(from, (gsize)(to - from), what, size)
			  : memmem(from, (gsize)(to - from), what, size);
	}
	if (at == NULL && must) {
		return jinja_fail_usage(c->e, "substring not found");
	}
	return value_new_int(
		at != NULL ? (gint64)text_points(string_text(c), (gsize)(at - string_text(c)))
			   : -1);
}

value *string_find(struct jinja_call *c)
{
	return find(c, FALSE, FALSE);
}

value *string_rfind(struct jinja_call *c)
{
	return find(c, TRUE, FALSE);
}

value *string_index(struct jinja_call *c)
{
	return find(c, FALSE, TRUE);
}

value *string_rindex(struct jinja_call *c)
{
	return find(c, TRUE, TRUE);
}

value *string_count(struct jinja_call *c)
{
	const char *what = jinja_arg_string(c, 0, NULL);
	const char *from = NULL;
	const char *to = NULL;
	gsize start = 0;
	if (what == NULL || !window(c, 1, &from, &to, &start)) {
		return NULL;
	}
	gsize size = value_string_length(c->arguments[0]);
	gint64 n = 0;
	if (from == NULL) {
		return value_new_int(0);
	}
	if (size == 0) {
		return value_new_int((gint64)text_points(from, (gsize)(to - from)) + 1);
	}
	for (const char *p = from; (p = memmem(p, (gsize)(to - p), what, size)) != NULL;
		p += size) {
		n++;
	}
	return value_new_int(n);
}

static value *partition(struct jinja_call *c, gboolean last)
{
	const char *what = jinja_arg_string(c, 0, NULL);
	if (what == NULL) {
		return NULL;
	}
	gsize size = value_string_length(c->arguments[0]);
	if (size == 0) {
		return jinja_fail_usage(c->e, "empty separator");
	}
	const char *end = string_text(c) + string_length(c);
	const char *at = string_length(c) < size ? NULL
			 : last ? text_find_last(string_text(c), string_length(c), what, size)
				: memmem(string_text(c), string_length(c), what, size);
	value *parts = value_new_tuple();
	if (at == NULL) {
		value_list_append(parts, last ? value_new_string("") : value_ref(c->input));
		value_list_append(parts, value_new_string(""));
		value_list_append(parts, last ? value_ref(c->input) : value_new_string(""));
		return parts;
	}
	value_list_append(
		parts, value_new_string_length(string_text(c), (gsize)(at - string_text(c))));
	value_list_append(parts, value_ref(c->arguments[0]));
	value_list_append(parts, value_new_string_length(at + size, (gsize)(end - at) - size));
	return parts;
}

value *string_partition(struct jinja_call *c)
{
	return partition(c, FALSE);
}

value *string_rpartition(struct jinja_call *c)
{
	return partition(c, TRUE);
}

value *string_removeprefix(struct jinja_call *c)
{
	const char *what = jinja_arg_string(c, 0, NULL);
	if (what == NULL) {
		return NULL;
	}
	gsize size = value_string_length(c->arguments[0]);
	gboolean has = size <= string_length(c) && memcmp(string_text(c), what, size) == 0;
	return value_new_string_length(
		string_text(c) + (has ? size : 0), string_length(c) - (has ? size : 0));
}

value *string_removesuffix(struct jinja_call *c)
{
	const char *what = jinja_arg_string(c, 0, NULL);
	if (what == NULL) {
		return NULL;
	}
	gsize size = value_string_length(c->arguments[0]);
	gboolean has = size > 0 && size <= string_length(c) &&
		       memcmp(string_text(c) + string_length(c) - size, what, size) == 0;
	return value_new_string_length(string_text(c), string_length(c) - (has ? size : 0));
}

value *string_replace(struct jinja_call *c)
{
	const char *old = jinja_arg_string(c, 0, NULL);
	const char *new = old != NULL ? jinja_arg_string(c, 1, NULL) : NULL;
	gint64 count = -1;
	if (new == NULL || !jinja_arg_int(c, 2, -1, &count)) {
		return NULL;
	}
	GString *out = text_replace(string_text(c), string_length(c), old,
		value_string_length(c->arguments[0]), new, value_string_length(c->arguments[1]),
		count);
	if (!check_size(c->e, out->len)) {
		g_string_free(out, TRUE);
		return NULL;
	}
	return text_take(out, 0);
}
