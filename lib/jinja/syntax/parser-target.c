/* What can be assigned to: names, tuples of them and attributes of namespaces. */
#include "jinja/syntax/parser-private.h"

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
	while (!parse_tuple_ends(p, end)) {
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
		n->a->value = parser_name(p, where->text);
		n->a->name = value_string(n->a->value);
		n->value = parser_name(p, attribute->text);
		n->name = value_string(n->value);
		return n;
	}
	if (!tuples) {
		if (!parser_expect(p, TOKEN_NAME)) {
			return NULL;
		}
		p->at--;
		n = parse_name(p);
	} else {
		n = simple_tuple(p, end);
	}
	return n != NULL && assignable(p, n, where) ? n : NULL;
}
