/*
 * Resolves the names of a template to slots, by the rules of jinja2.idtracking.
 *
 * Every scope (root, block, macro, loop body, with, ...) has a table of symbols. It is filled by
 * looking at all nodes of the scope (but not of scopes inside) before any of them is resolved: that
 * is what decides whether a name is looked up in the context, taken from outside, or undefined
 * until set.
 */
#include "template/scope.h"

#include <string.h>

#include "template/template.h"

struct function {
	guint slots;
	guint level; /* functions around */
};

struct ref {
	struct function *function;
	guint slot;
};

struct binding {
	enum load_kind kind;
	gboolean parameter;
	struct ref *from;
};

struct symbols {
	struct symbols *parent;
	struct function *function;
	GHashTable *refs;   /* name -> struct ref */
	GHashTable *loads;  /* struct ref -> struct binding */
	GHashTable *stores; /* names */
};

struct frame {
	struct symbols *symbols;
	gboolean toplevel;
	gboolean in_loop; /* what is set here is a loop's own */
	gboolean output_check;
	gboolean rootlevel;
};

struct resolver {
	struct template *t;
	GPtrArray *garbage; /* memory freed at the end */
	gboolean known_extends;
	guint extends;
	GError **error;
};

static gpointer keep(struct resolver *r, gsize size)
{
	gpointer memory = g_malloc0(size);
	g_ptr_array_add(r->garbage, memory);
	return memory;
}

static struct symbols *symbols_new(
	struct resolver *r, struct symbols *parent, struct function *function)
{
	struct symbols *s = keep(r, sizeof *s);
	s->parent = parent;
	s->function = function;
	s->refs = g_hash_table_new(g_str_hash, g_str_equal);
	s->loads = g_hash_table_new(NULL, NULL);
	s->stores = g_hash_table_new(g_str_hash, g_str_equal);
	return s;
}

static void symbols_free(struct symbols *s)
{
	g_hash_table_unref(s->refs);
	g_hash_table_unref(s->loads);
	g_hash_table_unref(s->stores);
}

static void update(GHashTable *into, GHashTable *from)
{
	GHashTableIter iter;
	gpointer key = NULL;
	gpointer item = NULL;
	g_hash_table_iter_init(&iter, from);
	while (g_hash_table_iter_next(&iter, &key, &item)) {
		g_hash_table_insert(into, key, item);
	}
}

static struct symbols *symbols_copy(struct resolver *r, struct symbols *s)
{
	struct symbols *copy = symbols_new(r, s->parent, s->function);
	update(copy->refs, s->refs);
	update(copy->loads, s->loads);
	update(copy->stores, s->stores);
	return copy;
}

static struct ref *find_ref(const struct symbols *s, const char *name)
{
	for (; s != NULL; s = s->parent) {
		struct ref *ref = g_hash_table_lookup(s->refs, name);
		if (ref != NULL) {
			return ref;
		}
	}
	return NULL;
}

static void set_load(struct resolver *r, struct symbols *s, struct ref *ref, enum load_kind kind,
	struct ref *from, gboolean parameter)
{
	struct binding *b = keep(r, sizeof *b);
	*b = (struct binding){ kind, parameter, from };
	g_hash_table_insert(s->loads, ref, b);
}

static struct ref *define(struct resolver *r, struct symbols *s, const char *name,
	enum load_kind kind, struct ref *from, gboolean parameter)
{
	struct ref *ref = keep(r, sizeof *ref);
	ref->function = s->function;
	ref->slot = s->function->slots++;
	g_hash_table_insert(s->refs, (char *)name, ref);
	set_load(r, s, ref, kind, from, parameter);
	return ref;
}

static void load_name(struct resolver *r, struct symbols *s, const char *name)
{
	if (find_ref(s, name) == NULL) {
		define(r, s, name, LOAD_RESOLVE, NULL, FALSE);
	}
}

static void store_name(struct resolver *r, struct symbols *s, const char *name)
{
	g_hash_table_add(s->stores, (char *)name);
	if (g_hash_table_contains(s->refs, name)) {
		return;
	}
	struct ref *outer = s->parent != NULL ? find_ref(s->parent, name) : NULL;
	define(r, s, name, outer != NULL ? LOAD_ALIAS : LOAD_UNDEFINED, outer, FALSE);
}

