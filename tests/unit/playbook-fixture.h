/* What tests of the loader of playbooks share: three modules, and folders with files. */
#include "playbook/playbook.h"

#include <string.h>

#include <glib/gstdio.h>

struct module {
	const char *name;
	gboolean free_form;
};

static const struct module modules[] = { { "command", TRUE }, { "copy", FALSE },
	{ "debug", FALSE } };

static const struct module *find(const char *name)
{
	const char *dot = strrchr(name, '.');
	for (gsize i = 0; i < G_N_ELEMENTS(modules); i++) {
		if (strcmp(dot != NULL ? dot + 1 : name, modules[i].name) == 0) {
			return &modules[i];
		}
	}
	return NULL;
}

static gboolean is_free_form(const struct module *module)
{
	return module->free_form;
}

static gboolean check(
	const struct module *module, const value *arguments, struct position at, GError **error)
{
	if (value_dict_get(arguments, "bad") != NULL) {
		error_set_at(error, SUTLER_ERROR_USAGE, at, "module '%s' refuses", module->name);
		return FALSE;
	}
	return TRUE;
}

static const char *const *names(gsize *n)
{
	static const char *const list[] = { "command", "copy", "debug" };
	*n = G_N_ELEMENTS(list);
	return list;
}

static const struct module_catalog catalog = { find, is_free_form, check, names };
static const struct playbook_options options = { .catalog = &catalog };

static void put(const char *folder, const char *name, const char *text)
{
	g_autofree char *path = g_build_filename(folder, name, NULL);
	g_autofree char *parent = g_path_get_dirname(path);
	g_assert_cmpint(g_mkdir_with_parents(parent, 0700), ==, 0);
	g_assert_true(g_file_set_contents(path, text, -1, NULL));
}

static void remove_tree(const char *path)
{
	g_autoptr(GDir) dir = g_dir_open(path, 0, NULL);
	for (const char *name = dir != NULL ? g_dir_read_name(dir) : NULL; name != NULL;
		name = g_dir_read_name(dir)) {
		g_autofree char *below = g_build_filename(path, name, NULL);
		remove_tree(below);
	}
	g_remove(path);
}

static playbook *parse(const char *text, GError **error)
{
	return playbook_parse(text, strlen(text), "t.yml", &options, error);
}

/* The text is refused with this message, without "t.yml:". */
static void assert_refused(const char *text, const char *message)
{
	g_autoptr(GError) error = NULL;
	g_autoptr(playbook) book = parse(text, &error);
	g_assert_null(book);
	g_assert_error(error, SUTLER_ERROR, SUTLER_ERROR_USAGE);
	g_assert_true(g_str_has_prefix(error->message, "t.yml:"));
	g_assert_cmpstr(error->message + 6, ==, message);
}
