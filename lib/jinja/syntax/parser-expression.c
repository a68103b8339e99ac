/* Expressions: operators, from the one that binds most to the one that binds least. */
#include "jinja/syntax/parser-private.h"

#include <string.h>

static struct node *filter_expression(struct parser *p, struct node *n)
{
	guint links = 0;
	while (n != NULL && parser_chain(p, &links)) {
		if (parser_is(p, TOKEN_PIPE)) {
			n = parse_filters(p, n, FALSE);
		} else if (parser_is_name(p, "is")) {
			n = parse_test(p, n);
		} else if (parser_is(p, TOKEN_LPAREN)) {
			n = parse_call(p, n);
		} else {
			return n;
		}
	}
	return NULL;
}

static struct node *unary(struct parser *p, gboolean with_filter)
{
	struct token *token = parser_peek(p);
	struct node *n = NULL;
	if (token->type == TOKEN_SUB || token->type == TOKEN_ADD) {
		if (!parser_enter(p)) {
			return NULL;
		}
		parser_next(p);
		n = parser_node(p, token->type == TOKEN_SUB ? NODE_NEGATIVE : NODE_POSITIVE, token);
		n->a = unary(p, FALSE);
		parser_leave(p);
		n = n->a != NULL ? n : NULL;
	} else {
		n = parse_primary(p);
	}
	n = n != NULL ? parse_postfix(p, n) : NULL;
	return n != NULL && with_filter ? filter_expression(p, n) : n;
}

/* Left-associative operators of one precedence; next parses what is between them. */
struct level {
	const enum token_type *types;
	const guint8 *ops;
	guint n;
	struct node *(*next)(struct parser *p);
};

static struct node *binary(struct parser *p, const struct level *level)
{
	guint links = 0;
	struct node *left = level->next(p);
	while (left != NULL) {
		guint i = 0;
		while (i < level->n && !parser_is(p, level->types[i])) {
			i++;
		}
		if (i == level->n) {
			return left;
		}
		if (!parser_chain(p, &links)) {
			return NULL;
		}
		struct node *n = parser_node(p, NODE_BINARY, parser_next(p));
		n->op = level->ops[i];
		n->a = left;
		n->b = level->next(p);
		left = n->b != NULL ? n : NULL;
	}
	return NULL;
}

static struct node *with_filters(struct parser *p)
{
	return unary(p, TRUE);
}

static struct node *power(struct parser *p)
{
	static const enum token_type types[] = { TOKEN_POW };
	static const guint8 ops[] = { OP_POW };
	static const struct level level = { types, ops, 1, with_filters };
	return binary(p, &level);
}

static struct node *product(struct parser *p)
{
	static const enum token_type types[] = { TOKEN_MUL, TOKEN_DIV, TOKEN_FLOORDIV, TOKEN_MOD };
	static const guint8 ops[] = { OP_MUL, OP_DIV, OP_FLOORDIV, OP_MOD };
	static const struct level level = { types, ops, 4, power };
	return binary(p, &level);
}

static struct node *concat(struct parser *p)
{
	struct node *first = product(p);
	if (first == NULL || !parser_is(p, TOKEN_TILDE)) {
		return first;
	}
	enum node_type type = p->autoescape ? NODE_CONCAT_MARKUP : NODE_CONCAT;
	struct node *n = parser_node(p, type, parser_peek(p));
	GPtrArray *items = g_ptr_array_new();
	g_ptr_array_add(items, first);
	while (parser_skip_if(p, TOKEN_TILDE)) {
		struct node *item = product(p);
		if (item == NULL) {
			break;
		}
		g_ptr_array_add(items, item);
	}
	n->items = parser_list(p, items);
	return *p->error == NULL ? n : NULL;
}

static struct node *sum(struct parser *p)
{
	static const enum token_type types[] = { TOKEN_ADD, TOKEN_SUB };
	static const guint8 ops[] = { OP_ADD, OP_SUB };
	static const struct level level = { types, ops, 2, concat };
	return binary(p, &level);
}

