/* Tokens to a tree of nodes, as jinja2.parser does. */
#ifndef SUTLER_TEMPLATE_PARSER_H
#define SUTLER_TEMPLATE_PARSER_H

#include "template/ast.h"

enum bare_mode {
	BARE_NO,
	BARE_EXPRESSION, /* what stands in {{ }} */
	BARE_CONDITION,  /* what stands in {% if %}: no inline if */
};

/* Compiles source. syntax is taken over (cleared). Errors: SUTLER_ERROR_USAGE, SUTLER_ERROR_LIMIT.
 */
struct template *template_compile(const char *source, gsize length, const char *name,
	struct syntax *syntax, enum bare_mode bare, GError **error);

/* Shared by the two halves of the parser. */
struct parser {
	struct template *t;
	struct token *tokens;
	guint at;
	guint depth; /* of nested blocks and expressions */
	guint loops; /* around: break and continue need one */
	GError **error;
};

struct token *parser_peek(const struct parser *p);
struct token *parser_look(const struct parser *p); /* the one after */
struct token *parser_next(struct parser *p);
gboolean parser_is(const struct parser *p, enum token_type type);
gboolean parser_is_name(const struct parser *p, const char *name);
gboolean parser_skip_if(struct parser *p, enum token_type type);
gboolean parser_skip_name(struct parser *p, const char *name);
gboolean parser_expect(struct parser *p, enum token_type type);
struct node *parser_node(struct parser *p, enum node_type type, const struct token *where);
/* Sets the error at token; returns NULL. */
gpointer parser_fail(struct parser *p, const struct token *where, const char *format, ...)
	G_GNUC_PRINTF(3, 4);
gboolean parser_enter(struct parser *p);
void parser_leave(struct parser *p);
struct nodes parser_list(struct parser *p, GPtrArray *items); /* copies, frees items */

struct node *parse_expression(struct parser *p, gboolean conditional);
/* end: a name that also ends the tuple, or NULL. */
struct node *parse_tuple(
	struct parser *p, gboolean conditional, const char *end, gboolean parentheses);
struct node *parse_primary(struct parser *p);
/* Filters behind node, which is NULL in filter blocks; start: the first has no '|' before it. */
struct node *parse_filters(struct parser *p, struct node *node, gboolean start);
struct node *parse_call(struct parser *p, struct node *callee);
struct node *parse_target(struct parser *p, gboolean tuples, const char *end, gboolean namespaces);

#endif
