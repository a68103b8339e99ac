/*
 * What `inventory --list`, `--host` and `--graph` print: the same as ansible-inventory.
 *
 * Behaviour: ansible-inventory(1) of ansible-core 2.14.
 */
#ifndef SUTLER_INVENTORY_LISTING_H
#define SUTLER_INVENTORY_LISTING_H

#include "inventory/inventory.h"

struct listing_style {
	gboolean yaml;      /* -y: written as YAML, not JSON */
	gboolean export;    /* --export: variables where they are set, not merged into hosts */
	gboolean variables; /* --vars, of --graph */
	const value *extra; /* dict: what -e gives every host, but for --export; or NULL */
};

/* --list: the whole inventory. Caller frees the text, which ends in a newline. Errors: a broken
 * file of variables. */
char *inventory_list_text(const inventory *inv, const struct listing_style *style, GError **error);

/* --host: the variables of one host. Caller frees. */
char *inventory_host_text(
	const inventory *inv, const host *h, const struct listing_style *style, GError **error);

/* --graph: the tree below a group ("all"). Errors: an unknown group, with the nearest names.
 * Caller frees. */
char *inventory_graph_text(const inventory *inv, const char *group_name,
	const struct listing_style *style, GError **error);

/* The value that --list writes. Caller unrefs. */
value *inventory_list_value(
	const inventory *inv, const struct listing_style *style, GError **error);

#endif