static gboolean comparison(struct parser *p, guint8 *op)
{
	static const struct {
		enum token_type type;
		guint8 op;
	} rows[] = { { TOKEN_EQ, OP_EQ }, { TOKEN_NE, OP_NE }, { TOKEN_LT, OP_LT },
		{ TOKEN_LTEQ, OP_LE }, { TOKEN_GT, OP_GT }, { TOKEN_GTEQ, OP_GE } };
	for (gsize i = 0; i < G_N_ELEMENTS(rows); i++) {
		if (parser_skip_if(p, rows[i].type)) {
			*op = rows[i].op;
			return TRUE;
		}
	}
	if (parser_skip_name(p, "in")) {
		*op = OP_IN;
		return TRUE;
	}
	struct token *look = parser_look(p);
	if (parser_is_name(p, "not") && look->type == TOKEN_NAME && strcmp(look->text, "in") == 0) {
		parser_next(p);
		parser_next(p);
		*op = OP_NOT_IN;
		return TRUE;
	}
	return FALSE;
}

static struct node *compare(struct parser *p)
{
	struct token *where = parser_peek(p);
	struct node *first = sum(p);
	guint8 op = 0;
	if (first == NULL) {
		return NULL;
	}
	GPtrArray *items = NULL;
	g_autoptr(GByteArray) ops = NULL;
	while (comparison(p, &op)) {
		if (items == NULL) {
			items = g_ptr_array_new();
			ops = g_byte_array_new();
		}
		struct node *item = sum(p);
		if (item == NULL) {
			break;
		}
		g_byte_array_append(ops, &op, 1);
		g_ptr_array_add(items, item);
	}
	if (items == NULL) {
		return first;
	}
	if (ops->len == 0) {
		return NULL; /* the first operand behind an operator is wrong: *p->error says how */
	}
	struct node *n = parser_node(p, NODE_COMPARE, where);
	n->a = first;
	guint8 *copy = template_allocate(p->t, ops->len);
	memcpy(copy, ops->data, ops->len);
	n->ops = copy;
	n->items = parser_list(p, items);
	return *p->error == NULL ? n : NULL;
}

static struct node *not_expression(struct parser *p)
{
	if (!parser_is_name(p, "not")) {
		return compare(p);
	}
	struct node *n = parser_node(p, NODE_NOT, parser_next(p));
	if (!parser_enter(p)) {
		return NULL;
	}
	n->a = not_expression(p);
	parser_leave(p);
	return n->a != NULL ? n : NULL;
}

/* a and b and c, a or b or c: left-associative. */
static struct node *logical(struct parser *p, const char *word, enum node_type type,
	struct node *(*next)(struct parser *p))
{
	guint links = 0;
	struct node *left = next(p);
	while (left != NULL && parser_is_name(p, word)) {
		if (!parser_chain(p, &links)) {
			return NULL;
		}
		struct node *n = parser_node(p, type, parser_next(p));
		n->a = left;
		n->b = next(p);
		left = n->b != NULL ? n : NULL;
	}
	return left;
}

static struct node *and_expression(struct parser *p)
{
	return logical(p, "and", NODE_AND, not_expression);
}

static struct node *or_expression(struct parser *p)
{
	return logical(p, "or", NODE_OR, and_expression);
}

static struct node *conditional_expression(struct parser *p)
{
	guint links = 0;
	struct node *n = or_expression(p);
	while (n != NULL && parser_is_name(p, "if")) {
		struct node *condition = parser_node(p, NODE_CONDITIONAL, parser_next(p));
		if (!parser_chain(p, &links)) {
			return NULL;
		}
		condition->a = or_expression(p);
		condition->b = n;
		if (condition->a == NULL) {
			return NULL;
		}
		if (parser_skip_name(p, "else")) {
			condition->c = conditional_expression(p);
			if (condition->c == NULL) {
				return NULL;
			}
		}
		n = condition;
	}
	return n;
}

struct node *parse_expression(struct parser *p, gboolean conditional)
{
	if (!parser_enter(p)) {
		return NULL;
	}
	struct node *n = conditional ? conditional_expression(p) : or_expression(p);
	parser_leave(p);
	return n;
}
