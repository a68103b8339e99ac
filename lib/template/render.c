/* Running statements. */
#include <string.h>

#include "template/evaluate.h"
#include "template/frame.h"
#include "template/limits.h"
#include "template/loader.h"
#include "template/objects.h"
#include "template/operators.h"
#include "template/placeholder.h"
#include "template/table.h"

char frame_unresolved;

/* --- frames --- */

struct activation *activation_new(guint slots, struct activation *parent)
{
	struct activation *a = g_malloc0(sizeof *a + slots * sizeof(value *));
	a->n = slots;
	a->parent = parent;
	return a;
}

static void activation_free(gpointer data)
{
	struct activation *a = data;
	for (guint i = 0; i < a->n; i++) {
		if (a->slots[i] != FRAME_UNRESOLVED) {
			value_unref(a->slots[i]);
		}
	}
	g_free(a);
}

/* What a macro refers to lives on, and so does everything around it. */
static void capture(struct activation *a)
{
	for (; a != NULL && !a->captured; a = a->parent) {
		a->captured = TRUE;
	}
}

void activation_leave(struct evaluation *e, struct activation *a)
{
	if (a->captured) {
		g_ptr_array_add(e->shared->activations, a);
	} else {
		activation_free(a);
	}
}

void frame_set(struct activation *frame, struct place place, value *v)
{
	value **slot = frame_slot(frame, place);
	value *old = *slot;
	*slot = v;
	if (old != FRAME_UNRESOLVED) {
		value_unref(old);
	}
}

void scope_enter(struct evaluation *e, const struct loads *loads)
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

static void free_contexts(gpointer data)
{
	struct context *c = data;
	g_hash_table_unref(c->variables);
	g_clear_pointer(&c->locals, g_hash_table_unref);
	g_hash_table_unref(c->blocks);
	g_free(c);
}

static GHashTable *name_table(void)
{
	return g_hash_table_new_full(g_str_hash, g_str_equal, g_free, (GDestroyNotify)value_unref);
}

