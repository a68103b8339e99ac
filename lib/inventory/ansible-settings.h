/*
 * Every setting of ansible-core 2.14 and of its ssh and sudo plugins: what ansible.cfg and the
 * environment call it, and what becomes of it here. `ansible-config list` is where they come from;
 * a test asks it for what has no row.
 */
#ifndef SUTLER_INVENTORY_ANSIBLE_SETTINGS_H
#define SUTLER_INVENTORY_ANSIBLE_SETTINGS_H

#include "inventory/settings.h"

enum ansible_use {
	ANSIBLE_HONOURED, /* it is a setting of ours */
	ANSIBLE_REFUSED,  /* its value would change what a playbook means */
	ANSIBLE_WARNED,   /* a run goes on without it, and that is said */
	ANSIBLE_PLUGINS,  /* folders of plugins, which are not loaded: warned of where there are any
			   */
	ANSIBLE_DISPLAY,  /* Ansible's own screen, plugins and temporary files: named with -v */
};

struct ansible_setting {
	const char *ini;         /* "section.key", parted by ','; NULL: none */
	const char *environment; /* names, parted by ','; NULL: none */
	enum ansible_use use;
	enum setting setting; /* ANSIBLE_HONOURED */
	const char *fine;     /* values, parted by '|', that ask for nothing */
	const char *advice;
};

const struct ansible_setting *ansible_settings(gsize *n);

/* The row of an entry of ansible.cfg; NULL: Ansible has none such either. */
const struct ansible_setting *ansible_setting_find(const char *section, const char *key);

/* What there is in a section, for the nearest; parted by '\n'. Caller frees. */
char *ansible_setting_suggest(const char *section, const char *key);

/* Whether text asks for no more than what is done anyway. */
gboolean ansible_setting_is_fine(const struct ansible_setting *row, const char *text);

#endif
