/* include_vars: sets variables of the host from files here. */
#include "modules/include_vars.h"

#include "base/python-regex.h"
#include "inventory/variable-files.h"
#include "modules/module.h"

#include <string.h>

enum { FOLDERS_MAX = 10000 };

/* What is being put together. */
struct reading {
	const call *c;
	value *variables;
	value *files; /* list: those read */
	GRegex *matching;
	GPtrArray *ignored; /* GRegex * */
	gint64 depth;       /* 0: no limit */
};

char *include_vars_find(const char *const *folders, const char *name)
{
	if (g_path_is_absolute(name)) {
		return g_file_test(name, G_FILE_TEST_IS_REGULAR) ? g_strdup(name) : NULL;
	}
	for (; folders != NULL && *folders != NULL; folders++) {
		g_autofree char *path = g_build_filename(*folders, name, NULL);
		if (g_file_test(path, G_FILE_TEST_IS_REGULAR)) {
			return g_canonicalize_filename(path, NULL);
		}
	}
	return NULL;
}

static const char *file_of(const call *c)
{
	const char *name = call_text(c, "file");
	return name != NULL ? name : call_text(c, "_raw_params");
}

static char *find_file(const call *c, GError **error)
{
	const char *const *folders = c->context.variable_folders;
	g_autofree char *name = g_strchomp(g_strdup(file_of(c)));
	char *path = include_vars_find(folders, name);
	if (path == NULL) {
		g_autofree char *looked = folders == NULL || g_path_is_absolute(name)
						  ? NULL
						  : g_strjoinv(", ", (char **)folders);
		call_error(c, error, "no file of variables '%s'%s%s", name,
			looked != NULL ? ", looked in " : "", looked != NULL ? looked : "");
	}
	return path;
}

/* As Ansible: in a role below its vars/, or below the role when dir begins with "vars"; elsewhere
 * beside the file of the task. Caller frees. */
static char *find_folder(const call *c)
{
	const char *name = call_text(c, "dir");
	const char *role = c->context.role_folder;
	if (role == NULL) {
		const char *file = c->context.at.file;
		g_autofree char *beside = file != NULL ? g_path_get_dirname(file) : g_strdup(".");
		return g_path_is_absolute(name) ? g_strdup(name)
						: g_build_filename(beside, name, NULL);
	}
	if (g_path_is_absolute(name)) {
		return g_strdup(name);
	}
	gboolean named = g_str_equal(name, "vars") || g_str_has_prefix(name, "vars/");
	g_autofree char *below = g_build_filename(role, named ? "" : "vars", name, NULL);
	return named && !g_file_test(below, G_FILE_TEST_EXISTS) ? g_strdup(name)
								: g_steal_pointer(&below);
}

static gboolean add_file(struct reading *r, const char *path, GError **error)
{
	g_autoptr(value) v = variable_file_read(r->c->context.passwords, path, error);
	if (v == NULL) {
		return FALSE;
	}
	if (value_truth(v) && !value_is(v, VALUE_DICT)) {
		error_set_at(error, SUTLER_ERROR_FAILED, value_position(v),
			"a file of variables must be a mapping, not %s", value_type_name(v));
		return FALSE;
	}
	value_list_append(r->files, value_new_string(path));
	if (value_is(v, VALUE_DICT)) {
		value_dict_update(r->variables, v);
	}
	return TRUE;
}

static gboolean has_extension(const struct reading *r, const char *name)
{
	const char *dot = strrchr(name, '.');
	const char *end = dot != NULL && dot != name ? dot + 1 : "";
	value_list_foreach (call_value(r->c, "extensions"), extension) {
		if (g_str_equal(value_string(extension), end)) {
			return TRUE;
		}
	}
	return FALSE;
}

static gboolean is_passed_over(const struct reading *r, const char *name)
{
	for (guint i = 0; i < r->ignored->len; i++) {
		if (g_regex_match(g_ptr_array_index(r->ignored, i), name, 0, NULL)) {
			return TRUE;
		}
	}
	return r->matching != NULL && !g_regex_match(r->matching, name, 0, NULL);
}

