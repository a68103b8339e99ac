/* Evaluating compiled templates. */
#ifndef SUTLER_JINJA_EVALUATE_H
#define SUTLER_JINJA_EVALUATE_H

#include "jinja/syntax/ast.h"

/* The slots of one running function (template, macro, block, recursive loop). */
struct activation {
	struct activation *parent;
	struct activation *next; /* of the captured ones */
	guint n;
	gboolean captured; /* a macro refers to it: it lives until the evaluation ends */
	value *slots[];
};

/* Where names are looked up that no scope of the template defines. */
struct context {
	struct context *next; /* of all of this evaluation */
	struct jinja_template *t;
	GHashTable *variables;                  /* set at top level: name -> value; NULL: none */
	GHashTable *locals;                     /* handed in by include or import with context */
	GHashTable *blocks;                     /* name -> GPtrArray of struct block; NULL: none */
	gboolean isolated;                      /* without context: only globals */
	gboolean autoescape;                    /* within {% autoescape %} that is on */
	struct jinja_template *parent_template; /* set by extends */
};

struct block {
	struct node *node;
	struct jinja_template *t;
};

struct jinja_evaluation;

/* What all evaluations share that belong together: of a template, of those it includes, and of
 * variables that are templates themselves. */
struct shared {
	const struct jinja_scope *scope;
	/* A variable of the scope; NULL without an error: there is none. New reference. *ret_keep
	 * (FALSE before): it is asked for once only, and where templates change lists or dicts in
	 * place they change a copy. NULL: as scope->lookup() gives it. */
	value *(*variable)(struct jinja_evaluation *e, const char *name, gboolean *ret_keep);
	/* Prints the text of a DATA node outside of raw blocks; NULL: as it is. */
	gboolean (*print_data)(struct jinja_evaluation *e, const struct node *n);
	GHashTable *variables; /* name -> value, those that are kept */
	GHashTable *templates; /* path -> struct jinja_template, of includes */
	struct activation *captured;
	struct context *contexts;
	value *spare_loop;  /* the `loop` of a loop that ended */
	GHashTable *levels; /* nesting of containers that were put into others */
	guint64 iterations;
	guint depth; /* of macros, includes and variables */
	gboolean mutates;
};

struct jinja_evaluation {
	struct shared *shared;
	struct jinja_template *t;
	struct context *context;
	struct activation *frame;
	struct position base; /* where the template's text stands, when not in a file of its own */
	const struct node *at;
	GString *out;
	guint flags;         /* of what went into out */
	gsize text_length;   /* with VALUE_TEXT in flags: of the text that went in first */
	gboolean convert;    /* captured text is read as a literal */
	value *filter_input; /* of a filter block, or of a set block with a filter */
	guint loop_control;  /* 0, NODE_BREAK or NODE_CONTINUE while one is on its way */
	GError *error;
};

/* What an expression gives to someone who looks at it and leaves: a borrowed value, one that is
 * held here, or a number that lies nowhere else. Starts with held = NULL. */
typedef struct operand {
	value *held;
	value number;
} operand;

/* operand_evaluate() of everything but constants and variables that were used before. */
const value *operand_compute(struct jinja_evaluation *e, const struct node *n, operand *o);

/* A slot whose name was not looked up yet. */
extern char frame_unresolved;
#define FRAME_UNRESOLVED ((value *)(void *)&frame_unresolved)

static inline value **frame_slot(struct activation *frame, struct place place)
{
	for (guint i = place.hops; i > 0; i--) {
		/* The resolver counted the functions around the place: each has its frame. */
		frame = frame->parent; /* NOLINT(clang-analyzer-core.NullDereference) */
	}
	return &frame->slots[place.slot];
}

/* The value of n, good until the operand is cleared. It may be o's own number: then it must not be
 * ref'd (operand_real()). NULL on failure. */
static inline const value *operand_evaluate(
	struct jinja_evaluation *e, const struct node *n, operand *o)
{
	if (n->type == NODE_CONST) {
		return n->value;
	}
	if (n->type == NODE_NAME || n->type == NODE_ONCE) {
		const value *v = *frame_slot(e->frame, n->place);
		if (G_LIKELY(v != NULL && v != FRAME_UNRESOLVED)) {
			e->at = n;
			return v;
		}
	}
	return operand_compute(e, n, o);
}

