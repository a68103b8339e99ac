/* Tasks and blocks. */
#include "playbook/loader.h"

#include <string.h>

#include "base/public-names.h"
#include "base/suggest.h"
#include "playbook/keywords.h"
#include "playbook/published.h"
#include "template/template.h"

gboolean task_take_own(struct task *task, const value *dict, GError **error)
{
	const value *name = dict_given(dict, "register");
	if (name != NULL) {
		if (!check_variable_name(name, "register", error)) {
			return FALSE;
		}
		task->register_name = g_strdup(value_string(name));
	}
	const value *listen = dict_given(dict, "listen");
	if (listen != NULL) {
		g_autoptr(value) topics = as_list(listen);
		value_list_foreach (topics, topic) {
			g_ptr_array_add(task->listen, value_to_string(topic));
		}
	}
	return task_take_loop(task, dict, error);
}

/* Defaults for a module, or a group of modules, that only others have. */
static gboolean is_of_others(const char *name)
{
	return g_str_has_prefix(name, "group/") || published_module(name);
}

/* Arguments the module's defaults add, of all the spellings of its name. */
static gboolean apply_defaults(
	const struct loader *l, const struct scope *scope, struct task *task, GError **error)
{
	if (task->module == NULL || scope->module_defaults->len == 0 ||
		!value_is(task->arguments, VALUE_DICT)) {
		return TRUE;
	}
	g_autoptr(value) merged = value_new_dict();
	for (guint i = 0; i < scope->module_defaults->len; i++) {
		const value *defaults = g_ptr_array_index(scope->module_defaults, i);
		value_dict_foreach (defaults, key, item) {
			g_autofree char *name = value_to_string(key);
			const struct module *module = l->options->catalog->find(name);
			if (module == NULL && is_of_others(name)) {
				continue;
			}
			if (module == NULL ||
				(!value_is(item, VALUE_DICT) && module == task->module)) {
				error_set_at(error, SUTLER_ERROR_USAGE, value_position(key),
					"module_defaults: '%s' is not a module with a mapping of "
					"arguments",
					name);
				return FALSE;
			}
			if (module == task->module) {
				value_dict_update(merged, item);
			}
		}
	}
	if (value_dict_length(merged) > 0) {
		value_set_position(merged, value_position(task->arguments));
		value_dict_update(merged, task->arguments);
		value_unref(task->arguments);
		task->arguments = g_steal_pointer(&merged);
	}
	return TRUE;
}

/* A parameter that nobody knows is a typing error. Whatever else is wrong with the arguments, the
 * task tells where it is reached. */
static gboolean check_arguments(const struct loader *l, struct task *task, GError **error)
{
	GError *problem = NULL;
	if (task->module == NULL) {
		return TRUE;
	}
	/* The condition of assert and the variable of debug are bare expressions: the module's to
	 * check. */
	if (!template_check(task->arguments, FALSE, &problem)) {
		task_set_fault(task, g_steal_pointer(&problem));
	}
	if (value_is(task->arguments, VALUE_STRING) ||
		l->options->catalog->check(
			task->module, task->arguments, task->arguments_at, &problem)) {
		return TRUE;
	}
	if (g_error_matches(problem, SUTLER_ERROR, SUTLER_ERROR_UNKNOWN)) {
		g_propagate_error(error, problem);
		return FALSE;
	}
	task_set_fault(task, problem);
	return TRUE;
}

static GError *lacking(const struct action *action)
{
	GError *fault = NULL;
	if (action->own != NULL) {
		g_autofree char *builtin =
			g_strdup_printf("write 'ansible.builtin.%s' for the usual one",
				public_name(action->short_name));
		error_set_at(&fault, SUTLER_ERROR_USAGE, action->at,
			"module '%s' is '%s', and a project's own modules are not supported: %s",
			public_name(action->key), action->own,
			action->shadows ? builtin : "use 'script' or 'command'");
		return fault;
	}
	error_set_at(&fault, SUTLER_ERROR_USAGE, action->at,
		"unknown module '%s', Ansible has it but sutler does not",
		public_name(action->key));
	return fault;
}

