/* The keys plays, blocks, tasks and roles have in common. */
#include "playbook/loader.h"

#include <string.h>

#include "inventory/precedence.h"
#include "playbook/keywords.h"
#include "template/template.h"

struct position key_position(const value *dict, const char *key)
{
	value_dict_foreach (dict, name, item) {
		(void)item;
		if (value_is(name, VALUE_STRING) && strcmp(value_string(name), key) == 0) {
			return value_position(name);
		}
	}
	return value_position(dict);
}

value *dict_given(const value *dict, const char *key)
{
	value *v = value_dict_get(dict, key);
	return v == NULL || value_is(v, VALUE_NULL) ? NULL : v;
}

value *as_list(const value *v)
{
	if (value_is(v, VALUE_LIST)) {
		return value_ref(v);
	}
	value *list = value_new_list();
	value_set_position(list, value_position(v));
	value_list_append(list, value_ref(v));
	return list;
}

static gboolean check_template(const struct keyword *keyword, const value *v, GError **error)
{
	gboolean bare = keyword->type == TYPE_CONDITION;
	gboolean evaluated = bare || keyword->type == TYPE_TEXT || keyword->type == TYPE_BOOL ||
			     keyword->type == TYPE_INT || keyword->type == TYPE_NUMBER ||
			     keyword->type == TYPE_LIST || keyword->type == TYPE_VARS ||
			     strcmp(keyword->name, "environment") == 0 ||
			     strcmp(keyword->name, "loop") == 0;
	return !evaluated || value_is(v, VALUE_NULL) || template_check(v, bare, error);
}

struct check {
	guint place;
	const char *what;
	key_filter skip;
	gconstpointer data;
	struct task *task;
};

/* What only matters where the task is reached. */
static void check_later(const struct check *check, const struct keyword *keyword, const value *key,
	const value *item)
{
	GError *fault = NULL;
	gboolean condition =
		strcmp(keyword->name, "when") == 0 || strcmp(keyword->name, "loop") == 0;
	if (keyword->type == TYPE_REFUSED && !keyword_is_off(item)) {
		error_set_at(&fault, SUTLER_ERROR_USAGE, value_position(key),
			"'%s' is not supported, %s", keyword->name, keyword->advice);
	} else if (check_template(keyword, item, &fault)) {
		return;
	}
	if (check->task->fault == NULL) {
		check->task->fault_in_condition = condition;
	}
	task_set_fault(check->task, fault);
}

static gboolean check_key(
	const struct check *check, const value *key, const value *item, GError **error)
{
	struct position at = value_position(key);
	g_autofree char *name = value_to_string(key);
	const struct keyword *keyword = keyword_find(name);
	if (!value_is(key, VALUE_STRING)) {
		error_set_at(error, SUTLER_ERROR_USAGE, at, "key '%s' of %s must be text, quote it",
			name, check->what);
		return FALSE;
	}
	if (keyword != NULL && keyword->places & check->place) {
		if (!keyword_check(keyword, item, error)) {
			return FALSE;
		}
		check_later(check, keyword, key, item);
		return TRUE;
	}
	if (check->skip == NULL || !check->skip(name, check->data)) {
		keyword_set_unknown(name, check->place, check->what, at, NULL, 0, error);
		return FALSE;
	}
	return TRUE;
}

gboolean directives_check(const struct loader *l, const value *dict, guint place, const char *what,
	key_filter skip, gconstpointer data, struct task *task, GError **error)
{
	const struct check check = { place, what, skip, data, task };
	GError *problem = NULL;
	value_dict_foreach (dict, key, item) {
		GError *another = NULL;
		if (check_key(&check, key, item, &another)) {
			continue;
		}
		if (problem != NULL) {
			problems_add(l->problems, problem, NULL);
		}
		problem = another;
	}
	if (problem != NULL) {
		g_propagate_error(error, problem);
		return FALSE;
	}
	return TRUE;
}

static void add_tag(GPtrArray *tags, const char *tag)
{
	g_autofree char *stripped = g_strstrip(g_strdup(tag));
	for (guint i = 0; i < tags->len; i++) {
		if (strcmp(g_ptr_array_index(tags, i), stripped) == 0) {
			return;
		}
	}
	g_ptr_array_add(tags, g_steal_pointer(&stripped));
}

