/* import_role in place, include_role when reached. */
#include "playbook/loader.h"

#include <string.h>

#include "base/suggest.h"
#include "playbook/keywords.h"
#include "template/template.h"

static const char *const arguments[] = { "allow_duplicates", "apply", "defaults_from",
	"handlers_from", "name", "public", "role", "rolespec_validate", "tasks_from", "vars_from" };

static gboolean check_argument(
	const value *key, const value *item, const char *what, GError **error)
{
	g_autofree char *name = value_to_string(key);
	gboolean import = g_str_has_suffix(what, "import_role");
	gboolean refused = import && (strcmp(name, "apply") == 0 || strcmp(name, "public") == 0);
	gboolean known = FALSE;
	for (gsize i = 0; i < G_N_ELEMENTS(arguments); i++) {
		known = known || strcmp(name, arguments[i]) == 0;
	}
	if (!known || refused) {
		g_autofree char *hint = suggest_phrase(name, arguments, G_N_ELEMENTS(arguments));
		error_set_at(error, SUTLER_ERROR_USAGE, value_position(key),
			"unknown argument '%s' of '%s'%s", name, what,
			refused ? ", only include_role accepts it" : hint);
		return FALSE;
	}
	if (g_str_has_suffix(name, "_from") && !value_is(item, VALUE_STRING)) {
		error_set_at(error, SUTLER_ERROR_USAGE, value_position(item),
			"'%s' needs the name of a file", name);
		return FALSE;
	}
	return TRUE;
}

/* The name of a file given by tasks_from and its like; NULL: not given. As in Ansible, an import
 * drops the folders in it, an include does not. */
static const char *from_of(const value *dict, const char *key, gboolean import)
{
	const value *v = dict_given(dict, key);
	if (v == NULL) {
		return NULL;
	}
	g_autofree char *base = g_path_get_basename(value_string(v));
	return g_intern_string(import ? base : value_string(v));
}

gboolean role_use_take(struct role_use *use, const value *dict, const char *what,
	struct position at, GError **error)
{
	value_dict_foreach (dict, key, item) {
		if (!check_argument(key, item, what, error)) {
			return FALSE;
		}
	}
	use->name = dict_given(dict, "name") != NULL ? dict_given(dict, "name")
						     : dict_given(dict, "role");
	if (use->name == NULL || !value_is(use->name, VALUE_STRING)) {
		error_set_at(error, SUTLER_ERROR_USAGE, at, "'%s' needs the name of a role", what);
		return FALSE;
	}
	gboolean import = g_str_has_suffix(what, "import_role");
	use->tasks_from = from_of(dict, "tasks_from", import);
	use->vars_from = from_of(dict, "vars_from", import);
	use->defaults_from = from_of(dict, "defaults_from", import);
	use->handlers_from = from_of(dict, "handlers_from", import);
	use->repeat = TRUE;
	use->at = value_position(use->name).file != NULL ? value_position(use->name) : at;
	return TRUE;
}

static gboolean refuse_handler(
	const struct scope *scope, const struct action *action, GError **error)
{
	if (scope->handlers) {
		error_set_at(error, SUTLER_ERROR_USAGE, action->at, "'%s' cannot be a handler",
			action->key);
	}
	return scope->handlers;
}

gboolean import_role(const struct loader *l, const struct scope *outer, const value *dict,
	const struct action *action, GPtrArray *tasks, GError **error)
{
	struct role_use use = { 0 };
	if (refuse_handler(outer, action, error) ||
		!role_use_take(&use, action->arguments, action->key, action->at, error)) {
		return FALSE;
	}
	struct scope *scope =
		import_scope(l, outer, dict, "import_role", IN_TASK | IN_INCLUDE, error);
	if (scope == NULL) {
		return FALSE;
	}
	g_autoptr(value) vars = vars_merge(value_dict_get(dict, "vars"), error);
	use.vars = vars;
	GPtrArray *handlers = g_ptr_array_new();
	struct loaded_role *role =
		vars != NULL ? role_read(l, scope, &use, tasks, handlers, error) : NULL;
	if (role != NULL && scope->play != NULL) {
		g_ptr_array_extend(scope->play->handlers, handlers, NULL, NULL);
		g_ptr_array_add(scope->play->roles, role);
	}
	g_ptr_array_unref(handlers);
	return role != NULL;
}

gboolean include_role(const struct loader *l, const struct scope *outer, const value *dict,
	const struct action *action, GPtrArray *tasks, GError **error)
{
	struct role_use use = { 0 };
	if (refuse_handler(outer, action, error) ||
		!role_use_take(&use, action->arguments, action->key, action->at, error)) {
		return FALSE;
	}
	struct task *task = include_new(l, outer, dict, action, error);
	if (task == NULL) {
		return FALSE;
	}
	task->kind = TASK_INCLUDE_ROLE;
	g_ptr_array_add(tasks, task);
	if (outer->dynamic && outer->depth > 20) {
		return TRUE; /* it may include itself, which its condition ends when it runs */
	}
	value_dict_foreach (task->arguments, key, item) {
		if (value_is(item, VALUE_STRING) && template_has_marks(value_string(item))) {
			(void)key;
			return TRUE;
		}
	}
	for (const struct loaded_role *user = outer->role; user != NULL; user = user->user) {
		if (strcmp(user->public.name, value_string(use.name)) == 0) {
			return TRUE;
		}
	}
	/* Known now, so its faults are told now. */
	GError *fault = NULL;
	return playbook_load_role(&l->book->public, outer->play, task, task->arguments, l->options,
		       NULL, &fault) != NULL ||
	       include_failed(task, fault, error);
}
