/*
 * The inventory: hosts, groups, and the variables they bring, merged in Ansible's order.
 *
 * Loaded once, then read-only: any thread may read it (what is computed when first asked for is
 * behind a lock). Hosts and groups live as long as the inventory. Behaviour: Ansible 2.14 "How to
 * build your inventory", "Patterns: targeting hosts and groups", "Using variables: where to set a
 * variable". Deliberate differences: docs/inventory-differences.md.
 *
 *	const char *sources[] = { "inventory", NULL };
 *	struct inventory_options options = { .playbook_folder = "." };
 *	g_autoptr(inventory) inv = inventory_load(sources, &options, error);
 *	g_autoptr(GPtrArray) hosts = inventory_match(inv, "web:!staging", NULL, error);
 *	for (i...) { inventory_host_variables(inv, hosts->pdata[i]) ... }
 */
#ifndef SUTLER_INVENTORY_INVENTORY_H
#define SUTLER_INVENTORY_INVENTORY_H

#include "value/value.h"

typedef struct inventory inventory;
typedef struct host host;
typedef struct group group;
struct vault;

struct inventory_options {
	const char *playbook_folder; /* for group_vars/ and host_vars/ beside the playbook; may be
					NULL */
	const struct vault *vault;   /* passwords for what is encrypted; may be NULL; must live as
					long as the inventory */
	/* Of files in a folder that are not read: the endings of their names (NULL: Ansible's own
	 * list), and regular expressions. NULL-terminated. */
	const char *const *ignored_endings, *const *ignored_patterns;
	GPtrArray *warnings; /* gets char * (owned); may be NULL */
};

/* Loads and merges sources: paths of INI, YAML, JSON files, of scripts and folders, "a,b," lists,
 * http(s) URLs. NULL or empty: only the implicit localhost. A source that is missing or broken
 * refuses the whole call. Errors: SUTLER_ERROR_USAGE, SUTLER_ERROR_LIMIT, located. Caller frees. */
inventory *inventory_load(
	const char *const *sources, const struct inventory_options *options, GError **error);
void inventory_free(inventory *inv);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(inventory, inventory_free)

/* The hosts a pattern names ("web:&staging:!db", "web[0:3]", "~regex", globs, "a,b", "@file"),
 * further limited by limit (a pattern, or NULL): const host *, in Ansible's order, each once. The
 * variables of these hosts are read, so that inventory_host_variables() cannot fail for them.
 * No match, or a name that is neither host nor group, is SUTLER_ERROR_USAGE with the nearest names.
 * Caller unrefs. */
GPtrArray *inventory_match(
	const inventory *inv, const char *pattern, const char *limit, GError **error);

/* The same without reading variables; and when each name exists but no host is left, the result is
 * empty and no error: for one play of several under --limit, and for listings. unknown: takes what
 * is said (char *) of names in pattern that do not exist; NULL: they are an error,
 * SUTLER_ERROR_UNKNOWN. */
GPtrArray *inventory_select(const inventory *inv, const char *pattern, const char *limit,
	GPtrArray *unknown, GError **error);

/* By name; NULL: none. "localhost", "127.0.0.1" and "::1" are implicit: found although not listed,
 * with a local connection. */
const host *inventory_host(const inventory *inv, const char *name);
/* The same, and never NULL: of any other name a host that is in no source and no group but all, and
 * has no variables of its own, for steps that are delegated there. Any thread. */
const host *inventory_any_host(const inventory *inv, const char *name);
const group *inventory_group(const inventory *inv, const char *name);

/* Every host and group in the order of their first mention (const host *, const group *).
 * Borrowed. The implicit localhost is not among them. */
const GPtrArray *inventory_hosts(const inventory *inv);
const GPtrArray *inventory_all_groups(const inventory *inv);

const char *host_name(const host *h);
const char *group_name(const group *g);
gboolean host_is_implicit(const host *h);
/* inventory_file and inventory_dir of a host: the source of its first mention. NULL for hosts of
 * lists and the implicit one. Borrowed. */
const char *inventory_host_file(const inventory *inv, const host *h);
const char *inventory_host_folder(const inventory *inv, const host *h);

/* Reads the files of a host's variables (host_vars/) and merges. Afterwards
 * inventory_host_variables() is at hand. Values of variables whose names say secret, and of vaults,
 * are registered with secret_add(). Errors: what is wrong with the files. */
gboolean inventory_host_prepare(const inventory *inv, const host *h, GError **error);

/* All variables of a host, raw (not templated; vault ciphertexts decrypted when the password is
 * known, else still flagged VALUE_VAULT), from groups and host, least to most specific, as one
 * frozen dict; does not include the magic ones. Borrowed. For hosts that were not prepared call
 * inventory_host_prepare() first: here a broken file just brings nothing. */
const value *inventory_host_variables(const inventory *inv, const host *h);

/* The magic variables: groups (dict name -> list of host names), group_names of one host (sorted
 * list without all; ["ungrouped"] when it is in no other). Caller unrefs. */
value *inventory_groups(const inventory *inv);
value *inventory_group_names(const inventory *inv, const host *h);

/* Folder of the first source that is a file or folder: inventory_dir. Absolute. Borrowed; may be
 * NULL. */
const char *inventory_folder(const inventory *inv);

#endif