static struct ref *parameter(struct resolver *r, struct symbols *s, const char *name)
{
	g_hash_table_add(s->stores, (char *)name);
	return define(r, s, name, LOAD_UNDEFINED, NULL, TRUE);
}

/* After the branches of an if: what is set in some of them only may come from outside. */
static void branch_update(struct resolver *r, struct symbols *s, struct symbols *branches[2])
{
	g_autoptr(GHashTable) set = g_hash_table_new(g_str_hash, g_str_equal);
	for (int i = 0; i < 2; i++) {
		GHashTableIter iter;
		gpointer name = NULL;
		g_hash_table_iter_init(&iter, branches[i]->stores);
		while (g_hash_table_iter_next(&iter, &name, NULL)) {
			if (!g_hash_table_contains(s->stores, name)) {
				g_hash_table_add(set, name);
			}
		}
	}
	for (int i = 0; i < 2; i++) {
		update(s->refs, branches[i]->refs);
		update(s->loads, branches[i]->loads);
		update(s->stores, branches[i]->stores);
	}
	GHashTableIter iter;
	gpointer name = NULL;
	g_hash_table_iter_init(&iter, set);
	/* Jinja2 counts the elif branch, which is nearly always empty, as one that does not set. */
	while (g_hash_table_iter_next(&iter, &name, NULL)) {
		struct ref *target = find_ref(s, name);
		struct ref *outer = s->parent != NULL ? find_ref(s->parent, name) : NULL;
		set_load(r, s, target, outer != NULL ? LOAD_ALIAS : LOAD_RESOLVE, outer, FALSE);
	}
}

/* --- first pass: the names of one scope --- */

static void analyze(struct resolver *r, struct symbols **s, const struct node *n);

static void analyze_all(struct resolver *r, struct symbols **s, const struct nodes *nodes)
{
	for (guint i = 0; i < nodes->n; i++) {
		analyze(r, s, nodes->items[i]);
	}
}

static void analyze_arguments(struct resolver *r, struct symbols **s, const struct arguments *a)
{
	analyze_all(r, s, &a->positional);
	analyze_all(r, s, &a->named);
	analyze(r, s, a->star);
	analyze(r, s, a->double_star);
}

static void analyze_target(
	struct resolver *r, struct symbols *s, const struct node *n, gboolean as_parameter)
{
	switch (n->type) {
	case NODE_NAME:
		if (!as_parameter) {
			store_name(r, s, n->name);
		} else {
			parameter(r, s, n->name);
		}
		break;
	case NODE_NAMESPACE:
		load_name(r, s, n->a->name);
		break;
	default:
		for (guint i = 0; i < n->items.n; i++) {
			analyze_target(r, s, n->items.items[i], as_parameter);
		}
		break;
	}
}

/* Two refs of one name in the branches of an if would be two places: make them one first. */
static void analyze_if(struct resolver *r, struct symbols **s, const struct node *n)
{
	analyze(r, s, n->a);
	struct symbols *original = *s;
	struct symbols *branches[2];
	branches[0] = symbols_copy(r, original);
	analyze_all(r, &branches[0], &n->items);
	branches[1] = symbols_copy(r, original);
	/* Names defined by the first branch keep their slots in the second: Jinja2's identifiers
	 * depend on name and level only. */
	GHashTable *known = original->refs;
	GHashTableIter iter;
	gpointer name = NULL;
	gpointer item = NULL;
	struct symbols *second = branches[1];
	analyze_all(r, &second, n->otherwise);
	g_hash_table_iter_init(&iter, branches[0]->refs);
	while (g_hash_table_iter_next(&iter, &name, &item)) {
		struct ref *a = item;
		struct ref *b = g_hash_table_lookup(second->refs, name);
		if (b != NULL && b != a && !g_hash_table_contains(known, name)) {
			struct binding *binding = g_hash_table_lookup(second->loads, b);
			g_hash_table_remove(second->loads, b);
			g_hash_table_insert(second->loads, a, binding);
			g_hash_table_insert(second->refs, name, a);
		}
	}
	branches[1] = second;
	branch_update(r, original, branches);
	symbols_free(branches[0]);
	symbols_free(branches[1]);
	*s = original;
}

