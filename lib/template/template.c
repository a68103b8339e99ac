/* The public face: rendering files, evaluating arguments, expressions and conditions. */
#include "template/template.h"

#include <string.h>

#include "jinja/engine/evaluate.h"
#include "jinja/engine/frame.h"
#include "jinja/engine/loader.h"
#include "jinja/engine/objects.h"
#include "jinja/engine/operators.h"
#include "jinja/library/text.h"
#include "jinja/syntax/limits.h"
#include "template/defined.h"
#include "template/environment.h"
#include "template/header.h"
#include "template/placeholder.h"
#include "template/run.h"
#include "template/source.h"

gboolean template_has_marks(const char *text)
{
	for (const char *p = strchr(text, '{'); p != NULL; p = strchr(p + 1, '{')) {
		if (p[1] == '{' || p[1] == '%' || p[1] == '#') {
			return TRUE;
		}
	}
	return FALSE;
}

static jinja_template *parse(
	const char *source, gsize length, const char *name, const value *settings, GError **error)
{
	struct jinja_syntax syntax;
	header_defaults(&syntax);
	gsize skipped = 0;
	if (!header_take(settings, &syntax, error) ||
		!header_read(source, length, name, &syntax, &skipped, error)) {
		jinja_syntax_finish(&syntax);
		return NULL;
	}
	jinja_template *t = jinja_compile(&template_environment, source + skipped, length - skipped,
		name, &syntax, JINJA_TEXT, error);
	jinja_syntax_finish(&syntax);
	return t;
}

static gboolean run_file(
	struct jinja_evaluation *e, const char *text, gsize length, GPtrArray *warnings)
{
	struct run *run = run_of(e);
	run->placeholders = placeholders_new(e, warnings);
	e->shared->print_data = placeholders_append;
	if (run->placeholders == NULL || !render_template(e)) {
		return FALSE;
	}
	gsize have = text_newlines_at_end(e->out->str, e->out->len);
	for (gsize want = text_newlines_at_end(text, length); have < want; have++) {
		g_string_append(e->out, e->t->syntax.newline);
	}
	return TRUE;
}

char *template_render_text(const char *text, gsize text_length, const char *name,
	const struct template_scope *scope, gsize *length, GPtrArray *warnings, GError **error)
{
	const value *settings = scope != NULL ? scope->syntax : NULL;
	g_autoptr(jinja_template) t = parse(text, text_length, name, settings, error);
	if (t == NULL) {
		return NULL;
	}
	struct run run;
	run_init(&run, scope);
	struct jinja_evaluation e = { .shared = &run.shared, .t = t };
	evaluation_begin(&e);
	char *out = NULL;
	if (run_file(&e, text, text_length, warnings)) {
		if (length != NULL) {
			*length = e.out->len;
		}
		out = g_string_free(g_steal_pointer(&e.out), FALSE);
	} else {
		g_propagate_error(error, e.error);
	}
	evaluation_end(&e);
	run_finish(&run);
	return out;
}

char *template_read_file(const char *path, gsize *length, GError **error)
{
	struct jinja_template nothing = { .name = path };
	struct jinja_evaluation e = { .t = &nothing };
	char *text = NULL;
	if (!loader_read(&e, path, &text, length)) {
		g_propagate_error(error, e.error);
	}
	return text;
}

char *template_render_file(const char *path, const struct template_scope *scope, gsize *length,
	GPtrArray *warnings, GError **error)
{
	gsize size = 0;
	g_autofree char *text = template_read_file(path, &size, error);
	return text != NULL ? template_render_text(text, size, path, scope, length, warnings, error)
			    : NULL;
}

value *template_evaluate(const value *raw, const struct template_scope *scope, GError **error)
{
	struct run run;
	run_init(&run, scope);
	value *v = evaluate_raw(&run, raw, error);
	run_finish(&run);
	return v;
}

