/* include, import and extends: other templates. */
#ifndef SUTLER_JINJA_LOADER_H
#define SUTLER_JINJA_LOADER_H

#include "jinja/engine/evaluate.h"

/* The template called name (a string, or a list of which the first found is taken). Borrowed; NULL
 * when missing: an error unless quiet, then only if e->error is set. */
struct jinja_template *loader_get(struct jinja_evaluation *e, const value *name, gboolean quiet);
/* The one that an extends or import statement names; it takes no list. */
struct jinja_template *loader_get_one(struct jinja_evaluation *e, const struct node *n);

gboolean loader_include(struct jinja_evaluation *e, const struct node *n);
gboolean loader_import(struct jinja_evaluation *e, const struct node *n);

/* Reads a whole file for lookups and templates: up to the limit of one value. */
gboolean loader_read(struct jinja_evaluation *e, const char *path, char **text, gsize *length);

#endif
