/* Files of tasks: import_tasks in place, include_tasks when reached. */
#include "playbook/loader.h"

#include <string.h>

#include "playbook/keywords.h"
#include "template/template.h"

/* A dynamic include may lead to itself, as its condition ends it when it runs; but not for ever. */
static gboolean check_cycle(
	const struct scope *scope, const char *path, struct position at, GError **error)
{
	for (const struct scope *s = scope; s != NULL && !scope->dynamic; s = s->outer) {
		if (s->file != NULL && strcmp(s->file, path) == 0 &&
			s->handlers == scope->handlers) {
			error_set_at(error, SUTLER_ERROR_USAGE, at, "'%s' imports itself", path);
			return FALSE;
		}
	}
	if (scope->open_files >= INCLUDE_DEPTH_MAX ||
		(!scope->dynamic && scope->depth > INCLUDE_DEPTH_MAX)) {
		error_set_at(error, SUTLER_ERROR_LIMIT, at,
			"'%s': includes%s nested deeper than %d", path,
			scope->dynamic ? "" : " and blocks", INCLUDE_DEPTH_MAX);
		return FALSE;
	}
	return TRUE;
}

gboolean tasks_read_file(const struct loader *l, struct scope *scope, const char *path,
	struct position at, GPtrArray *tasks, GError **error)
{
	if (!check_cycle(scope, path, at, error)) {
		return FALSE;
	}
	g_autoptr(value) list = read_yaml(l, path, error);
	if (list == NULL) {
		return FALSE;
	}
	scope->file = g_intern_string(path);
	scope->open_files++;
	return tasks_read(l, scope, list, tasks, error);
}

static char *existing(char *path)
{
	if (g_file_test(path, G_FILE_TEST_IS_REGULAR)) {
		return path;
	}
	g_free(path);
	return NULL;
}

/* In one folder, plain or below tasks/ (or handlers/). */
static char *find_below(const char *folder, const char *kind, const char *middle, const char *name)
{
	char *path = existing(g_build_filename(folder, kind, middle, kind, name, NULL));
	path = path != NULL ? path : existing(g_build_filename(folder, kind, middle, name, NULL));
	return path != NULL ? path : existing(g_build_filename(folder, middle, name, NULL));
}

/* The folder of what an include named, before those it led to; NULL when that is absolute. */
static char *outer_folder(const char *include, const char *inner)
{
	if (inner != NULL && g_path_is_absolute(inner)) {
		return g_strdup(inner);
	}
	g_autofree char *folder = g_path_get_dirname(include);
	const char *plain = strcmp(folder, ".") == 0 ? "" : folder;
	return inner == NULL ? g_strdup(plain) : g_build_filename(plain, inner, NULL);
}

/* Ansible looks beside the includes that brought us here, the nearest first; their folders add up.
 */
static char *find_beside(const struct scope *scope, const char *kind, const char *name)
{
	g_autofree char *folder = NULL;
	char *path = NULL;
	for (const struct scope *s = scope; s != NULL && path == NULL; s = s->outer) {
		if (s->include == NULL) {
			continue;
		}
		char *joined = outer_folder(s->include, folder);
		g_free(folder);
		folder = joined;
		if (g_path_is_absolute(folder)) {
			path = existing(g_build_filename(folder, name, NULL));
		} else if (scope->role != NULL) {
			path = find_below(scope->role->public.path, kind, folder, name);
		} else {
			path = existing(g_build_filename(scope->folder, folder, name, NULL));
		}
	}
	return path;
}

static char *find_in_role(const struct scope *scope, const char *kind, const char *name)
{
	if (scope->role == NULL) {
		return NULL;
	}
	char *path = find_below(scope->role->public.path, kind, "", name);
	return path != NULL
		       ? path
		       : existing(g_build_filename(scope->role->public.path, "tasks", name, NULL));
}

char *tasks_find_file(const struct scope *scope, const char *name, gboolean include)
{
	const char *kind = scope->handlers ? "handlers" : "tasks";
	if (g_path_is_absolute(name)) {
		return existing(g_strdup(name));
	}
	/* An import prefers what lies beside it, an include in a role what lies in its tasks/. */
	char *path = include ? find_in_role(scope, kind, name) : NULL;
	path = path != NULL ? path : find_beside(scope, kind, name);
	path = path != NULL ? path : find_in_role(scope, kind, name);
	return path != NULL ? path : existing(g_build_filename(scope->folder, name, NULL));
}

