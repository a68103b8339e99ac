/* The first pass over a scope: the names that it uses and sets. */
#include "jinja/syntax/scope-private.h"

#include <string.h>

void scope_analyze_all(struct resolver *r, struct symbols **s, const struct nodes *nodes)
{
	for (guint i = 0; i < nodes->n; i++) {
		scope_analyze(r, s, nodes->items[i]);
	}
}

static void analyze_arguments(struct resolver *r, struct symbols **s, const struct arguments *a)
{
	scope_analyze_all(r, s, &a->positional);
	scope_analyze_all(r, s, &a->named);
	scope_analyze(r, s, a->star);
	scope_analyze(r, s, a->double_star);
}

void scope_analyze_target(
	struct resolver *r, struct symbols *s, const struct node *n, gboolean as_parameter)
{
	switch (n->type) {
	case NODE_NAME:
		if (!as_parameter) {
			symbols_store(r, s, n->name);
		} else {
			symbols_parameter(r, s, n->name);
		}
		break;
	case NODE_NAMESPACE:
		symbols_load(r, s, n->a->name);
		break;
	default:
		for (guint i = 0; i < n->items.n; i++) {
			scope_analyze_target(r, s, n->items.items[i], as_parameter);
		}
		break;
	}
}

/* Two refs of one name in the branches of an if would be two places: what a branch defines keeps
 * the place that one before it gave, as Jinja2's identifiers depend on name and level only. */
static void share_places(GHashTable *places, const struct symbols *around, struct symbols *branch)
{
	GHashTableIter iter;
	gpointer name = NULL;
	gpointer item = NULL;
	g_autoptr(GHashTable) defined = g_hash_table_new(g_str_hash, g_str_equal);
	symbols_update(defined, branch->refs);
	g_hash_table_iter_init(&iter, defined);
	while (g_hash_table_iter_next(&iter, &name, &item)) {
		struct ref *before = g_hash_table_lookup(places, name);
		if (g_hash_table_contains(around->refs, name) || before == item) {
			continue;
		}
		if (before == NULL) {
			g_hash_table_insert(places, name, item);
			continue;
		}
		struct binding *binding = g_hash_table_lookup(branch->loads, item);
		g_hash_table_remove(branch->loads, item);
		g_hash_table_insert(branch->loads, before, binding);
		g_hash_table_insert(branch->refs, name, before);
	}
}

static const struct node *elif_of(const struct node *n)
{
	const struct nodes *nodes = n->otherwise;
	return nodes->n == 1 && (nodes->items[0]->flags & FLAG_ELIF) ? nodes->items[0] : NULL;
}

/* Jinja2 knows three branches: the body, all of elif one after the other (each an if without
 * anything else), and else. elifs: to look at the second and third. */
static void analyze_if(struct resolver *r, struct symbols **s, const struct node *n, gboolean elifs)
{
	scope_analyze(r, s, n->a);
	struct symbols *original = *s;
	g_autoptr(GHashTable) places = g_hash_table_new(g_str_hash, g_str_equal);
	struct symbols *branches[IF_BRANCHES];
	for (gsize i = 0; i < IF_BRANCHES; i++) {
		branches[i] = symbols_copy(r, original);
	}
	scope_analyze_all(r, &branches[0], &n->items);
	share_places(places, original, branches[0]);
	if (elifs) {
		const struct node *last = n;
		for (const struct node *elif = elif_of(n); elif != NULL; elif = elif_of(elif)) {
			analyze_if(r, &branches[1], elif, FALSE);
			last = elif;
		}
		share_places(places, original, branches[1]);
		scope_analyze_all(r, &branches[2], last->otherwise);
		share_places(places, original, branches[2]);
	}
	symbols_branches(r, original, branches);
	for (gsize i = 0; i < IF_BRANCHES; i++) {
		symbols_free(branches[i]);
	}
	*s = original;
}

