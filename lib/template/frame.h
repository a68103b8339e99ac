/* Slots of running functions, and what the evaluator's files share beside evaluate.h. */
#ifndef SUTLER_TEMPLATE_FRAME_H
#define SUTLER_TEMPLATE_FRAME_H

#include <string.h>

#include "template/evaluate.h"

/* A slot whose name was not looked up yet. */
extern char frame_unresolved;
#define FRAME_UNRESOLVED ((value *)(void *)&frame_unresolved)

static inline value **frame_slot(struct activation *frame, struct place place)
{
	for (guint i = place.hops; i > 0; i--) {
		frame = frame->parent;
	}
	return &frame->slots[place.slot];
}

/* Sets a slot; takes v, which may be NULL. */
void frame_set(struct activation *frame, struct place place, value *v);

/* The call of a {% call %} block, with caller as a named argument. New reference. */
value *evaluate_call_with_caller(struct evaluation *e, const struct node *n, value *caller);

/* Appends str(v); FALSE when it is or holds something undefined. */
gboolean string_append(struct evaluation *e, const value *v, GString *text);
/* v or something in it that is undefined (and not lenient), borrowed; NULL: none. */
const value *undefined_inside(const value *v);

/* g_string_append_len() without its overhead, for the output. */
static inline void out_append(GString *out, const char *text, gsize length)
{
	if (out->len + length < out->allocated_len) {
		memcpy(out->str + out->len, text, length);
		out->len += length;
		out->str[out->len] = '\0';
	} else {
		g_string_append_len(out, text, (gssize)length);
	}
}

/* Lists, tuples and ranges alike. */
gsize sequence_length(const value *v);
value *sequence_get(const value *v, gsize i); /* new reference */

/* The variables around an include, import or scoped block: name -> value. Caller unrefs. */
GHashTable *visible_variables(struct evaluation *e, const struct visible *visible);

/* `self`, and `super` at depth. */
value *self_new(struct context *context);
value *block_reference_new(struct context *context, const char *name, guint depth);
gboolean block_render(struct evaluation *e, struct context *context, const char *name, guint depth);
gboolean loop_recurse(struct evaluation *e, const struct node *n, struct activation *parent,
	const value *over, guint depth0);
/* FALSE (with the error set) when v holds the namespace itself. */
gboolean namespace_accepts(struct evaluation *e, const value *ns, const value *v);

#endif
