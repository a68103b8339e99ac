/* From a host name to a connected TCP socket: a resolver thread, and a race over all addresses. */
#include "transport/resolve.h"

#include <errno.h>
#include <netdb.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <unistd.h>

#define STAGGER 0.25     /* seconds before the next address is tried beside the silent ones */
#define ADDRESSES_MAX 16 /* of one name */
#define PROBE_IDLE 15    /* seconds of silence before TCP asks whether the peer is there */
#define PROBE_INTERVAL 5 /* seconds between such questions */

struct address {
	struct sockaddr_storage socket;
	socklen_t length;
	char *text;
};

/* Shared by the caller and the resolver thread; whoever lets go last frees it. */
struct lookup {
	gatomicrefcount references;
	int done; /* eventfd */
	char *host;
	char *service;
	int failed;    /* of getaddrinfo() */
	int failed_os; /* errno for EAI_SYSTEM */
	struct addrinfo *found;
};

static void address_free(gpointer data)
{
	struct address *a = data;
	g_free(a->text);
	g_free(a);
}

static void lookup_unref(struct lookup *l)
{
	if (!g_atomic_ref_count_dec(&l->references)) {
		return;
	}
	if (l->found != NULL) {
		freeaddrinfo(l->found);
	}
	close(l->done);
	g_free(l->host);
	g_free(l->service);
	g_free(l);
}

static gpointer lookup_run(gpointer data)
{
	struct lookup *l = data;
	const struct addrinfo hints = {
		.ai_family = AF_UNSPEC,
		.ai_socktype = SOCK_STREAM,
		.ai_flags = AI_NUMERICSERV,
	};
	guint64 one = 1;

	l->failed = getaddrinfo(l->host, l->service, &hints, &l->found);
	l->failed_os = errno;
	/* The counter starts at 0, so this cannot fail. */
	(void)!write(l->done, &one, sizeof one);
	lookup_unref(l);
	return NULL;
}

static struct address *address_new(const struct sockaddr *socket, socklen_t length)
{
	struct address *a = g_new0(struct address, 1);
	char host[NI_MAXHOST] = "?", service[NI_MAXSERV] = "?";

	memcpy(&a->socket, socket, length);
	a->length = length;
	/* On failure the question marks stand. */
	(void)getnameinfo(socket, length, host, sizeof host, service, sizeof service,
		NI_NUMERICHOST | NI_NUMERICSERV);
	a->text =
		g_strdup_printf(socket->sa_family == AF_INET6 ? "[%s]:%s" : "%s:%s", host, service);
	return a;
}

/* The resolver's order is kept within a family; the families take turns. */
static GPtrArray *interleave(const struct addrinfo *found)
{
	GPtrArray *addresses = g_ptr_array_new_with_free_func(address_free);
	const struct addrinfo *same = found, *other = found;
	int family = found->ai_family;

	while ((same != NULL || other != NULL) && addresses->len < ADDRESSES_MAX) {
		while (same != NULL && same->ai_family != family) {
			same = same->ai_next;
		}
		while (other != NULL && other->ai_family == family) {
			other = other->ai_next;
		}
		if (same != NULL) {
			g_ptr_array_add(addresses, address_new(same->ai_addr, same->ai_addrlen));
			same = same->ai_next;
		}
		if (other != NULL) {
			g_ptr_array_add(addresses, address_new(other->ai_addr, other->ai_addrlen));
			other = other->ai_next;
		}
	}
	return addresses;
}

/* An address needs no resolver, and so no thread. */
static GPtrArray *resolve_numeric(const char *host, const char *service)
{
	const struct addrinfo hints = {
		.ai_family = AF_UNSPEC,
		.ai_socktype = SOCK_STREAM,
		.ai_flags = AI_NUMERICHOST | AI_NUMERICSERV,
	};
	struct addrinfo *found = NULL;

	if (getaddrinfo(host, service, &hints, &found) != 0 || found == NULL) {
		return NULL;
	}
	GPtrArray *addresses = interleave(found);
	freeaddrinfo(found);
	return addresses;
}

static struct lookup *lookup_start(const char *host, const char *service, GError **error)
{
	struct lookup *l = g_new0(struct lookup, 1);

	g_atomic_ref_count_init(&l->references);
	l->done = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
	l->host = g_strdup(host);
	l->service = g_strdup(service);
	g_atomic_ref_count_inc(&l->references);
	GThread *thread = g_thread_try_new("resolver", lookup_run, l, error);
	if (thread == NULL) {
		lookup_unref(l);
		lookup_unref(l);
		return NULL;
	}
	g_thread_unref(thread);
	return l;
}

