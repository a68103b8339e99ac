/* Making datetime objects. */
#ifndef SUTLER_JINJA_TIME_OBJECT_H
#define SUTLER_JINJA_TIME_OBJECT_H

#include <time.h>

#include "jinja/engine/evaluate.h"

/* strftime() of any length. */
value *time_format(
	struct evaluation *e, const char *format, const struct tm *tm, guint microseconds);
/* datetime.strptime() */
value *time_parse(struct evaluation *e, const char *text, const char *format);
value *time_new(const struct tm *tm, guint microseconds);

#endif
