/* Where a consumer writes: a file descriptor that remembers its first failure. */
#include "report/output.h"

#include <errno.h>
#include <limits.h>
#include <poll.h>
#include <unistd.h>

static const double PATIENCE = 2; /* seconds */
static const cancel *interrupt;

struct output {
	int descriptor;
	const char *name;
	int failure; /* errno of the first failed write; 0: none */
};

output *output_new(int descriptor, const char *name)
{
	output *o = g_new0(output, 1);
	o->descriptor = descriptor;
	o->name = g_intern_string(name);
	return o;
}

void output_free(output *o)
{
	g_free(o);
}

int output_descriptor(const output *o)
{
	return o->descriptor;
}

void output_give_up_on(const cancel *c)
{
	interrupt = c;
}

/* FALSE: nobody reads, and an end was asked for. */
static gboolean may_write(output *o)
{
	g_autoptr(GError) problem = NULL;
	if (wait_descriptor(o->descriptor, POLLOUT, DEADLINE_NONE, interrupt, &problem) != 0) {
		return TRUE;
	}
	/* The summary is read by who is still there. */
	return problem->code != SUTLER_ERROR_INTERRUPTED ||
	       wait_descriptor(o->descriptor, POLLOUT, deadline_in(PATIENCE), NULL, NULL) != 0;
}

void output_write(output *o, const char *text, gsize length)
{
	while (length > 0 && o->failure == 0) {
		if (!may_write(o)) {
			o->failure = EINTR;
			return;
		}
		/* So much never blocks where something can be written (POSIX: PIPE_BUF). */
		ssize_t written = write(o->descriptor, text, MIN(length, PIPE_BUF));
		if (written >= 0) {
			text += written;
			length -= (gsize)written;
		} else if (errno != EINTR && errno != EAGAIN && errno != EWOULDBLOCK) {
			o->failure = errno;
		}
	}
}

gboolean output_finish(output *o, GError **error)
{
	if (o->failure != 0) {
		error_set(error, SUTLER_ERROR_FAILED, "unable to write to %s: %s", o->name,
			g_strerror(o->failure));
		return FALSE;
	}
	return TRUE;
}
