/*
 * The one data model: what YAML, JSON, INI, templates, module parameters and results are made of.
 *
 * Values are reference counted (atomically: hosts run in threads and share inventory values) and
 * behave as Python's where it shows: 1 == 1.0 == True as dict keys, dicts keep insertion order.
 *
 * Ownership: a function named value_new_... or documented "caller unrefs" returns a new reference;
 * value_..._get() and iteration return borrowed pointers. Functions that store a value take
 * ownership of the reference given ("takes").
 *
 * Mutability: lists and dicts may be changed only by whoever built them, before sharing them. A
 * value marked frozen (value_freeze(), deep) must not be changed any more by anyone; value_thaw()
 * gives a changeable copy.
 *
 *	g_autoptr(value) host = value_new_dict();
 *	value_dict_set(host, "port", value_new_int(22));
 *	gint64 port = value_int(value_dict_get(host, "port"));
 */
#ifndef SUTLER_VALUE_VALUE_H
#define SUTLER_VALUE_VALUE_H

#include "base/error.h"

enum value_type {
	VALUE_NULL,
	VALUE_BOOL,
	VALUE_INT,     /* 64 bit */
	VALUE_BIG_INT, /* an integer past 64 bit, kept as its decimal digits */
	VALUE_FLOAT,
	VALUE_STRING, /* UTF-8, or any bytes when it came from a host; may contain NUL */
	VALUE_LIST,
	VALUE_TUPLE,  /* a list that prints and compares as Python's tuple */
	VALUE_DICT,   /* ordered */
	VALUE_OBJECT, /* defined elsewhere through struct object_class */
};

enum value_flags {
	VALUE_UNSAFE =
		1 << 0, /* data from a host or a looked-up file: never evaluated as a template */
	VALUE_SECRET = 1 << 1, /* decrypted from a vault: masked in every output */
	VALUE_VAULT = 1 << 2,  /* a string that is still vault ciphertext (YAML tag !vault) */
	VALUE_OCTAL = 1 << 3,  /* an integer that was written in octal (0644) */
	VALUE_MARKUP = 1 << 4, /* templates only: text that is escaped for HTML already */
	VALUE_TEXT = 1 << 5,   /* templates only: text that is never read as a literal (to_json) */
	VALUE_BYTES = 1 << 6,  /* a string that is no UTF-8: what looks at characters wants
				  value_valid() of it */
};

typedef struct value value;

/* What an object type of another room does. Members may be NULL: the operation is then refused by
 * whoever tries it. */
struct object_verbs;
struct object_class {
	const char *type_name; /* Python's name of the type, for type_debug and messages */
	void (*finalize)(gpointer data);
	/* Item or attribute by key; caller unrefs; NULL without error: there is none. */
	value *(*get)(gpointer data, const value *key, GError **error);
	/* A list or other iterable value to iterate over; caller unrefs. */
	value *(*iterate)(gpointer data, GError **error);
	/* str() of it; caller frees. */
	char *(*to_string)(gpointer data);
	gssize (*length)(gpointer data);
	gboolean (*equal)(gconstpointer a, gconstpointer b);
	/* What templates do with it beside (lib/jinja); NULL: nothing. */
	const struct object_verbs *verbs;
	gboolean mapping; /* get and iterate are those of a dict: it has get(), items(), keys() and
			     values() */
};

static inline value *value_ref(const value *v);
static inline void value_unref(value *v);
static inline gboolean value_is_shared(const value *v); /* others hold a reference too */
void value_clear(value **v);                            /* unrefs *v, sets it to NULL */
G_DEFINE_AUTOPTR_CLEANUP_FUNC(value, value_unref)

/* Constructors; caller unrefs. */
value *value_new_null(void);
value *value_new_bool(gboolean b);
value *value_new_int(gint64 i);
value *value_new_int_flags(gint64 i, guint flags);
value *value_new_big_int(const char *digits); /* normalised: 64-bit values become VALUE_INT */
value *value_new_float(double d);
value *value_new_string(const char *text);
value *value_new_string_length(const char *text, gsize length);
value *value_new_string_flags(const char *text, gsize length, guint flags);
/* A string of any bytes: VALUE_BYTES is set when they are no UTF-8. */
value *value_new_bytes(const char *text, gsize length, guint flags);
/* v, or when it has VALUE_BYTES a copy with U+FFFD for what is no UTF-8; caller unrefs. */
value *value_valid(const value *v);
/* A string of length bytes that the caller writes to *text before anyone else sees it. */
value *value_new_string_space(gsize length, char **text);
value *value_new_string_take(
	char *text, gsize length); /* takes a g_malloc'd, NUL-terminated text */
value *value_new_list(void);
value *value_new_tuple(void);
value *value_new_dict(void);
value *value_new_object(const struct object_class *class, gpointer data); /* takes data */
value *value_boxed(const value *v); /* a bool or int that may be local (layout.h) */

