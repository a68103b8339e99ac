/* The names of the levels of variable precedence. */
#include "inventory/precedence.h"

static const char *const names[LEVEL_COUNT] = {
	[LEVEL_COMMAND_LINE] = "command line",
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
	[LEVEL_FACTS] = "facts",
	[LEVEL_PLAY_VARS] = "play vars",
	[LEVEL_PLAY_VARS_PROMPT] = "play vars_prompt",
	[LEVEL_PLAY_VARS_FILES] = "play vars_files",
	[LEVEL_ROLE_VARS] = "role vars",
	[LEVEL_BLOCK_VARS] = "block vars",
	[LEVEL_TASK_VARS] = "task vars",
	[LEVEL_INCLUDE_VARS] = "include_vars",
	[LEVEL_SET_FACTS] = "set_fact and registered results",
	[LEVEL_ROLE_PARAMETERS] = "role parameters",
	[LEVEL_INCLUDE_PARAMETERS] = "include parameters",
	[LEVEL_EXTRA_VARS] = "extra vars",
	[LEVEL_MAGIC] = "magic variables",
};

const char *variable_level_name(enum variable_level level)
{
	return names[level];
}
