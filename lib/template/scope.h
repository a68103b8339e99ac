/* Resolves the names of a template to slots, by the rules of jinja2.idtracking. */
#ifndef SUTLER_TEMPLATE_SCOPE_H
#define SUTLER_TEMPLATE_SCOPE_H

#include "template/ast.h"

gboolean scope_resolve(struct template *t, GError **error);

#endif