static void analyze(struct resolver *r, struct symbols **s, const struct node *n)
{
	if (n == NULL) {
		return;
	}
	switch ((enum node_type)n->type) {
	case NODE_NAME:
		load_name(r, *s, n->name);
		break;
	case NODE_IF:
		analyze_if(r, s, n);
		break;
	case NODE_FOR:
		analyze(r, s, n->b);
		break;
	case NODE_SET:
		analyze(r, s, n->b);
		analyze_target(r, *s, n->a, FALSE);
		break;
	case NODE_SET_BLOCK:
		analyze_target(r, *s, n->a, FALSE);
		break;
	case NODE_MACRO:
		store_name(r, *s, n->name);
		break;
	case NODE_CALL_BLOCK:
	case NODE_FILTER_BLOCK:
		analyze(r, s, n->a);
		break;
	case NODE_WITH:
		analyze(r, s, n->b);
		break;
	case NODE_IMPORT:
		analyze(r, s, n->a);
		store_name(r, *s, n->b->name);
		break;
	case NODE_FROM:
		analyze(r, s, n->a);
		for (guint i = 0; i < n->items.n; i++) {
			store_name(r, *s, n->items.items[i]->name);
		}
		break;
	case NODE_BLOCK:
	case NODE_DATA:
		break;
	case NODE_SCOPE:
		if (n->op == 1) {
			analyze_all(r, s, &n->items);
		}
		break;
	case NODE_CALL:
	case NODE_FILTER:
	case NODE_TEST:
		analyze(r, s, n->a);
		analyze_arguments(r, s, n->arguments);
		break;
	default:
		analyze(r, s, n->a);
		analyze(r, s, n->b);
		analyze(r, s, n->c);
		analyze_all(r, s, &n->items);
		break;
	}
}

/* Whether a body uses one of the special names without a scope of its own hiding it. */
static gboolean mentions_any(const struct nodes *nodes, const char *name);

static gboolean mentions(const struct node *n, const char *name)
{
	if (n == NULL) {
		return FALSE;
	}
	if (n->type == NODE_NAME) {
		return strcmp(n->name, name) == 0;
	}
	if (n->type == NODE_BLOCK || n->type == NODE_DATA) {
		return FALSE;
	}
	if (mentions(n->a, name) || mentions(n->b, name) || mentions(n->c, name) ||
		mentions_any(&n->items, name)) {
		return TRUE;
	}
	if (n->type == NODE_CALL || n->type == NODE_FILTER || n->type == NODE_TEST) {
		return mentions_any(&n->arguments->positional, name) ||
		       mentions_any(&n->arguments->named, name) ||
		       mentions(n->arguments->star, name) ||
		       mentions(n->arguments->double_star, name);
	}
	if (n->type == NODE_IF || n->type == NODE_FOR) {
		return mentions_any(n->otherwise, name);
	}
	if (n->type == NODE_MACRO || n->type == NODE_CALL_BLOCK) {
		return mentions_any(&n->macro->defaults, name);
	}
	return FALSE;
}

static gboolean mentions_any(const struct nodes *nodes, const char *name)
{
	for (guint i = 0; i < nodes->n; i++) {
		if (mentions(nodes->items[i], name)) {
			return TRUE;
		}
	}
	return FALSE;
}

static gboolean has_scoped_block(const struct nodes *nodes)
{
	for (guint i = 0; i < nodes->n; i++) {
		const struct node *n = nodes->items[i];
		if (n->type == NODE_DATA) {
			continue;
		}
		if (n->type == NODE_BLOCK && (n->flags & FLAG_SCOPED)) {
			return TRUE;
		}
		if (has_scoped_block(&n->items) || ((n->type == NODE_IF || n->type == NODE_FOR) &&
							   has_scoped_block(n->otherwise))) {
			return TRUE;
		}
	}
	return FALSE;
}

/* --- second pass: every name gets its place --- */

static void resolve(struct resolver *r, struct frame *f, struct node *n);

static struct place place_of(const struct frame *f, const struct ref *ref)
{
	return (struct place){ (guint16)(f->symbols->function->level - ref->function->level),
		(guint16)ref->slot };
}

static void resolve_all(struct resolver *r, struct frame *f, const struct nodes *nodes)
{
	for (guint i = 0; i < nodes->n; i++) {
		resolve(r, f, nodes->items[i]);
	}
}

static void resolve_arguments(struct resolver *r, struct frame *f, const struct arguments *a)
{
	resolve_all(r, f, &a->positional);
	resolve_all(r, f, &a->named);
	resolve(r, f, a->star);
	resolve(r, f, a->double_star);
}

/* What entering the frame's scope has to do. */
static struct loads *frame_loads(struct resolver *r, const struct frame *f)
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
			load->from = place_of(f, b->from);
		}
	}
	return loads;
}

