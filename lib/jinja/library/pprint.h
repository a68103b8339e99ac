/* Python's pprint.pformat(). */
#ifndef SUTLER_JINJA_PPRINT_H
#define SUTLER_JINJA_PPRINT_H

#include "value/value.h"

void pprint_append(const value *v, GString *out);

#endif
