/*
 * The order in which variables outweigh each other: the one table of it.
 *
 * Nothing else says which comes first: the inventory merges its layers in this order, the loader of
 * playbooks and a run look from its end to its beginning (variables_search()).
 *
 * Behaviour: Ansible 2.14 "Using variables", "Understanding variable precedence" (its 22 levels as
 * far as what they are about exists here), and what its code does where the page is silent: the
 * `[all:vars]` of inventory sources come before those of other groups, whatever the depth; within a
 * level, groups go by depth, then ansible_group_priority, then name. With hash_behaviour=merge,
 * dicts of several levels (and of several places of one level) are merged, as its combine_vars()
 * does.
 */
#ifndef SUTLER_INVENTORY_PRECEDENCE_H
#define SUTLER_INVENTORY_PRECEDENCE_H

#include "value/value.h"

/* From the least to the most specific: a later one wins. */
enum variable_level {
	LEVEL_ROLE_DEFAULTS, /* of all roles of the play; a role sees its own above the others' */
	LEVEL_INVENTORY_ALL, /* [all:vars] */
	LEVEL_INVENTORY_GROUP,
	LEVEL_INVENTORY_GROUP_VARS_ALL, /* group_vars/all beside the inventory */
	LEVEL_PLAYBOOK_GROUP_VARS_ALL,
	LEVEL_INVENTORY_GROUP_VARS,
	LEVEL_PLAYBOOK_GROUP_VARS,
	LEVEL_INVENTORY_HOST,
	LEVEL_INVENTORY_HOST_VARS,
	LEVEL_PLAYBOOK_HOST_VARS,
	LEVEL_HOST_MAGIC, /* inventory_hostname, group_names, inventory_dir: about the host itself
			   */
	LEVEL_FACTS,
	LEVEL_PLAY_VARS,
	LEVEL_PLAY_VARS_FILES,
	LEVEL_ROLE_VARS, /* as the defaults */
	LEVEL_TASK_VARS, /* of blocks, imports and tasks: the innermost wins */
	LEVEL_INCLUDE_VARS,
	LEVEL_SET_FACTS, /* and registered results */
	LEVEL_ROLE_PARAMETERS,
	LEVEL_INCLUDE_PARAMETERS, /* vars of include_tasks and include_role */
	LEVEL_EXTRA_VARS,         /* -e */
	LEVEL_LOOP,               /* item and its kin; Ansible's page does not list them */
	LEVEL_MAGIC,              /* groups, hostvars, playbook_dir, ...: nothing outweighs them */
	LEVEL_COUNT,
	/* Everything from LEVEL_INVENTORY_ALL up to here is merged by the inventory. */
	LEVEL_INVENTORY_LAST = LEVEL_PLAYBOOK_HOST_VARS
};

/* hash_behaviour: whether dicts are merged (yes), or replace each other (no; so it is at first).
 * For the whole program, set before anything is read. */
void variables_set_merging(gboolean yes);
gboolean variables_are_merged(void);
/* What a variable is when strong outweighs weak; either may be NULL, both are taken. Caller unrefs.
 */
value *variables_combine(value *weak, value *strong);
/* Puts weak (taken; may be NULL) below *found. FALSE: what is below weak does not count any more.
 */
gboolean variables_put_below(value **found, value *weak);
/* Adds the variables of more (a dict) to those of vars, which they outweigh. */
void variables_update(value *vars, const value *more);

/* Gives the value that a variable has at one level; caller unrefs; NULL: none. */
typedef value *(*variable_source)(gpointer data, const char *name);

/* The value of the strongest level that has one, of least and those that outweigh it (merged, see
 * above, with what those below have, as long as they are dicts). sources has an entry for each
 * level, NULL where there is nothing to ask. Caller unrefs; NULL: none has one.
 */
value *variables_search(const variable_source sources[LEVEL_COUNT], enum variable_level least,
	gpointer data, const char *name);

/* What to call a level in words: "inventory group vars". */
const char *variable_level_name(enum variable_level level);

#endif
