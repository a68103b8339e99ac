/* One play of a run, on all its hosts. */
#ifndef SUTLER_RUN_PLAY_H
#define SUTLER_RUN_PLAY_H

#include "run/walker.h"

/* The names of hosts (const host *), frozen. Caller unrefs. */
value *play_host_names(const GPtrArray *hosts);

/* Prepares the variables of a host for a play on hosts (their names). What is wrong with its
 * vars_files is an error: SUTLER_ERROR_USAGE, located. */
gboolean play_enter(
	struct run_state *state, walker *w, const struct play *play, value *hosts, GError **error);

/* Goes through a play; walkers: name -> walker *, of all hosts of the run. *ret_go_on is set to
 * FALSE when no further play begins. Errors as play_enter()'s. */
gboolean play_go(struct run_state *state, const struct play *play, GHashTable *walkers,
	gboolean *ret_go_on, GError **error);

#endif
