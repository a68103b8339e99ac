/* Lookups: data from files, the environment, commands and variables. */
#include <glob.h>
#include <stdio.h>
#include <string.h>
#include <sys/wait.h>

#include "template/format.h"
#include "template/frame.h"
#include "template/limits.h"
#include "template/loader.h"
#include "template/lookup-file.h"
#include "template/objects.h"
#include "template/operators.h"
#include "template/table.h"
#include "template/text.h"

static value *option(struct call *c, const char *name)
{
	return c->named != NULL ? value_dict_get(c->named, name) : NULL;
}

static gboolean option_bool(struct call *c, const char *name, gboolean otherwise)
{
	const value *v = option(c, name);
	if (value_is(v, VALUE_STRING)) {
		static const char *const yes[] = { "y", "yes", "on", "1", "true", "t", NULL };
		g_autofree char *low = g_ascii_strdown(value_string(v), -1);
		return g_strv_contains(yes, low);
	}
	return v != NULL ? value_truth(v) : otherwise;
}

static const char *term(struct call *c, guint i)
{
	if (value_is(c->extra[i], VALUE_STRING)) {
		return value_string(c->extra[i]);
	}
	return template_fail_usage(
		c->e, "lookup '%s' needs strings, not %s", c->name, value_type_name(c->extra[i]));
}

static value *l_env(struct call *c)
{
	g_autoptr(value) out = value_new_list();
	for (guint i = 0; i < c->n_extra; i++) {
		const char *text = term(c, i);
		if (text == NULL) {
			return NULL;
		}
		g_autofree char *name = g_strndup(text, strcspn(text, " \t\n"));
		const char *found = g_getenv(name);
		value *otherwise = option(c, "default");
		if (found == NULL && otherwise != NULL && undefined_of(otherwise) != NULL) {
			return template_fail(c->e, SUTLER_ERROR_UNDEFINED,
				"the 'env' lookup found an undefined variable: %s", name);
		}
		value_list_append(out, found != NULL       ? value_new_string(found)
				       : otherwise != NULL ? value_ref(otherwise)
							   : value_new_string(""));
	}
	return g_steal_pointer(&out);
}

static value *l_file(struct call *c)
{
	g_autoptr(value) out = value_new_list();
	for (guint i = 0; i < c->n_extra; i++) {
		const char *name = term(c, i);
		g_autofree char *path = name != NULL ? lookup_file_find(c->e, name) : NULL;
		g_autofree char *text = NULL;
		gsize length = 0;
		if (path == NULL) {
			return name == NULL ? NULL
					    : template_fail_usage(c->e,
						      "could not locate file in lookup: %s", name);
		}
		if (!loader_read(c->e, path, &text, &length)) {
			return NULL;
		}
		const char *from = NULL;
		const char *to = NULL;
		text_strip(text, length, NULL, option_bool(c, "lstrip", FALSE),
			option_bool(c, "rstrip", TRUE), &from, &to);
		value_list_append(out, value_new_string_length(from, (gsize)(to - from)));
	}
	return g_steal_pointer(&out);
}

/* What a shell command prints; NULL on failure. */
static GString *command_output(struct call *c, const char *command)
{
	const char *folder = c->e->shared->scope->file_folders != NULL
				     ? c->e->shared->scope->file_folders[0]
				     : NULL;
	const char *argv[] = { "/bin/sh", "-c", command, NULL };
	GError *error = NULL;
	g_autofree char *out = NULL;
	int status = 0;
	if (!g_spawn_sync(folder, (char **)argv, NULL, G_SPAWN_CHILD_INHERITS_STDIN, NULL, NULL,
		    &out, NULL, &status, &error)) {
		template_fail_usage(c->e, "lookup '%s': %s", c->name, error->message);
		g_error_free(error);
		return NULL;
	}
	if (!WIFEXITED(status) || WEXITSTATUS(status) != 0) {
		return template_fail_usage(c->e, "lookup '%s': '%s' returned %d", c->name, command,
			WIFEXITED(status) ? WEXITSTATUS(status) : -WTERMSIG(status));
	}
	return check_size(c->e, strlen(out)) ? g_string_new(out) : NULL;
}

