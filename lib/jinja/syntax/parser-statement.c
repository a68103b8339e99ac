/* Tokens to a tree of nodes: text, statements by their tags, and the tags of no other family. */
#include "jinja/syntax/parser-private.h"

#include <string.h>

#include "base/suggest.h"

static struct node *statement(struct parser *p, gboolean *ret_nothing);

static struct node *data(struct parser *p)
{
	struct token *token = parser_next(p);
	/* Most of a template is text: its nodes are short, and the text stands right behind them.
	 */
	struct node *n = template_allocate(p->t, NODE_DATA_SIZE + token->length + 1);
	n->type = NODE_DATA;
	n->line = token->line;
	n->column = token->column;
	n->length = token->length;
	n->flags = token->raw ? FLAG_RAW : 0;
	memcpy(node_text(n), token->text, token->length);
	return n;
}

static struct node *output(struct parser *p)
{
	struct node *n = parser_node(p, NODE_OUTPUT, parser_next(p));
	n->a = parse_tuple(p, TRUE, NULL, FALSE);
	return n->a != NULL && parser_expect(p, TOKEN_VARIABLE_END) ? n : NULL;
}

static gboolean ends_here(const struct parser *p, const char *const *ends)
{
	struct token *token = parser_look(p);
	return ends != NULL && token->type == TOKEN_NAME && g_strv_contains(ends, token->text);
}

static void fail_unclosed(struct parser *p, const char *const *ends, const struct token *opened)
{
	g_autofree char *wanted = g_strjoinv("' or '", (char **)ends);
	parser_fail(p, parser_peek(p), "unexpected end of template: '%s' of line %u needs '%s'",
		opened != NULL ? token_describe(opened) : "block",
		opened != NULL ? opened->line : 0, wanted);
}

/* Everything up to one of ends, whose name is then the current token. */
gboolean parse_body(struct parser *p, const char *const *ends, const struct token *opened,
	struct nodes *ret_nodes)
{
	GPtrArray *items = g_ptr_array_new();
	gboolean ok = parser_enter(p);
	while (ok && !parser_is(p, TOKEN_EOF)) {
		struct node *n = NULL;
		if (parser_is(p, TOKEN_DATA)) {
			n = data(p);
		} else if (parser_is(p, TOKEN_VARIABLE_BEGIN)) {
			n = output(p);
		} else if (ends_here(p, ends)) {
			break;
		} else {
			gboolean nothing = FALSE;
			parser_next(p);
			n = statement(p, &nothing);
			ok = n != NULL && parser_expect(p, TOKEN_BLOCK_END);
		}
		ok = ok && n != NULL;
		if (ok) {
			g_ptr_array_add(items, n);
		}
	}
	parser_leave(p);
	*ret_nodes = parser_list(p, items);
	if (!ok || *p->error != NULL) {
		return FALSE;
	}
	if (ends != NULL && parser_is(p, TOKEN_EOF)) {
		fail_unclosed(p, ends, opened);
		return FALSE;
	}
	if (ends != NULL) {
		parser_next(p);
	}
	return TRUE;
}

/* The body of a tag: from the end of its head to one of ends. */
gboolean parse_tag_body(struct parser *p, const char *const *ends, const struct token *opened,
	struct nodes *ret_nodes)
{
	parser_skip_if(p, TOKEN_COLON);
	return parser_expect(p, TOKEN_BLOCK_END) && parse_body(p, ends, opened, ret_nodes);
}

static struct node *parse_set(struct parser *p, const struct token *tag)
{
	static const char *const end[] = { "endset", NULL };
	struct node *n = parser_node(p, NODE_SET, tag);
	n->a = parse_target(p, TRUE, NULL, TRUE);
	if (n->a == NULL) {
		return NULL;
	}
	if (parser_skip_if(p, TOKEN_ASSIGN)) {
		n->b = parse_tuple(p, TRUE, NULL, FALSE);
		return n->b != NULL ? n : NULL;
	}
	n->type = NODE_SET_BLOCK;
	if (parser_is(p, TOKEN_PIPE)) {
		n->b = parse_filters(p, NULL, FALSE);
		if (n->b == NULL) {
			return NULL;
		}
	}
	if (!parse_tag_body(p, end, tag, &n->items)) {
		return NULL;
	}
	parser_next(p);
	return n;
}

static struct node *parse_filter_tag(struct parser *p, const struct token *tag)
{
	static const char *const end[] = { "endfilter", NULL };
	struct node *n = parser_node(p, NODE_FILTER_BLOCK, tag);
	n->a = parse_filters(p, NULL, TRUE);
	if (n->a == NULL || !parse_tag_body(p, end, tag, &n->items)) {
		return NULL;
	}
	parser_next(p);
	return n;
}

