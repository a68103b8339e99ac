/* Methods of list, tuple, dict, int and float. */
#include <math.h>
#include <string.h>

#include "jinja/engine/objects.h"
#include "jinja/engine/operators.h"
#include "jinja/library/methods.h"
#include "jinja/library/sort.h"

/* Lists and dicts of the template itself may be changed; shared data may not. */
static gboolean changeable(struct jinja_call *c)
{
	if (!value_is_frozen(c->input)) {
		return TRUE;
	}
	jinja_fail_usage(c->e, "cannot change shared data with .%s(), make a copy with 'set' first",
		c->name);
	return FALSE;
}

static guint level_of(const struct shared *shared, const value *v)
{
	gpointer level = shared->levels != NULL ? g_hash_table_lookup(shared->levels, v) : NULL;
	return GPOINTER_TO_UINT(level);
}

static gboolean set_levels(struct shared *shared, value *v, guint level)
{
	if (!value_is_sequence(v) && !value_is(v, VALUE_DICT)) {
		return TRUE;
	}
	if (level > 200) {
		return FALSE;
	}
	if (level_of(shared, v) < level) {
		g_hash_table_insert(shared->levels, value_ref(v), GUINT_TO_POINTER(level));
	}
	gboolean ok = TRUE;
	if (value_is_sequence(v)) {
		for (gsize i = 0; i < value_list_length(v) && ok; i++) {
			ok = set_levels(shared, value_list_get(v, i), level + 1);
		}
	} else {
		for (gsize i = 0; i < value_dict_length(v) && ok; i++) {
			ok = set_levels(shared, value_dict_item_at(v, i), level + 1);
		}
	}
	return ok;
}

/* Whether item may be put into the container: no cycles, no bottomless nesting. */
static gboolean accepts(struct jinja_call *c, value *item)
{
	struct shared *shared = c->e->shared;
	if (!value_is_sequence(item) && !value_is(item, VALUE_DICT)) {
		return TRUE;
	}
	if (object_holds(item, c->input)) {
		jinja_fail_usage(c->e, "a %s cannot hold itself", value_type_name(c->input));
		return FALSE;
	}
	if (shared->levels == NULL) {
		shared->levels =
			g_hash_table_new_full(NULL, NULL, (GDestroyNotify)value_unref, NULL);
	}
	if (!check_depth(c->e, item)) {
		return FALSE;
	}
	if (!set_levels(shared, item, level_of(shared, c->input) + 1)) {
		jinja_fail(c->e, SUTLER_ERROR_LIMIT, "value is nested deeper than 200 levels");
		return FALSE;
	}
	return TRUE;
}

static value *l_append(struct jinja_call *c)
{
	if (!changeable(c) || !accepts(c, c->arguments[0]) ||
		!check_items(c->e, value_list_length(c->input) + 1)) {
		return NULL;
	}
	value_list_append(c->input, value_ref(c->arguments[0]));
	return value_new_null();
}

static value *l_extend(struct jinja_call *c)
{
	g_autoptr(value) items = changeable(c) ? jinja_arg_list(c, c->arguments[0]) : NULL;
	if (items == NULL ||
		!check_items(c->e, value_list_length(c->input) + value_list_length(items))) {
		return NULL;
	}
	gsize n = value_list_length(items);
	for (gsize i = 0; i < n; i++) {
		value *item = value_list_get(items, i);
		if (!accepts(c, item)) {
			return NULL;
		}
		value_list_append(c->input, value_ref(item));
	}
	return value_new_null();
}

static value *l_insert(struct jinja_call *c)
{
	gint64 i = 0;
	gint64 n = (gint64)value_list_length(c->input);
	if (!changeable(c) || !jinja_arg_int(c, 0, 0, &i) || !accepts(c, c->arguments[1]) ||
		!check_items(c->e, (gsize)n + 1)) {
		return NULL;
	}
	i += i < 0 ? n : 0;
	value_list_insert(c->input, (gsize)CLAMP(i, 0, n), value_ref(c->arguments[1]));
	return value_new_null();
}

static value *l_pop(struct jinja_call *c)
{
	gint64 i = -1;
	gint64 n = (gint64)value_list_length(c->input);
	if (!changeable(c) || !jinja_arg_int(c, 0, -1, &i)) {
		return NULL;
	}
	i += i < 0 ? n : 0;
	if (i < 0 || i >= n) {
		return jinja_fail_usage(
			c->e, n == 0 ? "pop from empty list" : "pop index out of range");
	}
	value *item = value_ref(value_list_get(c->input, (gsize)i));
	value_list_remove(c->input, (gsize)i);
	return item;
}