GPtrArray *resolve_host(const char *host, guint port, double seconds, deadline until,
	const cancel *c, GError **error)
{
	g_autofree char *service = g_strdup_printf("%u", port);
	GPtrArray *addresses = resolve_numeric(host, service);
	if (addresses != NULL) {
		return addresses;
	}

	g_autoptr(GError) failure = NULL;
	struct lookup *l = lookup_start(host, service, &failure);
	if (l == NULL) {
		error_set(error, SUTLER_ERROR_UNREACHABLE, "unable to resolve '%s': %s", host,
			failure->message);
		return NULL;
	}
	guint64 finished;
	gboolean answered = wait_descriptor(l->done, POLLIN, until, c, &failure) != 0 &&
			    read(l->done, &finished, sizeof finished) == sizeof finished;
	if (!answered) {
		if (g_error_matches(failure, SUTLER_ERROR, SUTLER_ERROR_TIMEOUT)) {
			error_set(error, SUTLER_ERROR_UNREACHABLE,
				"unable to resolve '%s': no answer from the resolver within %g s",
				host, seconds);
		} else {
			g_propagate_error(error, g_steal_pointer(&failure));
		}
	} else if (l->failed != 0 || l->found == NULL) {
		error_set(error, SUTLER_ERROR_UNREACHABLE,
			"unable to resolve '%s': %s, check the name or set ansible_host", host,
			l->failed == EAI_SYSTEM ? g_strerror(l->failed_os)
						: gai_strerror(l->failed));
	} else {
		addresses = interleave(l->found);
	}
	lookup_unref(l);
	return addresses;
}

char *resolve_describe(const GPtrArray *addresses)
{
	GString *text = g_string_new(NULL);

	for (guint i = 0; i < addresses->len; i++) {
		const struct address *a = g_ptr_array_index(addresses, i);
		g_string_append_printf(text, "%s%s", i > 0 ? ", " : "", a->text);
	}
	return g_string_free(text, FALSE);
}

