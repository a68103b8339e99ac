/* What a template prints. */
#ifndef SUTLER_JINJA_OUTPUT_H
#define SUTLER_JINJA_OUTPUT_H

#include "base/bytes.h"
#include "jinja/engine/evaluate.h"
#include "jinja/engine/operators.h"
#include "jinja/syntax/limits.h"

/* output_text() when the buffer is too small; here the size of the output is limited. */
gboolean output_grow(struct jinja_evaluation *e, const char *text, gsize length);

static inline gboolean output_text(struct jinja_evaluation *e, const char *text, gsize length)
{
	GString *out = e->out;
	if (G_UNLIKELY(out->len + length >= out->allocated_len)) {
		return output_grow(e, text, length);
	}
	append_bytes(out, text, length);
	return TRUE;
}

/* output_value() of what is no string. */
gboolean output_other(struct jinja_evaluation *e, const value *v);
/* output_expression() of what need not be evaluated to a value first. */
gboolean output_parts(struct jinja_evaluation *e, const struct node *n);

/* Prints str(v): None is nothing, undefined fails. */
static inline gboolean output_value(struct jinja_evaluation *e, const value *v)
{
	if (value_is(v, VALUE_INT)) {
		value_append_int(value_int(v), e->out);
		return e->out->len <= LIMIT_BYTES || check_size(e, e->out->len);
	}
	if (!value_is(v, VALUE_STRING)) {
		return output_other(e, v);
	}
	if (G_UNLIKELY(value_flags(v) & VALUE_TEXT) && e->convert && e->out->len == 0) {
		/* it stays text, if nothing else follows */
		e->flags |= VALUE_TEXT;
		e->text_length = value_string_length(v);
	}
	e->flags |= value_flags(v) & FLAGS_KEPT;
	return output_text(e, value_string(v), value_string_length(v));
}

/* Prints what an expression gives. */
static inline gboolean output_expression(struct jinja_evaluation *e, const struct node *n)
{
	if (n->type == NODE_CONCAT) {
		return output_parts(e, n);
	}
	operand o;
	o.held = NULL;
	const value *v = operand_evaluate(e, n, &o);
	e->at = n;
	gboolean ok = v != NULL && output_value(e, v);
	operand_clear(&o);
	return ok;
}

/* Appends str(v); FALSE when it is or holds something undefined. */
gboolean string_append(struct jinja_evaluation *e, const value *v, GString *text);

/* Whether what n prints is kept: a template that extends another prints its blocks only. */
static inline gboolean is_printed(const struct jinja_evaluation *e, const struct node *n)
{
	return (n->flags & (FLAG_EXTENDED | FLAG_CHECK_PARENT)) == 0 ||
	       (!(n->flags & FLAG_EXTENDED) && e->context->parent_template == NULL);
}

#endif
