/* Ansible's filters on dicts and structures, and of types. */
#include <string.h>

#include "jinja/engine/frame.h"
#include "jinja/engine/objects.h"
#include "jinja/library/methods.h"
#include "jinja/library/text.h"
#include "template/merge.h"

/* Nothing is combined with None, or with text that says so. */
static void add_dict(value *dicts, value *v)
{
	gboolean null =
		value_is(v, VALUE_NULL) ||
		(value_is(v, VALUE_STRING) && (strcmp(value_string(v), "None") == 0 ||
						      strcmp(value_string(v), "null") == 0));
	if (!null) {
		value_list_append(dicts, value_ref(v));
	}
}

static value *f_combine(struct jinja_call *c)
{
	g_autoptr(value) dicts = value_new_list();
	value *recursive = c->named != NULL ? value_dict_get(c->named, "recursive") : NULL;
	value *merge = c->named != NULL ? value_dict_get(c->named, "list_merge") : NULL;
	gsize known = (recursive != NULL) + (merge != NULL);
	if (c->named != NULL && value_dict_length(c->named) > known) {
		return jinja_fail_usage(
			c->e, "'recursive' and 'list_merge' are the only valid keyword arguments");
	}
	for (guint i = 0; i <= c->n_extra; i++) {
		value *term = i == 0 ? c->input : c->extra[i - 1];
		if (!value_is_sequence(term)) {
			add_dict(dicts, term);
			continue;
		}
		value_list_foreach (term, item) {
			add_dict(dicts, item);
		}
	}
	struct merge_style style = { .recursive = recursive != NULL && value_truth(recursive) };
	const char *name =
		merge != NULL && value_is(merge, VALUE_STRING) ? value_string(merge) : "replace";
	if (!merge_list_style(name, &style.lists)) {
		return jinja_fail_usage(c->e, "unknown list_merge '%s'", name);
	}
	const value *undefined = undefined_inside(dicts);
	if (undefined != NULL) {
		return jinja_fail_undefined(c->e, undefined);
	}
	gsize n = value_list_length(dicts);
	if (n == 0) {
		return value_new_dict();
	}
	if (n == 1) {
		return value_ref(value_list_get(dicts, 0));
	}
	for (gsize i = 0; i < n; i++) {
		if (!value_is(value_list_get(dicts, i), VALUE_DICT)) {
			return jinja_fail_usage(c->e,
				"failed to combine variables, expected dicts but got a '%s'",
				value_type_name(value_list_get(dicts, i)));
		}
	}
	g_autoptr(value) result = value_ref(value_list_get(dicts, n - 1));
	for (gsize i = n - 1; i > 0; i--) {
		value *merged = merge_dicts(value_list_get(dicts, i - 1), result, &style);
		value_unref(result);
		result = merged;
	}
	return g_steal_pointer(&result);
}

static value *f_dict2items(struct jinja_call *c)
{
	const value *key_name = c->arguments[0];
	const value *value_name = c->arguments[1];
	gboolean mapping =
		value_is(c->input, VALUE_OBJECT) && value_object_class(c->input)->mapping;
	g_autoptr(value) dict = mapping ? mapping_copy(c) : value_ref(c->input);
	if (c->e->error != NULL) {
		return NULL;
	}
	if (!value_is(dict, VALUE_DICT)) {
		return jinja_fail_usage(c->e, "dict2items requires a dictionary, got %s instead",
			value_type_name(c->input));
	}
	for (guint i = 0; i < 2 && value_dict_length(dict) > 0; i++) {
		if (c->arguments[i] != NULL && !value_is_hashable(c->arguments[i])) {
			return jinja_fail_usage(
				c->e, "unhashable type: '%s'", value_type_name(c->arguments[i]));
		}
	}
	value *list = value_new_list();
	value_dict_foreach (dict, key, item) {
		value *row = value_new_dict();
		value_dict_set_value(row,
			key_name != NULL ? value_ref(key_name) : value_new_string("key"),
			value_ref(key));
		value_dict_set_value(row,
			value_name != NULL ? value_ref(value_name) : value_new_string("value"),
			value_ref(item));
		value_list_append(list, row);
	}
	return list;
}

