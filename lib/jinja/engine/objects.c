/* Values of types that only templates know: functions, namespaces, cyclers, modules, blocks. */
#include "jinja/engine/objects.h"

#include "jinja/engine/autoescape.h"
#include "jinja/engine/block.h"
#include "jinja/engine/call.h"
#include "jinja/engine/frame.h"
#include "jinja/engine/operators.h"
#include "jinja/library/time.h"

/* --- functions and bound methods --- */

static void bound_free(gpointer data)
{
	struct bound *b = data;
	value_unref(b->self);
	g_free(b);
}

const struct object_class bound_class = { .type_name = "builtin_function_or_method",
	.finalize = bound_free };
/* Some are classes in Python, and show it. */
static char *function_show(gpointer data)
{
	static const char *const classes[][2] = { { "cycler", "jinja2.utils.Cycler" },
		{ "dict", "dict" }, { "joiner", "jinja2.utils.Joiner" },
		{ "namespace", "jinja2.utils.Namespace" }, { "range", "range" } };
	const struct global *g = data;
	for (gsize i = 0; i < G_N_ELEMENTS(classes); i++) {
		if (g_str_equal(g->name, classes[i][0])) {
			return g_strdup_printf("<class '%s'>", classes[i][1]);
		}
	}
	return g_strdup("<function object>");
}

const struct object_class function_class = { .type_name = "function", .to_string = function_show };
static char *macro_show(gpointer data)
{
	const struct macro *m = data;
	return m->node->type == NODE_MACRO ? g_strdup_printf("<Macro '%s'>", m->node->name)
					   : g_strdup("<Macro anonymous>");
}

const struct object_class macro_class = {
	.type_name = "Macro", .finalize = g_free, .to_string = macro_show
};

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
	} else if (undefined_of(v) != NULL && undefined_of(v)->of != NULL) {
		return object_holds(undefined_of(v)->of, what); /* an attribute it lacks */
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
		g_autofree char *why = g_strdup_printf("there is no parent block '%s'", name);
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
	return autoescape_mark(b->context, v);
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
		return m->node->type == NODE_MACRO ? value_new_string(m->node->name)
						   : value_new_null();
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

static value *characters(const value *bytes)
{
	g_autoptr(value) v = value_valid(bytes);
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
