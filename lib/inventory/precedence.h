/*
 * The order in which variables outweigh each other: the one table of it.
 *
 * Behaviour: Ansible 2.14 "Using variables", "Understanding variable precedence" (22 levels), and
 * what its code does where the page is silent: the `[all:vars]` of inventory sources come before
 * those of other groups, whatever the depth; within a level, groups go by depth, then
 * ansible_group_priority, then name; hash_behaviour is replace.
 */
#ifndef SUTLER_INVENTORY_PRECEDENCE_H
#define SUTLER_INVENTORY_PRECEDENCE_H

#include <glib.h>

/* From the least to the most specific: a later one wins. */
enum variable_level {
	LEVEL_COMMAND_LINE, /* -u and the like: connection defaults */
	LEVEL_ROLE_DEFAULTS,
	LEVEL_INVENTORY_ALL, /* [all:vars] */
	LEVEL_INVENTORY_GROUP,
	LEVEL_INVENTORY_GROUP_VARS_ALL, /* group_vars/all beside the inventory */
	LEVEL_PLAYBOOK_GROUP_VARS_ALL,
	LEVEL_INVENTORY_GROUP_VARS,
	LEVEL_PLAYBOOK_GROUP_VARS,
	LEVEL_INVENTORY_HOST,
	LEVEL_INVENTORY_HOST_VARS,
	LEVEL_PLAYBOOK_HOST_VARS,
	LEVEL_FACTS,
	LEVEL_PLAY_VARS,
	LEVEL_PLAY_VARS_PROMPT,
	LEVEL_PLAY_VARS_FILES,
	LEVEL_ROLE_VARS,
	LEVEL_BLOCK_VARS,
	LEVEL_TASK_VARS,
	LEVEL_INCLUDE_VARS,
	LEVEL_SET_FACTS, /* and registered results */
	LEVEL_ROLE_PARAMETERS,
	LEVEL_INCLUDE_PARAMETERS,
	LEVEL_EXTRA_VARS, /* -e */
	LEVEL_MAGIC,      /* inventory_hostname, groups, ...: nothing outweighs them */
	LEVEL_COUNT
};

/* What to call a level in words: "inventory group vars". */
const char *variable_level_name(enum variable_level level);

#endif
