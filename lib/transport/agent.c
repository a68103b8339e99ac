/* ssh-agent: listing its keys, and a relay that shows libssh only the chosen one. */
#include "transport/agent.h"

#include <errno.h>
#include <poll.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#define MESSAGE_MAX (256 * 1024)
#define IDENTITIES_MAX 256

enum {
	AGENT_FAILURE = 5,
	AGENT_REQUEST_IDENTITIES = 11,
	AGENT_IDENTITIES_ANSWER = 12,
	AGENT_SIGN_REQUEST = 13,
};

struct agent_relay {
	char *path;
	deadline until;
	const cancel *cancelled;
	int descriptor; /* the relay's end */
	GThread *thread;
	GMutex lock;
	GBytes *offered;
};

static void identity_free(gpointer data)
{
	struct agent_identity *i = data;
	g_bytes_unref(i->blob);
	g_free(i->comment);
	g_free(i);
}

/* --- messages: a length in four bytes, then as many bytes --- */

static guint32 get_number(const guint8 *bytes)
{
	guint32 number;
	memcpy(&number, bytes, sizeof number);
	return GUINT32_FROM_BE(number);
}

static void put_number(GByteArray *into, guint32 number)
{
	guint32 wire = GUINT32_TO_BE(number);
	g_byte_array_append(into, (const guint8 *)&wire, sizeof wire);
}

static void put_string(GByteArray *into, gconstpointer bytes, gsize length)
{
	put_number(into, (guint32)length);
	g_byte_array_append(into, bytes, (guint)length);
}

static gboolean send_all(int descriptor, const guint8 *bytes, gsize length, deadline until,
	const cancel *c, GError **error)
{
	while (length > 0) {
		gssize sent = send(descriptor, bytes, length, MSG_NOSIGNAL | MSG_DONTWAIT);
		if (sent > 0) {
			bytes += sent;
			length -= (gsize)sent;
		} else if (sent < 0 && errno != EAGAIN && errno != EINTR) {
			error_set(error, SUTLER_ERROR_UNREACHABLE, "agent: %s", g_strerror(errno));
			return FALSE;
		} else if (wait_descriptor(descriptor, POLLOUT, until, c, error) == 0) {
			return FALSE;
		}
	}
	return TRUE;
}

static gboolean receive_all(int descriptor, guint8 *bytes, gsize length, deadline until,
	const cancel *c, GError **error)
{
	while (length > 0) {
		gssize got = recv(descriptor, bytes, length, MSG_DONTWAIT);
		if (got > 0) {
			bytes += got;
			length -= (gsize)got;
		} else if (got == 0) {
			error_set(error, SUTLER_ERROR_UNREACHABLE, "agent: closed the connection");
			return FALSE;
		} else if (errno != EAGAIN && errno != EINTR) {
			error_set(error, SUTLER_ERROR_UNREACHABLE, "agent: %s", g_strerror(errno));
			return FALSE;
		} else if (wait_descriptor(descriptor, POLLIN, until, c, error) == 0) {
			return FALSE;
		}
	}
	return TRUE;
}

static gboolean send_message(
	int descriptor, const GByteArray *message, deadline until, const cancel *c, GError **error)
{
	g_autoptr(GByteArray) whole = g_byte_array_new();
	put_string(whole, message->data, message->len);
	return send_all(descriptor, whole->data, whole->len, until, c, error);
}

static GByteArray *receive_message(int descriptor, deadline until, const cancel *c, GError **error)
{
	guint8 head[4];

	if (!receive_all(descriptor, head, sizeof head, until, c, error)) {
		return NULL;
	}
	guint32 length = get_number(head);
	if (length == 0 || length > MESSAGE_MAX) {
		error_set(error, SUTLER_ERROR_UNREACHABLE, "agent: message of %u bytes", length);
		return NULL;
	}
	g_autoptr(GByteArray) message = g_byte_array_new();
	g_byte_array_set_size(message, length);
	if (!receive_all(descriptor, message->data, length, until, c, error)) {
		return NULL;
	}
	return g_steal_pointer(&message);
}

/* --- talking to the agent --- */

static int agent_connect(const char *path, GError **error)
{
	struct sockaddr_un address = { .sun_family = AF_UNIX };

	if (strlen(path) >= sizeof address.sun_path) {
		error_set(error, SUTLER_ERROR_USAGE, "agent socket '%s': path is too long", path);
		return -1;
	}
	memcpy(address.sun_path, path, strlen(path) + 1);
	int descriptor = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	/* A local socket connects at once, or fails: EAGAIN when the agent's queue is full. */
	if (descriptor < 0 ||
		connect(descriptor, (const struct sockaddr *)&address, sizeof address) != 0) {
		error_set(error, SUTLER_ERROR_UNREACHABLE, "agent socket '%s': %s", path,
			g_strerror(errno));
		if (descriptor >= 0) {
			close(descriptor);
		}
		return -1;
	}
	return descriptor;
}

static GByteArray *agent_ask(const char *path, const GByteArray *question, deadline until,
	const cancel *c, GError **error)
{
	GByteArray *answer = NULL;
	int descriptor = agent_connect(path, error);

	if (descriptor < 0) {
		return NULL;
	}
	if (send_message(descriptor, question, until, c, error)) {
		answer = receive_message(descriptor, until, c, error);
	}
	close(descriptor);
	return answer;
}

