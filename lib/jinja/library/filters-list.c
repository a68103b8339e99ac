/* Filters on lists. */
#include <math.h>
#include <string.h>

#include "base/bytes.h"
#include "jinja/engine/autoescape.h"
#include "jinja/engine/call.h"
#include "jinja/engine/frame.h"
#include "jinja/engine/markup.h"
#include "jinja/engine/objects.h"
#include "jinja/engine/operators.h"
#include "jinja/engine/output.h"
#include "jinja/library/random.h"
#include "jinja/library/sort.h"
#include "jinja/syntax/limits.h"

static value *f_first(struct jinja_call *c)
{
	g_autoptr(value) list = jinja_arg_list(c, c->input);
	if (list == NULL) {
		return NULL;
	}
	return value_list_length(list) > 0
		       ? value_ref(value_list_get(list, 0))
		       : undefined_new(NULL, "no first item, sequence was empty", NULL);
}

static value *f_last(struct jinja_call *c)
{
	if (value_is(c->input, VALUE_STRING) && value_string_length(c->input) > 0) {
		g_autoptr(value) at = value_new_int(-1);
		return evaluate_getitem(c->e, c->input, at);
	}
	g_autoptr(value) list = jinja_arg_list(c, c->input);
	if (list == NULL) {
		return NULL;
	}
	gsize n = value_list_length(list);
	return n > 0 ? value_ref(value_list_get(list, n - 1))
		     : undefined_new(NULL, "no last item, sequence was empty", NULL);
}

static value *f_length(struct jinja_call *c)
{
	const value *v = c->input;
	if (value_is(v, VALUE_STRING)) {
		return value_new_int((gint64)value_string_points(v));
	}
	if (value_is(v, VALUE_DICT)) {
		return value_new_int((gint64)value_dict_length(v));
	}
	if (value_is_sequence(v) || value_object(v, &range_class) != NULL) {
		return value_new_int((gint64)sequence_length(v));
	}
	if (value_is(v, VALUE_OBJECT) && value_object_class(v)->length != NULL) {
		return value_new_int(value_object_class(v)->length(value_object_data(v)));
	}
	return jinja_fail_usage(c->e, "object of type '%s' has no len()", value_type_name(v));
}

static value *f_list(struct jinja_call *c)
{
	g_autoptr(value) items = jinja_arg_list(c, c->input);
	if (items == NULL || items != c->input) {
		return value_is(items, VALUE_TUPLE) || items == NULL
			       ? (items == NULL ? NULL : value_list_copy(items))
			       : g_steal_pointer(&items);
	}
	return value_list_copy(items);
}

static value *f_reverse(struct jinja_call *c)
{
	if (value_is(c->input, VALUE_STRING)) {
		g_autoptr(value) by = value_new_int(-1);
		return slice_of(c->e, c->input, NULL, NULL, by);
	}
	g_autoptr(value) items = jinja_arg_list(c, c->input);
	if (items == NULL) {
		return NULL;
	}
	value *list = value_new_list();
	for (gsize i = value_list_length(items); i > 0; i--) {
		value_list_append(list, value_ref(value_list_get(items, i - 1)));
	}
	return list;
}

/* The bytes of a list of strings with a separator of this length; FALSE: there are others in it. */
static gboolean joined_length(const value *items, gsize separator, gsize *ret)
{
	gsize n = value_list_length(items);
	*ret = n > 1 ? (n - 1) * separator : 0;
	for (gsize i = 0; i < n; i++) {
		const value *item = value_list_get(items, i);
		if (!value_is(item, VALUE_STRING)) {
			return FALSE;
		}
		*ret += value_string_length(item);
	}
	return TRUE;
}

static value *join_strings(const value *items, const value *separator, gsize length)
{
	const char *between = value_string(separator);
	gsize between_length = value_string_length(separator);
	char *p = NULL;
	value *v = value_new_string_space(length, &p);
	for (gsize i = 0; i < value_list_length(items); i++) {
		const value *item = value_list_get(items, i);
		if (i > 0) {
			copy_bytes(p, between, between_length);
			p += between_length;
		}
		copy_bytes(p, value_string(item), value_string_length(item));
		p += value_string_length(item);
	}
	return v;
}

