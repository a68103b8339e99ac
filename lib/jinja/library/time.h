/* datetime and timedelta objects, as to_datetime and now() make them. */
#ifndef SUTLER_JINJA_TIME_H
#define SUTLER_JINJA_TIME_H

#include <time.h>

#include "jinja/engine/evaluate.h"

/* strftime() of any length. */
value *time_format(
	struct jinja_evaluation *e, const char *format, const struct tm *tm, guint microseconds);
/* datetime.strptime() */
value *time_parse(struct jinja_evaluation *e, const char *text, const char *format);
value *time_new(const struct tm *tm, guint microseconds);

#endif