void scope_analyze(struct resolver *r, struct symbols **s, const struct node *n)
{
	if (n == NULL) {
		return;
	}
	switch ((enum node_type)n->type) {
	case NODE_NAME:
		symbols_load(r, *s, n->name);
		break;
	case NODE_CONST:
		break;
	case NODE_OUTPUT:
	case NODE_GETATTR:
		scope_analyze(r, s, n->a);
		break;
	case NODE_IF:
		analyze_if(r, s, n, TRUE);
		break;
	case NODE_FOR:
		scope_analyze(r, s, n->b);
		break;
	case NODE_SET:
		scope_analyze(r, s, n->b);
		scope_analyze_target(r, *s, n->a, FALSE);
		break;
	case NODE_SET_BLOCK:
		scope_analyze_target(r, *s, n->a, FALSE);
		break;
	case NODE_MACRO:
		symbols_store(r, *s, n->name);
		break;
	case NODE_CALL_BLOCK:
	case NODE_FILTER_BLOCK:
		scope_analyze(r, s, n->a);
		break;
	case NODE_WITH:
		scope_analyze(r, s, n->b);
		break;
	case NODE_IMPORT:
		scope_analyze(r, s, n->a);
		symbols_store(r, *s, n->b->name);
		break;
	case NODE_FROM:
		scope_analyze(r, s, n->a);
		for (guint i = 0; i < n->items.n; i++) {
			symbols_store(r, *s, n->items.items[i]->name);
		}
		break;
	case NODE_BLOCK:
	case NODE_DATA:
	case NODE_AUTOESCAPE:
		break;
	case NODE_CALL:
	case NODE_FILTER:
	case NODE_TEST:
		scope_analyze(r, s, n->a);
		analyze_arguments(r, s, n->arguments);
		break;
	default:
		scope_analyze(r, s, n->a);
		scope_analyze(r, s, n->b);
		scope_analyze(r, s, n->c);
		scope_analyze_all(r, s, &n->items);
		break;
	}
}

static gboolean mentions(const struct node *n, const char *name)
{
	if (n == NULL) {
		return FALSE;
	}
	if (n->type == NODE_NAME) {
		return strcmp(n->name, name) == 0;
	}
	if (n->type == NODE_BLOCK || node_is_leaf(n)) {
		return FALSE;
	}
	if (node_is_single(n)) {
		return mentions(n->a, name);
	}
	if (mentions(n->a, name) || mentions(n->b, name) || mentions(n->c, name) ||
		scope_mentions(&n->items, name)) {
		return TRUE;
	}
	if (n->type == NODE_CALL || n->type == NODE_FILTER || n->type == NODE_TEST) {
		return scope_mentions(&n->arguments->positional, name) ||
		       scope_mentions(&n->arguments->named, name) ||
		       mentions(n->arguments->star, name) ||
		       mentions(n->arguments->double_star, name);
	}
	if (n->type == NODE_IF || n->type == NODE_FOR) {
		return scope_mentions(n->otherwise, name);
	}
	if (n->type == NODE_MACRO || n->type == NODE_CALL_BLOCK) {
		return scope_mentions(&n->macro->defaults, name);
	}
	return FALSE;
}

gboolean scope_mentions(const struct nodes *nodes, const char *name)
{
	for (guint i = 0; i < nodes->n; i++) {
		if (mentions(nodes->items[i], name)) {
			return TRUE;
		}
	}
	return FALSE;
}

gboolean scope_has_block(const struct nodes *nodes)
{
	for (guint i = 0; i < nodes->n; i++) {
		const struct node *n = nodes->items[i];
		if (node_is_leaf(n) || node_is_single(n)) {
			continue;
		}
		if (n->type == NODE_BLOCK && (n->flags & FLAG_SCOPED)) {
			return TRUE;
		}
		if (scope_has_block(&n->items) || ((n->type == NODE_IF || n->type == NODE_FOR) &&
							  scope_has_block(n->otherwise))) {
			return TRUE;
		}
	}
	return FALSE;
}
