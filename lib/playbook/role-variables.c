/* What a role's tasks see: its defaults, variables and parameters, and those of roles around it. */
#include "playbook/loader.h"

#include <string.h>

#include "inventory/precedence.h"

static gboolean merge_vars_file(
	const struct loader *l, value *vars, const char *path, GError **error)
{
	g_autoptr(value) v = read_variables(l, path, error);
	if (v != NULL) {
		variables_update(vars, v);
	}
	return v != NULL;
}

static int compare_names(gconstpointer a, gconstpointer b)
{
	return strcmp(*(const char *const *)a, *(const char *const *)b);
}

static gboolean merge_vars_folder(
	const struct loader *l, value *vars, const char *folder, GError **error)
{
	g_autoptr(GPtrArray) names = g_ptr_array_new_with_free_func(g_free);
	folder_names(names, folder);
	g_ptr_array_sort(names, compare_names);
	for (guint i = 0; i < names->len; i++) {
		const char *name = g_ptr_array_index(names, i);
		g_autofree char *path = g_build_filename(folder, name, NULL);
		gboolean wanted = g_str_has_suffix(name, ".yml") ||
				  g_str_has_suffix(name, ".yaml") ||
				  g_str_has_suffix(name, ".json");
		if (wanted && *name != '.' && g_file_test(path, G_FILE_TEST_IS_REGULAR) &&
			!merge_vars_file(l, vars, path, error)) {
			return FALSE;
		}
	}
	return TRUE;
}

/* defaults/ or vars/: main or name, and the files of a folder of that name. */
static value *read_vars(const struct loader *l, const struct loaded_role *role, const char *kind,
	const char *name, struct position at, GError **error)
{
	g_autofree char *folder = g_build_filename(role->public.path, kind, NULL);
	g_autofree char *path = role_find_part(folder, name);
	g_autofree char *several = g_build_filename(folder, name != NULL ? name : "main", NULL);
	gboolean is_folder = g_file_test(several, G_FILE_TEST_IS_DIR);
	g_autoptr(value) vars = value_new_dict();
	if (path == NULL && !is_folder && name != NULL) {
		(void)role_set_missing(role, kind, name, at, error);
		return NULL;
	}
	if ((is_folder && !merge_vars_folder(l, vars, several, error)) ||
		(path != NULL && !merge_vars_file(l, vars, path, error))) {
		return NULL;
	}
	return g_steal_pointer(&vars);
}

static void update(value *vars, const value *other)
{
	variables_update(vars, other);
}

/* What a role's tasks see of it as a dependency, too: get_vars() and get_default_vars() of Ansible.
 */
static void add_dependency_defaults(value *vars, const struct loaded_role *role)
{
	for (guint i = 0; i < role->dependencies->len; i++) {
		const struct loaded_role *dependency = g_ptr_array_index(role->dependencies, i);
		add_dependency_defaults(vars, dependency);
		update(vars, dependency->defaults);
	}
}

static void add_dependency_variables(value *vars, const struct loaded_role *role)
{
	for (guint i = 0; i < role->dependencies->len; i++) {
		const struct loaded_role *dependency = g_ptr_array_index(role->dependencies, i);
		add_dependency_variables(vars, dependency);
		update(vars, dependency->vars);
		update(vars, dependency->variables);
	}
}

static void add_users(
	value *defaults, value *variables, value *parameters, const struct loaded_role *user)
{
	if (user != NULL) {
		add_users(defaults, variables, parameters, user->user);
		update(defaults, user->defaults);
		update(variables, user->vars);
		update(variables, user->variables);
		update(parameters, user->parameters);
	}
}

void role_compose(struct loaded_role *role)
{
	value *defaults = value_new_dict();
	value *variables = value_new_dict();
	value *parameters = value_new_dict();
	add_dependency_defaults(defaults, role);
	add_users(defaults, variables, parameters, role->user);
	add_dependency_variables(variables, role);
	update(defaults, role->defaults);
	update(variables, role->vars);
	update(variables, role->variables);
	update(parameters, role->parameters);
	value_unref(role->public.defaults);
	value_unref(role->public.variables);
	value_unref(role->public.parameters);
	role->public.defaults = value_freeze(defaults);
	role->public.variables = value_freeze(variables);
	role->public.parameters = value_freeze(parameters);
}

gboolean role_read_own(const struct loader *l, struct loaded_role *role, const struct role_use *use,
	GError **error)
{
	role->defaults = read_vars(l, role, "defaults", use->defaults_from, use->at, error);
	role->variables = role->defaults != NULL
				  ? read_vars(l, role, "vars", use->vars_from, use->at, error)
				  : NULL;
	role->vars = use->vars != NULL ? value_ref(use->vars) : value_new_dict();
	role->parameters = use->parameters != NULL ? value_ref(use->parameters) : value_new_dict();
	return role->variables != NULL;
}
