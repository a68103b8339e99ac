/* The levels of variable precedence: their names, and looking through them. */
#include "inventory/precedence.h"

#include "template/merge.h"

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

static gboolean merging;

void variables_set_merging(gboolean yes)
{
	merging = yes;
}

gboolean variables_are_merged(void)
{
	return merging;
}

value *variables_combine(value *weak, value *strong)
{
	if (strong == NULL || weak == NULL) {
		return strong != NULL ? strong : weak;
	}
	value *both = NULL;
	if (merging && value_is(weak, VALUE_DICT) && value_is(strong, VALUE_DICT)) {
		const struct merge_style style = { .recursive = TRUE, .lists = MERGE_REPLACE };
		both = merge_dicts(weak, strong, &style);
		if (both != strong) {
			value_set_position(both, value_position(strong));
		}
		value_freeze(both);
	}
	value_unref(weak);
	if (both == NULL) {
		return strong;
	}
	value_unref(strong);
	return both;
}

void variables_update(value *vars, const value *more)
{
	if (!merging) {
		value_dict_update(vars, more);
		return;
	}
	value_dict_foreach (more, key, item) {
		value *old = value_dict_get_value(vars, key);
		value *both =
			variables_combine(old != NULL ? value_ref(old) : NULL, value_ref(item));
		value_dict_set_value(vars, value_ref(key), both);
	}
}

gboolean variables_put_below(value **found, value *weak)
{
	const value *above = weak != NULL ? weak : *found;
	gboolean more = above == NULL || (merging && value_is(above, VALUE_DICT));
	*found = variables_combine(weak, *found);
	return more;
}

value *variables_search(const variable_source sources[LEVEL_COUNT], enum variable_level least,
	gpointer data, const char *name)
{
	value *found = NULL;
	for (int level = LEVEL_COUNT - 1; level >= (int)least; level--) {
		gboolean more = variables_put_below(
			&found, sources[level] != NULL ? sources[level](data, name) : NULL);
		/* Loop variables and magic ones stand for themselves. */
		if (!more || (found != NULL && level > LEVEL_EXTRA_VARS)) {
			break;
		}
	}
	return found;
}
