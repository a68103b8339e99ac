/* The one data model: reference-counted values that behave as Python's where it shows. */
#include "value/value.h"

#include <math.h>
#include <string.h>

enum { INDEX_FROM = 12 }; /* dicts with more entries get a hash index */

struct entries {
	GPtrArray *keys;
	GPtrArray *items;
	GHashTable *index; /* key -> position + 1; NULL while small */
};

struct value {
	gint references;
	guint8 type;
	guint8 flags;
	guint8 frozen;
	guint32 line;
	guint32 column;
	const char *file;
	union {
		gboolean boolean;
		gint64 integer;
		double real;
		struct {
			char *text;
			guint32 length;
			guint32 points; /* code points + 1; 0 = not counted yet */
		} string;
		GPtrArray *list;
		struct entries *dict;
		struct {
			const struct object_class *class;
			gpointer data;
		} object;
	};
};

static value *new (enum value_type type)
{
	value *v = g_slice_new0(value);
	v->references = 1;
	v->type = (guint8)type;
	return v;
}

value *value_ref(const value *v)
{
	g_atomic_int_inc(&((value *)v)->references);
	return (value *)v;
}

static void entries_free(struct entries *entries)
{
	g_clear_pointer(&entries->index, g_hash_table_unref);
	g_ptr_array_unref(entries->keys);
	g_ptr_array_unref(entries->items);
	g_free(entries);
}

static void finalize(value *v)
{
	switch ((enum value_type)v->type) {
	case VALUE_STRING:
		if (v->flags & VALUE_SECRET) {
			explicit_bzero(v->string.text, v->string.length);
		}
		g_free(v->string.text);
		break;
	case VALUE_BIG_INT:
		g_free(v->string.text);
		break;
	case VALUE_LIST:
	case VALUE_TUPLE:
		g_ptr_array_unref(v->list);
		break;
	case VALUE_DICT:
		entries_free(v->dict);
		break;
	case VALUE_OBJECT:
		if (v->object.class->finalize != NULL) {
			v->object.class->finalize(v->object.data);
		}
		break;
	case VALUE_NULL:
	case VALUE_BOOL:
	case VALUE_INT:
	case VALUE_FLOAT:
		break;
	}
	g_slice_free(value, v);
}

void value_unref(value *v)
{
	if (v != NULL && g_atomic_int_dec_and_test(&v->references)) {
		finalize(v);
	}
}

void value_clear(value **v)
{
	g_clear_pointer(v, value_unref);
}

static void unref_item(gpointer item)
{
	value_unref(item);
}

value *value_new_null(void)
{
	return new (VALUE_NULL);
}

value *value_new_bool(gboolean b)
{
	value *v = new (VALUE_BOOL);
	v->boolean = b != FALSE;
	return v;
}

value *value_new_int(gint64 i)
{
	value *v = new (VALUE_INT);
	v->integer = i;
	return v;
}

value *value_new_int_flags(gint64 i, guint flags)
{
	value *v = value_new_int(i);
	v->flags = (guint8)flags;
	return v;
}

value *value_new_big_int(const char *digits)
{
	gint64 small = 0;
	if (g_ascii_string_to_signed(digits, 10, G_MININT64, G_MAXINT64, &small, NULL)) {
		return value_new_int(small);
	}
	gboolean negative = *digits == '-';
	const char *start = digits + (*digits == '-' || *digits == '+');
	while (*start == '0' && start[1] != '\0') {
		start++;
	}
	value *v = new (VALUE_BIG_INT);
	v->string.text = g_strconcat(negative ? "-" : "", start, NULL);
	v->string.length = (guint32)strlen(v->string.text);
	return v;
}

value *value_new_float(double d)
{
	value *v = new (VALUE_FLOAT);
	v->real = d;
	return v;
}

value *value_new_string(const char *text)
{
	return value_new_string_length(text, strlen(text));
}

value *value_new_string_length(const char *text, gsize length)
{
	char *copy = g_malloc(length + 1);
	memcpy(copy, text, length);
	copy[length] = '\0';
	return value_new_string_take(copy, length);
}

