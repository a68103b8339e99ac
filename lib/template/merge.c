/* Merging dicts, as Ansible's merge_hash() does. */
#include "template/merge.h"

#include <string.h>

gboolean merge_list_style(const char *name, enum merge_lists *ret)
{
	static const char *const names[] = { "replace", "keep", "append", "prepend", "append_rp",
		"prepend_rp" };
	for (gsize i = 0; i < G_N_ELEMENTS(names); i++) {
		if (strcmp(name, names[i]) == 0) {
			*ret = (enum merge_lists)i;
			return TRUE;
		}
	}
	return FALSE;
}

static gboolean has(const value *list, const value *item)
{
	value_list_foreach (list, one) {
		if (value_equal(one, item)) {
			return TRUE;
		}
	}
	return FALSE;
}

/* Appends list, without what is in except (NULL: nothing). */
static void extend(value *out, const value *list, const value *except)
{
	value_list_foreach (list, item) {
		if (except == NULL || !has(except, item)) {
			value_list_append(out, value_ref(item));
		}
	}
}

static value *merge_lists(const value *x, const value *y, enum merge_lists style)
{
	if (style == MERGE_REPLACE) {
		return value_ref(y);
	}
	if (style == MERGE_KEEP) {
		return value_ref(x);
	}
	value *out = value_new_list();
	switch (style) {
	case MERGE_APPEND:
		extend(out, x, NULL);
		extend(out, y, NULL);
		break;
	case MERGE_PREPEND:
		extend(out, y, NULL);
		extend(out, x, NULL);
		break;
	case MERGE_APPEND_RP:
		extend(out, x, y);
		extend(out, y, NULL);
		break;
	default:
		extend(out, y, NULL);
		extend(out, x, y);
		break;
	}
	return out;
}

value *merge_dicts(const value *x, const value *y, const struct merge_style *style)
{
	if (value_dict_length(x) == 0 || value_equal(x, y)) {
		return value_ref(y);
	}
	value *out = value_new_dict();
	value_dict_update(out, x);
	value_dict_foreach (y, key, item) {
		const value *old = value_dict_get_value(x, key);
		value *new = NULL;
		if (old != NULL && style->recursive && value_is(old, VALUE_DICT) &&
			value_is(item, VALUE_DICT)) {
			new = merge_dicts(old, item, style);
		} else if (old != NULL && value_is(old, VALUE_LIST) && value_is(item, VALUE_LIST)) {
			new = merge_lists(old, item, style->lists);
		} else {
			new = value_ref(item);
		}
		value_dict_set_value(out, value_ref(key), new);
	}
	return out;
}
