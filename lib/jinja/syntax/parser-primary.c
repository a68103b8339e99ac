/* Expressions: names, literals, lists, dicts and tuples. */
#include "jinja/syntax/parser-private.h"

#include <string.h>

static struct node *constant(struct parser *p, value *v, const struct token *where)
{
	struct node *n = parser_node(p, NODE_CONST, where);
	n->value = template_keep(p->t, v);
	return n;
}

static value *integer(const char *text)
{
	static const struct {
		char letter;
		guint base;
	} bases[] = { { 'x', 16 }, { 'o', 8 }, { 'b', 2 } };
	for (gsize i = 0; i < G_N_ELEMENTS(bases); i++) {
		if (text[0] == '0' && g_ascii_tolower(text[1]) == bases[i].letter) {
			guint64 u = 0;
			return g_ascii_string_to_unsigned(
				       text + 2, bases[i].base, 0, G_MAXINT64, &u, NULL)
				       ? value_new_int((gint64)u)
				       : NULL;
		}
	}
	gint64 i = 0;
	return g_ascii_string_to_signed(text, 10, G_MININT64, G_MAXINT64, &i, NULL)
		       ? value_new_int(i)
		       : NULL;
}

struct node *parse_integer(struct parser *p, const struct token *token)
{
	value *v = integer(token->text);
	if (v == NULL) {
		return parser_fail(p, token, "number '%s' does not fit 64 bits", token->text);
	}
	return constant(p, v, token);
}

static struct node *number(struct parser *p)
{
	struct token *token = parser_next(p);
	if (token->type == TOKEN_FLOAT) {
		return constant(p, value_new_float(g_ascii_strtod(token->text, NULL)), token);
	}
	return parse_integer(p, token);
}

static struct node *strings(struct parser *p)
{
	struct token *first = parser_next(p);
	if (!parser_is(p, TOKEN_STRING)) {
		return constant(p, value_new_string_length(first->text, first->length), first);
	}
	GString *text = g_string_new_len(first->text, first->length);
	while (parser_is(p, TOKEN_STRING)) {
		struct token *token = parser_next(p);
		g_string_append_len(text, token->text, token->length);
	}
	value *v = value_new_string_length(text->str, text->len);
	g_string_free(text, TRUE);
	return constant(p, v, first);
}

struct node *parse_name(struct parser *p)
{
	static const struct {
		const char *word;
		int is; /* 0, 1, or -1 for none */
	} words[] = { { "true", 1 }, { "True", 1 }, { "false", 0 }, { "False", 0 }, { "none", -1 },
		{ "None", -1 } };
	struct token *token = parser_next(p);
	for (gsize i = 0; i < G_N_ELEMENTS(words); i++) {
		if (strcmp(token->text, words[i].word) == 0) {
			value *v = words[i].is < 0 ? value_new_null() : value_new_bool(words[i].is);
			return constant(p, v, token);
		}
	}
	struct node *n = parser_node(p, NODE_NAME, token);
	n->value = parser_name(p, token->text);
	n->name = value_string(n->value);
	return n;
}

static struct node *list(struct parser *p)
{
	struct node *n = parser_node(p, NODE_LIST, parser_next(p));
	GPtrArray *items = g_ptr_array_new();
	while (!parser_is(p, TOKEN_RBRACKET)) {
		if (items->len > 0 && !parser_expect(p, TOKEN_COMMA)) {
			break;
		}
		if (parser_is(p, TOKEN_RBRACKET)) {
			break;
		}
		struct node *item = parse_expression(p, TRUE);
		if (item == NULL) {
			break;
		}
		g_ptr_array_add(items, item);
	}
	n->items = parser_list(p, items);
	return *p->error == NULL && parser_expect(p, TOKEN_RBRACKET) ? n : NULL;
}

static struct node *dict(struct parser *p)
{
	struct node *n = parser_node(p, NODE_DICT, parser_next(p));
	GPtrArray *items = g_ptr_array_new();
	while (!parser_is(p, TOKEN_RBRACE)) {
		if (items->len > 0 && !parser_expect(p, TOKEN_COMMA)) {
			break;
		}
		if (parser_is(p, TOKEN_RBRACE)) {
			break;
		}
		struct node *key = parse_expression(p, TRUE);
		if (key == NULL || !parser_expect(p, TOKEN_COLON)) {
			break;
		}
		struct node *item = parse_expression(p, TRUE);
		if (item == NULL) {
			break;
		}
		g_ptr_array_add(items, key);
		g_ptr_array_add(items, item);
	}
	n->items = parser_list(p, items);
	return *p->error == NULL && parser_expect(p, TOKEN_RBRACE) ? n : NULL;
}

struct node *parse_primary(struct parser *p)
{
	struct token *token = parser_peek(p);
	struct node *n = NULL;
	if (!parser_enter(p)) {
		return NULL;
	}
	switch (token->type) {
	case TOKEN_NAME:
		n = parse_name(p);
		break;
	case TOKEN_STRING:
		n = strings(p);
		break;
	case TOKEN_INTEGER:
	case TOKEN_FLOAT:
		n = number(p);
		break;
	case TOKEN_LPAREN:
		parser_next(p);
		n = parse_tuple(p, TRUE, NULL, TRUE);
		n = n != NULL && parser_expect(p, TOKEN_RPAREN) ? n : NULL;
		break;
	case TOKEN_LBRACKET:
		n = list(p);
		break;
	case TOKEN_LBRACE:
		n = dict(p);
		break;
	default:
		parser_fail(p, token, "unexpected '%s'", token_describe(token));
		break;
	}
	parser_leave(p);
	return n;
}

gboolean parse_tuple_ends(const struct parser *p, const char *end)
{
	return parser_is(p, TOKEN_VARIABLE_END) || parser_is(p, TOKEN_BLOCK_END) ||
	       parser_is(p, TOKEN_RPAREN) || (end != NULL && parser_is_name(p, end));
}

struct node *parse_tuple(
	struct parser *p, gboolean conditional, const char *end, gboolean parentheses)
{
	struct token *first = parser_peek(p);
	GPtrArray *items = g_ptr_array_new();
	gboolean tuple = FALSE;
	for (;;) {
		if (items->len > 0 && !parser_expect(p, TOKEN_COMMA)) {
			break;
		}
		if (parse_tuple_ends(p, end)) {
			break;
		}
		struct node *item = parse_expression(p, conditional);
		if (item == NULL) {
			break;
		}
		g_ptr_array_add(items, item);
		if (!parser_is(p, TOKEN_COMMA)) {
			break;
		}
		tuple = TRUE;
	}
	struct node *only = items->len == 1 ? g_ptr_array_index(items, 0) : NULL;
	struct nodes nodes = parser_list(p, items);
	if (*p->error != NULL) {
		return NULL;
	}
	if (!tuple && only != NULL) {
		return only;
	}
	if (!tuple && !parentheses) {
		struct token *token = parser_peek(p);
		return parser_fail(
			p, token, "expected an expression, got '%s'", token_describe(token));
	}
	struct node *n = parser_node(p, NODE_TUPLE, first);
	n->items = nodes;
	return n;
}
