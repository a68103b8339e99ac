/* Deadlines, cancellation, and the one function that waits on file descriptors. */
#include "base/cancel.h"

#include <errno.h>
#include <poll.h>
#include <sys/eventfd.h>
#include <unistd.h>

struct cancel {
	int descriptor;
	volatile gint requested;
};

deadline deadline_in(double seconds)
{
	if (seconds <= 0) {
		return DEADLINE_NONE;
	}
	return g_get_monotonic_time() + (gint64)(seconds * G_USEC_PER_SEC);
}

deadline deadline_earliest(deadline a, deadline b)
{
	return MIN(a, b);
}

gboolean deadline_passed(deadline at)
{
	return at != DEADLINE_NONE && g_get_monotonic_time() >= at;
}

int deadline_milliseconds(deadline at)
{
	if (at == DEADLINE_NONE) {
		return -1;
	}
	gint64 left = at - g_get_monotonic_time();
	return left <= 0 ? 0 : (int)MIN((left + 999) / 1000, G_MAXINT);
}

cancel *cancel_new(void)
{
	cancel *c = g_new0(cancel, 1);
	c->descriptor = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
	return c;
}

void cancel_free(cancel *c)
{
	if (c != NULL) {
		close(c->descriptor);
		g_free(c);
	}
}

void cancel_request(cancel *c)
{
	guint64 one = 1;
	g_atomic_int_set(&c->requested, 1);
	/* A full counter is readable already: nothing is lost when this write fails. */
	(void)!write(c->descriptor, &one, sizeof one);
}

gboolean cancel_requested(const cancel *c)
{
	return c != NULL && g_atomic_int_get(&c->requested) != 0;
}

int cancel_descriptor(const cancel *c)
{
	return c == NULL ? -1 : c->descriptor;
}

short wait_descriptor(int descriptor, short events, deadline until, const cancel *c, GError **error)
{
	struct pollfd fds[] = {
		{ .fd = descriptor, .events = events },
		{ .fd = cancel_descriptor(c), .events = POLLIN },
	};
	for (;;) {
		int ready = poll(fds, G_N_ELEMENTS(fds), deadline_milliseconds(until));
		if (ready < 0 && errno != EINTR) {
			error_set(error, SUTLER_ERROR_FAILED, "unable to wait: %s",
				g_strerror(errno));
			return 0;
		}
		if (ready > 0 && fds[1].revents != 0) {
			error_set(error, SUTLER_ERROR_INTERRUPTED, "interrupted");
			return 0;
		}
		if (ready > 0 && fds[0].revents != 0) {
			return fds[0].revents;
		}
		if (deadline_passed(until)) {
			error_set(error, SUTLER_ERROR_TIMEOUT, "timed out");
			return 0;
		}
	}
}
