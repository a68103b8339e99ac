/* Values of types that only templates know: undefined, functions, namespaces, loops, ranges ... */
#include "template/objects.h"

#include <string.h>

#include "template/block.h"
#include "template/frame.h"
#include "template/limits.h"
#include "template/methods.h"
#include "template/operators.h"
#include "template/table.h"
#include "template/time.h"

/* --- undefined --- */

static void undefined_free(gpointer data)
{
	struct undefined *u = data;
	g_free(u->name);
	g_free(u->message);
	value_unref(u->of);
	g_free(u);
}

static char *empty_text(gpointer data)
{
	(void)data;
	return g_strdup("");
}

static char *lenient_text(gpointer data)
{
	(void)data;
	return g_strdup("Undefined");
}

const struct object_class undefined_class = {
	.type_name = "AnsibleUndefined", .finalize = undefined_free, .to_string = empty_text
};
const struct object_class undefined_lenient_class = {
	.type_name = "Undefined", .finalize = undefined_free, .to_string = lenient_text
};

value *undefined_new(const char *name, const char *message, const value *of)
{
	struct undefined *u = g_new0(struct undefined, 1);
	u->name = g_strdup(name);
	u->message = g_strdup(message);
	u->of = of != NULL ? value_ref(of) : NULL;
	return value_new_object(&undefined_class, u);
}

value *undefined_new_lenient(void)
{
	struct undefined *u = g_new0(struct undefined, 1);
	u->lenient = TRUE;
	u->message = g_strdup("the inline if-expression evaluated to false and has no else");
	return value_new_object(&undefined_lenient_class, u);
}

struct undefined *undefined_of(const value *v)
{
	if (!value_is(v, VALUE_OBJECT)) {
		return NULL;
	}
	struct undefined *u = value_object(v, &undefined_class);
	return u != NULL ? u : value_object(v, &undefined_lenient_class);
}

const value *undefined_inside(const value *v)
{
	if (undefined_of(v) != NULL) {
		return undefined_of(v)->lenient ? NULL : v;
	}
	const value *found = NULL;
	if (value_is_clean(v)) {
		return NULL;
	}
	if (value_is_sequence(v)) {
		for (gsize i = 0; i < value_list_length(v) && found == NULL; i++) {
			found = undefined_inside(value_list_get(v, i));
		}
	} else if (value_is(v, VALUE_DICT)) {
		for (gsize i = 0; i < value_dict_length(v) && found == NULL; i++) {
			found = undefined_inside(value_dict_item_at(v, i));
		}
	}
	return found;
}

/* --- functions and bound methods --- */

static void bound_free(gpointer data)
{
	struct bound *b = data;
	value_unref(b->self);
	g_free(b);
}

const struct object_class bound_class = { .type_name = "builtin_function_or_method",
	.finalize = bound_free };
const struct object_class function_class = { .type_name = "function" };
const struct object_class macro_class = { .type_name = "Macro", .finalize = g_free };

value *function_new(const struct global *g)
{
	return value_new_object(&function_class, (gpointer)g);
}

const struct global *function_of(const value *v)
{
	return value_object(v, &function_class);
}

value *bound_new(const value *self, const struct method *method)
{
	struct bound *b = g_new(struct bound, 1);
	*b = (struct bound){ value_ref(self), method };
	return value_new_object(&bound_class, b);
}

/* --- namespaces --- */

static void namespace_free(gpointer data)
{
	value_unref(data);
}

static char *namespace_to_string(gpointer data)
{
	g_autofree char *dict = value_to_repr(data);
	return g_strdup_printf("<Namespace %s>", dict);
}

const struct object_class namespace_class = {
	.type_name = "Namespace", .finalize = namespace_free, .to_string = namespace_to_string
};

value *namespace_new(value *dict)
{
	return value_new_object(&namespace_class, dict);
}

gboolean object_holds(const value *v, const value *what)
{
	if (v == what) {
		return TRUE;
	}
	if (value_is_sequence(v)) {
		value_list_foreach (v, item) {
			if (object_holds(item, what)) {
				return TRUE;
			}
		}
	} else if (value_is(v, VALUE_DICT)) {
		value_dict_foreach (v, key, item) {
			(void)key;
			if (object_holds(item, what)) {
				return TRUE;
			}
		}
	} else if (value_object(v, &namespace_class) != NULL) {
		return object_holds(value_object_data(v), what);
	}
	return FALSE;
}

