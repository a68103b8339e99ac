/* Values of types that only templates know: undefined, functions, namespaces, loops, ranges ... */
#ifndef SUTLER_JINJA_OBJECTS_H
#define SUTLER_JINJA_OBJECTS_H

#include "jinja/engine/evaluate.h"

struct jinja_global;
struct jinja_method;

/* What expressions do with the objects of a class, beside what struct object_class says. */
struct object_verbs {
	/* v.name; NULL without an error: there is none. New reference. */
	value *(*attribute)(struct jinja_evaluation *e, const value *v, const char *name);
	/* callee(...). New reference, NULL on failure. */
	value *(*call)(struct jinja_evaluation *e, value *callee, value *const *positional, guint n,
		value *named);
	/* a op b, a being of the class; NULL: not defined. New reference. */
	value *(*operate)(enum operator op, const value *a, const value *b);
	/* As order(), a being of the class; FALSE: not ordered. */
	gboolean (*order)(const value *a, const value *b, int *ret);
};

/* Those of v; NULL: none. */
static inline const struct object_verbs *object_verbs(const value *v)
{
	return value_is(v, VALUE_OBJECT) ? value_object_class(v)->verbs : NULL;
}

struct undefined {
	char *name;       /* of the variable or attribute; NULL: none */
	char *message;    /* instead of "'name' is undefined"; NULL: none */
	value *of;        /* what has no such attribute; NULL: a variable */
	gboolean unset;   /* of a name that is not there: each use is one of its own */
	gboolean lenient; /* the missing else of an inline if: prints as nothing */
};

value *undefined_new(const char *name, const char *message, const value *of);
value *undefined_new_lenient(void);
struct undefined *undefined_of(const value *v); /* NULL: is defined */
/* Whether v stands for nothing but that there is no variable of this name. */
gboolean undefined_is_missing(const value *v, const char *name);

struct bound {
	value *self;
	const struct jinja_method *method;
};
extern const struct object_class bound_class, function_class, macro_class, loop_class,
	namespace_class, range_class, module_class, block_class, undefined_class,
	undefined_lenient_class;

value *function_new(const struct jinja_global *g);
const struct jinja_global *function_of(const value *v);
value *bound_new(const value *self, const struct jinja_method *method);

struct macro {
	const struct node *node;
	struct activation *parent;
	struct context *context;
	struct jinja_template *t;
	struct position base;
};

struct loop {
	const struct node *node; /* when recursive */
	struct activation *parent;
	struct context *context;
	struct jinja_template *t;
	value *items;
	gsize index0, length;
	guint depth0;
	value *last_changed;
};

/* An attribute of a loop that is a number or a truth (loop_attribute_find()): it lies in space. */
const value *loop_attribute(const value *v, guint attribute, value *space);

struct range {
	gint64 start, stop, step;
};

value *namespace_new(value *dict); /* takes dict */
/* Whether what is v itself or stands in it, at any depth: putting v into what would make a circle.
 */
gboolean object_holds(const value *v, const value *what);
value *range_new(gint64 start, gint64 stop, gint64 step);
gsize range_length(const struct range *range);

struct block_reference {
	char *name;
	struct context *context;
	guint depth;
};

struct module {
	value *names; /* dict of what it exports */
	char *text;
	gsize length;
	char *template_name;
};

/* Attribute of an object or its method; NULL without an error: there is none. */
value *object_getattr(struct jinja_evaluation *e, const value *of, const char *name);
value *object_call(
	struct jinja_evaluation *e, value *callee, value *const *positional, guint n, value *named);
gboolean object_is_callable(const value *v);

/* A changeable list of the items of a list, tuple or range. */
value *value_list_copy_sequence(const value *v);
#define value_list_copy value_list_copy_sequence
/* The pair (grouper, list) of groupby; takes list. */
value *group_new(const value *grouper, value *list);

/* Sequence to go through: v itself or a new list. NULL: v is not iterable (no error set), or
 * failed (error set). New reference. */
value *iterate(struct jinja_evaluation *e, const value *v);

#endif