/* row[name] as in Python: of a dict by key, of a list or a text by number. */
static value *part_of_row(struct jinja_call *c, const value *row, const value *name)
{
	if (undefined_of(row) != NULL) {
		return jinja_fail_undefined(c->e, row);
	}
	value *part = NULL;
	if (value_is(row, VALUE_DICT)) {
		part = value_is_hashable(name) ? value_dict_get_value(row, name) : NULL;
		part = part != NULL ? value_ref(part) : NULL;
	} else {
		part = item_at(row, name);
	}
	if (part == NULL) {
		g_autofree char *shown = value_to_repr(name);
		return jinja_fail_usage(c->e,
			"items2dict requires a list of dictionaries with %s, one is of type %s",
			shown, value_type_name(row));
	}
	return part;
}

static value *f_items2dict(struct jinja_call *c)
{
	g_autoptr(value) key_name =
		c->arguments[0] != NULL ? value_ref(c->arguments[0]) : value_new_string("key");
	g_autoptr(value) value_name =
		c->arguments[1] != NULL ? value_ref(c->arguments[1]) : value_new_string("value");
	if (!value_is_sequence(c->input)) {
		return jinja_fail_usage(c->e, "items2dict requires a list, got %s instead",
			value_type_name(c->input));
	}
	g_autoptr(value) dict = value_new_dict();
	value_list_foreach (c->input, row) {
		g_autoptr(value) key = part_of_row(c, row, key_name);
		g_autoptr(value) item = key != NULL ? part_of_row(c, row, value_name) : NULL;
		if (item == NULL) {
			return NULL;
		}
		if (undefined_of(key) != NULL) {
			return jinja_fail_undefined(c->e, key);
		}
		if (!value_is_hashable(key)) {
			return jinja_fail_usage(
				c->e, "unhashable type: '%s'", value_type_name(key));
		}
		value_dict_set_value(dict, g_steal_pointer(&key), g_steal_pointer(&item));
	}
	return g_steal_pointer(&dict);
}

static value *f_items(struct jinja_call *c)
{
	const struct undefined *u = undefined_of(c->input);
	if (u != NULL) {
		return value_new_list();
	}
	if (!value_is(c->input, VALUE_DICT)) {
		return jinja_fail_usage(c->e, "can only get item pairs from a mapping");
	}
	value *list = value_new_list();
	value_dict_foreach (c->input, key, item) {
		value *pair = value_new_tuple();
		value_list_append(pair, value_ref(key));
		value_list_append(pair, value_ref(item));
		value_list_append(list, pair);
	}
	return list;
}

static value *f_extract(struct jinja_call *c)
{
	g_autoptr(value) v = evaluate_getitem(c->e, c->arguments[0], c->input);
	value *more = c->arguments[1];
	if (more == NULL || value_is(more, VALUE_NULL)) {
		return g_steal_pointer(&v);
	}
	gsize n = value_is(more, VALUE_LIST) ? value_list_length(more) : 1;
	for (gsize i = 0; i < n && v != NULL; i++) {
		value *next = evaluate_getitem(
			c->e, v, value_is(more, VALUE_LIST) ? value_list_get(more, i) : more);
		value_unref(v);
		v = next;
	}
	return g_steal_pointer(&v);
}

/* One step of subelements' path. NULL: missing. */
static value *step(struct jinja_call *c, const value *of, const value *key)
{
	if (!value_is(of, VALUE_DICT)) {
		g_autofree char *name = value_to_string(key);
		return jinja_fail_usage(c->e, "the key %s should point to a dictionary, got '%s'",
			name, value_type_name(of));
	}
	return value_dict_get_value(of, key);
}

static value *path_of(struct jinja_call *c)
{
	const value *path = c->arguments[0];
	if (value_is(path, VALUE_LIST)) {
		return value_ref(path);
	}
	if (!value_is(path, VALUE_STRING)) {
		return jinja_fail_usage(c->e, "subelements must be a list or a string");
	}
	return text_split(path, ".", 1, -1);
}

