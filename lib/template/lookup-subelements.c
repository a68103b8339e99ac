/* The lookup subelements: pairs of an item and each member of a list in it. */
#include "template/lookup.h"

#include "jinja/engine/evaluate.h"
#include "value/convert.h"

#include <string.h>

/* Takes the list at path out of item, which stays as it is: *ret_rest is a copy without the list.
 * *ret_list is NULL when it is missing and may be. */
static gboolean take_list(struct jinja_call *c, const value *item, char **path, gboolean may_miss,
	value **ret_rest, value **ret_list)
{
	value *inner = value_dict_get(item, *path);
	g_autoptr(value) rest = value_new_dict();
	value_dict_update(rest, item);
	*ret_list = NULL;
	if (inner == NULL && !may_miss) {
		jinja_fail_usage(
			c->e, "subelements: could not find the key '%s' in an item", *path);
		return FALSE;
	}
	gboolean last = path[1] == NULL;
	if (inner != NULL && !value_is(inner, last ? VALUE_LIST : VALUE_DICT)) {
		if (!last && may_miss) {
			inner = NULL;
		} else {
			jinja_fail_usage(c->e,
				"subelements: the key '%s' should point to a %s, not %s", *path,
				last ? "list" : "dict", value_type_name(inner));
			return FALSE;
		}
	}
	if (inner != NULL && last) {
		g_autoptr(value) key = value_new_string(*path);
		(void)value_dict_remove(rest, key);
		*ret_list = value_ref(inner);
	} else if (inner != NULL) {
		value *changed = NULL;
		if (!take_list(c, inner, path + 1, may_miss, &changed, ret_list)) {
			return FALSE;
		}
		value_dict_set(rest, *path, changed);
	}
	*ret_rest = g_steal_pointer(&rest);
	return TRUE;
}

static gboolean is_skipped(const value *v)
{
	const value *skipped = value_dict_get(v, "skipped");
	return skipped != NULL && !(value_is(skipped, VALUE_BOOL) && !value_bool(skipped));
}

value *lookup_subelements(struct jinja_call *c)
{
	const value *items = c->n_extra > 0 ? c->extra[0] : NULL;
	gboolean dict = value_is(items, VALUE_DICT);
	const value *flags = c->n_extra > 2 ? c->extra[2] : NULL;
	if (c->n_extra < 2 || c->n_extra > 3 || (flags != NULL && !value_is(flags, VALUE_DICT)) ||
		(!dict && !value_is(items, VALUE_LIST)) || !value_is(c->extra[1], VALUE_STRING)) {
		return jinja_fail_usage(c->e, "subelements takes a list or a dict, the key of a "
					      "list in each item, and flags");
	}
	const value *miss = flags != NULL ? value_dict_get(flags, "skip_missing") : NULL;
	gboolean skip = miss != NULL && convert_truth(miss) == 1;
	g_auto(GStrv) path = g_strsplit(value_string(c->extra[1]), ".", -1);
	g_autoptr(value) out = value_new_list();
	gsize n = dict && is_skipped(items) ? 0
		  : dict                    ? value_dict_length(items)
					    : value_list_length(items);
	for (gsize i = 0; i < n; i++) {
		const value *item = dict ? value_dict_item_at(items, i) : value_list_get(items, i);
		g_autoptr(value) rest = NULL;
		g_autoptr(value) list = NULL;
		if (!value_is(item, VALUE_DICT)) {
			return jinja_fail_usage(
				c->e, "subelements needs dicts, not %s", value_type_name(item));
		}
		if (is_skipped(item)) {
			continue;
		}
		if (*path == NULL || !take_list(c, item, path, skip, &rest, &list)) {
			return c->e->error != NULL
				       ? NULL
				       : jinja_fail_usage(c->e, "subelements: the key is empty");
		}
		for (gsize k = 0; list != NULL && k < value_list_length(list); k++) {
			value *pair = value_new_tuple();
			value_list_append(pair, value_ref(rest));
			value_list_append(pair, value_ref(value_list_get(list, k)));
			value_list_append(out, pair);
		}
	}
	return g_steal_pointer(&out);
}
