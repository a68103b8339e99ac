/* Modules that a project, its roles or an installed collection bring along: known, but not run
 * here. */
#include "playbook/loader.h"

#include <string.h>

/* Whether the folder has a plugin of this name, whatever language it is written in. */
static char *find_in(const char *folder, const char *name)
{
	static const char *const others[] = { ".pyc", ".pyo", ".swp", ".bak", ".rpm", ".md", ".txt",
		".rst", ".yml", ".yaml", ".ini", NULL };
	g_autoptr(GPtrArray) names = g_ptr_array_new_with_free_func(g_free);
	folder_names(names, folder);
	for (guint i = 0; i < names->len; i++) {
		const char *file = g_ptr_array_index(names, i);
		const char *rest = g_str_has_prefix(file, name) ? file + strlen(name) : NULL;
		if (rest != NULL && (*rest == '\0' || *rest == '.') &&
			!g_strv_contains(others, rest)) {
			g_autofree char *path = g_build_filename(folder, file, NULL);
			if (g_file_test(path, G_FILE_TEST_IS_REGULAR)) {
				return g_steal_pointer(&path);
			}
		}
	}
	return NULL;
}

static gboolean has_python(const char *folder)
{
	g_autoptr(GPtrArray) names = g_ptr_array_new_with_free_func(g_free);
	gboolean found = FALSE;
	folder_names(names, folder);
	for (guint i = 0; i < names->len && !found; i++) {
		const char *name = g_ptr_array_index(names, i);
		found = g_str_has_suffix(name, ".py") && strcmp(name, "__init__.py") != 0;
	}
	return found;
}

/* Where filters, tests and lookups could stand before ours, and variables come from. */
static void add_plugin_folders(GPtrArray *found, const char *folder)
{
	static const char *const kinds[] = { "filter_plugins", "lookup_plugins", "test_plugins",
		"vars_plugins" };
	for (gsize i = 0; i < G_N_ELEMENTS(kinds); i++) {
		g_autofree char *path = g_build_filename(folder, kinds[i], NULL);
		if (has_python(path) &&
			!g_ptr_array_find_with_equal_func(found, path, g_str_equal, NULL)) {
			g_ptr_array_add(found, g_steal_pointer(&path));
		}
	}
}

void own_modules_add(struct book *book, const char *folder)
{
	static const char *const kinds[] = { "library", "action_plugins" };
	add_plugin_folders(book->public.plugin_folders, folder);
	for (gsize i = 0; i < G_N_ELEMENTS(kinds); i++) {
		char *path = g_build_filename(folder, kinds[i], NULL);
		if (!g_file_test(path, G_FILE_TEST_IS_DIR) ||
			g_ptr_array_find_with_equal_func(
				book->libraries, path, g_str_equal, NULL)) {
			g_free(path);
			continue;
		}
		g_ptr_array_add(book->libraries, path);
	}
}

static char *find_in_collection(const struct loader *l, char *const *parts)
{
	static const char *const kinds[] = { "modules", "action" };
	for (gsize i = 0; i < G_N_ELEMENTS(kinds); i++) {
		g_autofree char *folder =
			collection_find(l, l->book->public.folder, parts, "plugins", kinds[i]);
		char *path = folder != NULL ? find_in(folder, parts[2]) : NULL;
		if (path != NULL) {
			return path;
		}
	}
	return NULL;
}

char *own_module_find(const struct loader *l, const char *name)
{
	g_auto(GStrv) parts = g_strsplit(name, ".", -1);
	if (g_strv_length(parts) == 3 && !g_str_has_prefix(name, "ansible.builtin.") &&
		!g_str_has_prefix(name, "ansible.legacy.")) {
		return *parts[0] != '\0' && *parts[1] != '\0' && *parts[2] != '\0' &&
				       strchr(name, '/') == NULL
			       ? find_in_collection(l, parts)
			       : NULL;
	}
	const char *bare =
		g_str_has_prefix(name, "ansible.legacy.") ? name + strlen("ansible.legacy.") : name;
	char *path = NULL;
	for (guint i = 0; path == NULL && *bare != '\0' && i < l->book->libraries->len; i++) {
		path = find_in(g_ptr_array_index(l->book->libraries, i), bare);
	}
	const char *const *more = l->options->libraries;
	for (; path == NULL && *bare != '\0' && more != NULL && *more != NULL; more++) {
		path = find_in(*more, bare);
	}
	return path;
}
