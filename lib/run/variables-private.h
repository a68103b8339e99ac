/* What variables.c and magic.c share. */
#ifndef SUTLER_RUN_VARIABLES_PRIVATE_H
#define SUTLER_RUN_VARIABLES_PRIVATE_H

#include "run/variables.h"

struct variables {
	const struct variables_shared *shared;
	const host *host;
	value *group_names;
	const struct play *play;
	value *play_hosts; /* all of the play; NULL before the first */
	value *hosts_left; /* those that have not failed when the batch began */
	value *batch;
	GPtrArray *play_files; /* value *: dicts, later ones win */
	const struct task *task;
	value *loop;
	GMutex lock;  /* guards facts, known and included: other hosts read them through hostvars */
	value *facts; /* dict: ansible_X */
	value *known; /* dict: set_fact and register */
	value *included;     /* dict: include_vars */
	GHashTable *pending; /* name -> count; "" stands for facts */
	GHashTable *unpredicted;
	gboolean others_unsettled; /* hostvars of others must wait */
	gboolean wants_others;     /* they were asked for meanwhile */
	struct template_scope scope;
	GPtrArray *template_folders;
	GPtrArray *file_folders;
	GPtrArray *variable_folders;
};

/* v with a reference of its own; NULL for NULL. */
static inline value *variables_reference(const value *v)
{
	return v == NULL ? NULL : value_ref(v);
}

/* Whether no result on its way may still set it; for the host's own thread alone. Errors:
 * SUTLER_ERROR_PENDING, SUTLER_ERROR_UNPREDICTED. */
gboolean variables_is_known(variables *v, const char *name, GError **error);
/* The names of those levels. */
void variables_names_of_host(variables *v, GHashTable *all);

/* Member evaluated of a scope: registers what is secret. */
void variables_evaluated(gpointer data, const char *name, const value *item);

/* ---- magic.c ---- */

/* A magic variable; weak ones stand where the inventory's do. NULL: none of this name. Caller
 * unrefs. */
value *magic_find(variables *v, const char *name, gboolean of_host, gboolean weak);
gboolean magic_is_strong(const char *name);
void magic_names(GHashTable *all);

#endif
