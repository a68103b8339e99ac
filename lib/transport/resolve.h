/*
 * From a host name to a connected TCP socket, bounded in time.
 *
 * getaddrinfo() cannot be interrupted, so it runs in a thread of its own that is left behind when
 * the deadline passes. All addresses are tried, a new one every quarter of a second while the
 * earlier ones are still silent (after RFC 8305), and the first to answer wins.
 */
#ifndef SUTLER_TRANSPORT_RESOLVE_H
#define SUTLER_TRANSPORT_RESOLVE_H

#include "base/cancel.h"

/* The addresses of host, families taking turns. Caller frees. NULL and SUTLER_ERROR_UNREACHABLE
 * when the name does not resolve or the resolver does not answer until the deadline;
 * SUTLER_ERROR_INTERRUPTED. seconds: what the deadline stands for, for the message. */
GPtrArray *resolve_host(const char *host, guint port, double seconds, deadline until,
	const cancel *c, GError **error);

/* Connects to one of addresses (from resolve_host()). Returns a non-blocking, close-on-exec socket
 * with TCP_NODELAY and keepalive set, and in *ret_peer its address ("10.0.0.1:22", "[::1]:22";
 * caller frees). dead_after: seconds after which unacknowledged data ends the connection.
 * -1 and SUTLER_ERROR_UNREACHABLE, saying which address did what. */
int resolve_connect(const GPtrArray *addresses, double seconds, double dead_after, deadline until,
	const cancel *c, char **ret_peer, GError **error);

/* All addresses as text, for keys and messages: "10.0.0.1:22, [::1]:22". Caller frees. */
char *resolve_describe(const GPtrArray *addresses);

#endif
