/*
 * Placeholders: bare words (SITENAME) in the text of a template file that stand for variables.
 *
 * A word is delimited by anything but letters, digits and '_'; directly before '=' it is a key and
 * stays; inside a longer identifier it stays, with a warning.
 */
#ifndef SUTLER_TEMPLATE_PLACEHOLDER_H
#define SUTLER_TEMPLATE_PLACEHOLDER_H

#include "jinja/engine/evaluate.h"

struct placeholders;

/* Reads the words from the variable `placeholders` ([SITENAME] when undefined). warnings may be
 * NULL. NULL on failure. */
struct placeholders *placeholders_new(struct jinja_evaluation *e, GPtrArray *warnings);
void placeholders_free(struct placeholders *placeholders);

/* Appends the text of a NODE_DATA to e->out, words replaced. */
gboolean placeholders_append(struct jinja_evaluation *e, const struct node *n);

#endif