static value *l_pipe(struct call *c)
{
	g_autoptr(value) out = value_new_list();
	for (guint i = 0; i < c->n_extra; i++) {
		g_autoptr(value) command = text_of(c->extra[i]);
		g_autoptr(GString) text = command_output(c, value_string(command));
		if (text == NULL) {
			return NULL;
		}
		const char *from = NULL;
		const char *to = NULL;
		text_strip(text->str, text->len, NULL, FALSE, TRUE, &from, &to);
		value_list_append(out, value_new_string_length(from, (gsize)(to - from)));
	}
	return g_steal_pointer(&out);
}

static value *l_lines(struct call *c)
{
	g_autoptr(value) out = value_new_list();
	for (guint i = 0; i < c->n_extra; i++) {
		const char *command = term(c, i);
		g_autoptr(GString) text = command != NULL ? command_output(c, command) : NULL;
		if (text == NULL) {
			return NULL;
		}
		g_autoptr(value) whole = value_new_string_length(text->str, text->len);
		g_autoptr(value) lines = text_splitlines(whole, FALSE);
		value_list_foreach (lines, line) {
			value_list_append(out, value_ref(line));
		}
	}
	return g_steal_pointer(&out);
}

static value *l_vars(struct call *c)
{
	g_autoptr(value) out = value_new_list();
	for (guint i = 0; i < c->n_extra; i++) {
		const char *name = term(c, i);
		value *otherwise = option(c, "default");
		otherwise = value_is(otherwise, VALUE_NULL) ? NULL : otherwise;
		g_autoptr(value) v = name != NULL ? variable_get(c->e, name) : NULL;
		if (name == NULL || (v == NULL && c->e->error != NULL)) {
			return NULL;
		}
		if (v != NULL && undefined_of(v) == NULL) {
			value_list_append(out, g_steal_pointer(&v));
		} else if (otherwise != NULL) {
			value_list_append(out, value_ref(otherwise));
		} else if (v != NULL) {
			return template_fail_undefined(c->e, v);
		} else {
			g_autoptr(value) missing = undefined_new(name, NULL, NULL);
			return template_fail_undefined(c->e, missing);
		}
	}
	return g_steal_pointer(&out);
}

static int compare_names(gconstpointer a, gconstpointer b)
{
	return strcmp(*(const char *const *)a, *(const char *const *)b);
}

static value *l_varnames(struct call *c)
{
	const struct template_scope *scope = c->e->shared->scope;
	g_autoptr(GHashTable) names = g_hash_table_new(g_str_hash, g_str_equal);
	if (scope->names != NULL) {
		scope->names(scope->data, names);
	}
	guint n = 0;
	g_autofree gpointer *sorted = g_hash_table_get_keys_as_array(names, &n);
	qsort(sorted, n, sizeof *sorted, compare_names);
	g_autoptr(value) out = value_new_list();
	for (guint i = 0; i < c->n_extra; i++) {
		const char *pattern = term(c, i);
		GError *error = NULL;
		g_autoptr(GRegex) regex =
			pattern != NULL ? g_regex_new(pattern, 0, 0, &error) : NULL;
		if (regex == NULL) {
			template_fail_usage(
				c->e, "unable to use '%s' as a search parameter", pattern);
			g_clear_error(&error);
			return NULL;
		}
		for (guint k = 0; k < n; k++) {
			if (g_regex_match(regex, sorted[k], 0, NULL)) {
				value_list_append(out, value_new_string(sorted[k]));
			}
		}
	}
	return g_steal_pointer(&out);
}

