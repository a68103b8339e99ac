/* Statements that choose and repeat: if, for, break, continue. */
#include "jinja/syntax/parser-private.h"

#include <string.h>

static struct nodes *new_nodes(struct parser *p)
{
	return template_allocate(p->t, sizeof(struct nodes));
}

struct node *parse_if(struct parser *p, const struct token *tag)
{
	static const char *const ends[] = { "elif", "else", "endif", NULL };
	static const char *const end[] = { "endif", NULL };
	struct node *first = NULL;
	struct node *previous = NULL;
	const struct token *where = tag;
	for (;;) {
		struct node *n = parser_node(p, NODE_IF, where);
		n->a = parse_tuple(p, FALSE, NULL, FALSE);
		if (n->a == NULL || !parse_tag_body(p, ends, tag, &n->items)) {
			return NULL;
		}
		if (previous != NULL) {
			GPtrArray *only = g_ptr_array_new();
			g_ptr_array_add(only, n);
			*previous->otherwise = parser_list(p, only);
		} else {
			first = n;
		}
		n->flags |= previous != NULL ? FLAG_ELIF : 0;
		n->otherwise = new_nodes(p);
		where = parser_next(p);
		if (strcmp(where->text, "elif") == 0) {
			previous = n;
			/* A long row of elif is a chain that is evaluated in a loop. */
			continue;
		}
		if (strcmp(where->text, "else") == 0) {
			if (!parse_tag_body(p, end, tag, n->otherwise)) {
				return NULL;
			}
			parser_next(p);
		}
		return first;
	}
}

struct node *parse_for(struct parser *p, const struct token *tag)
{
	static const char *const ends[] = { "else", "endfor", NULL };
	static const char *const end[] = { "endfor", NULL };
	struct node *n = parser_node(p, NODE_FOR, tag);
	n->a = parse_target(p, TRUE, "in", FALSE);
	if (n->a == NULL || !parser_expect_name(p, "in")) {
		return NULL;
	}
	n->b = parse_tuple(p, FALSE, "recursive", FALSE);
	if (n->b == NULL) {
		return NULL;
	}
	if (parser_skip_name(p, "if")) {
		n->c = parse_expression(p, TRUE);
		if (n->c == NULL) {
			return NULL;
		}
	}
	n->flags = parser_skip_name(p, "recursive") ? FLAG_RECURSIVE : 0;
	p->loops++;
	gboolean ok = parse_tag_body(p, ends, tag, &n->items);
	p->loops--;
	if (!ok) {
		return NULL;
	}
	n->otherwise = new_nodes(p);
	if (strcmp(parser_next(p)->text, "else") == 0) {
		if (!parse_tag_body(p, end, tag, n->otherwise)) {
			return NULL;
		}
		parser_next(p);
	}
	return n;
}

struct node *parse_loop_control(struct parser *p, const struct token *tag)
{
	gboolean is_break = strcmp(tag->text, "break") == 0;
	if (p->loops == 0) {
		return parser_fail(p, tag, "'%s' outside of a loop", tag->text);
	}
	return parser_node(p, is_break ? NODE_BREAK : NODE_CONTINUE, tag);
}
