/* What the files of one host's way share. walker.c is the way itself. */
#ifndef SUTLER_RUN_WALKER_PRIVATE_H
#define SUTLER_RUN_WALKER_PRIVATE_H

#include "run/cursor.h"
#include "run/decide.h"
#include "run/play-run.h"
#include "run/targets.h"
#include "run/walker.h"

#include "base/quote.h"

struct walker {
	struct run_state *state;
	const host *host;
	variables *variables;
	struct host_counts counts;
	struct host_counts forgiven; /* what clear_host_errors made undone */
	reach *reach;                /* how the host itself is reached in this play */
	targets *targets;
	session *session; /* that of the last step sent; all that is under way is there */
	session *own;     /* the last one on the host itself */
	gboolean alive, failed;
	gint64 last_result_at;
	struct due *due;

	/* The current play. */
	play_run *play_run;
	guint number; /* among the hosts of the batch */
	const struct play *play;
	const char *play_name;
	cursor *cursor;
	struct task_run *current; /* the task whose items are being sent; or NULL */
	GQueue steps;             /* struct step * without a decision, oldest first */
	struct step *planned;     /* not among them yet; or NULL */
	struct step *again;       /* to be tried once more when its time has come; or NULL */
	gboolean holds;           /* the last one sent must be decided before more is sent */
	enum step_wait wait;
	gboolean may_start;   /* the task at the cursor: the others have come as far */
	struct once *once;    /* the `run_once` task that it may start is for all; or NULL */
	gboolean facts_known; /* of an earlier play, for gathering: smart */
	gboolean forced_handlers;
	gboolean found_start;
	GHashTable *notified;      /* struct task * of handlers, as a set */
	GPtrArray *extra_handlers; /* handlers of included roles */
	const struct task *flush;  /* the flush that handlers run for; or NULL */
	guint flush_next;          /* the first handler that it has not come to */
};

/* ---- walker.c ---- */

/* Takes s into the queue; what it registers counts as not known yet. */
void walker_enqueue(walker *w, struct step *s);
/* The same with a result that is known without asking the host; a failure stops the sending. Takes
 * r. */
void walker_enqueue_result(walker *w, struct step *s, result *r);
/* Drops everything under way: the host has not run it. */
void walker_drop_steps(walker *w);
/* Whether nothing is under way. */
gboolean walker_is_idle(const walker *w);
gboolean walker_any_remote(const walker *w);
/* Leaves the play where it stands, unless handlers are forced. */
void walker_end(walker *w);
/* The host has failed: whether it goes on with its handlers. */
gboolean walker_force_handlers(walker *w);

/* ---- pending.c ---- */

/* Marks what a step registers or sets as not known yet, or as known again. */
void walker_mark(walker *w, struct step *s, gboolean pending);
/* What an evaluation's error means: a result, or NULL: wait. Frees the error. */
result *walker_result_of_error(GError *error);
result *walker_skipped(const value *condition);

/* ---- advance.c ---- */

/* A task's name, evaluated as far as it can be. Caller frees. */
char *walker_task_name(walker *w, const struct task *task);
/* An evaluation wants to look at other hosts: WALK_ON when it may, else the walker waits. */
enum walk walker_look_at_others(walker *w);
/* The cursor goes behind the task. */
void walker_next(walker *w);
/* An item of the current task is on its way, or known. */
void walker_item_sent(walker *w);

/* ---- meta.c ---- */

enum walk walker_advance_meta(walker *w, const struct task *task);
/* Does what a `meta` task says, behind it. */
void meta_act(walker *w, const struct task *task);
/* Whether the first host decides and acts for all of its batch. */
gboolean meta_is_for_all(const struct task *task);

/* ---- include.c ---- */

enum walk walker_advance_include(walker *w, struct task_run *run);

/* ---- loop.c ---- */

/* The items of a task's loop. Caller unrefs. */
value *walker_loop_items(walker *w, const struct task *task, GError **error);

/* ---- arguments.c ---- */

/* Whether every `when` holds; *ret_false (may be NULL) gets the last one looked at. */
gboolean walker_conditions_hold(
	walker *w, const struct task *task, gboolean *ret, const value **ret_false, GError **error);
/* The task's arguments evaluated and converted. Caller frees. */
call *walker_make_call(walker *w, const struct task *task, GError **error);

/* ---- prepare.c ---- */

/* Makes a step of one item: WALK_SEND or WALK_HERE with it planned, WALK_ON when its result is
 * known already, WALK_WAIT. Takes s. */
enum walk walker_prepare(walker *w, struct step *s);
/* Prepares the item of a step once more (retries). */
enum walk walker_prepare_again(walker *w);