static value *f_join(struct jinja_call *c)
{
	const value *given = c->arguments[0];
	const value *attribute = c->arguments[1];
	gboolean escapes = c->e->context->autoescape;
	gsize length = 0;
	if (!escapes && value_is_sequence(c->input) && value_is(given, VALUE_STRING) &&
		attribute == NULL && joined_length(c->input, value_string_length(given), &length)) {
		return check_size(c->e, length) ? join_strings(c->input, given, length) : NULL;
	}
	g_autoptr(value) items = jinja_arg_list(c, c->input);
	g_autoptr(value) separator = given != NULL ? text_of(given) : value_new_string("");
	if (items != NULL && attribute != NULL) {
		value *attributes = sort_attributes(c->e, items, attribute, NULL, FALSE);
		value_unref(items);
		items = attributes;
	}
	return items != NULL ? autoescape_join(c->e, separator, items, escapes) : NULL;
}

/* Sort keys: a list of the attribute values for every item. */
static value *multi_key(
	struct jinja_call *c, const value *item, const value *attribute, gboolean fold)
{
	g_autoptr(value) key = value_new_list();
	if (!value_is(attribute, VALUE_STRING)) {
		value *v = sort_attribute(c->e, item, attribute, NULL, fold);
		if (v == NULL) {
			return NULL;
		}
		value_list_append(key, v);
		return g_steal_pointer(&key);
	}
	g_auto(GStrv) names = g_strsplit(value_string(attribute), ",", -1);
	for (gsize i = 0; names[i] != NULL; i++) {
		g_autoptr(value) name = value_new_string(names[i]);
		value *v = sort_attribute(c->e, item, name, NULL, fold);
		if (v == NULL) {
			return NULL;
		}
		value_list_append(key, v);
	}
	return g_steal_pointer(&key);
}

static value *f_sort(struct jinja_call *c)
{
	g_autoptr(value) items = jinja_arg_list(c, c->input);
	gboolean fold = !jinja_arg_bool(c, 1, FALSE);
	if (items == NULL) {
		return NULL;
	}
	g_autoptr(value) keys = value_new_list();
	value_list_foreach (items, item) {
		value *key = multi_key(c, item, c->arguments[2], fold);
		if (key == NULL) {
			return NULL;
		}
		value_list_append(keys, key);
	}
	gint64 reverse = 0;
	return jinja_arg_int(c, 0, 0, &reverse) ? sort_values(c->e, items, keys, reverse != 0)
						: NULL;
}

static value *f_dictsort(struct jinja_call *c)
{
	const char *by = jinja_arg_string(c, 1, "key");
	if (by == NULL) {
		return NULL;
	}
	if (strcmp(by, "key") != 0 && strcmp(by, "value") != 0) {
		return jinja_fail_usage(c->e, "you can only sort by either 'key' or 'value'");
	}
	if (!value_is(c->input, VALUE_DICT)) {
		return jinja_fail_usage(
			c->e, "dictsort needs a dict, not %s", value_type_name(c->input));
	}
	gboolean fold = !jinja_arg_bool(c, 0, FALSE);
	g_autoptr(value) pairs = value_new_list();
	g_autoptr(value) keys = value_new_list();
	value_dict_foreach (c->input, key, item) {
		value *pair = value_new_tuple();
		value_list_append(pair, value_ref(key));
		value_list_append(pair, value_ref(item));
		value_list_append(pairs, pair);
		const value *k = *by == 'k' ? key : item;
		value_list_append(keys, fold ? sort_fold(k) : value_ref(k));
	}
	gint64 reverse = 0;
	return jinja_arg_int(c, 2, 0, &reverse) ? sort_values(c->e, pairs, keys, reverse != 0)
						: NULL;
}

