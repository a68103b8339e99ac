/* Host patterns: which hosts "web:&staging:!db", "web[0:3]", "~regex" and globs name. */
#include "base/suggest.h"
#include "base/text.h"
#include "inventory/data.h"
#include "inventory/glob.h"
#include "inventory/host-names.h"
#include "base/ini.h"

#include <string.h>

enum { LIMIT_FILE_MAX = 1024 * 1024 };

/* Splitting. */

static void add_term(GPtrArray *terms, const char *start, const char *end)
{
	while (start < end && ini_is_blank(g_utf8_get_char(start))) {
		start = g_utf8_next_char(start);
	}
	char *term = g_strndup(start, (gsize)(end - start));
	gsize length = strlen(term);
	while (length > 0) {
		const char *last = g_utf8_prev_char(term + length);
		if (!ini_is_blank(g_utf8_get_char(last))) {
			break;
		}
		length = (gsize)(last - term);
	}
	term[length] = '\0';
	if (length > 0) {
		g_ptr_array_add(terms, term);
	} else {
		g_free(term);
	}
}

/* ':' separates, but not within brackets. */
static void split_at_colons(GPtrArray *terms, const char *pattern)
{
	const char *p = pattern;
	while (*p != '\0') {
		const char *start = p;
		while (*p != '\0' && *p != ':' && *p != ']' && !ini_is_blank(g_utf8_get_char(p))) {
			if (*p == '[') {
				const char *close = strchr(p, ']');
				if (close == NULL) {
					break;
				}
				p = close;
			}
			p = g_utf8_next_char(p);
		}
		if (p > start) {
			add_term(terms, start, p);
		}
		if (*p != '\0') {
			p = g_utf8_next_char(p);
		}
	}
}

static GPtrArray *split_pattern(const char *pattern)
{
	GPtrArray *terms = g_ptr_array_new_with_free_func(g_free);
	if (strchr(pattern, ',') != NULL) {
		const char *start = pattern;
		for (;;) {
			const char *end = strchrnul(start, ',');
			add_term(terms, start, end);
			if (*end == '\0') {
				break;
			}
			start = end + 1;
		}
	} else if (host_name_is_address(pattern)) {
		add_term(terms, pattern, pattern + strlen(pattern));
	} else {
		split_at_colons(terms, pattern);
	}
	return terms;
}

/* Well-formedness. Ansible drops what it cannot read, and runs on what is left: "web[" on web. */

static gboolean malformed(const char *pattern, const char *what, GError **error)
{
	error_set(error, SUTLER_ERROR_USAGE, "pattern '%s': %s", pattern, what);
	return FALSE;
}

/* What stands between brackets: a class of characters, or a subscript. */
static gboolean check_brackets(
	const char *pattern, const char *open, const char *close, GError **error)
{
	if (close == open + 1) {
		return malformed(pattern, "nothing stands between '[' and ']'", error);
	}
	if (memchr(open, ':', (gsize)(close - open)) == NULL) {
		return TRUE;
	}
	gsize first = strspn(open + 1, G_CSET_DIGITS);
	const char *colon = open + 1 + first;
	if (first == 0 || *colon != ':' || colon + 1 + strspn(colon + 1, G_CSET_DIGITS) != close) {
		return malformed(pattern,
			"a range in brackets is [FIRST:LAST] or [FIRST:], of numbers", error);
	}
	return TRUE;
}

/* Regular expressions ("~...") have brackets of their own, and are checked when they are compiled.
 */
static gboolean check_pattern(const char *pattern, GError **error)
{
	gboolean starts = TRUE, regex = FALSE, commas = strchr(pattern, ',') != NULL;

	/* [::1]:22, and ::1; a range of names is an address to Ansible, too. */
	if (host_name_is_address(pattern) && (*pattern == '[' || strchr(pattern, '[') == NULL)) {
		return TRUE;
	}
	for (const char *p = pattern; *p != '\0'; p++) {
		if (*p == ',' || (!commas && (*p == ':' || *p == ' '))) {
			starts = TRUE;
			continue;
		}
		if (starts && strchr("&! ", *p) != NULL) {
			continue;
		}
		regex = starts ? *p == '~' || *p == '@' : regex;
		starts = FALSE;
		if (regex && (commas || *p != '[' || strchr(p, ']') != NULL)) {
			continue;
		}
		if (*p == ']') {
			return malformed(pattern, "']' has no '[' before it", error);
		}
		if (*p == '[') {
			const char *close = strchr(p, ']');
			if (close == NULL) {
				return malformed(pattern, "'[' has no ']' behind it", error);
			}
			if (!check_brackets(pattern, p, close, error)) {
				return FALSE;
			}
			p = close;
		}
	}
	return TRUE;
}