/* Position of the argument; -1 when absent. */
static gint64 position(struct jinja_call *c)
{
	for (gsize i = 0; i < value_list_length(c->input); i++) {
		if (value_equal(value_list_get(c->input, i), c->arguments[0])) {
			return (gint64)i;
		}
	}
	return -1;
}

static value *l_remove(struct jinja_call *c)
{
	gint64 i = changeable(c) ? position(c) : -1;
	if (i < 0) {
		return jinja_fail_usage(c->e, "list.remove(x): x not in list");
	}
	value_list_remove(c->input, (gsize)i);
	return value_new_null();
}

static value *l_clear(struct jinja_call *c)
{
	if (!changeable(c)) {
		return NULL;
	}
	while (value_list_length(c->input) > 0) {
		value_list_remove(c->input, value_list_length(c->input) - 1);
	}
	return value_new_null();
}

static value *l_copy(struct jinja_call *c)
{
	value *copy = value_new_list();
	value_list_foreach (c->input, item) {
		value_list_append(copy, value_ref(item));
	}
	return copy;
}

static value *l_count(struct jinja_call *c)
{
	gint64 n = 0;
	value_list_foreach (c->input, item) {
		int is = same_value(c->e, item, c->arguments[0]);
		if (is < 0) {
			return NULL;
		}
		n += is;
	}
	return value_new_int(n);
}

static value *l_index(struct jinja_call *c)
{
	gint64 n = (gint64)value_list_length(c->input);
	gint64 start = 0;
	gint64 end = n;
	if (!jinja_arg_int(c, 1, 0, &start) || !jinja_arg_int(c, 2, n, &end)) {
		return NULL;
	}
	start += start < 0 ? n : 0;
	end += end < 0 ? n : 0;
	for (gint64 i = MAX(start, 0); i < MIN(end, n); i++) {
		int is = same_value(c->e, value_list_get(c->input, (gsize)i), c->arguments[0]);
		if (is != 0) {
			return is > 0 ? value_new_int(i) : NULL;
		}
	}
	g_autofree char *what = value_to_repr(c->arguments[0]);
	return jinja_fail_usage(c->e, "%s is not in list", what);
}

static void put_back(value *list, const value *sorted)
{
	for (gsize i = 0; i < value_list_length(sorted); i++) {
		value_list_set(list, i, value_ref(value_list_get(sorted, i)));
	}
}

static value *l_reverse(struct jinja_call *c)
{
	if (!changeable(c)) {
		return NULL;
	}
	g_autoptr(value) copy = l_copy(c);
	gsize n = value_list_length(copy);
	for (gsize i = 0; i < n; i++) {
		value_list_set(c->input, i, value_ref(value_list_get(copy, n - 1 - i)));
	}
	return value_new_null();
}

static value *l_sort(struct jinja_call *c)
{
	if (!changeable(c)) {
		return NULL;
	}
	const value *reverse = c->named != NULL ? value_dict_get(c->named, "reverse") : NULL;
	if (c->named != NULL && value_dict_length(c->named) > (reverse != NULL)) {
		return jinja_fail_usage(c->e, "sort() knows only the argument 'reverse'");
	}
	gboolean falling = reverse != NULL && value_truth(reverse);
	g_autoptr(value) sorted = sort_values(c->e, c->input, c->input, falling);
	if (sorted == NULL) {
		return NULL;
	}
	put_back(c->input, sorted);
	return value_new_null();
}

const struct jinja_method methods_list[] = {
	{ "append", "object! /", l_append },
	{ "clear", "", l_clear },
	{ "copy", "", l_copy },
	{ "count", "value! /", l_count },
	{ "extend", "iterable! /", l_extend },
	{ "index", "value! start stop /", l_index },
	{ "insert", "index! object! /", l_insert },
	{ "pop", "index /", l_pop },
	{ "remove", "value! /", l_remove },
	{ "reverse", "", l_reverse },
	{ "sort", "**", l_sort },
};
const gsize n_methods_list = G_N_ELEMENTS(methods_list);

const struct jinja_method methods_tuple[] = {
	{ "count", "value! /", l_count },
	{ "index", "value! start stop /", l_index },
};
const gsize n_methods_tuple = G_N_ELEMENTS(methods_tuple);

/* --- dict --- */

static gboolean hashable(struct jinja_call *c, const value *key)
{
	if (undefined_of(key) != NULL) {
		jinja_fail_undefined(c->e, key);
		return FALSE;
	}
	if (!value_is_hashable(key)) {
		jinja_fail_usage(c->e, "unhashable type: '%s'", value_type_name(key));
		return FALSE;
	}
	return TRUE;
}