static value *extreme(struct jinja_call *c, gboolean largest)
{
	g_autoptr(value) items = jinja_arg_list(c, c->input);
	gboolean fold = !jinja_arg_bool(c, 0, FALSE);
	if (items == NULL) {
		return NULL;
	}
	if (value_list_length(items) == 0) {
		return undefined_new(NULL, "no aggregated item, sequence was empty", NULL);
	}
	value *best = NULL;
	g_autoptr(value) best_key = NULL;
	value_list_foreach (items, item) {
		g_autoptr(value) key = sort_attribute(c->e, item, c->arguments[1], NULL, fold);
		int is = 0;
		if (key == NULL || (best != NULL && !order(c->e, key, best_key, &is))) {
			return NULL;
		}
		if (best == NULL || (largest ? is > 0 : is < 0)) {
			best = item;
			value_unref(best_key);
			best_key = g_steal_pointer(&key);
		}
	}
	return value_ref(best);
}

static value *f_min(struct jinja_call *c)
{
	return extreme(c, FALSE);
}

static value *f_max(struct jinja_call *c)
{
	return extreme(c, TRUE);
}

static value *f_sum(struct jinja_call *c)
{
	g_autoptr(value) items = jinja_arg_list(c, c->input);
	g_autoptr(value) sum =
		c->arguments[1] != NULL ? value_ref(c->arguments[1]) : value_new_int(0);
	if (items == NULL) {
		return NULL;
	}
	if (value_is(sum, VALUE_STRING)) {
		return jinja_fail_usage(c->e, "sum() can't sum strings, use join");
	}
	value_list_foreach (items, item) {
		const value *attribute = c->arguments[0];
		g_autoptr(value) v = sort_attribute(c->e, item, attribute, NULL, FALSE);
		value *next = v != NULL ? operate(c->e, OP_ADD, sum, v) : NULL;
		if (next == NULL) {
			return NULL;
		}
		value_unref(sum);
		sum = next;
	}
	return g_steal_pointer(&sum);
}

static value *f_batch(struct jinja_call *c)
{
	g_autoptr(value) items = jinja_arg_list(c, c->input);
	gint64 size = -1;
	if (items == NULL) {
		return NULL;
	}
	/* What is no integer is the length of no batch: all items come into one. */
	gboolean sized = is_integer(c->arguments[0], &size);
	if (value_is(c->arguments[0], VALUE_FLOAT)) {
		double d = value_float(c->arguments[0]);
		size = trunc(d) == d && fabs(d) < LIMIT_ITEMS ? (gint64)d : -1;
		sized = TRUE;
	}
	const value *fill = c->arguments[1];
	fill = fill != NULL && value_is(fill, VALUE_NULL) ? NULL : fill;
	g_autoptr(value) batches = value_new_list();
	value *batch = NULL;
	value_list_foreach (items, item) {
		if (batch == NULL || (gint64)value_list_length(batch) == size) {
			/* a size of 0 is met before the first item */
			for (int i = batch == NULL && size == 0; i >= 0; i--) {
				batch = value_new_list();
				value_list_append(batches, batch);
			}
		}
		value_list_append(batch, value_ref(item));
	}
	if (batch != NULL && fill != NULL && !sized) {
		return jinja_fail_usage(c->e, "batch needs a number to fill up to, not %s",
			value_type_name(c->arguments[0]));
	}
	if (batch != NULL && fill != NULL && check_items(c->e, (gsize)MAX(size, 0))) {
		while ((gint64)value_list_length(batch) < size) {
			value_list_append(batch, value_ref(fill));
		}
	}
	return c->e->error == NULL ? g_steal_pointer(&batches) : NULL;
}

static value *f_slice(struct jinja_call *c)
{
	g_autoptr(value) items = jinja_arg_list(c, c->input);
	gint64 slices = 0;
	if (items == NULL || !jinja_arg_int(c, 0, 0, &slices)) {
		return NULL;
	}
	if (slices <= 0) {
		return slices == 0 ? jinja_fail_usage(c->e, "slice by zero") : value_new_list();
	}
	if (!check_items(c->e, (gsize)slices)) {
		return NULL;
	}
	const value *fill = c->arguments[1];
	fill = fill != NULL && value_is(fill, VALUE_NULL) ? NULL : fill;
	gsize length = value_list_length(items);
	gsize each = length / (gsize)slices;
	gsize longer = length % (gsize)slices;
	gsize at = 0;
	value *list = value_new_list();
	for (gsize i = 0; i < (gsize)slices; i++) {
		value *slice = value_new_list();
		for (gsize k = 0; k < each + (i < longer); k++) {
			value_list_append(slice, value_ref(value_list_get(items, at++)));
		}
		if (fill != NULL && i >= longer) {
			value_list_append(slice, value_ref(fill));
		}
		value_list_append(list, slice);
	}
	return list;
}

