/* Running loops. */
#include "jinja/engine/evaluate.h"
#include "jinja/engine/frame.h"
#include "jinja/engine/objects.h"
#include "jinja/syntax/limits.h"

static gboolean count_iteration(struct jinja_evaluation *e)
{
	if (++e->shared->iterations <= LIMIT_ITERATIONS) {
		return TRUE;
	}
	jinja_fail(e, SUTLER_ERROR_LIMIT, "loops run more than %d times in all", LIMIT_ITERATIONS);
	return FALSE;
}

/* The items for which the loop's `if` holds. New reference. */
static value *filtered(struct jinja_evaluation *e, const struct node *n, value *items)
{
	g_autoptr(value) kept = value_new_list();
	gsize length = sequence_length(items);
	for (gsize i = 0; i < length; i++) {
		g_autoptr(value) item = sequence_get(items, i);
		if (!count_iteration(e)) {
			return NULL;
		}
		scope_enter(e, n->loads3);
		if (!assign(e, n->a, value_ref(item))) {
			return NULL;
		}
		int is = evaluate_truth(e, n->c);
		if (is < 0) {
			return NULL;
		}
		if (is > 0) {
			value_list_append(kept, g_steal_pointer(&item));
		}
	}
	return g_steal_pointer(&kept);
}

/* The i-th item to the loop's target, which is nearly always a single name. */
static inline gboolean set_target(
	struct jinja_evaluation *e, const struct node *target, const value *items, gsize i)
{
	if (target->type == NODE_NAME && !(target->flags & FLAG_TOPLEVEL) &&
		value_is(items, VALUE_LIST)) {
		e->at = target;
		frame_assign(e->frame, target->place, value_ref(value_list_get(items, i)));
		return TRUE;
	}
	return assign(e, target, sequence_get(items, i));
}

/* *completed: a round went through to its end, so that the else branch is not for it. Jinja2 runs
 * else also when every round was cut short by break or continue. */
static gboolean run_rounds(struct jinja_evaluation *e, const struct node *n, value *items,
	struct loop *state, gboolean *completed)
{
	/* The length is read again: the body may append to what it goes through. */
	for (gsize i = 0; i < sequence_length(items); i++) {
		if (!count_iteration(e)) {
			return FALSE;
		}
		if (state != NULL) {
			state->index0 = i;
		}
		scope_enter(e, n->loads);
		if (!set_target(e, n->a, items, i)) {
			return FALSE;
		}
		if (!render_nodes(e, &n->items)) {
			if (e->loop_control == 0) {
				return FALSE;
			}
			gboolean leave = e->loop_control == NODE_BREAK;
			e->loop_control = 0;
			if (leave) {
				break;
			}
			continue;
		}
		*completed = TRUE;
	}
	return TRUE;
}

/* The `loop` of a loop that begins: one that ended before, if there is one. */
static value *loop_begin(
	struct jinja_evaluation *e, const struct node *n, value *items, guint depth0)
{
	value *loop = g_steal_pointer(&e->shared->spare_loop);
	struct loop *state = loop != NULL ? value_object_data(loop) : g_new(struct loop, 1);
	*state = (struct loop){ .node = (n->flags & FLAG_RECURSIVE) ? n : NULL,
		.parent = e->frame->parent,
		.context = e->context,
		.t = e->t,
		.items = value_ref(items),
		.length = sequence_length(items),
		.depth0 = depth0 };
	return loop != NULL ? loop : value_new_object(&loop_class, state);
}

/* Keeps loop for the next one, unless something still refers to it. Takes loop. */
static void loop_end(struct jinja_evaluation *e, value *loop)
{
	struct loop *state = value_object_data(loop);
	if (value_is_shared(loop) || e->shared->spare_loop != NULL) {
		value_unref(loop);
		return;
	}
	value_clear(&state->items);
	value_clear(&state->last_changed);
	e->shared->spare_loop = loop;
}

static gboolean loop_over(struct jinja_evaluation *e, const struct node *n, value *items,
	guint depth0, gboolean *completed)
{
	struct loop *state = NULL;
	value *loop = NULL;
	if (n->flags & FLAG_LOOP) {
		loop = loop_begin(e, n, items, depth0);
		state = value_object_data(loop);
		frame_set(e->frame, n->place, value_ref(loop));
	}
	gboolean ok = run_rounds(e, n, items, state, completed);
	if (loop != NULL) {
		frame_set(e->frame, n->place, NULL);
		loop_end(e, loop);
	}
	return ok;
}
static gboolean loop_body(
	struct jinja_evaluation *e, const struct node *n, const value *over, guint depth0)
{
	e->at = n->b;
	if (undefined_of(over) != NULL && !undefined_of(over)->lenient) {
		jinja_fail_undefined(e, over);
		return FALSE;
	}
	g_autoptr(value) items = iterate(e, over);
	if (items == NULL) {
		jinja_fail_usage(e, "'%s' object is not iterable", value_type_name(over));
		return FALSE;
	}
	if (n->c != NULL) {
		value *kept = filtered(e, n, items);
		value_unref(items);
		items = kept;
		if (items == NULL) {
			return FALSE;
		}
	}
	gboolean completed = FALSE;
	if (sequence_length(items) > 0 && !loop_over(e, n, items, depth0, &completed)) {
		return FALSE;
	}
	if (n->otherwise->n == 0 || completed) {
		return TRUE;
	}
	scope_enter(e, n->loads2);
	return render_nodes(e, n->otherwise);
}

/* loop(items) of a recursive loop, or its first round. */
gboolean loop_recurse(struct jinja_evaluation *e, const struct node *n, struct activation *parent,
	const value *over, guint depth0)
{
	if (!recursion_enter(e, "recursive loops")) {
		return FALSE;
	}
	struct activation *around = e->frame;
	e->frame = activation_new(n->slots, parent);
	gboolean ok = loop_body(e, n, over, depth0);
	activation_leave(e, e->frame);
	e->frame = around;
	recursion_leave(e);
	return ok;
}

gboolean render_for(struct jinja_evaluation *e, const struct node *n)
{
	g_autoptr(value) over = evaluate(e, n->b);
	if (over == NULL) {
		return FALSE;
	}
	if (n->flags & FLAG_RECURSIVE) {
		return loop_recurse(e, n, e->frame, over, 0);
	}
	return loop_body(e, n, over, 0);
}