static value *run_bare(
	struct run *run, const value *expression, enum jinja_mode mode, GError **error)
{
	g_autoptr(jinja_template) t = source_compile(expression, mode, error);
	if (t == NULL) {
		return NULL;
	}
	struct jinja_evaluation e = {
		.shared = &run->shared, .t = t, .base = value_position(expression), .convert = TRUE
	};
	evaluation_begin(&e);
	value *v = evaluate(&e, t->body.items[0]->a);
	/* A condition is not shown: a list that holds something undefined is true. */
	const value *undefined = v != NULL && mode != JINJA_CONDITION ? undefined_inside(v) : NULL;
	if (mode == JINJA_CONDITION) {
		if (v != NULL && truth(&e, v) < 0) {
			value_clear(&v);
		}
	} else if (v != NULL && undefined_of(v) != NULL && undefined == NULL) {
		value_unref(v);
		v = value_new_null();
	} else if (undefined != NULL) {
		jinja_fail_undefined(&e, undefined);
	}
	if (e.error != NULL) {
		value_clear(&v);
		g_propagate_error(error, e.error);
	}
	if (v != NULL && value_object(v, &range_class) != NULL) {
		value *list = value_new_list();
		for (gsize i = 0; i < MIN(sequence_length(v), LIMIT_ITEMS); i++) {
			value_list_append(list, sequence_get(v, i));
		}
		value_unref(v);
		v = list;
	}
	evaluation_end(&e);
	return v;
}

/* An expression that holds marks is rendered first, and what comes out is the expression. */
static value *resolve_marks(struct run *run, const value *expression, GError **error)
{
	if (!value_is(expression, VALUE_STRING) || !template_has_marks(value_string(expression))) {
		return value_ref(expression);
	}
	g_autoptr(value) v = evaluate_raw(run, expression, error);
	if (v == NULL || !value_is(v, VALUE_STRING) || v == expression) {
		return g_steal_pointer(&v);
	}
	value *copy = value_new_string_flags(
		value_string(v), value_string_length(v), value_flags(v) & VALUE_UNSAFE);
	value_set_position(copy, value_position(expression));
	return copy;
}

static value *expression_in(
	struct run *run, const value *expression, enum jinja_mode mode, GError **error)
{
	g_autoptr(value) v = resolve_marks(run, expression, error);
	if (v == NULL || !value_is(v, VALUE_STRING)) {
		return g_steal_pointer(&v);
	}
	if (value_string_length(v) == 0) {
		return g_steal_pointer(&v);
	}
	return run_bare(run, v, mode, error);
}

value *template_expression(
	const value *expression, const struct template_scope *scope, GError **error)
{
	struct run run;
	run_init(&run, scope);
	value *v = expression_in(&run, expression, JINJA_EXPRESSION, error);
	run_finish(&run);
	return v;
}

gboolean template_condition(const value *condition, const struct template_scope *scope,
	gboolean *ret_truth, GError **error)
{
	if (value_is_sequence(condition)) {
		for (gsize i = 0; i < value_list_length(condition); i++) {
			if (!template_condition(
				    value_list_get(condition, i), scope, ret_truth, error)) {
				return FALSE;
			}
			if (!*ret_truth) {
				return TRUE;
			}
		}
		*ret_truth = TRUE;
		return TRUE;
	}
	if (value_is(condition, VALUE_NULL) ||
		(value_is(condition, VALUE_STRING) && value_string_length(condition) == 0)) {
		*ret_truth = TRUE;
		return TRUE;
	}
	struct run run;
	GError *failure = NULL;
	run_init(&run, scope);
	g_autoptr(value) v = expression_in(&run, condition, JINJA_CONDITION, &failure);
	run_finish(&run);
	if (v != NULL) {
		*ret_truth = value_truth(v);
		return TRUE;
	}
	if (failure != NULL && g_error_matches(failure, SUTLER_ERROR, SUTLER_ERROR_UNDEFINED) &&
		value_is(condition, VALUE_STRING) &&
		defined_answer(value_string(condition), failure->message, ret_truth)) {
		g_error_free(failure);
		return TRUE;
	}
	g_propagate_error(error, failure);
	return FALSE;
}

static gboolean check_string(const value *raw, gboolean bare, GError **error)
{
	gboolean marks = template_has_marks(value_string(raw));
	if (!marks && (!bare || value_string_length(raw) == 0)) {
		return TRUE;
	}
	g_autoptr(jinja_template) t =
		source_compile(raw, marks ? JINJA_TEXT : JINJA_CONDITION, error);
	return t != NULL;
}

gboolean template_check(const value *raw, gboolean bare, GError **error)
{
	if (!source_is_code(raw)) {
		return TRUE;
	}
	if (value_is(raw, VALUE_STRING)) {
		return check_string(raw, bare, error);
	}
	if (value_is_sequence(raw)) {
		value_list_foreach (raw, item) {
			if (!template_check(item, bare, error)) {
				return FALSE;
			}
		}
	} else if (value_is(raw, VALUE_DICT)) {
		value_dict_foreach (raw, key, item) {
			(void)key;
			if (!template_check(item, bare, error)) {
				return FALSE;
			}
		}
	}
	return TRUE;
}