value *value_new_string_flags(const char *text, gsize length, guint flags)
{
	value *v = value_new_string_length(text, length);
	v->flags = (guint8)flags;
	return v;
}

value *value_new_string_take(char *text, gsize length)
{
	g_assert(length < G_MAXUINT32);
	value *v = new (VALUE_STRING);
	v->string.text = text;
	v->string.length = (guint32)length;
	return v;
}

value *value_new_list(void)
{
	value *v = new (VALUE_LIST);
	v->list = g_ptr_array_new_with_free_func(unref_item);
	return v;
}

value *value_new_tuple(void)
{
	value *v = value_new_list();
	v->type = VALUE_TUPLE;
	return v;
}

value *value_new_dict(void)
{
	value *v = new (VALUE_DICT);
	v->dict = g_new0(struct entries, 1);
	v->dict->keys = g_ptr_array_new_with_free_func(unref_item);
	v->dict->items = g_ptr_array_new_with_free_func(unref_item);
	return v;
}

value *value_new_object(const struct object_class *class, gpointer data)
{
	value *v = new (VALUE_OBJECT);
	v->object.class = class;
	v->object.data = data;
	return v;
}

enum value_type value_type(const value *v)
{
	return (enum value_type)v->type;
}

guint value_flags(const value *v)
{
	return v->flags;
}

gboolean value_is(const value *v, enum value_type type)
{
	return v != NULL && v->type == type;
}

gboolean value_is_sequence(const value *v)
{
	return value_is(v, VALUE_LIST) || value_is(v, VALUE_TUPLE);
}

const char *value_type_name(const value *v)
{
	switch ((enum value_type)v->type) {
	case VALUE_NULL:
		return "NoneType";
	case VALUE_BOOL:
		return "bool";
	case VALUE_INT:
	case VALUE_BIG_INT:
		return "int";
	case VALUE_FLOAT:
		return "float";
	case VALUE_STRING:
		return "str";
	case VALUE_LIST:
		return "list";
	case VALUE_TUPLE:
		return "tuple";
	case VALUE_DICT:
		return "dict";
	case VALUE_OBJECT:
		break;
	}
	return v->object.class->type_name;
}

struct position value_position(const value *v)
{
	return (struct position){ v->file, v->line, v->column };
}

void value_set_position(value *v, struct position at)
{
	v->file = at.file;
	v->line = at.line;
	v->column = at.column;
}

gboolean value_bool(const value *v)
{
	g_assert(v->type == VALUE_BOOL);
	return v->boolean;
}

gint64 value_int(const value *v)
{
	g_assert(v->type == VALUE_INT);
	return v->integer;
}

double value_float(const value *v)
{
	g_assert(v->type == VALUE_FLOAT);
	return v->real;
}

const char *value_string(const value *v)
{
	g_assert(v->type == VALUE_STRING || v->type == VALUE_BIG_INT);
	return v->string.text;
}

gsize value_string_length(const value *v)
{
	g_assert(v->type == VALUE_STRING || v->type == VALUE_BIG_INT);
	return v->string.length;
}

/* Invalid bytes count as one code point each, so that text from hosts has a length too. */
static guint32 count_points(const char *text, gsize length)
{
	guint32 points = 0;
	for (gsize i = 0; i < length; i++) {
		points += ((guchar)text[i] & 0xC0) != 0x80;
	}
	return points;
}

gsize value_string_points(const value *v)
{
	g_assert(v->type == VALUE_STRING);
	guint32 *cache = &((value *)v)->string.points;
	guint32 points = g_atomic_int_get(cache);
	if (points == 0) {
		points = count_points(v->string.text, v->string.length) + 1;
		g_atomic_int_set(cache, points);
	}
	return points - 1;
}

gpointer value_object(const value *v, const struct object_class *class)
{
	return value_is(v, VALUE_OBJECT) && v->object.class == class ? v->object.data : NULL;
}

const struct object_class *value_object_class(const value *v)
{
	g_assert(v->type == VALUE_OBJECT);
	return v->object.class;
}

