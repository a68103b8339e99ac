/* HTTP requests, blocking, bounded in time and size: the adapter to libcurl. */
#include "base/http.h"

#include <curl/curl.h>
#include <errno.h>
#include <string.h>
#include <unistd.h>

enum { REDIRECTS_MAX = 10, DEFAULT_SECONDS = 30 };
static const gsize DEFAULT_BODY_LIMIT = 16 * 1024 * 1024;
static const gsize HEADERS_LIMIT = 1024 * 1024;

/* One request while it is on its way. */
struct exchange {
	const struct http_request *request;
	CURL *easy;
	struct curl_slist *headers;
	struct curl_slist *resolve;
	char *shown_url; /* without user and password */
	http_response *response;
	GString *body;
	gsize header_bytes;
	gsize limit;
	gboolean past_limit;
	int write_errno;
	char words[CURL_ERROR_SIZE];
};

static void header_free(gpointer data)
{
	struct http_header *header = data;
	g_free(header->name);
	g_free(header->value);
	g_free(header);
}

void http_response_free(http_response *response)
{
	if (response == NULL) {
		return;
	}
	g_free(response->reason);
	g_free(response->url);
	g_free(response->body);
	g_ptr_array_unref(response->headers);
	g_free(response);
}

const char *http_response_header(const http_response *response, const char *name)
{
	for (guint i = 0; i < response->headers->len; i++) {
		const struct http_header *header = response->headers->pdata[i];
		if (g_ascii_strcasecmp(header->name, name) == 0) {
			return header->value;
		}
	}
	return NULL;
}

/* "HTTP/1.1 404 Not Found": a new response begins, after a redirect or an interim one. */
static void take_status_line(struct exchange *exchange, const char *line)
{
	g_ptr_array_set_size(exchange->response->headers, 0);
	g_free(exchange->response->reason);
	const char *status = strchr(line, ' ');
	const char *reason = status != NULL ? strchr(status + 1, ' ') : NULL;
	exchange->response->reason = g_strdup(reason != NULL ? reason + 1 : "");
	g_strstrip(exchange->response->reason);
}

static size_t take_header(char *data, size_t size, size_t count, void *user)
{
	struct exchange *exchange = user;
	gsize length = size * count;
	exchange->header_bytes += length;
	if (exchange->header_bytes > HEADERS_LIMIT) {
		exchange->past_limit = TRUE;
		return 0;
	}
	g_autofree char *line = g_strndup(data, length);
	if (g_str_has_prefix(line, "HTTP/")) {
		take_status_line(exchange, line);
		return length;
	}
	char *colon = strchr(line, ':');
	if (colon != NULL) {
		struct http_header *header = g_new0(struct http_header, 1);
		header->name = g_ascii_strdown(line, colon - line);
		header->value = g_strdup(g_strstrip(colon + 1));
		g_ptr_array_add(exchange->response->headers, header);
	}
	return length;
}

static gboolean write_all(int descriptor, const char *data, gsize length)
{
	while (length > 0) {
		ssize_t n = write(descriptor, data, length);
		if (n < 0 && errno == EINTR) {
			continue;
		}
		if (n < 0) {
			return FALSE;
		}
		data += n;
		length -= (gsize)n;
	}
	return TRUE;
}

static size_t take_body(char *data, size_t size, size_t count, void *user)
{
	struct exchange *exchange = user;
	gsize length = size * count;
	if (length > exchange->limit - exchange->response->length) {
		exchange->past_limit = TRUE;
		return 0;
	}
	exchange->response->length += length;
	if (exchange->request->output <= 0) {
		g_string_append_len(exchange->body, data, (gssize)length);
	} else if (!write_all(exchange->request->output, data, length)) {
		exchange->write_errno = errno;
		return 0;
	}
	return length;
}

static struct curl_slist *slist(const char *const *items)
{
	struct curl_slist *list = NULL;
	for (gsize i = 0; items != NULL && items[i] != NULL; i++) {
		list = curl_slist_append(list, items[i]);
	}
	return list;
}

/* The URL as messages may show it. */
static char *shown_url(const char *url)
{
	CURLU *parts = curl_url();
	char *text = NULL;
	char *shown = NULL;
	if (curl_url_set(parts, CURLUPART_URL, url, CURLU_NON_SUPPORT_SCHEME) == CURLUE_OK) {
		(void)curl_url_set(parts, CURLUPART_USER, NULL, 0);
		(void)curl_url_set(parts, CURLUPART_PASSWORD, NULL, 0);
		if (curl_url_get(parts, CURLUPART_URL, &text, 0) == CURLUE_OK) {
			shown = g_strdup(text);
		}
	} else if (strchr(url, '@') == NULL) {
		shown = g_strdup(url);
	}
	curl_free(text);
	curl_url_cleanup(parts);
	return shown != NULL ? shown : g_strdup("(malformed)");
}