void tags_take(GPtrArray *tags, const value *v)
{
	if (value_is(v, VALUE_STRING)) {
		g_auto(GStrv) names = g_strsplit(value_string(v), ",", -1);
		for (gsize i = 0; names[i] != NULL; i++) {
			add_tag(tags, names[i]);
		}
		return;
	}
	g_autoptr(value) list = as_list(v);
	value_list_foreach (list, item) {
		g_autofree char *text = value_to_string(item);
		add_tag(tags, text);
	}
}

value *vars_merge(const value *v, GError **error)
{
	value *merged = value_new_dict();
	if (v == NULL || value_is(v, VALUE_NULL)) {
		return merged;
	}
	value_set_position(merged, value_position(v));
	g_autoptr(value) list = as_list(v);
	value_list_foreach (list, item) {
		if (!variables_check(item, error)) {
			value_unref(merged);
			return NULL;
		}
		variables_update(merged, item);
	}
	return value_freeze(merged);
}

static void append_all(GPtrArray *to, const value *v)
{
	g_autoptr(value) list = as_list(v);
	value_list_foreach (list, item) {
		if (!value_is(item, VALUE_NULL)) {
			g_ptr_array_add(to, value_ref(item));
		}
	}
}

static void take_values(struct task *task, const value *dict)
{
	value_dict_foreach (dict, key, item) {
		const struct keyword *keyword =
			value_is(key, VALUE_STRING) ? keyword_find(value_string(key)) : NULL;
		if (keyword == NULL || keyword->task_offset == 0 || value_is(item, VALUE_NULL)) {
			continue;
		}
		value **field = (value **)((char *)task + keyword->task_offset);
		value_clear(field);
		*field = value_ref(item);
	}
}

static gboolean check_environment(const value *v, GError **error)
{
	g_autoptr(value) list = as_list(v);
	value_list_foreach (list, item) {
		if (!value_is(item, VALUE_DICT) &&
			!(value_is(item, VALUE_STRING) && template_has_marks(value_string(item)))) {
			error_set_at(error, SUTLER_ERROR_USAGE, value_position(item),
				"'environment' must be a mapping of names to values");
			return FALSE;
		}
	}
	return TRUE;
}

gboolean directives_take(struct task *task, const value *dict, GError **error)
{
	take_values(task, dict);
	const value *v = dict_given(dict, "when");
	if (v != NULL) {
		append_all(task->when, v);
	}
	v = value_dict_get(dict, "tags");
	if (v != NULL && !value_is(v, VALUE_STRING) && !value_is(v, VALUE_LIST)) {
		error_set_at(error, SUTLER_ERROR_USAGE, value_position(v),
			"'tags' must be a list of names");
		return FALSE;
	}
	if (v != NULL) {
		tags_take(task->tags, v);
	}
	v = dict_given(dict, "environment");
	if (v != NULL) {
		if (!check_environment(v, error)) {
			return FALSE;
		}
		append_all(task->environment, v);
	}
	v = dict_given(dict, "notify");
	if (v != NULL) {
		g_ptr_array_set_size(task->notify, 0);
		append_all(task->notify, v);
	}
	v = dict_given(dict, "vars");
	if (v != NULL) {
		value *vars = vars_merge(v, error);
		if (vars == NULL) {
			return FALSE;
		}
		g_ptr_array_add(task->vars, vars);
	}
	return TRUE;
}

gboolean directives_module_defaults(struct scope *scope, const value *dict, GError **error)
{
	const value *v = dict_given(dict, "module_defaults");
	if (v == NULL) {
		return TRUE;
	}
	g_autoptr(value) list = as_list(v);
	value_list_foreach (list, item) {
		if (!value_is(item, VALUE_DICT)) {
			error_set_at(error, SUTLER_ERROR_USAGE, value_position(item),
				"'module_defaults' must be a mapping of module names to arguments");
			return FALSE;
		}
		g_ptr_array_add(scope->module_defaults, value_ref(item));
	}
	return TRUE;
}
