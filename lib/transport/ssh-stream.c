/* Streams over SSH: one exec channel each. */
#include "transport/ssh-private.h"

#include "base/secret-memory.h"

#include <string.h>

#define WRITE_AT_ONCE (128 * 1024)
#define READ_AT_ONCE (1024 * 1024) /* one stream_wait() brings in about this much at most */
#define COMMAND_MAX                                                                  \
	(128 * 1024 - 64) /* what one word of execve() holds, less "sh -c" and so on \
			   */

struct secure_stream {
	stream base;
	struct secure *connection;
	ssh_channel channel;
	struct ssh_channel_callbacks_struct callbacks;
	GByteArray *out, *err; /* came in, not yet asked for */
	gboolean finishing;
	gboolean eof, closed; /* of the server */
	gboolean status_known;
	int status;
	char *signal;
};

/* Taken as it comes: what libssh still holds is not to be had any more after an error. */
static int on_data(ssh_session session, ssh_channel channel, void *data, uint32_t length,
	int is_stderr, void *userdata)
{
	struct secure_stream *s = userdata;
	(void)session;
	(void)channel;
	g_byte_array_append(is_stderr ? s->err : s->out, data, length);
	return (int)length;
}

static void on_eof(ssh_session session, ssh_channel channel, void *userdata)
{
	(void)session;
	(void)channel;
	((struct secure_stream *)userdata)->eof = TRUE;
}

static void on_close(ssh_session session, ssh_channel channel, void *userdata)
{
	(void)session;
	(void)channel;
	((struct secure_stream *)userdata)->closed = TRUE;
}

static void on_exit_status(ssh_session session, ssh_channel channel, int status, void *userdata)
{
	struct secure_stream *s = userdata;
	(void)session;
	(void)channel;
	s->status_known = TRUE;
	s->status = status;
}

static void on_exit_signal(ssh_session session, ssh_channel channel, const char *name, int core,
	const char *message, const char *language, void *userdata)
{
	struct secure_stream *s = userdata;
	(void)session;
	(void)channel;
	(void)core;
	(void)message;
	(void)language;
	s->status_known = TRUE;
	s->status = -1;
	g_free(s->signal);
	s->signal = g_strdup(name);
}

static struct secure_stream *stream_new(struct secure *c)
{
	struct secure_stream *s = g_new0(struct secure_stream, 1);

	s->base.class = &connection_ssh;
	s->base.unsent = g_byte_array_new();
	s->connection = c;
	s->out = g_byte_array_new();
	s->err = g_byte_array_new();
	s->status = -1;
	s->channel = ssh_channel_new(c->session);
	s->callbacks.userdata = s;
	s->callbacks.channel_data_function = on_data;
	s->callbacks.channel_eof_function = on_eof;
	s->callbacks.channel_close_function = on_close;
	s->callbacks.channel_exit_status_function = on_exit_status;
	s->callbacks.channel_exit_signal_function = on_exit_signal;
	ssh_callbacks_init(&s->callbacks);
	(void)ssh_set_channel_callbacks(s->channel, &s->callbacks);
	return s;
}

/* Two requests, one after the other: the channel, then the command on it. */
static int start(struct secure_stream *s, const char *command, gboolean *ret_opened)
{
	if (!*ret_opened) {
		int rc = ssh_channel_open_session(s->channel);
		if (rc != SSH_OK) {
			return rc;
		}
		*ret_opened = TRUE;
	}
	return ssh_channel_request_exec(s->channel, command);
}

stream *secure_stream_open(connection *conn, const char *command, deadline until,
	const cancel *cancelled, GError **error)
{
	struct secure *c = (struct secure *)conn;
	gboolean opened = FALSE;

	if (strlen(command) > COMMAND_MAX) {
		error_set(error, SUTLER_ERROR_LIMIT,
			"command for '%s' is longer than the %d bytes that a shell accepts",
			c->name, COMMAND_MAX);
		return NULL;
	}
	if (secure_broken(c)) {
		secure_lost(c, error);
		return NULL;
	}
	struct secure_stream *s = stream_new(c);
	for (;;) {
		int rc = start(s, command, &opened);
		if (rc == SSH_OK) {
			return &s->base;
		}
		if (rc != SSH_AGAIN && secure_broken(c)) {
			secure_lost(c, error);
			break;
		}
		if (rc != SSH_AGAIN) {
			error_set(error, SUTLER_ERROR_UNREACHABLE,
				"%s refuses to %s: %s, see MaxSessions and ForceCommand in its "
				"sshd_config",
				c->peer, opened ? "run a command" : "open a session",
				ssh_get_error(c->session));
			break;
		}
		if (!secure_wait_alive(c, until, cancelled, error)) {
			break;
		}
	}
	secure_stream_close(&s->base);
	return NULL;
}

