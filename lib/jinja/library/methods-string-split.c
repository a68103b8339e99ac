/* Methods of str that take it apart and put strings together. */
#include "jinja/library/methods-string.h"

#include "jinja/engine/operators.h"
#include "jinja/library/text.h"

/* The last words one by one; the rest stays together. */
static value *rsplit_space(struct jinja_call *c, gint64 limit)
{
	g_autoptr(value) words = text_split_space(c->input, -1);
	gsize n = value_list_length(words);
	if (n <= (gsize)limit) {
		return g_steal_pointer(&words);
	}
	const char *from = NULL;
	const char *to = NULL;
	text_strip(string_text(c), string_length(c), NULL, FALSE, TRUE, &from, &to);
	for (gint64 i = 0; i < limit; i++) {
		to -= value_string_length(value_list_get(words, n - 1 - (gsize)i));
		text_strip(from, (gsize)(to - from), NULL, FALSE, TRUE, &from, &to);
	}
	value *list = value_new_list();
	value_list_append(list, value_new_string_length(from, (gsize)(to - from)));
	for (gsize i = n - (gsize)limit; i < n; i++) {
		value_list_append(list, value_ref(value_list_get(words, i)));
	}
	return list;
}

static value *split(struct jinja_call *c, gboolean from_right)
{
	gint64 limit = -1;
	const value *separator = c->arguments[0];
	if (!jinja_arg_int(c, 1, -1, &limit)) {
		return NULL;
	}
	if (separator == NULL || value_is(separator, VALUE_NULL)) {
		return from_right && limit >= 0 ? rsplit_space(c, limit)
						: text_split_space(c->input, limit);
	}
	if (!value_is(separator, VALUE_STRING)) {
		return jinja_fail_usage(
			c->e, "must be str or None, not %s", value_type_name(separator));
	}
	if (value_string_length(separator) == 0) {
		return jinja_fail_usage(c->e, "empty separator");
	}
	return from_right ? text_rsplit(c->input, value_string(separator),
				    value_string_length(separator), limit)
			  : text_split(c->input, value_string(separator),
				    value_string_length(separator), limit);
}

value *string_split(struct jinja_call *c)
{
	return split(c, FALSE);
}

value *string_rsplit(struct jinja_call *c)
{
	return split(c, TRUE);
}

value *string_splitlines(struct jinja_call *c)
{
	gint64 keep = 0;
	return jinja_arg_int(c, 0, 0, &keep) ? text_splitlines(c->input, keep != 0) : NULL;
}

value *string_join(struct jinja_call *c)
{
	g_autoptr(value) items = jinja_arg_list(c, c->arguments[0]);
	if (items == NULL) {
		return NULL;
	}
	g_autoptr(GString) out = g_string_new(NULL);
	guint flags = 0;
	for (gsize i = 0; i < value_list_length(items); i++) {
		const value *item = value_list_get(items, i);
		if (!value_is(item, VALUE_STRING)) {
			return jinja_fail_usage(c->e,
				"sequence item %" G_GSIZE_FORMAT
				": expected str instance, %s found",
				i, value_type_name(item));
		}
		if (i > 0) {
			g_string_append_len(out, string_text(c), (gssize)string_length(c));
		}
		g_string_append_len(out, value_string(item), (gssize)value_string_length(item));
		flags |= value_flags(item) & FLAGS_KEPT;
		if (!check_size(c->e, out->len)) {
			return NULL;
		}
	}
	return value_new_string_flags(out->str, out->len, flags);
}
