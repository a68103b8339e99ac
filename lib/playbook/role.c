/* Roles: found, read with their dependencies, and their variables put together. */
#include "playbook/loader.h"

#include <string.h>

#include "base/suggest.h"
#include "playbook/keywords.h"
#include "template/template.h"

static char *folder_in(const char *parent, const char *name)
{
	if (parent == NULL) {
		return NULL;
	}
	g_autofree char *joined = g_build_filename(parent, name, NULL);
	return g_file_test(joined, G_FILE_TEST_IS_DIR) ? g_canonicalize_filename(joined, NULL)
						       : NULL;
}

static void add_folders(GPtrArray *names, const char *parent)
{
	g_autoptr(GDir) dir = parent != NULL ? g_dir_open(parent, 0, NULL) : NULL;
	for (const char *name = dir != NULL ? g_dir_read_name(dir) : NULL; name != NULL;
		name = g_dir_read_name(dir)) {
		g_ptr_array_add(names, g_strdup(name));
	}
}

/* Where roles are looked for: roles/ beside the playbook, the configured ones, beside the role that
 * depends on it, beside the playbook. char *; caller unrefs. */
static GPtrArray *search_folders(const struct loader *l, const struct scope *scope)
{
	GPtrArray *folders = g_ptr_array_new_with_free_func(g_free);
	g_ptr_array_add(folders, g_build_filename(scope->folder, "roles", NULL));
	const char *const *more = l->options->roles_paths;
	for (gsize i = 0; more != NULL && more[i] != NULL; i++) {
		g_ptr_array_add(folders, g_strdup(more[i]));
	}
	if (scope->role != NULL) {
		g_ptr_array_add(folders, g_path_get_dirname(scope->role->public.path));
	}
	g_ptr_array_add(folders, g_strdup(scope->folder));
	return folders;
}

static char *find_role(const struct loader *l, const struct scope *scope, const char *name,
	struct position at, GError **error)
{
	g_autoptr(GPtrArray) folders = search_folders(l, scope);
	for (guint i = 0; i < folders->len; i++) {
		char *path = folder_in(g_ptr_array_index(folders, i), name);
		if (path != NULL) {
			return path;
		}
	}
	g_autoptr(GPtrArray) near = g_ptr_array_new_with_free_func(g_free);
	for (guint i = 0; i + 1 < folders->len; i++) {
		add_folders(near, g_ptr_array_index(folders, i));
	}
	g_autofree char *hint = suggest_phrase(name, (const char *const *)near->pdata, near->len);
	g_autofree char *where = g_build_filename(scope->folder, "roles", NULL);
	error_set_at(error, SUTLER_ERROR_USAGE, at, "unable to find the role '%s' in '%s'%s", name,
		where, hint);
	return NULL;
}

/* folder/name with one of the endings; NULL: none. */
static char *find_main(const char *folder, const char *name)
{
	static const char *const endings[] = { ".yml", ".yaml", ".json", "" };
	const char *wanted = name != NULL ? name : "main";
	for (gsize i = 0; i < G_N_ELEMENTS(endings); i++) {
		gsize turn = name != NULL ? (i + 3) % 4 : i; /* a given name may bring its ending */
		g_autofree char *file = g_strconcat(wanted, endings[turn], NULL);
		char *path = g_build_filename(folder, file, NULL);
		if (g_file_test(path, G_FILE_TEST_IS_REGULAR)) {
			return path;
		}
		g_free(path);
	}
	return NULL;
}

static gboolean set_missing_part(const struct loaded_role *role, const char *kind, const char *name,
	struct position at, GError **error)
{
	error_set_at(error, SUTLER_ERROR_USAGE, at, "unable to find '%s/%s' in the role '%s'", kind,
		name, role->public.path);
	return FALSE;
}

static gboolean merge_vars_file(
	const struct loader *l, value *vars, const char *path, GError **error)
{
	g_autoptr(value) v = read_variables(l, path, error);
	if (v != NULL) {
		value_dict_update(vars, v);
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
	add_folders(names, folder);
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
	g_autofree char *path = find_main(folder, name);
	g_autofree char *several = g_build_filename(folder, name != NULL ? name : "main", NULL);
	gboolean is_folder = g_file_test(several, G_FILE_TEST_IS_DIR);
	g_autoptr(value) vars = value_new_dict();
	if (path == NULL && !is_folder && name != NULL) {
		(void)set_missing_part(role, kind, name, at, error);
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
	value_dict_update(vars, other);
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
		update(vars, dependency->parameters);
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

/* Called twice: before the dependencies are read (they may be imported with its variables), and
 * after. */
static void compose(struct loaded_role *role)
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

static gboolean read_own(const struct loader *l, struct loaded_role *role,
	const struct role_use *use, GError **error)
{
	role->defaults = read_vars(l, role, "defaults", use->defaults_from, use->at, error);
	role->variables = role->defaults != NULL
				  ? read_vars(l, role, "vars", use->vars_from, use->at, error)
				  : NULL;
	role->vars = use->vars != NULL ? value_ref(use->vars) : value_new_dict();
	role->parameters = use->parameters != NULL ? value_ref(use->parameters) : value_new_dict();
	return role->variables != NULL;
}

static gboolean read_meta(const struct loader *l, struct scope *scope, GPtrArray *tasks,
	GPtrArray *handlers, GError **error)
{
	struct loaded_role *role = scope->role;
	g_autofree char *folder = g_build_filename(role->public.path, "meta", NULL);
	g_autofree char *path = find_main(folder, NULL);
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
	g_autofree char *path = find_main(folder, name);
	if (path == NULL) {
		return name == NULL || set_missing_part(role, kind, name, at, error);
	}
	struct scope *scope = scope_new(l->book, role_scope);
	scope->handlers = strcmp(kind, "handlers") == 0;
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
	g_autofree char *path = name != NULL ? find_role(l, scope, name, use->at, error) : NULL;
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
	if (!read_own(l, role, use, error)) {
		return NULL;
	}
	compose(role);
	guint first = tasks->len;
	guint first_handler = handlers->len;
	if (!read_meta(l, scope, tasks, handlers, error)) {
		return NULL;
	}
	compose(role);
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
		if (!directives_check(entry, IN_ROLE, "a role", any_key, NULL, error) ||
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
		if (!read_entry(l, scope, entry, tasks, handlers, roles, error)) {
			return FALSE;
		}
	}
	return TRUE;
}