static value *l_template(struct call *c)
{
	g_autoptr(value) out = value_new_list();
	for (guint i = 0; i < c->n_extra; i++) {
		const char *name = term(c, i);
		g_autofree char *path = name != NULL ? lookup_template_find(c->e, name) : NULL;
		if (path == NULL) {
			return name == NULL ? NULL
					    : template_fail_usage(c->e,
						      "the template file %s could not be found for "
						      "the lookup",
						      name);
		}
		const value *extra = option(c, "template_vars");
		if (extra != NULL && !value_is(extra, VALUE_DICT) && !value_is(extra, VALUE_NULL)) {
			return template_fail_usage(c->e, "template_vars must be a dict, not %s",
				value_type_name(extra));
		}
		value *v = lookup_template_render(
			c->e, path, extra, c->named, option_bool(c, "convert_data", TRUE));
		if (v == NULL) {
			return NULL;
		}
		value_list_append(out, v);
	}
	return g_steal_pointer(&out);
}

static value *l_dict(struct call *c)
{
	g_autoptr(value) out = value_new_list();
	for (guint i = 0; i < c->n_extra; i++) {
		gboolean list = value_is(c->extra[i], VALUE_LIST);
		if (!value_is(c->extra[i], VALUE_DICT) && !list) {
			return template_fail_usage(c->e, "with_dict expects a dict");
		}
		if (list) {
			return template_fail_usage(c->e, "with_dict expects a dict, not a list");
		}
		value_dict_foreach (c->extra[i], key, item) {
			value *row = value_new_dict();
			value_dict_set(row, "key", value_ref(key));
			value_dict_set(row, "value", value_ref(item));
			value_list_append(out, row);
		}
	}
	return g_steal_pointer(&out);
}

/* Lists among the terms are taken apart, one level. */
static value *l_items(struct call *c)
{
	value *out = value_new_list();
	for (guint i = 0; i < c->n_extra; i++) {
		if (!value_is_sequence(c->extra[i])) {
			value_list_append(out, value_ref(c->extra[i]));
			continue;
		}
		value_list_foreach (c->extra[i], item) {
			value_list_append(out, value_ref(item));
		}
	}
	return out;
}

static value *l_list(struct call *c)
{
	return value_ref(c->input);
}

static value *l_indexed_items(struct call *c)
{
	g_autoptr(value) items = l_items(c);
	value *out = value_new_list();
	value_list_foreach (items, item) {
		value *pair = value_new_tuple();
		value_list_append(pair, value_new_int((gint64)item_i));
		value_list_append(pair, value_ref(item));
		value_list_append(out, pair);
	}
	return out;
}

static value *as_list(value *v)
{
	if (value_is_sequence(v)) {
		return value_ref(v);
	}
	value *list = value_new_list();
	value_list_append(list, value_ref(v));
	return list;
}

/* Appends v, or what is in it, to list. */
static void extend_once(value *list, const value *v)
{
	if (!value_is_sequence(v)) {
		value_list_append(list, value_ref(v));
		return;
	}
	value_list_foreach (v, item) {
		value_list_append(list, value_ref(item));
	}
}

static value *l_nested(struct call *c)
{
	if (c->n_extra == 0) {
		return template_fail_usage(c->e, "with_nested requires at least one element");
	}
	g_autoptr(value) rows = as_list(c->extra[0]);
	for (guint i = 1; i < c->n_extra; i++) {
		g_autoptr(value) items = as_list(c->extra[i]);
		g_autoptr(value) longer = value_new_list();
		value_list_foreach (rows, row) {
			value_list_foreach (items, item) {
				value *next = value_new_list();
				extend_once(next, row);
				extend_once(next, item);
				value_list_append(longer, next);
			}
			if (!check_items(c->e, value_list_length(longer))) {
				return NULL;
			}
		}
		value_unref(rows);
		rows = g_steal_pointer(&longer);
	}
	g_autoptr(value) out = value_new_list();
	value_list_foreach (rows, row) {
		g_autoptr(value) items = iterate(c->e, row);
		if (items == NULL) {
			return c->e->error != NULL
				       ? NULL
				       : template_fail_usage(
						 c->e, "with_nested needs lists in its only list");
		}
		value *flat = value_new_list();
		for (gsize k = 0; k < sequence_length(items); k++) {
			g_autoptr(value) item = sequence_get(items, k);
			extend_once(flat, item);
		}
		value_list_append(out, flat);
	}
	return g_steal_pointer(&out);
}

