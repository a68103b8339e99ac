/*
 * Parts of a template that stay the same while it runs: names it never sets are looked up once, and
 * expressions made of them are evaluated once when they stand in a loop or macro, or several times.
 */
#ifndef SUTLER_JINJA_INVARIANT_H
#define SUTLER_JINJA_INVARIANT_H

#include "jinja/syntax/ast.h"

/* The names t reads and nowhere sets (const char *, as keys, of t): only its context has them.
 * NULL: t is not worth it, or changes values in place. */
GHashTable *invariant_names(const struct jinja_template *t);

/* Puts a NODE_ONCE around expressions of only these names that would be evaluated again and again.
 * t is resolved, with the names in the scope of its root. */
void invariant_mark(struct jinja_template *t, GHashTable *names);

#endif