static void set_method(struct exchange *exchange)
{
	const struct http_request *request = exchange->request;
	CURL *easy = exchange->easy;
	const char *method = request->method;
	if (method == NULL) {
		method = request->body != NULL ? "POST" : "GET";
	}
	gboolean head = strcmp(method, "HEAD") == 0;
	gboolean safe = head || strcmp(method, "GET") == 0;
	if (request->body != NULL) {
		curl_easy_setopt(
			easy, CURLOPT_POSTFIELDSIZE_LARGE, (curl_off_t)request->body_length);
		curl_easy_setopt(easy, CURLOPT_POSTFIELDS, request->body);
	} else if (strcmp(method, "POST") == 0) {
		curl_easy_setopt(easy, CURLOPT_POSTFIELDSIZE, 0L);
		curl_easy_setopt(easy, CURLOPT_POSTFIELDS, "");
	}
	if (head) {
		curl_easy_setopt(easy, CURLOPT_NOBODY, 1L);
	} else if (strcmp(method, request->body != NULL ? "POST" : "GET") != 0 &&
		   strcmp(method, "POST") != 0) {
		curl_easy_setopt(easy, CURLOPT_CUSTOMREQUEST, method);
	}
	gboolean follow = request->redirects == HTTP_REDIRECTS_ALL ||
			  (request->redirects == HTTP_REDIRECTS_SAFE && safe);
	curl_easy_setopt(easy, CURLOPT_FOLLOWLOCATION, (long)follow);
	curl_easy_setopt(easy, CURLOPT_MAXREDIRS, (long)REDIRECTS_MAX);
}

static void set_options(struct exchange *exchange)
{
	const struct http_request *request = exchange->request;
	CURL *easy = exchange->easy;
	curl_easy_setopt(easy, CURLOPT_URL, request->url);
	curl_easy_setopt(easy, CURLOPT_PROTOCOLS_STR, "http,https");
	curl_easy_setopt(easy, CURLOPT_REDIR_PROTOCOLS_STR, "http,https");
	curl_easy_setopt(easy, CURLOPT_NOSIGNAL, 1L);
	curl_easy_setopt(easy, CURLOPT_QUICK_EXIT, 1L); /* do not wait for a hanging resolver */
	curl_easy_setopt(easy, CURLOPT_ERRORBUFFER, exchange->words);
	curl_easy_setopt(easy, CURLOPT_ACCEPT_ENCODING, "");
	curl_easy_setopt(easy, CURLOPT_USERAGENT,
		request->user_agent != NULL ? request->user_agent : "sutler");
	curl_easy_setopt(easy, CURLOPT_HEADERFUNCTION, take_header);
	curl_easy_setopt(easy, CURLOPT_HEADERDATA, exchange);
	curl_easy_setopt(easy, CURLOPT_WRITEFUNCTION, take_body);
	curl_easy_setopt(easy, CURLOPT_WRITEDATA, exchange);
	curl_easy_setopt(easy, CURLOPT_HTTPHEADER, exchange->headers);
	curl_easy_setopt(easy, CURLOPT_RESOLVE, exchange->resolve);
	curl_easy_setopt(easy, CURLOPT_SSL_VERIFYPEER, (long)!request->insecure);
	curl_easy_setopt(easy, CURLOPT_SSL_VERIFYHOST, request->insecure ? 0L : 2L);
	if (request->authorities != NULL) {
		curl_easy_setopt(easy, CURLOPT_CAINFO, request->authorities);
	}
	if (request->unix_socket != NULL) {
		curl_easy_setopt(easy, CURLOPT_UNIX_SOCKET_PATH, request->unix_socket);
	}
	if (request->ignore_proxy) {
		curl_easy_setopt(easy, CURLOPT_PROXY, "");
	}
	if (request->user != NULL) {
		curl_easy_setopt(easy, CURLOPT_HTTPAUTH, CURLAUTH_BASIC);
		curl_easy_setopt(easy, CURLOPT_USERNAME, request->user);
		curl_easy_setopt(
			easy, CURLOPT_PASSWORD, request->password != NULL ? request->password : "");
	}
	set_method(exchange);
}

