/* Connections and streams: finds the kind by name and calls through its table. */
#include "transport/connection-class.h"

#include "base/secret-memory.h"

#include <string.h>

/* Queued bytes that were handed on are cut off the front once they make up this much. */
#define COMPACT_AFTER (256 * 1024)
/* More is taken from what waits when less than this is queued. */
#define REFILL_BELOW (64 * 1024)

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
	connection *conn = kind == NULL ? NULL : kind->open(options, c, error);
	if (conn != NULL) {
		g_mutex_init(&conn->lock);
	}
	return conn;
}

void connection_close(connection *conn)
{
	if (conn != NULL) {
		g_mutex_clear(&conn->lock);
		conn->class->close(conn);
	}
}

GMutex *connection_lock(connection *conn)
{
	return &conn->lock;
}

guint connection_round_trips(connection *conn)
{
	g_mutex_lock(&conn->lock);
	guint count = conn->class->round_trips(conn);
	g_mutex_unlock(&conn->lock);
	return count;
}

stream *stream_open(
	connection *conn, const char *command, deadline until, const cancel *c, GError **error)
{
	return conn->class->stream_open(conn, command, until, c, error);
}

/* What waits behind `unsent`: bytes, or a body of which `at` were read. */
struct queued {
	GByteArray *bytes;
	payload *body;
	gsize at;
};

static void queued_free(struct queued *q)
{
	g_clear_pointer(&q->bytes, g_byte_array_unref);
	payload_unref(q->body);
	g_free(q);
}

void stream_close(stream *s)
{
	if (s != NULL) {
		g_queue_clear_full(&s->later, (GDestroyNotify)queued_free);
		g_clear_error(&s->fault);
		s->class->stream_close(s);
	}
}

void stream_write(stream *s, gconstpointer bytes, gsize length)
{
	struct queued *last = g_queue_peek_tail(&s->later);
	if (length == 0) {
		return;
	}
	if (last == NULL) {
		g_byte_array_append(s->unsent, bytes, (guint)length);
		return;
	}
	if (last->bytes == NULL) {
		last = g_new0(struct queued, 1);
		last->bytes = g_byte_array_new();
		g_queue_push_tail(&s->later, last);
	}
	g_byte_array_append(last->bytes, bytes, (guint)length);
}

void stream_write_payload(stream *s, payload *b)
{
	struct queued *q = g_new0(struct queued, 1);
	q->body = payload_ref(b);
	g_queue_push_tail(&s->later, q);
}

/* Moves the next piece of what waits into `unsent`. FALSE: nothing came. */
static gboolean refill_from(stream *s, struct queued *q)
{
	enum { PIECE = 128 * 1024 };
	if (q->bytes != NULL) {
		g_byte_array_append(s->unsent, q->bytes->data, q->bytes->len);
		g_byte_array_set_size(q->bytes, 0);
		return FALSE;
	}
	guint before = s->unsent->len;
	g_byte_array_set_size(s->unsent, before + PIECE);
	gssize n = payload_read(q->body, q->at, s->unsent->data + before, PIECE, &s->fault);
	g_byte_array_set_size(s->unsent, before + (guint)MAX(n, 0));
	q->at += (gsize)MAX(n, 0);
	return n > 0;
}

static void refill(stream *s)
{
	struct queued *q = NULL;
	while (s->unsent->len - s->taken < REFILL_BELOW && s->fault == NULL &&
		(q = g_queue_peek_head(&s->later)) != NULL) {
		if (!refill_from(s, q) && s->fault == NULL) {
			queued_free(g_queue_pop_head(&s->later));
		}
	}
}

gsize stream_unsent(stream *s)
{
	refill(s);
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
	gboolean well = s->class->stream_wait(s, out, err, ret_ended, until, c, error);
	if (s->fault != NULL) {
		g_clear_error(error);
		g_propagate_error(error, g_error_copy(s->fault));
		return FALSE;
	}
	return well;
}

void stream_finish(stream *s)
{
	s->class->stream_finish(s);
}

int stream_exit_status(const stream *s, const char **ret_signal)
{
	return s->class->stream_exit_status(s, ret_signal);
}