static gboolean add_named(struct reading *r, const char *folder, const char *name, GError **error)
{
	if (is_passed_over(r, name)) {
		return TRUE;
	}
	if (!has_extension(r, name)) {
		if (call_flag(r->c, "ignore_unknown_extensions")) {
			return TRUE;
		}
		g_autofree char *known = value_to_string(call_value(r->c, "extensions"));
		error_set(error, SUTLER_ERROR_FAILED,
			"'%s/%s' has none of the extensions %s: set 'ignore_unknown_extensions', "
			"or "
			"'ignore_files'",
			folder, name, known);
		return FALSE;
	}
	g_autofree char *path = g_build_filename(folder, name, NULL);
	return add_file(r, path, error);
}

static gint compare_names(gconstpointer a, gconstpointer b)
{
	return strcmp(*(const char *const *)a, *(const char *const *)b);
}

/* The folders from path on (links to folders are not followed), as os.walk() finds them. */
static void find_folders(GPtrArray *folders, const char *path)
{
	g_autoptr(GDir) dir = g_dir_open(path, 0, NULL);
	g_ptr_array_add(folders, g_strdup(path));
	for (const char *name = NULL; dir != NULL && folders->len < FOLDERS_MAX &&
				      (name = g_dir_read_name(dir)) != NULL;) {
		g_autofree char *below = g_build_filename(path, name, NULL);
		if (g_file_test(below, G_FILE_TEST_IS_DIR) &&
			!g_file_test(below, G_FILE_TEST_IS_SYMLINK)) {
			find_folders(folders, below);
		}
	}
}

static gboolean add_folder(struct reading *r, const char *path, GError **error)
{
	g_autoptr(GPtrArray) names = g_ptr_array_new_with_free_func(g_free);
	g_autoptr(GDir) dir = g_dir_open(path, 0, NULL);
	for (const char *name = NULL; dir != NULL && (name = g_dir_read_name(dir)) != NULL;) {
		g_autofree char *below = g_build_filename(path, name, NULL);
		if (g_file_test(below, G_FILE_TEST_IS_REGULAR)) {
			g_ptr_array_add(names, g_strdup(name));
		}
	}
	g_ptr_array_sort(names, compare_names);
	for (guint i = 0; i < names->len; i++) {
		if (!add_named(r, path, g_ptr_array_index(names, i), error)) {
			return FALSE;
		}
	}
	return TRUE;
}

static gboolean read_folder(struct reading *r, GError **error)
{
	g_autofree char *path = find_folder(r->c);
	g_autoptr(GPtrArray) folders = g_ptr_array_new_with_free_func(g_free);
	if (!g_file_test(path, G_FILE_TEST_IS_DIR)) {
		error_set(error, SUTLER_ERROR_FAILED, "no folder of variables '%s'", path);
		return FALSE;
	}
	find_folders(folders, path);
	g_ptr_array_sort(folders, compare_names);
	guint n = r->depth > 0 ? (guint)MIN(r->depth, folders->len) : folders->len;
	for (guint i = 0; i < n; i++) {
		if (!add_folder(r, g_ptr_array_index(folders, i), error)) {
			return FALSE;
		}
	}
	return TRUE;
}

static gboolean add_pattern(struct reading *r, const char *pattern, GError **error)
{
	g_autofree char *whole = g_strconcat(pattern, "$", NULL);
	GRegex *regex = python_regex_new(whole, 0, error);
	if (regex != NULL) {
		g_ptr_array_add(r->ignored, regex);
	}
	return regex != NULL;
}

static gboolean compile(struct reading *r, GError **error)
{
	const char *matching = call_text(r->c, "files_matching");
	const value *ignored = call_value(r->c, "ignore_files");
	if (matching != NULL && *matching != '\0') {
		r->matching = python_regex_new(matching, 0, error);
		if (r->matching == NULL) {
			return FALSE;
		}
	}
	if (value_is_sequence(ignored)) {
		value_list_foreach (ignored, item) {
			g_autofree char *text = value_to_string(item);
			if (!add_pattern(r, text, error)) {
				return FALSE;
			}
		}
	} else if (value_is(ignored, VALUE_STRING)) {
		g_auto(GStrv) words = g_strsplit_set(value_string(ignored), " \t\n", -1);
		for (char **word = words; *word != NULL; word++) {
			if (**word != '\0' && !add_pattern(r, *word, error)) {
				return FALSE;
			}
		}
	}
	return TRUE;
}

