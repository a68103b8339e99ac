/* Walking plays: the hosts each is for, and its tasks. Used by run.c and listing.c. */
#ifndef SUTLER_RUN_PLAYS_H
#define SUTLER_RUN_PLAYS_H

#include "run/run.h"

/* The pattern of a play as written, or the target in its place. Caller frees. */
char *play_pattern(const struct run_options *options, const struct play *play, GError **error);

/* Its hosts: const host *; caller unrefs. Names that the inventory does not have name nothing, but
 * in --limit or as the target. Errors: SUTLER_ERROR_USAGE, located. */
GPtrArray *play_hosts(const struct run_options *options, const struct play *play, GError **error);

/* run_check(); adds to warnings (char *) what fails only where it is reached. */
gboolean plays_check(const struct run_options *options, GPtrArray *warnings, GError **error);

/* Its name for people. Caller frees. */
char *play_title(const struct run_options *options, const struct play *play);

/* Calls visit for each task, those inside blocks too, in order. */
typedef void (*task_visitor)(struct task *task, gpointer data);
void tasks_each(const GPtrArray *tasks, task_visitor visit, gpointer data);

#endif
