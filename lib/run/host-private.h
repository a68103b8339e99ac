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
	gboolean handler;
	gboolean stops_behind; /* items were sent so that the host stops behind a failed loop */
	gboolean any_failed, any_changed, any_unpredicted, any_run;
	value *last_failed; /* fields of the last failed result */
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
	char *line; /* what was sent */
	guint64 id; /* 0: not sent */
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

/* ---- notify.c ---- */

/* Marks the handlers that a changed task notifies; r fails when there is none of a name. */
gboolean host_notify(host_run *h, const struct task *task, result *r);

/* ---- reach.c ---- */

/* Makes the lanes for a play unless those there are lead the same way; contacts nothing. */
gboolean host_prepare_reach(host_run *h, const struct play *play, GError **error);

/* Closes the connection, so that the next step logs in anew; in a dry run nothing has changed that
 * would need it. */
void host_reset_connection(host_run *h);

/* As whom a task's steps run; clear with become_clear(). */
gboolean host_become(host_run *h, const struct task *task, struct become *ret, GError **error);
void become_clear(struct become *who);
/* A raw keyword as a boolean; fallback when raw is NULL. */
gboolean host_flag(host_run *h, const value *raw, gboolean fallback, gboolean *ret, GError **error);

#endif
