/* The lookup url: what a URL returns. */
#include "template/lookup.h"

#include "base/http.h"
#include "jinja/library/text.h"

static gboolean url_one(struct jinja_call *c, const char *url, value *out)
{
	const value *verify = lookup_given(c, "validate_certs");
	const value *split = lookup_given(c, "split_lines");
	GError *error = NULL;
	struct http_request request = { .url = url,
		.user = lookup_given_text(c, "username", NULL),
		.password = lookup_given_text(c, "password", NULL),
		.redirects = HTTP_REDIRECTS_SAFE,
		.insecure = verify != NULL && !value_truth(verify) };
	g_autoptr(http_response) response = http_perform(&request, NULL, &error);
	if (response == NULL) {
		jinja_fail_usage(c->e, "failed lookup url: %s", error->message);
		g_error_free(error);
		return FALSE;
	}
	if (response->status >= 400) {
		jinja_fail_usage(c->e, "received HTTP error for %s: %u %s", url, response->status,
			response->reason);
		return FALSE;
	}
	g_autoptr(value) bytes = value_new_bytes(response->body, response->length, 0);
	g_autoptr(value) body = value_valid(bytes);
	if (split != NULL && !value_truth(split)) {
		value_list_append(out, g_steal_pointer(&body));
		return TRUE;
	}
	g_autoptr(value) lines = text_splitlines(body, FALSE);
	value_list_foreach (lines, line) {
		value_list_append(out, value_ref(line));
	}
	return TRUE;
}

value *lookup_url(struct jinja_call *c)
{
	g_autoptr(value) out = value_new_list();
	for (guint i = 0; i < c->n_extra; i++) {
		const char *url = lookup_term(c, i);
		if (url == NULL || !url_one(c, url, out)) {
			return NULL;
		}
	}
	return g_steal_pointer(&out);
}
