/* Loops of tasks. */
#include "playbook/loader.h"

#include <string.h>

#include "base/suggest.h"
#include "playbook/keywords.h"
#include "template/template.h"

/* The lookups with_X: may name ("Playbook keywords" and the lookup plugins of ansible.builtin). */
static const char *const lookups[] = { "cartesian", "dict", "file", "fileglob", "first_found",
	"flattened", "indexed_items", "inventory_hostnames", "items", "lines", "list", "nested",
	"random_choice", "sequence", "subelements", "together", "vars" };

static gboolean check_lookup(const char *name, struct position at, GError **error)
{
	for (gsize i = 0; i < G_N_ELEMENTS(lookups); i++) {
		if (strcmp(name, lookups[i]) == 0) {
			return TRUE;
		}
	}
	g_autofree char *hint = suggest_phrase(name, lookups, G_N_ELEMENTS(lookups));
	error_set_at(error, SUTLER_ERROR_USAGE, at, "unknown loop 'with_%s'%s", name, hint);
	return FALSE;
}

static gboolean set_loop(
	struct task *task, const char *kind, const value *key, const value *v, GError **error)
{
	if (task->loop != NULL) {
		error_set_at(error, SUTLER_ERROR_USAGE, value_position(key),
			"a second loop '%s' in one task", value_string(key));
		return FALSE;
	}
	gboolean plain = strcmp(kind, "loop") == 0;
	gboolean fits = plain ? value_is(v, VALUE_LIST) || value_is(v, VALUE_STRING)
			      : !value_is(v, VALUE_NULL);
	if (!fits) {
		g_autofree char *found = describe_value(v);
		error_set_at(error, SUTLER_ERROR_USAGE, value_position(v),
			"'%s' needs a list%s, not %s", value_string(key),
			plain ? "" : " or mapping", found);
		return FALSE;
	}
	task->loop = value_ref(v);
	task->loop_kind = g_strdup(kind);
	return TRUE;
}

static gboolean take_loop(struct task *task, const value *dict, GError **error)
{
	value_dict_foreach (dict, key, item) {
		const char *name = value_string(key);
		gboolean with = g_str_has_prefix(name, "with_");
		if (!with && (strcmp(name, "loop") != 0 || value_is(item, VALUE_NULL))) {
			continue;
		}
		if (with && !check_lookup(name + 5, value_position(key), error)) {
			return FALSE;
		}
		GError *fault = NULL;
		if (with && !template_check(item, FALSE, &fault)) {
			task->fault_in_condition |= task->fault == NULL;
			task_set_fault(task, fault);
		}
		if (!set_loop(task, with ? name + 5 : "loop", key, item, error)) {
			return FALSE;
		}
	}
	return TRUE;
}

gboolean check_variable_name(const value *v, const char *key, GError **error)
{
	if (value_is(v, VALUE_STRING) &&
		(variable_name_is_valid(value_string(v)) || template_has_marks(value_string(v)))) {
		return TRUE;
	}
	g_autofree char *text = value_to_string(v);
	error_set_at(error, SUTLER_ERROR_USAGE, value_position(v),
		"'%s' needs the name of a variable, not '%.60s'", key, text);
	return FALSE;
}

static gboolean take_loop_name(char **field, const value *v, const char *key, GError **error)
{
	if (!check_variable_name(v, key, error)) {
		return FALSE;
	}
	g_free(*field);
	*field = g_strdup(value_string(v));
	return TRUE;
}

static gboolean take_loop_control_key(
	struct task *task, const value *key, const value *v, GError **error)
{
	static const char *const keys[] = { "extended", "extended_allitems", "index_var", "label",
		"loop_var", "pause" };
	g_autofree char *name = value_to_string(key);
	if (strcmp(name, "loop_var") == 0) {
		return take_loop_name(&task->loop_variable, v, name, error);
	}
	if (strcmp(name, "index_var") == 0) {
		return take_loop_name(&task->index_variable, v, name, error);
	}
	if (strcmp(name, "label") == 0) {
		task->loop_label = value_ref(v);
		return template_check(v, FALSE, error);
	}
	if (strcmp(name, "pause") == 0) {
		task->loop_pause = value_ref(v);
		return TRUE;
	}
	if (strcmp(name, "extended") == 0) {
		task->loop_extended = value_truth(v);
		return TRUE;
	}
	if (strcmp(name, "extended_allitems") == 0) {
		return TRUE; /* only drops ansible_loop.allitems, to save memory */
	}
	g_autofree char *hint = suggest_phrase(name, keys, G_N_ELEMENTS(keys));
	error_set_at(error, SUTLER_ERROR_USAGE, value_position(key),
		"unknown key '%s' in loop_control%s", name, hint);
	return FALSE;
}

static gboolean take_loop_control(struct task *task, const value *dict, GError **error)
{
	const value *control = dict_given(dict, "loop_control");
	if (control == NULL) {
		return TRUE;
	}
	if (!value_is(control, VALUE_DICT)) {
		error_set_at(error, SUTLER_ERROR_USAGE, value_position(control),
			"'loop_control' must be a mapping, its values may be templates");
		return FALSE;
	}
	value_dict_foreach (control, key, item) {
		if (!value_is(item, VALUE_NULL) && !take_loop_control_key(task, key, item, error)) {
			return FALSE;
		}
	}
	return TRUE;
}

gboolean task_take_loop(struct task *task, const value *dict, GError **error)
{
	return take_loop(task, dict, error) && take_loop_control(task, dict, error);
}
