/* What a template prints. */
#ifndef SUTLER_TEMPLATE_OUTPUT_H
#define SUTLER_TEMPLATE_OUTPUT_H

#include <string.h>

#include "template/evaluate.h"

/* output_text() when the buffer is too small; here the size of the output is limited. */
gboolean output_grow(struct evaluation *e, const char *text, gsize length);

static inline gboolean output_text(struct evaluation *e, const char *text, gsize length)
{
	GString *out = e->out;
	if (G_UNLIKELY(out->len + length >= out->allocated_len)) {
		return output_grow(e, text, length);
	}
	memcpy(out->str + out->len, text, length);
	out->len += length;
	out->str[out->len] = '\0';
	return TRUE;
}

/* Prints str(v): None is nothing, undefined fails. */
gboolean output_value(struct evaluation *e, const value *v);
/* Prints what an expression gives. */
gboolean output_expression(struct evaluation *e, const struct node *n);

/* Appends str(v); FALSE when it is or holds something undefined. */
gboolean string_append(struct evaluation *e, const value *v, GString *text);

/* Whether what n prints is kept: a template that extends another prints its blocks only. */
static inline gboolean is_printed(const struct evaluation *e, const struct node *n)
{
	return (n->flags & (FLAG_EXTENDED | FLAG_CHECK_PARENT)) == 0 ||
	       (!(n->flags & FLAG_EXTENDED) && e->context->parent_template == NULL);
}

#endif
