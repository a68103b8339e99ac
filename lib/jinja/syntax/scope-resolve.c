/* The second pass over a scope: every name gets its place. */
#include "jinja/syntax/scope-private.h"

void scope_resolve_all(struct resolver *r, struct scope *f, const struct nodes *nodes)
{
	for (guint i = 0; i < nodes->n; i++) {
		scope_resolve_node(r, f, nodes->items[i]);
	}
}

static void resolve_arguments(struct resolver *r, struct scope *f, const struct arguments *a)
{
	scope_resolve_all(r, f, &a->positional);
	scope_resolve_all(r, f, &a->named);
	scope_resolve_node(r, f, a->star);
	scope_resolve_node(r, f, a->double_star);
}

void scope_resolve_target(struct resolver *r, struct scope *f, struct node *n)
{
	if (n->type == NODE_NAME) {
		n->place = scope_place(f, symbols_find(f->symbols, n->name));
		n->flags |= f->toplevel ? FLAG_TOPLEVEL : 0;
	} else if (n->type == NODE_NAMESPACE) {
		scope_resolve_node(r, f, n->a);
	} else {
		for (guint i = 0; i < n->items.n; i++) {
			scope_resolve_target(r, f, n->items.items[i]);
		}
	}
}

/* Text and expressions are printed unless the template extends another; Jinja2 asks that of nothing
 * else. */
static void mark_output(struct resolver *r, const struct scope *f, struct node *n)
{
	if (!f->output_check) {
		return;
	}
	if (r->known_extends) {
		n->flags |= FLAG_EXTENDED;
	} else if (r->extends > 0) {
		n->flags |= FLAG_CHECK_PARENT;
	}
}

static void resolve_extends(struct resolver *r, struct scope *f, struct node *n)
{
	struct position at = { r->t->name, n->line, n->column };
	if (!f->toplevel && *r->error == NULL) {
		error_set_at(r->error, SUTLER_ERROR_USAGE, at,
			"'extends' works only at the top level of a template");
	}
	scope_resolve_node(r, f, n->a);
	if (f->rootlevel) {
		r->known_extends = TRUE;
	}
	r->extends++;
}

static void resolve_import(struct resolver *r, struct scope *f, struct node *n)
{
	scope_resolve_node(r, f, n->a);
	if (n->type == NODE_IMPORT) {
		scope_resolve_target(r, f, n->b);
	}
	if (n->type == NODE_FROM) {
		for (guint i = 0; i < n->items.n; i++) {
			scope_resolve_target(r, f, n->items.items[i]);
		}
	}
	n->visible = scope_visible(r, f);
}

/* Where the block stands; what is in it is resolved by itself. */
static void resolve_block(struct resolver *r, const struct scope *f, struct node *n)
{
	if (f->toplevel && r->known_extends) {
		n->flags |= FLAG_EXTENDED;
	} else if (f->toplevel && r->extends > 0) {
		n->flags |= FLAG_CHECK_PARENT;
	}
	n->visible = (n->flags & FLAG_SCOPED) ? scope_visible(r, f) : NULL;
}

void scope_resolve_node(struct resolver *r, struct scope *f, struct node *n)
{
	if (n == NULL) {
		return;
	}
	switch ((enum node_type)n->type) {
	case NODE_NAME: {
		struct ref *ref = symbols_find(f->symbols, n->name);
		if (ref != NULL) {
			n->place = scope_place(f, ref);
		}
		break;
	}
	case NODE_DATA:
		mark_output(r, f, n);
		break;
	case NODE_CONST:
		break;
	case NODE_GETATTR:
		scope_resolve_node(r, f, n->a);
		break;
	case NODE_OUTPUT:
		mark_output(r, f, n);
		scope_resolve_node(r, f, n->a);
		break;
	case NODE_IF: {
		struct scope soft = *f;
		soft.rootlevel = FALSE;
		scope_resolve_node(r, f, n->a);
		scope_resolve_all(r, &soft, &n->items);
		scope_resolve_all(r, &soft, n->otherwise);
		f->symbols = soft.symbols;
		break;
	}
	case NODE_SET:
		scope_resolve_node(r, f, n->b);
		scope_resolve_target(r, f, n->a);
		break;
	case NODE_CALL_BLOCK:
	case NODE_FILTER_BLOCK:
	case NODE_FOR:
	case NODE_MACRO:
	case NODE_AUTOESCAPE:
	case NODE_SET_BLOCK:
	case NODE_WITH:
		scope_resolve_inner(r, f, n);
		break;
	case NODE_INCLUDE:
	case NODE_IMPORT:
	case NODE_FROM:
		resolve_import(r, f, n);
		break;
	case NODE_EXTENDS:
		resolve_extends(r, f, n);
		break;
	case NODE_BLOCK:
		resolve_block(r, f, n);
		break;
	case NODE_CALL:
	case NODE_FILTER:
	case NODE_TEST:
		scope_resolve_node(r, f, n->a);
		resolve_arguments(r, f, n->arguments);
		break;
	default:
		scope_resolve_node(r, f, n->a);
		scope_resolve_node(r, f, n->b);
		scope_resolve_node(r, f, n->c);
		scope_resolve_all(r, f, &n->items);
		break;
	}
}