gboolean namespace_accepts(struct evaluation *e, const value *ns, const value *v)
{
	if (!object_holds(v, ns)) {
		return TRUE;
	}
	template_fail_usage(e, "a namespace cannot hold itself");
	return FALSE;
}

/* --- ranges --- */

static char *range_to_string(gpointer data)
{
	const struct range *r = data;
	GString *out = g_string_new(NULL);
	g_string_append_printf(
		out, "range(%" G_GINT64_FORMAT ", %" G_GINT64_FORMAT, r->start, r->stop);
	if (r->step != 1) {
		g_string_append_printf(out, ", %" G_GINT64_FORMAT, r->step);
	}
	g_string_append_c(out, ')');
	return g_string_free(out, FALSE);
}

/* Ranges of the same numbers are equal. */
static gboolean range_equal(gconstpointer a, gconstpointer b)
{
	const struct range *r = a;
	const struct range *s = b;
	gsize n = range_length(r);
	return n == range_length(s) && (n == 0 || r->start == s->start) &&
	       (n < 2 || r->step == s->step);
}

const struct object_class range_class = {
	.type_name = "range", .finalize = g_free, .to_string = range_to_string, .equal = range_equal
};

value *range_new(gint64 start, gint64 stop, gint64 step)
{
	struct range *r = g_new(struct range, 1);
	*r = (struct range){ start, stop, step };
	return value_new_object(&range_class, r);
}

gsize range_length(const struct range *r)
{
	if (r->step > 0 && r->start < r->stop) {
		return (gsize)(((guint64)r->stop - (guint64)r->start - 1) / (guint64)r->step + 1);
	}
	if (r->step < 0 && r->start > r->stop) {
		return (gsize)(((guint64)r->start - (guint64)r->stop - 1) / (0 - (guint64)r->step) +
			       1);
	}
	return 0;
}

gsize sequence_length_other(const value *v)
{
	return range_length(value_object_data(v));
}

value *sequence_get_other(const value *v, gsize i)
{
	const struct range *r = value_object_data(v);
	return value_new_int(r->start + (gint64)i * r->step);
}

value *group_new(const value *grouper, value *list)
{
	value *pair = value_new_tuple();
	value_list_append(pair, value_ref(grouper));
	value_list_append(pair, list);
	return pair;
}

value *value_list_copy_sequence(const value *v)
{
	value *list = value_new_list();
	for (gsize i = 0; i < sequence_length(v); i++) {
		value_list_append(list, sequence_get(v, i));
	}
	return list;
}

/* --- loop --- */

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

const struct object_class loop_class = {
	.type_name = "LoopContext", .finalize = loop_free, .length = loop_length
};

static value *loop_cycle(struct call *call)
{
	const struct loop *l = value_object_data(call->input);
	if (call->n_extra == 0) {
		return template_fail_usage(call->e, "no items for cycling given");
	}
	return value_ref(call->extra[l->index0 % call->n_extra]);
}

static value *loop_changed(struct call *call)
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

static const struct method loop_methods[] = {
	{ "changed", "*", loop_changed },
	{ "cycle", "*", loop_cycle },
};

/* The attributes that are numbers and truths; the number of a row is its place here + 1. */
static const char *const loop_attributes[] = { "depth", "depth0", "first", "index", "index0",
	"last", "length", "revindex", "revindex0" };

guint loop_attribute_find(const char *name)
{
	for (guint i = 0; i < G_N_ELEMENTS(loop_attributes); i++) {
		if (strcmp(name, loop_attributes[i]) == 0) {
			return i + 1;
		}
	}
	return 0;
}

const value *loop_attribute(const value *v, guint attribute, value *space)
{
	const struct loop *l = value_object_data(v);
	gint64 index0 = (gint64)l->index0;
	gint64 length = (gint64)l->length;
	switch (attribute - 1) {
	case 0:
		return value_local_int(space, (gint64)l->depth0 + 1);
	case 1:
		return value_local_int(space, (gint64)l->depth0);
	case 2:
		return value_local_bool(space, index0 == 0);
	case 3:
		return value_local_int(space, index0 + 1);
	case 4:
		return value_local_int(space, index0);
	case 5:
		return value_local_bool(space, l->index0 + 1 >= sequence_length(l->items));
	case 6:
		return value_local_int(space, length);
	case 7:
		return value_local_int(space, length - index0);
	default:
		return value_local_int(space, length - index0 - 1);
	}
}

