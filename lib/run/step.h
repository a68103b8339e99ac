/*
 * A step: one item of one task for one host, from its planning to the decision on its result.
 */
#ifndef SUTLER_RUN_STEP_H
#define SUTLER_RUN_STEP_H

#include "run/cursor.h"
#include "run/targets.h"

enum step_state {
	STEP_PLANNED, /* evaluated, not sent */
	STEP_WAITING, /* for a time to come: it is tried again */
	STEP_SENT,    /* a session has it */
	STEP_KNOWN,   /* its result is known and waits for the steps before it */
	STEP_DECIDED,
};

/* Why a walker waits. */
enum step_wait {
	WAIT_NAME,   /* for a result that one of its own steps will bring */
	WAIT_OTHERS, /* for the other hosts of the batch */
	WAIT_ONCE,   /* for the host that runs a `run_once` task */
	WAIT_TURN,   /* for its turn at a task with `throttle` */
	WAIT_CLOCK,  /* between two tries */
};

/* A task on this host, from its first item to its last result. Reference counted by hand: one for
 * the sender, one for each step. */
struct task_run {
	gint references;
	const struct task *task;
	char *name;
	value *items;   /* list; NULL without a loop */
	value *results; /* list of the items' results; NULL without a loop */
	value *outer;   /* variables of the includes around it; or NULL */
	gsize sent;     /* items sent */
	gsize done;     /* items whose results are in */
	gsize skipped;  /* of them, those that were skipped */
	gboolean handler;
	gboolean stops_behind; /* items were sent so that the host stops behind a failed loop */
	gboolean any_failed, any_changed, any_unpredicted, any_run;
	value *last_failed; /* fields of the last failed result */
	GPtrArray *due;     /* char *: marks that its items asked for; or NULL */
	GHashTable
		*notifies; /* struct task * of handlers that its items notify, as a set; or NULL */
	struct once *once; /* the hosts of the batch that this result is for; or NULL */
};

struct step {
	enum step_state state;
	struct task_run *run;
	cursor *cursor; /* at the task, to return to when it fails */
	gsize item;
	value *loop;    /* variables of the loop; or NULL */
	value *sets;    /* the names it marks as not known yet; or NULL */
	call *call;     /* NULL: never got so far */
	result *result; /* STEP_KNOWN */
	reach *to;      /* where it runs; NULL: it asks no host */
	char *delegate; /* the name of the host it is delegated to; NULL: not delegated */
	struct become who;
	session *session; /* STEP_SENT */
	enum go_on go_on;
	GPtrArray *handlers; /* struct task *: what a change notifies; NULL: not known */
	char *unknown;       /* a name in `notify` that no handler has; or NULL */
	GPtrArray *due;      /* char *: names of the marks that a change leaves; or NULL */
	gboolean clears;     /* its success takes away the mark of its handler */
	gboolean ignore_errors, ignore_unreachable, no_log;
	gboolean holds; /* its result must be decided on before more is sent */
	gboolean pending_marked;
	guint attempt;
	gint64 sent_at;
	gint64 not_before; /* STEP_WAITING; monotonic time */
};

struct task_run *task_run_ref(struct task_run *run);
void task_run_unref(struct task_run *run);
/* Variables of the includes around a task and of its loop at an item; or NULL. Caller unrefs. */
value *task_run_loop_variables(const struct task_run *run, gsize i);

/* A step for an item of run, with a copy of the cursor (NULL: none). Caller frees. */
struct step *step_new(struct task_run *run, gsize item, const cursor *at);
void step_free(struct step *s);

#endif
