/* uri: an HTTP request from here, and what must come back. */
#include "modules/module.h"

#include "base/http.h"
#include "value/json.h"

#include <string.h>

static gboolean is_status(const value *v)
{
	gint64 status = 0;
	g_autofree char *text = v == NULL ? NULL : value_to_string(v);
	return text != NULL && g_ascii_string_to_signed(text, 10, 100, 599, &status, NULL);
}

gboolean module_uri_prepare(call *c, GError **error)
{
	const value *wanted = call_value(c, "status_code");
	gsize n = wanted == NULL ? 0 : value_is_sequence(wanted) ? value_list_length(wanted) : 1;
	for (gsize i = 0; i < n; i++) {
		if (!is_status(value_is_sequence(wanted) ? value_list_get(wanted, i) : wanted)) {
			call_error(c, error,
				"'status_code' must be a number from 100 to 599, or a list of "
				"them");
			return FALSE;
		}
	}
	if (!g_regex_match_simple("^https?://[^/]", call_text(c, "url"), G_REGEX_CASELESS,
		    G_REGEX_MATCH_DEFAULT)) {
		call_error(c, error, "'%s' is not an http or https URL", call_text(c, "url"));
		return FALSE;
	}
	return TRUE;
}

static void append_pair(GString *out, const value *key, const value *item)
{
	g_autofree char *k = value_to_string(key);
	g_autofree char *i = value_to_string(item);
	g_autofree char *escaped_key = g_uri_escape_string(k, NULL, FALSE);
	g_autofree char *escaped_item = g_uri_escape_string(i, NULL, FALSE);
	g_string_append_printf(out, "%s%s=%s", out->len > 0 ? "&" : "", escaped_key, escaped_item);
}

/* A mapping, or a list of pairs, as an HTML form is sent. */
static char *form_body(const value *body)
{
	GString *out = g_string_new(NULL);
	if (value_is(body, VALUE_DICT)) {
		value_dict_foreach (body, key, item) {
			gsize n = value_is_sequence(item) ? value_list_length(item) : 1;
			for (gsize i = 0; i < n; i++) {
				append_pair(out, key,
					value_is_sequence(item) ? value_list_get(item, i) : item);
			}
		}
	} else {
		value_list_foreach (body, pair) {
			if (value_is_sequence(pair) && value_list_length(pair) == 2) {
				append_pair(out, value_list_get(pair, 0), value_list_get(pair, 1));
			}
		}
	}
	return g_string_free(out, FALSE);
}

/* The bytes to send and, in *ret_type, the Content-Type they call for (NULL: none). Caller frees.
 */
static char *body_text(const call *c, const char **ret_type, GError **error)
{
	const value *body = call_value(c, "body");
	const char *format = call_text(c, "body_format");
	*ret_type = NULL;
	if (body == NULL) {
		return NULL;
	}
	if (g_str_equal(format, "json")) {
		*ret_type = "application/json";
		return value_is(body, VALUE_STRING) ? g_strdup(value_string(body))
						    : json_write(body, NULL, error);
	}
	if (g_str_equal(format, "form-urlencoded")) {
		*ret_type = "application/x-www-form-urlencoded";
		return value_is(body, VALUE_STRING) ? g_strdup(value_string(body))
						    : form_body(body);
	}
	return value_is(body, VALUE_DICT) || value_is(body, VALUE_LIST)
		       ? json_write(body, NULL, error)
		       : value_to_string(body);
}

static void add_header(GPtrArray *headers, const char *name, const char *text)
{
	g_ptr_array_add(headers, g_strdup_printf("%s: %s", name, text));
}

static char **header_lines(const call *c, const char *type)
{
	GPtrArray *headers = g_ptr_array_new();
	const value *given = call_value(c, "headers");
	gboolean has_type = FALSE;
	if (given != NULL) {
		value_dict_foreach (given, key, item) {
			g_autofree char *name = value_to_string(key);
			g_autofree char *text = value_to_string(item);
			has_type = has_type || g_ascii_strcasecmp(name, "content-type") == 0;
			add_header(headers, name, text);
		}
	}
	if (type != NULL && !has_type) {
		add_header(headers, "Content-Type", type);
	}
	if (call_flag(c, "force")) {
		add_header(headers, "Cache-Control", "no-cache");
	}
	g_ptr_array_add(headers, NULL);
	return (char **)g_ptr_array_free(headers, FALSE);
}

static enum http_redirects redirects(const call *c)
{
	g_autofree char *word = g_ascii_strdown(call_text(c, "follow_redirects"), -1);
	if (g_str_equal(word, "none") || g_str_equal(word, "no") || g_str_equal(word, "false")) {
		return HTTP_REDIRECTS_NONE;
	}
	return g_str_equal(word, "safe") ? HTTP_REDIRECTS_SAFE : HTTP_REDIRECTS_ALL;
}

static char **list_words(const value *list)
{
	GPtrArray *words = g_ptr_array_new();
	for (gsize i = 0; list != NULL && i < value_list_length(list); i++) {
		g_ptr_array_add(words, value_to_string(value_list_get(list, i)));
	}
	g_ptr_array_add(words, NULL);
	return (char **)g_ptr_array_free(words, FALSE);
}

