/* The one data model: making, holding and copying values. */
#include "value/value.h"

#include <string.h>

#include "base/bytes.h"
#include "base/checked.h"
#include "base/secret-memory.h"

/* Blocks of values that were dropped, for the next ones of this thread: a template makes and drops
 * numbers and short texts all the time. Not where memory is checked, which has to see each one. */
enum { POOLED = !MEMORY_CHECKED };
enum { POOL_MAX = 64, SMALL = sizeof(value), LARGER = SMALL + 16, LARGEST = SMALL + 32 };

struct pool {
	guint n;
	gboolean guarded; /* to be drained when the thread ends */
	gpointer blocks[POOL_MAX];
};

static __thread struct pool pools[3]; /* of SMALL, LARGER and LARGEST blocks */

static void pool_drain(gpointer data)
{
	(void)data;
	for (gsize i = 0; i < G_N_ELEMENTS(pools); i++) {
		while (pools[i].n > 0) {
			g_free(pools[i].blocks[--pools[i].n]);
		}
	}
}

static GPrivate pool_guard = G_PRIVATE_INIT(pool_drain);

static struct pool *pool_of(gsize size)
{
	return &pools[(size > SMALL) + (size > LARGER)];
}

static gpointer block_new(gsize size)
{
	if (!POOLED || size > LARGEST) {
		return g_malloc(size);
	}
	struct pool *pool = pool_of(size);
	return pool->n > 0 ? pool->blocks[--pool->n]
			   : g_malloc(size > LARGER  ? LARGEST
				      : size > SMALL ? LARGER
						     : SMALL);
}

static char *text_behind(value *v)
{
	return (char *)(v + 1);
}

static void block_free(gpointer block, gsize size)
{
	struct pool *pool = pool_of(size);
	if (!POOLED || size > LARGEST || pool->n == POOL_MAX) {
		g_free(block);
		return;
	}
	if (!pool->guarded) {
		pool->guarded = TRUE;
		g_private_set(&pool_guard, pools);
	}
	pool->blocks[pool->n++] = block;
}

/* The caller fills in what is its type's own. */
static value *new_sized(enum value_type type, gsize size)
{
	value *v = block_new(size);
	value_init(v, type);
	return v;
}

static value *new (enum value_type type)
{
	return new_sized(type, sizeof(value));
}

static void free_items(value *v)
{
	for (guint i = 0; i < v->list.length; i++) {
		value_unref(v->list.items[i]);
	}
	g_free(v->list.items);
}

static void free_entries(value *v)
{
	struct dict_entries *entries = v->dict.entries;
	if (entries == NULL) {
		return;
	}
	g_clear_pointer(&entries->index, g_hash_table_unref);
	for (guint i = 0; i < v->dict.length; i++) {
		value_unref(entries->rows[i].key);
		value_unref(entries->rows[i].item);
	}
	g_free(entries);
}

static void finalize_string(value *v)
{
	gsize size = sizeof(value);
	if (v->string.text == text_behind(v)) {
		size += v->string.length + 1;
	} else if (v->flags & VALUE_SECRET) {
		secret_memory_free(v->string.text);
	} else {
		g_free(v->string.text);
	}
	block_free(v, size);
}

void value_finalize(value *v)
{
	switch ((enum value_type)v->type) {
	case VALUE_STRING:
		finalize_string(v);
		return;
	case VALUE_BIG_INT:
		g_free(v->string.text);
		break;
	case VALUE_LIST:
	case VALUE_TUPLE:
		free_items(v);
		break;
	case VALUE_DICT:
		free_entries(v);
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
	block_free(v, sizeof(value));
}

void value_clear(value **v)
{
	g_clear_pointer(v, value_unref);
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
	v->string.points = 0;
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
	return value_new_string_flags(text, length, 0);
}

value *value_new_string_space(gsize length, char **text)
{
	g_assert(length < G_MAXUINT32);
	value *v = new_sized(VALUE_STRING, sizeof(value) + length + 1);
	v->string.text = text_behind(v);
	v->string.length = (guint32)length;
	v->string.points = 0;
	v->string.text[length] = '\0';
	*text = v->string.text;
	return v;
}

/* Apart from the others, whichever way it was derived. */
static value *new_secret(const char *text, gsize length, guint flags)
{
	value *v = value_new_string_take(secret_memory_copy(text, length), length);
	v->flags = (guint8)flags;
	return v;
}

value *value_new_string_flags(const char *text, gsize length, guint flags)
{
	if (flags & VALUE_SECRET) {
		return new_secret(text, length, flags);
	}
	char *space = NULL;
	value *v = value_new_string_space(length, &space);
	v->flags = (guint8)flags;
	copy_bytes(space, text, length);
	return v;
}

/* The first byte that is no UTF-8 (NUL is), or end. */
static const char *find_invalid(const char *text, const char *end)
{
	while (text < end && !g_utf8_validate_len(text, (gsize)(end - text), &text) &&
		*text == '\0') {
		text++;
	}
	return text;
}

value *value_new_bytes(const char *text, gsize length, guint flags)
{
	const char *end = text + length;
	gboolean valid = find_invalid(text, end) == end;
	return value_new_string_flags(text, length, flags | (valid ? 0 : VALUE_BYTES));
}

value *value_valid(const value *v)
{
	if (!(v->flags & VALUE_BYTES)) {
		return value_ref(v);
	}
	g_autoptr(GString) out = g_string_new(NULL);
	const char *text = v->string.text;
	const char *end = text + v->string.length;
	for (;;) {
		const char *bad = find_invalid(text, end);
		g_string_append_len(out, text, bad - text);
		if (bad == end) {
			break;
		}
		g_string_append(out, "\xEF\xBF\xBD");
		text = bad + 1;
	}
	return value_new_string_flags(out->str, out->len, v->flags & ~(guint)VALUE_BYTES);
}

value *value_new_string_take(char *text, gsize length)
{
	g_assert(length < G_MAXUINT32);
	value *v = new (VALUE_STRING);
	v->string.text = text;
	v->string.length = (guint32)length;
	v->string.points = 0;
	return v;
}

static value *new_sequence(enum value_type type)
{
	value *v = new (type);
	v->list.items = NULL;
	v->list.length = 0;
	v->list.allocated = 0;
	return v;
}

value *value_new_list(void)
{
	return new_sequence(VALUE_LIST);
}

value *value_new_tuple(void)
{
	return new_sequence(VALUE_TUPLE);
}

value *value_new_dict(void)
{
	value *v = new (VALUE_DICT);
	v->dict.entries = NULL;
	v->dict.length = 0;
	return v;
}

value *value_new_object(const struct object_class *class, gpointer data)
{
	value *v = new (VALUE_OBJECT);
	v->object.class = class;
	v->object.data = data;
	return v;
}

value *value_boxed(const value *v)
{
	return v->type == VALUE_BOOL ? value_new_bool(v->boolean) : value_new_int(value_int(v));
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
		return v->list.length != 0;
	case VALUE_DICT:
		return v->dict.length != 0;
	case VALUE_OBJECT:
		return v->object.class->length == NULL ||
		       v->object.class->length(v->object.data) != 0;
	case VALUE_BIG_INT:
		break;
	}
	return TRUE;
}