static value *loop_get(const value *v, const char *name)
{
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

static value *loop_call(struct evaluation *e, value *callee, value *const *positional, guint n)
{
	const struct loop *l = value_object_data(callee);
	if (l->node == NULL) {
		return template_fail_usage(
			e, "the loop must have the 'recursive' marker to be called recursively");
	}
	if (n != 1) {
		return template_fail_usage(e, "loop() takes the items to go through");
	}
	struct evaluation saved = *e;
	guint flags = 0;
	GString *before = capture_begin(e, &flags);
	e->t = l->t;
	e->context = l->context;
	(void)loop_recurse(e, l->node, l->parent, positional[0], l->depth0 + 1);
	e->t = saved.t;
	e->context = saved.context;
	return capture_end(e, before, flags);
}

/* --- cycler, joiner, modules, blocks --- */

static void cycler_free(gpointer data)
{
	struct cycler *c = data;
	value_unref(c->items);
	g_free(c);
}

const struct object_class cycler_class = { .type_name = "Cycler", .finalize = cycler_free };

static value *cycler_next(struct call *call)
{
	struct cycler *c = value_object_data(call->input);
	value *v = value_ref(value_list_get(c->items, c->at));
	c->at = (c->at + 1) % value_list_length(c->items);
	return v;
}

static value *cycler_reset(struct call *call)
{
	((struct cycler *)value_object_data(call->input))->at = 0;
	return value_new_null();
}

static const struct method cycler_methods[] = {
	{ "next", "", cycler_next },
	{ "reset", "", cycler_reset },
};

static value *cycler_get(const value *v, const char *name)
{
	const struct cycler *c = value_object_data(v);
	if (strcmp(name, "current") == 0) {
		return value_ref(value_list_get(c->items, c->at));
	}
	for (gsize i = 0; i < G_N_ELEMENTS(cycler_methods); i++) {
		if (strcmp(name, cycler_methods[i].name) == 0) {
			return bound_new(v, &cycler_methods[i]);
		}
	}
	return NULL;
}

static void joiner_free(gpointer data)
{
	g_free(((struct joiner *)data)->separator);
	g_free(data);
}

const struct object_class joiner_class = { .type_name = "Joiner", .finalize = joiner_free };

static void module_free(gpointer data)
{
	struct module *m = data;
	value_unref(m->names);
	g_free(m->text);
	g_free(m->template_name);
	g_free(m);
}

static char *module_to_string(gpointer data)
{
	return g_strdup(((struct module *)data)->text);
}

const struct object_class module_class = {
	.type_name = "TemplateModule", .finalize = module_free, .to_string = module_to_string
};

static void block_free(gpointer data)
{
	g_free(((struct block_reference *)data)->name);
	g_free(data);
}

const struct object_class block_class = { .type_name = "BlockReference", .finalize = block_free };

static char *self_to_string(gpointer data)
{
	(void)data;
	return g_strdup("<TemplateReference None>");
}

static const struct object_class self_class = { .type_name = "TemplateReference",
	.to_string = self_to_string };

value *self_new(struct context *context)
{
	return value_new_object(&self_class, context);
}

value *block_reference_new(struct context *context, const char *name, guint depth)
{
	GPtrArray *list = context_blocks(context, name);
	if (list == NULL || depth >= list->len) {
		g_autofree char *why =
			g_strdup_printf("there is no parent block called '%s'", name);
		return undefined_new(NULL, why, NULL);
	}
	struct block_reference *b = g_new(struct block_reference, 1);
	*b = (struct block_reference){ g_strdup(name), context, depth };
	return value_new_object(&block_class, b);
}

static value *block_call(struct evaluation *e, value *callee)
{
	const struct block_reference *b = value_object_data(callee);
	struct evaluation saved = *e;
	guint flags = 0;
	GString *before = capture_begin(e, &flags);
	e->convert = FALSE;
	(void)block_render(e, b->context, b->name, b->depth);
	value *v = capture_end(e, before, flags);
	e->convert = saved.convert;
	return v;
}

/* --- what all of them share --- */

value *object_getattr(struct evaluation *e, const value *of, const char *name)
{
	const struct object_class *class = value_object_class(of);
	if (class == &loop_class) {
		return loop_get(of, name);
	}
	if (class == &namespace_class) {
		value *v = value_dict_get(value_object_data(of), name);
		return v != NULL ? value_ref(v) : NULL;
	}
	if (class == &cycler_class) {
		return cycler_get(of, name);
	}
	if (class == &module_class) {
		value *v = value_dict_get(((struct module *)value_object_data(of))->names, name);
		return v != NULL ? value_ref(v) : NULL;
	}
	if (class == &self_class) {
		struct context *context = value_object_data(of);
		return context_blocks(context, name) != NULL ? block_reference_new(context, name, 0)
							     : NULL;
	}
	if (class == &block_class && strcmp(name, "super") == 0) {
		const struct block_reference *b = value_object_data(of);
		return block_reference_new(b->context, b->name, b->depth + 1);
	}
	if (class == &macro_class && strcmp(name, "name") == 0) {
		const struct macro *m = value_object_data(of);
		return value_new_string(m->node->name);
	}
	if (class == &macro_class && strcmp(name, "arguments") == 0) {
		const struct macro *m = value_object_data(of);
		value *names = value_new_tuple();
		for (guint i = 0; i < m->node->macro->parameters.n; i++) {
			const struct node *parameter = m->node->macro->parameters.items[i];
			value_list_append(names, value_new_string(parameter->name));
		}
		return names;
	}
	if (time_is_object(of)) {
		return time_getattr(of, name);
	}
	if (class->get != NULL) {
		g_autoptr(value) key = value_new_string(name);
		return class->get(value_object_data(of), key, &e->error);
	}
	return NULL;
}

gboolean object_is_callable(const value *v)
{
	if (!value_is(v, VALUE_OBJECT)) {
		return FALSE;
	}
	const struct object_class *class = value_object_class(v);
	return class == &bound_class || class == &function_class || class == &macro_class ||
	       class == &loop_class || class == &joiner_class || class == &block_class;
}

static value *joiner_call(value *callee)
{
	struct joiner *j = value_object_data(callee);
	if (!j->used) {
		j->used = TRUE;
		return value_new_string("");
	}
	return value_new_string(j->separator);
}

value *object_call(
	struct evaluation *e, value *callee, value *const *positional, guint n, value *named)
{
	const struct object_class *class = value_object_class(callee);
	if (class == &function_class) {
		return global_run(e, function_of(callee), positional, n, named);
	}
	if (class == &bound_class) {
		const struct bound *b = value_object_data(callee);
		return method_run(e, b->method, b->self, positional, n, named);
	}
	if (class == &macro_class) {
		return macro_call(e, value_object_data(callee), positional, n, named);
	}
	if (class == &loop_class) {
		return loop_call(e, callee, positional, n);
	}
	if (class == &joiner_class) {
		return joiner_call(callee);
	}
	return block_call(e, callee);
}

static value *characters(const value *v)
{
	value *list = value_new_list();
	const char *end = value_string(v) + value_string_length(v);
	for (const char *p = value_string(v); p < end;) {
		const char *next = g_utf8_next_char(p);
		next = MIN(next, end);
		value_list_append(list,
			value_new_string_flags(p, (gsize)(next - p), value_flags(v) & FLAGS_KEPT));
		p = next;
	}
	return list;
}

value *iterate(struct evaluation *e, const value *v)
{
	switch (value_type(v)) {
	case VALUE_LIST:
	case VALUE_TUPLE:
		return value_ref(v);
	case VALUE_STRING:
		return check_items(e, value_string_points(v)) ? characters(v) : NULL;
	case VALUE_DICT: {
		value *list = value_new_list();
		for (gsize i = 0; i < value_dict_length(v); i++) {
			value_list_append(list, value_ref(value_dict_key_at(v, i)));
		}
		return list;
	}
	case VALUE_OBJECT: {
		const struct undefined *u = undefined_of(v);
		if (u != NULL) {
			return u->lenient ? value_new_list() : template_fail_undefined(e, v);
		}
		if (value_object(v, &range_class) != NULL) {
			return value_ref(v);
		}
		const struct object_class *class = value_object_class(v);
		return class->iterate != NULL ? class->iterate(value_object_data(v), &e->error)
					      : NULL;
	}
	default:
		return NULL;
	}
}
