/* The variables that a template cannot be evaluated without. */
#ifndef SUTLER_JINJA_REQUIRED_H
#define SUTLER_JINJA_REQUIRED_H

#include "jinja/syntax/ast.h"

/* Adds to names (char *, owned by the set) the free variables that t uses outside `default`, `is
 * defined` and branches that depend on a condition. */
void required_names(const struct template *t, GHashTable *names);

#endif
