/*
 * One host's way through a run.
 *
 * Steps are sent ahead of their results as far as their arguments are known. What is in flight
 * stands in a queue in order; results are taken from its head. A failure drops what was sent behind
 * it (the host has not run it), and the cursor goes back.
 */
#ifndef SUTLER_RUN_HOST_H
#define SUTLER_RUN_HOST_H

#include "run/run.h"
#include "run/variables.h"

typedef struct host_run host_run;

/* What all hosts of a run share. */
struct run_state {
	const struct run_options *options;
	struct variables_shared shared;
	const char *scripts;     /* of the modules that every shell gets when it starts */
	GHashTable *script_set;  /* const char *: which those are */
	GMutex lock;             /* events are emitted under it */
	gint abort;              /* any_errors_fatal: no host starts another step */
	gint end_play;           /* meta: end_play was reached: no further batch begins */
	gboolean steps_here;     /* preflight: an earlier step of the run may make files here */
	gint clear_errors;       /* meta: clear_host_errors was reached */
	struct task *facts_task; /* "Gathering Facts" of the current play */
	GPtrArray *flush;    /* struct task *: a flush of handlers alone, for hosts that failed */
	GHashTable *numbers; /* struct task * -> its number in the play */
	gint64 started;
	guint forks;              /* hosts at a time */
	gboolean few_descriptors; /* not enough to keep every host's connection open */
	GHashTable *remarks;      /* char *: said already; under lock */
	char *since;              /* when the run began, UTC */
	char *id;                 /* random: what this run is called in marks of due work */
};

host_run *host_run_new(struct run_state *state, const host *h);
void host_run_free(host_run *h);

/* Runs a play on it; in a thread of its own. play_name is evaluated already. */
void host_run_play(host_run *h, const struct play *play, const char *play_name);

variables *host_run_variables(host_run *h);
const char *host_run_name(const host_run *h);
const struct host_counts *host_run_counts(const host_run *h);
/* Lets a host that failed take part again. */
void host_run_clear_errors(host_run *h);
/* What it means for the exit status. */
void host_run_add_totals(const host_run *h, struct run_totals *totals);
/* Whether it takes part in further plays. */
gboolean host_run_alive(const host_run *h);
guint host_run_round_trips(const host_run *h);

/* Emits an event, one at a time. */
void run_emit(struct run_state *state, const struct event *event);

#endif
