/* Loops: their items, and the variables of one item. */
#include "run/walker-private.h"

#include "value/secrets.h"

#include <string.h>

/* Variables of the includes around the cursor and of the loop at an item. */
value *task_run_loop_variables(const struct task_run *run, gsize i)
{
	if (run->items == NULL) {
		return run->outer == NULL ? NULL : value_ref(run->outer);
	}
	value *dict = value_new_dict();
	if (run->outer != NULL) {
		value_dict_update(dict, run->outer);
	}
	gsize n = value_list_length(run->items);
	value_dict_set(dict, run->task->loop_variable != NULL ? run->task->loop_variable : "item",
		value_ref(value_list_get(run->items, i)));
	value_dict_set(dict, "ansible_loop_var",
		value_new_string(
			run->task->loop_variable != NULL ? run->task->loop_variable : "item"));
	if (run->task->index_variable != NULL) {
		value_dict_set(dict, run->task->index_variable, value_new_int((gint64)i));
	}
	if (run->task->loop_extended) {
		value *extended = value_new_dict();
		value_dict_set(extended, "allitems", value_ref(run->items));
		value_dict_set(extended, "index", value_new_int((gint64)i + 1));
		value_dict_set(extended, "index0", value_new_int((gint64)i));
		value_dict_set(extended, "revindex", value_new_int((gint64)(n - i)));
		value_dict_set(extended, "revindex0", value_new_int((gint64)(n - i) - 1));
		value_dict_set(extended, "first", value_new_bool(i == 0));
		value_dict_set(extended, "last", value_new_bool(i + 1 == n));
		value_dict_set(extended, "length", value_new_int((gint64)n));
		if (i > 0) {
			value_dict_set(
				extended, "previtem", value_ref(value_list_get(run->items, i - 1)));
		}
		if (i + 1 < n) {
			value_dict_set(
				extended, "nextitem", value_ref(value_list_get(run->items, i + 1)));
		}
		value_dict_set(dict, "ansible_loop", extended);
	}
	return dict;
}

static value *flatten_once(const value *v)
{
	value *flat = value_new_list();
	value_list_foreach (v, item) {
		if (value_is_sequence(item)) {
			value_list_foreach (item, inner) {
				value_list_append(flat, value_ref(inner));
			}
		} else {
			value_list_append(flat, value_ref(item));
		}
	}
	return flat;
}

static gboolean is_first_found(const struct task *task)
{
	return task->loop_kind != NULL &&
	       (g_str_equal(task->loop_kind, "first_found") ||
		       g_str_equal(task->loop_kind, "ansible.builtin.first_found"));
}

/* with_LOOKUP: the terms go through the lookup of that name. */
static value *looked_up(walker *w, const struct task *task, const value *terms, GError **error)
{
	g_autoptr(value) terms_dict = value_new_dict();
	value_dict_set(terms_dict, "_terms", value_ref(terms));
	g_autofree char *text = NULL;
	if (value_is_sequence(terms)) {
		text = g_strdup_printf("query('%s', *_terms)", task->loop_kind);
	} else {
		text = g_strdup_printf("query('%s', _terms)", task->loop_kind);
	}
	g_autoptr(value) expression = value_new_string(text);
	value_set_position(expression, value_position(task->loop));
	variables_set_loop(w->variables, g_steal_pointer(&terms_dict));
	struct template_scope first_found = variables_first_found_scope(w->variables);
	value *items = template_expression(expression,
		is_first_found(task) ? &first_found : variables_scope(w->variables), error);
	variables_set_loop(w->variables, NULL);
	return items;
}

/* The terms of with_first_found: one that is undefined is passed over. */
static value *first_found_terms(walker *w, const struct task *task, GError **error)
{
	g_autoptr(value) terms = value_new_list();
	value_list_foreach (task->loop, raw) {
		g_autoptr(GError) problem = NULL;
		value *term = variables_evaluate(w->variables, raw, &problem);
		if (term != NULL) {
			value_list_append(terms, term);
		} else if (!g_error_matches(problem, SUTLER_ERROR, SUTLER_ERROR_UNDEFINED)) {
			g_propagate_error(error, g_steal_pointer(&problem));
			return NULL;
		}
	}
	return g_steal_pointer(&terms);
}

static value *find_items(walker *w, const struct task *task, GError **error)
{
	g_autoptr(value) v = is_first_found(task) && value_is(task->loop, VALUE_LIST)
				     ? first_found_terms(w, task, error)
				     : variables_evaluate(w->variables, task->loop, error);
	if (v == NULL) {
		return NULL;
	}
	gboolean plain = task->loop_kind == NULL || g_str_equal(task->loop_kind, "loop");
	if (plain || g_str_equal(task->loop_kind, "items") ||
		g_str_equal(task->loop_kind, "list")) {
		if (value_is_sequence(v)) {
			return !plain && g_str_equal(task->loop_kind, "items") ? flatten_once(v)
									       : value_ref(v);
		}
		if (!plain) {
			value *one = value_new_list();
			value_list_append(one, value_ref(v));
			return one;
		}
		error_set_at(error, SUTLER_ERROR_FAILED, value_position(task->loop),
			"'loop' needs a list, not %s: use `loop: \"{{ x | dict2items }}\"` for a "
			"mapping",
			value_type_name(v));
		return NULL;
	}
	return looked_up(w, task, v, error);
}

value *walker_loop_items(walker *w, const struct task *task, GError **error)
{
	value *items = find_items(w, task, error);
	if (items != NULL) {
		secrets_register_variable(
			task->loop_variable != NULL ? task->loop_variable : "item", items);
	}
	return items;
}
