/* Roles, read with those they depend on. */
#include "playbook/loader.h"

#include <string.h>

#include "playbook/keywords.h"

static gboolean read_meta(const struct loader *l, struct scope *scope, GPtrArray *tasks,
	GPtrArray *handlers, GError **error)
{
	struct loaded_role *role = scope->role;
	g_autofree char *folder = g_build_filename(role->public.path, "meta", NULL);
	g_autofree char *path = role_find_part(folder, NULL);
	if (path == NULL) {
		return TRUE;
	}
	g_autoptr(value) meta = read_yaml(l, path, error);
	if (meta == NULL || value_is(meta, VALUE_NULL)) {
		return meta != NULL;
	}
	if (!value_is(meta, VALUE_DICT)) {
		error_set_at(error, SUTLER_ERROR_USAGE, value_position(meta),
			"meta of a role must be a mapping");
		return FALSE;
	}
	const value *repeat = dict_given(meta, "allow_duplicates");
	role->allow_duplicates = repeat != NULL && value_truth(repeat);
	const value *dependencies = dict_given(meta, "dependencies");
	return dependencies == NULL ||
	       roles_read(l, scope, dependencies, tasks, handlers, role->dependencies, error);
}

static gboolean read_part(const struct loader *l, const struct scope *role_scope, const char *kind,
	const char *name, struct position at, GPtrArray *tasks, GError **error)
{
	const struct loaded_role *role = role_scope->role;
	g_autofree char *folder = g_build_filename(role->public.path, kind, NULL);
	g_autofree char *path = role_find_part(folder, name);
	if (path == NULL) {
		return name == NULL || role_set_missing(role, kind, name, at, error);
	}
	struct scope *scope = scope_new(l->book, role_scope);
	scope->handlers = strcmp(kind, "handlers") == 0;
	scope->sheltered = scope->sheltered || scope->handlers;
	return tasks_read_file(l, scope, path, at, tasks, error);
}

/* Whether this use of the role stands in the play already. */
static gboolean is_done(const struct loader *l, const struct scope *scope,
	const struct loaded_role *role, const struct role_use *use)
{
	if (l->roles_done == NULL || use->repeat || role->allow_duplicates) {
		return FALSE;
	}
	GString *key = g_string_new(role->public.path);
	value_append_repr(role->parameters, key);
	value_append_repr(role->vars, key);
	for (guint i = 0; i < scope->directives->when->len; i++) {
		value_append_repr(g_ptr_array_index(scope->directives->when, i), key);
	}
	for (guint i = 0; i < scope->directives->tags->len; i++) {
		g_string_append_printf(
			key, " %s", (char *)g_ptr_array_index(scope->directives->tags, i));
	}
	return !g_hash_table_add(l->roles_done, g_string_free(key, FALSE));
}

struct loaded_role *role_read(const struct loader *l, struct scope *scope,
	const struct role_use *use, GPtrArray *tasks, GPtrArray *handlers, GError **error)
{
	g_autofree char *name = scope_evaluate(l, scope, use->name, error);
	g_autofree char *path = name != NULL ? role_find(l, scope, name, use->at, error) : NULL;
	if (path == NULL) {
		return NULL;
	}
	for (const struct loaded_role *user = scope->role; user != NULL; user = user->user) {
		if (!scope->dynamic && use->tasks_from == NULL &&
			strcmp(user->public.path, path) == 0) {
			error_set_at(error, SUTLER_ERROR_USAGE, use->at,
				"role '%s' depends on itself", name);
			return NULL;
		}
	}
	g_autofree char *base = g_path_get_basename(name);
	struct loaded_role *role = role_new(l->book, g_path_is_absolute(name) ? base : name, path);
	role->user = scope->role;
	scope->role = role;
	if (!role_read_own(l, role, use, error)) {
		return NULL;
	}
	role_compose(role);
	guint first = tasks->len;
	guint first_handler = handlers->len;
	if (!read_meta(l, scope, tasks, handlers, error)) {
		return NULL;
	}
	role_compose(role);
	if (is_done(l, scope, role, use)) {
		g_ptr_array_set_size(tasks, (int)first);
		g_ptr_array_set_size(handlers, (int)first_handler);
		return role;
	}
	if (!read_part(l, scope, "tasks", use->tasks_from, use->at, tasks, error) ||
		!read_part(l, scope, "handlers", use->handlers_from, use->at, handlers, error)) {
		return NULL;
	}
	return role;
}