static inline void operand_clear(operand *o)
{
	value_unref(o->held);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(operand, operand_clear)

/* v, which o gave, as a value that can be ref'd. */
static inline const value *operand_real(operand *o, const value *v)
{
	return v == &o->number ? o->held = value_boxed(v) : v;
}

/* New reference, NULL on failure. */
value *evaluate(struct jinja_evaluation *e, const struct node *n);
/* A borrowed value where there is one; else *keep is set and must be unref'd after use. */
const value *evaluate_borrow(struct jinja_evaluation *e, const struct node *n, value **keep);
/* -1 on failure. */
int evaluate_truth(struct jinja_evaluation *e, const struct node *n);
/* call.c: {{ f(x) }}, {{ x | f }}, {{ x is t }} (-1 on failure). New references. */
value *evaluate_call_node(struct jinja_evaluation *e, const struct node *n);
value *evaluate_filter_node(struct jinja_evaluation *e, const struct node *n);
int evaluate_test_node(struct jinja_evaluation *e, const struct node *n);
value *evaluate_call(
	struct jinja_evaluation *e, value *callee, value *const *positional, guint n, value *named);
value *evaluate_getattr(struct jinja_evaluation *e, const value *of, const value *name);
/* An item of text, a list or a range by number, as Python counts. New reference; NULL: none. */
value *item_at(const value *of, const value *key);
value *evaluate_getitem(struct jinja_evaluation *e, const value *of, const value *key);

/* A name that no scope knows. Never NULL without an error: undefined values are values. */
value *context_lookup(struct jinja_evaluation *e, const value *name);
/* A variable of the scope; NULL without error: there is none. */
value *variable_get(struct jinja_evaluation *e, const char *name);
/* What stands for a variable that cannot be had, by the error (taken): something undefined that
 * remembers why, or NULL with the error set at the evaluation. */
value *variable_failed(struct jinja_evaluation *e, const char *name, GError *error);

/* Statements; FALSE on failure or while a break or continue is on its way (check e->error). */
gboolean render_nodes(struct jinja_evaluation *e, const struct nodes *nodes);
gboolean render_template(struct jinja_evaluation *e); /* e->t in e->context */
gboolean render_for(struct jinja_evaluation *e, const struct node *n);
void scope_load(struct jinja_evaluation *e, const struct loads *loads);
static inline void scope_enter(struct jinja_evaluation *e, const struct loads *loads)
{
	if (loads->n > 0) {
		scope_load(e, loads);
	}
}
gboolean assign(struct jinja_evaluation *e, const struct node *target, value *v); /* takes v */
/* What e->out holds, as a value: read as a literal when convert is set, unless it is one text that
 * is marked as such. Caller unrefs. */
value *output_take(struct jinja_evaluation *e);
/* What e->out got since capture_begin(), as a value. */
GString *capture_begin(struct jinja_evaluation *e, guint *flags);
value *capture_end(struct jinja_evaluation *e, GString *before, guint flags);
struct activation *activation_new(guint slots, struct activation *parent);
void activation_leave(struct jinja_evaluation *e, struct activation *a);
struct context *context_new(struct jinja_evaluation *e, struct jinja_template *t);
value *macro_call(
	struct jinja_evaluation *e, gpointer data, value *const *positional, guint n, value *named);
gboolean recursion_enter(struct jinja_evaluation *e, const char *what);
void recursion_leave(struct jinja_evaluation *e);

/* Around one evaluation of e->t: makes and frees its context, frame and output. */
void evaluation_begin(struct jinja_evaluation *e);
void evaluation_end(struct jinja_evaluation *e);

void shared_init(struct shared *shared, const struct jinja_scope *scope);
void shared_finish(struct shared *shared);

/* Flags of v and of everything in it, but only those that must survive. */
guint flags_deep(const value *v);
enum { FLAGS_KEPT = VALUE_UNSAFE | VALUE_SECRET | VALUE_BYTES };

#endif
