/* Lookups that take their terms apart and put them together. */
#include "template/lookup.h"

#include "jinja/engine/call.h"
#include "jinja/engine/frame.h"
#include "jinja/engine/objects.h"
#include "jinja/engine/operators.h"
#include "jinja/library/text.h"

value *lookup_dict(struct jinja_call *c)
{
	g_autoptr(value) out = value_new_list();
	for (guint i = 0; i < c->n_extra; i++) {
		gboolean list = value_is(c->extra[i], VALUE_LIST);
		if (!value_is(c->extra[i], VALUE_DICT) && !list) {
			return jinja_fail_usage(c->e, "with_dict expects a dict");
		}
		if (list) {
			return jinja_fail_usage(c->e, "with_dict expects a dict, not a list");
		}
		value_dict_foreach (c->extra[i], key, item) {
			value *row = value_new_dict();
			value_dict_set(row, "key", value_ref(key));
			value_dict_set(row, "value", value_ref(item));
			value_list_append(out, row);
		}
	}
	return g_steal_pointer(&out);
}

/* Lists among the terms are taken apart, one level. */
value *lookup_items(struct jinja_call *c)
{
	value *out = value_new_list();
	for (guint i = 0; i < c->n_extra; i++) {
		if (!value_is_sequence(c->extra[i])) {
			value_list_append(out, value_ref(c->extra[i]));
			continue;
		}
		value_list_foreach (c->extra[i], item) {
			value_list_append(out, value_ref(item));
		}
	}
	return out;
}

value *lookup_list(struct jinja_call *c)
{
	return value_ref(c->input);
}

value *lookup_indexed_items(struct jinja_call *c)
{
	g_autoptr(value) items = lookup_items(c);
	value *out = value_new_list();
	value_list_foreach (items, item) {
		value *pair = value_new_tuple();
		value_list_append(pair, value_new_int((gint64)item_i));
		value_list_append(pair, value_ref(item));
		value_list_append(out, pair);
	}
	return out;
}

static value *stripped(const value *v)
{
	const char *from = NULL;
	const char *to = NULL;
	text_strip(value_string(v), value_string_length(v), NULL, TRUE, TRUE, &from, &to);
	return value_new_string_flags(from, (gsize)(to - from), value_flags(v) & FLAGS_KEPT);
}

/* A term as a list, as Ansible's listify_lookup_plugin_terms() makes one: text without the space
 * around it is one item, of a dict the keys are the items. */
static value *as_list(struct jinja_call *c, value *v)
{
	g_autoptr(value) items = value_is(v, VALUE_STRING) ? NULL : iterate(c->e, v);
	if (items != NULL) {
		return jinja_arg_list(c, items);
	}
	value *list = value_new_list();
	value_list_append(list, value_is(v, VALUE_STRING) ? stripped(v) : value_ref(v));
	return list;
}

/* Appends v, or what is in it, to list. */
static void extend_once(value *list, const value *v)
{
	if (!value_is_sequence(v)) {
		value_list_append(list, value_ref(v));
		return;
	}
	value_list_foreach (v, item) {
		value_list_append(list, value_ref(item));
	}
}

/* Every row with every item behind it. */
static value *longer_rows(struct jinja_call *c, const value *rows, const value *items)
{
	g_autoptr(value) longer = value_new_list();
	value_list_foreach (rows, row) {
		value_list_foreach (items, item) {
			value *next = value_new_list();
			extend_once(next, row);
			extend_once(next, item);
			value_list_append(longer, next);
		}
		if (!check_items(c->e, value_list_length(longer))) {
			return NULL;
		}
	}
	return g_steal_pointer(&longer);
}

/* The items of a row, and of what is in it, one level. */
static value *flat_row(struct jinja_call *c, const value *row)
{
	g_autoptr(value) items = iterate(c->e, row);
	if (items == NULL) {
		return c->e->error != NULL
			       ? NULL
			       : jinja_fail_usage(c->e, "with_nested needs lists in its only list");
	}
	value *flat = value_new_list();
	for (gsize k = 0; k < sequence_length(items); k++) {
		g_autoptr(value) item = sequence_get(items, k);
		extend_once(flat, item);
	}
	return flat;
}

value *lookup_nested(struct jinja_call *c)
{
	if (c->n_extra == 0) {
		return jinja_fail_usage(c->e, "with_nested requires at least one element");
	}
	g_autoptr(value) rows = as_list(c, c->extra[0]);
	for (guint i = 1; i < c->n_extra; i++) {
		g_autoptr(value) items = as_list(c, c->extra[i]);
		value *longer = items != NULL && rows != NULL ? longer_rows(c, rows, items) : NULL;
		if (longer == NULL) {
			return NULL;
		}
		value_unref(rows);
		rows = longer;
	}
	g_autoptr(value) out = value_new_list();
	value_list_foreach (rows, row) {
		value *flat = flat_row(c, row);
		if (flat == NULL) {
			return NULL;
		}
		value_list_append(out, flat);
	}
	return g_steal_pointer(&out);
}

value *lookup_together(struct jinja_call *c)
{
	gsize longest = 0;
	if (c->n_extra == 0) {
		return jinja_fail_usage(c->e, "with_together requires at least one element");
	}
	g_autoptr(value) terms = value_new_list();
	for (guint i = 0; i < c->n_extra; i++) {
		value *items = as_list(c, c->extra[i]);
		if (items == NULL) {
			return NULL;
		}
		longest = MAX(longest, value_list_length(items));
		value_list_append(terms, items);
	}
	value *out = value_new_list();
	for (gsize k = 0; k < longest; k++) {
		g_autoptr(value) none = value_new_null();
		value *row = value_new_list();
		value_list_foreach (terms, items) {
			gboolean has = k < value_list_length(items);
			extend_once(row, has ? value_list_get(items, k) : none);
		}
		value_list_append(out, row);
	}
	return out;
}

value *lookup_random_choice(struct jinja_call *c)
{
	g_autofree char *why = NULL;
	value *out = value_new_list();
	if (c->n_extra > 0) {
		g_autoptr(value) one = filter_run(c->e,
			filter_find(c->e->t->environment, "random", &why), c->input, NULL, 0, NULL);
		if (one == NULL) {
			value_unref(out);
			return NULL;
		}
		value_list_append(out, value_ref(one));
	}
	return out;
}
