/* Ranges, and what lists, tuples and ranges have in common. */
#include "jinja/engine/frame.h"
#include "jinja/engine/objects.h"

static char *range_to_string(gpointer data)
{
	const struct range *r = data;
	GString *out = g_string_new(NULL);
	g_string_append_printf(
		out, "range(%" G_GINT64_FORMAT ", %" G_GINT64_FORMAT, r->start, r->stop);
	if (r->step != 1) {
		g_string_append_printf(out, ", %" G_GINT64_FORMAT, r->step);
	}
	g_string_append_c(out, ')');
	return g_string_free(out, FALSE);
}

/* Ranges of the same numbers are equal. */
static gboolean range_equal(gconstpointer a, gconstpointer b)
{
	const struct range *r = a;
	const struct range *s = b;
	gsize n = range_length(r);
	return n == range_length(s) && (n == 0 || r->start == s->start) &&
	       (n < 2 || r->step == s->step);
}

const struct object_class range_class = {
	.type_name = "range", .finalize = g_free, .to_string = range_to_string, .equal = range_equal
};

value *range_new(gint64 start, gint64 stop, gint64 step)
{
	struct range *r = g_new(struct range, 1);
	*r = (struct range){ start, stop, step };
	return value_new_object(&range_class, r);
}

gsize range_length(const struct range *r)
{
	if (r->step > 0 && r->start < r->stop) {
		return (gsize)(((guint64)r->stop - (guint64)r->start - 1) / (guint64)r->step + 1);
	}
	if (r->step < 0 && r->start > r->stop) {
		return (gsize)(((guint64)r->start - (guint64)r->stop - 1) / (0 - (guint64)r->step) +
			       1);
	}
	return 0;
}

gsize sequence_length_other(const value *v)
{
	return range_length(value_object_data(v));
}

value *sequence_get_other(const value *v, gsize i)
{
	const struct range *r = value_object_data(v);
	return value_new_int(r->start + (gint64)i * r->step);
}

value *group_new(const value *grouper, value *list)
{
	value *pair = value_new_tuple();
	value_list_append(pair, value_ref(grouper));
	value_list_append(pair, list);
	return pair;
}

value *value_list_copy_sequence(const value *v)
{
	value *list = value_new_list();
	for (gsize i = 0; i < sequence_length(v); i++) {
		value_list_append(list, sequence_get(v, i));
	}
	return list;
}
