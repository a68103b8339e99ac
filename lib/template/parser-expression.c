/* The expression half of the parser. */
#include "template/parser.h"

#include <string.h>

#include "template/limits.h"
#include "template/methods.h"
#include "template/objects.h"
#include "template/table.h"

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

static struct node *number(struct parser *p)
{
	struct token *token = parser_next(p);
	if (token->type == TOKEN_FLOAT) {
		return constant(p, value_new_float(g_ascii_strtod(token->text, NULL)), token);
	}
	value *v = integer(token->text);
	if (v == NULL) {
		return parser_fail(p, token, "number '%s' does not fit 64 bits", token->text);
	}
	return constant(p, v, token);
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

static struct node *name(struct parser *p)
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
	n->value = template_keep(p->t, value_new_string(token->text));
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
		n = name(p);
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

static gboolean tuple_ends(const struct parser *p, const char *end)
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
		if (tuple_ends(p, end)) {
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
		n->value = template_keep(p->t, value_new_string(attribute->text));
		n->name = value_string(n->value);
		n->op = method_of_dict(n->name);
		n->loop_attribute = loop_attribute_find(n->name);
		return n;
	}
	if (attribute->type != TOKEN_INTEGER) {
		return parser_fail(p, attribute, "expected a name or number after '.', got '%s'",
			token_describe(attribute));
	}
	value *v = integer(attribute->text);
	if (v == NULL) {
		return parser_fail(
			p, attribute, "number '%s' does not fit 64 bits", attribute->text);
	}
	struct node *n = parser_node(p, NODE_GETITEM, token);
	n->a = of;
	n->b = constant(p, v, attribute);
	return n;
}

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
		g_ptr_array_add(b->names, template_keep(p->t, value_new_string(key->text)));
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

static struct arguments *arguments(struct parser *p)
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
	n->arguments = arguments(p);
	if (n->arguments == NULL) {
		return NULL;
	}
	if (callee->type == NODE_GETATTR && changes_its_object(callee->name)) {
		n->flags |= FLAG_MUTATES;
		p->t->mutates = TRUE;
	}
	return n;
}

/* Chains are parsed in a loop but evaluated by recursion: they are bounded too. */
static gboolean chain(struct parser *p, guint *links)
{
	if (++*links <= LIMIT_CHAIN) {
		return TRUE;
	}
	struct token *token = parser_peek(p);
	struct position at = { p->t->name, token->line, token->column };
	error_set_at(p->error, SUTLER_ERROR_LIMIT, at, "expression is longer than %d operations",
		LIMIT_CHAIN);
	return FALSE;
}

static struct node *postfix(struct parser *p, struct node *n)
{
	guint links = 0;
	while (n != NULL && chain(p, &links)) {
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

/* A filter's or test's name, which may be dotted (ansible.builtin.quote). */
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
		if (text == NULL || !chain(p, &links)) {
			return NULL;
		}
		n->name = template_intern(p->t, text);
		n->a = of;
		n->arguments = parser_is(p, TOKEN_LPAREN) ? arguments(p) : no_arguments(p);
		if (n->arguments == NULL) {
			return NULL;
		}
		g_autofree char *why = NULL;
		n->filter = filter_find(text, &why);
		if (n->filter == NULL) {
			return parser_fail(p, where, "%s", why);
		}
		arg_prepare(p->t, n->arguments, n->filter->signature);
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
		return arguments(p);
	}
	struct arguments *none = no_arguments(p);
	if (!starts_test_argument(p)) {
		return none;
	}
	if (parser_is_name(p, "is")) {
		return parser_fail(p, parser_peek(p), "tests cannot be chained with 'is'");
	}
	struct node *argument_node = postfix(p, parse_primary(p));
	if (argument_node == NULL) {
		return NULL;
	}
	GPtrArray *items = g_ptr_array_new();
	g_ptr_array_add(items, argument_node);
	none->positional = parser_list(p, items);
	return none;
}

static struct node *test(struct parser *p, struct node *of)
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
	n->test = test_find(text, &why);
	if (n->test == NULL) {
		return parser_fail(p, where, "%s", why);
	}
	arg_prepare(p->t, n->arguments, n->test->signature);
	if (negated) {
		struct node *not = parser_node(p, NODE_NOT, where);
		not ->a = n;
		return not ;
	}
	return n;
}

static struct node *filter_expression(struct parser *p, struct node *n)
{
	guint links = 0;
	while (n != NULL && chain(p, &links)) {
		if (parser_is(p, TOKEN_PIPE)) {
			n = parse_filters(p, n, FALSE);
		} else if (parser_is_name(p, "is")) {
			n = test(p, n);
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
	n = n != NULL ? postfix(p, n) : NULL;
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
		if (!chain(p, &links)) {
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
	struct node *n = parser_node(p, NODE_CONCAT, parser_peek(p));
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
		if (!chain(p, &links)) {
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
		if (!chain(p, &links)) {
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

static gboolean assignable(struct parser *p, const struct node *n, const struct token *where)
{
	if (n->type == NODE_TUPLE) {
		for (guint i = 0; i < n->items.n; i++) {
			if (!assignable(p, n->items.items[i], where)) {
				return FALSE;
			}
		}
		return TRUE;
	}
	if (n->type == NODE_NAME || n->type == NODE_NAMESPACE) {
		return TRUE;
	}
	parser_fail(p, where, "cannot assign to this, use a name");
	return FALSE;
}

/* Names and literals separated by commas, as before `in` and `=`. */
static struct node *simple_tuple(struct parser *p, const char *end)
{
	struct token *first = parser_peek(p);
	GPtrArray *items = g_ptr_array_new();
	gboolean tuple = FALSE;
	while (!tuple_ends(p, end)) {
		struct node *item = parse_primary(p);
		if (item == NULL) {
			break;
		}
		g_ptr_array_add(items, item);
		if (!parser_skip_if(p, TOKEN_COMMA)) {
			break;
		}
		tuple = TRUE;
	}
	struct node *only = items->len == 1 && !tuple ? g_ptr_array_index(items, 0) : NULL;
	struct nodes nodes = parser_list(p, items);
	if (*p->error != NULL || only != NULL) {
		return only;
	}
	if (!tuple) {
		return parser_fail(p, parser_peek(p), "expected a name, got '%s'",
			token_describe(parser_peek(p)));
	}
	struct node *n = parser_node(p, NODE_TUPLE, first);
	n->items = nodes;
	return n;
}

struct node *parse_target(struct parser *p, gboolean tuples, const char *end, gboolean namespaces)
{
	struct token *where = parser_peek(p);
	struct node *n = NULL;
	if (namespaces && parser_look(p)->type == TOKEN_DOT) {
		if (!parser_expect(p, TOKEN_NAME)) {
			return NULL;
		}
		parser_next(p);
		struct token *attribute = parser_peek(p);
		if (!parser_expect(p, TOKEN_NAME)) {
			return NULL;
		}
		n = parser_node(p, NODE_NAMESPACE, where);
		n->a = parser_node(p, NODE_NAME, where);
		n->a->value = template_keep(p->t, value_new_string(where->text));
		n->a->name = value_string(n->a->value);
		n->value = template_keep(p->t, value_new_string(attribute->text));
		n->name = value_string(n->value);
		return n;
	}
	if (!tuples) {
		if (!parser_expect(p, TOKEN_NAME)) {
			return NULL;
		}
		p->at--;
		n = name(p);
	} else {
		n = simple_tuple(p, end);
	}
	return n != NULL && assignable(p, n, where) ? n : NULL;
}
