/* What the files of one host's run share. host.c is the loop. */
#ifndef SUTLER_RUN_HOST_PRIVATE_H
#define SUTLER_RUN_HOST_PRIVATE_H

#include "run/cursor.h"
#include "run/host.h"
#include "run/lane.h"
#include "run/remote.h"

#include "base/quote.h"

/* A task on this host, from its first item to its last result. Reference counted by hand: one for
 * the sender, one for each flight. */
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
};

/* One step that was sent ahead, or is complete already and waits for its turn. */
struct flight {
	struct task_run *run;
	cursor *cursor; /* at the task, to return to when it fails */
	gsize item;
	value *loop; /* variables of the loop; or NULL */
	value *sets; /* the names it marks as not known yet; or NULL */
	call *call;  /* NULL: never got so far */
	remote_answer *answer;
	result *result; /* known already: nothing was sent */
	lane *lane;
	char *line;          /* what was sent */
	guint64 id;          /* 0: not sent */
	GPtrArray *handlers; /* struct task *: what a change notifies; NULL: not known */
	char *unknown;       /* a name in `notify` that no handler has; or NULL */
	GPtrArray *due;      /* char *: names of the marks that a change leaves; or NULL */
	gboolean clears;     /* its success takes away the mark of its handler */
	gboolean needs_body;
	gboolean ends_loop; /* loop_end was sent behind it */
	gboolean ignore_errors, no_log, hold;
	gboolean pending_marked;
	guint attempt;
	gint64 sent_at;
};

struct host_run {
	struct run_state *state;
	const host *host;
	variables *variables;
	struct host_counts counts;
	struct host_counts forgiven; /* what clear_host_errors made undone */
	struct connection_options reach;
	GPtrArray *reach_strings; /* what reach points at */
	lanes *lanes;
	lane *lane;      /* that of the last step sent */
	char *lane_user; /* who it runs as; NULL: the login user */
	gboolean unsynced, needs_resume;
	guint64 next_id, last_sync, seen_sync;
	gboolean alive, failed;
	guint past_round_trips; /* of connections closed since */
	gint64 last_result_at;

	/* The current play. */
	const struct play *play;
	const char *play_name;
	cursor *cursor;
	struct task_run *current; /* the task whose items are being sent; or NULL */
	GQueue flights;           /* struct flight *, oldest first */
	gboolean hold;            /* the last one sent must be decided before more is sent */
	gboolean facts_sent;
	gboolean facts_known; /* of an earlier play, for gathering: smart */
	gboolean forced_handlers;
	gboolean found_start;
	GHashTable *notified;      /* struct task * of handlers, as a set */
	GPtrArray *extra_handlers; /* handlers of included roles */
	const struct task *flush;  /* the flush that handlers run for; or NULL */
	guint flush_next;          /* the first handler that it has not come to */

	struct due *due;
};

/* ---- advance.c ---- */

enum advance {
	ADVANCE_SENT, /* something was done; go on */
	ADVANCE_WAIT, /* results must come in first */
	ADVANCE_END,  /* nothing is left in this play */
};
/* Sends, or passes, the next thing at the cursor. */
enum advance host_advance(host_run *h);
/* A task's name, evaluated as far as it can be. Caller frees. */
char *host_task_name(host_run *h, const struct task *task);

/* ---- control.c ---- */

enum advance host_advance_meta(host_run *h, const struct task *task);
enum advance host_advance_include(host_run *h, struct task_run *run);

/* ---- flight.c ---- */

struct task_run *task_run_ref(struct task_run *run);
void task_run_unref(struct task_run *run);
/* A flight for an item of run, with the cursor as it stands. Caller frees, or enqueues it. */
struct flight *flight_new(host_run *h, struct task_run *run, gsize item);
void flight_free(struct flight *f);
/* Takes f into the queue; what it registers counts as not known yet. */
void host_enqueue(host_run *h, struct flight *f);
/* The same with a result that is known without asking the host; a failure stops the sending. Takes
 * r. */
void host_enqueue_result(host_run *h, struct flight *f, result *r);
/* What an evaluation's error means: a result, or NULL: wait. Frees the error. */
result *host_result_of_error(GError *error);
result *host_skipped(const value *condition);
gboolean host_any_remote(host_run *h);
/* Drops everything in flight: the host has not run it. */
void host_drop_flights(host_run *h);
void host_unmark(host_run *h, struct flight *f);

/* ---- loop.c ---- */

/* The items of a task's loop. Caller unrefs. */
value *host_loop_items(host_run *h, const struct task *task, GError **error);
/* Variables of the includes around a task and of its loop at an item; or NULL. Caller unrefs. */
value *task_run_loop_variables(const struct task_run *run, gsize i);

