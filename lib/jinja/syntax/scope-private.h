/*
 * What the passes of scope.c share.
 *
 * Every scope (root, block, macro, loop body, with, ...) has a table of symbols (scope-symbols.c).
 * It is filled by looking at all nodes of the scope, but not of scopes inside (scope-analyze.c),
 * before any of them is resolved (scope-resolve.c, and for what opens a scope scope-inner.c): that
 * is what decides whether a name is looked up in the context, taken from outside, or undefined
 * until set.
 */
#ifndef SUTLER_JINJA_SCOPE_PRIVATE_H
#define SUTLER_JINJA_SCOPE_PRIVATE_H

#include "jinja/syntax/ast.h"

struct function {
	guint slots;
	guint level; /* functions around */
};

struct ref {
	struct function *function;
	guint slot;
};

struct binding {
	enum load_kind kind;
	gboolean parameter;
	struct ref *from;
};

struct symbols {
	struct symbols *parent;
	struct function *function;
	GHashTable *refs;   /* name -> struct ref */
	GHashTable *loads;  /* struct ref -> struct binding */
	GHashTable *stores; /* names */
};

struct scope {
	struct symbols *symbols;
	gboolean toplevel;
	gboolean output_check;
	gboolean rootlevel;
};

struct resolver {
	struct jinja_template *t;
	GPtrArray *garbage; /* memory freed at the end */
	gboolean known_extends;
	guint extends;
	GError **error;
};

/* --- tables of symbols --- */

/* Zeroed memory until the end of scope_resolve(). */
gpointer scope_keep(struct resolver *r, gsize size);
struct symbols *symbols_new(struct resolver *r, struct symbols *parent, struct function *function);
void symbols_free(struct symbols *s);
struct symbols *symbols_copy(struct resolver *r, struct symbols *s);
/* The name in s or around it, or NULL. */
struct ref *symbols_find(const struct symbols *s, const char *name);
void symbols_load(struct resolver *r, struct symbols *s, const char *name);
void symbols_store(struct resolver *r, struct symbols *s, const char *name);
/* A name that whoever enters the scope sets. */
struct ref *symbols_parameter(struct resolver *r, struct symbols *s, const char *name);
/* After the branches of an if: what is set in some of them only may come from outside. */
enum { IF_BRANCHES = 3 }; /* the body, elif and else */
void symbols_branches(
	struct resolver *r, struct symbols *s, struct symbols *const branches[IF_BRANCHES]);
/* Puts all of from into into. */
void symbols_update(GHashTable *into, GHashTable *from);

/* --- first pass: the names of one scope; *s is filled --- */

void scope_analyze(struct resolver *r, struct symbols **s, const struct node *n);
void scope_analyze_all(struct resolver *r, struct symbols **s, const struct nodes *nodes);
void scope_analyze_target(
	struct resolver *r, struct symbols *s, const struct node *n, gboolean as_parameter);

/* Whether the nodes use name without a scope of their own hiding it. */
gboolean scope_mentions(const struct nodes *nodes, const char *name);
gboolean scope_has_block(const struct nodes *nodes);

/* --- second pass: every name gets its place --- */

void scope_resolve_node(struct resolver *r, struct scope *f, struct node *n);
void scope_resolve_all(struct resolver *r, struct scope *f, const struct nodes *nodes);
void scope_resolve_target(struct resolver *r, struct scope *f, struct node *n);
/* What opens a scope: loops, macros, with, filter, set and autoescape blocks. */
void scope_resolve_inner(struct resolver *r, struct scope *f, struct node *n);

/* --- scopes --- */

struct function *scope_function(struct resolver *r, const struct function *around);
/* A scope inside f, in a function of its own unless that is NULL; scope_leave() ends it. */
struct scope scope_inner(struct resolver *r, const struct scope *f, struct function *function);
void scope_leave(struct scope *f);
struct place scope_place(const struct scope *f, const struct ref *ref);
/* What entering the scope has to do. */
struct loads *scope_loads(struct resolver *r, const struct scope *f);
/* The variables set in the scopes around, for includes and scoped blocks. */
struct visible *scope_visible(struct resolver *r, const struct scope *f);

#endif