static void set_curl_error(struct exchange *exchange, CURLcode code, GError **error)
{
	const char *url = exchange->shown_url;
	if (exchange->past_limit) {
		error_set(error, SUTLER_ERROR_LIMIT,
			"'%s': the answer is longer than %" G_GSIZE_FORMAT " bytes", url,
			exchange->limit);
	} else if (exchange->write_errno != 0) {
		error_set(error, SUTLER_ERROR_FAILED, "'%s': unable to store the answer: %s", url,
			g_strerror(exchange->write_errno));
	} else if (code == CURLE_URL_MALFORMAT || code == CURLE_UNSUPPORTED_PROTOCOL) {
		error_set(error, SUTLER_ERROR_USAGE,
			"'%s': not a URL that can be fetched, it must begin with http:// or "
			"https://",
			url);
	} else if (code == CURLE_OPERATION_TIMEDOUT) {
		error_set(error, SUTLER_ERROR_TIMEOUT, "'%s': no answer in time", url);
	} else {
		error_set(error, SUTLER_ERROR_FAILED, "'%s': %s", url,
			*exchange->words != '\0' ? exchange->words : curl_easy_strerror(code));
	}
}

/* Drives the transfer until it ends; FALSE when the deadline passed or it was cancelled. */
static gboolean drive(
	CURLM *multi, deadline until, const cancel *c, const char *url, GError **error)
{
	struct curl_waitfd wait = { .fd = cancel_descriptor(c), .events = CURL_WAIT_POLLIN };
	int running = 1;
	for (;;) {
		curl_multi_perform(multi, &running);
		if (running == 0) {
			return TRUE;
		}
		if (cancel_requested(c)) {
			error_set(error, SUTLER_ERROR_INTERRUPTED, "'%s': interrupted", url);
			return FALSE;
		}
		if (deadline_passed(until)) {
			error_set(error, SUTLER_ERROR_TIMEOUT, "'%s': no answer in time", url);
			return FALSE;
		}
		int timeout = deadline_milliseconds(until);
		if (timeout < 0 || timeout > 1000) {
			timeout = 1000;
		}
		curl_multi_poll(multi, &wait, wait.fd >= 0 ? 1 : 0, timeout, NULL);
	}
}

static gboolean transfer(struct exchange *exchange, const cancel *c, GError **error)
{
	deadline until = exchange->request->until;
	if (until == 0) {
		until = deadline_in(DEFAULT_SECONDS);
	}
	CURLM *multi = curl_multi_init();
	curl_multi_add_handle(multi, exchange->easy);
	gboolean ended = drive(multi, until, c, exchange->shown_url, error);
	gboolean well = FALSE;
	if (ended) {
		int left = 0;
		const CURLMsg *message = curl_multi_info_read(multi, &left);
		CURLcode code = message != NULL ? message->data.result : CURLE_FAILED_INIT;
		well = code == CURLE_OK;
		if (!well) {
			set_curl_error(exchange, code, error);
		}
	}
	curl_multi_remove_handle(multi, exchange->easy);
	curl_multi_cleanup(multi);
	return well;
}

static void take_results(struct exchange *exchange)
{
	http_response *response = exchange->response;
	long status = 0;
	long redirects = 0;
	const char *url = NULL;
	curl_easy_getinfo(exchange->easy, CURLINFO_RESPONSE_CODE, &status);
	curl_easy_getinfo(exchange->easy, CURLINFO_REDIRECT_COUNT, &redirects);
	curl_easy_getinfo(exchange->easy, CURLINFO_EFFECTIVE_URL, &url);
	curl_easy_getinfo(exchange->easy, CURLINFO_TOTAL_TIME, &response->elapsed);
	response->status = (guint)status;
	response->redirects = (guint)redirects;
	response->url = g_strdup(url);
	if (exchange->request->output <= 0) {
		response->body = g_string_free(g_steal_pointer(&exchange->body), FALSE);
	}
	if (response->reason == NULL) {
		response->reason = g_strdup("");
	}
}

static gpointer initialise(gpointer unused)
{
	(void)unused;
	curl_global_init(CURL_GLOBAL_DEFAULT);
	return NULL;
}

http_response *http_perform(const struct http_request *request, const cancel *c, GError **error)
{
	static GOnce once = G_ONCE_INIT;
	g_once(&once, initialise, NULL);

	struct exchange exchange = {
		.request = request,
		.easy = curl_easy_init(),
		.headers = slist(request->headers),
		.resolve = slist(request->resolve),
		.shown_url = shown_url(request->url),
		.body = g_string_new(NULL),
		.limit = request->body_limit != 0 ? request->body_limit : DEFAULT_BODY_LIMIT,
	};
	exchange.response = g_new0(http_response, 1);
	exchange.response->headers = g_ptr_array_new_with_free_func(header_free);
	set_options(&exchange);
	if (transfer(&exchange, c, error)) {
		take_results(&exchange);
	} else {
		g_clear_pointer(&exchange.response, http_response_free);
	}
	curl_easy_cleanup(exchange.easy);
	curl_slist_free_all(exchange.headers);
	curl_slist_free_all(exchange.resolve);
	g_free(exchange.shown_url);
	if (exchange.body != NULL) {
		g_string_free(exchange.body, TRUE);
	}
	return exchange.response;
}