gpointer value_object_data(const value *v)
{
	g_assert(v->type == VALUE_OBJECT);
	return v->object.data;
}

gboolean value_truth(const value *v)
{
	switch ((enum value_type)v->type) {
	case VALUE_NULL:
		return FALSE;
	case VALUE_BOOL:
		return v->boolean;
	case VALUE_INT:
		return v->integer != 0;
	case VALUE_FLOAT:
		return v->real != 0.0;
	case VALUE_STRING:
		return v->string.length != 0;
	case VALUE_LIST:
	case VALUE_TUPLE:
		return v->list->len != 0;
	case VALUE_DICT:
		return v->dict->keys->len != 0;
	case VALUE_OBJECT:
		return v->object.class->length == NULL ||
		       v->object.class->length(v->object.data) != 0;
	case VALUE_BIG_INT:
		break;
	}
	return TRUE;
}

gsize value_list_length(const value *v)
{
	g_assert(value_is_sequence(v));
	return v->list->len;
}

value *value_list_get(const value *v, gsize i)
{
	g_assert(value_is_sequence(v) && i < v->list->len);
	return g_ptr_array_index(v->list, i);
}

void value_list_append(value *v, value *item)
{
	g_assert(value_is_sequence(v) && !v->frozen);
	g_ptr_array_add(v->list, item);
}

void value_list_insert(value *v, gsize i, value *item)
{
	g_assert(value_is_sequence(v) && !v->frozen && i <= v->list->len);
	g_ptr_array_insert(v->list, (gint)i, item);
}

void value_list_set(value *v, gsize i, value *item)
{
	g_assert(value_is_sequence(v) && !v->frozen && i < v->list->len);
	value *old = g_ptr_array_index(v->list, i);
	g_ptr_array_index(v->list, i) = item;
	value_unref(old);
}

void value_list_remove(value *v, gsize i)
{
	g_assert(value_is_sequence(v) && !v->frozen && i < v->list->len);
	g_ptr_array_remove_index(v->list, (guint)i);
}

static guint hash_key(gconstpointer key)
{
	return value_hash(key);
}

static gboolean equal_keys(gconstpointer a, gconstpointer b)
{
	return value_equal(a, b);
}

static void index_build(struct entries *entries)
{
	g_clear_pointer(&entries->index, g_hash_table_unref);
	if (entries->keys->len <= INDEX_FROM) {
		return;
	}
	entries->index = g_hash_table_new(hash_key, equal_keys);
	for (guint i = 0; i < entries->keys->len; i++) {
		g_hash_table_insert(entries->index, g_ptr_array_index(entries->keys, i),
			GUINT_TO_POINTER(i + 1));
	}
}

/* Position + 1 of key; 0 when absent. */
static guint find(const struct entries *entries, const value *key)
{
	if (entries->index != NULL) {
		return GPOINTER_TO_UINT(g_hash_table_lookup(entries->index, key));
	}
	for (guint i = 0; i < entries->keys->len; i++) {
		const value *other = g_ptr_array_index(entries->keys, i);
		if (key->type == VALUE_STRING && other->type == VALUE_STRING) {
			if (key->string.length == other->string.length &&
				memcmp(key->string.text, other->string.text, key->string.length) ==
					0) {
				return i + 1;
			}
		} else if (value_equal(other, key)) {
			return i + 1;
		}
	}
	return 0;
}

gsize value_dict_length(const value *v)
{
	g_assert(v->type == VALUE_DICT);
	return v->dict->keys->len;
}

value *value_dict_get(const value *v, const char *key)
{
	value name = { .references = 1, .type = VALUE_STRING };
	name.string.text = (char *)key;
	name.string.length = (guint32)strlen(key);
	return value_dict_get_value(v, &name);
}

value *value_dict_get_value(const value *v, const value *key)
{
	g_assert(v->type == VALUE_DICT);
	guint at = find(v->dict, key);
	return at == 0 ? NULL : g_ptr_array_index(v->dict->items, at - 1);
}

void value_dict_set(value *v, const char *key, value *item)
{
	value_dict_set_value(v, value_new_string(key), item);
}

