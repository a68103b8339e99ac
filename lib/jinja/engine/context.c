/* Names that no scope of a template knows: variables of its context and of the scope, functions. */
#include "jinja/engine/evaluate.h"

#include "jinja/engine/frame.h"
#include "jinja/engine/objects.h"
#include "jinja/syntax/environment.h"

value *variable_failed(struct jinja_evaluation *e, const char *name, GError *error)
{
	g_return_val_if_fail(error != NULL, NULL);
	if (g_error_matches(error, SUTLER_ERROR, SUTLER_ERROR_UNDEFINED)) {
		value *v = undefined_new(name, error->message, NULL);
		g_error_free(error);
		return v;
	}
	if (!g_error_matches(error, SUTLER_ERROR, SUTLER_ERROR_PENDING) &&
		!g_error_matches(error, SUTLER_ERROR, SUTLER_ERROR_UNPREDICTED)) {
		g_autofree char *message =
			g_strdup_printf("%s, needed by variable '%s'", error->message, name);
		g_free(error->message);
		error->message = g_steal_pointer(&message);
	}
	if (e->error == NULL) {
		e->error = error;
	} else {
		g_error_free(error);
	}
	return NULL;
}

static value *scope_variable(struct jinja_evaluation *e, const char *name)
{
	const struct jinja_scope *scope = e->shared->scope;
	GError *error = NULL;
	value *v = scope->lookup != NULL ? scope->lookup(scope->data, name, &error) : NULL;
	return error != NULL ? variable_failed(e, name, error) : v;
}

void shared_init(struct shared *shared, const struct jinja_scope *scope)
{
	*shared = (struct shared){ .scope = scope };
}

value *variable_get(struct jinja_evaluation *e, const char *name)
{
	struct shared *shared = e->shared;
	value *known =
		shared->variables != NULL ? g_hash_table_lookup(shared->variables, name) : NULL;
	if (known != NULL) {
		return value_ref(known);
	}
	gboolean keep = FALSE;
	value *v = NULL;
	if (shared->variable != NULL) {
		v = shared->variable(e, name, &keep);
	} else {
		v = scope_variable(e, name);
		/* What is frozen is the same each time, and cheap to ask for. */
		keep = v != NULL && (shared->mutates || !value_is_frozen(v));
	}
	if (v == NULL || !keep) {
		return v;
	}
	if (shared->mutates && (value_is(v, VALUE_LIST) || value_is(v, VALUE_DICT))) {
		value *copy = value_thaw(v);
		value_unref(v);
		v = copy;
	}
	if (shared->variables == NULL) {
		shared->variables = name_table();
	}
	g_hash_table_insert(shared->variables, g_strdup(name), value_ref(v));
	return v;
}

value *context_lookup(struct jinja_evaluation *e, const value *name)
{
	const char *text = value_string(name);
	struct context *c = e->context;
	value *v = c->variables != NULL ? g_hash_table_lookup(c->variables, text) : NULL;
	if (v == NULL && c->locals != NULL) {
		v = g_hash_table_lookup(c->locals, text);
	}
	if (v != NULL) {
		return value_ref(v);
	}
	if (!c->isolated) {
		v = variable_get(e, text);
		if (v != NULL || e->error != NULL) {
			return v;
		}
	}
	const struct jinja_global *global = global_find(e->t->environment, text);
	return global != NULL ? function_new(global) : undefined_new(text, NULL, NULL);
}