static struct frame inner(struct resolver *r, const struct frame *f, struct function *function)
{
	struct frame in = { .output_check = f->output_check };
	in.symbols = symbols_new(r, f->symbols, function != NULL ? function : f->symbols->function);
	return in;
}

static void leave(struct frame *f)
{
	symbols_free(f->symbols);
}

static struct function *new_function(struct resolver *r, const struct function *around)
{
	struct function *function = keep(r, sizeof *function);
	function->level = around != NULL ? around->level + 1 : 0;
	return function;
}

/* The variables set in the scopes around, for includes and scoped blocks. */
static struct visible *dump(struct resolver *r, const struct frame *f)
{
	g_autoptr(GHashTable) names = g_hash_table_new(g_str_hash, g_str_equal);
	for (const struct symbols *s = f->symbols; s != NULL; s = s->parent) {
		update(names, s->stores);
	}
	struct visible *visible = template_allocate(r->t, sizeof *visible);
	guint size = g_hash_table_size(names);
	visible->items = template_allocate(r->t, MAX(size, 1) * sizeof *visible->items);
	GHashTableIter iter;
	gpointer name = NULL;
	g_hash_table_iter_init(&iter, names);
	while (g_hash_table_iter_next(&iter, &name, NULL)) {
		struct ref *ref = find_ref(f->symbols, name);
		if (ref != NULL) {
			visible->items[visible->n].name = template_intern(r->t, name);
			visible->items[visible->n].place = place_of(f, ref);
			visible->n++;
		}
	}
	return visible;
}

static void resolve_target(struct resolver *r, struct frame *f, struct node *n)
{
	if (n->type == NODE_NAME) {
		n->place = place_of(f, find_ref(f->symbols, n->name));
		n->flags |= f->toplevel ? FLAG_TOPLEVEL : 0;
	} else if (n->type == NODE_NAMESPACE) {
		resolve(r, f, n->a);
	} else {
		for (guint i = 0; i < n->items.n; i++) {
			resolve_target(r, f, n->items.items[i]);
		}
	}
}

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
		if (n->type != NODE_BLOCK && n->type != NODE_MACRO && n->type != NODE_DATA) {
			check_loop_stores(r, &n->items);
		}
		if (n->type == NODE_IF || n->type == NODE_FOR) {
			check_loop_stores(r, n->otherwise);
		}
	}
}

static void share_target(struct frame *to, const struct frame *from, const struct node *n)
{
	if (n->type == NODE_NAME) {
		gpointer ref = g_hash_table_lookup(from->symbols->refs, n->name);
		g_hash_table_insert(to->symbols->refs, (char *)n->name, ref);
	}
	for (guint i = 0; i < n->items.n; i++) {
		share_target(to, from, n->items.items[i]);
	}
}

static void resolve_for(struct resolver *r, struct frame *f, struct node *n)
{
	gboolean extended = (n->flags & FLAG_RECURSIVE) || mentions_any(&n->items, "loop") ||
			    has_scoped_block(&n->items);
	struct function *function =
		(n->flags & FLAG_RECURSIVE) ? new_function(r, f->symbols->function) : NULL;
	struct frame loop = inner(r, f, function);
	struct frame test = inner(r, f, function);
	struct frame otherwise = inner(r, f, function);
	if (extended) {
		n->flags |= FLAG_LOOP;
		n->place.slot = (guint16)parameter(r, loop.symbols, "loop")->slot;
		check_special(r, n->a, "loop");
		check_loop_stores(r, &n->items);
	}
	analyze_target(r, loop.symbols, n->a, TRUE);
	analyze_all(r, &loop.symbols, &n->items);
	analyze_all(r, &otherwise.symbols, n->otherwise);
	/* The filter sees the targets, but not the loop's own `loop` or what its body sets. It has
	 * run before the body does, so the targets share their slots. */
	share_target(&test, &loop, n->a);
	analyze(r, &test.symbols, n->c);
	resolve(r, f, n->b);
	resolve(r, &test, n->c);
	n->loads3 = frame_loads(r, &test);
	resolve_target(r, &loop, n->a);
	resolve_all(r, &loop, &n->items);
	resolve_all(r, &otherwise, n->otherwise);
	n->loads = frame_loads(r, &loop);
	n->loads2 = frame_loads(r, &otherwise);
	n->slots = function != NULL ? function->slots : 0;
	leave(&loop);
	leave(&test);
	leave(&otherwise);
}

