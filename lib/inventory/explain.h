/* `inventory --explain HOST [VAR]`: every value a variable had, where it was set, which one won. */
#ifndef SUTLER_INVENTORY_EXPLAIN_H
#define SUTLER_INVENTORY_EXPLAIN_H

#include "inventory/inventory.h"

/* One value that a variable had. */
struct explained {
	const char *name;  /* of the variable; borrowed from the inventory */
	const value *item; /* borrowed */
	struct position at;
	const char *level; /* static words: variable_level_name() */
	const char *owner; /* name of the group or host; borrowed */
	gboolean wins;
	gboolean merged; /* into those that outweigh it: hash_behaviour = merge */
};

/* All values of one variable of h, or of all (variable NULL), with those of extra (a dict: -e; may
 * be NULL), by name, the winning one of each first, then the others from the most to the least
 * specific. GArray of struct explained; caller unrefs. Errors: a broken file; a variable that h
 * does not have, with the nearest names. */
GArray *inventory_explain(const inventory *inv, const host *h, const value *extra,
	const char *variable, GError **error);

/* The same as text, one value a line. Secrets are masked. Caller frees. */
char *inventory_explain_text(const inventory *inv, const host *h, const value *extra,
	const char *variable, GError **error);

#endif
