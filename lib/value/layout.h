/*
 * How a value lies in memory, and the functions small enough to be inlined. Included by value.h
 * alone.
 *
 * It stands in a header for speed only: rendering a template is mostly these functions. Nobody but
 * lib/value touches a member of the structs.
 */
#ifndef SUTLER_VALUE_LAYOUT_H
#define SUTLER_VALUE_LAYOUT_H

#include "base/bytes.h"

#ifdef __GLIBC__
#include <sys/single_threaded.h>
/* While a process has one thread, counting needs no atomic instructions: half the cost of a render.
 */
#define VALUE_ALONE __libc_single_threaded
#else
#define VALUE_ALONE FALSE
#endif

struct dict_entry {
	value *key;
	value *item;
};

/* The entries of a dict in order of insertion. */
struct dict_entries {
	GHashTable *index; /* key -> position + 1; NULL while there are few */
	guint removed;     /* entries since index was made: it may say that much too high */
	guint allocated;
	struct dict_entry rows[];
};

enum value_state {
	VALUE_STATE_FROZEN = 1 << 0,
	VALUE_STATE_PLAIN = 1 << 1, /* frozen, and value_mark_plain() was called */
	VALUE_STATE_CLEAN = 1 << 2, /* frozen, and value_is_clean() */
	VALUE_STATE_MIXED = 1 << 3, /* frozen, and not */
};

struct value {
	gint references;
	guint8 type;
	guint8 flags;
	guint8 state;
	guint32 line;
	guint32 column;
	const char *file;
	union {
		gboolean boolean;
		gint64 integer;
		double real;
		struct {
			char *text; /* right behind the struct, or a block of its own */
			guint32 length;
			guint32 points; /* code points + 1; 0 = not counted yet */
		} string;
		struct {
			value **items;
			guint length;
			guint allocated;
		} list;
		struct {
			struct dict_entries *entries; /* NULL while there was never one */
			guint length;
		} dict;
		struct {
			const struct object_class *class;
			gpointer data;
		} object;
	};
};

void value_finalize(value *v);
gboolean value_look_clean(const value *v);

static inline value *value_ref(const value *v)
{
	value *w = (value *)v;
	if (VALUE_ALONE) { /* NOLINTNEXTLINE(clang-analyzer-core.NullDereference): never of NULL */
		w->references++;
	} else {
		g_atomic_int_inc(&w->references);
	}
	return w;
}

static inline void value_unref(value *v)
{
	if (v == NULL) {
		return;
	}
	if (VALUE_ALONE ? --v->references == 0 : g_atomic_int_dec_and_test(&v->references)) {
		value_finalize(v);
	}
}

static inline gboolean value_is_shared(const value *v)
{
	return g_atomic_int_get(&v->references) > 1;
}

static inline enum value_type value_type(const value *v)
{
	return (enum value_type)v->type;
}

static inline guint value_flags(const value *v)
{
	return v->flags;
}

static inline gboolean value_is(const value *v, enum value_type type)
{
	return v != NULL && v->type == type;
}

static inline gboolean value_is_sequence(const value *v)
{
	return v != NULL && (v->type == VALUE_LIST || v->type == VALUE_TUPLE);
}

static inline gboolean value_bool(const value *v)
{
	g_assert(v->type == VALUE_BOOL);
	return v->boolean;
}

static inline gint64 value_int(const value *v)
{
	g_assert(v->type == VALUE_INT);
	return v->integer;
}

static inline double value_float(const value *v)
{
	g_assert(v->type == VALUE_FLOAT);
	return v->real;
}

static inline const char *value_string(const value *v)
{
	g_assert(v->type == VALUE_STRING || v->type == VALUE_BIG_INT);
	return v->string.text;
}

static inline gsize value_string_length(const value *v)
{
	g_assert(v->type == VALUE_STRING || v->type == VALUE_BIG_INT);
	return v->string.length;
}

static inline gpointer value_object(const value *v, const struct object_class *class)
{
	return value_is(v, VALUE_OBJECT) && v->object.class == class ? v->object.data : NULL;
}

static inline const struct object_class *value_object_class(const value *v)
{
	g_assert(v->type == VALUE_OBJECT);
	return v->object.class;
}

static inline gpointer value_object_data(const value *v)
{
	g_assert(v->type == VALUE_OBJECT);
	return v->object.data;
}

static inline gsize value_list_length(const value *v)
{
	g_assert(value_is_sequence(v));
	return v->list.length;
}

static inline value *value_list_get(const value *v, gsize i)
{
	g_assert(value_is_sequence(v) && i < v->list.length);
	return v->list.items[i];
}

static inline gsize value_dict_length(const value *v)
{
	g_assert(v->type == VALUE_DICT);
	return v->dict.length;
}

static inline value *value_dict_key_at(const value *v, gsize i)
{
	g_assert(v->type == VALUE_DICT && i < v->dict.length);
	return v->dict.entries->rows[i].key;
}

static inline value *value_dict_item_at(const value *v, gsize i)
{
	g_assert(v->type == VALUE_DICT && i < v->dict.length);
	return v->dict.entries->rows[i].item;
}

/* The members that every value has. */
static inline void value_init(value *v, enum value_type type)
{
	v->references = 1;
	v->type = (guint8)type;
	v->flags = 0;
	v->state = 0;
	v->line = 0;
	v->column = 0;
	v->file = NULL;
}

/* A number or truth in a variable of the caller, for as long as that lives. It must not be ref'd or
 * given away: value_boxed() makes a real one. */
static inline const value *value_local_int(value *v, gint64 i)
{
	value_init(v, VALUE_INT);
	v->integer = i;
	return v;
}

static inline const value *value_local_bool(value *v, gboolean b)
{
	value_init(v, VALUE_BOOL);
	v->boolean = b;
	return v;
}

value *value_dict_find_hint(const value *v, const value *key, guint32 *hint);

static inline __attribute__((always_inline)) value *value_dict_get_hint(
	const value *v, const value *key, guint32 *hint)
{
	g_assert(v->type == VALUE_DICT);
	guint32 at = __atomic_load_n(hint, __ATOMIC_RELAXED);
	if (at < v->dict.length && key->type == VALUE_STRING) {
		const struct dict_entry *row = &v->dict.entries->rows[at];
		if (row->key->type == VALUE_STRING &&
			row->key->string.length == key->string.length &&
			same_bytes(row->key->string.text, key->string.text, key->string.length)) {
			return row->item;
		}
	}
	return value_dict_find_hint(v, key, hint);
}

/* Other threads may be noting what they found out about a frozen value meanwhile. */
static inline guint8 value_state(const value *v)
{
	return __atomic_load_n(&v->state, __ATOMIC_RELAXED);
}

static inline gboolean value_is_frozen(const value *v)
{
	return (value_state(v) & VALUE_STATE_FROZEN) != 0;
}

static inline gboolean value_is_plain(const value *v)
{
	return (value_state(v) & VALUE_STATE_PLAIN) != 0;
}

static inline gboolean value_is_clean(const value *v)
{
	guint8 state = value_state(v);
	return (state & VALUE_STATE_FROZEN) != 0 &&
	       ((state & VALUE_STATE_CLEAN) != 0 || value_look_clean(v));
}

#endif
