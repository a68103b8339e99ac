/* Where roles are, and the files in them. */
#include "playbook/loader.h"

#include <string.h>

#include "base/public-names.h"
#include "base/suggest.h"

static char *folder_in(const char *parent, const char *name)
{
	if (parent == NULL) {
		return NULL;
	}
	/* Ansible resolves the dots first: ROLES/../x needs no folder ROLES. */
	g_autofree char *base = g_canonicalize_filename(parent, NULL);
	g_autofree char *path = g_canonicalize_filename(name, base);
	return g_file_test(path, G_FILE_TEST_IS_DIR) ? g_steal_pointer(&path) : NULL;
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

/* A path may stand for a name. */
static char *find_path(const char *name)
{
	g_autofree char *home = g_str_has_prefix(name, "~/")
					? g_build_filename(g_get_home_dir(), name + 2, NULL)
					: NULL;
	const char *path = home != NULL ? home : name;
	return g_path_is_absolute(path) && g_file_test(path, G_FILE_TEST_IS_DIR)
		       ? g_canonicalize_filename(path, NULL)
		       : NULL;
}

/* Whether folder holds the collection in work: its galaxy.yml names it. */
static gboolean is_collection(const struct loader *l, const char *folder, char *const *parts)
{
	g_autofree char *path = g_build_filename(folder, "galaxy.yml", NULL);
	g_autoptr(value) galaxy =
		g_file_test(path, G_FILE_TEST_IS_REGULAR) ? read_yaml(l, path, NULL) : NULL;
	const value *names[2] = { NULL, NULL };
	if (value_is(galaxy, VALUE_DICT)) {
		names[0] = value_dict_get(galaxy, "namespace");
		names[1] = value_dict_get(galaxy, "name");
	}
	return value_is(names[0], VALUE_STRING) && value_is(names[1], VALUE_STRING) &&
	       strcmp(value_string(names[0]), parts[0]) == 0 &&
	       strcmp(value_string(names[1]), parts[1]) == 0;
}

/* A folder of the collection that is installed below one of folders. */
static char *find_below(
	const char *const *folders, char *const *parts, const char *below, const char *name)
{
	char *path = NULL;
	for (; path == NULL && *folders != NULL; folders++) {
		g_autofree char *within = g_build_filename(
			*folders, "ansible_collections", parts[0], parts[1], below, NULL);
		path = **folders != '\0' ? folder_in(within, name) : NULL;
	}
	return path;
}

/* A folder of an installed collection: beside the playbook, or where they are configured to be. */
static char *find_installed(const struct loader *l, const char *beside, char *const *parts,
	const char *below, const char *name)
{
	g_autofree char *own = g_build_filename(beside, "collections", NULL);
	g_autofree char *user = g_build_filename(g_get_home_dir(), ".ansible", "collections", NULL);
	const char *const near[] = { own, beside, NULL };
	const char *const usual[] = { user, "/usr/share/ansible/collections", NULL };
	const char *const *others =
		l->options->collections != NULL ? l->options->collections : usual;
	char *path = find_below(near, parts, below, name);
	return path != NULL ? path : find_below(others, parts, below, name);
}

char *collection_find(const struct loader *l, const char *beside, char *const *parts,
	const char *below, const char *name)
{
	char *path = find_installed(l, beside, parts, below, name);
	g_autofree char *folder = g_canonicalize_filename(beside, NULL);
	while (path == NULL && strcmp(folder, "/") != 0) {
		if (is_collection(l, folder, parts)) {
			g_autofree char *within = g_build_filename(folder, below, NULL);
			return folder_in(within, name);
		}
		char *parent = g_path_get_dirname(folder);
		g_free(folder);
		folder = parent;
	}
	return path;
}

/* A role of a collection, by its full name; also of the one that the role naming it lies in. */
static char *find_in_collection(const struct loader *l, const struct scope *scope, const char *name)
{
	g_auto(GStrv) parts = g_strsplit(name, ".", -1);
	if (g_strv_length(parts) != 3 || strchr(name, '/') != NULL) {
		return NULL;
	}
	char *path = collection_find(l, scope->folder, parts, "roles", parts[2]);
	return path != NULL || scope->role == NULL
		       ? path
		       : collection_find(l, scope->role->public.path, parts, "roles", parts[2]);
}

/* In the collections that the play names. */
static char *find_in_collections(
	const struct loader *l, const struct scope *scope, const char *name)
{
	for (gsize i = 0; scope->collections != NULL && i < value_list_length(scope->collections);
		i++) {
		g_autofree char *collection =
			value_to_string(value_list_get(scope->collections, i));
		g_autofree char *full = g_strconcat(collection, ".", name, NULL);
		char *path = find_in_collection(l, scope, full);
		if (path != NULL) {
			return path;
		}
	}
	return NULL;
}

char *role_find(const struct loader *l, const struct scope *scope, const char *name,
	struct position at, GError **error)
{
	char *found = find_path(name);
	found = found != NULL ? found : find_in_collection(l, scope, name);
	found = found != NULL ? found : find_in_collections(l, scope, name);
	if (found != NULL) {
		return found;
	}
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
	error_set_at(error, SUTLER_ERROR_USAGE, at, "unable to find the role '%s' in '%s'%s",
		public_name(name), where, hint);
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
