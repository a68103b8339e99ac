/* Python's string formatting: "%s" % x, "{}".format(x), and HTML-safe text. */
#ifndef SUTLER_JINJA_FORMAT_H
#define SUTLER_JINJA_FORMAT_H

#include "jinja/engine/evaluate.h"

/* format % arguments. New reference, NULL on failure. */
value *format_percent(struct evaluation *e, const value *format, const value *arguments);
/* format.format(*positional, **named) */
value *format_braces(
	struct evaluation *e, const value *format, value *const *positional, guint n, value *named);

/* a + b where one is escaped already: the other one is escaped first. */
value *markup_add(const value *a, const value *b);
/* text with & < > " ' escaped appended */
void markup_escape(const char *text, gsize length, GString *out);
/* str(v) as text that is escaped, unless it is already (force: even then). Caller unrefs. */
value *markup_of(const value *v, gboolean force);

#endif
