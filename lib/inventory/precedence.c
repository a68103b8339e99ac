/* The levels of variable precedence: their names, and looking through them. */
#include "inventory/precedence.h"

static const char *const names[LEVEL_COUNT] = {
	[LEVEL_ROLE_DEFAULTS] = "role defaults",
	[LEVEL_INVENTORY_ALL] = "inventory vars of all",
	[LEVEL_INVENTORY_GROUP] = "inventory group vars",
	[LEVEL_INVENTORY_GROUP_VARS_ALL] = "group_vars/all beside the inventory",
	[LEVEL_PLAYBOOK_GROUP_VARS_ALL] = "group_vars/all beside the playbook",
	[LEVEL_INVENTORY_GROUP_VARS] = "group_vars beside the inventory",
	[LEVEL_PLAYBOOK_GROUP_VARS] = "group_vars beside the playbook",
	[LEVEL_INVENTORY_HOST] = "inventory host vars",
	[LEVEL_INVENTORY_HOST_VARS] = "host_vars beside the inventory",
	[LEVEL_PLAYBOOK_HOST_VARS] = "host_vars beside the playbook",
	[LEVEL_HOST_MAGIC] = "magic variables of the host",
	[LEVEL_FACTS] = "facts",
	[LEVEL_PLAY_VARS] = "play vars",
	[LEVEL_PLAY_VARS_FILES] = "play vars_files",
	[LEVEL_ROLE_VARS] = "role vars",
	[LEVEL_TASK_VARS] = "block and task vars",
	[LEVEL_INCLUDE_VARS] = "include_vars",
	[LEVEL_SET_FACTS] = "set_fact and registered results",
	[LEVEL_ROLE_PARAMETERS] = "role parameters",
	[LEVEL_INCLUDE_PARAMETERS] = "include parameters",
	[LEVEL_EXTRA_VARS] = "extra vars",
	[LEVEL_LOOP] = "loop variables",
	[LEVEL_MAGIC] = "magic variables",
};

const char *variable_level_name(enum variable_level level)
{
	return names[level];
}

value *variables_search(const variable_source sources[LEVEL_COUNT], enum variable_level least,
	gpointer data, const char *name)
{
	value *found = NULL;
	for (int level = LEVEL_COUNT - 1; level >= (int)least && found == NULL; level--) {
		found = sources[level] != NULL ? sources[level](data, name) : NULL;
	}
	return found;
}
