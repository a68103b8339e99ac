/*
 * The inventory: hosts, groups, and the variables they bring, merged in Ansible's order.
 *
 * Loaded once, then read-only: any thread may read it. Hosts and groups live as long as the
 * inventory. Behaviour: Ansible 2.14 "How to build your inventory", "Patterns: targeting hosts and
 * groups", "Using variables: where to set a variable".
 */
#ifndef SUTLER_INVENTORY_INVENTORY_H
#define SUTLER_INVENTORY_INVENTORY_H

#include "value/value.h"

typedef struct inventory inventory;
typedef struct host host;
typedef struct group group;

struct inventory_options {
	const char *playbook_folder; /* for group_vars/ and host_vars/ beside the playbook; may be NULL */
};

/* Loads and merges sources (paths of files or folders, "a,b," lists). Errors: SUTLER_ERROR_USAGE,
 * located. Caller frees. */
inventory *inventory_load(const char *const *sources, const struct inventory_options *options,
	GError **error);
void inventory_free(inventory *inv);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(inventory, inventory_free)

/* The hosts a pattern names ("web:&staging:!db", "web[0:3]", "~regex", globs, "a,b"), further
 * limited by limit (a pattern, or NULL): const host *, in Ansible's order. No match is
 * SUTLER_ERROR_USAGE with the nearest names. Caller unrefs. */
GPtrArray *inventory_match(const inventory *inv, const char *pattern, const char *limit,
	GError **error);

/* By name; NULL: none. "localhost" is implicit: found although not listed, with a local connection. */
const host *inventory_host(const inventory *inv, const char *name);
const group *inventory_group(const inventory *inv, const char *name);

const char *host_name(const host *h);

/* All variables of a host, raw (not templated), from groups and host, least to most specific, as one
 * frozen dict; does not include the magic ones. Borrowed. */
const value *inventory_host_variables(const inventory *inv, const host *h);

/* The magic variables: groups (dict name -> list of host names), group_names of one host (sorted
 * list without all and ungrouped unless it is the only one, as Ansible has it). Caller unrefs. */
value *inventory_groups(const inventory *inv);
value *inventory_group_names(const inventory *inv, const host *h);

/* Folder of the first source: inventory_dir. Borrowed; may be NULL. */
const char *inventory_folder(const inventory *inv);

#endif
