/*
 * What the files of the parser share: the cursor on the tokens (parser.c), statements
 * (parser-statement.c and, by family, -flow, -macro and -include), and expressions
 * (parser-expression.c, -postfix, -filter, -call, -primary, -target).
 *
 * What parses returns NULL or FALSE after parser_fail().
 */
#ifndef SUTLER_JINJA_PARSER_PRIVATE_H
#define SUTLER_JINJA_PARSER_PRIVATE_H

#include "jinja/syntax/ast.h"
#include "jinja/syntax/lexer.h"

struct parser {
	struct jinja_template *t;
	struct token *tokens;
	guint at;
	guint depth;         /* of nested blocks and expressions */
	guint loops;         /* around: break and continue need one */
	gboolean autoescape; /* within {% autoescape true %} */
	GHashTable *names;   /* text -> value of t, once there are some */
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
gboolean parser_expect_name(struct parser *p, const char *name);
struct node *parser_node(struct parser *p, enum node_type type, const struct token *where);
/* The text of a name, one value for all places in the template. */
value *parser_name(struct parser *p, const char *text);
/* Sets the error at token; returns NULL. */
gpointer parser_fail(struct parser *p, const struct token *where, const char *format, ...)
	G_GNUC_PRINTF(3, 4);
/* One level deeper, or an error at the limit; parser_leave() undoes it in either case. */
gboolean parser_enter(struct parser *p);
void parser_leave(struct parser *p);
/* Chains are parsed in a loop but evaluated by recursion: they are bounded too. */
gboolean parser_chain(struct parser *p, guint *links);
struct nodes parser_list(struct parser *p, GPtrArray *items); /* copies, frees items */

/* Statements. */

/* Everything up to a tag called one of ends, which is then the current token; opened: the tag that
 * needs it. Without ends: the whole template. */
gboolean parse_body(struct parser *p, const char *const *ends, const struct token *opened,
	struct nodes *ret_nodes);
/* The same from the end of the tag's own head on. */
gboolean parse_tag_body(struct parser *p, const char *const *ends, const struct token *opened,
	struct nodes *ret_nodes);

/* One function a tag; tag is its name, behind which they begin. */
struct node *parse_block(struct parser *p, const struct token *tag);
struct node *parse_call_tag(struct parser *p, const struct token *tag);
struct node *parse_extends(struct parser *p, const struct token *tag);
struct node *parse_for(struct parser *p, const struct token *tag);
struct node *parse_from(struct parser *p, const struct token *tag);
struct node *parse_if(struct parser *p, const struct token *tag);
struct node *parse_import(struct parser *p, const struct token *tag);
struct node *parse_include(struct parser *p, const struct token *tag);
struct node *parse_loop_control(struct parser *p, const struct token *tag);
struct node *parse_macro(struct parser *p, const struct token *tag);

/* Expressions. */

struct node *parse_expression(struct parser *p, gboolean conditional);
/* end: a name that also ends the tuple, or NULL. */
struct node *parse_tuple(
	struct parser *p, gboolean conditional, const char *end, gboolean parentheses);
gboolean parse_tuple_ends(const struct parser *p, const char *end);
/* A name, literal or parenthesis; and with what may stand right behind it: .name [index] (call) */
struct node *parse_primary(struct parser *p);
struct node *parse_name(struct parser *p);
struct node *parse_postfix(struct parser *p, struct node *n);
/* The number of a token as a constant. */
struct node *parse_integer(struct parser *p, const struct token *token);
/* Filters behind of, which is NULL in filter blocks; start: the first has no '|' before it. */
struct node *parse_filters(struct parser *p, struct node *of, gboolean start);
/* The test behind `is`, the current token. */
struct node *parse_test(struct parser *p, struct node *of);
struct node *parse_call(struct parser *p, struct node *callee);
struct arguments *parse_arguments(struct parser *p);
struct node *parse_target(struct parser *p, gboolean tuples, const char *end, gboolean namespaces);

#endif
