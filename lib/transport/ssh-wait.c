/* Waiting for a server, and noticing that it is gone. */
#include "transport/ssh-private.h"

#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <string.h>
#include <sys/socket.h>

char *secure_words(const char *bytes, gsize length)
{
	g_autofree char *text = g_utf8_make_valid(bytes, (gssize)length);
	GString *words = g_string_new(NULL);

	for (const char *p = g_strchomp(text); *p != '\0'; p++) {
		if (*p == '\n') {
			g_string_append(words, "; ");
		} else if (*p != '\r') {
			g_string_append_c(words, g_ascii_iscntrl(*p) ? '?' : *p);
		}
	}
	return g_string_free(words, FALSE);
}

gboolean secure_broken(const struct secure *c)
{
	return !ssh_is_connected(c->session) || ssh_get_fd(c->session) < 0;
}

/* What libssh says when nobody said anything, and what that means. Asking for the server's last
 * words sets libssh's error, so that is read before. */
char *secure_reason(const struct secure *c)
{
	static const struct {
		const char *theirs, *ours;
	} words[] = {
		{ "Socket error: disconnected", "the server closed it" },
		{ "Connection not closed yet", "the connection broke" },
		{ "Connection correctly closed", "the server closed it" },
		{ "Channel is closed", "the server closed it" },
		{ "Remote channel is closed", "the server closed it" },
	};
	g_autofree char *reason = g_strdup(ssh_get_error(c->session));
	const char *said = ssh_get_disconnect_message(c->session);

	if (said != NULL) {
		return secure_words(said, strlen(said));
	}
	for (gsize i = 0; i < G_N_ELEMENTS(words); i++) {
		if (strstr(reason, words[i].theirs) != NULL) {
			return g_strdup(words[i].ours);
		}
	}
	return g_strdup(*reason != '\0' ? reason : "the connection broke");
}

void secure_lost(const struct secure *c, GError **error)
{
	g_autofree char *reason = secure_reason(c);

	error_set(error, SUTLER_ERROR_LOST, "connection to '%s' (%s) lost: %s", c->name, c->peer,
		reason);
}

/* A round trip is a wait for the server after something new was sent. Between its banner and its
 * first packet the server sends unasked, so that wait costs none. */
static void count_round_trip(struct secure *c)
{
	gboolean unasked =
		c->packet_counter.in_packets == 0 && ssh_get_serverbanner(c->session) != NULL;
	if (c->socket_counter.out_bytes != c->counted && !unasked) {
		c->counted = c->socket_counter.out_bytes;
		c->round_trips++;
	}
}

gboolean secure_wait(struct secure *c, deadline until, const cancel *cancelled, GError **error)
{
	const int on = 1;
	int descriptor = ssh_get_fd(c->session);
	short events = POLLIN;

	if ((ssh_get_poll_flags(c->session) & SSH_WRITE_PENDING) != 0) {
		events |= POLLOUT;
	} else {
		count_round_trip(c);
	}
	/* Else sshd's Nagle waits some 40 ms for our delayed ACK; the kernel forgets this setting,
	 * so it is made before each wait. Sockets other than TCP do without. */
	(void)setsockopt(descriptor, IPPROTO_TCP, TCP_QUICKACK, &on, sizeof on);
	return wait_descriptor(descriptor, events, until, cancelled, error) != 0;
}

/* Asks for a sign of life, unless the answer to an earlier question is still to come. libssh
 * settles an answered question in one call and asks anew in the next. */
static void ask(struct secure *c)
{
	guint64 before = c->packet_counter.out_packets;

	for (int i = 0; i < 2 && c->packet_counter.out_packets == before; i++) {
		(void)ssh_send_keepalive(c->session);
	}
	c->asked = g_get_monotonic_time();
}

gboolean secure_wait_alive(
	struct secure *c, deadline until, const cancel *cancelled, GError **error)
{
	const gint64 half = (gint64)(c->keepalive / 2 * G_USEC_PER_SEC);
	gint64 now = g_get_monotonic_time();

	if (c->packet_counter.in_packets != c->heard_packets) {
		c->heard_packets = c->packet_counter.in_packets;
		c->heard = now;
		c->asked = 0;
	}
	if (c->asked == 0 && now - c->heard >= half) {
		ask(c);
	} else if (c->asked != 0 && now - c->asked >= half) {
		error_set(error, SUTLER_ERROR_LOST,
			"connection to '%s' (%s) lost: no sign of life for %g s", c->name, c->peer,
			c->keepalive);
		return FALSE;
	}

	deadline next = (c->asked != 0 ? c->asked : c->heard) + half;
	g_autoptr(GError) waited = NULL;
	if (secure_wait(c, deadline_earliest(until, next), cancelled, &waited) ||
		(g_error_matches(waited, SUTLER_ERROR, SUTLER_ERROR_TIMEOUT) &&
			!deadline_passed(until))) {
		return TRUE;
	}
	g_propagate_error(error, g_steal_pointer(&waited));
	return FALSE;
}
