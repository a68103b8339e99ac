/*
 * {% autoescape %}: everything is printed as it is, so output does not change by it. What
 * changes is what counts as escaped already: what join, replace, urlize, xmlattr, ~, macros, blocks
 * and set blocks give is marked then, and a later `escape` leaves it alone.
 * https://jinja.palletsprojects.com/en/3.1.x/templates/#html-escaping
 */
#ifndef SUTLER_JINJA_AUTOESCAPE_H
#define SUTLER_JINJA_AUTOESCAPE_H

#include "jinja/engine/evaluate.h"

/* Text, which is taken, marked as escaped where it is on in this context. NULL for NULL. */
value *autoescape_mark(const struct context *context, value *text);
/* The items, a list, with separator between them. escapes: as soon as one part is escaped already
 * the others are escaped and the result is marked. New reference, NULL on failure. */
value *autoescape_join(
	struct jinja_evaluation *e, const value *separator, const value *items, gboolean escapes);

/* The statement, and the operator ~ in it. */
gboolean render_autoescape(struct jinja_evaluation *e, const struct node *n);
value *autoescape_concat(struct jinja_evaluation *e, const struct node *n);

#endif
