/*
 * Where the steps of one host run: mostly on the host itself, else where they are delegated to,
 * each as one user or another.
 *
 * A session for each target and user, opened when it is first asked for, over one connection for
 * each target. They belong to the host whose steps they run, so that a failure drops no other
 * host's requests. What steps of a dry run record is told to all sessions of the target, whoever's
 * they are (target-record.h).
 */
#ifndef SUTLER_RUN_TARGETS_H
#define SUTLER_RUN_TARGETS_H

#include "run/become.h"
#include "run/session.h"

/* How a target is reached. Reference counted, by one thread. */
typedef struct reach {
	gint references;
	struct connection_options to;
	GPtrArray *strings; /* what `to` points at */
} reach;
reach *reach_new(void);
reach *reach_ref(reach *r);
void reach_unref(reach *r);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(reach, reach_unref)
/* Whether both lead to the same place in the same way. */
gboolean reach_same(const reach *left, const reach *right);

typedef struct targets targets;

struct targets_options {
	const char *scripts;    /* of the modules that every shell gets when it starts */
	GHashTable *script_set; /* const char *: which those are */
	target_records *records;
	const char *due_key; /* as in wire.h, for sessions on the host itself */
	gsize output_limit;
	const cancel *cancel;
};

/* options is copied, its pointers must stay. */
targets *targets_new(const struct targets_options *options);
void targets_free(targets *t);

/* The session of a user on a target, when it is open; else NULL. Borrowed, as all sessions. */
session *targets_find(const targets *t, const reach *to, const char *user);
/* The same; connects and starts the shell when needed, and tells it what was recorded meanwhile.
 * own: it is on the host itself. In a dry run (check) a user that exists only in it is stood in for
 * by the session used last. Errors as wire.h. */
session *targets_session(targets *t, reach *to, gboolean own, const struct become *who,
	gboolean check, GError **error);

/* Closes all connections; sessions got before are gone. What a dry run has recorded stays, and is
 * told to those that are opened next. */
void targets_close_all(targets *t);

/* Calls visit for each session on the host itself. */
typedef void (*session_visitor)(session *s, gpointer data);
void targets_each_own(targets *t, session_visitor visit, gpointer data);
/* Waits until what session_tell() sent has been done everywhere; no request may be pending. */
gboolean targets_settle(targets *t, GError **error);

/* Of all connections there were. */
guint targets_round_trips(const targets *t);

#endif
