/* Tables of symbols: which names a scope knows, and where they come from. */
#include "jinja/syntax/scope-private.h"

gpointer scope_keep(struct resolver *r, gsize size)
{
	gpointer memory = g_malloc0(size);
	g_ptr_array_add(r->garbage, memory);
	return memory;
}

struct symbols *symbols_new(struct resolver *r, struct symbols *parent, struct function *function)
{
	struct symbols *s = scope_keep(r, sizeof *s);
	s->parent = parent;
	s->function = function;
	s->refs = g_hash_table_new(g_str_hash, g_str_equal);
	s->loads = g_hash_table_new(NULL, NULL);
	s->stores = g_hash_table_new(g_str_hash, g_str_equal);
	return s;
}

void symbols_free(struct symbols *s)
{
	g_hash_table_unref(s->refs);
	g_hash_table_unref(s->loads);
	g_hash_table_unref(s->stores);
}

void symbols_update(GHashTable *into, GHashTable *from)
{
	GHashTableIter iter;
	gpointer key = NULL;
	gpointer item = NULL;
	g_hash_table_iter_init(&iter, from);
	while (g_hash_table_iter_next(&iter, &key, &item)) {
		g_hash_table_insert(into, key, item);
	}
}

struct symbols *symbols_copy(struct resolver *r, struct symbols *s)
{
	struct symbols *copy = symbols_new(r, s->parent, s->function);
	symbols_update(copy->refs, s->refs);
	symbols_update(copy->loads, s->loads);
	symbols_update(copy->stores, s->stores);
	return copy;
}

struct ref *symbols_find(const struct symbols *s, const char *name)
{
	struct ref *ref = NULL;
	do {
		ref = g_hash_table_lookup(s->refs, name);
		s = s->parent;
	} while (ref == NULL && s != NULL);
	return ref;
}

static void set_load(struct resolver *r, struct symbols *s, struct ref *ref, enum load_kind kind,
	struct ref *from, gboolean parameter)
{
	struct binding *b = scope_keep(r, sizeof *b);
	*b = (struct binding){ kind, parameter, from };
	g_hash_table_insert(s->loads, ref, b);
}

static struct ref *define(struct resolver *r, struct symbols *s, const char *name,
	enum load_kind kind, struct ref *from, gboolean parameter)
{
	struct ref *ref = scope_keep(r, sizeof *ref);
	ref->function = s->function;
	ref->slot = s->function->slots++;
	g_hash_table_insert(s->refs, (char *)name, ref);
	set_load(r, s, ref, kind, from, parameter);
	return ref;
}

void symbols_load(struct resolver *r, struct symbols *s, const char *name)
{
	if (symbols_find(s, name) == NULL) {
		define(r, s, name, LOAD_RESOLVE, NULL, FALSE);
	}
}

void symbols_store(struct resolver *r, struct symbols *s, const char *name)
{
	g_hash_table_add(s->stores, (char *)name);
	if (g_hash_table_contains(s->refs, name)) {
		return;
	}
	struct ref *outer = s->parent != NULL ? symbols_find(s->parent, name) : NULL;
	define(r, s, name, outer != NULL ? LOAD_ALIAS : LOAD_UNDEFINED, outer, FALSE);
}

struct ref *symbols_parameter(struct resolver *r, struct symbols *s, const char *name)
{
	g_hash_table_add(s->stores, (char *)name);
	return define(r, s, name, LOAD_UNDEFINED, NULL, TRUE);
}

void symbols_branches(
	struct resolver *r, struct symbols *s, struct symbols *const branches[IF_BRANCHES])
{
	g_autoptr(GHashTable) times = g_hash_table_new(g_str_hash, g_str_equal);
	GHashTableIter iter;
	gpointer name = NULL;
	gpointer item = NULL;
	for (gsize i = 0; i < IF_BRANCHES; i++) {
		g_hash_table_iter_init(&iter, branches[i]->stores);
		while (g_hash_table_iter_next(&iter, &name, NULL)) {
			guint n = GPOINTER_TO_UINT(g_hash_table_lookup(times, name));
			if (!g_hash_table_contains(s->stores, name)) {
				g_hash_table_insert(times, name, GUINT_TO_POINTER(n + 1));
			}
		}
	}
	for (gsize i = 0; i < IF_BRANCHES; i++) {
		symbols_update(s->refs, branches[i]->refs);
		symbols_update(s->loads, branches[i]->loads);
		symbols_update(s->stores, branches[i]->stores);
	}
	g_hash_table_iter_init(&iter, times);
	while (g_hash_table_iter_next(&iter, &name, &item)) {
		if (GPOINTER_TO_UINT(item) == IF_BRANCHES) {
			continue; /* as the last branch has it, even for a use in an earlier one */
		}
		struct ref *target = symbols_find(s, name);
		struct ref *outer = s->parent != NULL ? symbols_find(s->parent, name) : NULL;
		set_load(r, s, target, outer != NULL ? LOAD_ALIAS : LOAD_RESOLVE, outer, FALSE);
	}
}
