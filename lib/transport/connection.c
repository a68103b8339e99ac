/* Connections and streams: finds the kind by name and calls through its table. */
#include "transport/connection-class.h"

#include "base/secret-memory.h"

#include <string.h>

/* Queued bytes that were handed on are cut off the front once they make up this much. */
#define COMPACT_AFTER (256 * 1024)

static const struct connection_class *const kinds[] = {
	&connection_local,
	&connection_openssh,
	&connection_ssh,
};

static const struct connection_class *find_kind(
	const struct connection_options *options, GError **error)
{
	for (gsize i = 0; i < G_N_ELEMENTS(kinds); i++) {
		if (g_strcmp0(options->kind, kinds[i]->kind) == 0) {
			return kinds[i];
		}
	}
	error_set(error, SUTLER_ERROR_USAGE,
		"host '%s': unknown kind of connection '%s', use 'ssh', 'openssh' or 'local'",
		options->name, options->kind == NULL ? "" : options->kind);
	return NULL;
}

gboolean connection_check(
	const struct connection_options *options, char **ret_remark, GError **error)
{
	const struct connection_class *kind = find_kind(options, error);
	*ret_remark = NULL;
	return kind != NULL && (kind->check == NULL || kind->check(options, ret_remark, error));
}

connection *connection_open(
	const struct connection_options *options, const cancel *c, GError **error)
{
	const struct connection_class *kind = find_kind(options, error);
	return kind == NULL ? NULL : kind->open(options, c, error);
}

void connection_close(connection *conn)
{
	if (conn != NULL) {
		conn->class->close(conn);
	}
}

guint connection_round_trips(const connection *conn)
{
	return conn->class->round_trips(conn);
}

stream *stream_open(
	connection *conn, const char *command, deadline until, const cancel *c, GError **error)
{
	return conn->class->stream_open(conn, command, until, c, error);
}

void stream_close(stream *s)
{
	if (s != NULL) {
		s->class->stream_close(s);
	}
}

void stream_write(stream *s, gconstpointer bytes, gsize length)
{
	if (length > 0) {
		g_byte_array_append(s->unsent, bytes, (guint)length);
	}
}

gsize stream_unsent(const stream *s)
{
	return s->unsent->len - s->taken;
}

const guint8 *stream_front(const stream *s)
{
	return s->unsent->data + s->taken;
}

void stream_take(stream *s, gsize length)
{
	s->taken += length;
	if (s->taken == s->unsent->len ||
		(s->taken >= COMPACT_AFTER && s->taken >= s->unsent->len / 2)) {
		secret_wipe_front(s->unsent, s->taken);
		s->taken = 0;
	}
}

gboolean stream_wait(stream *s, GByteArray *out, GByteArray *err, gboolean *ret_ended,
	deadline until, const cancel *c, GError **error)
{
	return s->class->stream_wait(s, out, err, ret_ended, until, c, error);
}

void stream_finish(stream *s)
{
	s->class->stream_finish(s);
}

int stream_exit_status(const stream *s, const char **ret_signal)
{
	return s->class->stream_exit_status(s, ret_signal);
}
