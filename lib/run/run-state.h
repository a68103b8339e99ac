/* What all hosts of a run share, whatever the play. */
#ifndef SUTLER_RUN_RUN_STATE_H
#define SUTLER_RUN_RUN_STATE_H

#include "run/run.h"
#include "run/target-record.h"
#include "run/variables.h"

struct run_state {
	const struct run_options *options;
	struct variables_shared shared;
	const char *scripts;     /* of the modules that every shell gets when it starts */
	GHashTable *script_set;  /* const char *: which those are */
	target_records *records; /* what steps of a dry run would have made, by target */
	GMutex lock;             /* events are emitted under it; guards remarks */
	GHashTable *remarks;     /* char *: said already */
	struct task *facts_task; /* "Gathering Facts" of the current play */
	GPtrArray *flush;    /* struct task *: a flush of handlers alone, for hosts that failed */
	GHashTable *numbers; /* struct task * -> its number in the play */
	gint64 started;
	guint forks;              /* hosts at a time */
	gboolean few_descriptors; /* not enough to keep every host's connection open */
	gboolean steps_here;      /* preflight: an earlier step of the run may make files here */
	char *since;              /* when the run began, UTC */
	char *id;                 /* random: what this run is called in marks of due work */
};

/* Emits an event, one at a time. Any thread. */
void run_emit(struct run_state *state, const struct event *event);
/* Emits a warning. */
void run_warn(struct run_state *state, const char *format, ...) G_GNUC_PRINTF(2, 3);
/* The same once a run: what holds for many hosts is said of the first. */
void run_warn_once(struct run_state *state, const char *name, const char *remark);

#endif
