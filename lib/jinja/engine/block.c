/* Running blocks of templates that extend each other. */
#include "jinja/engine/block.h"

#include "jinja/engine/frame.h"
#include "jinja/engine/loader.h"
#include "jinja/engine/objects.h"
#include "jinja/engine/output.h"

gboolean block_render(
	struct jinja_evaluation *e, struct context *context, const char *name, guint depth)
{
	GPtrArray *list = context_blocks(context, name);
	if (list == NULL || depth >= list->len) {
		jinja_fail_usage(e, "there is no block '%s'", name);
		return FALSE;
	}
	if (!recursion_enter(e, "blocks")) {
		return FALSE;
	}
	const struct block *block = list->pdata[depth];
	const struct node *n = block->node;
	struct jinja_evaluation saved = *e;
	e->t = block->t;
	e->context = context;
	e->frame = activation_new(n->slots, NULL);
	scope_enter(e, n->loads2);
	if (n->flags & FLAG_KWARGS) {
		frame_set(e->frame, n->macro->kwargs, self_new(context));
	}
	if (n->flags & FLAG_CALLER) {
		frame_set(
			e->frame, n->macro->caller, block_reference_new(context, name, depth + 1));
	}
	gboolean ok = render_nodes(e, &n->items);
	activation_leave(e, e->frame);
	e->t = saved.t;
	e->context = saved.context;
	e->frame = saved.frame;
	recursion_leave(e);
	return ok;
}

/* A context that sees the variables around the node as well. */
static struct context *derive(struct jinja_evaluation *e, const struct visible *visible)
{
	struct context *c = context_new(e, e->context->t);
	g_clear_pointer(&c->blocks, g_hash_table_unref);
	c->blocks = g_hash_table_ref(e->context->blocks);
	c->isolated = e->context->isolated;
	c->autoescape = e->context->autoescape;
	c->locals = visible_variables(e, visible);
	return c;
}

gboolean render_block(struct jinja_evaluation *e, const struct node *n)
{
	if (!is_printed(e, n)) {
		return TRUE;
	}
	GPtrArray *list = context_blocks(e->context, n->name);
	if ((n->flags & FLAG_REQUIRED) && list->len <= 1) {
		jinja_fail_usage(e,
			"required block '%s' is not defined by a template that extends "
			"this one",
			n->name);
		return FALSE;
	}
	struct context *context = n->visible != NULL ? derive(e, n->visible) : e->context;
	return block_render(e, context, n->name, 0);
}

gboolean render_extends(struct jinja_evaluation *e, const struct node *n)
{
	if (e->context->parent_template != NULL) {
		jinja_fail_usage(e, "template extends more than one other");
		return FALSE;
	}
	struct jinja_template *t = loader_get_one(e, n);
	if (t == NULL) {
		return FALSE;
	}
	e->context->parent_template = t;
	context_add_blocks(e->context, t);
	return TRUE;
}