static void add_blocks(struct context *c, struct template *t)
{
	GHashTableIter iter;
	gpointer name = NULL;
	gpointer node = NULL;
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

struct context *context_new(struct evaluation *e, struct template *t)
{
	struct context *c = g_new0(struct context, 1);
	c->t = t;
	c->variables = name_table();
	c->blocks = g_hash_table_new_full(
		g_str_hash, g_str_equal, NULL, (GDestroyNotify)g_ptr_array_unref);
	add_blocks(c, t);
	g_ptr_array_add(e->shared->contexts, c);
	return c;
}

void shared_init(struct shared *shared, const struct template_scope *scope)
{
	*shared = (struct shared){ .scope = scope };
	shared->activations = g_ptr_array_new_with_free_func(activation_free);
	shared->contexts = g_ptr_array_new_with_free_func(free_contexts);
	shared->active = g_ptr_array_new();
}

void shared_finish(struct shared *shared)
{
	g_clear_pointer(&shared->levels, g_hash_table_unref);
	g_ptr_array_unref(shared->activations);
	g_ptr_array_unref(shared->contexts);
	g_ptr_array_unref(shared->active);
	g_clear_pointer(&shared->variables, g_hash_table_unref);
	g_clear_pointer(&shared->templates, g_hash_table_unref);
}

gboolean recursion_enter(struct evaluation *e, const char *what)
{
	if (++e->shared->depth <= LIMIT_RECURSION) {
		return TRUE;
	}
	template_fail(e, SUTLER_ERROR_LIMIT, "%s call each other deeper than %d levels", what,
		LIMIT_RECURSION);
	return FALSE;
}

void recursion_leave(struct evaluation *e)
{
	e->shared->depth--;
}

/* --- output --- */

GString *capture_begin(struct evaluation *e, guint *flags)
{
	GString *before = e->out;
	*flags = e->flags;
	e->flags = 0;
	e->out = g_string_new(NULL);
	return before;
}

value *output_take(struct evaluation *e)
{
	gboolean text = (e->flags & VALUE_TEXT) && e->text_length == e->out->len;
	e->flags &= ~(guint)VALUE_TEXT;
	return e->convert && !text ? convert_text(e->out->str, e->out->len, e->flags)
				   : value_new_string_flags(e->out->str, e->out->len,
					     e->flags | (text ? VALUE_TEXT : 0));
}

value *capture_end(struct evaluation *e, GString *before, guint flags)
{
	value *v = e->error == NULL ? output_take(e) : NULL;
	g_string_free(e->out, TRUE);
	e->out = before;
	e->flags = flags;
	return v;
}

static void append_integer(GString *out, gint64 i)
{
	char digits[24];
	char *p = digits + sizeof digits;
	guint64 u = i < 0 ? 0 - (guint64)i : (guint64)i;
	do {
		*--p = (char)('0' + u % 10);
		u /= 10;
	} while (u > 0);
	if (i < 0) {
		*--p = '-';
	}
	out_append(out, p, (gsize)(digits + sizeof digits - p));
}

gboolean output_value(struct evaluation *e, const value *v)
{
	if (value_is(v, VALUE_STRING)) {
		if (e->convert && e->out->len == 0 && (value_flags(v) & VALUE_TEXT)) {
			/* it stays text, if nothing else follows */
			e->flags |= VALUE_TEXT;
			e->text_length = value_string_length(v);
		}
		out_append(e->out, value_string(v), value_string_length(v));
		e->flags |= value_flags(v) & FLAGS_KEPT;
		return e->out->len <= LIMIT_BYTES || check_size(e, e->out->len);
	}
	if (value_is(v, VALUE_INT)) {
		append_integer(e->out, value_int(v));
		return TRUE;
	}
	if (value_is(v, VALUE_NULL)) {
		return TRUE;
	}
	if (value_object(v, &range_class) != NULL) {
		g_autoptr(value) list = value_new_list();
		if (!check_items(e, sequence_length(v))) {
			return FALSE;
		}
		for (gsize i = 0; i < sequence_length(v); i++) {
			value_list_append(list, sequence_get(v, i));
		}
		return output_value(e, list);
	}
	e->flags |= flags_deep(v);
	return string_append(e, v, e->out) && check_size(e, e->out->len);
}

/* Whether what n prints is kept: a template that extends another prints its blocks only. */
static gboolean is_printed(const struct evaluation *e, const struct node *n)
{
	return !(n->flags & FLAG_EXTENDED) &&
	       (!(n->flags & FLAG_CHECK_PARENT) || e->context->parent_template == NULL);
}

static gboolean output(struct evaluation *e, const struct node *n)
{
	if (!is_printed(e, n)) {
		return TRUE;
	}
	g_autoptr(value) keep = NULL;
	const value *v = evaluate_borrow(e, n->a, &keep);
	if (v == NULL) {
		return FALSE;
	}
	e->at = n->a;
	return output_value(e, v);
}

/* --- assignment --- */

static gboolean unpack(struct evaluation *e, const struct node *target, value *v)
{
	g_autoptr(value) held = v;
	g_autoptr(value) items = iterate(e, held);
	if (items == NULL) {
		if (e->error == NULL) {
			template_fail_usage(
				e, "cannot unpack a value of type %s", value_type_name(v));
		}
		return FALSE;
	}
	gsize length = sequence_length(items);
	if (length != target->items.n) {
		template_fail_usage(e, "%s values to unpack: expected %u, got %" G_GSIZE_FORMAT,
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

static gboolean assign_attribute(struct evaluation *e, const struct node *target, value *v)
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
			template_fail_undefined(e, of);
		} else {
			template_fail_usage(e, "cannot assign attribute on non-namespace object");
		}
		return FALSE;
	}
	if (!check_depth(e, v) || !namespace_accepts(e, of, v)) {
		return FALSE;
	}
	value_dict_set_value(dict, value_ref(target->value), g_steal_pointer(&held));
	return TRUE;
}

gboolean assign(struct evaluation *e, const struct node *target, value *v)
{
	e->at = target;
	if (target->type == NODE_TUPLE) {
		return unpack(e, target, v);
	}
	if (target->type == NODE_NAMESPACE) {
		return assign_attribute(e, target, v);
	}
	if (target->flags & FLAG_TOPLEVEL) {
		g_hash_table_insert(e->context->variables, g_strdup(target->name), value_ref(v));
	}
	frame_set(e->frame, target->place, v);
	return TRUE;
}

/* --- loops --- */

static gboolean count_iteration(struct evaluation *e)
{
	if (++e->shared->iterations <= LIMIT_ITERATIONS) {
		return TRUE;
	}
	template_fail(
		e, SUTLER_ERROR_LIMIT, "loops run more than %d times in all", LIMIT_ITERATIONS);
	return FALSE;
}

/* The items for which the loop's `if` holds. New reference. */
static value *filtered(struct evaluation *e, const struct node *n, value *items)
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

/* *completed: a round went through to its end, so that the else branch is not for it. Jinja2 runs
 * else also when every round was cut short by break or continue. */
static gboolean loop_over(
	struct evaluation *e, const struct node *n, value *items, guint depth0, gboolean *completed)
{
	struct loop *state = NULL;
	g_autoptr(value) loop = NULL;
	if (n->flags & FLAG_LOOP) {
		state = g_new0(struct loop, 1);
		*state = (struct loop){ .node = (n->flags & FLAG_RECURSIVE) ? n : NULL,
			.parent = e->frame->parent,
			.context = e->context,
			.t = e->t,
			.items = value_ref(items),
			.depth0 = depth0 };
		state->length = sequence_length(items);
		loop = value_new_object(&loop_class, state);
		frame_set(e->frame, n->place, value_ref(loop));
	}
	/* The length is read again: the body may append to what it goes through. */
	for (gsize i = 0; i < sequence_length(items); i++) {
		if (!count_iteration(e)) {
			return FALSE;
		}
		if (state != NULL) {
			state->index0 = i;
		}
		scope_enter(e, n->loads);
		if (!assign(e, n->a, sequence_get(items, i))) {
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
	if (state != NULL) {
		frame_set(e->frame, n->place, NULL);
	}
	return TRUE;
}

static gboolean loop_body(
	struct evaluation *e, const struct node *n, const value *over, guint depth0)
{
	e->at = n->b;
	if (undefined_of(over) != NULL && !undefined_of(over)->lenient) {
		template_fail_undefined(e, over);
		return FALSE;
	}
	g_autoptr(value) items = iterate(e, over);
	if (items == NULL) {
		template_fail_usage(e, "'%s' object is not iterable", value_type_name(over));
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
gboolean loop_recurse(struct evaluation *e, const struct node *n, struct activation *parent,
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

static gboolean render_for(struct evaluation *e, const struct node *n)
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

/* --- macros and blocks --- */

static value *macro_new(struct evaluation *e, const struct node *n)
{
	struct macro *m = g_new0(struct macro, 1);
	capture(e->frame);
	*m = (struct macro){ n, e->frame, e->context, e->t, e->base };
	return value_new_object(&macro_class, m);
}

static gboolean call_block(struct evaluation *e, const struct node *n)
{
	g_autoptr(value) caller = macro_new(e, n);
	g_autoptr(value) v = evaluate_call_with_caller(e, n->a, caller);
	return v != NULL && (!is_printed(e, n) || output_value(e, v));
}

static value *captured_body(struct evaluation *e, const struct node *n)
{
	guint flags = 0;
	GString *before = capture_begin(e, &flags);
	(void)render_nodes(e, &n->items);
	return capture_end(e, before, flags);
}

static value *filtered_body(struct evaluation *e, const struct node *n, const struct node *filter)
{
	g_autoptr(value) body = captured_body(e, n);
	if (body == NULL || e->loop_control != 0 || filter == NULL) {
		return g_steal_pointer(&body);
	}
	value *before = e->filter_input;
	e->filter_input = body;
	value *v = evaluate(e, filter);
	e->filter_input = before;
	return v;
}

static gboolean filter_block(struct evaluation *e, const struct node *n)
{
	scope_enter(e, n->loads);
	g_autoptr(value) v = filtered_body(e, n, n->a);
	return v != NULL && e->loop_control == 0 && (!is_printed(e, n) || output_value(e, v));
}

static gboolean set_block(struct evaluation *e, const struct node *n)
{
	scope_enter(e, n->loads);
	g_autoptr(value) v = filtered_body(e, n, n->b);
	return v != NULL && e->loop_control == 0 && assign(e, n->a, g_steal_pointer(&v));
}

static gboolean with(struct evaluation *e, const struct node *n)
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

gboolean block_render(struct evaluation *e, struct context *context, const char *name, guint depth)
{
	GPtrArray *list = g_hash_table_lookup(context->blocks, name);
	if (list == NULL || depth >= list->len) {
		template_fail_usage(e, "there is no block called '%s'", name);
		return FALSE;
	}
	if (!recursion_enter(e, "blocks")) {
		return FALSE;
	}
	const struct block *block = list->pdata[depth];
	const struct node *n = block->node;
	struct evaluation saved = *e;
	e->t = block->t;
	e->context = context;
	e->frame = activation_new(n->slots, NULL);
	scope_enter(e, n->loads2);
	if (n->flags & FLAG_KWARGS) {
		frame_set(e->frame, n->macro->kwargs, self_new(context));
	}
	if (n->flags & FLAG_CALLER) {
		frame_set(
			e->frame, n->macro->caller, block_reference_new(context, name, depth + 1));
	}
	gboolean ok = render_nodes(e, &n->items);
	activation_leave(e, e->frame);
	e->t = saved.t;
	e->context = saved.context;
	e->frame = saved.frame;
	recursion_leave(e);
	return ok;
}

/* A context that sees the variables around the node as well. */
static struct context *derive(struct evaluation *e, const struct visible *visible)
{
	struct context *c = context_new(e, e->context->t);
	g_hash_table_unref(c->blocks);
	c->blocks = g_hash_table_ref(e->context->blocks);
	c->isolated = e->context->isolated;
	c->locals = visible_variables(e, visible);
	return c;
}

static gboolean block(struct evaluation *e, const struct node *n)
{
	if (!is_printed(e, n)) {
		return TRUE;
	}
	GPtrArray *list = g_hash_table_lookup(e->context->blocks, n->name);
	if ((n->flags & FLAG_REQUIRED) && list->len <= 1) {
		template_fail_usage(e,
			"required block '%s' is not defined by a template that extends "
			"this one",
			n->name);
		return FALSE;
	}
	struct context *context = n->visible != NULL ? derive(e, n->visible) : e->context;
	return block_render(e, context, n->name, 0);
}

static gboolean extends(struct evaluation *e, const struct node *n)
{
	if (e->context->parent_template != NULL) {
		template_fail_usage(e, "template extends more than one other");
		return FALSE;
	}
	g_autoptr(value) name = evaluate(e, n->a);
	if (name == NULL) {
		return FALSE;
	}
	e->at = n;
	struct template *t = loader_get_one(e, name);
	if (t == NULL) {
		return FALSE;
	}
	e->context->parent_template = t;
	add_blocks(e->context, t);
	return TRUE;
}

static gboolean render_if(struct evaluation *e, const struct node *n)
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

static gboolean render_node(struct evaluation *e, const struct node *n)
{
	switch ((enum node_type)n->type) {
	case NODE_DATA:
		if (is_printed(e, n)) {
			if (e->shared->placeholders != NULL && !(n->flags & FLAG_RAW)) {
				return placeholders_append(e, n);
			}
			out_append(e->out, node_text(n), n->length);
			return e->out->len <= LIMIT_BYTES || check_size(e, e->out->len);
		}
		return TRUE;
	case NODE_OUTPUT:
		return output(e, n);
	case NODE_IF:
		return render_if(e, n);
	case NODE_FOR:
		return render_for(e, n);
	case NODE_SET: {
		value *v = evaluate(e, n->b);
		return v != NULL && assign(e, n->a, v);
	}
	case NODE_SET_BLOCK:
		return set_block(e, n);
	case NODE_MACRO:
		return assign(e, n->a, macro_new(e, n));
	case NODE_CALL_BLOCK:
		return call_block(e, n);
	case NODE_FILTER_BLOCK:
		return filter_block(e, n);
	case NODE_WITH:
		return with(e, n);
	case NODE_INCLUDE:
		return !is_printed(e, n) || loader_include(e, n);
	case NODE_IMPORT:
	case NODE_FROM:
		return loader_import(e, n);
	case NODE_EXTENDS:
		return extends(e, n);
	case NODE_BLOCK:
		return block(e, n);
	case NODE_DO: {
		g_autoptr(value) v = evaluate(e, n->a);
		return v != NULL;
	}
	case NODE_BREAK:
	case NODE_CONTINUE:
		e->loop_control = n->type;
		return FALSE;
	case NODE_SCOPE:
		if (n->op == 0) {
			scope_enter(e, n->loads);
		}
		return render_nodes(e, &n->items);
	default:
		break;
	}
	template_fail_usage(e, "not a statement");
	return FALSE;
}

gboolean render_nodes(struct evaluation *e, const struct nodes *nodes)
{
	for (guint i = 0; i < nodes->n; i++) {
		e->at = nodes->items[i];
		if (!render_node(e, nodes->items[i])) {
			return FALSE;
		}
	}
	return TRUE;
}

gboolean render_template(struct evaluation *e)
{
	struct evaluation saved = *e;
	gboolean ok = TRUE;
	guint parents = 0;
	for (;;) {
		if (e->t->mutates && !e->shared->mutates) {
			e->shared->mutates = TRUE;
			g_clear_pointer(&e->shared->variables, g_hash_table_unref);
		}
		e->frame = activation_new(e->t->slots, NULL);
		scope_enter(e, &e->t->loads);
		if (e->t->has_self) {
			frame_set(e->frame, e->t->self, self_new(e->context));
		}
		ok = render_nodes(e, &e->t->body);
		activation_leave(e, e->frame);
		struct template *parent = e->context->parent_template;
		if (!ok || parent == NULL) {
			break;
		}
		if (++parents > LIMIT_RECURSION) {
			template_fail(e, SUTLER_ERROR_LIMIT,
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