/* Room for one item more. */
static void grow(value *v)
{
	if (v->list.length == v->list.allocated) {
		v->list.allocated = v->list.allocated == 0 ? 4 : v->list.allocated * 2;
		v->list.items = g_renew(value *, v->list.items, v->list.allocated);
	}
}

static gboolean is_open_list(const value *v)
{
	return value_is_sequence(v) && !value_is_frozen(v);
}

void value_list_append(value *v, value *item)
{
	g_assert(is_open_list(v));
	grow(v);
	v->list.items[v->list.length++] = item;
}

void value_list_insert(value *v, gsize i, value *item)
{
	g_assert(is_open_list(v) && i <= v->list.length);
	grow(v);
	memmove(v->list.items + i + 1, v->list.items + i,
		(v->list.length - i) * sizeof *v->list.items);
	v->list.items[i] = item;
	v->list.length++;
}

void value_list_set(value *v, gsize i, value *item)
{
	g_assert(is_open_list(v) && i < v->list.length);
	value *old = v->list.items[i];
	v->list.items[i] = item;
	value_unref(old);
}

void value_list_remove(value *v, gsize i)
{
	g_assert(is_open_list(v) && i < v->list.length);
	value *old = v->list.items[i];
	v->list.length--;
	memmove(v->list.items + i, v->list.items + i + 1,
		(v->list.length - i) * sizeof *v->list.items);
	value_unref(old);
}

value *value_freeze(value *v)
{
	if (value_is_frozen(v)) {
		return v;
	}
	v->state |= VALUE_STATE_FROZEN;
	if (value_is_sequence(v)) {
		for (guint i = 0; i < v->list.length; i++) {
			value_freeze(v->list.items[i]);
		}
	} else if (v->type == VALUE_DICT) {
		value_dict_foreach (v, key, item) {
			value_freeze(key);
			value_freeze(item);
		}
	}
	return v;
}

void value_mark_plain(const value *v)
{
	if (value_is_frozen(v)) {
		__atomic_fetch_or(&((value *)v)->state, VALUE_STATE_PLAIN, __ATOMIC_RELAXED);
	}
}

static gboolean children_clean(const value *v)
{
	if (value_is_sequence(v)) {
		value_list_foreach (v, item) {
			if (!value_is_clean(item)) {
				return FALSE;
			}
		}
	} else if (v->type == VALUE_DICT) {
		value_dict_foreach (v, key, item) {
			if (!value_is_clean(key) || !value_is_clean(item)) {
				return FALSE;
			}
		}
	}
	return TRUE;
}

gboolean value_look_clean(const value *v)
{
	if (value_state(v) & VALUE_STATE_MIXED) {
		return FALSE;
	}
	gboolean clean = (v->flags & (VALUE_UNSAFE | VALUE_SECRET | VALUE_BYTES)) == 0 &&
			 v->type != VALUE_OBJECT && children_clean(v);
	__atomic_fetch_or(&((value *)v)->state, clean ? VALUE_STATE_CLEAN : VALUE_STATE_MIXED,
		__ATOMIC_RELAXED);
	return clean;
}

static value *copy_deep(const value *v, guint flags)
{
	value *copy = NULL;
	if (value_is_sequence(v)) {
		copy = v->type == VALUE_LIST ? value_new_list() : value_new_tuple();
		for (guint i = 0; i < v->list.length; i++) {
			value_list_append(copy, copy_deep(v->list.items[i], flags));
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
