/* The second pass over what opens a scope of its own: loops, macros, with and other blocks. */
#include "jinja/syntax/scope-private.h"

#include <string.h>

static gboolean check_special(struct resolver *r, struct node *n, const char *name)
{
	if (n->type == NODE_NAME && strcmp(n->name, name) == 0) {
		struct position at = { r->t->name, n->line, n->column };
		if (*r->error == NULL) {
			error_set_at(r->error, SUTLER_ERROR_USAGE, at,
				"cannot assign to the special variable '%s'", name);
		}
		return FALSE;
	}
	if (n->type == NODE_TUPLE) {
		for (guint i = 0; i < n->items.n; i++) {
			if (!check_special(r, n->items.items[i], name)) {
				return FALSE;
			}
		}
	}
	return TRUE;
}

/* No set, for or macro inside a loop may store `loop` when the loop provides it. */
static void check_loop_stores(struct resolver *r, const struct nodes *nodes)
{
	for (guint i = 0; i < nodes->n; i++) {
		struct node *n = nodes->items[i];
		if (n->type == NODE_SET || n->type == NODE_SET_BLOCK || n->type == NODE_FOR) {
			check_special(r, n->a, "loop");
		}
		if (node_is_leaf(n) || node_is_single(n)) {
			continue;
		}
		if (n->type != NODE_BLOCK && n->type != NODE_MACRO) {
			check_loop_stores(r, &n->items);
		}
		if (n->type == NODE_IF || n->type == NODE_FOR) {
			check_loop_stores(r, n->otherwise);
		}
	}
}

static void share_target(struct scope *to, const struct scope *from, const struct node *n)
{
	if (n->type == NODE_NAME) {
		gpointer ref = g_hash_table_lookup(from->symbols->refs, n->name);
		g_hash_table_insert(to->symbols->refs, (char *)n->name, ref);
		return;
	}
	for (guint i = 0; i < n->items.n; i++) {
		share_target(to, from, n->items.items[i]);
	}
}

static void resolve_for(struct resolver *r, struct scope *f, struct node *n)
{
	gboolean extended = (n->flags & FLAG_RECURSIVE) || scope_mentions(&n->items, "loop") ||
			    scope_has_block(&n->items);
	struct function *function =
		(n->flags & FLAG_RECURSIVE) ? scope_function(r, f->symbols->function) : NULL;
	struct scope loop = scope_inner(r, f, function);
	struct scope test = scope_inner(r, f, function);
	struct scope otherwise = scope_inner(r, f, function);
	if (extended) {
		n->flags |= FLAG_LOOP;
		n->place.slot = (guint16)symbols_parameter(r, loop.symbols, "loop")->slot;
		check_special(r, n->a, "loop");
		check_loop_stores(r, &n->items);
	}
	scope_analyze_target(r, loop.symbols, n->a, TRUE);
	scope_analyze_all(r, &loop.symbols, &n->items);
	scope_analyze_all(r, &otherwise.symbols, n->otherwise);
	/* The filter sees the targets, but not the loop's own `loop` or what its body sets. It has
	 * run before the body does, so the targets share their slots. */
	share_target(&test, &loop, n->a);
	scope_analyze(r, &test.symbols, n->c);
	scope_resolve_node(r, f, n->b);
	scope_resolve_node(r, &test, n->c);
	n->loads3 = scope_loads(r, &test);
	scope_resolve_target(r, &loop, n->a);
	scope_resolve_all(r, &loop, &n->items);
	scope_resolve_all(r, &otherwise, n->otherwise);
	n->loads = scope_loads(r, &loop);
	n->loads2 = scope_loads(r, &otherwise);
	n->slots = function != NULL ? function->slots : 0;
	scope_leave(&loop);
	scope_leave(&test);
	scope_leave(&otherwise);
}

/* MACRO, CALL_BLOCK: a function of its own */
static gboolean has_parameter(const struct macro_shape *shape, const char *name)
{
	gboolean has = FALSE;
	for (guint i = 0; i < shape->parameters.n && !has; i++) {
		has = strcmp(shape->parameters.items[i]->name, name) == 0;
	}
	return has;
}