static value *f_subelements(struct jinja_call *c)
{
	g_autoptr(value) path = path_of(c);
	if (path == NULL) {
		return NULL;
	}
	if (!value_is(c->input, VALUE_DICT) && !value_is(c->input, VALUE_LIST)) {
		return jinja_fail_usage(c->e, "obj must be a list of dicts or a nested dict");
	}
	gsize n = value_is(c->input, VALUE_DICT) ? value_dict_length(c->input)
						 : value_list_length(c->input);
	g_autoptr(value) out = value_new_list();
	for (gsize i = 0; i < n; i++) {
		value *element = value_is(c->input, VALUE_DICT) ? value_dict_item_at(c->input, i)
								: value_list_get(c->input, i);
		value *at = element;
		for (gsize k = 0; k < value_list_length(path) && at != NULL; k++) {
			at = step(c, at, value_list_get(path, k));
		}
		if (c->e->error != NULL) {
			return NULL;
		}
		if (at == NULL && jinja_arg_bool(c, 1, FALSE)) {
			continue;
		}
		if (!value_is(at, VALUE_LIST)) {
			return jinja_fail_usage(
				c->e, at == NULL ? "could not find the key in an iterated item, "
						   "add skip_missing=True"
						 : "the key should point to a list");
		}
		value_list_foreach (at, item) {
			value *pair = value_new_tuple();
			value_list_append(pair, value_ref(element));
			value_list_append(pair, value_ref(item));
			value_list_append(out, pair);
		}
	}
	return g_steal_pointer(&out);
}

static value *f_rekey_on_member(struct jinja_call *c)
{
	const char *duplicates = jinja_arg_string(c, 1, "error");
	if (duplicates == NULL) {
		return NULL;
	}
	gboolean overwrite = strcmp(duplicates, "overwrite") == 0;
	if (!overwrite && strcmp(duplicates, "error") != 0) {
		return jinja_fail_usage(c->e,
			"duplicates parameter to rekey_on_member has unknown value: %s",
			duplicates);
	}
	if (!value_is(c->input, VALUE_DICT) && !value_is_sequence(c->input)) {
		return jinja_fail_usage(c->e, "type is not a valid list, set, or dict");
	}
	gboolean is_dict = value_is(c->input, VALUE_DICT);
	gsize n = is_dict ? value_dict_length(c->input) : value_list_length(c->input);
	g_autoptr(value) out = value_new_dict();
	for (gsize i = 0; i < n; i++) {
		value *item =
			is_dict ? value_dict_item_at(c->input, i) : value_list_get(c->input, i);
		if (!value_is(item, VALUE_DICT)) {
			return jinja_fail_usage(c->e, "list item is not a valid dict");
		}
		value *key = value_is_hashable(c->arguments[0])
				     ? value_dict_get_value(item, c->arguments[0])
				     : NULL;
		if (key == NULL || !value_is_hashable(key)) {
			g_autofree char *name = value_to_string(c->arguments[0]);
			return jinja_fail_usage(c->e, "key %s was not found", name);
		}
		if (value_dict_get_value(out, key) != NULL && !overwrite) {
			g_autofree char *name = value_to_string(key);
			return jinja_fail_usage(c->e,
				"key %s is not unique, cannot correctly turn into dict", name);
		}
		value_dict_set_value(out, value_ref(key), value_ref(item));
	}
	return g_steal_pointer(&out);
}

static value *f_type_debug(struct jinja_call *c)
{
	const value *v = c->input;
	if (value_is(v, VALUE_STRING)) {
		guint flags = value_flags(v);
		return value_new_string(flags & VALUE_MARKUP   ? "Markup"
					: flags & VALUE_TEXT   ? "NativeJinjaText"
					: flags & VALUE_UNSAFE ? "AnsibleUnsafeText"
							       : "str");
	}
	const struct undefined *u = undefined_of(v);
	return value_new_string(u != NULL && !u->lenient ? "AnsibleUndefined" : value_type_name(v));
}

const struct jinja_filter filters_ansible[] = {
	{ "combine", "* **", f_combine, "dicts merged, later ones win", .strict = TRUE },
	{ "dict2items", "key_name value_name", f_dict2items, "a dict as a list of key and value" },
	{ "extract", "container! morekeys", f_extract, "the input as a key of the container",
		.undefined = TRUE, .hands_on = TRUE },
	{ "items", "", f_items, "pairs of key and value", .undefined = TRUE },
	{ "items2dict", "key_name value_name", f_items2dict, "a list of key and value as a dict" },
	{ "rekey_on_member", "key! duplicates", f_rekey_on_member,
		"a dict by a member of its items" },
	{ "subelements", "subelements! skip_missing", f_subelements,
		"pairs of an item and each member of a list in it" },
	{ "type_debug", "", f_type_debug, "the name of the input's type", .undefined = TRUE },
};
const gsize n_filters_ansible = G_N_ELEMENTS(filters_ansible);
