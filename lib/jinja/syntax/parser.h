/* Tokens to a tree of nodes, as jinja2.parser does. */
#ifndef SUTLER_JINJA_PARSER_H
#define SUTLER_JINJA_PARSER_H

#include "jinja/syntax/ast.h"

enum bare_mode {
	BARE_NO,
	BARE_EXPRESSION, /* what stands in {{ }} */
	BARE_CONDITION,  /* what stands in {% if %}: no inline if */
};

/* Compiles source with what environment knows. syntax is taken over (cleared). Errors:
 * SUTLER_ERROR_USAGE, SUTLER_ERROR_LIMIT.
 */
struct template *template_compile(const struct jinja_environment *environment, const char *source,
	gsize length, const char *name, struct syntax *syntax, enum bare_mode bare, GError **error);

#endif
