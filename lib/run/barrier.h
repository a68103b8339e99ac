/*
 * Which tasks the hosts of a batch do in step: what one of them does there, or what it reads, can
 * be seen by the others.
 *
 * In step are tasks that act for others (run_once, delegate_to, throttle, add_host, group_by, some
 * `meta`), whose failure ends the play for all (any_errors_fatal, max_fail_percentage), and those
 * whose `when` picks hosts: by their names or groups, by a variable that is not the same for all,
 * or by what was found out on each. What reads the variables of other hosts is seen when it does
 * (variables_wants_others()). `strategy: linear`, written out, puts all in step.
 */
#ifndef SUTLER_RUN_BARRIER_H
#define SUTLER_RUN_BARRIER_H

#include "run/run-state.h"

typedef struct barriers barriers;

enum barrier_mark {
	BARRIER_BEFORE = 1 << 0, /* none starts it before all have come to it */
	BARRIER_BEHIND = 1 << 1, /* none starts the next task before all are through */
	BARRIER_FACTS = 1 << 2,  /* before, to see whether facts differ */
};

/* For the hosts (variables *) of a batch; they must stay. */
barriers *barriers_new(struct run_state *state, const struct play *play, GPtrArray *hosts);
void barriers_free(barriers *b);

/* Whether hosts are ever in step: there are several, and the strategy is none that frees them. */
gboolean barriers_any(const barriers *b);
/* Whether the strategy lets each host go its way: what ends the play for all is not looked at. */
gboolean barriers_is_free(const barriers *b);
/* The marks of a task, asked by one of the hosts in its own thread; under the lock of the batch. */
guint barriers_of(barriers *b, variables *asking, const struct task *task);
/* Whether a failure of the task ends the play for all. As Ansible: also when one runs it for all,
 * and never where `ignore_errors` is a template, whatever that comes to. */
gboolean barriers_is_fatal(const barriers *b, const struct task *task);
/* All hosts have come to a task with BARRIER_FACTS: its marks may be fewer from now on. */
void barriers_facts_known(barriers *b, const struct task *task);

/* Whether one host runs the task for all of its batch. */
gboolean task_is_once(const struct task *task);
/* `throttle`: hosts at a time; 0: any number. */
guint task_throttle(const struct task *task, variables *v);

#endif