/* The file an import or include names; NULL with an error: none. Borrowed from action. */
static const value *file_of(const struct action *action, GError **error)
{
	const value *file = NULL;
	value_dict_foreach (action->arguments, key, item) {
		g_autofree char *name = value_to_string(key);
		gboolean include = strcmp(action->short_name, "include_tasks") == 0;
		if (strcmp(name, "file") == 0 || strcmp(name, "_raw_params") == 0) {
			file = value_is(item, VALUE_NULL) ? file : item;
		} else if (!include || strcmp(name, "apply") != 0) {
			error_set_at(error, SUTLER_ERROR_USAGE, value_position(key),
				"unknown argument '%s' of '%s', it accepts file%s; write vars, "
				"tags "
				"and when beside "
				"it",
				name, action->key, include ? " and apply" : "");
			return NULL;
		}
	}
	if (file == NULL || !value_is(file, VALUE_STRING) || *value_string(file) == '\0') {
		error_set_at(error, SUTLER_ERROR_USAGE, action->arguments_at,
			"'%s' needs the name of a file", action->key);
		return NULL;
	}
	return file;
}

static void set_missing(
	const struct scope *scope, const char *name, struct position at, GError **error)
{
	error_set_at(error, SUTLER_ERROR_USAGE, at, "unable to find '%s' in '%s'", name,
		scope->role != NULL ? scope->role->public.path : scope->folder);
}

struct scope *import_scope(const struct loader *l, const struct scope *outer, const value *dict,
	const char *what, guint places, GError **error)
{
	struct scope *scope = scope_new(l->book, outer);
	struct task *own = task_new(l->book); /* to check the loop; the rest is inherited */
	if (!directives_check(l, dict, places, what, action_is_key, l, scope->directives, error) ||
		!directives_take(scope->directives, dict, error) ||
		!directives_module_defaults(scope, dict, error) ||
		!task_take_own(own, dict, error)) {
		return NULL;
	}
	if (own->loop != NULL) {
		error_set_at(error, SUTLER_ERROR_USAGE, value_position(own->loop),
			"'%s' cannot loop, write 'include_%s'", what, what + strlen("import_"));
		return NULL;
	}
	return scope;
}

gboolean import_tasks(const struct loader *l, const struct scope *outer, const value *dict,
	const struct action *action, GPtrArray *tasks, GError **error)
{
	const value *file = file_of(action, error);
	if (file == NULL) {
		return FALSE;
	}
	struct scope *scope =
		import_scope(l, outer, dict, "import_tasks", IN_TASK | IN_HANDLER, error);
	if (scope == NULL) {
		return FALSE;
	}
	g_autofree char *name = scope_evaluate(l, scope, file, error);
	if (name == NULL) {
		return FALSE;
	}
	g_autofree char *path = tasks_find_file(outer, name, FALSE);
	if (path == NULL) {
		set_missing(outer, name, value_position(file), error);
		return FALSE;
	}
	scope->include = g_intern_string(name);
	scope->dynamic = FALSE;
	return tasks_read_file(l, scope, path, value_position(file), tasks, error);
}

/* apply: what the included tasks get, as a block around them would give. */
static gboolean take_apply(
	const struct loader *l, struct scope *scope, const value *arguments, GError **error)
{
	const value *apply = dict_given(arguments, "apply");
	if (apply == NULL) {
		return TRUE;
	}
	if (!value_is(apply, VALUE_DICT)) {
		error_set_at(error, SUTLER_ERROR_USAGE, value_position(apply),
			"'apply' must be a mapping");
		return FALSE;
	}
	return directives_check(
		       l, apply, IN_BLOCK, "apply", NULL, NULL, scope->directives, error) &&
	       directives_take(scope->directives, apply, error) &&
	       directives_module_defaults(scope, apply, error);
}

struct task *include_new(const struct loader *l, const struct scope *outer, const value *dict,
	const struct action *action, GError **error)
{
	struct task *task = scope_task(l->book, outer);
	task->at = value_position(dict);
	task->module_name = g_strdup(action->short_name);
	task->arguments = value_ref(action->arguments);
	task->arguments_at = action->arguments_at;
	guint place = IN_INCLUDE | (outer->handlers ? (guint)IN_HANDLER : 0);
	if (!directives_check(l, dict, place, action->key, action_is_key, l, task, error) ||
		!directives_take(task, dict, error) || !task_take_own(task, dict, error)) {
		return NULL;
	}
	task_check_supported(task);
	/* Inside, only the include's variables hold; its when, tags and the rest are for itself. */
	struct scope *inside = scope_new(l->book, outer);
	inside->parent = task;
	inside->dynamic = TRUE;
	inside->sheltered = task_may_be_passed(task);
	value *vars = vars_merge(value_dict_get(dict, "vars"), error);
	if (vars == NULL) {
		return NULL;
	}
	g_ptr_array_add(inside->directives->vars, vars);
	g_ptr_array_add(inside->directives->include_vars, value_ref(vars));
	if (!take_apply(l, inside, action->arguments, error) ||
		!template_check(action->arguments, FALSE, error)) {
		return NULL;
	}
	value_freeze(task->arguments);
	g_hash_table_insert(l->book->inside, task, inside);
	return task;
}

