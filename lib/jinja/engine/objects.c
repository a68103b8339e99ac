/* Values of types that only templates know: functions, macros, namespaces, modules, blocks. */
#include "jinja/engine/objects.h"

#include "jinja/engine/autoescape.h"
#include "jinja/engine/block.h"
#include "jinja/engine/call.h"
#include "jinja/engine/frame.h"
#include "jinja/engine/operators.h"

/* --- functions and bound methods --- */

static void bound_free(gpointer data)
{
	struct bound *b = data;
	value_unref(b->self);
	g_free(b);
}

static value *bound_call(
	struct jinja_evaluation *e, value *callee, value *const *positional, guint n, value *named)
{
	const struct bound *b = value_object_data(callee);
	return method_run(e, b->method, b->self, positional, n, named);
}

static const struct object_verbs bound_verbs = { .call = bound_call };
const struct object_class bound_class = {
	.type_name = "builtin_function_or_method", .finalize = bound_free, .verbs = &bound_verbs
};

static char *function_show(gpointer data)
{
	const struct jinja_global *g = data;
	return g->class_name != NULL ? g_strdup_printf("<class '%s'>", g->class_name)
				     : g_strdup("<function object>");
}

static value *function_call(
	struct jinja_evaluation *e, value *callee, value *const *positional, guint n, value *named)
{
	return global_run(e, function_of(callee), positional, n, named);
}

static const struct object_verbs function_verbs = { .call = function_call };
const struct object_class function_class = {
	.type_name = "function", .to_string = function_show, .verbs = &function_verbs
};

value *function_new(const struct jinja_global *g)
{
	return value_new_object(&function_class, (gpointer)g);
}

const struct jinja_global *function_of(const value *v)
{
	return value_object(v, &function_class);
}

value *bound_new(const value *self, const struct jinja_method *method)
{
	struct bound *b = g_new(struct bound, 1);
	*b = (struct bound){ value_ref(self), method };
	return value_new_object(&bound_class, b);
}

/* --- macros --- */

static char *macro_show(gpointer data)
{
	const struct macro *m = data;
	return m->node->type == NODE_MACRO ? g_strdup_printf("<Macro '%s'>", m->node->name)
					   : g_strdup("<Macro anonymous>");
}

static value *macro_attribute(struct jinja_evaluation *e, const value *v, const char *name)
{
	(void)e;
	const struct macro *m = value_object_data(v);
	if (strcmp(name, "name") == 0) {
		return m->node->type == NODE_MACRO ? value_new_string(m->node->name)
						   : value_new_null();
	}
	if (strcmp(name, "arguments") != 0) {
		return NULL;
	}
	value *names = value_new_tuple();
	for (guint i = 0; i < m->node->macro->parameters.n; i++) {
		const struct node *parameter = m->node->macro->parameters.items[i];
		value_list_append(names, value_new_string(parameter->name));
	}
	return names;
}

static value *call_macro(
	struct jinja_evaluation *e, value *callee, value *const *positional, guint n, value *named)
{
	return macro_call(e, value_object_data(callee), positional, n, named);
}

static const struct object_verbs macro_verbs = { .attribute = macro_attribute, .call = call_macro };
const struct object_class macro_class = {
	.type_name = "Macro", .finalize = g_free, .to_string = macro_show, .verbs = &macro_verbs
};

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

static value *namespace_attribute(struct jinja_evaluation *e, const value *v, const char *name)
{
	(void)e;
	value *item = value_dict_get(value_object_data(v), name);
	return item != NULL ? value_ref(item) : NULL;
}

static const struct object_verbs namespace_verbs = { .attribute = namespace_attribute };
const struct object_class namespace_class = { .type_name = "Namespace",
	.finalize = namespace_free,
	.to_string = namespace_to_string,
	.verbs = &namespace_verbs };

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

gboolean namespace_accepts(struct jinja_evaluation *e, const value *ns, const value *v)
{
	if (!object_holds(v, ns)) {
		return TRUE;
	}
	jinja_fail_usage(e, "a namespace cannot hold itself");
	return FALSE;
}

/* --- modules, blocks --- */

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

static value *module_attribute(struct jinja_evaluation *e, const value *v, const char *name)
{
	(void)e;
	value *item = value_dict_get(((struct module *)value_object_data(v))->names, name);
	return item != NULL ? value_ref(item) : NULL;
}

static const struct object_verbs module_verbs = { .attribute = module_attribute };
const struct object_class module_class = { .type_name = "TemplateModule",
	.finalize = module_free,
	.to_string = module_to_string,
	.verbs = &module_verbs };

static void block_free(gpointer data)
{
	g_free(((struct block_reference *)data)->name);
	g_free(data);
}

static value *block_attribute(struct jinja_evaluation *e, const value *v, const char *name)
{
	(void)e;
	const struct block_reference *b = value_object_data(v);
	return strcmp(name, "super") == 0 ? block_reference_new(b->context, b->name, b->depth + 1)
					  : NULL;
}

static value *block_call(
	struct jinja_evaluation *e, value *callee, value *const *positional, guint n, value *named)
{
	(void)positional;
	(void)n;
	(void)named;
	const struct block_reference *b = value_object_data(callee);
	struct jinja_evaluation saved = *e;
	guint flags = 0;
	GString *before = capture_begin(e, &flags);
	e->convert = FALSE;
	(void)block_render(e, b->context, b->name, b->depth);
	value *v = capture_end(e, before, flags);
	e->convert = saved.convert;
	return autoescape_mark(b->context, v);
}

static const struct object_verbs block_verbs = { .attribute = block_attribute, .call = block_call };
const struct object_class block_class = {
	.type_name = "BlockReference", .finalize = block_free, .verbs = &block_verbs
};

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

static char *self_to_string(gpointer data)
{
	(void)data;
	return g_strdup("<TemplateReference None>");
}

static value *self_attribute(struct jinja_evaluation *e, const value *v, const char *name)
{
	(void)e;
	struct context *context = value_object_data(v);
	return context_blocks(context, name) != NULL ? block_reference_new(context, name, 0) : NULL;
}

static const struct object_verbs self_verbs = { .attribute = self_attribute };
static const struct object_class self_class = {
	.type_name = "TemplateReference", .to_string = self_to_string, .verbs = &self_verbs
};

value *self_new(struct context *context)
{
	return value_new_object(&self_class, context);
}

/* --- what all of them share --- */

value *object_getattr(struct jinja_evaluation *e, const value *of, const char *name)
{
	const struct object_class *class = value_object_class(of);
	if (class->verbs != NULL && class->verbs->attribute != NULL) {
		return class->verbs->attribute(e, of, name);
	}
	if (class->get != NULL) {
		g_autoptr(value) key = value_new_string(name);
		return class->get(value_object_data(of), key, &e->error);
	}
	return NULL;
}

gboolean object_is_callable(const value *v)
{
	const struct object_verbs *verbs = object_verbs(v);
	return verbs != NULL && verbs->call != NULL;
}

value *object_call(
	struct jinja_evaluation *e, value *callee, value *const *positional, guint n, value *named)
{
	return object_verbs(callee)->call(e, callee, positional, n, named);
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

value *iterate(struct jinja_evaluation *e, const value *v)
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
			return u->lenient ? value_new_list() : jinja_fail_undefined(e, v);
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