static gboolean has_parameter(const struct macro_shape *shape, const char *name)
{
	gboolean has = FALSE;
	for (guint i = 0; i < shape->parameters.n && !has; i++) {
		has = strcmp(shape->parameters.items[i]->name, name) == 0;
	}
	return has;
}

static void resolve_macro(struct resolver *r, struct frame *f, struct node *n)
{
	struct function *function = new_function(r, f->symbols->function);
	struct frame in = inner(r, f, function);
	struct macro_shape *shape = n->macro;
	in.output_check = FALSE;
	for (guint i = 0; i < shape->parameters.n; i++) {
		parameter(r, in.symbols, shape->parameters.items[i]->name);
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
		if (own || !mentions_any(&n->items, specials[i].name)) {
			continue;
		}
		n->flags |= specials[i].flag;
		if (i > 0 || !(n->flags & FLAG_EXPLICIT_CALLER)) {
			places[i]->slot = (guint16)parameter(r, in.symbols, specials[i].name)->slot;
		}
	}
	analyze_all(r, &in.symbols, &shape->defaults);
	analyze_all(r, &in.symbols, &n->items);
	for (guint i = 0; i < shape->parameters.n; i++) {
		resolve_target(r, &in, shape->parameters.items[i]);
	}
	resolve_all(r, &in, &shape->defaults);
	resolve_all(r, &in, &n->items);
	n->loads = frame_loads(r, &in);
	n->slots = function->slots;
	leave(&in);
}

/* with, filter block, set block, autoescape: a scope inside the same function */
static void resolve_scope(struct resolver *r, struct frame *f, struct node *n)
{
	struct frame in = inner(r, f, NULL);
	if (n->type == NODE_WITH) {
		for (guint i = 0; i < n->a->items.n; i++) {
			analyze_target(r, in.symbols, n->a->items.items[i], TRUE);
		}
		resolve(r, f, n->b);
	}
	if (n->type == NODE_SET_BLOCK) {
		in.output_check = FALSE;
		resolve_target(r, f, n->a);
		analyze(r, &in.symbols, n->b);
	}
	if (n->type == NODE_FILTER_BLOCK) {
		analyze(r, &in.symbols, n->a);
	}
	analyze_all(r, &in.symbols, &n->items);
	if (n->type == NODE_WITH) {
		for (guint i = 0; i < n->a->items.n; i++) {
			resolve_target(r, &in, n->a->items.items[i]);
		}
	} else if (n->type == NODE_FILTER_BLOCK) {
		resolve(r, &in, n->a);
	} else if (n->type == NODE_SET_BLOCK) {
		resolve(r, &in, n->b);
	}
	resolve_all(r, &in, &n->items);
	n->loads = frame_loads(r, &in);
	leave(&in);
}

/* What is printed depends on whether the template extends another. */
static void mark_output(struct resolver *r, const struct frame *f, struct node *n)
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

static void resolve_extends(struct resolver *r, struct frame *f, struct node *n)
{
	struct position at = { r->t->name, n->line, n->column };
	if (!f->toplevel && *r->error == NULL) {
		error_set_at(r->error, SUTLER_ERROR_USAGE, at,
			"'extends' works only at the top level of a template");
	}
	resolve(r, f, n->a);
	if (f->rootlevel) {
		r->known_extends = TRUE;
	}
	r->extends++;
}