static void set_options(int descriptor, double dead_after)
{
	const int on = 1, idle = PROBE_IDLE, interval = PROBE_INTERVAL;
	const unsigned int timeout = (unsigned int)(dead_after * 1000);

	/* Each of these only speeds up or watches; a connection without them still works. */
	(void)setsockopt(descriptor, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
	(void)setsockopt(descriptor, SOL_SOCKET, SO_KEEPALIVE, &on, sizeof on);
	(void)setsockopt(descriptor, IPPROTO_TCP, TCP_KEEPIDLE, &idle, sizeof idle);
	(void)setsockopt(descriptor, IPPROTO_TCP, TCP_KEEPINTVL, &interval, sizeof interval);
	(void)setsockopt(descriptor, IPPROTO_TCP, TCP_USER_TIMEOUT, &timeout, sizeof timeout);
}

/* One race: a socket per address that was started and did not fail yet. */
struct race {
	const GPtrArray *addresses;
	int *descriptors;
	guint started;
	guint running;
	int poller;
	GString *failures; /* "10.0.0.1:22: connection refused; ..." */
};

static void race_failed(struct race *r, guint i, int failed)
{
	const struct address *a = g_ptr_array_index(r->addresses, i);
	g_autofree char *words = g_ascii_strdown(g_strerror(failed), 1);

	g_string_append_printf(r->failures, "%s%s: %s%s", r->failures->len > 0 ? "; " : "", a->text,
		words, g_strerror(failed) + 1);
}

static void race_drop(struct race *r, guint i)
{
	close(r->descriptors[i]);
	r->descriptors[i] = -1;
	r->running--;
}

static void race_start_next(struct race *r)
{
	guint i = r->started++;
	const struct address *a = g_ptr_array_index(r->addresses, i);
	int descriptor = socket(
		a->socket.ss_family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, IPPROTO_TCP);

	r->descriptors[i] = descriptor;
	if (descriptor < 0) {
		race_failed(r, i, errno);
		return;
	}
	r->running++;
	if (connect(descriptor, (const struct sockaddr *)&a->socket, a->length) != 0 &&
		errno != EINPROGRESS) {
		race_failed(r, i, errno);
		race_drop(r, i);
		return;
	}
	struct epoll_event event = { .events = EPOLLOUT, .data.u32 = i };
	if (epoll_ctl(r->poller, EPOLL_CTL_ADD, descriptor, &event) != 0) {
		race_failed(r, i, errno);
		race_drop(r, i);
	}
}

/* The index of a socket that is connected, or -1; sockets that failed are dropped. */
static int race_winner(struct race *r)
{
	struct epoll_event events[ADDRESSES_MAX];
	int n = epoll_wait(r->poller, events, G_N_ELEMENTS(events), 0);

	for (int k = 0; k < n; k++) {
		guint i = events[k].data.u32;
		int failed = 0;
		socklen_t size = sizeof failed;
		if (getsockopt(r->descriptors[i], SOL_SOCKET, SO_ERROR, &failed, &size) != 0) {
			failed = errno;
		}
		/* A reset so soon means that the server did answer: it is too busy (see ssh.c). */
		if (failed == 0 || failed == ECONNRESET) {
			return (int)i;
		}
		race_failed(r, i, failed);
		race_drop(r, i);
	}
	return -1;
}

/* Waits for an answer, or until it is time for the next address. */
static gboolean race_wait(struct race *r, deadline until, const cancel *c, GError **error)
{
	gboolean more = r->started < r->addresses->len;
	deadline next = more ? deadline_earliest(until, deadline_in(STAGGER)) : until;
	g_autoptr(GError) waited = NULL;

	if (wait_descriptor(r->poller, POLLIN, next, c, &waited) != 0 ||
		(more && !deadline_passed(until) &&
			g_error_matches(waited, SUTLER_ERROR, SUTLER_ERROR_TIMEOUT))) {
		return TRUE;
	}
	g_propagate_error(error, g_steal_pointer(&waited));
	return FALSE;
}

static int race_run(struct race *r, deadline until, const cancel *c, GError **error)
{
	for (;;) {
		int winner = race_winner(r);
		if (winner >= 0) {
			return winner;
		}
		if (r->started < r->addresses->len) {
			race_start_next(r);
			if (r->running == 0) {
				continue;
			}
		} else if (r->running == 0) {
			error_set(error, SUTLER_ERROR_UNREACHABLE, "unable to connect to %s",
				r->failures->str);
			return -1;
		}
		if (!race_wait(r, until, c, error)) {
			return -1;
		}
	}
}

/* Says which addresses were silent and what the others answered. */
static void race_timed_out(const struct race *r, double seconds, GError **error)
{
	g_autoptr(GString) silent = g_string_new(NULL);

	for (guint i = 0; i < r->addresses->len; i++) {
		const struct address *a = g_ptr_array_index(r->addresses, i);
		if (i >= r->started || r->descriptors[i] >= 0) {
			g_string_append_printf(
				silent, "%s%s", silent->len > 0 ? ", " : "", a->text);
		}
	}
	error_set(error, SUTLER_ERROR_UNREACHABLE, "no answer from %s within %g s%s%s", silent->str,
		seconds, r->failures->len > 0 ? "; " : "", r->failures->str);
}

int resolve_connect(const GPtrArray *addresses, double seconds, double dead_after, deadline until,
	const cancel *c, char **ret_peer, GError **error)
{
	struct race r = {
		.addresses = addresses,
		.descriptors = g_new(int, addresses->len),
		.poller = epoll_create1(EPOLL_CLOEXEC),
		.failures = g_string_new(NULL),
	};
	g_autoptr(GError) failure = NULL;
	int connected = -1;

	memset(r.descriptors, -1, sizeof(int) * addresses->len);
	int winner = race_run(&r, until, c, &failure);
	if (winner >= 0) {
		const struct address *a = g_ptr_array_index(addresses, (guint)winner);
		connected = r.descriptors[winner];
		r.descriptors[winner] = -1;
		set_options(connected, dead_after);
		*ret_peer = g_strdup(a->text);
	} else if (g_error_matches(failure, SUTLER_ERROR, SUTLER_ERROR_TIMEOUT)) {
		race_timed_out(&r, seconds, error);
	} else {
		g_propagate_error(error, g_steal_pointer(&failure));
	}
	for (guint i = 0; i < addresses->len; i++) {
		if (r.descriptors[i] >= 0) {
			close(r.descriptors[i]);
		}
	}
	close(r.poller);
	g_free(r.descriptors);
	g_string_free(r.failures, TRUE);
	return connected;
}