static struct node *parse_with(struct parser *p, const struct token *tag)
{
	static const char *const end[] = { "endwith", NULL };
	struct node *n = parser_node(p, NODE_WITH, tag);
	GPtrArray *values = g_ptr_array_new();
	GPtrArray *targets = g_ptr_array_new();
	while (!parser_is(p, TOKEN_BLOCK_END)) {
		if (targets->len > 0 && !parser_expect(p, TOKEN_COMMA)) {
			break;
		}
		struct node *target = parse_target(p, TRUE, NULL, FALSE);
		if (target == NULL || !parser_expect(p, TOKEN_ASSIGN)) {
			break;
		}
		struct node *item = parse_expression(p, TRUE);
		if (item == NULL) {
			break;
		}
		g_ptr_array_add(targets, target);
		g_ptr_array_add(values, item);
	}
	/* a: holds the targets, b: the values */
	n->a = parser_node(p, NODE_TUPLE, tag);
	n->b = parser_node(p, NODE_TUPLE, tag);
	n->a->items = parser_list(p, targets);
	n->b->items = parser_list(p, values);
	if (*p->error != NULL || !parse_tag_body(p, end, tag, &n->items)) {
		return NULL;
	}
	parser_next(p);
	return n;
}

static struct node *parse_autoescape(struct parser *p, const struct token *tag)
{
	static const char *const end[] = { "endautoescape", NULL };
	struct node *n = parser_node(p, NODE_AUTOESCAPE, tag);
	n->a = parse_expression(p, TRUE);
	if (n->a == NULL) {
		return NULL;
	}
	gboolean before = p->autoescape;
	p->autoescape = n->a->type == NODE_CONST && value_truth(n->a->value);
	gboolean ok = parse_tag_body(p, end, tag, &n->items);
	p->autoescape = before;
	if (!ok) {
		return NULL;
	}
	parser_next(p);
	return n;
}

static struct node *parse_do(struct parser *p, const struct token *tag)
{
	struct node *n = parser_node(p, NODE_DO, tag);
	n->a = parse_tuple(p, TRUE, NULL, FALSE);
	return n->a != NULL ? n : NULL;
}

static struct node *parse_print(struct parser *p, const struct token *tag)
{
	struct node *n = parser_node(p, NODE_PRINT, tag);
	GPtrArray *items = g_ptr_array_new();
	while (!parser_is(p, TOKEN_BLOCK_END)) {
		if (items->len > 0 && !parser_expect(p, TOKEN_COMMA)) {
			break;
		}
		struct node *printed = parser_node(p, NODE_OUTPUT, parser_peek(p));
		printed->a = parse_expression(p, TRUE);
		if (printed->a == NULL) {
			break;
		}
		g_ptr_array_add(items, printed);
	}
	n->items = parser_list(p, items);
	return *p->error == NULL ? n : NULL;
}

static const struct tag {
	const char *name;
	struct node *(*parse)(struct parser *p, const struct token *tag);
} tags[] = {
	{ "autoescape", parse_autoescape },
	{ "block", parse_block },
	{ "break", parse_loop_control },
	{ "call", parse_call_tag },
	{ "continue", parse_loop_control },
	{ "do", parse_do },
	{ "extends", parse_extends },
	{ "filter", parse_filter_tag },
	{ "for", parse_for },
	{ "from", parse_from },
	{ "if", parse_if },
	{ "import", parse_import },
	{ "include", parse_include },
	{ "macro", parse_macro },
	{ "print", parse_print },
	{ "set", parse_set },
	{ "with", parse_with },
};

static struct node *statement(struct parser *p, gboolean *ret_nothing)
{
	*ret_nothing = FALSE;
	struct token *token = parser_peek(p);
	if (!parser_expect(p, TOKEN_NAME)) {
		return NULL;
	}
	const char *names[G_N_ELEMENTS(tags)];
	for (gsize i = 0; i < G_N_ELEMENTS(tags); i++) {
		if (strcmp(tags[i].name, token->text) == 0) {
			return tags[i].parse(p, token);
		}
		names[i] = tags[i].name;
	}
	if (g_str_has_prefix(token->text, "end") || strcmp(token->text, "else") == 0 ||
		strcmp(token->text, "elif") == 0) {
		return parser_fail(p, token, "'%s' closes nothing that is open here", token->text);
	}
	g_autofree char *hint = suggest_phrase(token->text, names, G_N_ELEMENTS(names));
	return parser_fail(p, token, "unknown tag '%s'%s", token->text, hint);
}