static value *d_get(struct jinja_call *c)
{
	if (!hashable(c, c->arguments[0])) {
		return NULL;
	}
	value *v = value_dict_get_value(c->input, c->arguments[0]);
	v = v != NULL ? v : c->arguments[1];
	return v != NULL ? value_ref(v) : value_new_null();
}

static value *d_keys(struct jinja_call *c)
{
	return iterate(c->e, c->input);
}

static value *d_values(struct jinja_call *c)
{
	value *list = value_new_list();
	for (gsize i = 0; i < value_dict_length(c->input); i++) {
		value_list_append(list, value_ref(value_dict_item_at(c->input, i)));
	}
	return list;
}

static value *d_items(struct jinja_call *c)
{
	value *list = value_new_list();
	for (gsize i = 0; i < value_dict_length(c->input); i++) {
		value *pair = value_new_tuple();
		value_list_append(pair, value_ref(value_dict_key_at(c->input, i)));
		value_list_append(pair, value_ref(value_dict_item_at(c->input, i)));
		value_list_append(list, pair);
	}
	return list;
}

static value *d_copy(struct jinja_call *c)
{
	value *copy = value_new_dict();
	value_dict_update(copy, c->input);
	return copy;
}

static gboolean put(struct jinja_call *c, value *key, value *item)
{
	if (!hashable(c, key) || !accepts(c, item) ||
		!check_items(c->e, value_dict_length(c->input) + 1)) {
		return FALSE;
	}
	value_dict_set_value(c->input, value_ref(key), value_ref(item));
	return TRUE;
}

static gboolean put_all(struct jinja_call *c, const value *from)
{
	if (value_is(from, VALUE_DICT)) {
		value_dict_foreach (from, key, item) {
			if (!put(c, key, item)) {
				return FALSE;
			}
		}
		return TRUE;
	}
	g_autoptr(value) pairs = jinja_arg_list(c, from);
	for (gsize i = 0; pairs != NULL && i < value_list_length(pairs); i++) {
		g_autoptr(value) pair = jinja_arg_list(c, value_list_get(pairs, i));
		if (pair == NULL || value_list_length(pair) != 2) {
			jinja_fail_usage(c->e, "dictionary update sequence needs pairs");
			return FALSE;
		}
		if (!put(c, value_list_get(pair, 0), value_list_get(pair, 1))) {
			return FALSE;
		}
	}
	return pairs != NULL;
}

static value *d_update(struct jinja_call *c)
{
	if (!changeable(c) || (c->arguments[0] != NULL && !put_all(c, c->arguments[0])) ||
		(c->named != NULL && !put_all(c, c->named))) {
		return NULL;
	}
	return value_new_null();
}

static value *d_setdefault(struct jinja_call *c)
{
	if (!changeable(c) || !hashable(c, c->arguments[0])) {
		return NULL;
	}
	value *v = value_dict_get_value(c->input, c->arguments[0]);
	if (v != NULL) {
		return value_ref(v);
	}
	g_autoptr(value) item =
		c->arguments[1] != NULL ? value_ref(c->arguments[1]) : value_new_null();
	return put(c, c->arguments[0], item) ? g_steal_pointer(&item) : NULL;
}

static value *d_pop(struct jinja_call *c)
{
	if (!changeable(c) || !hashable(c, c->arguments[0])) {
		return NULL;
	}
	value *v = value_dict_get_value(c->input, c->arguments[0]);
	if (v == NULL && c->arguments[1] != NULL) {
		return value_ref(c->arguments[1]);
	}
	if (v == NULL) {
		g_autofree char *key = value_to_repr(c->arguments[0]);
		return jinja_fail_usage(c->e, "dict has no key %s to pop", key);
	}
	value_ref(v);
	value_dict_remove(c->input, c->arguments[0]);
	return v;
}

static value *d_popitem(struct jinja_call *c)
{
	gsize n = value_dict_length(c->input);
	if (!changeable(c)) {
		return NULL;
	}
	if (n == 0) {
		return jinja_fail_usage(c->e, "popitem(): dictionary is empty");
	}
	value *pair = value_new_tuple();
	value_list_append(pair, value_ref(value_dict_key_at(c->input, n - 1)));
	value_list_append(pair, value_ref(value_dict_item_at(c->input, n - 1)));
	value_dict_remove(c->input, value_list_get(pair, 0));
	return pair;
}

static value *d_clear(struct jinja_call *c)
{
	if (!changeable(c)) {
		return NULL;
	}
	while (value_dict_length(c->input) > 0) {
		g_autoptr(value) key =
			value_ref(value_dict_key_at(c->input, value_dict_length(c->input) - 1));
		value_dict_remove(c->input, key);
	}
	return value_new_null();
}

