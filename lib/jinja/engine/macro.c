/* Calling macros: arguments to parameters, then the body. */
#include "jinja/engine/autoescape.h"
#include "jinja/engine/frame.h"
#include "jinja/engine/objects.h"

struct binding {
	struct jinja_evaluation *e;
	const struct node *n;
	value *const *positional;
	guint n_positional;
	value *named; /* a copy: what was used is taken out */
};

/* A named argument, taken out; NULL when not given. New reference. */
static value *take(value *named, const char *name)
{
	value *v = named != NULL ? value_dict_get(named, name) : NULL;
	if (v == NULL) {
		return NULL;
	}
	value_ref(v);
	g_autoptr(value) key = value_new_string(name);
	value_dict_remove(named, key);
	return v;
}

static gboolean set_parameter(struct binding *b, guint i)
{
	const struct macro_shape *shape = b->n->macro;
	struct node *parameter = shape->parameters.items[i];
	value *v = NULL;
	if (i < b->n_positional) {
		v = value_ref(b->positional[i]);
	} else {
		v = take(b->named, parameter->name);
	}
	frame_assign(b->e->frame, parameter->place, v);
	return TRUE;
}

/* Defaults are evaluated in order, each may use the parameters before it. */
static gboolean set_default(struct binding *b, guint i)
{
	const struct macro_shape *shape = b->n->macro;
	struct node *parameter = shape->parameters.items[i];
	if (*frame_slot(b->e->frame, parameter->place) != NULL) {
		return TRUE;
	}
	value *v = NULL;
	guint first = shape->parameters.n - shape->defaults.n;
	if (i >= first) {
		v = evaluate(b->e, shape->defaults.items[i - first]);
	} else {
		g_autofree char *why =
			g_strdup_printf("parameter '%s' was not provided", parameter->name);
		v = undefined_new(NULL, why, NULL);
	}
	if (v == NULL) {
		return FALSE;
	}
	frame_assign(b->e->frame, parameter->place, v);
	return TRUE;
}

static gboolean bind_rest(struct binding *b)
{
	const struct macro_shape *shape = b->n->macro;
	if ((b->n->flags & FLAG_CALLER) && !(b->n->flags & FLAG_EXPLICIT_CALLER)) {
		value *caller = take(b->named, "caller");
		frame_set(b->e->frame, shape->caller,
			caller != NULL ? caller : undefined_new(NULL, "no caller defined", NULL));
	}
	if (b->n->flags & FLAG_KWARGS) {
		frame_set(b->e->frame, shape->kwargs,
			b->named != NULL ? value_ref(b->named) : value_new_dict());
	} else if (b->named != NULL && value_dict_length(b->named) > 0) {
		g_autofree char *key = value_to_string(value_dict_key_at(b->named, 0));
		jinja_fail_usage(b->e, "macro '%s' does not accept the keyword argument '%s'",
			b->n->name, key);
		return FALSE;
	}
	if (b->n->flags & FLAG_VARARGS) {
		value *rest = value_new_tuple();
		for (guint i = shape->parameters.n; i < b->n_positional; i++) {
			value_list_append(rest, value_ref(b->positional[i]));
		}
		frame_set(b->e->frame, shape->varargs, rest);
	} else if (b->n_positional > shape->parameters.n) {
		jinja_fail_usage(b->e, "macro '%s' accepts at most %u argument(s), got %u",
			b->n->name, shape->parameters.n, b->n_positional);
		return FALSE;
	}
	return TRUE;
}

static gboolean bind(struct binding *b)
{
	const struct macro_shape *shape = b->n->macro;
	for (guint i = 0; i < shape->parameters.n; i++) {
		if (!set_parameter(b, i)) {
			return FALSE;
		}
	}
	if (!bind_rest(b)) {
		return FALSE;
	}
	scope_enter(b->e, b->n->loads);
	for (guint i = 0; i < shape->parameters.n; i++) {
		if (!set_default(b, i)) {
			return FALSE;
		}
	}
	return TRUE;
}

value *macro_call(
	struct jinja_evaluation *e, gpointer data, value *const *positional, guint n, value *named)
{
	const struct macro *m = data;
	if (!recursion_enter(e, "macros")) {
		return NULL;
	}
	struct jinja_evaluation saved = *e;
	g_autoptr(value) rest = NULL;
	if (named != NULL) {
		rest = value_new_dict();
		value_dict_update(rest, named);
	}
	struct binding b = { e, m->node, positional, n, rest };
	guint flags = 0;
	e->frame = activation_new(m->node->slots, m->parent);
	gboolean ok = bind(&b);
	e->t = m->t;
	e->context = m->context;
	e->base = m->base;
	GString *before = capture_begin(e, &flags);
	if (ok) {
		(void)render_nodes(e, &m->node->items);
	}
	value *v = capture_end(e, before, flags);
	activation_leave(e, e->frame);
	e->frame = saved.frame;
	e->t = saved.t;
	e->context = saved.context;
	e->base = saved.base;
	recursion_leave(e);
	return autoescape_mark(e->context, v);
}