/* A string at *at of the message; NULL when it does not fit. */
static GBytes *take_string(const GByteArray *message, gsize *at)
{
	if (message->len - *at < 4) {
		return NULL;
	}
	guint32 length = get_number(message->data + *at);
	*at += 4;
	if (message->len - *at < length) {
		return NULL;
	}
	GBytes *bytes = g_bytes_new(message->data + *at, length);
	*at += length;
	return bytes;
}

static GPtrArray *parse_identities(const GByteArray *answer, GError **error)
{
	g_autoptr(GPtrArray) identities = g_ptr_array_new_with_free_func(identity_free);
	gsize at = 5;

	if (answer->len < at || answer->data[0] != AGENT_IDENTITIES_ANSWER) {
		error_set(error, SUTLER_ERROR_UNREACHABLE, "agent: refuses to list its keys");
		return NULL;
	}
	guint32 count = MIN(get_number(answer->data + 1), IDENTITIES_MAX);
	for (guint32 i = 0; i < count; i++) {
		GBytes *blob = take_string(answer, &at);
		g_autoptr(GBytes) comment = blob == NULL ? NULL : take_string(answer, &at);
		if (comment == NULL) {
			g_clear_pointer(&blob, g_bytes_unref);
			error_set(error, SUTLER_ERROR_UNREACHABLE,
				"agent: list of keys is cut short");
			return NULL;
		}
		struct agent_identity *identity = g_new0(struct agent_identity, 1);
		identity->blob = blob;
		identity->comment =
			g_strndup(g_bytes_get_data(comment, NULL), g_bytes_get_size(comment));
		g_ptr_array_add(identities, identity);
	}
	return g_steal_pointer(&identities);
}

GPtrArray *agent_list(const char *path, deadline until, const cancel *c, GError **error)
{
	const guint8 type = AGENT_REQUEST_IDENTITIES;
	g_autoptr(GByteArray) question = g_byte_array_new();

	g_byte_array_append(question, &type, 1);
	g_autoptr(GByteArray) answer = agent_ask(path, question, until, c, error);
	return answer == NULL ? NULL : parse_identities(answer, error);
}

int agent_find(const GPtrArray *identities, GBytes *blob)
{
	for (guint i = 0; identities != NULL && i < identities->len; i++) {
		const struct agent_identity *identity = g_ptr_array_index(identities, i);
		if (g_bytes_equal(identity->blob, blob)) {
			return (int)i;
		}
	}
	return -1;
}

/* --- the relay --- */

static GByteArray *relay_answer(agent_relay *r, const GByteArray *question)
{
	g_autoptr(GByteArray) answer = g_byte_array_new();
	const guint8 failure = AGENT_FAILURE, list = AGENT_IDENTITIES_ANSWER;

	if (question->data[0] == AGENT_SIGN_REQUEST) {
		GByteArray *signature = agent_ask(r->path, question, r->until, r->cancelled, NULL);
		if (signature != NULL) {
			return signature;
		}
	}
	if (question->data[0] == AGENT_REQUEST_IDENTITIES) {
		g_mutex_lock(&r->lock);
		g_autoptr(GBytes) offered = g_bytes_ref(r->offered);
		g_mutex_unlock(&r->lock);
		g_byte_array_append(answer, &list, 1);
		put_number(answer, 1);
		put_string(answer, g_bytes_get_data(offered, NULL), g_bytes_get_size(offered));
		put_string(answer, "", 0);
	} else {
		g_byte_array_append(answer, &failure, 1);
	}
	return g_steal_pointer(&answer);
}

static gpointer relay_run(gpointer data)
{
	agent_relay *r = data;

	for (;;) {
		/* Ends when agent_relay_free() shuts the socket down. */
		g_autoptr(GByteArray) question =
			receive_message(r->descriptor, DEADLINE_NONE, NULL, NULL);
		if (question == NULL) {
			return NULL;
		}
		g_autoptr(GByteArray) answer = relay_answer(r, question);
		if (!send_message(r->descriptor, answer, DEADLINE_NONE, NULL, NULL)) {
			return NULL;
		}
	}
}

agent_relay *agent_relay_new(
	const char *path, deadline until, const cancel *c, int *ret_descriptor, GError **error)
{
	int pair[2];

	if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, pair) != 0) {
		error_set(error, SUTLER_ERROR_UNREACHABLE, "agent: %s", g_strerror(errno));
		return NULL;
	}
	agent_relay *r = g_new0(agent_relay, 1);
	r->path = g_strdup(path);
	r->until = until;
	r->cancelled = c;
	r->descriptor = pair[0];
	r->offered = g_bytes_new_static("", 0);
	g_mutex_init(&r->lock);
	r->thread = g_thread_new("agent", relay_run, r);
	*ret_descriptor = pair[1];
	return r;
}

void agent_relay_offer(agent_relay *r, GBytes *blob)
{
	g_mutex_lock(&r->lock);
	g_bytes_unref(r->offered);
	r->offered = g_bytes_ref(blob);
	g_mutex_unlock(&r->lock);
}

void agent_relay_free(agent_relay *r)
{
	if (r == NULL) {
		return;
	}
	shutdown(r->descriptor, SHUT_RDWR);
	g_thread_join(r->thread);
	close(r->descriptor);
	g_mutex_clear(&r->lock);
	g_bytes_unref(r->offered);
	g_free(r->path);
	g_free(r);
}
