/* Filters that treat lists as sets, and combine them. */
#include <string.h>

#include "jinja/engine/call.h"
#include "jinja/engine/frame.h"
#include "jinja/engine/objects.h"
#include "jinja/engine/operators.h"
#include "jinja/library/sort.h"
#include "jinja/syntax/limits.h"

/* Keys seen so far: hashed when they can be, else compared one by one. */
struct seen {
	GHashTable *hashed;
	GPtrArray *others;
};

static guint key_hash(gconstpointer v)
{
	return value_hash(v);
}

static gboolean key_equal(gconstpointer a, gconstpointer b)
{
	return value_equal(a, b);
}

static void seen_init(struct seen *s)
{
	s->hashed = g_hash_table_new_full(key_hash, key_equal, (GDestroyNotify)value_unref, NULL);
	s->others = g_ptr_array_new_with_free_func((GDestroyNotify)value_unref);
}

static void seen_finish(struct seen *s)
{
	g_hash_table_unref(s->hashed);
	g_ptr_array_unref(s->others);
}

static gboolean seen_has(const struct seen *s, const value *v)
{
	if (value_is_hashable(v)) {
		return g_hash_table_contains(s->hashed, v);
	}
	for (guint i = 0; i < s->others->len; i++) {
		if (value_equal(s->others->pdata[i], v)) {
			return TRUE;
		}
	}
	return FALSE;
}

/* FALSE: it was there. */
static gboolean seen_add(struct seen *s, const value *v)
{
	if (seen_has(s, v)) {
		return FALSE;
	}
	if (value_is_hashable(v)) {
		g_hash_table_add(s->hashed, value_ref(v));
	} else {
		g_ptr_array_add(s->others, value_ref(v));
	}
	return TRUE;
}

static void add_all(struct seen *s, const value *list)
{
	value_list_foreach (list, item) {
		(void)seen_add(s, item);
	}
}

static value *f_unique(struct jinja_call *c)
{
	g_autoptr(value) items = jinja_arg_list(c, c->input);
	gboolean fold = c->arguments[0] == NULL || !value_truth(c->arguments[0]);
	gboolean hashable = TRUE;
	if (items == NULL) {
		return NULL;
	}
	/* A single item is compared with nothing, so that it may be undefined. */
	gboolean alone = sequence_length(items) == 1 && c->arguments[1] == NULL &&
			 (c->arguments[0] == NULL || value_is(c->arguments[0], VALUE_NULL) ||
				 value_truth(c->arguments[0]));
	struct seen seen;
	seen_init(&seen);
	value *out = value_new_list();
	value_list_foreach (items, item) {
		g_autoptr(value) key = sort_attribute(c->e, item, c->arguments[1], NULL, fold);
		if (key == NULL || (undefined_of(key) != NULL && !alone)) {
			if (key != NULL) {
				jinja_fail_undefined(c->e, key);
			}
			break;
		}
		hashable = hashable && value_is_hashable(key);
		if (seen_add(&seen, key)) {
			value_list_append(out, value_ref(item));
		}
	}
	seen_finish(&seen);
	/* Items that are no keys are compared as they are, with case. */
	if (c->e->error == NULL && !hashable && fold) {
		if (c->arguments[0] != NULL && !value_is(c->arguments[0], VALUE_NULL)) {
			value_unref(out);
			return jinja_fail_usage(
				c->e, "unique cannot ignore case in lists or dicts");
		}
		struct seen exact;
		seen_init(&exact);
		value_unref(out);
		out = value_new_list();
		value_list_foreach (items, item) {
			if (seen_add(&exact, item)) {
				value_list_append(out, value_ref(item));
			}
		}
		seen_finish(&exact);
	}
	if (c->e->error != NULL) {
		value_unref(out);
		return NULL;
	}
	return out;
}

enum set_operation { SET_UNION, SET_INTERSECT, SET_DIFFERENCE, SET_SYMMETRIC };

/* The items of a that are in text or a dict, or are not; each once. */
static value *in_container(struct jinja_call *c, const value *a, gboolean wanted)
{
	struct seen done;
	seen_init(&done);
	value *out = value_new_list();
	value_list_foreach (a, item) {
		int is = contains(c->e, c->arguments[0], item);
		if (is < 0) {
			value_clear(&out);
			break;
		}
		if (is == wanted && seen_add(&done, item)) {
			value_list_append(out, value_ref(item));
		}
	}
	seen_finish(&done);
	return out;
}