static value *f_groupby(struct jinja_call *c)
{
	g_autoptr(value) items = jinja_arg_list(c, c->input);
	gboolean fold = !jinja_arg_bool(c, 2, FALSE);
	const value *fallback = c->arguments[1];
	fallback = fallback != NULL && value_is(fallback, VALUE_NULL) ? NULL : fallback;
	if (items == NULL) {
		return NULL;
	}
	g_autoptr(value) keys = sort_attributes(c->e, items, c->arguments[0], fallback, fold);
	g_autoptr(value) sorted = keys != NULL ? sort_values(c->e, items, keys, FALSE) : NULL;
	if (sorted == NULL) {
		return NULL;
	}
	g_autoptr(value) groups = value_new_list();
	g_autoptr(value) previous = NULL;
	value *group = NULL;
	value_list_foreach (sorted, item) {
		g_autoptr(value) key = sort_attribute(c->e, item, c->arguments[0], fallback, FALSE);
		g_autoptr(value) folded = fold ? sort_fold(key) : value_ref(key);
		if (previous == NULL || !value_equal(previous, folded)) {
			group = value_new_list();
			value_list_append(groups, group_new(key, group));
			value_unref(previous);
			previous = value_ref(folded);
		}
		value_list_append(group, value_ref(item));
	}
	return g_steal_pointer(&groups);
}

/* What Python's Random() takes. */
static gboolean is_seed(const value *seed)
{
	return is_number(seed) || value_is(seed, VALUE_NULL) || value_is(seed, VALUE_STRING);
}

static value *f_random(struct jinja_call *c)
{
	gint64 end = 0;
	struct random random;
	const value *seed = c->arguments[2];
	if (seed != NULL && !is_seed(seed)) {
		return jinja_fail_usage(
			c->e, "the seed must be a number or text, not %s", value_type_name(seed));
	}
	random_init(&random, seed);
	if (is_integer(c->input, &end)) {
		gint64 start = 0;
		gint64 step = 1;
		if (!jinja_arg_int_or_none(c, 0, 0, &start) ||
			!jinja_arg_int_or_none(c, 1, 1, &step)) {
			return NULL;
		}
		step = step == 0 ? 1 : step;
		struct range range = { start, end, step };
		gsize n = range_length(&range);
		if (n == 0) {
			return jinja_fail_usage(c->e, "empty range for random");
		}
		return value_new_int(start + step * (gint64)random_below(&random, n));
	}
	if ((c->arguments[0] != NULL && value_truth(c->arguments[0])) ||
		(c->arguments[1] != NULL && value_truth(c->arguments[1]))) {
		return jinja_fail_usage(
			c->e, "start and step can only be used with integer values");
	}
	g_autoptr(value) items = value_is(c->input, VALUE_DICT) ? NULL : iterate(c->e, c->input);
	if (items == NULL) {
		return jinja_fail_usage(c->e,
			"random can only be used on sequences and integers, not %s",
			value_type_name(c->input));
	}
	if (sequence_length(items) == 0) {
		return jinja_fail_usage(c->e, "cannot choose from an empty sequence");
	}
	return sequence_get(items, random_below(&random, sequence_length(items)));
}