static value *l_together(struct call *c)
{
	gsize longest = 0;
	if (c->n_extra == 0) {
		return template_fail_usage(c->e, "with_together requires at least one element");
	}
	for (guint i = 0; i < c->n_extra; i++) {
		gsize n = value_is_sequence(c->extra[i]) ? value_list_length(c->extra[i]) : 1;
		longest = MAX(longest, n);
	}
	value *out = value_new_list();
	for (gsize k = 0; k < longest; k++) {
		value *row = value_new_list();
		for (guint i = 0; i < c->n_extra; i++) {
			g_autoptr(value) items = as_list(c->extra[i]);
			g_autoptr(value) item = k < value_list_length(items)
							? value_ref(value_list_get(items, k))
							: value_new_null();
			extend_once(row, item);
		}
		value_list_append(out, row);
	}
	return out;
}

static value *l_random_choice(struct call *c)
{
	g_autofree char *why = NULL;
	value *out = value_new_list();
	if (c->n_extra > 0) {
		g_autoptr(value) one =
			filter_run(c->e, filter_find("random", &why), c->input, NULL, 0, NULL);
		if (one == NULL) {
			value_unref(out);
			return NULL;
		}
		value_list_append(out, value_ref(one));
	}
	return out;
}

static value *l_fileglob(struct call *c)
{
	g_autoptr(value) out = value_new_list();
	for (guint i = 0; i < c->n_extra; i++) {
		const char *pattern = term(c, i);
		if (pattern == NULL || !lookup_glob(c->e, pattern, out)) {
			return NULL;
		}
	}
	return g_steal_pointer(&out);
}

static gboolean split_on(const value *v, const char *separators, GPtrArray *out)
{
	if (value_is(v, VALUE_STRING)) {
		g_auto(GStrv) parts = g_strsplit_set(value_string(v), separators, -1);
		for (gsize i = 0; parts[i] != NULL; i++) {
			const char *part = g_strstrip(parts[i]);
			if (*part != '\0') {
				g_ptr_array_add(out, g_strdup(part));
			}
		}
	} else if (value_is_sequence(v)) {
		value_list_foreach (v, item) {
			split_on(item, separators, out);
		}
	}
	return TRUE;
}

static void add_candidates(GPtrArray *candidates, const value *files, const value *paths)
{
	g_autoptr(GPtrArray) names = g_ptr_array_new_with_free_func(g_free);
	g_autoptr(GPtrArray) folders = g_ptr_array_new_with_free_func(g_free);
	split_on(files, ",;", names);
	split_on(paths, ",:;", folders);
	for (guint i = 0; i < folders->len; i++) {
		for (guint k = 0; k < names->len; k++) {
			g_ptr_array_add(candidates,
				g_build_filename(folders->pdata[i], names->pdata[k], NULL));
		}
	}
	for (guint k = 0; folders->len == 0 && k < names->len; k++) {
		g_ptr_array_add(candidates, g_strdup(names->pdata[k]));
	}
}

static value *l_first_found(struct call *c)
{
	g_autoptr(GPtrArray) candidates = g_ptr_array_new_with_free_func(g_free);
	g_autoptr(value) terms = l_items(c);
	gboolean skip = option_bool(c, "skip", FALSE);
	value_list_foreach (terms, item) {
		if (value_is(item, VALUE_DICT)) {
			const value *s = value_dict_get(item, "skip");
			skip = s != NULL ? value_truth(s) : skip;
			add_candidates(candidates, value_dict_get(item, "files"),
				value_dict_get(item, "paths"));
		} else if (value_is(item, VALUE_STRING)) {
			if (option(c, "files") == NULL && option(c, "paths") == NULL) {
				g_ptr_array_add(candidates, g_strdup(value_string(item)));
			} else {
				add_candidates(candidates,
					option(c, "files") != NULL ? option(c, "files") : item,
					option(c, "paths"));
			}
		} else {
			return template_fail_usage(c->e, "first_found: invalid term of type %s",
				value_type_name(item));
		}
	}
	if (c->n_extra == 0) {
		add_candidates(candidates, option(c, "files"), option(c, "paths"));
	}
	value *out = value_new_list();
	for (guint i = 0; i < candidates->len; i++) {
		char *path = lookup_file_find(c->e, candidates->pdata[i]);
		if (path != NULL) {
			value_list_append(out, value_new_string_take(path, strlen(path)));
			return out;
		}
	}
	if (skip) {
		return out;
	}
	value_unref(out);
	return template_fail_usage(c->e, "no file was found when using first_found");
}