/* ---- arguments.c ---- */

/* Whether every `when` holds; *ret_false (may be NULL) gets the last one looked at. */
gboolean host_conditions_hold(host_run *h, const struct task *task, gboolean *ret,
	const value **ret_false, GError **error);
/* The task's arguments evaluated and converted. Caller frees. */
call *host_make_call(host_run *h, const struct task *task, GError **error);

/* ---- send.c ---- */

/* Sends one item; takes f. */
enum advance host_send_flight(host_run *h, struct flight *f);
/* Sends the item of a flight once more (retries). */
void host_send_again(host_run *h, const struct flight *old);
/* Sends everything in flight again that the host dropped to wait for a body. */
void host_resend(host_run *h);
/* All items of a loop are on their way: the host stops behind them when one has failed. */
void host_end_loop(host_run *h, const struct task_run *run);
/* Asks the host to say when it has seen everything sent so far. */
void host_sync(host_run *h);
/* How the host goes on when a flight fails; see remote_line(). */
const char *flight_keep_going(const struct flight *f);

/* ---- outcome.c ---- */

/* Decides on a result: changed_when, register, notify, events, counts, failure. Takes r. */
void host_outcome(host_run *h, struct flight *f, result *r);
/* The connection broke or the user cancelled while f was to be run. */
void host_broken(host_run *h, struct flight *f, const GError *error);
/* f was sent and may have run or not: the connection broke before its result came. */
void host_unknown(host_run *h, struct flight *f, const GError *error);
struct flight *host_take_head(host_run *h);
/* The host has failed: whether it goes on with its handlers. */
gboolean host_force_handlers(host_run *h);

/* ---- notify.c ---- */

/* Finds the handlers that the step notifies when it changes something: f->handlers, or f->unknown.
 * As in Ansible the names in `notify` are evaluated before the step runs. */
gboolean host_find_handlers(host_run *h, struct flight *f, GError **error);
/* Notes what an item notifies; r fails when there is no handler of a name. */
void host_note_handlers(host_run *h, struct flight *f, result *r);
/* Notifies the handlers of all items of a task that changed something and did not fail. */
void host_notify(host_run *h, const struct task_run *run);

/* ---- due.c ---- */

/* scope: run_options.due_scope. Free with due_free(). */
struct due *due_new(const char *scope, const char *name);
void due_free(struct due *due);
/* What the names of this host's marks begin with; NULL: none are kept. */
const char *due_key(const struct due *due);
/* The lanes are closed. */
void due_forget_lanes(struct due *due);
/* Not all of the play is gone through: what is missing may be there all the same. */
void due_set_partial(struct due *due);

/* Before and behind a play. */
void host_due_enter(host_run *h);
void host_due_leave(host_run *h);
/* Whether every lane has told the marks that it found. */
gboolean host_due_known(host_run *h);
/* Notifies the handlers of this play that earlier runs left due. */
void host_due_notify(host_run *h);
/* Since when a handler is due that an earlier run left so; NULL: it is not. */
const char *host_due_since(const host_run *h, const struct task *handler);
/* Adds to the step what it makes due; to a handler's, what its success takes away (the lane is
 * chosen by then). */
void host_due_prepare(host_run *h, struct flight *f);
void host_due_sending(host_run *h, struct flight *f);
/* Decides on the marks of a step: ran is how it ended on the host, status what was made of it. */
void host_due_outcome(host_run *h, struct flight *f, enum step_status ran, enum step_status status);
/* A command that failed, or an item of its loop, was rescued or ignored: it notifies nothing. */
void host_due_forgiven(host_run *h, const struct task_run *run);
/* The host could not write a mark. */
void host_due_unmarked(host_run *h, const char *folder);
/* Puts a TASK_DONE behind each of the handlers that has a mark. */
void host_due_follow(host_run *h, GPtrArray *handlers);
enum advance host_advance_done(host_run *h, const struct task *done);

/* ---- reach.c ---- */

/* Makes the lanes for a play unless those there are lead the same way; contacts nothing. */
gboolean host_prepare_reach(host_run *h, const struct play *play, GError **error);

/* Closes the connection, so that the next step logs in anew; in a dry run nothing has changed that
 * would need it. */
void host_reset_connection(host_run *h);

/* Closes the host's connection; the next step opens it again. */
void host_rest(host_run *h);

/* As whom a task's steps run; clear with become_clear(). */
gboolean host_become(host_run *h, const struct task *task, struct become *ret, GError **error);
void become_clear(struct become *who);
/* A raw keyword as a boolean; fallback when raw is NULL. */
gboolean host_flag(host_run *h, const value *raw, gboolean fallback, gboolean *ret, GError **error);

#endif