static gboolean any_key(const char *key, gconstpointer data)
{
	(void)key;
	(void)data;
	return TRUE; /* what is no keyword is a parameter of the role */
}

/* The keys of an entry that are no keywords. */
static value *parameters_of(const value *entry)
{
	value *parameters = value_new_dict();
	value_dict_foreach (entry, key, item) {
		const char *name = value_string(key);
		const struct keyword *keyword = keyword_find(name);
		if ((keyword == NULL || !(keyword->places & IN_ROLE)) &&
			strcmp(name, "role") != 0) {
			value_dict_set_value(parameters, value_ref(key), value_ref(item));
		}
	}
	return parameters;
}

static gboolean read_entry(const struct loader *l, const struct scope *outer, const value *entry,
	GPtrArray *tasks, GPtrArray *handlers, GPtrArray *roles, GError **error)
{
	struct scope *scope = scope_new(l->book, outer);
	struct role_use use = { .name = entry, .at = value_position(entry) };
	g_autoptr(value) parameters = NULL;
	g_autoptr(value) vars = NULL;
	if (value_is(entry, VALUE_DICT)) {
		use.name = dict_given(entry, "role") != NULL ? dict_given(entry, "role")
							     : dict_given(entry, "name");
		if (!directives_check(
			    l, entry, IN_ROLE, "a role", any_key, NULL, scope->directives, error) ||
			!directives_take(scope->directives, entry, error) ||
			!directives_module_defaults(scope, entry, error)) {
			return FALSE;
		}
		vars = vars_merge(value_dict_get(entry, "vars"), error);
		parameters = parameters_of(entry);
		/* They are weaker than the role's own: they go with the role, not with its tasks.
		 */
		if (dict_given(entry, "vars") != NULL) {
			g_ptr_array_set_size(
				scope->directives->vars, (int)scope->directives->vars->len - 1);
		}
		use.vars = vars;
		use.parameters = parameters;
	}
	if (use.name == NULL || value_is(use.name, VALUE_LIST) || value_is(use.name, VALUE_NULL) ||
		value_is(use.name, VALUE_DICT)) {
		error_set_at(error, SUTLER_ERROR_USAGE, use.at,
			"an entry of roles must be a name, or a mapping with 'role: NAME'");
		return FALSE;
	}
	use.at = value_position(use.name);
	struct loaded_role *role = role_read(l, scope, &use, tasks, handlers, error);
	if (role != NULL) {
		g_ptr_array_add(roles, role);
	}
	return role != NULL;
}

gboolean roles_read(const struct loader *l, const struct scope *scope, const value *list,
	GPtrArray *tasks, GPtrArray *handlers, GPtrArray *roles, GError **error)
{
	if (!value_is(list, VALUE_LIST)) {
		error_set_at(error, SUTLER_ERROR_USAGE, value_position(list),
			"roles must be a list, write '- ' before each");
		return FALSE;
	}
	if (scope->depth > INCLUDE_DEPTH_MAX) {
		error_set_at(error, SUTLER_ERROR_LIMIT, value_position(list),
			"roles nested deeper than %d", INCLUDE_DEPTH_MAX);
		return FALSE;
	}
	value_list_foreach (list, entry) {
		GError *problem = NULL;
		if (!read_entry(l, scope, entry, tasks, handlers, roles, &problem) &&
			!loader_go_on(l, &problem)) {
			g_propagate_error(error, problem);
			return FALSE;
		}
	}
	return TRUE;
}
