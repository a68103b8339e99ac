/* Sorting and comparing by attributes, as Jinja2's filters do. */
#include "jinja/library/sort.h"

#include <string.h>

#include "jinja/engine/objects.h"
#include "jinja/engine/operators.h"
#include "jinja/library/text.h"

struct sorter {
	struct jinja_evaluation *e;
	value **items, **keys; /* to be sorted along */
	value **items_space, **keys_space;
	gboolean reverse;
};

/* Merge sort of [from, to): stable, also in reverse, and it stops at the first error. */
static gboolean merge_sort(struct sorter *s, gsize from, gsize to)
{
	if (to - from < 2) {
		return TRUE;
	}
	gsize middle = from + (to - from) / 2;
	if (!merge_sort(s, from, middle) || !merge_sort(s, middle, to)) {
		return FALSE;
	}
	gsize left = from;
	gsize right = middle;
	for (gsize at = from; at < to; at++) {
		gboolean take_right = left >= middle;
		if (left < middle && right < to) {
			int is = 0;
			if (!order(s->e, s->keys[right], s->keys[left], &is)) {
				return FALSE;
			}
			take_right = s->reverse ? is > 0 : is < 0;
		}
		gsize i = take_right ? right++ : left++;
		s->items_space[at] = s->items[i];
		s->keys_space[at] = s->keys[i];
	}
	memcpy(s->items + from, s->items_space + from, (to - from) * sizeof *s->items);
	memcpy(s->keys + from, s->keys_space + from, (to - from) * sizeof *s->keys);
	return TRUE;
}

value *sort_values(
	struct jinja_evaluation *e, const value *items, const value *keys, gboolean reverse)
{
	gsize n = value_list_length(items);
	g_autofree value **space = g_new(value *, n * 4 + 1);
	struct sorter s = { e, space, space + n, space + 2 * n, space + 3 * n, reverse };
	for (gsize i = 0; i < n; i++) {
		s.items[i] = value_list_get(items, i);
		s.keys[i] = value_list_get(keys, i);
	}
	if (!merge_sort(&s, 0, n)) {
		return NULL;
	}
	value *list = value_new_list();
	for (gsize i = 0; i < n; i++) {
		value_list_append(list, value_ref(s.items[i]));
	}
	return list;
}

value *sort_fold(const value *v)
{
	return value_is(v, VALUE_STRING) ? text_lower(v) : value_ref(v);
}

static gboolean all_digits(const char *s)
{
	return *s != '\0' && strspn(s, "0123456789") == strlen(s);
}

static value *one_part(
	struct jinja_evaluation *e, value *item, const value *part, const value *fallback)
{
	g_autoptr(value) of = item;
	value *v = evaluate_getitem(e, of, part);
	if (v != NULL && fallback != NULL && undefined_of(v) != NULL) {
		value_unref(v);
		return value_ref(fallback);
	}
	return v;
}

value *sort_attribute(struct jinja_evaluation *e, const value *item, const value *attribute,
	const value *fallback, gboolean fold)
{
	g_autoptr(value) v = value_ref(item);
	if (value_is(attribute, VALUE_STRING)) {
		const char *path = value_string(attribute);
		/* g_strsplit() makes no part of "" */
		g_auto(GStrv) parts =
			*path != '\0' ? g_strsplit(path, ".", -1)
				      : g_strdupv((char **)(const char *const[]){ "", NULL });
		for (gsize i = 0; parts[i] != NULL && v != NULL; i++) {
			g_autoptr(value) part =
				all_digits(parts[i])
					? value_new_int(g_ascii_strtoll(parts[i], NULL, 10))
					: value_new_string(parts[i]);
			v = one_part(e, g_steal_pointer(&v), part, fallback);
		}
	} else if (attribute != NULL && !value_is(attribute, VALUE_NULL)) {
		v = one_part(e, g_steal_pointer(&v), attribute, fallback);
	}
	if (v == NULL || !fold) {
		return g_steal_pointer(&v);
	}
	return sort_fold(v);
}

value *sort_attributes(struct jinja_evaluation *e, const value *items, const value *attribute,
	const value *fallback, gboolean fold)
{
	g_autoptr(value) list = value_new_list();
	value_list_foreach (items, item) {
		value *v = sort_attribute(e, item, attribute, fallback, fold);
		if (v == NULL) {
			return NULL;
		}
		value_list_append(list, v);
	}
	return g_steal_pointer(&list);
}
