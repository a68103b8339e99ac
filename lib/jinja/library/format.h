/* Python's string formatting: "%s" % x, "{}".format(x). */
#ifndef SUTLER_JINJA_FORMAT_H
#define SUTLER_JINJA_FORMAT_H

#include "jinja/engine/evaluate.h"

/* format % arguments. New reference, NULL on failure. */
value *format_percent(struct jinja_evaluation *e, const value *format, const value *arguments);
/* format.format(*positional, **named) */
value *format_braces(struct jinja_evaluation *e, const value *format, value *const *positional,
	guint n, value *named);

#endif
