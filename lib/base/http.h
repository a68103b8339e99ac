/*
 * HTTP requests, blocking, bounded in time and size. http.c alone knows libcurl.
 *
 * Used by the uri and get_url modules, by health checks and by inventories behind a URL. Only http
 * and https are spoken, redirects included. A status of 400 or more is a response, not an error.
 *
 *	struct http_request request = { .url = "https://example.org/", .until = deadline_in(30) };
 *	g_autoptr(http_response) response = http_perform(&request, NULL, error);
 *	if (response != NULL && response->status == 200) { ... }
 */
#ifndef SUTLER_BASE_HTTP_H
#define SUTLER_BASE_HTTP_H

#include "base/cancel.h"

enum http_redirects {
	HTTP_REDIRECTS_NONE, /* 3xx is the response */
	HTTP_REDIRECTS_SAFE, /* GET and HEAD follow, at most 10 times; others do not */
	HTTP_REDIRECTS_ALL,  /* as a browser does: 301, 302, 303 turn POST into GET */
};

/* Everything is borrowed for the call; a member left 0 or NULL has the default said here. */
struct http_request {
	const char *method; /* NULL: GET, or POST when there is a body */
	const char *url;
	const char *const *headers; /* "Name: value", NULL-terminated */
	const char *body;           /* bytes; NULL: none */
	gsize body_length;
	const char *user; /* basic authentication; sent in the first request already */
	const char *password;
	const char *const
		*resolve;        /* pins, "host:port:address" (IPv6 in brackets), NULL-terminated */
	const char *unix_socket; /* connect here instead */
	const char *authorities; /* PEM file to trust instead of the system's */
	const char *user_agent;  /* NULL: "sutler" */
	enum http_redirects redirects;
	gboolean insecure;     /* do not verify the certificate */
	gboolean ignore_proxy; /* whatever *_proxy in the environment say */
	gsize body_limit;      /* of the response, in bytes; 0: 16 MiB; past it the call fails */
	int output;            /* when > 0: the body is written to this descriptor, not kept */
	deadline until;        /* 0: 30 seconds from now; DEADLINE_NONE: never */
};

struct http_header {
	char *name; /* in lower case */
	char *value;
};

typedef struct http_response {
	guint status;
	char *reason;       /* "Not Found", "" with HTTP/2 */
	char *url;          /* the last one, after redirects */
	GPtrArray *headers; /* struct http_header *, of the last response, in order */
	char *body;         /* NUL-terminated; NULL when written to request->output */
	gsize length;       /* bytes of the body */
	guint redirects;    /* followed */
	double elapsed;     /* seconds */
} http_response;

void http_response_free(http_response *response);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(http_response, http_response_free)

/* The first value of a header, by name in any case; NULL: none. Borrowed. */
const char *http_response_header(const http_response *response, const char *name);

/* Performs the request. Any thread may call it. Errors name the URL without its user and password:
 * SUTLER_ERROR_USAGE (malformed URL, other scheme), SUTLER_ERROR_TIMEOUT, SUTLER_ERROR_INTERRUPTED
 * (c, which may be NULL, was cancelled), SUTLER_ERROR_LIMIT (body too long), SUTLER_ERROR_FAILED
 * (name, connection, TLS; libcurl's words). Caller frees. */
http_response *http_perform(const struct http_request *request, const cancel *c, GError **error);

#endif
