/* The statements macro and call. */
#include "jinja/syntax/parser-private.h"

/* (a, b=1): names and their defaults. */
static gboolean signature(struct parser *p, struct macro_shape *shape)
{
	GPtrArray *parameters = g_ptr_array_new();
	GPtrArray *defaults = g_ptr_array_new();
	gboolean ok = parser_expect(p, TOKEN_LPAREN);
	while (ok && !parser_is(p, TOKEN_RPAREN)) {
		if (parameters->len > 0 && !parser_expect(p, TOKEN_COMMA)) {
			break;
		}
		struct token *where = parser_peek(p);
		struct node *name = parse_target(p, FALSE, NULL, FALSE);
		if (name == NULL) {
			break;
		}
		g_ptr_array_add(parameters, name);
		if (parser_skip_if(p, TOKEN_ASSIGN)) {
			struct node *n = parse_expression(p, TRUE);
			g_ptr_array_add(defaults, n);
			ok = n != NULL;
		} else if (defaults->len > 0) {
			parser_fail(
				p, where, "parameter without a default follows one with a default");
			ok = FALSE;
		}
	}
	shape->parameters = parser_list(p, parameters);
	shape->defaults = parser_list(p, defaults);
	return ok && *p->error == NULL && parser_expect(p, TOKEN_RPAREN);
}

/* The body of a macro or call and its end tag: no loop around it reaches inside. */
static gboolean macro_body(
	struct parser *p, const char *const *end, const struct token *tag, struct node *n)
{
	guint loops = p->loops;
	p->loops = 0;
	gboolean ok = parse_tag_body(p, end, tag, &n->items);
	p->loops = loops;
	if (ok) {
		parser_next(p);
	}
	return ok;
}

struct node *parse_macro(struct parser *p, const struct token *tag)
{
	static const char *const end[] = { "endmacro", NULL };
	struct node *n = parser_node(p, NODE_MACRO, tag);
	n->a = parse_target(p, FALSE, NULL, FALSE);
	if (n->a == NULL) {
		return NULL;
	}
	n->name = n->a->name;
	n->macro = template_allocate(p->t, sizeof *n->macro);
	return signature(p, n->macro) && macro_body(p, end, tag, n) ? n : NULL;
}

struct node *parse_call_tag(struct parser *p, const struct token *tag)
{
	static const char *const end[] = { "endcall", NULL };
	struct node *n = parser_node(p, NODE_CALL_BLOCK, tag);
	n->name = "caller";
	n->macro = template_allocate(p->t, sizeof *n->macro);
	if (parser_is(p, TOKEN_LPAREN) && !signature(p, n->macro)) {
		return NULL;
	}
	struct token *where = parser_peek(p);
	n->a = parse_expression(p, TRUE);
	if (n->a == NULL) {
		return NULL;
	}
	if (n->a->type != NODE_CALL) {
		return parser_fail(p, where, "expected a call of a macro");
	}
	return macro_body(p, end, tag, n) ? n : NULL;
}