static value *set_operation(struct jinja_call *c, enum set_operation operation)
{
	gboolean adds = operation == SET_UNION || operation == SET_SYMMETRIC;
	gboolean hashable = value_is_hashable(c->input) && value_is_hashable(c->arguments[0]);
	if (adds && !hashable &&
		!(value_is(c->input, VALUE_LIST) && value_is(c->arguments[0], VALUE_LIST))) {
		return jinja_fail_usage(c->e, "%s needs two lists, not %s and %s", c->name,
			value_type_name(c->input), value_type_name(c->arguments[0]));
	}
	g_autoptr(value) a = jinja_arg_list(c, c->input);
	g_autoptr(value) b = a != NULL ? jinja_arg_list(c, c->arguments[0]) : NULL;
	if (b == NULL || !check_items(c->e, value_list_length(a) + value_list_length(b))) {
		return NULL;
	}
	const value *undefined =
		undefined_inside(a) != NULL ? undefined_inside(a) : undefined_inside(b);
	if (undefined != NULL) {
		return jinja_fail_undefined(c->e, undefined);
	}
	if (!hashable && (value_is(c->arguments[0], VALUE_STRING) ||
				 value_is(c->arguments[0], VALUE_DICT))) {
		return in_container(c, a, operation == SET_INTERSECT);
	}
	struct seen in_a;
	struct seen in_b;
	struct seen done;
	seen_init(&in_a);
	seen_init(&in_b);
	seen_init(&done);
	add_all(&in_a, a);
	add_all(&in_b, b);
	value *out = value_new_list();
	value_list_foreach (a, item) {
		gboolean both = seen_has(&in_b, item);
		gboolean wanted = operation == SET_UNION || both == (operation == SET_INTERSECT);
		if (wanted && seen_add(&done, item)) {
			value_list_append(out, value_ref(item));
		}
	}
	value_list_foreach (b, item) {
		gboolean wanted = operation == SET_UNION ||
				  (operation == SET_SYMMETRIC && !seen_has(&in_a, item));
		if (wanted && seen_add(&done, item)) {
			value_list_append(out, value_ref(item));
		}
	}
	seen_finish(&in_a);
	seen_finish(&in_b);
	seen_finish(&done);
	return out;
}

static value *f_union(struct jinja_call *c)
{
	return set_operation(c, SET_UNION);
}

static value *f_intersect(struct jinja_call *c)
{
	return set_operation(c, SET_INTERSECT);
}

static value *f_difference(struct jinja_call *c)
{
	return set_operation(c, SET_DIFFERENCE);
}

static value *f_symmetric_difference(struct jinja_call *c)
{
	return set_operation(c, SET_SYMMETRIC);
}

/* The input and the extra arguments as lists; caller unrefs the array. */
static GPtrArray *all_lists(struct jinja_call *c)
{
	GPtrArray *lists = g_ptr_array_new_with_free_func((GDestroyNotify)value_unref);
	for (guint i = 0; i <= c->n_extra; i++) {
		value *list = jinja_arg_list(c, i == 0 ? c->input : c->extra[i - 1]);
		if (list == NULL) {
			g_ptr_array_unref(lists);
			return NULL;
		}
		g_ptr_array_add(lists, list);
	}
	return lists;
}

static value *zip(struct jinja_call *c, gboolean longest, value *fill)
{
	g_autoptr(GPtrArray) lists = all_lists(c);
	if (lists == NULL) {
		return NULL;
	}
	gsize n = longest ? 0 : G_MAXSIZE;
	for (guint i = 0; i < lists->len; i++) {
		gsize length = value_list_length(lists->pdata[i]);
		n = longest ? MAX(n, length) : MIN(n, length);
	}
	value *out = value_new_list();
	for (gsize k = 0; k < n; k++) {
		value *tuple = value_new_tuple();
		for (guint i = 0; i < lists->len; i++) {
			const value *list = lists->pdata[i];
			value *item = k < value_list_length(list) ? value_list_get(list, k) : fill;
			value_list_append(tuple, item != NULL ? value_ref(item) : value_new_null());
		}
		value_list_append(out, tuple);
	}
	return out;
}

static value *f_zip(struct jinja_call *c)
{
	value *strict = c->named != NULL ? value_dict_get(c->named, "strict") : NULL;
	if (c->named != NULL && value_dict_length(c->named) > (strict != NULL)) {
		return jinja_fail_usage(c->e, "zip takes the argument 'strict' only");
	}
	g_autoptr(value) all = strict != NULL && value_truth(strict) ? zip(c, TRUE, NULL) : NULL;
	g_autoptr(value) out = zip(c, FALSE, NULL);
	if (all != NULL && out != NULL && value_list_length(all) != value_list_length(out)) {
		return jinja_fail_usage(c->e, "zip: the lists differ in length");
	}
	return g_steal_pointer(&out);
}

static value *f_zip_longest(struct jinja_call *c)
{
	value *fill = c->named != NULL ? value_dict_get(c->named, "fillvalue") : NULL;
	if (c->named != NULL && value_dict_length(c->named) > (fill != NULL)) {
		return jinja_fail_usage(c->e, "zip_longest takes the argument 'fillvalue' only");
	}
	return zip(c, TRUE, fill);
}

static value *pick(const value *items, const gsize *at, gsize n)
{
	value *tuple = value_new_tuple();
	for (gsize i = 0; i < n; i++) {
		value_list_append(tuple, value_ref(value_list_get(items, at[i])));
	}
	return tuple;
}

