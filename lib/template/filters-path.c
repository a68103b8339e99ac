/* Filters on paths and URLs. */
#include <glob.h>
#include <pwd.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "jinja/engine/frame.h"
#include "jinja/engine/markup.h"
#include "jinja/engine/objects.h"
#include "jinja/engine/operators.h"
#include "jinja/library/url.h"

static const char *path(struct jinja_call *c)
{
	if (!value_is(c->input, VALUE_STRING)) {
		return jinja_fail_usage(
			c->e, "'%s' needs a string, not %s", c->name, value_type_name(c->input));
	}
	return value_string(c->input);
}

static value *f_basename(struct jinja_call *c)
{
	const char *p = path(c);
	if (p == NULL) {
		return NULL;
	}
	const char *slash = strrchr(p, '/');
	return value_new_string(slash != NULL ? slash + 1 : p);
}

/* posixpath.dirname(): without the slashes at the end, unless it is only slashes. */
static value *f_dirname(struct jinja_call *c)
{
	const char *p = path(c);
	if (p == NULL) {
		return NULL;
	}
	const char *slash = strrchr(p, '/');
	gsize n = slash != NULL ? (gsize)(slash - p) + 1 : 0;
	if (strspn(p, "/") < n) {
		while (n > 0 && p[n - 1] == '/') {
			n--;
		}
	}
	return value_new_string_length(p, n);
}

static value *f_splitext(struct jinja_call *c)
{
	const char *p = path(c);
	if (p == NULL) {
		return NULL;
	}
	const char *slash = strrchr(p, '/');
	const char *name = slash != NULL ? slash + 1 : p;
	const char *dot = strrchr(name, '.');
	/* leading dots are part of the name */
	if (dot != NULL && strspn(name, ".") >= (gsize)(dot - name) + 1) {
		dot = NULL;
	}
	value *pair = value_new_tuple();
	gsize n = dot != NULL ? (gsize)(dot - p) : strlen(p);
	value_list_append(pair, value_new_string_length(p, n));
	value_list_append(pair, value_new_string(p + n));
	return pair;
}

static char *expand_user(const char *p)
{
	if (*p != '~') {
		return g_strdup(p);
	}
	gsize n = strcspn(p, "/");
	g_autofree char *user = g_strndup(p + 1, n - 1);
	const char *home = NULL;
	if (*user == '\0') {
		home = g_getenv("HOME");
		if (home == NULL) {
			const struct passwd *entry = getpwuid(getuid());
			home = entry != NULL ? entry->pw_dir : NULL;
		}
	} else {
		const struct passwd *entry = getpwnam(user);
		home = entry != NULL ? entry->pw_dir : NULL;
	}
	if (home == NULL) {
		return g_strdup(p);
	}
	g_autofree char *trimmed = g_strdup(home);
	for (gsize end = strlen(trimmed); end > 0 && trimmed[end - 1] == '/'; end--) {
		trimmed[end - 1] = '\0';
	}
	char *whole = g_strconcat(trimmed, p + n, NULL);
	if (*whole == '\0') {
		g_free(whole);
		return g_strdup("/");
	}
	return whole;
}

static value *f_expanduser(struct jinja_call *c)
{
	const char *p = path(c);
	if (p == NULL) {
		return NULL;
	}
	g_autofree char *expanded = expand_user(p);
	return value_new_string(expanded);
}

/* $name and ${name}; unknown ones stay. */
static value *f_expandvars(struct jinja_call *c)
{
	const char *p = path(c);
	if (p == NULL) {
		return NULL;
	}
	GString *out = g_string_new(NULL);
	while (*p != '\0') {
		const char *name = p[1] == '{' ? p + 2 : p + 1;
		gsize n = 0;
		while (g_ascii_isalnum(name[n]) || name[n] == '_') {
			n++;
		}
		gboolean braced = *p == '$' && p[1] == '{';
		if (*p != '$' || n == 0 || (braced && name[n] != '}')) {
			g_string_append_c(out, *p++);
			continue;
		}
		g_autofree char *key = g_strndup(name, n);
		const char *found = g_getenv(key);
		const char *end = name + n + braced;
		if (found != NULL) {
			g_string_append(out, found);
		} else {
			g_string_append_len(out, p, end - p);
		}
		p = end;
	}
	return text_take(out, 0);
}

