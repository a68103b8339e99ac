/*
 * Resolves the names of a template to slots, by the rules of jinja2.idtracking: the root, the
 * blocks, and what a scope is made of.
 */
#include "jinja/syntax/scope.h"

#include "jinja/syntax/invariant.h"
#include "jinja/syntax/scope-private.h"

struct place scope_place(const struct scope *f, const struct ref *ref)
{
	return (struct place){ (guint16)(f->symbols->function->level - ref->function->level),
		(guint16)ref->slot };
}

struct loads *scope_loads(struct resolver *r, const struct scope *f)
{
	struct loads *loads = template_allocate(r->t, sizeof *loads);
	guint size = g_hash_table_size(f->symbols->loads);
	loads->items = template_allocate(r->t, MAX(size, 1) * sizeof *loads->items);
	GHashTableIter iter;
	gpointer key = NULL;
	gpointer item = NULL;
	g_hash_table_iter_init(&iter, f->symbols->loads);
	while (g_hash_table_iter_next(&iter, &key, &item)) {
		const struct ref *ref = key;
		const struct binding *b = item;
		if (b->parameter) {
			continue;
		}
		struct load *load = &loads->items[loads->n++];
		load->slot = (guint16)ref->slot;
		load->kind = (guint16)b->kind;
		if (b->from != NULL) {
			load->from = scope_place(f, b->from);
		}
	}
	return loads;
}

struct scope scope_inner(struct resolver *r, const struct scope *f, struct function *function)
{
	struct scope in = { .output_check = f->output_check };
	in.symbols = symbols_new(r, f->symbols, function != NULL ? function : f->symbols->function);
	return in;
}

void scope_leave(struct scope *f)
{
	symbols_free(f->symbols);
}

struct function *scope_function(struct resolver *r, const struct function *around)
{
	struct function *function = scope_keep(r, sizeof *function);
	function->level = around != NULL ? around->level + 1 : 0;
	return function;
}

struct visible *scope_visible(struct resolver *r, const struct scope *f)
{
	g_autoptr(GHashTable) names = g_hash_table_new(g_str_hash, g_str_equal);
	const struct symbols *s = f->symbols;
	do {
		symbols_update(names, s->stores);
		s = s->parent;
	} while (s != NULL);
	struct visible *visible = template_allocate(r->t, sizeof *visible);
	guint size = g_hash_table_size(names);
	visible->items = template_allocate(r->t, MAX(size, 1) * sizeof *visible->items);
	GHashTableIter iter;
	gpointer name = NULL;
	g_hash_table_iter_init(&iter, names);
	while (g_hash_table_iter_next(&iter, &name, NULL)) {
		struct ref *ref = symbols_find(f->symbols, name);
		if (ref != NULL) {
			visible->items[visible->n].name = template_intern(r->t, name);
			visible->items[visible->n].place = scope_place(f, ref);
			visible->n++;
		}
	}
	return visible;
}

/* Names that only the context has belong to the root, so that loops do not look them up each time.
 */
static void load_names(struct resolver *r, struct symbols *root, GHashTable *names)
{
	GHashTableIter iter;
	gpointer name = NULL;
	if (names == NULL) {
		return;
	}
	g_hash_table_iter_init(&iter, names);
	while (g_hash_table_iter_next(&iter, &name, NULL)) {
		symbols_load(r, root, name);
	}
}

static void resolve_root(struct resolver *r, GHashTable *invariant)
{
	struct function *function = scope_function(r, NULL);
	struct scope f = { .toplevel = TRUE, .rootlevel = TRUE, .output_check = TRUE };
	f.symbols = symbols_new(r, NULL, function);
	if (scope_mentions(&r->t->body, "self")) {
		r->t->has_self = TRUE;
		r->t->self.slot = (guint16)symbols_parameter(r, f.symbols, "self")->slot;
	}
	load_names(r, f.symbols, invariant);
	scope_analyze_all(r, &f.symbols, &r->t->body);
	scope_resolve_all(r, &f, &r->t->body);
	r->t->loads = *scope_loads(r, &f);
	r->t->slots = function->slots;
	scope_leave(&f);
}

/* A block is a function of its own: it sees the context, not the variables around it. */
static void resolve_block(struct resolver *r, struct node *n)
{
	struct function *function = scope_function(r, NULL);
	struct scope f = { 0 };
	f.symbols = symbols_new(r, NULL, function);
	n->macro = template_allocate(r->t, sizeof *n->macro);
	if (scope_mentions(&n->items, "self")) {
		n->flags |= FLAG_KWARGS;
		n->macro->kwargs.slot = (guint16)symbols_parameter(r, f.symbols, "self")->slot;
	}
	if (scope_mentions(&n->items, "super")) {
		n->flags |= FLAG_CALLER;
		n->macro->caller.slot = (guint16)symbols_parameter(r, f.symbols, "super")->slot;
	}
	scope_analyze_all(r, &f.symbols, &n->items);
	scope_resolve_all(r, &f, &n->items);
	n->loads2 = scope_loads(r, &f);
	n->slots = function->slots;
	scope_leave(&f);
}

static void resolve_blocks(struct resolver *r)
{
	GHashTableIter iter;
	gpointer block = NULL;
	g_hash_table_iter_init(&iter, r->t->blocks);
	while (g_hash_table_iter_next(&iter, NULL, &block)) {
		r->known_extends = FALSE;
		r->extends = 0;
		resolve_block(r, block);
	}
}

gboolean scope_resolve(struct jinja_template *t, GError **error)
{
	struct resolver r = { .t = t, .error = error };
	r.garbage = g_ptr_array_new_with_free_func(g_free);
	g_autoptr(GHashTable) invariant = invariant_names(t);
	resolve_root(&r, invariant);
	if (t->blocks != NULL) {
		resolve_blocks(&r);
	}
	g_ptr_array_unref(r.garbage);
	if (*error == NULL && invariant != NULL) {
		invariant_mark(t, invariant);
	}
	return *error == NULL;
}