static http_response *perform(const call *c, GError **error)
{
	const char *type = NULL;
	g_autoptr(GError) problem = NULL;
	g_autofree char *body = body_text(c, &type, &problem);
	if (problem != NULL) {
		g_propagate_error(error, g_steal_pointer(&problem));
		return NULL;
	}
	g_auto(GStrv) headers = header_lines(c, type);
	g_auto(GStrv) resolve = list_words(call_value(c, "resolve"));
	g_autofree char *method = g_ascii_strup(call_text(c, "method"), -1);
	deadline until = deadline_earliest(
		c->context.until, deadline_in(value_float(call_value(c, "timeout"))));
	struct http_request request = {
		.method = method,
		.url = call_text(c, "url"),
		.headers = (const char *const *)headers,
		.body = body,
		.body_length = body == NULL ? 0 : strlen(body),
		.user = call_text(c, "url_username"),
		.password = call_text(c, "url_password"),
		.resolve = (const char *const *)resolve,
		.unix_socket = call_text(c, "unix_socket"),
		.authorities = call_text(c, "ca_path"),
		.user_agent = call_text(c, "http_agent"),
		.redirects = redirects(c),
		.insecure = !call_flag(c, "validate_certs"),
		.ignore_proxy = !call_flag(c, "use_proxy"),
		.until = deadline_earliest(until, c->context.until),
	};
	return http_perform(&request, c->context.cancel, error);
}

/* Headers as Ansible returns them: content_type, x_frame_options, ... */
static void set_headers(result *r, const http_response *response)
{
	for (guint i = 0; i < response->headers->len; i++) {
		const struct http_header *header = g_ptr_array_index(response->headers, i);
		g_autofree char *name = g_strdelimit(g_strdup(header->name), "-", '_');
		const value *before = value_dict_get(r->fields, name);
		g_autofree char *text =
			value_is(before, VALUE_STRING)
				? g_strconcat(value_string(before), ", ", header->value, NULL)
				: g_strdup(header->value);
		result_set(r, name, value_new_bytes(text, strlen(text), VALUE_UNSAFE));
	}
}

static void set_json(result *r, const http_response *response)
{
	const char *type = http_response_header(response, "content-type");
	if (type == NULL || response->body == NULL ||
		!g_regex_match_simple("^(application|text)/([a-z0-9.+-]+\\+)?(json|javascript)",
			type, G_REGEX_CASELESS, G_REGEX_MATCH_DEFAULT)) {
		return;
	}
	g_autoptr(value) parsed = json_parse(response->body, response->length, "response", NULL);
	if (parsed != NULL) {
		result_set(r, "json", value_with_flags(parsed, VALUE_UNSAFE));
	}
}

/* status_code as Python prints the list of them, and whether status is among them. */
static char *wanted_text(const call *c, guint status, gboolean *ret_right)
{
	const value *wanted = call_value(c, "status_code");
	GString *out = g_string_new("[");
	gsize n = wanted == NULL ? 1 : value_is_sequence(wanted) ? value_list_length(wanted) : 1;
	*ret_right = FALSE;
	for (gsize i = 0; i < n; i++) {
		const value *one = wanted == NULL              ? NULL
				   : value_is_sequence(wanted) ? value_list_get(wanted, i)
							       : wanted;
		g_autofree char *text = one == NULL ? g_strdup("200") : value_to_string(one);
		*ret_right = *ret_right || (guint)g_ascii_strtoull(text, NULL, 10) == status;
		g_string_append_printf(out, "%s%s", i > 0 ? ", " : "", text);
	}
	g_string_append_c(out, ']');
	return g_string_free(out, FALSE);
}

static result *unreachable(const call *c, const GError *problem)
{
	gboolean right = FALSE;
	g_autofree char *wanted = wanted_text(c, 0, &right);
	result *r =
		result_new_failed("Status code was -1 and not %s: %s", wanted, problem->message);
	result_set(r, "status", value_new_int(-1));
	result_set_text(r, "url", call_text(c, "url"));
	result_set(r, "redirected", value_new_bool(FALSE));
	return r;
}

static result *answered(const call *c, const http_response *response)
{
	gboolean right = FALSE;
	g_autofree char *wanted = wanted_text(c, response->status, &right);
	const char *length = http_response_header(response, "content-length");
	g_autofree char *bytes =
		length != NULL ? g_strdup(length) : g_strdup_printf("%zu", response->length);
	result *r = result_new(STEP_OK);
	set_headers(r, response);
	set_json(r, response);
	if (right) {
		g_autofree char *message = g_strdup_printf("OK (%s bytes)", bytes);
		result_set_text(r, "msg", message);
	} else {
		g_autofree char *message =
			g_strdup_printf("Status code was %u and not %s: HTTP Error %u: %s",
				response->status, wanted, response->status, response->reason);
		result_set_text(r, "msg", message);
		r->status = STEP_FAILED;
	}
	if ((!right || call_flag(c, "return_content")) && response->body != NULL) {
		result_set(r, "content",
			value_new_bytes(response->body, response->length, VALUE_UNSAFE));
	}
	result_set(r, "status", value_new_int(response->status));
	result_set_text(r, "url", response->url);
	result_set(r, "redirected", value_new_bool(response->redirects > 0));
	result_set(r, "elapsed", value_new_int((gint64)response->elapsed));
	return r;
}

result *module_uri_run_here(call *c, GError **error)
{
	if (c->context.check) {
		/* What earlier steps would change decides the answer. */
		result *r = result_new(STEP_UNPREDICTED);
		result_set_text(r, "msg", "would send the request");
		return r;
	}
	g_autoptr(GError) problem = NULL;
	g_autoptr(http_response) response = perform(c, &problem);
	if (response != NULL) {
		return answered(c, response);
	}
	if (g_error_matches(problem, SUTLER_ERROR, SUTLER_ERROR_INTERRUPTED)) {
		g_propagate_error(error, g_steal_pointer(&problem));
		return NULL;
	}
	return unreachable(c, problem);
}
