/*
 * What can be known to be wrong before any host is contacted: names that nothing defines, files and
 * templates that are missing, arguments that a module refuses, addresses and ports that are none.
 *
 * Every task is evaluated for every host as far as it does not depend on results, facts or on a
 * condition that does. Nothing is run.
 */
#ifndef SUTLER_RUN_PREFLIGHT_H
#define SUTLER_RUN_PREFLIGHT_H

#include "base/problems.h"
#include "run/walker.h"

/* Checks one play for one host, which has entered it. unknown: names (char *) that the run itself
 * will define. What a task tells only where it is reached is left out. */
void preflight_play(walker *w, const struct play *play, GHashTable *unknown, problems *found);

/* Adds to unknown what the tasks of a play register and set; TRUE when facts may come in. */
gboolean preflight_names(
	const struct run_options *options, const struct play *play, GHashTable *unknown);

#endif
