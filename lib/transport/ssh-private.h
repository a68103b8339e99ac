/* What the files of the ssh kind share; nobody else includes this. */
#ifndef SUTLER_TRANSPORT_SSH_PRIVATE_H
#define SUTLER_TRANSPORT_SSH_PRIVATE_H

#include "transport/connection-class.h"
#include "transport/ssh-config.h"
#include "transport/ssh-words.h"

#include <libssh/callbacks.h>
#include <libssh/libssh.h>
#include <libssh/server.h>

/* A key to log in with: read from a file, or one that only the agent can sign with. */
struct login_key {
	ssh_key key;  /* NULL: the agent's */
	GBytes *blob; /* its public half */
	char *agent;  /* the agent's socket */
	char *label;  /* "'/home/u/.ssh/id_ed25519'" */
};

struct secure {
	connection base;
	ssh_session session; /* owns the socket */
	char *name;          /* in the inventory */
	char *host;          /* after ssh_config */
	char *alias;         /* HostKeyAlias, or NULL */
	char *given;         /* the name ssh would be given: what ssh_config is asked for */
	guint port;
	char *user;
	char *peer;     /* "10.0.0.1:22", or the proxy's command */
	double seconds; /* connect timeout, for messages */

	struct ssh_counter_struct socket_counter; /* bytes */
	struct ssh_counter_struct packet_counter;
	guint64 counted; /* bytes sent when a round trip was last counted */
	guint round_trips;

	double keepalive;
	guint64 heard_packets;
	gint64 heard; /* when the server was last heard */
	gint64 asked; /* when it was asked for a sign of life since; 0: it was not */

	GPid proxy; /* ProxyCommand's process group, or 0 */
	int proxy_errors;
};

/* ssh-session.c. session_library() before anything else of libssh, from any thread. */
void session_library(void);
/* A session as config has it; not connected. Free with ssh_free(). */
ssh_session session_new(const host_config *config);

/* ssh-algorithms.c: what to offer, as config has it; usual (parted by ','): when it says nothing.
 * NULL: nothing that libssh has. Caller frees. */
char *algorithms_choose(const host_config *config, enum config_key key, const char *usual);
void algorithms_apply(ssh_session session, const host_config *config);
/* What of config libssh does not have at all; NULL: nothing. Caller frees. */
char *algorithms_unknown(const host_config *config);
/* Why only the ssh program can reach the host; NULL: libssh can. Caller frees. */
char *session_needs_program(const struct connection_options *o, const host_config *config);

/* ssh-wait.c: waiting. Both count round trips and expect the caller to call into libssh afterwards.
 * secure_wait() until the deadline; secure_wait_alive() also watches that the server is there, and
 * may return early. */
gboolean secure_wait(struct secure *c, deadline until, const cancel *cancelled, GError **error);
gboolean secure_wait_alive(
	struct secure *c, deadline until, const cancel *cancelled, GError **error);
gboolean secure_broken(const struct secure *c);
/* Why the session ended: the server's last words, else what is known here, in our words. Caller
 * frees. */
char *secure_reason(const struct secure *c);

/* SUTLER_ERROR_LOST, with what libssh knows about the reason. */
void secure_lost(const struct secure *c, GError **error);

/* ssh-keys.c: the keys to log in with, best first, chosen and checked before anything is sent;
 * struct login_key *. SUTLER_ERROR_USAGE for a private key that must not or cannot be used,
 * SUTLER_ERROR_UNREACHABLE when there is none at all. */
GPtrArray *login_keys(const struct connection_options *options, const host_config *config,
	deadline until, const cancel *cancelled, GError **error);
/* ssh-login.c: one after the other, then the password (NULL: none), until the server accepts one.
 */
gboolean login_run(struct secure *c, const GPtrArray *keys, const char *password, deadline until,
	const cancel *cancelled, GError **error);

/* ssh-host-key.c: which host keys to ask for, and whether the one we got may be trusted. */
struct host_keys;
struct host_keys *host_keys_load(const struct connection_options *options,
	const host_config *config, const struct secure *plan, GError **error);
void host_keys_free(struct host_keys *k);
void host_keys_prefer(const struct host_keys *k, const struct secure *c);
gboolean host_keys_check(const struct host_keys *k, const struct secure *c, deadline until,
	const cancel *cancelled, GError **error);

/* ssh-stream.c */
stream *secure_stream_open(connection *conn, const char *command, deadline until,
	const cancel *cancelled, GError **error);
void secure_stream_close(stream *base);
gboolean secure_stream_wait(stream *base, GByteArray *out, GByteArray *err, gboolean *ret_ended,
	deadline until, const cancel *cancelled, GError **error);
void secure_stream_finish(stream *base);
int secure_stream_exit_status(const stream *base, const char **ret_signal);

/* ssh-proxy.c: runs a ProxyCommand with its % escapes replaced by checked words; returns a socket
 * to its stdin and stdout. */
int proxy_start(struct secure *c, const char *command, GError **error);
void proxy_end(struct secure *c);
/* What it wrote to stderr, in one line, or NULL. Caller frees. */
char *proxy_words(const struct secure *c);

#endif
