/* URLs as Python's urllib.parse takes them apart. */
#include "jinja/library/url.h"

#include <string.h>

void url_quote(const char *text, gsize length, const char *safe, gboolean plus, GString *out)
{
	for (gsize i = 0; i < length; i++) {
		char c = text[i];
		if (g_ascii_isalnum(c) ||
			(c != '\0' && (strchr("_.-~", c) != NULL || strchr(safe, c) != NULL))) {
			g_string_append_c(out, c);
		} else if (c == ' ' && plus) {
			g_string_append_c(out, '+');
		} else {
			g_string_append_printf(out, "%%%02X", (guchar)c);
		}
	}
}

value *url_unquote_plus(const char *text, gsize length)
{
	GString *out = g_string_new(NULL);
	for (gsize i = 0; i < length; i++) {
		if (text[i] == '+') {
			g_string_append_c(out, ' ');
		} else if (text[i] == '%' && i + 2 < length && g_ascii_isxdigit(text[i + 1]) &&
			   g_ascii_isxdigit(text[i + 2])) {
			g_string_append_c(out, (char)(g_ascii_xdigit_value(text[i + 1]) * 16 +
						       g_ascii_xdigit_value(text[i + 2])));
			i += 2;
		} else {
			g_string_append_c(out, text[i]);
		}
	}
	char *valid = g_utf8_make_valid(out->str, (gssize)out->len);
	g_string_free(out, TRUE);
	return value_new_string_take(valid, strlen(valid));
}

static value *text_or_null(const char *text)
{
	return text != NULL ? value_new_string(text) : value_new_null();
}

/* user:password@host:port */
static gboolean split_netloc(struct jinja_evaluation *e, value *parts, const char *netloc)
{
	const char *at = strrchr(netloc, '@');
	const char *host = at != NULL ? at + 1 : netloc;
	g_autofree char *user = at != NULL ? g_strndup(netloc, (gsize)(at - netloc)) : NULL;
	char *password = user != NULL ? strchr(user, ':') : NULL;
	if (password != NULL) {
		*password++ = '\0';
	}
	g_autofree char *name = NULL;
	const char *port = NULL;
	const char *bracket = *host == '[' ? strchr(host, ']') : NULL;
	if (bracket != NULL) {
		name = g_strndup(host + 1, (gsize)(bracket - host) - 1);
		port = bracket[1] == ':' ? bracket + 2 : NULL;
	} else {
		const char *colon = strchr(host, ':');
		name = colon != NULL ? g_strndup(host, (gsize)(colon - host)) : g_strdup(host);
		port = colon != NULL ? colon + 1 : NULL;
	}
	g_autofree char *low = g_utf8_strdown(name, -1);
	gint64 number = 0;
	if (port != NULL && *port != '\0') {
		if (strspn(port, "0123456789") != strlen(port) || strlen(port) > 9 ||
			(number = g_ascii_strtoll(port, NULL, 10)) > 65535) {
			jinja_fail_usage(e, "port '%s' is not between 0 and 65535", port);
			return FALSE;
		}
	}
	value_dict_set(parts, "username", text_or_null(user));
	value_dict_set(parts, "password", text_or_null(password));
	value_dict_set(parts, "hostname", *low != '\0' ? value_new_string(low) : value_new_null());
	value_dict_set(parts, "port",
		port != NULL && *port != '\0' ? value_new_int(number) : value_new_null());
	return TRUE;
}

static gboolean is_scheme(const char *url, gsize n)
{
	for (gsize i = 0; i < n; i++) {
		if (!g_ascii_isalnum(url[i]) && strchr("+-.", url[i]) == NULL) {
			return FALSE;
		}
	}
	return n > 0 && g_ascii_isalpha(*url);
}

value *url_split(struct jinja_evaluation *e, const char *url)
{
	g_autoptr(value) parts = value_new_dict();
	g_autofree char *scheme = g_strdup("");
	g_autofree char *netloc = g_strdup("");
	g_autoptr(GString) clean = g_string_new(NULL);
	for (const char *c = url + strspn(url, " \f\v\t\r\n"); *c != '\0'; c++) {
		if (strchr("\t\r\n", *c) == NULL) {
			g_string_append_c(clean, *c);
		}
	}
	const char *p = clean->str;
	gsize n = strcspn(p, ":");
	if (p[n] == ':' && is_scheme(p, n)) {
		g_free(scheme);
		scheme = g_ascii_strdown(p, (gssize)n);
		p += n + 1;
	}
	if (p[0] == '/' && p[1] == '/') {
		gsize length = strcspn(p + 2, "/?#");
		g_free(netloc);
		netloc = g_strndup(p + 2, length);
		p += 2 + length;
	}
	if ((strchr(netloc, '[') != NULL) != (strchr(netloc, ']') != NULL)) {
		return jinja_fail_usage(e, "invalid IPv6 URL");
	}
	const char *hash = strchr(p, '#');
	g_autofree char *rest = hash != NULL ? g_strndup(p, (gsize)(hash - p)) : g_strdup(p);
	char *query = strchr(rest, '?');
	if (query != NULL) {
		*query++ = '\0';
	}
	value_dict_set(parts, "fragment", value_new_string(hash != NULL ? hash + 1 : ""));
	value_dict_set(parts, "hostname", value_new_null());
	value_dict_set(parts, "netloc", value_new_string(netloc));
	value_dict_set(parts, "password", value_new_null());
	value_dict_set(parts, "path", value_new_string(rest));
	value_dict_set(parts, "port", value_new_null());
	value_dict_set(parts, "query", value_new_string(query != NULL ? query : ""));
	value_dict_set(parts, "scheme", value_new_string(scheme));
	value_dict_set(parts, "username", value_new_null());
	return split_netloc(e, parts, netloc) ? g_steal_pointer(&parts) : NULL;
}