static value *d_fromkeys(struct jinja_call *c)
{
	g_autoptr(value) keys = jinja_arg_list(c, c->arguments[0]);
	if (keys == NULL) {
		return NULL;
	}
	g_autoptr(value) dict = value_new_dict();
	value_list_foreach (keys, key) {
		if (!hashable(c, key)) {
			return NULL;
		}
		value_dict_set_value(dict, value_ref(key),
			c->arguments[1] != NULL ? value_ref(c->arguments[1]) : value_new_null());
	}
	return g_steal_pointer(&dict);
}

const struct jinja_method methods_dict[] = {
	{ "clear", "", d_clear },
	{ "copy", "", d_copy },
	{ "fromkeys", "iterable! value /", d_fromkeys },
	{ "get", "key! default /", d_get },
	{ "items", "", d_items },
	{ "keys", "", d_keys },
	{ "pop", "key! default /", d_pop },
	{ "popitem", "", d_popitem },
	{ "setdefault", "key! default /", d_setdefault },
	{ "update", "other / **", d_update },
	{ "values", "", d_values },
};
const gsize n_methods_dict = G_N_ELEMENTS(methods_dict);

/* --- objects that are mappings --- */

/* The item under key, or fallback; NULL and an error of e. */
static value *mapping_item(struct jinja_call *c, const value *key, const value *fallback)
{
	const struct object_class *class = value_object_class(c->input);
	GError *error = NULL;
	value *item = class->get(value_object_data(c->input), key, &error);
	if (item == NULL && error != NULL) {
		c->e->error = error;
		return NULL;
	}
	return item != NULL ? item : fallback != NULL ? value_ref(fallback) : value_new_null();
}

static value *m_get(struct jinja_call *c)
{
	return hashable(c, c->arguments[0]) ? mapping_item(c, c->arguments[0], c->arguments[1])
					    : NULL;
}

/* make: of a key and its item (taken), what stands in the list. */
static value *mapping_list(struct jinja_call *c, value *(*make)(const value *key, value *item))
{
	g_autoptr(value) keys = iterate(c->e, c->input);
	g_autoptr(value) list = value_new_list();
	for (gsize i = 0; keys != NULL && i < value_list_length(keys); i++) {
		const value *key = value_list_get(keys, i);
		value *item = mapping_item(c, key, NULL);
		if (item == NULL) {
			return NULL;
		}
		value_list_append(list, make(key, item));
	}
	return keys != NULL ? g_steal_pointer(&list) : NULL;
}

static value *make_pair(const value *key, value *item)
{
	value *pair = value_new_tuple();
	value_list_append(pair, value_ref(key));
	value_list_append(pair, item);
	return pair;
}

static value *make_item(const value *key, value *item)
{
	(void)key;
	return item;
}

static value *m_items(struct jinja_call *c)
{
	return mapping_list(c, make_pair);
}

static value *m_values(struct jinja_call *c)
{
	return mapping_list(c, make_item);
}

value *mapping_copy(struct jinja_call *c)
{
	g_autoptr(value) pairs = mapping_list(c, make_pair);
	value *dict = value_new_dict();
	for (gsize i = 0; pairs != NULL && i < value_list_length(pairs); i++) {
		const value *pair = value_list_get(pairs, i);
		value_dict_set_value(dict, value_ref(value_list_get(pair, 0)),
			value_ref(value_list_get(pair, 1)));
	}
	return dict;
}

const struct jinja_method methods_mapping[] = {
	{ "get", "key! default /", m_get },
	{ "items", "", m_items },
	{ "keys", "", d_keys },
	{ "values", "", m_values },
};
const gsize n_methods_mapping = G_N_ELEMENTS(methods_mapping);

/* --- numbers --- */

static value *i_bit_length(struct jinja_call *c)
{
	gint64 i = 0;
	is_integer(c->input, &i);
	guint64 u = i < 0 ? 0 - (guint64)i : (guint64)i;
	return value_new_int(u == 0 ? 0 : 64 - __builtin_clzll(u));
}

static value *f_is_integer(struct jinja_call *c)
{
	double d = value_float(c->input);
	return value_new_bool(isfinite(d) && d == floor(d));
}

const struct jinja_method methods_int[] = {
	{ "bit_length", "", i_bit_length },
};
const gsize n_methods_int = G_N_ELEMENTS(methods_int);

const struct jinja_method methods_float[] = {
	{ "is_integer", "", f_is_integer },
};
const gsize n_methods_float = G_N_ELEMENTS(methods_float);