static gboolean read_module(const struct loader *l, const struct scope *scope, const value *dict,
	const struct action *action, GPtrArray *tasks, GError **error)
{
	guint place = scope->handlers ? IN_HANDLER : IN_TASK;
	const char *what = scope->handlers ? "a handler" : "a task";
	struct task *task = scope_task(l->book, scope);
	task->kind = TASK_MODULE;
	task->at = value_position(dict);
	task->module = action->module;
	task->module_name = g_strdup(action->short_name);
	task->arguments = value_ref(action->arguments);
	task->arguments_at = action->arguments_at;
	if (action->lacking) {
		task_set_fault(task, lacking(action));
	}
	GError *problem = NULL;
	gboolean sound = directives_check(l, dict, place, what, action_is_key, l, task, &problem);
	if (!sound && !loader_go_on(l, &problem)) {
		g_propagate_error(error, problem);
		return FALSE;
	}
	if ((sound && (!directives_take(task, dict, error) || !task_take_own(task, dict, error))) ||
		!apply_defaults(l, scope, task, error) || !check_arguments(l, task, error)) {
		return FALSE;
	}
	value_freeze(task->arguments);
	if (action->local) {
		value_clear(&task->delegate_to);
		task->delegate_to = value_new_string("localhost");
	}
	task_check_supported(task);
	g_ptr_array_add(tasks, task);
	return TRUE;
}

static gboolean read_meta(const struct loader *l, const struct scope *scope, const value *dict,
	const struct action *action, GPtrArray *tasks, GError **error)
{
	static const char *const known[] = { "clear_facts", "clear_host_errors", "end_batch",
		"end_host", "end_play", "flush_handlers", "noop", "refresh_inventory",
		"reset_connection" };
	const value *word = value_is(action->arguments, VALUE_DICT)
				    ? value_dict_get(action->arguments, "_raw_params")
				    : NULL;
	g_autofree char *text = word != NULL ? value_to_string(word) : g_strdup("");
	gboolean found = FALSE;
	for (gsize i = 0; i < G_N_ELEMENTS(known); i++) {
		found = found || strcmp(text, known[i]) == 0;
	}
	if (!found || value_dict_length(action->arguments) != 1) {
		g_autofree char *hint = suggest_phrase(text, known, G_N_ELEMENTS(known));
		error_set_at(error, SUTLER_ERROR_USAGE, action->arguments_at,
			"unknown meta action '%s'%s", text, hint);
		return FALSE;
	}
	struct task *task = scope_task(l->book, scope);
	task->kind = TASK_META;
	task->at = value_position(dict);
	task->module_name = g_strdup("meta");
	task->arguments = value_ref(action->arguments);
	task->arguments_at = action->arguments_at;
	guint place = scope->handlers ? IN_HANDLER : IN_TASK;
	if (!directives_check(l, dict, place, "a meta task", action_is_key, l, task, error) ||
		!directives_take(task, dict, error)) {
		return FALSE;
	}
	if (strcmp(text, "refresh_inventory") == 0) {
		GError *fault = NULL;
		error_set_at(&fault, SUTLER_ERROR_USAGE, task->arguments_at,
			"'meta: refresh_inventory' is not supported: run what follows in a "
			"second call");
		task_set_fault(task, fault);
	}
	task_check_supported(task);
	g_ptr_array_add(tasks, task);
	return TRUE;
}

static gboolean is_block(const value *dict)
{
	return value_dict_get(dict, "block") != NULL || value_dict_get(dict, "rescue") != NULL ||
	       value_dict_get(dict, "always") != NULL;
}

/* Handlers in a block are as if they stood alone; only what they inherit is the block's. */
static gboolean read_handler_block(const struct loader *l, const struct scope *scope,
	const value *dict, GPtrArray *tasks, GError **error)
{
	const char *refused = value_dict_get(dict, "rescue") != NULL   ? "rescue"
			      : value_dict_get(dict, "always") != NULL ? "always"
								       : NULL;
	if (refused != NULL || scope->parent != NULL) {
		error_set_at(error, SUTLER_ERROR_USAGE, value_position(dict),
			"a block of handlers cannot %s%s, write the handlers one by one, with one "
			"'listen'",
			refused != NULL ? "have " : "be in a block",
			refused != NULL ? refused : "");
		return FALSE;
	}
	struct scope *inside = scope_new(l->book, scope);
	struct task *block = scope_task(l->book, scope);
	inside->parent = block;
	if (!directives_check(
		    l, dict, IN_BLOCK, "a block", NULL, NULL, inside->directives, error) ||
		!directives_take(inside->directives, dict, error) ||
		!directives_module_defaults(inside, dict, error)) {
		return FALSE;
	}
	guint first = tasks->len;
	gboolean done = tasks_read(l, inside, value_dict_get(dict, "block"), tasks, error);
	for (guint i = first; i < tasks->len; i++) {
		struct task *task = g_ptr_array_index(tasks, i);
		task->parent = task->parent == block ? NULL : task->parent;
	}
	return done;
}

static gboolean check_block(const value *dict, GError **error)
{
	const value *tasks = value_dict_get(dict, "block");
	gboolean alone = value_dict_length(dict) > 0 && !value_is(tasks, VALUE_LIST);
	gboolean ends =
		value_dict_get(dict, "rescue") != NULL || value_dict_get(dict, "always") != NULL;
	if (alone || (ends && value_list_length(tasks) == 0)) {
		error_set_at(error, SUTLER_ERROR_USAGE,
			value_position(tasks != NULL ? tasks : dict),
			ends ? "'rescue' and 'always' need a 'block' with tasks"
			     : "'block' must be a list of tasks");
		return FALSE;
	}
	return TRUE;
}

