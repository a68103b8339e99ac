/* Running statements. */
#include "jinja/engine/autoescape.h"
#include "jinja/engine/block.h"
#include "jinja/engine/evaluate.h"
#include "jinja/engine/frame.h"
#include "jinja/engine/loader.h"
#include "jinja/engine/objects.h"
#include "jinja/engine/operators.h"
#include "jinja/engine/output.h"
#include "jinja/syntax/limits.h"

/* --- assignment --- */

static gboolean unpack(struct jinja_evaluation *e, const struct node *target, value *v)
{
	g_autoptr(value) held = v;
	g_autoptr(value) items = iterate(e, held);
	if (items == NULL) {
		if (e->error == NULL) {
			jinja_fail_usage(e, "cannot unpack a value of type %s", value_type_name(v));
		}
		return FALSE;
	}
	gsize length = sequence_length(items);
	if (length != target->items.n) {
		jinja_fail_usage(e, "%s values to unpack: expected %u, got %" G_GSIZE_FORMAT,
			length < target->items.n ? "not enough" : "too many", target->items.n,
			length);
		return FALSE;
	}
	for (gsize i = 0; i < length; i++) {
		if (!assign(e, target->items.items[i], sequence_get(items, i))) {
			return FALSE;
		}
	}
	return TRUE;
}

static gboolean assign_attribute(struct jinja_evaluation *e, const struct node *target, value *v)
{
	g_autoptr(value) held = v;
	g_autoptr(value) keep = NULL;
	const value *of = evaluate_borrow(e, target->a, &keep);
	if (of == NULL) {
		return FALSE;
	}
	value *dict = value_object(of, &namespace_class);
	e->at = target;
	if (dict == NULL) {
		if (undefined_of(of) != NULL) {
			jinja_fail_undefined(e, of);
		} else {
			jinja_fail_usage(e, "cannot assign attribute on non-namespace object");
		}
		return FALSE;
	}
	if (!check_depth(e, v) || !namespace_accepts(e, of, v)) {
		return FALSE;
	}
	value_dict_set_value(dict, value_ref(target->value), g_steal_pointer(&held));
	return TRUE;
}

gboolean assign(struct jinja_evaluation *e, const struct node *target, value *v)
{
	e->at = target;
	if (target->type == NODE_TUPLE) {
		return unpack(e, target, v);
	}
	if (target->type == NODE_NAMESPACE) {
		return assign_attribute(e, target, v);
	}
	frame_assign(e->frame, target->place, v);
	if (target->flags & FLAG_TOPLEVEL) {
		context_export(e->context, target->name, *frame_slot(e->frame, target->place));
	}
	return TRUE;
}

/* --- macros and scopes --- */

static value *macro_new(struct jinja_evaluation *e, const struct node *n)
{
	struct macro *m = g_new0(struct macro, 1);
	activation_capture(e->frame);
	*m = (struct macro){ n, e->frame, e->context, e->t, e->base };
	return value_new_object(&macro_class, m);
}

static gboolean call_block(struct jinja_evaluation *e, const struct node *n)
{
	g_autoptr(value) caller = macro_new(e, n);
	g_autoptr(value) v = evaluate_call_with_caller(e, n->a, caller);
	return v != NULL && output_value(e, v);
}

static value *captured_body(struct jinja_evaluation *e, const struct node *n)
{
	guint flags = 0;
	GString *before = capture_begin(e, &flags);
	(void)render_nodes(e, &n->items);
	return capture_end(e, before, flags);
}

static value *filtered_body(
	struct jinja_evaluation *e, const struct node *n, const struct node *filter)
{
	g_autoptr(value) body = captured_body(e, n);
	if (body == NULL || e->loop_control != 0 || filter == NULL) {
		return g_steal_pointer(&body);
	}
	body = autoescape_mark(e->context, g_steal_pointer(&body));
	value *before = e->filter_input;
	e->filter_input = body;
	value *v = evaluate(e, filter);
	e->filter_input = before;
	return v;
}

static gboolean filter_block(struct jinja_evaluation *e, const struct node *n)
{
	scope_enter(e, n->loads);
	g_autoptr(value) v = filtered_body(e, n, n->a);
	return v != NULL && e->loop_control == 0 && output_value(e, v);
}

static gboolean set_block(struct jinja_evaluation *e, const struct node *n)
{
	scope_enter(e, n->loads);
	g_autoptr(value) v = filtered_body(e, n, n->b);
	return v != NULL && e->loop_control == 0 &&
	       assign(e, n->a, autoescape_mark(e->context, g_steal_pointer(&v)));
}