/* --- sequence --- */

struct sequence {
	gint64 start, end, count, stride;
	gboolean has_end, has_count;
	char *format;
};

static gboolean read_int(const char *text, gint64 *ret)
{
	guint base = 10;
	const char *p = text + (*text == '-');
	if (p[0] == '0' && g_ascii_tolower(p[1]) == 'x') {
		base = 16;
		p += 2;
	} else if (p[0] == '0' && g_ascii_tolower(p[1]) == 'o') {
		base = 8;
		p += 2;
	} else if (p[0] == '0' && p[1] != '\0') {
		return FALSE;
	}
	guint64 u = 0;
	if (!g_ascii_string_to_unsigned(p, base, 0, G_MAXINT64, &u, NULL)) {
		return FALSE;
	}
	*ret = *text == '-' ? -(gint64)u : (gint64)u;
	return TRUE;
}

static gboolean sequence_key(struct call *c, struct sequence *s, const char *key, const char *text)
{
	gint64 *numbers[] = { &s->start, &s->end, &s->count, &s->stride };
	static const char *const names[] = { "start", "end", "count", "stride" };
	if (strcmp(key, "format") == 0) {
		g_free(s->format);
		s->format = g_strdup(text);
		return TRUE;
	}
	for (gsize i = 0; i < G_N_ELEMENTS(names); i++) {
		if (strcmp(key, names[i]) == 0) {
			s->has_end = s->has_end || i == 1;
			s->has_count = s->has_count || i == 2;
			if (read_int(text, numbers[i])) {
				return TRUE;
			}
			template_fail_usage(c->e, "can't parse %s=%s as integer", key, text);
			return FALSE;
		}
	}
	template_fail_usage(c->e, "unrecognized argument to with_sequence: '%s'", key);
	return FALSE;
}

/* start=0 end=3 or the short form 0-3/2:host%02d */
static gboolean sequence_parse(struct call *c, struct sequence *s, const char *text)
{
	static const char pattern[] = "^((0?x?[0-9a-f]+)\\s*-)?\\s*(0?x?[0-9a-f]+)\\s*(/"
				      "\\s*(0?x?[0-9a-f]+))?\\s*(:(.+))?$";
	static const struct {
		int group;
		const char *key;
	} groups[] = { { 2, "start" }, { 3, "end" }, { 5, "stride" }, { 7, "format" } };
	g_autoptr(GRegex) regex = g_regex_new(pattern, G_REGEX_CASELESS, 0, NULL);
	g_autoptr(GMatchInfo) match = NULL;
	if (g_regex_match(regex, text, 0, &match)) {
		for (gsize i = 0; i < G_N_ELEMENTS(groups); i++) {
			g_autofree char *part = g_match_info_fetch(match, groups[i].group);
			if (part != NULL && *part != '\0' &&
				!sequence_key(c, s, groups[i].key, part)) {
				return FALSE;
			}
		}
		return TRUE;
	}
	g_auto(GStrv) words = g_strsplit_set(text, " \t\n", -1);
	for (gsize i = 0; words[i] != NULL; i++) {
		char *equals = strchr(words[i], '=');
		if (*words[i] == '\0') {
			continue;
		}
		if (equals == NULL) {
			template_fail_usage(
				c->e, "unrecognized argument to with_sequence: '%s'", words[i]);
			return FALSE;
		}
		*equals = '\0';
		if (!sequence_key(c, s, words[i], equals + 1)) {
			return FALSE;
		}
	}
	return TRUE;
}

