/* Resolves the names of a template to slots, by the rules of jinja2.idtracking. */
#ifndef SUTLER_JINJA_SCOPE_H
#define SUTLER_JINJA_SCOPE_H

#include "jinja/syntax/ast.h"

gboolean scope_resolve(struct jinja_template *t, GError **error);

#endif
