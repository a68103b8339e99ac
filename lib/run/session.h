/*
 * One shell on one target, as one user: requests go out ahead of their results, results come in the
 * order of the requests.
 *
 * A session knows no task. All that has to do with sequence numbers is here: what the host has
 * seen, what it has dropped because a step in front of it failed or wanted its body, and what must
 * be sent again (runtime/step.sh is the other side). A session belongs to one walker and is used by
 * one thread at a time.
 */
#ifndef SUTLER_RUN_SESSION_H
#define SUTLER_RUN_SESSION_H

#include "run/target-record.h"
#include "transport/wire.h"

#include "modules/module.h"

typedef struct session session;

/* What a failure of a request does to those that were sent behind it. */
enum go_on {
	GO_STOP,      /* the host drops them */
	GO_ON,        /* nothing */
	GO_LOOP_STOP, /* the host drops them behind the next session_end_loop() */
};

struct session_options {
	struct shell_options shell;
	GHashTable *scripts;   /* const char *: what shell.scripts consists of */
	target_record *record; /* what a dry run would have made on the target; referenced */
	const cancel *cancel;
};

/* Starts the shell; does not wait for it where it need not (shell_open()). Errors as wire.h. Caller
 * closes it before conn. */
session *session_open(
	connection *conn, const struct session_options *options, deadline until, GError **error);
void session_close(session *s);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(session, session_close)

/* Tells the shell what other sessions of the target have recorded meanwhile, in a dry run. */
void session_catch_up(session *s);

/* Sends the step that c asks for; c must stay until the result is taken, or the session is dropped
 * or closed. Never waits. */
void session_submit(session *s, call *c, enum go_on go_on);
/* All items of a loop are submitted. */
void session_end_loop(session *s);
/* Asks the host to say when it has seen all that was submitted; to be called before waiting. */
void session_sync(session *s);

/* How many requests have no result yet. */
guint session_pending(const session *s);
/* Waits for the result of the oldest request, and answers what the host asks for meanwhile. When it
 * is one behind which the host has stopped, session_has_stopped() is TRUE afterwards. Errors as
 * shell_receive(). Caller frees. */
result *session_take(session *s, GError **error);
/* The host has dropped everything behind a failed request, until session_drop(). */
gboolean session_has_stopped(const session *s);
/* Forgets the requests that are left: the host has not run them. */
void session_drop(session *s);

/* Sends a line that has no answer. */
void session_tell(session *s, const char *line);
/* Waits until what session_tell() sent has been done; no request may be pending. */
gboolean session_settle(session *s, deadline until, GError **error);

/* The marks of due work that the host told (runtime/due.sh), the first time they are asked for;
 * NULL: not told yet, or given already; *ret_told says which. Borrowed. */
const char *session_due(session *s, gboolean *ret_told);
/* A folder in which the host could not write a mark of due work, once; NULL: none. Caller frees. */
char *session_unmarked(session *s);

#endif