/* A parameter called caller is not given when the macro is called without a block. */
static void check_caller(struct resolver *r, const struct node *n)
{
	const struct macro_shape *shape = n->macro;
	guint from = shape->parameters.n - shape->defaults.n;
	for (guint i = 0; i < from && *r->error == NULL; i++) {
		if (strcmp(shape->parameters.items[i]->name, "caller") == 0) {
			struct position at = { r->t->name, n->line, n->column };
			error_set_at(r->error, SUTLER_ERROR_USAGE, at,
				"the parameter 'caller' needs a default, or leave it out: a macro "
				"has it without saying so");
		}
	}
}

static void resolve_macro(struct resolver *r, struct scope *f, struct node *n)
{
	struct function *function = scope_function(r, f->symbols->function);
	struct scope in = scope_inner(r, f, function);
	struct macro_shape *shape = n->macro;
	in.output_check = FALSE;
	for (guint i = 0; i < shape->parameters.n; i++) {
		symbols_parameter(r, in.symbols, shape->parameters.items[i]->name);
		if (strcmp(shape->parameters.items[i]->name, "caller") == 0) {
			n->flags |= FLAG_EXPLICIT_CALLER;
		}
	}
	static const struct {
		const char *name;
		guint16 flag;
	} specials[] = { { "caller", FLAG_CALLER }, { "kwargs", FLAG_KWARGS },
		{ "varargs", FLAG_VARARGS } };
	struct place *places[] = { &shape->caller, &shape->kwargs, &shape->varargs };
	for (gsize i = 0; i < G_N_ELEMENTS(specials); i++) {
		gboolean own = i > 0 && has_parameter(shape, specials[i].name);
		if (own || !scope_mentions(&n->items, specials[i].name)) {
			continue;
		}
		n->flags |= specials[i].flag;
		if (i > 0 || !(n->flags & FLAG_EXPLICIT_CALLER)) {
			places[i]->slot =
				(guint16)symbols_parameter(r, in.symbols, specials[i].name)->slot;
		} else {
			check_caller(r, n);
		}
	}
	scope_analyze_all(r, &in.symbols, &shape->defaults);
	scope_analyze_all(r, &in.symbols, &n->items);
	for (guint i = 0; i < shape->parameters.n; i++) {
		scope_resolve_target(r, &in, shape->parameters.items[i]);
	}
	scope_resolve_all(r, &in, &shape->defaults);
	scope_resolve_all(r, &in, &n->items);
	n->loads = scope_loads(r, &in);
	n->slots = function->slots;
	scope_leave(&in);
}

/* with, filter block, set block, autoescape: a scope inside the same function */
static void resolve_scope(struct resolver *r, struct scope *f, struct node *n)
{
	struct scope in = scope_inner(r, f, NULL);
	if (n->type == NODE_WITH) {
		for (guint i = 0; i < n->a->items.n; i++) {
			scope_analyze_target(r, in.symbols, n->a->items.items[i], TRUE);
		}
		scope_resolve_node(r, f, n->b);
	}
	if (n->type == NODE_SET_BLOCK) {
		in.output_check = FALSE;
		scope_resolve_target(r, f, n->a);
		scope_analyze(r, &in.symbols, n->b);
	}
	if (n->type == NODE_FILTER_BLOCK || n->type == NODE_AUTOESCAPE) {
		scope_analyze(r, &in.symbols, n->a);
	}
	scope_analyze_all(r, &in.symbols, &n->items);
	if (n->type == NODE_WITH) {
		for (guint i = 0; i < n->a->items.n; i++) {
			scope_resolve_target(r, &in, n->a->items.items[i]);
		}
	} else if (n->type == NODE_FILTER_BLOCK || n->type == NODE_AUTOESCAPE) {
		scope_resolve_node(r, &in, n->a);
	} else if (n->type == NODE_SET_BLOCK) {
		scope_resolve_node(r, &in, n->b);
	}
	scope_resolve_all(r, &in, &n->items);
	n->loads = scope_loads(r, &in);
	scope_leave(&in);
}

void scope_resolve_inner(struct resolver *r, struct scope *f, struct node *n)
{
	switch ((enum node_type)n->type) {
	case NODE_FOR:
		resolve_for(r, f, n);
		break;
	case NODE_MACRO:
		resolve_macro(r, f, n);
		scope_resolve_target(r, f, n->a);
		break;
	case NODE_CALL_BLOCK:
		resolve_macro(r, f, n);
		scope_resolve_node(r, f, n->a);
		break;
	default:
		resolve_scope(r, f, n);
		break;
	}
}