static gboolean sequence_check(struct call *c, struct sequence *s)
{
	const char *why = NULL;
	if (s->has_end == s->has_count) {
		why = s->has_end ? "can't specify both count and end in with_sequence"
				 : "must specify count or end in with_sequence";
	} else if (s->has_count && s->count == 0) {
		s->stride = 0;
	} else if (s->has_count) {
		s->count = CLAMP(s->count, -LIMIT_RANGE, LIMIT_RANGE);
		s->stride = CLAMP(s->stride, -G_MAXINT32, G_MAXINT32);
		s->end = s->start + s->count * s->stride - 1;
	}
	if (why == NULL && s->stride > 0 && s->end < s->start) {
		why = "to count backwards make stride negative";
	}
	if (why == NULL && s->stride < 0 && s->end > s->start) {
		why = "to count forward don't make stride negative";
	}
	const char *percent = strchr(s->format, '%');
	if (why == NULL && (percent == NULL || strchr(percent + 1, '%') != NULL)) {
		why = "the format of with_sequence must have one '%'";
	}
	if (why != NULL) {
		template_fail_usage(c->e, "%s", why);
	}
	return why == NULL;
}

static gboolean sequence_run(struct call *c, struct sequence *s, value *out)
{
	struct range range = { s->start, s->end + (s->stride >= 0 ? 1 : -1), s->stride };
	gsize n = s->stride != 0 ? range_length(&range) : 0;
	g_autoptr(value) format = value_new_string(s->format);
	if (!check_items(c->e, n)) {
		return FALSE;
	}
	for (gsize i = 0; i < n; i++) {
		g_autoptr(value) number = value_new_int(s->start + (gint64)i * s->stride);
		value *text = format_percent(c->e, format, number);
		if (text == NULL) {
			return FALSE;
		}
		value_list_append(out, text);
	}
	return TRUE;
}

static value *l_sequence(struct call *c)
{
	g_autoptr(value) out = value_new_list();
	for (guint i = 0; i < c->n_extra; i++) {
		const char *text = term(c, i);
		struct sequence s = { .start = 1, .stride = 1, .format = g_strdup("%d") };
		gboolean ok = text != NULL && sequence_parse(c, &s, text) &&
			      sequence_check(c, &s) && sequence_run(c, &s, out);
		g_free(s.format);
		if (!ok) {
			return NULL;
		}
	}
	return g_steal_pointer(&out);
}

const struct global lookups[] = {
	{ "csvfile", "* **", lookup_csvfile, "a column of the row of a file that has a key" },
	{ "dict", "* **", l_dict, "a dict as a list of key and value" },
	{ "env", "* **", l_env, "an environment variable here" },
	{ "file", "* **", l_file, "what is in a file here" },
	{ "fileglob", "* **", l_fileglob, "the files here that match a pattern" },
	{ "first_found", "* **", l_first_found, "the first file here that exists" },
	{ "flattened", "* **", l_items, "lists taken apart" },
	{ "indexed_items", "* **", l_indexed_items, "items with their numbers" },
	{ "ini", "* **", lookup_ini, "a key of an INI file here" },
	{ "items", "* **", l_items, "a list of items" },
	{ "lines", "* **", l_lines, "the lines a command prints here" },
	{ "list", "* **", l_list, "the terms themselves" },
	{ "nested", "* **", l_nested, "all choices of one item of each list" },
	{ "password", "* **", lookup_password, "a password, made once and kept in a file here" },
	{ "pipe", "* **", l_pipe, "what a command prints here" },
	{ "random_choice", "* **", l_random_choice, "one of the terms" },
	{ "sequence", "* **", l_sequence, "numbers, formatted" },
	{ "subelements", "* **", lookup_subelements,
		"pairs of an item and each member of a list in it" },
	{ "template", "* **", l_template, "a template file here, rendered" },
	{ "together", "* **", l_together, "lists of the items at the same places" },
	{ "url", "* **", lookup_url, "what a URL returns" },
	{ "varnames", "* **", l_varnames, "the names of variables that match" },
	{ "vars", "* **", l_vars, "variables by name" },
};
const gsize n_lookups = G_N_ELEMENTS(lookups);