static void resolve(struct resolver *r, struct frame *f, struct node *n)
{
	if (n == NULL) {
		return;
	}
	switch ((enum node_type)n->type) {
	case NODE_NAME: {
		struct ref *ref = find_ref(f->symbols, n->name);
		if (ref != NULL) {
			n->place = place_of(f, ref);
		}
		break;
	}
	case NODE_DATA:
		mark_output(r, f, n);
		break;
	case NODE_OUTPUT:
		mark_output(r, f, n);
		resolve(r, f, n->a);
		break;
	case NODE_IF: {
		struct frame soft = *f;
		soft.rootlevel = FALSE;
		resolve(r, f, n->a);
		resolve_all(r, &soft, &n->items);
		resolve_all(r, &soft, n->otherwise);
		f->symbols = soft.symbols;
		break;
	}
	case NODE_FOR:
		mark_output(r, f, n);
		n->flags &= (guint16) ~(FLAG_EXTENDED | FLAG_CHECK_PARENT);
		resolve_for(r, f, n);
		break;
	case NODE_SET:
		resolve(r, f, n->b);
		resolve_target(r, f, n->a);
		break;
	case NODE_MACRO:
		resolve_macro(r, f, n);
		resolve_target(r, f, n->a);
		break;
	case NODE_CALL_BLOCK:
		mark_output(r, f, n);
		resolve_macro(r, f, n);
		resolve(r, f, n->a);
		break;
	case NODE_FILTER_BLOCK:
		mark_output(r, f, n);
		resolve_scope(r, f, n);
		break;
	case NODE_WITH:
	case NODE_SET_BLOCK:
		resolve_scope(r, f, n);
		break;
	case NODE_SCOPE:
		if (n->op == 1) {
			resolve_all(r, f, &n->items);
		} else {
			resolve_scope(r, f, n);
		}
		break;
	case NODE_INCLUDE:
		mark_output(r, f, n);
		resolve(r, f, n->a);
		n->visible = dump(r, f);
		break;
	case NODE_IMPORT:
		resolve(r, f, n->a);
		resolve_target(r, f, n->b);
		n->visible = dump(r, f);
		break;
	case NODE_FROM:
		resolve(r, f, n->a);
		for (guint i = 0; i < n->items.n; i++) {
			resolve_target(r, f, n->items.items[i]);
		}
		n->visible = dump(r, f);
		break;
	case NODE_EXTENDS:
		resolve_extends(r, f, n);
		break;
	case NODE_BLOCK:
		if (f->toplevel && r->known_extends) {
			n->flags |= FLAG_EXTENDED;
		} else if (f->toplevel && r->extends > 0) {
			n->flags |= FLAG_CHECK_PARENT;
		}
		n->visible = (n->flags & FLAG_SCOPED) ? dump(r, f) : NULL;
		break;
	case NODE_CALL:
	case NODE_FILTER:
	case NODE_TEST:
		resolve(r, f, n->a);
		resolve_arguments(r, f, n->arguments);
		break;
	default:
		resolve(r, f, n->a);
		resolve(r, f, n->b);
		resolve(r, f, n->c);
		resolve_all(r, f, &n->items);
		break;
	}
}

static void resolve_root(struct resolver *r)
{
	struct function *function = new_function(r, NULL);
	struct frame f = { .toplevel = TRUE, .rootlevel = TRUE, .output_check = TRUE };
	f.symbols = symbols_new(r, NULL, function);
	if (mentions_any(&r->t->body, "self")) {
		r->t->has_self = TRUE;
		r->t->self.slot = (guint16)parameter(r, f.symbols, "self")->slot;
	}
	analyze_all(r, &f.symbols, &r->t->body);
	resolve_all(r, &f, &r->t->body);
	r->t->loads = *frame_loads(r, &f);
	r->t->slots = function->slots;
	leave(&f);
}

/* A block is a function of its own: it sees the context, not the variables around it. */
static void resolve_block(struct resolver *r, struct node *n)
{
	struct function *function = new_function(r, NULL);
	struct frame f = { 0 };
	f.symbols = symbols_new(r, NULL, function);
	n->macro = template_allocate(r->t, sizeof *n->macro);
	if (mentions_any(&n->items, "self")) {
		n->flags |= FLAG_KWARGS;
		n->macro->kwargs.slot = (guint16)parameter(r, f.symbols, "self")->slot;
	}
	if (mentions_any(&n->items, "super")) {
		n->flags |= FLAG_CALLER;
		n->macro->caller.slot = (guint16)parameter(r, f.symbols, "super")->slot;
	}
	analyze_all(r, &f.symbols, &n->items);
	resolve_all(r, &f, &n->items);
	n->loads2 = frame_loads(r, &f);
	n->slots = function->slots;
	leave(&f);
}

gboolean scope_resolve(struct template *t, GError **error)
{
	struct resolver r = { .t = t, .error = error };
	r.garbage = g_ptr_array_new_with_free_func(g_free);
	resolve_root(&r);
	GHashTableIter iter;
	gpointer block = NULL;
	g_hash_table_iter_init(&iter, t->blocks);
	while (g_hash_table_iter_next(&iter, NULL, &block)) {
		r.known_extends = FALSE;
		r.extends = 0;
		resolve_block(&r, block);
	}
	g_ptr_array_unref(r.garbage);
	return *error == NULL;
}