void value_dict_set_value(value *v, value *key, value *item)
{
	g_assert(v->type == VALUE_DICT && !v->frozen);
	struct entries *entries = v->dict;
	guint at = find(entries, key);
	if (at != 0) {
		value *old = g_ptr_array_index(entries->items, at - 1);
		g_ptr_array_index(entries->items, at - 1) = item;
		value_unref(old);
		value_unref(key);
		return;
	}
	g_ptr_array_add(entries->keys, key);
	g_ptr_array_add(entries->items, item);
	if (entries->index != NULL) {
		g_hash_table_insert(entries->index, key, GUINT_TO_POINTER(entries->keys->len));
	} else {
		index_build(entries);
	}
}

gboolean value_dict_remove(value *v, const value *key)
{
	g_assert(v->type == VALUE_DICT && !v->frozen);
	guint at = find(v->dict, key);
	if (at == 0) {
		return FALSE;
	}
	g_clear_pointer(&v->dict->index, g_hash_table_unref);
	g_ptr_array_remove_index(v->dict->keys, at - 1);
	g_ptr_array_remove_index(v->dict->items, at - 1);
	index_build(v->dict);
	return TRUE;
}

value *value_dict_key_at(const value *v, gsize i)
{
	g_assert(v->type == VALUE_DICT && i < v->dict->keys->len);
	return g_ptr_array_index(v->dict->keys, i);
}

value *value_dict_item_at(const value *v, gsize i)
{
	g_assert(v->type == VALUE_DICT && i < v->dict->items->len);
	return g_ptr_array_index(v->dict->items, i);
}

void value_dict_update(value *v, const value *other)
{
	for (gsize i = 0; i < value_dict_length(other); i++) {
		value_dict_set_value(v, value_ref(value_dict_key_at(other, i)),
			value_ref(value_dict_item_at(other, i)));
	}
}

/* bool, int and float compare with each other as numbers. */
static gboolean is_number(const value *v)
{
	return v->type == VALUE_BOOL || v->type == VALUE_INT || v->type == VALUE_FLOAT;
}

static gboolean fits_exactly(double d, gint64 *i)
{
	if (!(d >= -9223372036854775808.0 && d < 9223372036854775808.0) || d != floor(d)) {
		return FALSE;
	}
	*i = (gint64)d;
	return TRUE;
}

static gboolean numbers_equal(const value *a, const value *b)
{
	if (a->type == VALUE_FLOAT && b->type == VALUE_FLOAT) {
		return a->real == b->real;
	}
	if (b->type == VALUE_FLOAT) {
		return numbers_equal(b, a);
	}
	gint64 right = b->type == VALUE_BOOL ? b->boolean : b->integer;
	gint64 left = 0;
	if (a->type == VALUE_FLOAT) {
		return fits_exactly(a->real, &left) && left == right;
	}
	left = a->type == VALUE_BOOL ? a->boolean : a->integer;
	return left == right;
}

static gboolean lists_equal(const value *a, const value *b)
{
	if (a->list->len != b->list->len) {
		return FALSE;
	}
	for (guint i = 0; i < a->list->len; i++) {
		if (!value_equal(g_ptr_array_index(a->list, i), g_ptr_array_index(b->list, i))) {
			return FALSE;
		}
	}
	return TRUE;
}

static gboolean dicts_equal(const value *a, const value *b)
{
	if (value_dict_length(a) != value_dict_length(b)) {
		return FALSE;
	}
	value_dict_foreach (a, key, item) {
		const value *other = value_dict_get_value(b, key);
		if (other == NULL || !value_equal(item, other)) {
			return FALSE;
		}
	}
	return TRUE;
}

