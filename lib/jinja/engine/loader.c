/* include, import and extends: other templates. */
#include "jinja/engine/loader.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "jinja/engine/frame.h"
#include "jinja/engine/objects.h"
#include "jinja/syntax/ast.h"
#include "jinja/syntax/limits.h"

/* Pipes too: a template may come from another program. */
gboolean loader_read(struct jinja_evaluation *e, const char *path, char **text, gsize *length)
{
	enum { BLOCK = 1 << 16 };
	FILE *file = fopen(path, "re");
	if (file == NULL) {
		jinja_fail_usage(e, "unable to read '%s': %s", path, g_strerror(errno));
		return FALSE;
	}
	g_autoptr(GString) all = g_string_new(NULL);
	size_t n = 0;
	do {
		gsize before = all->len;
		g_string_set_size(all, before + BLOCK);
		n = fread(all->str + before, 1, BLOCK, file);
		g_string_truncate(all, before + n);
	} while (n > 0 && all->len <= LIMIT_BYTES);
	if (ferror(file)) {
		jinja_fail_usage(e, "unable to read '%s': %s", path, g_strerror(errno));
	} else if (all->len > LIMIT_BYTES) {
		jinja_fail(e, SUTLER_ERROR_LIMIT, "'%s' is larger than %d MiB", path,
			LIMIT_BYTES >> 20);
	}
	(void)fclose(file);
	*length = all->len;
	*text = e->error == NULL ? g_string_free(g_steal_pointer(&all), FALSE) : NULL;
	return e->error == NULL;
}

/* Jinja2 refuses names that climb out of the folders. */
static gboolean is_inside(const char *name)
{
	g_auto(GStrv) parts = g_strsplit(name, "/", -1);
	return !g_strv_contains((const char *const *)parts, "..");
}

static char *find(const struct jinja_scope *scope, const char *name)
{
	if (!is_inside(name)) {
		return NULL;
	}
	while (*name == '/') {
		name++;
	}
	for (gsize i = 0; scope->folders != NULL && scope->folders[i] != NULL; i++) {
		g_autofree char *path = g_build_filename(scope->folders[i], name, NULL);
		if (g_file_test(path, G_FILE_TEST_IS_REGULAR)) {
			return g_steal_pointer(&path);
		}
	}
	return NULL;
}

static struct jinja_template *load(struct jinja_evaluation *e, char *path)
{
	if (e->shared->templates == NULL) {
		e->shared->templates = g_hash_table_new_full(
			g_str_hash, g_str_equal, g_free, (GDestroyNotify)jinja_template_unref);
	}
	struct jinja_template *t = g_hash_table_lookup(e->shared->templates, path);
	if (t != NULL) {
		g_free(path);
		return t;
	}
	g_autofree char *text = NULL;
	gsize length = 0;
	if (!loader_read(e, path, &text, &length)) {
		g_free(path);
		return NULL;
	}
	struct jinja_syntax syntax;
	jinja_syntax_init(&syntax);
	syntax.trim_blocks = e->t->syntax.trim_blocks;
	syntax.lstrip_blocks = e->t->syntax.lstrip_blocks;
	GError *error = NULL;
	t = jinja_compile(e->t->environment, text, length, path, &syntax, JINJA_TEXT, &error);
	jinja_syntax_finish(&syntax);
	if (t == NULL) {
		if (e->error == NULL) {
			e->error = error;
		} else {
			g_error_free(error);
		}
		g_free(path);
		return NULL;
	}
	g_hash_table_insert(e->shared->templates, path, t);
	return t;
}

struct jinja_template *loader_get(struct jinja_evaluation *e, const value *name, gboolean quiet)
{
	if (undefined_of(name) != NULL) {
		return jinja_fail_undefined(e, name);
	}
	gboolean one_name = value_is(name, VALUE_STRING) || value_truth(name);
	gsize n = value_is_sequence(name) ? value_list_length(name) : (gsize)one_name;
	for (gsize i = 0; i < n; i++) {
		const value *one = value_is_sequence(name) ? value_list_get(name, i) : name;
		if (undefined_of(one) != NULL && i + 1 < n) {
			continue;
		}
		if (!value_is(one, VALUE_STRING)) {
			return jinja_fail_usage(e, "name of a template must be a string, not %s",
				value_type_name(one));
		}
		char *path = find(e->shared->scope, value_string(one));
		if (path != NULL) {
			return load(e, path);
		}
	}
	if (quiet) {
		return NULL;
	}
	g_autofree char *text = value_to_string(name);
	return jinja_fail_usage(
		e, "template '%s' is not found beside this one or in templates/", text);
}

