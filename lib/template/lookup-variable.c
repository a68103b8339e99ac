/* Lookups of variables, of the play and of the environment here. */
#include "template/lookup.h"

#include <string.h>

#include "jinja/engine/objects.h"
#include "template/run.h"

value *lookup_env(struct jinja_call *c)
{
	g_autoptr(value) out = value_new_list();
	for (guint i = 0; i < c->n_extra; i++) {
		const char *text = lookup_term(c, i);
		if (text == NULL) {
			return NULL;
		}
		g_autofree char *name = g_strndup(text, strcspn(text, " \t\n"));
		const char *found = g_getenv(name);
		value *otherwise = lookup_option(c, "default");
		if (found == NULL && otherwise != NULL && undefined_of(otherwise) != NULL) {
			return jinja_fail(c->e, SUTLER_ERROR_UNDEFINED,
				"the 'env' lookup found an undefined variable: %s", name);
		}
		value_list_append(out, found != NULL ? value_new_bytes(found, strlen(found), 0)
				       : otherwise != NULL ? value_ref(otherwise)
							   : value_new_string(""));
	}
	return g_steal_pointer(&out);
}

value *lookup_vars(struct jinja_call *c)
{
	g_autoptr(value) out = value_new_list();
	for (guint i = 0; i < c->n_extra; i++) {
		const char *name = lookup_term(c, i);
		value *otherwise = lookup_option(c, "default");
		otherwise = value_is(otherwise, VALUE_NULL) ? NULL : otherwise;
		g_autoptr(value) v = name != NULL ? variable_get(c->e, name) : NULL;
		if (name == NULL || (v == NULL && c->e->error != NULL)) {
			return NULL;
		}
		if (v != NULL && undefined_of(v) == NULL) {
			value_list_append(out, g_steal_pointer(&v));
		} else if (otherwise != NULL) {
			value_list_append(out, value_ref(otherwise));
		} else if (v != NULL) {
			return jinja_fail_undefined(c->e, v);
		} else {
			g_autoptr(value) missing = undefined_new(name, NULL, NULL);
			return jinja_fail_undefined(c->e, missing);
		}
	}
	return g_steal_pointer(&out);
}

static int compare_names(gconstpointer a, gconstpointer b)
{
	return strcmp(*(const char *const *)a, *(const char *const *)b);
}

value *lookup_varnames(struct jinja_call *c)
{
	const struct template_scope *scope = run_of(c->e)->scope;
	g_autoptr(GHashTable) names = g_hash_table_new(g_str_hash, g_str_equal);
	if (scope->names != NULL) {
		scope->names(scope->data, names);
	}
	guint n = 0;
	g_autofree gpointer *sorted = g_hash_table_get_keys_as_array(names, &n);
	qsort(sorted, n, sizeof *sorted, compare_names);
	g_autoptr(value) out = value_new_list();
	for (guint i = 0; i < c->n_extra; i++) {
		const char *pattern = lookup_term(c, i);
		GError *error = NULL;
		g_autoptr(GRegex) regex =
			pattern != NULL ? g_regex_new(pattern, 0, 0, &error) : NULL;
		if (regex == NULL) {
			jinja_fail_usage(c->e, "unable to use '%s' as a search parameter", pattern);
			g_clear_error(&error);
			return NULL;
		}
		for (guint k = 0; k < n; k++) {
			if (g_regex_match(regex, sorted[k], 0, NULL)) {
				value_list_append(out, value_new_string(sorted[k]));
			}
		}
	}
	return g_steal_pointer(&out);
}