/* ---- conditions.c ---- */

/* Sets `changed`, `failed` and `skipped` as `register` stores them. */
void walker_complete_fields(result *r);
void walker_apply_conditions(walker *w, const struct step *s, result *r);
/* What is known when the result is decided on; `until` is evaluated, and may make it fail. */
void walker_weigh(walker *w, const struct step *s, result *r, struct circumstances *ret);
/* Seconds between two tries. */
double walker_delay(walker *w, const struct task *task);

/* ---- outcome.c ---- */

/* Decides on a result: changed_when, register, notify, events, counts, failure. Takes r. */
void walker_outcome(walker *w, struct step *s, result *r);
/* The connection broke or the user cancelled while s was to be run. */
void walker_broken(walker *w, struct step *s, const GError *error);
/* s was sent and may have run or not: the connection broke before its result came. */
void walker_unknown(walker *w, struct step *s, const GError *error);
/* Another host has run the task for all. */
void walker_take_once(walker *w, const struct task *task, const struct once *once);

/* ---- announce.c ---- */

/* Emits the event of a step. */
void walker_emit_step(walker *w, const struct step *s, const result *r);
/* A command's output was longer than what is taken of it: that is said, and where something reads
 * the text the step fails. */
void walker_check_cut(walker *w, const struct step *s, result *r);
/* Registers what a result holds that is secret. */
void walker_register_secrets(const struct step *s, const result *r);

/* ---- notify.c ---- */

/* Finds the handlers that the step notifies when it changes something: s->handlers, or s->unknown.
 * As in Ansible the names in `notify` are evaluated before the step runs. */
gboolean walker_find_handlers(walker *w, struct step *s, GError **error);
/* Notes what an item notifies; r fails when there is no handler of a name. */
void walker_note_handlers(walker *w, struct step *s, result *r);
/* Notifies the handlers of all items of a task that changed something and did not fail. */
void walker_notify(walker *w, const struct task_run *run);

/* ---- due.c ---- */

/* scope: run_options.due_scope. Free with due_free(). */
struct due *due_new(const char *scope, const char *name);
void due_free(struct due *due);
/* What the names of this host's marks begin with; NULL: none are kept. */
const char *due_key(const struct due *due);
/* The sessions are closed. */
void due_forget_sessions(struct due *due);
/* Not all of the play is gone through: what is missing may be there all the same. */
void due_set_partial(struct due *due);

/* Before and behind a play. */
void walker_due_enter(walker *w);
void walker_due_leave(walker *w);
/* Whether every session has told the marks that it found. */
gboolean walker_due_known(walker *w);
/* Notifies the handlers of this play that earlier runs left due. */
void walker_due_notify(walker *w);
/* Since when a handler is due that an earlier run left so; NULL: it is not. */
const char *walker_due_since(const walker *w, const struct task *handler);
/* Adds to the step what it makes due; to a handler's, what its success takes away (the session is
 * chosen by then). */
void walker_due_prepare(walker *w, struct step *s);
void walker_due_sending(walker *w, struct step *s);
/* Decides on the marks of a step: ran is how it ended on the host, status what was made of it. */
void walker_due_outcome(walker *w, struct step *s, enum step_status ran, enum step_status status);
/* A command that failed, or an item of its loop, was rescued or ignored: it notifies nothing. */
void walker_due_forgiven(walker *w, const struct task_run *run);
/* The host could not write a mark. */
void walker_due_unmarked(walker *w, const char *folder);
/* Puts a TASK_DONE behind each of the handlers that has a mark. */
void walker_due_follow(walker *w, GPtrArray *handlers);
enum walk walker_advance_done(walker *w, const struct task *done);

/* ---- reach.c ---- */

/* Finds out how the host is reached in a play, and closes connections that lead elsewhere; contacts
 * nothing. */
gboolean walker_prepare_reach(walker *w, const struct play *play, GError **error);
/* Where the steps of a task run: the host itself, or what name (delegate_to; NULL: not) leads to.
 * Caller unrefs. */
reach *walker_reach(walker *w, const struct task *task, const char *name, GError **error);
/* Closes the host's connection, so that the next step logs in anew; in a dry run nothing has
 * changed that would need it. */
void walker_reset_connection(walker *w);
/* As whom a task's steps run there (delegate: the host's name; NULL: it is not delegated); clear
 * with become_clear(). */
gboolean walker_become(walker *w, const struct task *task, const reach *to, const char *delegate,
	struct become *ret, GError **error);
/* A raw keyword as a boolean; fallback when raw is NULL. */
gboolean walker_flag(walker *w, const value *raw, gboolean fallback, gboolean *ret, GError **error);

#endif