/* posixpath.normpath() */
static char *normalize(const char *p)
{
	if (*p == '\0') {
		return g_strdup(".");
	}
	gsize slashes = strspn(p, "/");
	const char *root = slashes == 0 ? "" : slashes == 2 ? "//" : "/";
	g_auto(GStrv) parts = g_strsplit(p, "/", -1);
	g_autoptr(GPtrArray) kept = g_ptr_array_new();
	for (gsize i = 0; parts[i] != NULL; i++) {
		if (*parts[i] == '\0' || strcmp(parts[i], ".") == 0) {
			continue;
		}
		gboolean up = strcmp(parts[i], "..") == 0;
		const char *last = kept->len > 0 ? kept->pdata[kept->len - 1] : NULL;
		if (!up || (*root == '\0' && last == NULL) ||
			(last != NULL && strcmp(last, "..") == 0)) {
			g_ptr_array_add(kept, parts[i]);
		} else if (last != NULL) {
			g_ptr_array_set_size(kept, (gint)kept->len - 1);
		}
	}
	g_ptr_array_add(kept, NULL);
	g_autofree char *joined = g_strjoinv("/", (char **)kept->pdata);
	char *whole = g_strconcat(root, joined, NULL);
	if (*whole == '\0') {
		g_free(whole);
		return g_strdup(".");
	}
	return whole;
}

static char *absolute(const char *p)
{
	if (*p == '/') {
		return normalize(p);
	}
	g_autofree char *here = g_get_current_dir();
	g_autofree char *whole = g_build_filename(here, p, NULL);
	return normalize(whole);
}

/* Links followed as far as the path exists. */
static value *f_realpath(struct jinja_call *c)
{
	const char *p = path(c);
	if (p == NULL) {
		return NULL;
	}
	g_autofree char *whole = absolute(p);
	g_autofree char *head = g_strdup(whole);
	g_autofree char *tail = g_strdup("");
	for (;;) {
		g_autofree char *resolved = realpath(head, NULL);
		if (resolved != NULL) {
			g_autofree char *joined = g_strconcat(resolved, tail, NULL);
			g_autofree char *clean = normalize(joined);
			return value_new_string(clean);
		}
		char *slash = strrchr(head, '/');
		if (slash == NULL || slash == head) {
			return value_new_string(whole);
		}
		char *longer = g_strconcat(slash, tail, NULL);
		g_free(tail);
		tail = longer;
		*slash = '\0';
	}
}

static value *f_relpath(struct jinja_call *c)
{
	const char *p = path(c);
	const char *start = p != NULL ? jinja_arg_string(c, 0, ".") : NULL;
	if (start == NULL) {
		return NULL;
	}
	if (*p == '\0') {
		return jinja_fail_usage(c->e, "no path specified");
	}
	g_autofree char *to = absolute(p);
	g_autofree char *from = absolute(start);
	g_auto(GStrv) a = g_strsplit(from + 1, "/", -1);
	g_auto(GStrv) b = g_strsplit(to + 1, "/", -1);
	gsize n_a = *from != '\0' && from[1] == '\0' ? 0 : g_strv_length(a);
	gsize n_b = *to != '\0' && to[1] == '\0' ? 0 : g_strv_length(b);
	gsize same = 0;
	while (same < n_a && same < n_b && strcmp(a[same], b[same]) == 0) {
		same++;
	}
	GString *out = g_string_new(NULL);
	for (gsize i = same; i < n_a; i++) {
		g_string_append(out, out->len > 0 ? "/.." : "..");
	}
	for (gsize i = same; i < n_b; i++) {
		g_string_append_printf(out, "%s%s", out->len > 0 ? "/" : "", b[i]);
	}
	if (out->len == 0) {
		g_string_append_c(out, '.');
	}
	return text_take(out, 0);
}

static value *f_path_join(struct jinja_call *c)
{
	if (value_is(c->input, VALUE_STRING)) {
		return value_ref(c->input);
	}
	if (!value_is_sequence(c->input) || value_list_length(c->input) == 0) {
		return jinja_fail_usage(c->e, "path_join expects a string or a list, got %s",
			value_type_name(c->input));
	}
	GString *out = g_string_new(NULL);
	value_list_foreach (c->input, part) {
		if (!value_is(part, VALUE_STRING)) {
			g_string_free(out, TRUE);
			return jinja_fail_usage(
				c->e, "path_join expects strings, got %s", value_type_name(part));
		}
		if (*value_string(part) == '/') {
			g_string_truncate(out, 0);
		} else if (out->len > 0 && out->str[out->len - 1] != '/') {
			g_string_append_c(out, '/');
		}
		g_string_append(out, value_string(part));
	}
	return text_take(out, 0);
}