static gboolean add_terms_of_file(GPtrArray *terms, const char *path, GError **error)
{
	g_autofree char *text = text_read(path, LIMIT_FILE_MAX, 0, NULL, error);
	if (text == NULL) {
		return FALSE;
	}
	g_auto(GStrv) lines = g_strsplit(text, "\n", -1);
	for (gsize i = 0; lines[i] != NULL; i++) {
		if (*g_strchug(lines[i]) != '#') {
			if (!check_pattern(g_strchomp(lines[i]), error)) {
				return FALSE;
			}
			add_term(terms, lines[i], lines[i] + strlen(lines[i]));
		}
	}
	return TRUE;
}

/* "@file" stands for the lines of the file. */
static GPtrArray *terms_of(const char *pattern, GError **error)
{
	g_autoptr(GPtrArray) split = split_pattern(pattern);
	g_autoptr(GPtrArray) terms = g_ptr_array_new_with_free_func(g_free);
	for (guint i = 0; i < split->len; i++) {
		const char *term = split->pdata[i];
		if (*term != '@') {
			g_ptr_array_add(terms, g_strdup(term));
		} else if (!add_terms_of_file(terms, term + 1, error)) {
			return NULL;
		}
	}
	return g_steal_pointer(&terms);
}

/* Subscripts. */

struct subscript {
	gboolean given;
	gboolean range;
	gint64 start;
	gint64 end; /* inclusive; -1: the last */
};

static gsize digits_at(const char *p)
{
	return strspn(p, "0123456789");
}

/* "name[1]", "name[-1]", "name[1:3]", "name[1:]". Returns the name. Caller frees. */
static char *split_subscript(const char *term, struct subscript *subscript)
{
	*subscript = (struct subscript){ 0 };
	gsize length = strlen(term);
	const char *open = strrchr(term, '[');
	if (*term == '~' || length == 0 || term[length - 1] != ']' || open == NULL ||
		open == term) {
		return g_strdup(term);
	}
	const char *p = open + 1;
	gboolean negative = *p == '-';
	gsize first = digits_at(p + negative);
	const char *after = p + negative + first;
	if (first == 0 || first > 9) {
		return g_strdup(term);
	}
	subscript->start = g_ascii_strtoll(p, NULL, 10);
	if (!negative && (*after == ':' || *after == '-')) {
		gsize second = digits_at(after + 1);
		subscript->range = TRUE;
		subscript->end = second > 0 ? g_ascii_strtoll(after + 1, NULL, 10) : -1;
		after += 1 + second;
	}
	if (after != term + length - 1) {
		return g_strdup(term);
	}
	subscript->given = TRUE;
	return g_strndup(term, (gsize)(open - term));
}

/* As Python slices. */
static GPtrArray *apply_subscript(
	const GPtrArray *hosts, const struct subscript *subscript, const char *term, GError **error)
{
	GPtrArray *out = g_ptr_array_new();
	gint64 n = hosts->len;
	gint64 start = subscript->start;
	gint64 end = 0;
	if (!subscript->given || n == 0) {
		start = 0;
		end = n - 1;
	} else if (subscript->range && subscript->end != 0) {
		end = subscript->end == -1 ? n - 1 : MIN(subscript->end, n - 1);
	} else {
		start = start < 0 ? start + n : start;
		end = start;
		if (start < 0 || start >= n) {
			error_set(error, SUTLER_ERROR_USAGE,
				"pattern '%s': there is no such host, they are numbered from 0 "
				"to %" G_GINT64_FORMAT,
				term, n - 1);
			g_clear_pointer(&out, g_ptr_array_unref);
			return NULL;
		}
	}
	for (gint64 i = start; i <= end; i++) {
		g_ptr_array_add(out, hosts->pdata[i]);
	}
	return out;
}

/* Matching names. */

struct matcher {
	const char *pattern;
	GRegex *regex; /* for "~" */
	gboolean glob;
};

static gboolean matches(const struct matcher *matcher, const char *name)
{
	if (matcher->regex != NULL) {
		return g_regex_match(matcher->regex, name, G_REGEX_MATCH_ANCHORED, NULL);
	}
	return glob_matches(matcher->pattern, name);
}

static void add_all(GPtrArray *out, const GPtrArray *hosts)
{
	for (guint i = 0; i < hosts->len; i++) {
		g_ptr_array_add(out, hosts->pdata[i]);
	}
}

