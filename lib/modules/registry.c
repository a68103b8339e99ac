/* The table of all modules; its rows come from the list in meson.build. */
#include "modules/module.h"

#include "playbook/published.h"

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

/* The last part of a full name; NULL: it names a module of somebody else, as
 * `community.routeros.command` does. Modules that left Ansible's core lived on in a collection:
 * there by the list of what it has. */
static const char *short_name(const char *name)
{
	static const char *const own[] = { "ansible.builtin.", "ansible.legacy.", "sutler." };
	static const char *const heirs[] = { "ansible.posix.", "community.general." };
	const char *last = strrchr(name, '.');
	if (last == NULL) {
		return name;
	}
	for (gsize i = 0; i < G_N_ELEMENTS(own); i++) {
		if (g_str_has_prefix(name, own[i])) {
			return name + strlen(own[i]);
		}
	}
	for (gsize i = 0; i < G_N_ELEMENTS(heirs); i++) {
		if (g_str_has_prefix(name, heirs[i]) && published_module(name)) {
			return last + 1;
		}
	}
	return NULL;
}

const struct module *module_find(const char *name)
{
	const char *last = short_name(name);
	const char *const *row =
		last == NULL ? NULL
			     : bsearch(last, names, G_N_ELEMENTS(names), sizeof *names, compare);
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