static value *f_product(struct jinja_call *c)
{
	g_autoptr(GPtrArray) lists = all_lists(c);
	gint64 repeat = 1;
	value *times = c->named != NULL ? value_dict_get(c->named, "repeat") : NULL;
	if (lists == NULL) {
		return NULL;
	}
	if (c->named != NULL && value_dict_length(c->named) > (times != NULL)) {
		return jinja_fail_usage(c->e, "product takes the argument 'repeat' only");
	}
	if (times != NULL && (!is_integer(times, &repeat) || repeat < 0)) {
		return jinja_fail_usage(
			c->e, "repeat argument must be a number that is not negative");
	}
	gsize n = lists->len * (gsize)MIN(repeat, LIMIT_ITEMS);
	gsize total = 1;
	for (gsize i = 0; i < n; i++) {
		gsize length = value_list_length(lists->pdata[i % lists->len]);
		if (length == 0) {
			return value_new_list();
		}
		total *= length;
		if (!check_items(c->e, MAX(total, n))) {
			return NULL;
		}
	}
	g_autofree gsize *at = g_new0(gsize, n + 1);
	value *out = value_new_list();
	for (gsize k = 0; k < total; k++) {
		value *tuple = value_new_tuple();
		for (gsize i = 0; i < n; i++) {
			value_list_append(tuple,
				value_ref(value_list_get(lists->pdata[i % lists->len], at[i])));
		}
		value_list_append(out, tuple);
		for (gsize i = n; i > 0; i--) {
			if (++at[i - 1] < value_list_length(lists->pdata[(i - 1) % lists->len])) {
				break;
			}
			at[i - 1] = 0;
		}
	}
	return out;
}

static gboolean permute(struct jinja_call *c, const value *items, gsize *at, gboolean *used,
	gsize depth, gsize r, value *out)
{
	if (depth == r) {
		value_list_append(out, pick(items, at, r));
		return check_items(c->e, value_list_length(out));
	}
	for (gsize i = 0; i < value_list_length(items); i++) {
		if (used[i]) {
			continue;
		}
		used[i] = TRUE;
		at[depth] = i;
		if (!permute(c, items, at, used, depth + 1, r, out)) {
			return FALSE;
		}
		used[i] = FALSE;
	}
	return TRUE;
}

static value *f_permutations(struct jinja_call *c)
{
	g_autoptr(value) items = jinja_arg_list(c, c->input);
	if (items == NULL) {
		return NULL;
	}
	gint64 r = 0;
	gsize n = value_list_length(items);
	if (!jinja_arg_int_or_none(c, 0, (gint64)n, &r)) {
		return NULL;
	}
	if (r < 0) {
		return jinja_fail_usage(c->e, "r must be non-negative");
	}
	g_autoptr(value) out = value_new_list();
	if (r > (gint64)n) {
		return g_steal_pointer(&out);
	}
	if (r > LIMIT_NESTING) {
		return jinja_fail(c->e, SUTLER_ERROR_LIMIT, "permutations of more than %d items",
			LIMIT_NESTING);
	}
	g_autofree gsize *at = g_new0(gsize, n + 1);
	g_autofree gboolean *used = g_new0(gboolean, n + 1);
	return permute(c, items, at, used, 0, (gsize)r, out) ? g_steal_pointer(&out) : NULL;
}

static value *f_combinations(struct jinja_call *c)
{
	g_autoptr(value) items = jinja_arg_list(c, c->input);
	gint64 wanted = 0;
	if (items == NULL || !jinja_arg_int(c, 0, 0, &wanted)) {
		return NULL;
	}
	if (wanted < 0) {
		return jinja_fail_usage(c->e, "r must be non-negative");
	}
	gsize n = value_list_length(items);
	gsize r = (gsize)wanted;
	g_autoptr(value) out = value_new_list();
	if (r > n) {
		return g_steal_pointer(&out);
	}
	g_autofree gsize *at = g_new0(gsize, r + 1);
	for (gsize i = 0; i < r; i++) {
		at[i] = i;
	}
	for (;;) {
		value_list_append(out, pick(items, at, r));
		gsize i = r;
		while (i > 0 && at[i - 1] == i - 1 + n - r) {
			i--;
		}
		if (i == 0 || !check_items(c->e, value_list_length(out))) {
			break;
		}
		at[i - 1]++;
		for (; i < r; i++) {
			at[i] = at[i - 1] + 1;
		}
	}
	return c->e->error == NULL ? g_steal_pointer(&out) : NULL;
}

const struct jinja_filter filters_set[] = {
	{ "combinations", "r!", f_combinations, "all choices of r items" },
	{ "difference", "b!", f_difference, "the items that are not in b" },
	{ "intersect", "b!", f_intersect, "the items that are in b too" },
	{ "permutations", "r", f_permutations, "all orders of r items" },
	{ "product", "* **", f_product, "all pairs of items of the lists" },
	{ "symmetric_difference", "b!", f_symmetric_difference,
		"the items that are in one list only" },
	{ "union", "b!", f_union, "the items of both lists" },
	{ "unique", "case_sensitive attribute", f_unique, "the items without doubles",
		.lazy = JINJA_LAZY(1) },
	{ "zip", "* **", f_zip, "tuples of the items at the same places" },
	{ "zip_longest", "* **", f_zip_longest, "the same as far as the longest list goes" },
};
const gsize n_filters_set = G_N_ELEMENTS(filters_set);