void secure_stream_close(stream *base)
{
	struct secure_stream *s = (struct secure_stream *)base;

	/* The channel lives on in the session until the server closes it too. */
	(void)ssh_remove_channel_callbacks(s->channel, &s->callbacks);
	ssh_channel_free(s->channel);
	if (!secure_broken(s->connection)) {
		/* One attempt: what does not fit the socket now leaves with later traffic. */
		(void)ssh_blocking_flush(s->connection->session, 0);
	}
	g_byte_array_unref(s->out);
	g_byte_array_unref(s->err);
	secret_wipe_bytes(base->unsent);
	g_free(s->signal);
	g_free(s);
}

/* Hands on what the server's window takes. What is left when the process has gone is dropped, as
 * nobody can read it any more. */
static void send_queued(struct secure_stream *s)
{
	while (stream_unsent(&s->base) > 0 && !s->closed && ssh_channel_is_open(s->channel)) {
		gsize window = ssh_channel_window_size(s->channel);
		gsize length = MIN(MIN(stream_unsent(&s->base), window), WRITE_AT_ONCE);
		int sent = length == 0 ? 0
				       : ssh_channel_write(s->channel, stream_front(&s->base),
						 (guint32)length);
		if (sent <= 0) {
			break;
		}
		stream_take(&s->base, (gsize)sent);
		if ((ssh_get_poll_flags(s->connection->session) & SSH_WRITE_PENDING) != 0) {
			/* What the socket does not take, libssh would keep in memory. */
			break;
		}
	}
	if (s->closed) {
		stream_take(&s->base, stream_unsent(&s->base));
	}
	if (s->finishing && stream_unsent(&s->base) == 0 && !s->closed) {
		/* Does nothing the second time; a broken connection is noticed by the caller. */
		(void)ssh_channel_send_eof(s->channel);
	}
}

/* Lets libssh take in what has arrived, a recv() at a time; the callbacks do the rest. */
static void receive(struct secure_stream *s)
{
	struct secure *c = s->connection;
	guint64 before;

	do {
		before = c->socket_counter.in_bytes;
		if (s->eof || s->closed) {
			/* After the end of output only this still looks for the exit status. */
			(void)ssh_channel_get_exit_status(s->channel);
		} else {
			(void)ssh_channel_poll(s->channel, 0);
		}
	} while (c->socket_counter.in_bytes != before && !secure_broken(c) &&
		 s->out->len + s->err->len < READ_AT_ONCE);
}

static gboolean hand_over(GByteArray *from, GByteArray *to)
{
	if (from->len == 0) {
		return FALSE;
	}
	g_byte_array_append(to, from->data, from->len);
	secret_wipe_front(from, from->len);
	return TRUE;
}

gboolean secure_stream_wait(stream *base, GByteArray *out, GByteArray *err, gboolean *ret_ended,
	deadline until, const cancel *cancelled, GError **error)
{
	struct secure_stream *s = (struct secure_stream *)base;

	for (;;) {
		if (!secure_broken(s->connection)) {
			receive(s);
			send_queued(s);
		}
		gboolean received = hand_over(s->out, out);
		received = hand_over(s->err, err) || received;
		*ret_ended = s->closed || (s->eof && s->status_known);
		if (received || *ret_ended) {
			return TRUE;
		}
		if (secure_broken(s->connection)) {
			secure_lost(s->connection, error);
			return FALSE;
		}
		if (!secure_wait_alive(s->connection, until, cancelled, error)) {
			return FALSE;
		}
	}
}

void secure_stream_finish(stream *base)
{
	((struct secure_stream *)base)->finishing = TRUE;
}

int secure_stream_exit_status(const stream *base, const char **ret_signal)
{
	const struct secure_stream *s = (const struct secure_stream *)base;

	*ret_signal = s->signal;
	return s->status;
}