static void append_pair(GString *out, const value *key, const value *item)
{
	g_autoptr(value) name = text_of(key);
	g_autoptr(value) text = text_of(item);
	g_string_append(out, out->len > 0 ? "&" : "");
	url_quote(value_string(name), value_string_length(name), "", TRUE, out);
	g_string_append_c(out, '=');
	url_quote(value_string(text), value_string_length(text), "", TRUE, out);
}

/* Anything of two items is a pair, a string of two characters too. */
static gboolean append_pairs(struct jinja_call *c, const value *pairs, GString *out)
{
	for (gsize i = 0; i < sequence_length(pairs); i++) {
		g_autoptr(value) one = sequence_get(pairs, i);
		g_autoptr(value) pair = iterate(c->e, one);
		if (pair == NULL || sequence_length(pair) != 2) {
			jinja_fail_usage(
				c->e, "urlencode needs pairs, not %s", value_type_name(one));
			return FALSE;
		}
		g_autoptr(value) key = sequence_get(pair, 0);
		g_autoptr(value) item = sequence_get(pair, 1);
		append_pair(out, key, item);
	}
	return TRUE;
}

static value *f_urlencode(struct jinja_call *c)
{
	g_autoptr(GString) out = g_string_new(NULL);
	g_autoptr(value) pairs = NULL;
	if (value_is(c->input, VALUE_DICT)) {
		value_dict_foreach (c->input, key, item) {
			append_pair(out, key, item);
		}
	} else if (!value_is(c->input, VALUE_STRING)) {
		pairs = iterate(c->e, c->input);
	}
	if (pairs != NULL) {
		if (!append_pairs(c, pairs, out)) {
			return NULL;
		}
	} else if (c->e->error != NULL) {
		return NULL;
	} else if (!value_is(c->input, VALUE_DICT)) {
		g_autoptr(value) s = text_of(c->input);
		url_quote(value_string(s), value_string_length(s), "/", FALSE, out);
	}
	return text_take(g_steal_pointer(&out), 0);
}

static value *f_urldecode(struct jinja_call *c)
{
	const char *text = path(c);
	return text != NULL ? url_unquote_plus(text, value_string_length(c->input)) : NULL;
}

static value *f_fileglob(struct jinja_call *c)
{
	const char *pattern = path(c);
	if (pattern == NULL) {
		return NULL;
	}
	g_autoptr(value) out = value_new_list();
	glob_t found = { 0 };
	(void)glob(pattern, 0, NULL, &found); /* no match is no failure */
	for (gsize i = 0; i < found.gl_pathc && check_items(c->e, i); i++) {
		if (g_file_test(found.gl_pathv[i], G_FILE_TEST_IS_REGULAR)) {
			value_list_append(out, value_new_string(found.gl_pathv[i]));
		}
	}
	globfree(&found);
	return c->e->error == NULL ? g_steal_pointer(&out) : NULL;
}

static value *f_urlsplit(struct jinja_call *c)
{
	const char *p = path(c);
	const char *query = p != NULL ? jinja_arg_string(c, 0, "") : NULL;
	if (query == NULL) {
		return NULL;
	}
	g_autoptr(value) parts = url_split(c->e, p);
	if (parts == NULL || *query == '\0') {
		return g_steal_pointer(&parts);
	}
	value *part = value_dict_get(parts, query);
	return part != NULL ? value_ref(part)
			    : jinja_fail_usage(c->e, "urlsplit: unknown URL component: %s", query);
}

const struct jinja_filter filters_path[] = {
	{ "basename", "", f_basename, "the last part of a path", .strict = TRUE },
	{ "dirname", "", f_dirname, "a path without its last part", .strict = TRUE },
	{ "expanduser", "", f_expanduser, "~ replaced by the home folder", .strict = TRUE },
	{ "expandvars", "", f_expandvars, "$NAME replaced by the environment", .strict = TRUE },
	{ "fileglob", "", f_fileglob, "the files here that match a pattern", .strict = TRUE },
	{ "path_join", "", f_path_join, "parts of a path put together", .strict = TRUE },
	{ "realpath", "", f_realpath, "the path with links followed", .varies = TRUE,
		.strict = TRUE },
	{ "relpath", "start", f_relpath, "the path relative to a folder" },
	{ "splitext", "", f_splitext, "the path and its extension", .strict = TRUE },
	{ "urldecode", "encoding errors", f_urldecode, "%XX and + decoded", .strict = TRUE },
	{ "urlencode", "", f_urlencode, "text or pairs for use in a URL", .utf8 = TRUE },
	{ "urlsplit", "query alias", f_urlsplit, "the parts of a URL, or one of them" },
};
const gsize n_filters_path = G_N_ELEMENTS(filters_path);