static gboolean with(struct jinja_evaluation *e, const struct node *n)
{
	/* All values are those from outside: evaluated before the first is set. */
	g_autoptr(GPtrArray) values = g_ptr_array_new_with_free_func((GDestroyNotify)value_unref);
	for (guint i = 0; i < n->b->items.n; i++) {
		value *v = evaluate(e, n->b->items.items[i]);
		if (v == NULL) {
			return FALSE;
		}
		g_ptr_array_add(values, v);
	}
	scope_enter(e, n->loads);
	for (guint i = 0; i < values->len; i++) {
		if (!assign(e, n->a->items.items[i], value_ref(values->pdata[i]))) {
			return FALSE;
		}
	}
	return render_nodes(e, &n->items);
}

static gboolean render_if(struct jinja_evaluation *e, const struct node *n)
{
	for (;;) {
		int is = evaluate_truth(e, n->a);
		if (is != 0) {
			return is > 0 && render_nodes(e, &n->items);
		}
		/* elif is an if alone in the else branch */
		if (n->otherwise->n != 1 || n->otherwise->items[0]->type != NODE_IF) {
			return render_nodes(e, n->otherwise);
		}
		n = n->otherwise->items[0];
	}
}

static G_GNUC_NO_INLINE gboolean handed_on(struct jinja_evaluation *e, const struct node *n)
{
	return e->shared->print_data(e, n);
}

static inline gboolean data(struct jinja_evaluation *e, const struct node *n)
{
	if (!is_printed(e, n)) {
		return TRUE;
	}
	return e->shared->print_data != NULL && !(n->flags & FLAG_RAW)
		       ? handed_on(e, n)
		       : output_text(e, node_text(n), n->length);
}

static gboolean set(struct jinja_evaluation *e, const struct node *n)
{
	value *v = evaluate(e, n->b);
	return v != NULL && assign(e, n->a, v);
}

static gboolean define_macro(struct jinja_evaluation *e, const struct node *n)
{
	return assign(e, n->a, macro_new(e, n));
}

static gboolean do_expression(struct jinja_evaluation *e, const struct node *n)
{
	g_autoptr(value) v = evaluate(e, n->a);
	return v != NULL;
}

static gboolean leave_round(struct jinja_evaluation *e, const struct node *n)
{
	e->loop_control = n->type;
	return FALSE;
}

static gboolean print(struct jinja_evaluation *e, const struct node *n)
{
	return render_nodes(e, &n->items);
}

/* Every kind of statement but the two that most of a template is. */
static gboolean (*const statements[])(struct jinja_evaluation *e, const struct node *n) = {
	[NODE_IF] = render_if,
	[NODE_FOR] = render_for,
	[NODE_SET] = set,
	[NODE_SET_BLOCK] = set_block,
	[NODE_MACRO] = define_macro,
	[NODE_CALL_BLOCK] = call_block,
	[NODE_FILTER_BLOCK] = filter_block,
	[NODE_WITH] = with,
	[NODE_INCLUDE] = loader_include,
	[NODE_IMPORT] = loader_import,
	[NODE_FROM] = loader_import,
	[NODE_EXTENDS] = render_extends,
	[NODE_BLOCK] = render_block,
	[NODE_DO] = do_expression,
	[NODE_BREAK] = leave_round,
	[NODE_CONTINUE] = leave_round,
	[NODE_AUTOESCAPE] = render_autoescape,
	[NODE_PRINT] = print,
};

gboolean render_nodes(struct jinja_evaluation *e, const struct nodes *nodes)
{
	for (guint i = 0; i < nodes->n; i++) {
		const struct node *n = nodes->items[i];
		gboolean ok = TRUE;
		e->at = n;
		if (n->type == NODE_DATA) {
			ok = data(e, n);
		} else if (n->type == NODE_OUTPUT) {
			ok = !is_printed(e, n) || output_expression(e, n->a);
		} else {
			ok = statements[n->type](e, n);
		}
		if (!ok) {
			return FALSE;
		}
	}
	return TRUE;
}

gboolean render_template(struct jinja_evaluation *e)
{
	struct jinja_evaluation saved = *e;
	gboolean ok = TRUE;
	guint parents = 0;
	for (;;) {
		shared_mutates(e->shared, e->t);
		e->frame = activation_new(e->t->slots, NULL);
		scope_enter(e, &e->t->loads);
		if (e->t->has_self) {
			frame_set(e->frame, e->t->self, self_new(e->context));
		}
		ok = render_nodes(e, &e->t->body);
		activation_leave(e, e->frame);
		struct jinja_template *parent = e->context->parent_template;
		if (!ok || parent == NULL) {
			break;
		}
		if (++parents > LIMIT_RECURSION) {
			jinja_fail(e, SUTLER_ERROR_LIMIT,
				"templates extend each other deeper than %d "
				"levels",
				LIMIT_RECURSION);
			ok = FALSE;
			break;
		}
		e->context->parent_template = NULL;
		e->t = parent;
		e->base = POSITION_NONE;
	}
	e->frame = saved.frame;
	e->t = saved.t;
	e->base = saved.base;
	return ok;
}