gboolean include_failed(struct task *task, GError *fault, GError **error)
{
	if (fault->code == SUTLER_ERROR_LIMIT) {
		g_propagate_error(error, fault);
		return FALSE;
	}
	task_set_fault(task, fault);
	return TRUE;
}

/* Whether the file is being read already: such an include ends by its condition, when it runs. */
static gboolean is_open(const struct scope *scope, const char *path)
{
	for (const struct scope *s = scope; s != NULL; s = s->outer) {
		if (s->file != NULL && strcmp(s->file, path) == 0) {
			return TRUE;
		}
	}
	return FALSE;
}

gboolean include_tasks(const struct loader *l, const struct scope *scope, const value *dict,
	const struct action *action, GPtrArray *tasks, GError **error)
{
	const value *file = file_of(action, error);
	struct task *task = file != NULL ? include_new(l, scope, dict, action, error) : NULL;
	if (task == NULL) {
		return FALSE;
	}
	task->kind = TASK_INCLUDE_TASKS;
	value_unref(task->arguments);
	task->arguments = value_new_dict();
	value_set_position(task->arguments, action->arguments_at);
	value_dict_set(task->arguments, "file", value_ref(file));
	value_freeze(task->arguments);
	g_ptr_array_add(tasks, task);
	if (template_has_marks(value_string(file))) {
		return TRUE;
	}
	g_autofree char *path = tasks_find_file(scope, value_string(file), TRUE);
	/* Known now, so its faults are told now. */
	GError *fault = NULL;
	if (path == NULL) {
		set_missing(scope, value_string(file), value_position(file), &fault);
	} else if (!is_open(scope, path)) {
		(void)playbook_load_tasks(
			&l->book->public, scope->play, task, path, l->options, &fault);
	}
	return fault == NULL || include_failed(task, fault, error);
}

/* The arguments of an old include but for its file: variables, as in `include: x.yml word=two`. */
static value *old_variables(const value *dict, const struct action *action, GError **error)
{
	static const char *const others[] = { "_raw_params", "apply", "file", "tags", "when" };
	value *vars = vars_merge(value_dict_get(dict, "vars"), error);
	if (vars == NULL || !value_is(action->arguments, VALUE_DICT)) {
		return vars;
	}
	value *all = value_thaw(vars);
	value_unref(vars);
	value_dict_foreach (action->arguments, key, item) {
		g_autofree char *name = value_to_string(key);
		gboolean own = FALSE;
		for (gsize i = 0; i < G_N_ELEMENTS(others); i++) {
			own = own || strcmp(name, others[i]) == 0;
		}
		if (!own) {
			value_dict_set(all, name, value_ref(item));
		}
	}
	return all;
}

static gboolean is_static(const struct scope *scope, const value *dict, const value *file)
{
	value_dict_foreach (dict, key, item) {
		(void)item;
		if (value_is(key, VALUE_STRING) &&
			(strcmp(value_string(key), "loop") == 0 ||
				g_str_has_prefix(value_string(key), "with_"))) {
			return FALSE;
		}
	}
	for (const struct scope *s = scope; s != NULL; s = s->outer) {
		if (s->dynamic) {
			return FALSE;
		}
	}
	return !template_has_marks(value_string(file));
}

gboolean include_old(const struct loader *l, const struct scope *scope, const value *dict,
	const struct action *action, GPtrArray *tasks, GError **error)
{
	g_autoptr(value) vars = old_variables(dict, action, error);
	if (vars == NULL) {
		return FALSE;
	}
	g_autoptr(value) arguments = value_new_dict();
	value_set_position(arguments, value_position(action->arguments));
	const char *const names[] = { "file", "_raw_params", "apply" };
	for (gsize i = 0; i < G_N_ELEMENTS(names); i++) {
		value *given = value_dict_get(action->arguments, names[i]);
		if (given != NULL) {
			value_dict_set(arguments, names[i], value_ref(given));
		}
	}
	g_autoptr(value) changed = value_thaw(dict);
	value_dict_set(changed, "vars", value_ref(vars));
	value_freeze(changed);
	struct action own = *action;
	own.arguments = arguments;
	const value *file = file_of(&own, error);
	if (file == NULL) {
		return FALSE;
	}
	return is_static(scope, dict, file) ? import_tasks(l, scope, changed, &own, tasks, error)
					    : include_tasks(l, scope, changed, &own, tasks, error);
}
