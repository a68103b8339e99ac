/* Variables of the scope: evaluated when they are first needed, with cycles detected. */
#include <string.h>

#include "jinja/engine/call.h"
#include "jinja/engine/evaluate.h"
#include "jinja/engine/frame.h"
#include "jinja/engine/objects.h"
#include "jinja/engine/operators.h"
#include "jinja/engine/output.h"
#include "jinja/library/text.h"
#include "jinja/syntax/limits.h"
#include "template/source.h"

/* `vars`: all variables as they are written. */
static value *all_variables(struct evaluation *e)
{
	const struct template_scope *scope = e->shared->scope;
	if (scope->names == NULL) {
		return NULL;
	}
	g_autoptr(GHashTable) names = g_hash_table_new(g_str_hash, g_str_equal);
	scope->names(scope->data, names);
	g_autoptr(GList) keys = g_list_sort(g_hash_table_get_keys(names), (GCompareFunc)strcmp);
	value *all = value_new_dict();
	for (GList *l = keys; l != NULL; l = l->next) {
		GError *error = NULL;
		value *v = scope->lookup(scope->data, l->data, &error);
		g_clear_error(&error); /* what is not known yet is left out */
		if (v != NULL) {
			const char *name = l->data; /* a fact's came from its host */
			value_dict_set_value(
				all, value_new_string_flags(name, strlen(name), VALUE_UNSAFE), v);
		}
	}
	return all;
}

/* "'a' -> 'b' -> 'a'" */
static char *chain(const struct shared *shared, const char *name)
{
	g_autofree char *end = g_strdup_printf("'%s'", name);
	for (const struct active *a = shared->active; a != NULL; a = a->before) {
		char *longer = g_strdup_printf("'%s' -> %s", a->name, end);
		g_free(end);
		end = longer;
	}
	return g_steal_pointer(&end);
}

static gboolean is_active(const struct shared *shared, const char *name)
{
	const struct active *a = shared->active;
	while (a != NULL && strcmp(a->name, name) != 0) {
		a = a->before;
	}
	return a != NULL;
}

/* An undefined value that remembers why, or NULL with the error set. */
static value *failed(struct evaluation *e, const char *name, GError *error)
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

static value *evaluate_variable(struct evaluation *e, const char *name, const value *raw)
{
	struct shared *shared = e->shared;
	if (is_active(shared, name)) {
		g_autofree char *path = chain(shared, name);
		return template_fail_usage(e, "recursive loop of variables: %s", path);
	}
	if (!recursion_enter(e, "variables")) {
		return NULL;
	}
	const struct active active = { name, shared->active };
	shared->active = &active;
	GError *error = NULL;
	value *v = evaluate_raw(shared, raw, &error);
	shared->active = active.before;
	recursion_leave(e);
	return v != NULL ? v : failed(e, name, error);
}

