/* Dicts: entries in order of insertion, with a hash index when there are many. */
#include "value/value.h"

#include <string.h>

#include "base/bytes.h"

enum { INDEX_FROM = 12, ROWS_FIRST = 4, REMOVED_MAX = 64 };

static guint hash_key(gconstpointer key)
{
	return value_hash(key);
}

static gboolean equal_keys(gconstpointer a, gconstpointer b)
{
	return value_equal(a, b);
}

static void index_build(value *v)
{
	struct dict_entries *entries = v->dict.entries;
	g_clear_pointer(&entries->index, g_hash_table_unref);
	entries->removed = 0;
	if (v->dict.length <= INDEX_FROM) {
		return;
	}
	entries->index = g_hash_table_new(hash_key, equal_keys);
	for (guint i = 0; i < v->dict.length; i++) {
		g_hash_table_insert(entries->index, entries->rows[i].key, GUINT_TO_POINTER(i + 1));
	}
}

static inline gboolean same_key(const value *a, const value *b)
{
	if (a == b) {
		return TRUE;
	}
	if (a->type == VALUE_STRING && b->type == VALUE_STRING) {
		return a->string.length == b->string.length &&
		       same_bytes(a->string.text, b->string.text, a->string.length);
	}
	return value_equal(a, b);
}

/* Position + 1 of key by the index; 0 when absent. */
static guint find_indexed(const struct dict_entries *entries, guint length, const value *key)
{
	gpointer own = NULL;
	gpointer position = NULL;
	if (!g_hash_table_lookup_extended(entries->index, key, &own, &position)) {
		return 0;
	}
	guint at = MIN(GPOINTER_TO_UINT(position), length);
	while (entries->rows[at - 1].key != own) { /* entries before it were removed */
		at--;
	}
	return at;
}

/* Position + 1 of key; 0 when absent. */
static guint find(const value *v, const value *key)
{
	const struct dict_entries *entries = v->dict.entries;
	if (entries == NULL) {
		return 0;
	}
	if (entries->index != NULL) {
		return find_indexed(entries, v->dict.length, key);
	}
	for (guint i = 0; i < v->dict.length; i++) {
		if (same_key(entries->rows[i].key, key)) {
			return i + 1;
		}
	}
	return 0;
}

value *value_dict_get(const value *v, const char *key)
{
	return value_dict_get_length(v, key, strlen(key));
}

value *value_dict_get_length(const value *v, const char *key, gsize length)
{
	value name = { .references = 1, .type = VALUE_STRING };
	name.string.text = (char *)key;
	name.string.length = (guint32)length;
	return value_dict_get_value(v, &name);
}

value *value_dict_get_value(const value *v, const value *key)
{
	g_assert(v->type == VALUE_DICT);
	guint at = find(v, key);
	return at == 0 ? NULL : v->dict.entries->rows[at - 1].item;
}

value *value_dict_find_hint(const value *v, const value *key, guint32 *hint)
{
	guint at = find(v, key);
	if (at == 0) {
		return NULL;
	}
	__atomic_store_n(hint, at - 1, __ATOMIC_RELAXED);
	return v->dict.entries->rows[at - 1].item;
}

void value_dict_set(value *v, const char *key, value *item)
{
	value_dict_set_value(v, value_new_string(key), item);
}

/* Room for one entry more. */
static void grow(value *v)
{
	struct dict_entries *entries = v->dict.entries;
	guint allocated = entries != NULL ? entries->allocated : 0;
	if (v->dict.length < allocated) {
		return;
	}
	allocated = allocated == 0 ? ROWS_FIRST : allocated * 2;
	v->dict.entries = g_realloc(entries, sizeof *entries + allocated * sizeof entries->rows[0]);
	v->dict.entries->allocated = allocated;
	if (entries == NULL) {
		v->dict.entries->index = NULL;
		v->dict.entries->removed = 0;
	}
}

void value_dict_set_value(value *v, value *key, value *item)
{
	g_assert(v->type == VALUE_DICT && !value_is_frozen(v));
	guint at = find(v, key);
	if (at != 0) {
		struct dict_entry *row = &v->dict.entries->rows[at - 1];
		value *old = row->item;
		row->item = item;
		value_unref(old);
		value_unref(key);
		return;
	}
	grow(v);
	struct dict_entries *entries = v->dict.entries;
	entries->rows[v->dict.length++] = (struct dict_entry){ key, item };
	if (entries->index != NULL) {
		g_hash_table_insert(entries->index, key, GUINT_TO_POINTER(v->dict.length));
	} else {
		index_build(v);
	}
}

gboolean value_dict_remove(value *v, const value *key)
{
	g_assert(v->type == VALUE_DICT && !value_is_frozen(v));
	guint at = find(v, key);
	if (at == 0) {
		return FALSE;
	}
	struct dict_entries *entries = v->dict.entries;
	struct dict_entry old = entries->rows[at - 1];
	if (entries->index != NULL) {
		g_hash_table_remove(entries->index, old.key);
		entries->removed++;
	}
	v->dict.length--;
	memmove(&entries->rows[at - 1], &entries->rows[at],
		(v->dict.length - (at - 1)) * sizeof entries->rows[0]);
	if (entries->removed > REMOVED_MAX || v->dict.length <= INDEX_FROM) {
		index_build(v);
	}
	value_unref(old.key);
	value_unref(old.item);
	return TRUE;
}

void value_dict_update(value *v, const value *other)
{
	for (gsize i = 0; i < value_dict_length(other); i++) {
		value_dict_set_value(v, value_ref(value_dict_key_at(other, i)),
			value_ref(value_dict_item_at(other, i)));
	}
}
