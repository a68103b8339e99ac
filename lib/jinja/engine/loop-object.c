/* `loop` inside a loop: its numbers, neighbours and methods, and calling it to recurse. */
#include "jinja/engine/objects.h"

#include "jinja/engine/frame.h"
#include "jinja/engine/operators.h"

static void loop_free(gpointer data)
{
	struct loop *l = data;
	value_unref(l->items);
	value_unref(l->last_changed);
	g_free(l);
}

static gssize loop_length(gpointer data)
{
	return (gssize)((struct loop *)data)->length;
}

static value *loop_cycle(struct jinja_call *call)
{
	const struct loop *l = value_object_data(call->input);
	if (call->n_extra == 0) {
		return jinja_fail_usage(call->e, "no items for cycling given");
	}
	return value_ref(call->extra[l->index0 % call->n_extra]);
}

static value *loop_changed(struct jinja_call *call)
{
	struct loop *l = value_object_data(call->input);
	g_autoptr(value) now = value_new_tuple();
	for (guint i = 0; i < call->n_extra; i++) {
		value_list_append(now, value_ref(call->extra[i]));
	}
	int same = l->last_changed != NULL ? same_value(call->e, l->last_changed, now) : FALSE;
	if (same != FALSE) {
		return same < 0 ? NULL : value_new_bool(FALSE);
	}
	value_unref(l->last_changed);
	l->last_changed = g_steal_pointer(&now);
	return value_new_bool(TRUE);
}

static const struct jinja_method loop_methods[] = {
	{ "changed", "*", loop_changed },
	{ "cycle", "*", loop_cycle },
};

const value *loop_attribute(const value *v, guint attribute, value *space)
{
	const struct loop *l = value_object_data(v);
	gint64 index0 = (gint64)l->index0;
	gint64 length = (gint64)l->length;
	switch ((enum loop_attribute)attribute) {
	case LOOP_DEPTH:
		return value_local_int(space, (gint64)l->depth0 + 1);
	case LOOP_DEPTH0:
		return value_local_int(space, (gint64)l->depth0);
	case LOOP_FIRST:
		return value_local_bool(space, index0 == 0);
	case LOOP_INDEX:
		return value_local_int(space, index0 + 1);
	case LOOP_INDEX0:
		return value_local_int(space, index0);
	case LOOP_LAST:
		return value_local_bool(space, l->index0 + 1 >= sequence_length(l->items));
	case LOOP_LENGTH:
		return value_local_int(space, length);
	case LOOP_REVINDEX:
		return value_local_int(space, length - index0);
	default:
		return value_local_int(space, length - index0 - 1);
	}
}

static value *loop_get(struct jinja_evaluation *e, const value *v, const char *name)
{
	(void)e;
	struct loop *l = value_object_data(v);
	guint attribute = loop_attribute_find(name);
	if (attribute != 0) {
		value space;
		return value_boxed(loop_attribute(v, attribute, &space));
	}
	if (strcmp(name, "previtem") == 0) {
		return l->index0 == 0 ? undefined_new(NULL, "there is no previous item", NULL)
				      : sequence_get(l->items, l->index0 - 1);
	}
	if (strcmp(name, "nextitem") == 0) {
		return l->index0 + 1 >= sequence_length(l->items)
			       ? undefined_new(NULL, "there is no next item", NULL)
			       : sequence_get(l->items, l->index0 + 1);
	}
	for (gsize i = 0; i < G_N_ELEMENTS(loop_methods); i++) {
		if (strcmp(name, loop_methods[i].name) == 0) {
			return bound_new(v, &loop_methods[i]);
		}
	}
	return NULL;
}

static value *loop_call(
	struct jinja_evaluation *e, value *callee, value *const *positional, guint n, value *named)
{
	(void)named;
	const struct loop *l = value_object_data(callee);
	if (l->node == NULL) {
		return jinja_fail_usage(
			e, "the loop must have the 'recursive' marker to be called recursively");
	}
	if (n != 1) {
		return jinja_fail_usage(e, "loop() takes the items to go through");
	}
	struct jinja_evaluation saved = *e;
	guint flags = 0;
	GString *before = capture_begin(e, &flags);
	e->t = l->t;
	e->context = l->context;
	(void)loop_recurse(e, l->node, l->parent, positional[0], l->depth0 + 1);
	e->t = saved.t;
	e->context = saved.context;
	return capture_end(e, before, flags);
}

static const struct object_verbs loop_verbs = { .attribute = loop_get, .call = loop_call };

const struct object_class loop_class = { .type_name = "LoopContext",
	.finalize = loop_free,
	.length = loop_length,
	.verbs = &loop_verbs };
