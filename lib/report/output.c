/* Where a consumer writes: a file descriptor that remembers its first failure. */
#include "report/output.h"

#include <errno.h>
#include <poll.h>
#include <unistd.h>

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

void output_write(output *o, const char *text, gsize length)
{
	while (length > 0 && o->failure == 0) {
		ssize_t written = write(o->descriptor, text, length);
		if (written >= 0) {
			text += written;
			length -= (gsize)written;
		} else if (errno == EAGAIN || errno == EWOULDBLOCK) {
			struct pollfd wait = { .fd = o->descriptor, .events = POLLOUT };
			(void)poll(&wait, 1, -1); /* the next write tells what is wrong */
		} else if (errno != EINTR) {
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
