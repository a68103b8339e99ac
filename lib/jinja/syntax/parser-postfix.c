/* Expressions: what stands right behind one, .name [index] [slice] (call). */
#include "jinja/syntax/parser-private.h"

#include "jinja/syntax/environment.h"

/* One index or slice between [ and ]. */
static struct node *subscribed(struct parser *p)
{
	struct token *first = parser_peek(p);
	struct node *parts[3] = { NULL, NULL, NULL };
	if (!parser_is(p, TOKEN_COLON)) {
		parts[0] = parse_expression(p, TRUE);
		if (parts[0] == NULL || !parser_is(p, TOKEN_COLON)) {
			return parts[0];
		}
	}
	parser_next(p);
	if (!parser_is(p, TOKEN_COLON) && !parser_is(p, TOKEN_RBRACKET) &&
		!parser_is(p, TOKEN_COMMA)) {
		parts[1] = parse_expression(p, TRUE);
		if (parts[1] == NULL) {
			return NULL;
		}
	}
	if (parser_skip_if(p, TOKEN_COLON) && !parser_is(p, TOKEN_RBRACKET) &&
		!parser_is(p, TOKEN_COMMA)) {
		parts[2] = parse_expression(p, TRUE);
		if (parts[2] == NULL) {
			return NULL;
		}
	}
	struct node *n = parser_node(p, NODE_SLICE, first);
	n->a = parts[0];
	n->b = parts[1];
	n->c = parts[2];
	return n;
}

static struct node *bracket(struct parser *p, struct node *of, const struct token *where)
{
	GPtrArray *items = g_ptr_array_new();
	while (!parser_is(p, TOKEN_RBRACKET)) {
		if (items->len > 0 && !parser_expect(p, TOKEN_COMMA)) {
			break;
		}
		struct node *item = subscribed(p);
		if (item == NULL) {
			break;
		}
		g_ptr_array_add(items, item);
	}
	struct node *index = NULL;
	struct nodes nodes = parser_list(p, items);
	if (*p->error != NULL || !parser_expect(p, TOKEN_RBRACKET)) {
		return NULL;
	}
	if (nodes.n == 1) {
		index = nodes.items[0];
	} else {
		for (guint i = 0; i < nodes.n; i++) {
			if (nodes.items[i]->type == NODE_SLICE) {
				return parser_fail(
					p, where, "slices of several dimensions are not supported");
			}
		}
		index = parser_node(p, NODE_TUPLE, where);
		index->items = nodes;
	}
	struct node *n = parser_node(p, NODE_GETITEM, where);
	n->a = of;
	n->b = index;
	return n;
}

static struct node *subscript(struct parser *p, struct node *of)
{
	struct token *token = parser_next(p);
	if (token->type == TOKEN_LBRACKET) {
		return bracket(p, of, token);
	}
	struct token *attribute = parser_next(p);
	if (attribute->type == TOKEN_NAME) {
		struct node *n = parser_node(p, NODE_GETATTR, attribute);
		n->a = of;
		n->value = parser_name(p, attribute->text);
		n->name = value_string(n->value);
		n->op = environment_method(p->t->environment, VALUE_DICT, n->name) != NULL;
		n->loop_attribute = loop_attribute_find(n->name);
		return n;
	}
	if (attribute->type != TOKEN_INTEGER) {
		return parser_fail(p, attribute, "expected a name or number after '.', got '%s'",
			token_describe(attribute));
	}
	struct node *n = parser_node(p, NODE_GETITEM, token);
	n->a = of;
	n->b = parse_integer(p, attribute);
	return n->b != NULL ? n : NULL;
}

struct node *parse_postfix(struct parser *p, struct node *n)
{
	guint links = 0;
	while (n != NULL && parser_chain(p, &links)) {
		if (parser_is(p, TOKEN_DOT) || parser_is(p, TOKEN_LBRACKET)) {
			n = subscript(p, n);
		} else if (parser_is(p, TOKEN_LPAREN)) {
			n = parse_call(p, n);
		} else {
			return n;
		}
	}
	return NULL;
}
