/* The table of all modules; its rows come from the list in meson.build. */
#include "modules/module.h"

#include <stdlib.h>
#include <string.h>

#define MODULE(name) extern const struct module module_##name;
#include "modules.inc"
#undef MODULE

static const struct module *const modules[] = {
#define MODULE(name) &module_##name,
#include "modules.inc"
#undef MODULE
};

static const char *const names[] = {
#define MODULE(name) #name,
#include "modules.inc"
#undef MODULE
};

static int compare(const void *name, const void *row)
{
	return strcmp(name, *(const char *const *)row);
}

/* The last part of a full name of a collection whose modules we take for our own. */
static const char *short_name(const char *name)
{
	static const char *const collections[] = {
		"ansible.builtin.",
		"ansible.legacy.",
		"ansible.posix.",
		"community.",
		"sutler.",
	};
	for (gsize i = 0; i < G_N_ELEMENTS(collections); i++) {
		if (g_str_has_prefix(name, collections[i])) {
			return strrchr(name, '.') + 1;
		}
	}
	return name;
}

const struct module *module_find(const char *name)
{
	const char *const *row =
		bsearch(short_name(name), names, G_N_ELEMENTS(names), sizeof *names, compare);
	return row == NULL ? NULL : modules[row - names];
}

const struct module *const *module_all(gsize *n)
{
	*n = G_N_ELEMENTS(modules);
	return modules;
}

const char *const *module_names(gsize *n)
{
	*n = G_N_ELEMENTS(names);
	return names;
}

gboolean module_is_free_form(const struct module *m)
{
	return (m->flags & MODULE_FREE_FORM) != 0;
}