static inline enum value_type value_type(const value *v);
static inline guint value_flags(const value *v);
static inline gboolean value_is(const value *v, enum value_type type); /* FALSE for NULL */
static inline gboolean value_is_sequence(const value *v);              /* list or tuple */
/* Python's name: NoneType, bool, int, float, str, list, tuple, dict, or the object's. */
const char *value_type_name(const value *v);

/* Where it was written; POSITION_NONE when unknown. Set it only before sharing. */
struct position value_position(const value *v);
void value_set_position(value *v, struct position at);

/* Contents; the type must fit (programming error otherwise). */
static inline gboolean value_bool(const value *v);
static inline gint64 value_int(const value *v);
static inline double value_float(const value *v);
static inline const char *value_string(
	const value *v); /* NUL-terminated; of VALUE_STRING or VALUE_BIG_INT */
static inline gsize value_string_length(const value *v); /* bytes */
gsize value_string_points(const value *v);               /* code points; computed once */
static inline gpointer value_object(
	const value *v, const struct object_class *class); /* NULL: not of class */
static inline const struct object_class *value_object_class(const value *v);
static inline gpointer value_object_data(const value *v);

/* Python's truth: null, false, 0, 0.0, '', empty containers are false. */
gboolean value_truth(const value *v);

/* Lists and tuples. */
static inline gsize value_list_length(const value *v);
static inline value *value_list_get(const value *v, gsize i); /* borrowed; i must be in range */
void value_list_append(value *v, value *item);                /* takes item */
void value_list_insert(value *v, gsize i, value *item);       /* takes item */
void value_list_set(value *v, gsize i, value *item);          /* takes item */
void value_list_remove(value *v, gsize i);

/* Dicts. Keys are any hashable value; the plain names take a C string. */
static inline gsize value_dict_length(const value *v);
value *value_dict_get(const value *v, const char *key); /* borrowed; NULL when absent */
value *value_dict_get_length(const value *v, const char *key, gsize length);
value *value_dict_get_value(const value *v, const value *key);
/* The same, looking first at the position *hint, where it was found before. *hint is updated; it
 * may be shared by threads. */
static inline value *value_dict_get_hint(const value *v, const value *key, guint32 *hint);
void value_dict_set(value *v, const char *key, value *item);  /* takes item */
void value_dict_set_value(value *v, value *key, value *item); /* takes both */
gboolean value_dict_remove(value *v, const value *key);
static inline value *value_dict_key_at(const value *v, gsize i);  /* borrowed; in insertion order */
static inline value *value_dict_item_at(const value *v, gsize i); /* borrowed */
void value_dict_update(value *v, const value *other);             /* other's entries win */

/* Python's ==. Objects compare by class->equal, else by identity. */
gboolean value_equal(const value *a, const value *b);
guint value_hash(const value *v);
gboolean value_is_hashable(const value *v); /* no lists or dicts inside */

/* Deep: marks as not to be changed; returns v. */
value *value_freeze(value *v);
static inline gboolean value_is_frozen(const value *v);
/* Remembers of a frozen value that templates find nothing in it to evaluate (by lib/template, which
 * would look through all of it again at each use); of any other it does nothing. */
void value_mark_plain(const value *v);
static inline gboolean value_is_plain(const value *v);
/* Whether a frozen value holds, at any depth, nothing unsafe or secret and no object: found out
 * once. FALSE for what is not frozen. */
static inline gboolean value_is_clean(const value *v);
/* A deep copy that may be changed (objects are shared); caller unrefs. */
value *value_thaw(const value *v);
/* A deep copy with flags added to every string in it; caller unrefs. */
value *value_with_flags(const value *v, guint flags);

/* Python's str() and repr(): True, None, 1e+16, ['a', 1], {'k': "it's"}. Caller frees. */
char *value_to_string(const value *v);
char *value_to_repr(const value *v);
void value_append_string(const value *v, GString *out);
void value_append_repr(const value *v, GString *out);
void value_append_int(gint64 i, GString *out);
/* repr() of a float. */
void value_append_float(double d, GString *out);

/* for (i...) { key, item } without an iterator object:
 *	value_dict_foreach(dict, key, item) { ... } */
#define value_list_foreach(list, item)                                                           \
	for (gsize item##_i = 0, item##_on = 1; item##_on && item##_i < value_list_length(list); \
		item##_on = !item##_on, item##_i++)                                              \
		for (value *item = value_list_get(list, item##_i); item##_on;                    \
			item##_on = !item##_on)
#define value_dict_foreach(dict, key, item)                                                      \
	for (gsize item##_i = 0, item##_on = 1; item##_on && item##_i < value_dict_length(dict); \
		item##_on = !item##_on, item##_i++)                                              \
		for (value *key = value_dict_key_at(dict, item##_i),                             \
			   *item = value_dict_item_at(dict, item##_i);                           \
			item##_on; item##_on = !item##_on)

#include "value/layout.h"

#endif