struct jinja_template *loader_get_one(struct jinja_evaluation *e, const struct node *n)
{
	g_autoptr(value) name = evaluate(e, n->a);
	if (name == NULL) {
		return NULL;
	}
	e->at = n;
	if (value_is_sequence(name)) {
		return jinja_fail_usage(e, "only 'include' takes several templates, name one here");
	}
	return loader_get(e, name, FALSE);
}

GHashTable *visible_variables(struct jinja_evaluation *e, const struct visible *visible)
{
	GHashTable *table = name_table();
	GHashTable *sources[] = { e->context->locals, e->context->variables };
	for (gsize i = 0; i < G_N_ELEMENTS(sources); i++) {
		GHashTableIter iter;
		gpointer name = NULL;
		gpointer item = NULL;
		if (sources[i] == NULL) {
			continue;
		}
		g_hash_table_iter_init(&iter, sources[i]);
		while (g_hash_table_iter_next(&iter, &name, &item)) {
			g_hash_table_insert(table, g_strdup(name), value_ref(item));
		}
	}
	for (guint i = 0; visible != NULL && i < visible->n; i++) {
		value *v = *frame_slot(e->frame, visible->items[i].place);
		if (v != NULL && v != FRAME_UNRESOLVED &&
			!undefined_is_missing(v, visible->items[i].name)) {
			g_hash_table_insert(table, g_strdup(visible->items[i].name), value_ref(v));
		}
	}
	return table;
}

static struct context *context_for(
	struct jinja_evaluation *e, const struct node *n, struct jinja_template *t)
{
	struct context *c = context_new(e, t);
	if (n->flags & FLAG_WITH_CONTEXT) {
		c->isolated = e->context->isolated;
		c->locals = visible_variables(e, n->visible);
	} else {
		c->isolated = TRUE;
	}
	return c;
}

/* Runs t in a context of its own; what it prints goes to e->out. */
static gboolean run(struct jinja_evaluation *e, struct jinja_template *t, struct context *c)
{
	if (!recursion_enter(e, "templates")) {
		return FALSE;
	}
	struct jinja_evaluation saved = *e;
	e->t = t;
	e->context = c;
	e->base = POSITION_NONE;
	gboolean ok = render_template(e);
	e->t = saved.t;
	e->context = saved.context;
	e->base = saved.base;
	e->frame = saved.frame;
	recursion_leave(e);
	return ok;
}

gboolean loader_include(struct jinja_evaluation *e, const struct node *n)
{
	g_autoptr(value) name = evaluate(e, n->a);
	if (name == NULL) {
		return FALSE;
	}
	e->at = n;
	gboolean quiet = (n->flags & FLAG_IGNORE_MISSING) != 0;
	struct jinja_template *t = loader_get(e, name, quiet);
	if (t == NULL) {
		return quiet && e->error == NULL;
	}
	return run(e, t, context_for(e, n, t));
}

static gboolean import_names(
	struct jinja_evaluation *e, const struct node *n, value *names, const char *from)
{
	for (guint i = 0; i < n->items.n; i++) {
		value *v = value_dict_get(names, n->aliases[i]);
		if (v != NULL) {
			value_ref(v);
		} else {
			g_autofree char *why =
				g_strdup_printf("the template '%s' does not export the name '%s'",
					from, n->aliases[i]);
			v = undefined_new(NULL, why, NULL);
		}
		if (!assign(e, n->items.items[i], v)) {
			return FALSE;
		}
	}
	return TRUE;
}

/* What a template exports: what it set at top level, but for names with an underscore. */
static value *exports(const struct context *c)
{
	value *names = value_new_dict();
	GHashTableIter iter;
	gpointer name = NULL;
	gpointer item = NULL;
	if (c->variables == NULL) {
		return names;
	}
	g_hash_table_iter_init(&iter, c->variables);
	while (g_hash_table_iter_next(&iter, &name, &item)) {
		if (*(const char *)name != '_') {
			value_dict_set(names, name, value_ref(item));
		}
	}
	return names;
}

gboolean loader_import(struct jinja_evaluation *e, const struct node *n)
{
	struct jinja_template *t = loader_get_one(e, n);
	if (t == NULL) {
		return FALSE;
	}
	struct context *c = context_for(e, n, t);
	guint flags = 0;
	GString *before = capture_begin(e, &flags);
	gboolean ok = run(e, t, c);
	g_autoptr(GString) text = e->out;
	e->out = before;
	e->flags = flags;
	if (!ok) {
		return FALSE;
	}
	g_autoptr(value) names = exports(c);
	if (n->type == NODE_FROM) {
		return import_names(e, n, names, t->name);
	}
	struct module *module = g_new0(struct module, 1);
	module->names = g_steal_pointer(&names);
	module->length = text->len;
	module->text = g_strndup(text->str, text->len);
	module->template_name = g_strdup(t->name);
	return assign(e, n->b, value_new_object(&module_class, module));
}
