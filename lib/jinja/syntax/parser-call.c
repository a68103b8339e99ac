/* Expressions: calls and their arguments. */
#include "jinja/syntax/parser-private.h"

#include <string.h>

struct builder {
	GPtrArray *positional, *named, *names;
	struct node *star, *double_star;
};

/* One argument of a call. */
static gboolean argument(struct parser *p, struct builder *b, const struct token *where)
{
	struct node *n = NULL;
	gboolean ok = TRUE;
	if (parser_skip_if(p, TOKEN_MUL)) {
		ok = b->star == NULL && b->double_star == NULL;
		n = b->star = parse_expression(p, TRUE);
	} else if (parser_skip_if(p, TOKEN_POW)) {
		ok = b->double_star == NULL;
		n = b->double_star = parse_expression(p, TRUE);
	} else if (parser_is(p, TOKEN_NAME) && parser_look(p)->type == TOKEN_ASSIGN) {
		ok = b->double_star == NULL;
		struct token *key = parser_next(p);
		parser_next(p);
		n = parse_expression(p, TRUE);
		for (guint i = 0; i < b->names->len; i++) {
			if (strcmp(value_string(b->names->pdata[i]), key->text) == 0) {
				parser_fail(p, key, "argument '%s' is given twice", key->text);
				return FALSE;
			}
		}
		g_ptr_array_add(b->names, parser_name(p, key->text));
		g_ptr_array_add(b->named, n);
	} else {
		ok = b->star == NULL && b->double_star == NULL && b->named->len == 0;
		n = parse_expression(p, TRUE);
		g_ptr_array_add(b->positional, n);
	}
	if (n != NULL && !ok) {
		parser_fail(p, where, "invalid order of arguments in call");
	}
	return n != NULL && ok;
}

struct arguments *parse_arguments(struct parser *p)
{
	struct token *open = parser_peek(p);
	struct builder b = { g_ptr_array_new(), g_ptr_array_new(), g_ptr_array_new(), NULL, NULL };
	gboolean ok = parser_expect(p, TOKEN_LPAREN);
	gboolean first = TRUE;
	while (ok && !parser_is(p, TOKEN_RPAREN)) {
		if (!first) {
			ok = parser_expect(p, TOKEN_COMMA);
			if (!ok || parser_is(p, TOKEN_RPAREN)) {
				break;
			}
		}
		ok = argument(p, &b, open);
		first = FALSE;
	}
	struct arguments *arguments = template_allocate(p->t, sizeof *arguments);
	arguments->positional = parser_list(p, b.positional);
	arguments->named = parser_list(p, b.named);
	struct nodes names = parser_list(p, b.names);
	arguments->names = (value **)names.items;
	arguments->star = b.star;
	arguments->double_star = b.double_star;
	return ok && parser_expect(p, TOKEN_RPAREN) ? arguments : NULL;
}

static gboolean changes_its_object(const char *method)
{
	static const char *const methods[] = { "append", "clear", "extend", "insert", "pop",
		"popitem", "remove", "reverse", "setdefault", "sort", "update", NULL };
	return g_strv_contains(methods, method);
}

struct node *parse_call(struct parser *p, struct node *callee)
{
	struct node *n = parser_node(p, NODE_CALL, parser_peek(p));
	n->a = callee;
	n->arguments = parse_arguments(p);
	if (n->arguments == NULL) {
		return NULL;
	}
	if (callee->type == NODE_GETATTR && changes_its_object(callee->name)) {
		n->flags |= FLAG_MUTATES;
		p->t->mutates = TRUE;
	}
	return n;
}
