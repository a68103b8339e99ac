/* Statements about other templates: extends, block, include, import, from. */
#include "jinja/syntax/parser-private.h"

#include <string.h>

static gboolean only_space(const struct nodes *nodes)
{
	for (guint i = 0; i < nodes->n; i++) {
		const struct node *n = nodes->items[i];
		if (n->type != NODE_DATA) {
			return FALSE;
		}
		for (const char *s = node_text(n); *s != '\0'; s = g_utf8_next_char(s)) {
			if (!g_unichar_isspace(g_utf8_get_char(s))) {
				return FALSE;
			}
		}
	}
	return TRUE;
}

struct node *parse_block(struct parser *p, const struct token *tag)
{
	static const char *const end[] = { "endblock", NULL };
	struct node *n = parser_node(p, NODE_BLOCK, tag);
	struct token *name = parser_peek(p);
	if (!parser_expect(p, TOKEN_NAME)) {
		return NULL;
	}
	n->name = template_intern(p->t, name->text);
	n->flags |= parser_skip_name(p, "scoped") ? FLAG_SCOPED : 0;
	n->flags |= parser_skip_name(p, "required") ? FLAG_REQUIRED : 0;
	if (parser_is(p, TOKEN_SUB)) {
		return parser_fail(
			p, name, "block names cannot contain hyphens, use an underscore");
	}
	struct parser around = *p;
	p->loops = 0;
	p->autoescape = FALSE;
	gboolean ok = parse_tag_body(p, end, tag, &n->items);
	p->loops = around.loops;
	p->autoescape = around.autoescape;
	if (!ok) {
		return NULL;
	}
	if ((n->flags & FLAG_REQUIRED) && !only_space(&n->items)) {
		return parser_fail(p, tag, "a required block holds only comments and white space");
	}
	parser_next(p);
	parser_skip_name(p, n->name);
	if (p->t->blocks == NULL) {
		p->t->blocks = g_hash_table_new(g_str_hash, g_str_equal);
	}
	if (g_hash_table_contains(p->t->blocks, n->name)) {
		return parser_fail(p, name, "block '%s' is defined twice", n->name);
	}
	g_hash_table_insert(p->t->blocks, (char *)n->name, n);
	return n;
}

struct node *parse_extends(struct parser *p, const struct token *tag)
{
	struct node *n = parser_node(p, NODE_EXTENDS, tag);
	n->a = parse_expression(p, TRUE);
	return n->a != NULL ? n : NULL;
}

/* with context, without context; TRUE when there was one */
static gboolean import_context(struct parser *p, struct node *n, gboolean is_default)
{
	struct token *look = parser_look(p);
	if ((parser_is_name(p, "with") || parser_is_name(p, "without")) &&
		look->type == TOKEN_NAME && strcmp(look->text, "context") == 0) {
		is_default = parser_is_name(p, "with");
		parser_next(p);
		parser_next(p);
		n->flags |= is_default ? FLAG_WITH_CONTEXT : 0;
		return TRUE;
	}
	n->flags |= is_default ? FLAG_WITH_CONTEXT : 0;
	return FALSE;
}

struct node *parse_include(struct parser *p, const struct token *tag)
{
	struct node *n = parser_node(p, NODE_INCLUDE, tag);
	n->a = parse_expression(p, TRUE);
	if (n->a == NULL) {
		return NULL;
	}
	struct token *look = parser_look(p);
	if (parser_is_name(p, "ignore") && look->type == TOKEN_NAME &&
		strcmp(look->text, "missing") == 0) {
		parser_next(p);
		parser_next(p);
		n->flags |= FLAG_IGNORE_MISSING;
	}
	import_context(p, n, TRUE);
	return n;
}

struct node *parse_import(struct parser *p, const struct token *tag)
{
	struct node *n = parser_node(p, NODE_IMPORT, tag);
	n->a = parse_expression(p, TRUE);
	if (n->a == NULL || !parser_expect_name(p, "as")) {
		return NULL;
	}
	n->b = parse_target(p, FALSE, NULL, FALSE);
	import_context(p, n, FALSE);
	return n->b != NULL ? n : NULL;
}

/* One name of `from x import`; the target it is stored in goes to targets. */
static gboolean imported_name(struct parser *p, GPtrArray *targets, GPtrArray *names)
{
	struct token *where = parser_peek(p);
	struct node *target = parse_target(p, FALSE, NULL, FALSE);
	if (target == NULL) {
		return FALSE;
	}
	if (*target->name == '_') {
		parser_fail(p, where, "names starting with an underscore cannot be imported");
		return FALSE;
	}
	g_ptr_array_add(names, (char *)target->name);
	if (parser_skip_name(p, "as")) {
		target = parse_target(p, FALSE, NULL, FALSE);
	}
	g_ptr_array_add(targets, target);
	return target != NULL;
}

struct node *parse_from(struct parser *p, const struct token *tag)
{
	struct node *n = parser_node(p, NODE_FROM, tag);
	n->a = parse_expression(p, TRUE);
	if (n->a == NULL || !parser_expect_name(p, "import")) {
		return NULL;
	}
	GPtrArray *targets = g_ptr_array_new();
	GPtrArray *names = g_ptr_array_new();
	gboolean with = FALSE;
	for (;;) {
		if (targets->len > 0 && !parser_expect(p, TOKEN_COMMA)) {
			break;
		}
		if (!parser_is(p, TOKEN_NAME)) {
			parser_expect(p, TOKEN_NAME);
			break;
		}
		with = import_context(p, n, FALSE);
		if (with || !imported_name(p, targets, names)) {
			break;
		}
		with = import_context(p, n, FALSE);
		if (with || !parser_is(p, TOKEN_COMMA)) {
			break;
		}
	}
	n->items = parser_list(p, targets);
	struct nodes list = parser_list(p, names);
	n->aliases = (const char **)list.items;
	return *p->error == NULL ? n : NULL;
}
