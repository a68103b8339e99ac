/* What a kind of connection implements; see connection.h for the meaning of each. */
#ifndef SUTLER_TRANSPORT_CONNECTION_CLASS_H
#define SUTLER_TRANSPORT_CONNECTION_CLASS_H

#include "transport/connection.h"

struct connection_class {
	const char *kind;
	gboolean (*check)(const struct connection_options *options, char **ret_remark,
		GError **error); /* or NULL */
	connection *(*open)(
		const struct connection_options *options, const cancel *c, GError **error);
	void (*close)(connection *conn);
	guint (*round_trips)(const connection *conn);
	stream *(*stream_open)(connection *conn, const char *command, deadline until,
		const cancel *c, GError **error);
	void (*stream_close)(stream *s);
	gboolean (*stream_wait)(stream *s, GByteArray *out, GByteArray *err, gboolean *ret_ended,
		deadline until, const cancel *c, GError **error);
	void (*stream_finish)(stream *s);
	int (*stream_exit_status)(const stream *s, const char **ret_signal);
};

/* The first member of every kind's own struct. */
struct connection {
	const struct connection_class *class;
	GMutex lock; /* connection_lock() */
};

struct stream {
	const struct connection_class *class;
	GByteArray *unsent; /* what stream_write() queued; the kind takes from its front */
	gsize taken;        /* how many bytes of it were taken already */
	GQueue later;       /* struct queued *: what comes behind */
	GError *fault;      /* a file that was to be sent cannot be read; or NULL */
};

/* For the kinds: the first queued byte (stream_unsent() of them), and taking length of them off. */
const guint8 *stream_front(const stream *s);
void stream_take(stream *s, gsize length);

extern const struct connection_class connection_ssh;
extern const struct connection_class connection_openssh;
extern const struct connection_class connection_local;

#endif
