/* Where roles are, and the files in them. */
#include "playbook/loader.h"

#include <string.h>

#include "base/suggest.h"

static char *folder_in(const char *parent, const char *name)
{
	if (parent == NULL) {
		return NULL;
	}
	g_autofree char *joined = g_build_filename(parent, name, NULL);
	return g_file_test(joined, G_FILE_TEST_IS_DIR) ? g_canonicalize_filename(joined, NULL)
						       : NULL;
}

void folder_names(GPtrArray *names, const char *folder)
{
	g_autoptr(GDir) dir = folder != NULL ? g_dir_open(folder, 0, NULL) : NULL;
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

char *role_find(const struct loader *l, const struct scope *scope, const char *name,
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
		folder_names(near, g_ptr_array_index(folders, i));
	}
	g_autofree char *hint = suggest_phrase(name, (const char *const *)near->pdata, near->len);
	g_autofree char *where = g_build_filename(scope->folder, "roles", NULL);
	error_set_at(error, SUTLER_ERROR_USAGE, at, "unable to find the role '%s' in '%s'%s", name,
		where, hint);
	return NULL;
}

char *role_find_part(const char *folder, const char *name)
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

gboolean role_set_missing(const struct loaded_role *role, const char *kind, const char *name,
	struct position at, GError **error)
{
	error_set_at(error, SUTLER_ERROR_USAGE, at, "unable to find '%s/%s' in the role '%s'", kind,
		name, role->public.path);
	return FALSE;
}
