/* Variables of the scope: evaluated when they are first needed, with cycles detected. */
#include <string.h>

#include "jinja/engine/evaluate.h"
#include "jinja/engine/frame.h"
#include "jinja/engine/objects.h"
#include "jinja/engine/operators.h"
#include "jinja/engine/output.h"
#include "jinja/library/text.h"
#include "template/placeholder.h"
#include "template/run.h"
#include "template/source.h"

/* `vars`: all variables as they are written. */
static value *all_variables(struct jinja_evaluation *e)
{
	const struct template_scope *scope = run_of(e)->scope;
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
static char *chain(const struct run *run, const char *name)
{
	g_autofree char *end = g_strdup_printf("'%s'", name);
	for (const struct active *a = run->active; a != NULL; a = a->before) {
		char *longer = g_strdup_printf("'%s' -> %s", a->name, end);
		g_free(end);
		end = longer;
	}
	return g_steal_pointer(&end);
}

static gboolean is_active(const struct run *run, const char *name)
{
	const struct active *a = run->active;
	while (a != NULL && strcmp(a->name, name) != 0) {
		a = a->before;
	}
	return a != NULL;
}

static value *evaluate_variable(struct jinja_evaluation *e, const char *name, const value *raw)
{
	struct run *run = run_of(e);
	if (is_active(run, name)) {
		g_autofree char *path = chain(run, name);
		return jinja_fail_usage(e, "recursive loop of variables: %s", path);
	}
	if (!recursion_enter(e, "variables")) {
		return NULL;
	}
	const struct active active = { name, run->active };
	run->active = &active;
	GError *error = NULL;
	value *v = evaluate_raw(run, raw, &error);
	run->active = active.before;
	recursion_leave(e);
	return v != NULL ? v : variable_failed(e, name, error);
}

static value *run_variable(struct jinja_evaluation *e, const char *name, gboolean *ret_keep)
{
	const struct template_scope *scope = run_of(e)->scope;
	GError *error = NULL;
	g_autoptr(value) raw = scope->lookup(scope->data, name, &error);
	if (error != NULL) {
		return variable_failed(e, name, error);
	}
	if (raw == NULL) {
		return strcmp(name, "vars") == 0 ? all_variables(e) : NULL;
	}
	if (value_is_plain(raw) && !e->shared->mutates) {
		return g_steal_pointer(&raw); /* nothing to remember */
	}
	value *v = strcmp(name, "vars") == 0 ? value_ref(raw) : evaluate_variable(e, name, raw);
	if (v != NULL && v != raw && scope->evaluated != NULL) {
		scope->evaluated(scope->data, name, v);
	}
	*ret_keep = TRUE;
	return v;
}

/* --- runs --- */

void run_init(struct run *run, const struct template_scope *scope)
{
	run->scope = scope;
	run->language = (struct jinja_scope){
		.data = scope->data, .names = scope->names, .folders = scope->template_folders
	};
	run->active = NULL;
	run->placeholders = NULL;
	shared_init(&run->shared, &run->language);
	run->shared.variable = run_variable;
}

void run_finish(struct run *run)
{
	placeholders_free(run->placeholders);
	shared_finish(&run->shared);
}

/* --- task arguments --- */

/* "{{ name }}" alone: numbers, bools and null keep their type. NULL: not that, or not such. */
static value *single_variable(struct run *run, const struct jinja_template *t, const char *text,
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
	g_autoptr(value) raw = run->scope->lookup(run->scope->data, name, error);
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
static gboolean is_text(const struct jinja_evaluation *e, const value *v)
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

static value *run_string(struct jinja_evaluation *e, const char *text, gsize length)
{
	struct jinja_template *t = e->t;
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

static value *evaluate_string(struct run *run, const value *raw, GError **error)
{
	const char *text = value_string(raw);
	gsize length = value_string_length(raw);
	g_autoptr(jinja_template) t = source_compile(raw, JINJA_TEXT, error);
	if (t == NULL) {
		return NULL;
	}
	GError *failed_lookup = NULL;
	value *single = single_variable(run, t, text, length, &failed_lookup);
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
	struct jinja_evaluation e = {
		.shared = &run->shared, .t = t, .base = value_position(raw), .convert = TRUE
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

static value *evaluate_list(struct run *run, const value *raw, GError **error)
{
	g_autoptr(value) copy = NULL;
	gsize n = value_list_length(raw);
	for (gsize i = 0; i < n; i++) {
		value *item = value_list_get(raw, i);
		g_autoptr(value) v = evaluate_raw(run, item, error);
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

static value *evaluate_dict(struct run *run, const value *raw, GError **error)
{
	g_autoptr(value) copy = NULL;
	gsize n = value_dict_length(raw);
	for (gsize i = 0; i < n; i++) {
		value *item = value_dict_item_at(raw, i);
		g_autoptr(value) v = evaluate_raw(run, item, error);
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

static value *evaluate_anew(struct run *run, const value *raw, GError **error)
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
		return template_has_marks(value_string(raw)) ? evaluate_string(run, raw, error)
							     : value_ref(raw);
	case VALUE_LIST:
	case VALUE_TUPLE:
		return evaluate_list(run, raw, error);
	case VALUE_DICT:
		return evaluate_dict(run, raw, error);
	default:
		return value_ref(raw);
	}
}

value *evaluate_raw(struct run *run, const value *raw, GError **error)
{
	if (value_is_plain(raw)) {
		return value_ref(raw);
	}
	value *v = evaluate_anew(run, raw, error);
	if (v == raw) {
		value_mark_plain(raw); /* the next time it is not searched for marks */
	}
	return v;
}
