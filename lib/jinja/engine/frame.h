/* Slots of running functions, and what the evaluator's files share beside evaluate.h. */
#ifndef SUTLER_JINJA_FRAME_H
#define SUTLER_JINJA_FRAME_H

#include <string.h>

#include "jinja/engine/evaluate.h"

/* What a macro refers to lives on, and so does everything around it. */
void activation_capture(struct activation *a);

/* The definitions of a block in this context, struct block; NULL: none. */
GPtrArray *context_blocks(const struct context *c, const char *name);
void context_add_blocks(struct context *c, struct jinja_template *t);
/* A variable set at top level. */
void context_export(struct context *c, const char *name, const value *v);
/* An empty table: name -> value, both owned. */
GHashTable *name_table(void);
/* Before t runs: whether variables are copied first, because it changes lists or dicts in place. */
void shared_mutates(struct shared *shared, const struct jinja_template *t);

/* Sets a slot; takes v, which may be NULL. */
static inline void frame_set(struct activation *frame, struct place place, value *v)
{
	value **slot = frame_slot(frame, place);
	value *old = *slot;
	*slot = v;
	if (old != FRAME_UNRESOLVED) {
		value_unref(old);
	}
}

/* v as a variable holds it: what is undefined is the same at each use of the variable. Takes v. */
value *undefined_kept(value *v);

/* Sets a variable of the template; takes v, which may be NULL. */
static inline void frame_assign(struct activation *frame, struct place place, value *v)
{
	frame_set(frame, place, value_is(v, VALUE_OBJECT) ? undefined_kept(v) : v);
}

/* The call of a {% call %} block, with caller as a named argument. New reference. */
value *evaluate_call_with_caller(struct jinja_evaluation *e, const struct node *n, value *caller);

/* v or something in it that is undefined (and not lenient), borrowed; NULL: none. */
const value *undefined_inside(const value *v);
/* Appends the parts of a ~ b ~ ...; *flags gets what must survive of theirs. */
gboolean concat_append(
	struct jinja_evaluation *e, const struct node *n, GString *out, guint *flags);

/* Lists, tuples and ranges alike. */
gsize sequence_length_other(const value *v);
value *sequence_get_other(const value *v, gsize i);

static inline gsize sequence_length(const value *v)
{
	return value_is_sequence(v) ? value_list_length(v) : sequence_length_other(v);
}

/* New reference. */
static inline value *sequence_get(const value *v, gsize i)
{
	return value_is_sequence(v) ? value_ref(value_list_get(v, i)) : sequence_get_other(v, i);
}

/* The variables around an include, import or scoped block: name -> value. Caller unrefs. */
GHashTable *visible_variables(struct jinja_evaluation *e, const struct visible *visible);

/* `self`, and `super` at depth. */
value *self_new(struct context *context);
value *block_reference_new(struct context *context, const char *name, guint depth);
gboolean loop_recurse(struct jinja_evaluation *e, const struct node *n, struct activation *parent,
	const value *over, guint depth0);
/* FALSE (with the error set) when v holds the namespace itself. */
gboolean namespace_accepts(struct jinja_evaluation *e, const value *ns, const value *v);

#endif
