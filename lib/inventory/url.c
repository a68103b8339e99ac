/* Inventories behind a URL, which answers as a script does to --list. */
#include "base/http.h"
#include "inventory/data.h"
#include "inventory/variable-files.h"

#include <string.h>

enum { URL_SECONDS = 30 };
static const gsize URL_BODY_MAX = 64 * 1024 * 1024;

/* The URL without user and password. Caller frees. */
static char *shown_url(const char *url)
{
	const char *start = strstr(url, "://");
	const char *end = start != NULL ? start + 3 + strcspn(start + 3, "/?#") : NULL;
	const char *at = end != NULL ? memrchr(start, '@', (gsize)(end - start)) : NULL;
	if (at == NULL) {
		return g_strdup(url);
	}
	return g_strdup_printf("%.*s%s", (int)(start + 3 - url), url, at + 1);
}

gboolean source_read_url(inventory *inv, const char *url, GError **error)
{
	g_autofree char *shown = shown_url(url);
	const char *const headers[] = { "Accept: application/json", NULL };
	const struct http_request request = { .url = url,
		.headers = headers,
		.redirects = HTTP_REDIRECTS_SAFE,
		.body_limit = URL_BODY_MAX,
		.until = deadline_in(URL_SECONDS) };
	g_autoptr(GError) reason = NULL;
	g_autoptr(http_response) response = http_perform(&request, NULL, &reason);
	if (response == NULL) {
		/* Whatever the reason, nothing was contacted that we would deploy to. */
		error_set(
			error, SUTLER_ERROR_USAGE, "unable to read inventory %s", reason->message);
		return FALSE;
	}
	if (response->status != 200) {
		error_set(error, SUTLER_ERROR_USAGE, "unable to read inventory '%s': status %u %s",
			shown, response->status, response->reason);
		return FALSE;
	}
	g_autoptr(value) v = variable_json_parse(response->body, response->length, shown, error);
	return v != NULL && source_read_listing(inv, v, shown, NULL, NULL, error);
}
