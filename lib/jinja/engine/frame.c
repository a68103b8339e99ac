/* What a running template stands on: slots of variables, contexts, and what evaluations share. */
#include "jinja/engine/frame.h"

#include <string.h>

#include "jinja/syntax/limits.h"

char frame_unresolved;

/* --- frames --- */

struct activation *activation_new(guint slots, struct activation *parent)
{
	struct activation *a = g_malloc(sizeof *a + slots * sizeof(value *));
	memset(a->slots, 0, slots * sizeof(value *));
	a->n = slots;
	a->captured = FALSE;
	a->parent = parent;
	return a;
}

static void activation_free(struct activation *a)
{
	for (guint i = 0; i < a->n; i++) {
		if (a->slots[i] != FRAME_UNRESOLVED) {
			value_unref(a->slots[i]);
		}
	}
	g_free(a);
}

void activation_capture(struct activation *a)
{
	for (; a != NULL && !a->captured; a = a->parent) {
		a->captured = TRUE;
	}
}

void activation_leave(struct jinja_evaluation *e, struct activation *a)
{
	if (a->captured) {
		a->next = e->shared->captured;
		e->shared->captured = a;
	} else {
		activation_free(a);
	}
}

void scope_load(struct jinja_evaluation *e, const struct loads *loads)
{
	for (guint i = 0; i < loads->n; i++) {
		const struct load *load = &loads->items[i];
		struct place place = { 0, load->slot };
		value *v = NULL;
		if (load->kind == LOAD_RESOLVE) {
			v = FRAME_UNRESOLVED;
		} else if (load->kind == LOAD_ALIAS) {
			v = *frame_slot(e->frame, load->from);
			if (v != NULL && v != FRAME_UNRESOLVED) {
				value_ref(v);
			}
		}
		frame_set(e->frame, place, v);
	}
}

/* --- contexts --- */

static void context_free(struct context *c)
{
	g_clear_pointer(&c->variables, g_hash_table_unref);
	g_clear_pointer(&c->locals, g_hash_table_unref);
	g_clear_pointer(&c->blocks, g_hash_table_unref);
	g_free(c);
}

GHashTable *name_table(void)
{
	return g_hash_table_new_full(g_str_hash, g_str_equal, g_free, (GDestroyNotify)value_unref);
}

void context_add_blocks(struct context *c, struct jinja_template *t)
{
	GHashTableIter iter;
	gpointer name = NULL;
	gpointer node = NULL;
	if (t->blocks == NULL) {
		return;
	}
	if (c->blocks == NULL) {
		c->blocks = g_hash_table_new_full(
			g_str_hash, g_str_equal, NULL, (GDestroyNotify)g_ptr_array_unref);
	}
	g_hash_table_iter_init(&iter, t->blocks);
	while (g_hash_table_iter_next(&iter, &name, &node)) {
		GPtrArray *list = g_hash_table_lookup(c->blocks, name);
		if (list == NULL) {
			list = g_ptr_array_new_with_free_func(g_free);
			g_hash_table_insert(c->blocks, name, list);
		}
		struct block *block = g_new(struct block, 1);
		*block = (struct block){ node, t };
		g_ptr_array_add(list, block);
	}
}

GPtrArray *context_blocks(const struct context *c, const char *name)
{
	return c->blocks != NULL ? g_hash_table_lookup(c->blocks, name) : NULL;
}

void context_export(struct context *c, const char *name, const value *v)
{
	if (c->variables == NULL) {
		c->variables = name_table();
	}
	g_hash_table_insert(c->variables, g_strdup(name), value_ref(v));
}

struct context *context_new(struct jinja_evaluation *e, struct jinja_template *t)
{
	struct context *c = g_new0(struct context, 1);
	c->t = t;
	context_add_blocks(c, t);
	c->next = e->shared->contexts;
	e->shared->contexts = c;
	return c;
}

/* --- what evaluations share --- */

void shared_finish(struct shared *shared)
{
	g_clear_pointer(&shared->levels, g_hash_table_unref);
	value_clear(&shared->spare_loop);
	while (shared->captured != NULL) {
		struct activation *a = shared->captured;
		shared->captured = a->next;
		activation_free(a);
	}
	while (shared->contexts != NULL) {
		struct context *c = shared->contexts;
		shared->contexts = c->next;
		context_free(c);
	}
	g_clear_pointer(&shared->variables, g_hash_table_unref);
	g_clear_pointer(&shared->templates, g_hash_table_unref);
}

void shared_mutates(struct shared *shared, const struct jinja_template *t)
{
	if (t->mutates && !shared->mutates) {
		shared->mutates = TRUE;
		g_clear_pointer(&shared->variables, g_hash_table_unref);
	}
}

void evaluation_begin(struct jinja_evaluation *e)
{
	e->out = g_string_sized_new((gsize)g_atomic_int_get(&e->t->expected) + 1);
	e->context = context_new(e, e->t);
	shared_mutates(e->shared, e->t);
	if (e->t->single) {
		e->frame = activation_new(e->t->slots, NULL);
		scope_enter(e, &e->t->loads);
		if (e->t->has_self) {
			frame_set(e->frame, e->t->self, self_new(e->context));
		}
	}
}

void evaluation_end(struct jinja_evaluation *e)
{
	if (e->t->single && e->frame != NULL) {
		activation_leave(e, e->frame);
	}
	if (e->out != NULL) {
		g_string_free(e->out, TRUE);
	}
}

gboolean recursion_enter(struct jinja_evaluation *e, const char *what)
{
	if (++e->shared->depth <= LIMIT_RECURSION) {
		return TRUE;
	}
	jinja_fail(e, SUTLER_ERROR_LIMIT, "%s call each other deeper than %d levels", what,
		LIMIT_RECURSION);
	return FALSE;
}

void recursion_leave(struct jinja_evaluation *e)
{
	e->shared->depth--;
}
