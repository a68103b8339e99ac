/* Sorting and comparing by attributes, as Jinja2's filters do. */
#ifndef SUTLER_JINJA_SORT_H
#define SUTLER_JINJA_SORT_H

#include "jinja/engine/evaluate.h"

/* items in the order of keys (both lists, same length), stable. New list, NULL on failure. */
value *sort_values(
	struct jinja_evaluation *e, const value *items, const value *keys, gboolean reverse);

/* item.a.b.0 by the dotted attribute (a string or an int; NULL: item itself). fallback: instead of
 * what is undefined, or NULL. fold: strings in lower case. New reference. */
value *sort_attribute(struct jinja_evaluation *e, const value *item, const value *attribute,
	const value *fallback, gboolean fold);

/* That of each of the items, a list. New list, NULL on failure. */
value *sort_attributes(struct jinja_evaluation *e, const value *items, const value *attribute,
	const value *fallback, gboolean fold);

/* The lower-case form of a string; anything else as it is. New reference. */
value *sort_fold(const value *v);

#endif
