/* Errors of an evaluation: where it stands, and which names are near an undefined one. */
#include "jinja/engine/evaluate.h"

#include "base/public-names.h"
#include "base/suggest.h"
#include "jinja/engine/objects.h"

static struct position position_here(const struct jinja_evaluation *e)
{
	guint line = e->at != NULL ? e->at->line : 0;
	guint column = e->at != NULL ? e->at->column : 0;
	if (e->base.file == NULL) {
		return (struct position){ e->t->name, line, column };
	}
	if (line <= 1) {
		return e->base;
	}
	return (struct position){ e->base.file, e->base.line > 0 ? e->base.line + line - 1 : 0,
		column };
}

gpointer jinja_fail(struct jinja_evaluation *e, enum sutler_error code, const char *format, ...)
{
	if (e->error != NULL) {
		return NULL;
	}
	va_list arguments;
	va_start(arguments, format);
	g_autofree char *message = g_strdup_vprintf(format, arguments);
	va_end(arguments);
	error_set_at(&e->error, code, position_here(e), "%s", message);
	return NULL;
}

gpointer jinja_fail_usage(struct jinja_evaluation *e, const char *format, ...)
{
	va_list arguments;
	va_start(arguments, format);
	g_autofree char *message = g_strdup_vprintf(format, arguments);
	va_end(arguments);
	return jinja_fail(e, SUTLER_ERROR_USAGE, "%s", message);
}

static void add_keys(GHashTable *names, GHashTable *table)
{
	GHashTableIter iter;
	gpointer key = NULL;
	if (table == NULL) {
		return;
	}
	g_hash_table_iter_init(&iter, table);
	while (g_hash_table_iter_next(&iter, &key, NULL)) {
		g_hash_table_add(names, key);
	}
}

/* The names near an undefined variable. */
static char *near_variables(struct jinja_evaluation *e, const char *name)
{
	const struct jinja_scope *scope = e->shared->scope;
	g_autoptr(GHashTable) names = g_hash_table_new(g_str_hash, g_str_equal);
	if (scope->names != NULL) {
		scope->names(scope->data, names);
	}
	add_keys(names, e->context->locals);
	add_keys(names, e->context->variables);
	return suggest_phrase_keys(name, names);
}

static char *near_keys(const value *dict, const char *name)
{
	g_autoptr(GHashTable) names = g_hash_table_new(g_str_hash, g_str_equal);
	if (value_is(dict, VALUE_DICT)) {
		value_dict_foreach (dict, key, item) {
			(void)item;
			if (value_is(key, VALUE_STRING)) {
				g_hash_table_add(names, (char *)value_string(key));
			}
		}
	}
	return suggest_phrase_keys(name, names);
}

gpointer jinja_fail_undefined(struct jinja_evaluation *e, const value *undefined)
{
	const struct undefined *u = undefined_of(undefined);
	if (e->error != NULL) {
		return NULL;
	}
	if (u->message != NULL && u->name != NULL) {
		return jinja_fail(
			e, SUTLER_ERROR_UNDEFINED, "'%s' is undefined: %s", u->name, u->message);
	}
	if (u->message != NULL) {
		return jinja_fail(e, SUTLER_ERROR_UNDEFINED, "%s", u->message);
	}
	if (u->of != NULL) {
		g_autofree char *hint = near_keys(u->of, u->name);
		return jinja_fail(e, SUTLER_ERROR_UNDEFINED, "'%s object' has no attribute '%s'%s",
			value_type_name(u->of), u->name, hint);
	}
	if (u->name == NULL) {
		return jinja_fail(e, SUTLER_ERROR_UNDEFINED, "value is undefined");
	}
	g_autofree char *hint = near_variables(e, u->name);
	return jinja_fail(
		e, SUTLER_ERROR_UNDEFINED, "'%s' is undefined%s", public_name(u->name), hint);
}
