/* Methods of str, list, dict and numbers. */
#ifndef SUTLER_JINJA_METHODS_H
#define SUTLER_JINJA_METHODS_H

#include "jinja/jinja.h"

/* A call's input that is an object with the methods of a mapping, as a dict; with an error of its
 * evaluation, what was known before. Caller unrefs. */
value *mapping_copy(struct jinja_call *c);

#endif
