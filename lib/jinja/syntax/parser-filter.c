/* Expressions: filters and tests. */
#include "jinja/syntax/parser-private.h"

#include "jinja/syntax/environment.h"
#include "jinja/syntax/signature.h"

/* A filter's or test's name, which may be dotted (collection.name.quote). */
static char *dotted(struct parser *p)
{
	struct token *token = parser_peek(p);
	if (!parser_expect(p, TOKEN_NAME)) {
		return NULL;
	}
	GString *text = g_string_new(token->text);
	while (parser_skip_if(p, TOKEN_DOT)) {
		token = parser_peek(p);
		if (!parser_expect(p, TOKEN_NAME)) {
			g_string_free(text, TRUE);
			return NULL;
		}
		g_string_append_c(text, '.');
		g_string_append(text, token->text);
	}
	return g_string_free(text, FALSE);
}

static struct arguments *no_arguments(struct parser *p)
{
	return template_allocate(p->t, sizeof(struct arguments));
}

struct node *parse_filters(struct parser *p, struct node *of, gboolean start)
{
	guint links = 0;
	while (start || parser_is(p, TOKEN_PIPE)) {
		if (!start) {
			parser_next(p);
		}
		start = FALSE;
		struct node *n = parser_node(p, NODE_FILTER, parser_peek(p));
		struct token *where = parser_peek(p);
		g_autofree char *text = dotted(p);
		if (text == NULL || !parser_chain(p, &links)) {
			return NULL;
		}
		n->name = template_intern(p->t, text);
		n->a = of;
		n->arguments = parser_is(p, TOKEN_LPAREN) ? parse_arguments(p) : no_arguments(p);
		if (n->arguments == NULL) {
			return NULL;
		}
		g_autofree char *why = NULL;
		n->filter = filter_find(p->t->environment, text, &why);
		if (n->filter == NULL) {
			return parser_fail(p, where, "%s", why);
		}
		signature_prepare(p->t, n->arguments, n->filter->signature);
		of = n;
	}
	return of;
}

static gboolean starts_test_argument(const struct parser *p)
{
	switch (parser_peek(p)->type) {
	case TOKEN_NAME:
		return !parser_is_name(p, "else") && !parser_is_name(p, "or") &&
		       !parser_is_name(p, "and");
	case TOKEN_STRING:
	case TOKEN_INTEGER:
	case TOKEN_FLOAT:
	case TOKEN_LBRACKET:
	case TOKEN_LBRACE:
		return TRUE;
	default:
		return FALSE;
	}
}

static struct arguments *test_arguments(struct parser *p)
{
	if (parser_is(p, TOKEN_LPAREN)) {
		return parse_arguments(p);
	}
	struct arguments *none = no_arguments(p);
	if (!starts_test_argument(p)) {
		return none;
	}
	if (parser_is_name(p, "is")) {
		return parser_fail(p, parser_peek(p), "tests cannot be chained with 'is'");
	}
	struct node *argument_node = parse_postfix(p, parse_primary(p));
	if (argument_node == NULL) {
		return NULL;
	}
	GPtrArray *items = g_ptr_array_new();
	g_ptr_array_add(items, argument_node);
	none->positional = parser_list(p, items);
	return none;
}

struct node *parse_test(struct parser *p, struct node *of)
{
	struct node *n = parser_node(p, NODE_TEST, parser_next(p));
	gboolean negated = parser_skip_name(p, "not");
	struct token *where = parser_peek(p);
	g_autofree char *text = dotted(p);
	if (text == NULL) {
		return NULL;
	}
	n->name = template_intern(p->t, text);
	n->a = of;
	n->arguments = test_arguments(p);
	if (n->arguments == NULL) {
		return NULL;
	}
	g_autofree char *why = NULL;
	n->test = test_find(p->t->environment, text, &why);
	if (n->test == NULL) {
		return parser_fail(p, where, "%s", why);
	}
	signature_prepare(p->t, n->arguments, n->test->signature);
	if (negated) {
		struct node *not = parser_node(p, NODE_NOT, where);
		not ->a = n;
		return not ;
	}
	return n;
}