/* Returns whether a group matched. */
static gboolean match_groups(const inventory *inv, const struct matcher *matcher, GPtrArray *out)
{
	if (matcher->regex == NULL && !matcher->glob) {
		const group *g = inventory_group(inv, matcher->pattern);
		if (g != NULL) {
			add_all(out, group_all_hosts(inv, g));
		}
		return g != NULL;
	}
	gboolean any = FALSE;
	for (guint i = 0; i < inv->groups->len; i++) {
		const group *g = inv->groups->pdata[i];
		if (matches(matcher, g->name)) {
			any = TRUE;
			add_all(out, group_all_hosts(inv, g));
		}
	}
	return any;
}

static void match_hosts(const inventory *inv, const struct matcher *matcher, GPtrArray *out)
{
	if (matcher->regex == NULL && !matcher->glob) {
		host *h = g_hash_table_lookup(inv->host_names, matcher->pattern);
		if (h != NULL) {
			g_ptr_array_add(out, h);
		}
		return;
	}
	for (guint i = 0; i < inv->hosts->len; i++) {
		host *h = inv->hosts->pdata[i];
		if (matches(matcher, h->name)) {
			g_ptr_array_add(out, h);
		}
	}
}

static gboolean compile(struct matcher *matcher, const char *pattern, GError **error)
{
	*matcher = (struct matcher){ .pattern = pattern, .glob = glob_has_marks(pattern) };
	if (*pattern != '~') {
		return TRUE;
	}
	g_autoptr(GError) reason = NULL;
	matcher->regex = g_regex_new(pattern + 1, G_REGEX_OPTIMIZE, 0, &reason);
	if (matcher->regex == NULL) {
		error_set(error, SUTLER_ERROR_USAGE, "pattern '%s': %s", pattern, reason->message);
		return FALSE;
	}
	return TRUE;
}

static gboolean refuse_unknown(const inventory *inv, const char *name, GError **error)
{
	g_autoptr(GHashTable) names = g_hash_table_new(g_str_hash, g_str_equal);
	GHashTableIter iter;
	gpointer key = NULL;
	g_hash_table_iter_init(&iter, inv->group_names);
	while (g_hash_table_iter_next(&iter, &key, NULL)) {
		g_hash_table_add(names, key);
	}
	g_hash_table_iter_init(&iter, inv->host_names);
	while (g_hash_table_iter_next(&iter, &key, NULL)) {
		g_hash_table_add(names, key);
	}
	g_autofree char *hint = suggest_phrase_keys(name, names);
	error_set(error, SUTLER_ERROR_UNKNOWN,
		"'%s' is neither a host nor a group of the inventory%s", name, hint);
	return FALSE;
}

/* Every host the word, glob or regex matches, duplicates kept: subscripts count them, as Ansible's
 * do. A word must name something; a glob or regex may match nothing. */
static GPtrArray *enumerate(const inventory *inv, const char *pattern, GError **error)
{
	struct matcher matcher;
	if (!compile(&matcher, pattern, error)) {
		return NULL;
	}
	GPtrArray *out = g_ptr_array_new();
	gboolean group_matched = match_groups(inv, &matcher, out);
	if (!group_matched || *pattern == '~' || strpbrk(pattern, ".?*[") != NULL) {
		match_hosts(inv, &matcher, out);
	}
	if (out->len == 0) {
		host *local = inventory_local_host(inv, pattern);
		if (local != NULL) {
			g_ptr_array_add(out, local);
		} else if (!group_matched && !matcher.glob && *pattern != '~') {
			refuse_unknown(inv, pattern, error);
			g_clear_pointer(&out, g_ptr_array_unref);
		}
	}
	g_clear_pointer(&matcher.regex, g_regex_unref);
	return out;
}

static GPtrArray *match_term(const inventory *inv, const char *term, GError **error)
{
	struct subscript subscript;
	g_autofree char *name = split_subscript(term, &subscript);
	g_autoptr(GPtrArray) hosts = enumerate(inv, name, error);
	return hosts != NULL ? apply_subscript(hosts, &subscript, term, error) : NULL;
}

/* Combining terms. */

/* Keeps those of hosts that are (or are not) in others. */
static void keep(GPtrArray *hosts, const GPtrArray *others, gboolean wanted)
{
	g_autoptr(GHashTable) set = g_hash_table_new(NULL, NULL);
	for (guint i = 0; i < others->len; i++) {
		g_hash_table_add(set, others->pdata[i]);
	}
	guint kept = 0;
	for (guint i = 0; i < hosts->len; i++) {
		if (g_hash_table_contains(set, hosts->pdata[i]) == wanted) {
			hosts->pdata[kept++] = hosts->pdata[i];
		}
	}
	g_ptr_array_set_size(hosts, (gint)kept);
}

