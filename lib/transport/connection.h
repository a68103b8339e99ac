/*
 * Connections: one per host, and byte streams to shells on it.
 *
 * A connection is a vtable (struct connection_class), one file per kind: ssh.c (libssh), openssh.c
 * (the ssh program, for what libssh cannot do), local.c. A stream
 * is one remote process with its stdin, stdout and stderr. A connection and its streams are used by
 * one thread at a time (connection_lock()), and every call is bounded by its deadline and the
 * cancel descriptor: nothing blocks for ever.
 *
 * Errors: SUTLER_ERROR_UNREACHABLE before and during login (the message says what was tried:
 * address, user, key, fingerprints), SUTLER_ERROR_LOST afterwards, _TIMEOUT, _INTERRUPTED.
 */
#ifndef SUTLER_TRANSPORT_CONNECTION_H
#define SUTLER_TRANSPORT_CONNECTION_H

#include "base/cancel.h"
#include "base/payload.h"

typedef struct connection connection;
typedef struct stream stream;

/* How to reach a host. Strings belong to the caller and are copied. */
struct connection_options {
	const char *kind;        /* "ssh", "openssh" or "local" */
	const char *name;        /* inventory name, for messages */
	const char *host;        /* address or name to connect to */
	guint port;              /* 0: from ssh_config, else 22 */
	const char *user;        /* NULL: from ssh_config, else the local user */
	const char *private_key; /* NULL: agent, ssh_config, then the default key files */
	const char *known_hosts; /* NULL: ~/.ssh/known_hosts, then the system's */
	const char *ssh_config;  /* NULL: ~/.ssh/config and the system's; "": none */
	const char *const
		*ssh_options;   /* "Keyword value", outweigh ssh_config; NULL-terminated; NULL */
	const char *password;   /* for logging in when no key serves; NULL: none */
	gboolean accept_new;    /* record unknown host keys */
	double connect_timeout; /* seconds for resolve, connect, key exchange and login together */
	double keepalive; /* seconds without an answer before the connection counts as lost; 0: 30
			   */
};

/* Checks what can be checked before any host is contacted: names, ssh_config, and that the private
 * key may be used. *ret_remark (caller frees): what the user should know about how the host is
 * reached, or NULL. SUTLER_ERROR_USAGE. */
gboolean connection_check(
	const struct connection_options *options, char **ret_remark, GError **error);

/* Connects and logs in. Caller closes. */
connection *connection_open(
	const struct connection_options *options, const cancel *c, GError **error);
void connection_close(connection *conn);
/* For callers with more than one thread: no function here but connection_round_trips() takes it.
 * Borrowed. */
GMutex *connection_lock(connection *conn);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(connection, connection_close)

/* Number of round trips waited for so far (places where this side could only wait for the peer);
 * for the benchmark. Takes the lock. */
guint connection_round_trips(connection *conn);

/* Starts command (a line for the login shell of the user) with stdin, stdout and stderr piped.
 * Caller closes the stream before the connection. */
stream *stream_open(
	connection *conn, const char *command, deadline until, const cancel *c, GError **error);
void stream_close(stream *s);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(stream, stream_close)

/* Queues bytes for the process's stdin; never waits. They leave while stream_wait() runs. */
void stream_write(stream *s, gconstpointer bytes, gsize length);
/* The same for bytes that are read when their turn comes; references b. When they cannot be read,
 * stream_wait() fails with SUTLER_ERROR_FAILED. */
void stream_write_payload(stream *s, payload *b);
/* Bytes queued and not yet handed to the transport. */
gsize stream_unsent(stream *s);

/* Sends what is queued and waits until output has come in, or until everything queued is sent and
 * the process has ended. Appends to out and err (raw bytes). Returns FALSE and an error when the
 * connection broke, the deadline passed or c was cancelled; *ret_ended says whether the process has
 * closed its output. */
gboolean stream_wait(stream *s, GByteArray *out, GByteArray *err, gboolean *ret_ended,
	deadline until, const cancel *c, GError **error);

/* Half-closes stdin once everything queued is sent. */
void stream_finish(stream *s);

/* After *ret_ended: exit status 0-255, or -1 with the signal's name in *ret_signal (without "SIG";
 * static or owned by s; NULL when unknown). */
int stream_exit_status(const stream *s, const char **ret_signal);

#endif
