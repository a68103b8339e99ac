/* Slices of strings, lists, tuples and ranges: s[a:b:c]. */
#include "jinja/engine/operators.h"

#include "jinja/engine/frame.h"
#include "jinja/engine/objects.h"

static gboolean bound(struct jinja_evaluation *e, const value *v, gint64 *ret, gboolean *given)
{
	*given = v != NULL && !value_is(v, VALUE_NULL);
	if (!*given || is_integer(v, ret)) {
		return TRUE;
	}
	if (undefined_of(v) != NULL) {
		jinja_fail_undefined(e, v);
	} else {
		jinja_fail_usage(e, "slice indices must be integers or None");
	}
	return FALSE;
}

static value *slice_string(const value *bytes, gint64 start, gint64 step, gsize n)
{
	g_autoptr(value) v = value_valid(bytes);
	const char *text = value_string(v);
	gsize points = value_string_points(v);
	g_autofree const char **at = g_new0(const char *, points + 1);
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
	value *s = value_new_string_flags(
		out->str, out->len, value_flags(v) & (FLAGS_KEPT | VALUE_MARKUP));
	g_string_free(out, TRUE);
	return s;
}

value *slice_of(struct jinja_evaluation *e, const value *v, const value *from, const value *to,
	const value *by)
{
	if (undefined_of(v) != NULL) {
		return undefined_of(v)->lenient ? jinja_fail_undefined(e, v) : value_ref(v);
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
		return jinja_fail_usage(e,
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
		return jinja_fail_usage(e, "slice step cannot be zero");
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
