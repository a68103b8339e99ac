/*
 * One host's way through a run: which task is next, what it sends, and what results make of it.
 *
 * A walker never blocks and never sleeps. walker_advance() goes one move further and says why when
 * it cannot; walker_take() takes the result of the oldest step. Who waits for results, opens
 * sessions and lets walkers rest is drive.h; what the hosts of a batch share is play-run.h: no
 * walker knows another.
 */
#ifndef SUTLER_RUN_WALKER_H
#define SUTLER_RUN_WALKER_H

#include "run/run-state.h"
#include "run/step.h"

typedef struct walker walker;
typedef struct play_run play_run;

walker *walker_new(struct run_state *state, const host *h);
void walker_free(walker *w);

const char *walker_name(const walker *w);
variables *walker_variables(walker *w);
const struct host_counts *walker_counts(const walker *w);
/* Whether it takes part in further plays. */
gboolean walker_alive(const walker *w);
/* Whether it has failed, and can be reached. */
gboolean walker_has_failed(const walker *w);
/* Lets a host that failed take part again. */
void walker_clear_errors(walker *w);
/* What it means for the exit status. */
void walker_add_totals(const walker *w, struct run_totals *totals);
guint walker_round_trips(const walker *w);

/* ---- a play ---- */

/* Begins a play: FALSE when the host cannot be reached as its variables say, which is told and
 * counted. play_name is evaluated already. */
gboolean walker_enter(walker *w, play_run *play);
/* Ends it; what is left in flight is forgotten. Waits for lines that have no answer. */
void walker_leave(walker *w);

enum walk {
	WALK_ON,   /* a move was made */
	WALK_SEND, /* the newest step is planned: it needs its session, then walker_sent() */
	WALK_HERE, /* the newest step runs here: walker_known() */
	WALK_WAIT, /* walker_wait() says what for */
	WALK_END,  /* nothing is left in this play */
};

/* Makes the next move. */
enum walk walker_advance(walker *w);

/* Why it waits; *ret_until (may be NULL) gets the time it wants to go on at, for WAIT_CLOCK. */
enum step_wait walker_wait(const walker *w, gint64 *ret_until);

/* The planned step; borrowed. */
struct step *walker_planned(walker *w);
/* It has its session and is on its way. */
void walker_sent(walker *w, session *s);
/* Its result is known without asking a host; takes r. */
void walker_known(walker *w, result *r);
/* It must be prepared again once more is known: WALK_ON (it is now) or WALK_WAIT. */
enum walk walker_postpone(walker *w);

/* The oldest step without a decision; NULL: none. Borrowed. */
struct step *walker_head(walker *w);
/* Takes its result, and decides. Takes r. */
void walker_take(walker *w, result *r);
/* The connection broke, or the run was interrupted, while the oldest step (else the planned one)
 * was under way: the host leaves the play, unless the task ignores that. */
void walker_lost(walker *w, const GError *error);
/* Nothing is under way, and yet the next task waits for something: it will never come. */
void walker_stuck(walker *w);
/* Closes the connections; the next step opens them again. */
void walker_rest(walker *w);

#endif