gboolean value_equal(const value *a, const value *b)
{
	if (a == b) {
		return TRUE;
	}
	if (is_number(a) && is_number(b)) {
		return numbers_equal(a, b);
	}
	if (a->type != b->type) {
		return FALSE;
	}
	switch ((enum value_type)a->type) {
	case VALUE_STRING:
	case VALUE_BIG_INT:
		return a->string.length == b->string.length &&
		       memcmp(a->string.text, b->string.text, a->string.length) == 0;
	case VALUE_LIST:
	case VALUE_TUPLE:
		return lists_equal(a, b);
	case VALUE_DICT:
		return dicts_equal(a, b);
	case VALUE_OBJECT:
		return a->object.class == b->object.class && a->object.class->equal != NULL &&
		       a->object.class->equal(a->object.data, b->object.data);
	case VALUE_NULL:
		return TRUE;
	case VALUE_BOOL:
	case VALUE_INT:
	case VALUE_FLOAT:
		break;
	}
	return FALSE;
}

static guint hash_bytes(const char *text, gsize length)
{
	guint hash = 5381;
	for (gsize i = 0; i < length; i++) {
		hash = hash * 33 + (guchar)text[i];
	}
	return hash;
}

static guint hash_number(const value *v)
{
	gint64 i = 0;
	if (v->type == VALUE_FLOAT && !fits_exactly(v->real, &i)) {
		return g_double_hash(&v->real);
	}
	if (v->type == VALUE_BOOL) {
		i = v->boolean;
	} else if (v->type == VALUE_INT) {
		i = v->integer;
	}
	return g_int64_hash(&i);
}

guint value_hash(const value *v)
{
	guint hash = 1;
	switch ((enum value_type)v->type) {
	case VALUE_BOOL:
	case VALUE_INT:
	case VALUE_FLOAT:
		return hash_number(v);
	case VALUE_STRING:
	case VALUE_BIG_INT:
		return hash_bytes(v->string.text, v->string.length);
	case VALUE_LIST:
	case VALUE_TUPLE:
		for (guint i = 0; i < v->list->len; i++) {
			hash = hash * 31 + value_hash(g_ptr_array_index(v->list, i));
		}
		return hash;
	case VALUE_OBJECT:
		return v->object.class->equal != NULL ? g_direct_hash(v->object.class)
						      : g_direct_hash(v->object.data);
	case VALUE_DICT:
		return (guint)value_dict_length(v);
	case VALUE_NULL:
		break;
	}
	return 0;
}

gboolean value_is_hashable(const value *v)
{
	if (v->type == VALUE_LIST || v->type == VALUE_DICT) {
		return FALSE;
	}
	if (v->type == VALUE_TUPLE) {
		for (guint i = 0; i < v->list->len; i++) {
			if (!value_is_hashable(g_ptr_array_index(v->list, i))) {
				return FALSE;
			}
		}
	}
	return TRUE;
}

value *value_freeze(value *v)
{
	if (v->frozen) {
		return v;
	}
	v->frozen = TRUE;
	if (value_is_sequence(v)) {
		for (guint i = 0; i < v->list->len; i++) {
			value_freeze(g_ptr_array_index(v->list, i));
		}
	} else if (v->type == VALUE_DICT) {
		value_dict_foreach (v, key, item) {
			value_freeze(key);
			value_freeze(item);
		}
	}
	return v;
}

gboolean value_is_frozen(const value *v)
{
	return v->frozen;
}

static value *copy_deep(const value *v, guint flags)
{
	value *copy = NULL;
	if (value_is_sequence(v)) {
		copy = v->type == VALUE_LIST ? value_new_list() : value_new_tuple();
		for (guint i = 0; i < v->list->len; i++) {
			value_list_append(copy, copy_deep(g_ptr_array_index(v->list, i), flags));
		}
	} else if (v->type == VALUE_DICT) {
		copy = value_new_dict();
		value_dict_foreach (v, key, item) {
			value_dict_set_value(copy, copy_deep(key, flags), copy_deep(item, flags));
		}
	} else if (v->type == VALUE_STRING && (v->flags & flags) != flags) {
		copy = value_new_string_flags(v->string.text, v->string.length, v->flags | flags);
	} else {
		return value_ref(v);
	}
	value_set_position(copy, value_position(v));
	return copy;
}

value *value_thaw(const value *v)
{
	return copy_deep(v, 0);
}

value *value_with_flags(const value *v, guint flags)
{
	return copy_deep(v, flags);
}
