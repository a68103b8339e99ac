/* Running blocks of templates that extend each other. */
#ifndef SUTLER_JINJA_BLOCK_H
#define SUTLER_JINJA_BLOCK_H

#include "jinja/engine/evaluate.h"

/* The depth-th definition of a block, 0 being that of the template that extends all others. */
gboolean block_render(
	struct jinja_evaluation *e, struct context *context, const char *name, guint depth);
/* {% block %} where it stands, and {% extends %}. */
gboolean render_block(struct jinja_evaluation *e, const struct node *n);
gboolean render_extends(struct jinja_evaluation *e, const struct node *n);

#endif