/* What the variable holds now, with the entries of v above its own, at any depth. Caller unrefs. */
static value *merged(const value *old, const value *v)
{
	if (!value_is(old, VALUE_DICT) || !value_is(v, VALUE_DICT)) {
		return value_ref(v);
	}
	value *all = value_thaw(old);
	value_dict_foreach (v, key, item) {
		const value *below = value_dict_get_value(old, key);
		value_dict_set_value(all, value_ref(key), merged(below, item));
	}
	return all;
}

static gboolean merge_all(struct reading *r, GError **error)
{
	const struct template_scope *scope = r->c->context.scope;
	g_autoptr(value) all = value_new_dict();
	value_dict_foreach (r->variables, key, item) {
		g_autofree char *name = value_to_string(key);
		g_autoptr(GError) problem = NULL;
		g_autoptr(value) old = scope->lookup(scope->data, name, &problem);
		if (problem != NULL) {
			g_propagate_error(error, g_steal_pointer(&problem));
			return FALSE;
		}
		value_dict_set(all, name, merged(old, item));
	}
	value_unref(r->variables);
	r->variables = g_steal_pointer(&all);
	return TRUE;
}

/* All of them below one name. */
static void gather(struct reading *r, const char *name)
{
	value *all = value_new_dict();
	value_dict_set(all, name, r->variables);
	r->variables = all;
}

static gboolean check_names(const value *variables, GError **error)
{
	value_dict_foreach (variables, key, item) {
		(void)item;
		if (!value_is(key, VALUE_STRING)) {
			g_autofree char *name = value_to_string(key);
			error_set_at(error, SUTLER_ERROR_FAILED, value_position(key),
				"'%s' is not a valid variable name, quote it", name);
			return FALSE;
		}
	}
	return TRUE;
}

static gboolean read_all(struct reading *r, GError **error)
{
	g_autofree char *path = NULL;
	if (call_has(r->c, "dir")) {
		if (!compile(r, error) || !read_folder(r, error)) {
			return FALSE;
		}
	} else {
		path = find_file(r->c, error);
		if (path == NULL || !add_file(r, path, error)) {
			return FALSE;
		}
	}
	const char *name = call_text(r->c, "name");
	if (name != NULL && *name != '\0') {
		gather(r, name);
	}
	return check_names(r->variables, error) &&
	       (g_strcmp0(call_text(r->c, "hash_behaviour"), "merge") != 0 || merge_all(r, error));
}

gboolean module_include_vars_prepare(call *c, GError **error)
{
	static const char *const of_folders[] = { "files_matching", "ignore_files" };
	const char *file = file_of(c);
	if ((file != NULL && *file != '\0') == call_has(c, "dir")) {
		call_error(c, error, "give either 'file' or 'dir'");
		return FALSE;
	}
	for (gsize i = 0; file != NULL && i < G_N_ELEMENTS(of_folders); i++) {
		if (call_has(c, of_folders[i])) {
			call_error(
				c, error, "'%s' goes with 'dir', not with 'file'", of_folders[i]);
			return FALSE;
		}
	}
	if (file == NULL) {
		return TRUE;
	}
	g_autofree char *path = find_file(c, error);
	return path != NULL;
}

result *module_include_vars_run_here(call *c, GError **error)
{
	struct reading r = {
		.c = c,
		.variables = value_new_dict(),
		.files = value_new_list(),
		.ignored = g_ptr_array_new_with_free_func((GDestroyNotify)g_regex_unref),
		.depth = call_int(c, "depth", 0),
	};
	g_autoptr(GError) problem = NULL;
	result *done = NULL;
	if (read_all(&r, &problem)) {
		done = result_new(STEP_OK);
		result_set(done, "ansible_facts", value_ref(r.variables));
		result_set(done, "ansible_included_var_files", value_ref(r.files));
	} else if (g_error_matches(problem, SUTLER_ERROR, SUTLER_ERROR_PENDING) ||
		   g_error_matches(problem, SUTLER_ERROR, SUTLER_ERROR_UNPREDICTED)) {
		g_propagate_error(error, g_steal_pointer(&problem));
	} else {
		done = result_new_failed("%s", problem->message);
		result_set_text(done, "message", problem->message);
	}
	value_unref(r.variables);
	value_unref(r.files);
	g_clear_pointer(&r.matching, g_regex_unref);
	g_ptr_array_unref(r.ignored);
	return done;
}