/* unknown (or NULL): takes what is said of a name that does not exist, which then names nothing. */
static gboolean apply_term(const inventory *inv, const char *term, GPtrArray *hosts,
	GPtrArray *unknown, GError **error)
{
	host *plain = g_hash_table_lookup(inv->host_names, term);
	if (plain != NULL) {
		g_ptr_array_add(hosts, plain);
		return TRUE;
	}
	gboolean modified = *term == '!' || *term == '&';
	if (modified && term[1] == '\0') {
		error_set(
			error, SUTLER_ERROR_USAGE, "'%s' in a pattern needs a name after it", term);
		return FALSE;
	}
	GError *problem = NULL;
	g_autoptr(GPtrArray) found = match_term(inv, term + modified, &problem);
	if (found == NULL && unknown != NULL && problem->code == SUTLER_ERROR_UNKNOWN) {
		g_ptr_array_add(unknown, g_strdup(problem->message));
		g_clear_error(&problem);
		found = g_ptr_array_new();
	}
	if (found == NULL) {
		g_propagate_error(error, problem);
		return FALSE;
	}
	if (modified) {
		keep(hosts, found, *term == '&');
	} else {
		add_all(hosts, found);
	}
	return TRUE;
}

static void remove_duplicates(GPtrArray *hosts)
{
	g_autoptr(GHashTable) seen = g_hash_table_new(NULL, NULL);
	guint kept = 0;
	for (guint i = 0; i < hosts->len; i++) {
		if (g_hash_table_add(seen, hosts->pdata[i])) {
			hosts->pdata[kept++] = hosts->pdata[i];
		}
	}
	g_ptr_array_set_size(hosts, (gint)kept);
}

/* First what is named, then what must be shared ('&'), then what is left out ('!'). */
static GPtrArray *evaluate(
	const inventory *inv, const char *pattern, GPtrArray *unknown, GError **error)
{
	static const char *const phases[] = { "", "&", "!" };
	gboolean plain = g_hash_table_contains(inv->host_names, pattern);
	if (!plain && !check_pattern(pattern, error)) {
		return NULL;
	}
	g_autoptr(GPtrArray) terms = terms_of(pattern, error);
	if (terms == NULL) {
		return NULL;
	}
	if (terms->len == 0) {
		error_set(error, SUTLER_ERROR_USAGE, "pattern '%s' names no host", pattern);
		return NULL;
	}
	g_autoptr(GPtrArray) hosts = g_ptr_array_new();
	gboolean named = FALSE;
	for (gsize phase = 0; phase < G_N_ELEMENTS(phases); phase++) {
		if (phase == 1 && !named && !apply_term(inv, "all", hosts, unknown, error)) {
			return NULL;
		}
		for (guint i = 0; i < terms->len; i++) {
			const char *term = terms->pdata[i];
			char mark = *term == '&' || *term == '!' ? *term : '\0';
			if (mark != *phases[phase]) {
				continue;
			}
			named = TRUE;
			if (!apply_term(inv, term, hosts, unknown, error)) {
				return NULL;
			}
		}
	}
	remove_duplicates(hosts);
	return g_steal_pointer(&hosts);
}

GPtrArray *inventory_select(const inventory *inv, const char *pattern, const char *limit,
	GPtrArray *unknown, GError **error)
{
	g_autoptr(GPtrArray) hosts = evaluate(inv, pattern, unknown, error);
	if (hosts == NULL) {
		return NULL;
	}
	if (limit != NULL) {
		g_autoptr(GPtrArray) within = evaluate(inv, limit, NULL, error);
		if (within == NULL) {
			return NULL;
		}
		keep(hosts, within, TRUE);
	}
	return g_steal_pointer(&hosts);
}

GPtrArray *inventory_match(
	const inventory *inv, const char *pattern, const char *limit, GError **error)
{
	g_autoptr(GPtrArray) hosts = inventory_select(inv, pattern, limit, NULL, error);
	if (hosts == NULL) {
		return NULL;
	}
	if (hosts->len == 0) {
		if (inv->hosts->len == 0) {
			error_set(error, SUTLER_ERROR_USAGE,
				"pattern '%s' matches no host: the inventory is empty", pattern);
		} else if (limit != NULL) {
			error_set(error, SUTLER_ERROR_USAGE,
				"pattern '%s' limited to '%s' matches no host", pattern, limit);
		} else {
			error_set(
				error, SUTLER_ERROR_USAGE, "pattern '%s' matches no host", pattern);
		}
		return NULL;
	}
	for (guint i = 0; i < hosts->len; i++) {
		if (!inventory_host_prepare(inv, hosts->pdata[i], error)) {
			return NULL;
		}
	}
	return g_steal_pointer(&hosts);
}