value *variable_get(struct evaluation *e, const char *name)
{
	struct shared *shared = e->shared;
	value *known =
		shared->variables != NULL ? g_hash_table_lookup(shared->variables, name) : NULL;
	if (known != NULL) {
		return value_ref(known);
	}
	GError *error = NULL;
	g_autoptr(value) raw = shared->scope->lookup(shared->scope->data, name, &error);
	if (error != NULL) {
		return failed(e, name, error);
	}
	if (raw == NULL) {
		return strcmp(name, "vars") == 0 ? all_variables(e) : NULL;
	}
	if (value_is_plain(raw) && !shared->mutates) {
		return g_steal_pointer(&raw); /* nothing to remember */
	}
	value *v = strcmp(name, "vars") == 0 ? value_ref(raw) : evaluate_variable(e, name, raw);
	if (v == NULL) {
		return NULL;
	}
	if (v != raw && shared->scope->evaluated != NULL) {
		shared->scope->evaluated(shared->scope->data, name, v);
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

value *context_lookup(struct evaluation *e, const value *name)
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
	const struct global *global = global_find(e->t->environment, text);
	return global != NULL ? function_new(global) : undefined_new(text, NULL, NULL);
}

/* --- task arguments --- */

/* "{{ name }}" alone: numbers, bools and null keep their type. NULL: not that, or not such. */
static value *single_variable(struct shared *shared, const struct template *t, const char *text,
	gsize length, GError **error)
{
	if (!t->single || t->body.items[0]->a->type != NODE_NAME || length < 4 || text[0] != '{') {
		return NULL;
	}
	const char *name = t->body.items[0]->a->name;
	const char *end = text + length - (text[length - 1] == '\n');
	const char *from = NULL;
	const char *to = NULL;
	if (end - text < 4 || end[-1] != '}') {
		return NULL;
	}
	/* no brackets around it, and no dashes at the marks */
	text_strip(text + 2, (gsize)(end - text) - 4, NULL, TRUE, TRUE, &from, &to);
	if ((gsize)(to - from) != strlen(name) || memcmp(from, name, strlen(name)) != 0) {
		return NULL;
	}
	g_autoptr(value) raw = shared->scope->lookup(shared->scope->data, name, error);
	if (raw == NULL) {
		return NULL;
	}
	return is_number(raw) || value_is(raw, VALUE_NULL) ? g_steal_pointer(&raw) : NULL;
}

/* Newlines the lexer threw away at the end are put back. */
static void restore_newlines(GString *out, const char *source, gsize length, const char *newline)
{
	gsize wanted = text_newlines_at_end(source, length);
	for (gsize n = text_newlines_at_end(out->str, out->len); n < wanted; n++) {
		g_string_append(out, newline);
	}
}

/* The value of a single printed expression that is text and stays text: {{ x | to_json }}. */
static gboolean is_text(const struct evaluation *e, const value *v)
{
	(void)e;
	return value_is(v, VALUE_STRING) && (value_flags(v) & VALUE_TEXT);
}

/* Takes v. */
static value *with_newlines(value *v, const char *source, gsize length, const char *newline)
{
	if (text_newlines_at_end(source, length) == 0) {
		return v;
	}
	g_autoptr(value) before = v;
	g_autoptr(GString) text = g_string_new_len(value_string(v), (gssize)value_string_length(v));
	restore_newlines(text, source, length, newline);
	return value_new_string_flags(text->str, text->len, value_flags(before));
}

static value *run_string(struct evaluation *e, const char *text, gsize length)
{
	struct template *t = e->t;
	if (t->single) {
		g_autoptr(value) v = evaluate(e, t->body.items[0]->a);
		if (v == NULL) {
			return NULL;
		}
		if (is_text(e, v)) {
			return with_newlines(g_steal_pointer(&v), text, length, t->syntax.newline);
		}
		e->at = t->body.items[0]->a;
		if (!output_value(e, v)) {
			return NULL;
		}
	} else if (!render_template(e)) {
		return NULL;
	}
	value *v = output_take(e);
	if (value_is(v, VALUE_STRING) && text_newlines_at_end(text, length) > 0) {
		value_unref(v);
		restore_newlines(e->out, text, length, t->syntax.newline);
		v = value_new_string_flags(e->out->str, e->out->len, e->flags);
	}
	return v;
}

static value *evaluate_string(struct shared *shared, const value *raw, GError **error)
{
	const char *text = value_string(raw);
	gsize length = value_string_length(raw);
	g_autoptr(template) t = source_compile(raw, BARE_NO, error);
	if (t == NULL) {
		return NULL;
	}
	GError *failed_lookup = NULL;
	value *single = single_variable(shared, t, text, length, &failed_lookup);
	if (failed_lookup != NULL) {
		if (!g_error_matches(failed_lookup, SUTLER_ERROR, SUTLER_ERROR_UNDEFINED)) {
			g_propagate_error(error, failed_lookup);
			return NULL;
		}
		g_clear_error(&failed_lookup);
	}
	if (single != NULL) {
		return single;
	}
	struct evaluation e = {
		.shared = shared, .t = t, .base = value_position(raw), .convert = TRUE
	};
	evaluation_begin(&e);
	value *v = run_string(&e, text, length);
	evaluation_end(&e);
	if (v == NULL) {
		g_propagate_error(error, e.error);
	} else if ((value_flags(raw) & VALUE_SECRET) && v != NULL) {
		value *flagged = value_with_flags(v, VALUE_SECRET);
		value_unref(v);
		v = flagged;
	}
	return v;
}

static value *evaluate_list(struct shared *shared, const value *raw, GError **error)
{
	g_autoptr(value) copy = NULL;
	gsize n = value_list_length(raw);
	for (gsize i = 0; i < n; i++) {
		value *item = value_list_get(raw, i);
		g_autoptr(value) v = evaluate_raw(shared, item, error);
		if (v == NULL) {
			return NULL;
		}
		if (v != item && copy == NULL) {
			copy = value_new_list();
			value_set_position(copy, value_position(raw));
			for (gsize k = 0; k < i; k++) {
				value_list_append(copy, value_ref(value_list_get(raw, k)));
			}
		}
		if (copy != NULL) {
			value_list_append(copy, g_steal_pointer(&v));
		}
	}
	return copy != NULL ? g_steal_pointer(&copy) : value_ref(raw);
}

static value *evaluate_dict(struct shared *shared, const value *raw, GError **error)
{
	g_autoptr(value) copy = NULL;
	gsize n = value_dict_length(raw);
	for (gsize i = 0; i < n; i++) {
		value *item = value_dict_item_at(raw, i);
		g_autoptr(value) v = evaluate_raw(shared, item, error);
		if (v == NULL) {
			return NULL;
		}
		if (v != item && copy == NULL) {
			copy = value_new_dict();
			value_set_position(copy, value_position(raw));
			for (gsize k = 0; k < i; k++) {
				value_dict_set_value(copy, value_ref(value_dict_key_at(raw, k)),
					value_ref(value_dict_item_at(raw, k)));
			}
		}
		if (copy != NULL) {
			value_dict_set_value(
				copy, value_ref(value_dict_key_at(raw, i)), g_steal_pointer(&v));
		}
	}
	return copy != NULL ? g_steal_pointer(&copy) : value_ref(raw);
}

static value *evaluate_anew(struct shared *shared, const value *raw, GError **error)
{
	if (value_flags(raw) & VALUE_VAULT) {
		/* Whoever could decrypt it has tried. The ciphertext must never pass for the value.
		 */
		error_set_at(error, SUTLER_ERROR_USAGE, value_position(raw),
			"a !vault value is still encrypted: no vault password was given, or none "
			"fits; "
			"use --vault-password-file or --ask-vault-pass");
		return NULL;
	}
	if (!source_is_code(raw)) {
		return value_ref(raw);
	}
	switch (value_type(raw)) {
	case VALUE_STRING:
		return template_has_marks(value_string(raw)) ? evaluate_string(shared, raw, error)
							     : value_ref(raw);
	case VALUE_LIST:
	case VALUE_TUPLE:
		return evaluate_list(shared, raw, error);
	case VALUE_DICT:
		return evaluate_dict(shared, raw, error);
	default:
		return value_ref(raw);
	}
}

value *evaluate_raw(struct shared *shared, const value *raw, GError **error)
{
	if (value_is_plain(raw)) {
		return value_ref(raw);
	}
	value *v = evaluate_anew(shared, raw, error);
	if (v == raw) {
		value_mark_plain(raw); /* the next time it is not searched for marks */
	}
	return v;
}