static value *f_shuffle(struct jinja_call *c)
{
	g_autoptr(value) items = iterate(c->e, c->input);
	if (items == NULL) {
		return c->e->error != NULL ? NULL : value_ref(c->input);
	}
	value *list = value_list_copy_sequence(items);
	struct random random;
	const value *seed = c->arguments[0];
	if (seed != NULL && !is_seed(seed) && value_truth(seed)) {
		return list;
	}
	random_init(&random, seed != NULL && value_truth(seed) ? seed : NULL);
	for (gsize i = value_list_length(list); i > 1; i--) {
		gsize k = random_below(&random, i);
		value *a = value_ref(value_list_get(list, i - 1));
		value *b = value_ref(value_list_get(list, k));
		value_list_set(list, i - 1, b);
		value_list_set(list, k, a);
	}
	return list;
}

static gboolean is_null(const value *v)
{
	return value_is(v, VALUE_NULL) ||
	       (value_is(v, VALUE_STRING) && (strcmp(value_string(v), "None") == 0 ||
						     strcmp(value_string(v), "null") == 0));
}

static gboolean flatten(
	struct jinja_call *c, const value *items, gint64 levels, gboolean skip, value *out)
{
	for (gsize i = 0; i < sequence_length(items); i++) {
		g_autoptr(value) item = sequence_get(items, i);
		if (undefined_of(item) != NULL && !undefined_of(item)->lenient) {
			jinja_fail_undefined(c->e, item);
			return FALSE;
		}
		if (skip && is_null(item)) {
			continue;
		}
		gboolean row = value_is_sequence(item) || value_object(item, &range_class) != NULL;
		if (row && levels != 0) {
			if (!flatten(c, item, levels - (levels > 0), skip, out)) {
				return FALSE;
			}
		} else {
			value_list_append(out, value_ref(item));
		}
		if (!check_items(c->e, value_list_length(out))) {
			return FALSE;
		}
	}
	return TRUE;
}

static value *f_flatten(struct jinja_call *c)
{
	g_autoptr(value) items = jinja_arg_list(c, c->input);
	gint64 levels = -1;
	if (items == NULL || !jinja_arg_int_or_none(c, 0, -1, &levels)) {
		return NULL;
	}
	gboolean given = c->arguments[0] != NULL && !value_is(c->arguments[0], VALUE_NULL);
	g_autoptr(value) out = value_new_list();
	levels = given ? MAX(levels, 0) : -1;
	return flatten(c, items, levels, jinja_arg_bool(c, 1, TRUE), out) ? g_steal_pointer(&out)
									  : NULL;
}

const struct jinja_filter filters_list[] = {
	{ "batch", "linecount! fill_with", f_batch, "lists of linecount items each" },
	{ "count", "", f_length, "the number of items" },
	{ "dictsort", "case_sensitive by reverse", f_dictsort, "pairs of a dict, sorted" },
	{ "first", "", f_first, "the first item" },
	{ "flatten", "levels skip_nulls", f_flatten, "lists inside lists taken out" },
	{ "groupby", "attribute! default case_sensitive", f_groupby,
		"pairs of an attribute's value and the items that have it",
		.lazy = JINJA_LAZY(0) | JINJA_LAZY(1) },
	{ "join", "d attribute", f_join, "the items as text with d between them", .keys = TRUE },
	{ "last", "", f_last, "the last item" },
	{ "length", "", f_length, "the number of items" },
	{ "list", "", f_list, "the items as a list" },
	{ "max", "case_sensitive attribute", f_max, "the largest item", .lazy = JINJA_LAZY(1) },
	{ "min", "case_sensitive attribute", f_min, "the smallest item", .lazy = JINJA_LAZY(1) },
	{ "random", "start step seed", f_random, "an item, or a number below the input",
		.varies = TRUE },
	{ "reverse", "", f_reverse, "the items from last to first" },
	{ "shuffle", "seed", f_shuffle, "the items in random order", .varies = TRUE },
	{ "slice", "slices! fill_with", f_slice, "the items in so many lists" },
	{ "sort", "reverse case_sensitive attribute", f_sort, "the items sorted",
		.lazy = JINJA_LAZY(2) },
	{ "sum", "attribute start", f_sum, "the items added up",
		.lazy = JINJA_LAZY(0) | JINJA_LAZY(1) },
};
const gsize n_filters_list = G_N_ELEMENTS(filters_list);