static gboolean read_block(const struct loader *l, const struct scope *outer, const value *dict,
	GPtrArray *tasks, GError **error)
{
	struct position at = value_position(dict);
	if (!check_block(dict, error)) {
		return FALSE;
	}
	if (outer->handlers) {
		return read_handler_block(l, outer, dict, tasks, error);
	}
	struct task *block = scope_task(l->book, outer);
	struct scope *scope = scope_new(l->book, outer);
	GError *problem = NULL;
	block->kind = TASK_BLOCK;
	block->at = at;
	block->arguments_at = at;
	block->module_name = g_strdup("block");
	block->arguments = value_new_dict();
	scope->parent = block;
	if (!directives_check(
		    l, dict, IN_BLOCK, "a block", NULL, NULL, scope->directives, &problem) ||
		!directives_take(block, dict, &problem) ||
		!directives_take(scope->directives, dict, &problem) ||
		!directives_module_defaults(scope, dict, &problem)) {
		/* Its tasks are looked at all the same. */
		if (!loader_go_on(l, &problem)) {
			g_propagate_error(error, problem);
			return FALSE;
		}
	}
	block->has_rescue = value_dict_get(dict, "rescue") != NULL;
	g_ptr_array_add(tasks, block);
	const struct {
		const char *key;
		GPtrArray *tasks;
		gboolean sheltered;
	} parts[] = {
		{ "block", block->block, block->has_rescue },
		{ "rescue", block->rescue, TRUE },
		{ "always", block->always, FALSE },
	};
	for (gsize i = 0; i < G_N_ELEMENTS(parts); i++) {
		scope->sheltered = outer->sheltered || parts[i].sheltered;
		if (!tasks_read(
			    l, scope, value_dict_get(dict, parts[i].key), parts[i].tasks, error)) {
			return FALSE;
		}
	}
	return TRUE;
}

static gboolean refuse_import(const struct action *action, GError **error)
{
	error_set_at(error, SUTLER_ERROR_USAGE, action->at,
		"'%s' belongs beside the plays, not among tasks", action->key);
	return FALSE;
}

static gboolean read_action(const struct loader *l, const struct scope *scope, const value *dict,
	const struct action *action, GPtrArray *tasks, GError **error)
{
	static const struct {
		const char *name;
		gboolean (*read)(const struct loader *l, const struct scope *scope,
			const value *dict, const struct action *action, GPtrArray *tasks,
			GError **error);
	} readers[] = {
		{ "import_role", import_role },
		{ "import_tasks", import_tasks },
		{ "include", include_old },
		{ "include_role", include_role },
		{ "include_tasks", include_tasks },
		{ "meta", read_meta },
	};
	for (gsize i = 0; action->module == NULL && i < G_N_ELEMENTS(readers); i++) {
		if (strcmp(action->short_name, readers[i].name) == 0) {
			return readers[i].read(l, scope, dict, action, tasks, error);
		}
	}
	if (action->module == NULL && !action->lacking) {
		return refuse_import(action, error);
	}
	return read_module(l, scope, dict, action, tasks, error);
}

static gboolean read_task(const struct loader *l, const struct scope *scope, const value *item,
	GPtrArray *tasks, GError **error)
{
	if (!value_is(item, VALUE_DICT)) {
		g_autofree char *found = describe_value(item);
		error_set_at(error, SUTLER_ERROR_USAGE, value_position(item),
			"a task must be a mapping such as 'command: ...', not %s", found);
		return FALSE;
	}
	if (is_block(item)) {
		return read_block(l, scope, item, tasks, error);
	}
	struct action action = { 0 };
	gboolean done = action_find(l, scope, item, &action, error) &&
			read_action(l, scope, item, &action, tasks, error);
	action_clear(&action);
	return done;
}

gboolean tasks_read(const struct loader *l, const struct scope *scope, const value *list,
	GPtrArray *tasks, GError **error)
{
	if (list == NULL || value_is(list, VALUE_NULL)) {
		return TRUE;
	}
	if (!value_is(list, VALUE_LIST)) {
		error_set_at(error, SUTLER_ERROR_USAGE, value_position(list),
			"tasks must be a list, write '- ' before each");
		return FALSE;
	}
	value_list_foreach (list, item) {
		GError *problem = NULL;
		if (!read_task(l, scope, item, tasks, &problem) && !loader_go_on(l, &problem)) {
			g_propagate_error(error, problem);
			return FALSE;
		}
	}
	return TRUE;
}
