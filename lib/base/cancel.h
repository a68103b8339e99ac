/*
 * Deadlines, cancellation, and the one function that waits on file descriptors.
 *
 * No call of lib/ blocks without bound: every wait polls its descriptor together with the cancel
 * descriptor until the deadline.
 */
#ifndef SUTLER_BASE_CANCEL_H
#define SUTLER_BASE_CANCEL_H

#include "base/error.h"

/* Monotonic time in microseconds at which to give up; DEADLINE_NONE: never. */
typedef gint64 deadline;
#define DEADLINE_NONE G_MAXINT64
deadline deadline_in(double seconds); /* seconds <= 0: none */
deadline deadline_earliest(deadline a, deadline b);
gboolean deadline_passed(deadline at);
int deadline_milliseconds(deadline at); /* for poll(): -1 for none, 0 when passed */

/* A cancel request seen by every thread. cancel_request() is async-signal-safe. */
typedef struct cancel cancel;
cancel *cancel_new(void);
void cancel_free(cancel *c);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(cancel, cancel_free)
void cancel_request(cancel *c);
gboolean cancel_requested(const cancel *c); /* FALSE for NULL */
int cancel_descriptor(const cancel *c);     /* readable once requested; -1 for NULL */

/* Waits until descriptor has one of events (POLLIN, POLLOUT); returns the events it has.
 * 0 and an error: SUTLER_ERROR_TIMEOUT when the deadline passed, SUTLER_ERROR_INTERRUPTED when
 * cancelled. c may be NULL. */
short wait_descriptor(
	int descriptor, short events, deadline until, const cancel *c, GError **error);

#endif
