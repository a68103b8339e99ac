/* datetime and timedelta objects, as to_datetime and now() make them. */
#ifndef SUTLER_JINJA_TIME_H
#define SUTLER_JINJA_TIME_H

#include "jinja/engine/evaluate.h"

gboolean time_is_object(const value *v);
value *time_getattr(const value *v, const char *name);                 /* NULL: there is none */
value *time_operate(enum operator op, const value *a, const value *b); /* NULL: not defined */
gboolean time_order(const value *a, const value *b, int *ret);

#endif
