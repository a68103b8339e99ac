/* Tests of lib/base/http.c against a server of one thread. */
#include "base/http.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

struct server {
	int listener;
	guint16 port;
	GThread *thread;
	char *last_request;
};

static const char *answer_to(const char *request)
{
	if (g_str_has_prefix(request, "GET /moved ")) {
		return "HTTP/1.1 302 Found\r\nLocation: /hello\r\nContent-Length: 0\r\n\r\n";
	}
	if (g_str_has_prefix(request, "GET /missing ")) {
		return "HTTP/1.1 404 Not Found\r\nContent-Length: 4\r\n\r\nnone";
	}
	if (g_str_has_prefix(request, "GET /file ")) {
		return "HTTP/1.1 302 Found\r\nLocation: file:///etc/passwd\r\n"
		       "Content-Length: 0\r\n\r\n";
	}
	if (g_str_has_prefix(request, "HEAD ")) {
		return "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\n";
	}
	if (g_str_has_prefix(request, "GET /never ")) {
		return NULL;
	}
	return "HTTP/1.1 200 OK\r\nX-Thing: one\r\nContent-Length: 5\r\n\r\nhello";
}

static gpointer serve(gpointer data)
{
	struct server *server = data;
	for (;;) {
		int peer = accept(server->listener, NULL, NULL);
		if (peer < 0) {
			return NULL;
		}
		char request[4096] = "";
		ssize_t n = read(peer, request, sizeof request - 1);
		request[MAX(n, 0)] = '\0';
		if (g_str_has_prefix(request, "QUIT")) {
			close(peer);
			return NULL;
		}
		g_free(server->last_request);
		server->last_request = g_strdup(request);
		const char *answer = answer_to(request);
		if (answer == NULL) {
			g_usleep(400000);
		} else {
			g_assert_cmpint(write(peer, answer, strlen(answer)), >, 0);
		}
		close(peer);
	}
}

static struct server *server_new(void)
{
	struct server *server = g_new0(struct server, 1);
	server->listener = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	struct sockaddr_in address = { .sin_family = AF_INET,
		.sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
	socklen_t length = sizeof address;
	g_assert_cmpint(bind(server->listener, (struct sockaddr *)&address, length), ==, 0);
	g_assert_cmpint(listen(server->listener, 8), ==, 0);
	g_assert_cmpint(getsockname(server->listener, (struct sockaddr *)&address, &length), ==, 0);
	server->port = ntohs(address.sin_port);
	server->thread = g_thread_new("server", serve, server);
	return server;
}

static void server_free(struct server *server)
{
	struct sockaddr_in address = { .sin_family = AF_INET,
		.sin_port = htons(server->port),
		.sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
	int peer = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	g_assert_cmpint(connect(peer, (struct sockaddr *)&address, sizeof address), ==, 0);
	g_assert_cmpint(write(peer, "QUIT", 4), ==, 4);
	g_thread_join(server->thread);
	close(peer);
	close(server->listener);
	g_free(server->last_request);
	g_free(server);
}

struct row {
	const char *name;
	const char *path;
	struct http_request request;
	guint status;         /* 0: an error */
	const char *expected; /* body, or part of the message */
	const char *sent;     /* must be in the request; NULL: any */
	int code;
};

static const struct row rows[] = {
	{ "get", "/hello", { 0 }, 200, "hello", "GET /hello HTTP/1.1\r\n", 0 },
	{ "missing", "/missing", { 0 }, 404, "none", NULL, 0 },
	{ "redirect not followed", "/moved", { 0 }, 302, "", NULL, 0 },
	{ "redirect followed", "/moved", { .redirects = HTTP_REDIRECTS_SAFE }, 200, "hello", NULL,
		0 },
	{ "redirect to a file", "/file", { .redirects = HTTP_REDIRECTS_ALL }, 0, "not a URL", NULL,
		SUTLER_ERROR_USAGE },
	{ "post", "/x", { .body = "a=b", .body_length = 3 }, 200, "hello", "\r\n\r\na=b", 0 },
	{ "empty post", "/x", { .method = "POST" }, 200, "hello", "POST /x", 0 },
	{ "put", "/x", { .method = "PUT", .body = "a", .body_length = 1 }, 200, "hello", "PUT /x",
		0 },
	{ "delete", "/x", { .method = "DELETE" }, 200, "hello", "DELETE /x", 0 },
	{ "head", "/x", { .method = "HEAD" }, 200, "", "HEAD /x", 0 },
	{ "basic authentication", "/x", { .user = "u", .password = "p" }, 200, "hello",
		"Authorization: Basic dTpw", 0 },
	{ "too long", "/hello", { .body_limit = 4 }, 0, "longer than 4 bytes", NULL,
		SUTLER_ERROR_LIMIT },
};

static void check(const struct server *server, const struct row *row)
{
	g_autofree char *url = g_strdup_printf("http://example.test:%u%s", server->port, row->path);
	g_autofree char *pin = g_strdup_printf("example.test:%u:127.0.0.1", server->port);
	const char *pins[] = { pin, NULL };
	struct http_request request = row->request;
	request.url = url;
	request.resolve = pins;
	request.ignore_proxy = TRUE;
	request.until = deadline_in(10);
	g_autoptr(GError) error = NULL;
	g_autoptr(http_response) response = http_perform(&request, NULL, &error);
	if (row->status == 0) {
		g_assert_error(error, SUTLER_ERROR, row->code);
		g_assert_nonnull(strstr(error->message, row->expected));
		return;
	}
	g_assert_no_error(error);
	g_assert_cmpuint(response->status, ==, row->status);
	g_assert_cmpstr(response->body, ==, row->expected);
	if (row->sent != NULL) {
		g_assert_nonnull(strstr(server->last_request, row->sent));
	}
}

static void test_rows(void)
{
	struct server *server = server_new();
	for (gsize i = 0; i < G_N_ELEMENTS(rows); i++) {
		g_test_message("%s", rows[i].name);
		check(server, &rows[i]);
	}
	server_free(server);
}

static void test_deadline(void)
{
	struct server *server = server_new();
	g_autofree char *url = g_strdup_printf("http://u:secret@127.0.0.1:%u/never", server->port);
	struct http_request request = {
		.url = url, .until = deadline_in(0.1), .ignore_proxy = TRUE
	};
	g_autoptr(GError) error = NULL;
	g_assert_null(http_perform(&request, NULL, &error));
	g_assert_error(error, SUTLER_ERROR, SUTLER_ERROR_TIMEOUT);
	g_assert_null(strstr(error->message, "secret"));

	g_autoptr(cancel) c = cancel_new();
	cancel_request(c);
	g_clear_error(&error);
	request.until = DEADLINE_NONE;
	g_assert_null(http_perform(&request, c, &error));
	g_assert_error(error, SUTLER_ERROR, SUTLER_ERROR_INTERRUPTED);
	server_free(server);
}

static void test_refused(void)
{
	struct http_request request = { .url = "http://127.0.0.1:1/", .ignore_proxy = TRUE };
	g_autoptr(GError) error = NULL;
	g_assert_null(http_perform(&request, NULL, &error));
	g_assert_error(error, SUTLER_ERROR, SUTLER_ERROR_FAILED);
	request.url = "ftp://127.0.0.1/";
	g_clear_error(&error);
	g_assert_null(http_perform(&request, NULL, &error));
	g_assert_error(error, SUTLER_ERROR, SUTLER_ERROR_USAGE);
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/http/rows", test_rows);
	g_test_add_func("/http/deadline", test_deadline);
	g_test_add_func("/http/refused", test_refused);
	return g_test_run();
}
