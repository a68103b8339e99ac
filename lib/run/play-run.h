/*
 * What the hosts of a batch share while they go through a play: how far each is, who runs a
 * `run_once` task and what it found, turns at tasks with `throttle`, and whether too many have
 * failed.
 *
 * Ansible's hosts finish a task together (strategy linear). Here a host waits for the others only
 * where that can be seen: at tasks that look at or act for other hosts (barrier.h), and nowhere
 * with `strategy: free`. A host that waits is parked: it holds no thread, turn or login.
 *
 * Behaviour: Ansible 2.14 "Controlling playbook execution: strategies and more".
 */
#ifndef SUTLER_RUN_PLAY_RUN_H
#define SUTLER_RUN_PLAY_RUN_H

#include "run/walker.h"

struct play_run_options {
	struct run_state *state;
	const struct play *play;
	const char *name; /* for people; evaluated */
	value *left; /* list: names of the play's hosts that have not failed when the batch begins;
		      borrowed */
	GPtrArray *batch;    /* walker *; borrowed */
	GPtrArray *all;      /* walker *, of all batches, also those that failed before; borrowed */
	guint failed_before; /* hosts of the run, whichever they are */
};

play_run *play_run_new(const struct play_run_options *options);
void play_run_free(play_run *p);
const struct play *play_run_play(const play_run *p);
const char *play_run_name(const play_run *p);

/* Goes through the play with all walkers of the batch; returns when all have left it. FALSE: no
 * further batch or play begins, because too many failed (`any_errors_fatal`, `max_fail_percentage`)
 * or all did, or the run was interrupted. */
gboolean play_run_go(play_run *p);

/* ---- for walkers; any thread ---- */

enum may {
	MAY_START,
	MAY_NOT,  /* not yet: *ret_wait says why */
	MAY_PASS, /* another host does it; its result is *ret_once */
	MAY_END,  /* too many have failed: the play ends here */
};

/* What a host found for all at a `run_once` task. Fields are frozen; NULL: none. */
struct once {
	gboolean known;
	gboolean failed;      /* and nothing ignores that */
	gboolean acts;        /* of a `meta` task: its condition holds */
	value *registered;    /* what `register` stores */
	gboolean unpredicted; /* it is not known what that would be */
	GPtrArray *facts;     /* value *: dicts of ansible_facts, in order */
};

/* Whether hosts of the batch have to do with each other: there are several, and they keep in step.
 */
gboolean play_run_is_shared(const play_run *p);
/* Whether w must ask play_run_may_start() before it starts the task. */
gboolean play_run_in_step(play_run *p, walker *w, const struct task *task);
/* Whether w, with nothing under way, may start the task that its cursor stands at. */
enum may play_run_may_start(play_run *p, walker *w, const struct task *task, const cursor *at,
	struct once **ret_once, enum step_wait *ret_wait);
/* Whether w may look at other hosts now: they all have come as far as it has. */
gboolean play_run_may_look(play_run *p, walker *w, const cursor *at);
/* It is through with a task that it was allowed to start. */
void play_run_done(play_run *p, walker *w, const struct task *task, struct once *once);
/* w has failed at a task, and is no longer among the hosts of the play. caught: the block of the
 * task has itself an `always` for that; goes_on: that one or another is gone through. As Ansible:
 * who has one to go through does not count as failed while the play lasts. */
void play_run_failed(
	play_run *p, walker *w, const struct task *task, gboolean caught, gboolean goes_on);
/* It is no longer among the hosts of the play. */
void play_run_remove(play_run *p, walker *w);
/* Whether too many have failed: no host starts another task. */
gboolean play_run_aborted(const play_run *p);
/* `meta: end_batch`: no host starts another task. `meta: end_play`: and no further batch begins. */
void play_run_end_batch(play_run *p);
void play_run_end(play_run *p);
gboolean play_run_ended(const play_run *p);
/* `meta: clear_host_errors`, done by w, which stands at it. */
void play_run_clear_errors(play_run *p, walker *w);

#endif
