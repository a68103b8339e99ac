/* Filters with regular expressions. */
#include <string.h>

#include "jinja/engine/call.h"
#include "jinja/engine/markup.h"
#include "jinja/engine/objects.h"
#include "jinja/engine/operators.h"
#include "jinja/library/regex.h"

/* All matches in a text, one after the other, as Python's finditer() finds them. */
typedef struct {
	struct jinja_evaluation *e;
	GRegex *regex;
	const char *text;
	gsize length;
	GMatchInfo *match;
	int from; /* where the match is, in bytes */
	int to;
	gboolean failed;
} finditer;

/* FALSE when the pattern is none (error set). What m holds is released with finditer_clear(). */
static gboolean finditer_start(finditer *m, struct jinja_call *c, const char *pattern,
	gboolean ignore_case, gboolean multiline, const value *text)
{
	*m = (finditer){ .e = c->e,
		.regex = regex_compile_for(c->e, pattern, ignore_case, multiline, text),
		.text = value_string(text),
		.length = value_string_length(text) };
	return m->regex != NULL;
}

static void finditer_clear(finditer *m)
{
	g_clear_pointer(&m->match, g_match_info_unref);
	g_clear_pointer(&m->regex, g_regex_unref);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(finditer, finditer_clear)

/* FALSE behind the last match, and on failure (failed and error set). */
static gboolean finditer_next(finditer *m)
{
	/* Behind an empty match the next may begin at the same place only if it is not empty. */
	gboolean empty = m->match != NULL && m->from == m->to;
	g_clear_pointer(&m->match, g_match_info_unref);
	m->failed = !regex_match(m->e, m->regex, m->text, m->length, (gsize)m->to,
		empty ? G_REGEX_MATCH_NOTEMPTY_ATSTART : 0, &m->match);
	return !m->failed && g_match_info_matches(m->match) &&
	       g_match_info_fetch_pos(m->match, 0, &m->from, &m->to);
}

static value *f_regex_replace(struct jinja_call *c)
{
	g_autoptr(value) s = jinja_arg_text(c);
	const char *pattern = c->arguments[0] != NULL ? jinja_arg_string(c, 0, NULL) : "";
	/* An undefined replacement matters only where there is something to replace. */
	const value *undefined = undefined_of(c->arguments[1]) != NULL ? c->arguments[1] : NULL;
	const char *replacement =
		c->arguments[1] != NULL && undefined == NULL ? jinja_arg_string(c, 1, NULL) : "";
	if (s == NULL || pattern == NULL || replacement == NULL) {
		return NULL;
	}
	g_auto(finditer) m = { 0 };
	if (!finditer_start(
		    &m, c, pattern, jinja_arg_bool(c, 2, FALSE), jinja_arg_bool(c, 3, FALSE), s)) {
		return NULL;
	}
	g_autoptr(GString) out = g_string_new(NULL);
	int copied = 0;
	while (finditer_next(&m)) {
		if (undefined != NULL) {
			return jinja_fail_undefined(c->e, undefined);
		}
		g_string_append_len(out, m.text + copied, m.from - copied);
		if (!regex_expand(c->e, m.match, replacement, out) || !check_size(c->e, out->len)) {
			return NULL;
		}
		copied = m.to;
	}
	/* A bad replacement is one even when nothing is replaced. */
	g_autoptr(GString) unused = g_string_new(NULL);
	if (m.failed || !regex_expand(c->e, m.match, replacement, unused)) {
		return NULL;
	}
	g_string_append_len(out, m.text + copied, (gssize)m.length - copied);
	return value_new_string_length(out->str, out->len);
}

static value *group_text(const GMatchInfo *match, int group)
{
	int from = -1;
	int to = -1;
	g_match_info_fetch_pos(match, group, &from, &to);
	return from < 0 ? value_new_string("")
			: value_new_string_length(
				  g_match_info_get_string(match) + from, (gsize)(to - from));
}

/* What findall returns for one match: all of it, the one group, or a tuple of the groups. */
static value *found(const GMatchInfo *match, int groups)
{
	if (groups <= 1) {
		return group_text(match, groups);
	}
	value *tuple = value_new_tuple();
	for (int i = 1; i <= groups; i++) {
		value_list_append(tuple, group_text(match, i));
	}
	return tuple;
}

static value *f_regex_findall(struct jinja_call *c)
{
	g_autoptr(value) s = jinja_arg_text(c);
	const char *pattern = jinja_arg_string(c, 0, NULL);
	if (s == NULL || pattern == NULL) {
		return NULL;
	}
	g_auto(finditer) m = { 0 };
	if (!finditer_start(
		    &m, c, pattern, jinja_arg_bool(c, 2, FALSE), jinja_arg_bool(c, 1, FALSE), s)) {
		return NULL;
	}
	int groups = g_regex_get_capture_count(m.regex);
	g_autoptr(value) list = value_new_list();
	while (finditer_next(&m)) {
		value_list_append(list, found(m.match, groups));
		if (!check_items(c->e, value_list_length(list))) {
			return NULL;
		}
	}
	return m.failed ? NULL : g_steal_pointer(&list);
}

/* The group an argument '\\1' or '\\g<name>' means; -1 after an error. */
static int group_number(struct jinja_call *c, const GRegex *regex, const value *argument)
{
	const char *s = value_is(argument, VALUE_STRING) ? value_string(argument) : "";
	int group = -1;
	if (g_str_has_prefix(s, "\\g<") && strchr(s, '>') != NULL) {
		g_autofree char *name = g_strndup(s + 3, strcspn(s + 3, ">"));
		group = g_regex_get_string_number(regex, name);
		if (group < 0) {
			jinja_fail_usage(c->e, "no such group '%s'", name);
		}
	} else if (*s == '\\' && g_ascii_isdigit(s[1])) {
		group = (int)g_ascii_strtoll(s + 1, NULL, 10);
		if (group > g_regex_get_capture_count(regex)) {
			jinja_fail_usage(c->e, "no such group %d", group);
			group = -1;
		}
	} else {
		jinja_fail_usage(c->e, "unknown argument, use '\\\\1' or '\\\\g<name>'");
	}
	return group;
}

static value *f_regex_search(struct jinja_call *c)
{
	g_autoptr(value) s = jinja_arg_text(c);
	const char *pattern = jinja_arg_string(c, 0, NULL);
	if (s == NULL || pattern == NULL) {
		return NULL;
	}
	const value *ignore_case = c->named != NULL ? value_dict_get(c->named, "ignorecase") : NULL;
	const value *multiline = c->named != NULL ? value_dict_get(c->named, "multiline") : NULL;
	g_autoptr(GRegex) regex =
		regex_compile(c->e, pattern, ignore_case != NULL && value_truth(ignore_case),
			multiline != NULL && value_truth(multiline));
	if (regex == NULL) {
		return NULL;
	}
	g_autoptr(GMatchInfo) match = NULL;
	if (!regex_match(c->e, regex, value_string(s), value_string_length(s), 0, 0, &match)) {
		return NULL;
	}
	g_autoptr(value) list = value_new_list();
	gboolean matches = g_match_info_matches(match);
	for (guint i = 0; i < c->n_extra; i++) {
		const char *a =
			value_is(c->extra[i], VALUE_STRING) ? value_string(c->extra[i]) : "";
		if (*a != '\\' || !(g_ascii_isdigit(a[1]) || g_str_has_prefix(a, "\\g<"))) {
			return jinja_fail_usage(c->e, "unknown argument, use '\\\\1' or "
						      "'\\\\g<name>'");
		}
		if (!matches) {
			continue;
		}
		int group = group_number(c, regex, c->extra[i]);
		int from = -1;
		int to = -1;
		if (group < 0) {
			return NULL;
		}
		g_match_info_fetch_pos(match, group, &from, &to);
		value_list_append(list, from < 0 ? value_new_null() : group_text(match, group));
	}
	if (!matches) {
		return value_new_null();
	}
	return c->n_extra > 0 ? g_steal_pointer(&list) : group_text(match, 0);
}

static value *f_regex_escape(struct jinja_call *c)
{
	g_autoptr(value) s = jinja_arg_text(c);
	const char *type = jinja_arg_string(c, 0, "python");
	if (s == NULL || type == NULL) {
		return NULL;
	}
	const char *special = "()[]{}?*+-|^$\\.&~# \t\n\r\v\f";
	if (strcmp(type, "posix_basic") == 0) {
		special = "].[^$*\\";
	} else if (strcmp(type, "python") != 0) {
		return jinja_fail_usage(c->e,
			strcmp(type, "posix_extended") == 0 ? "regex type (%s) not yet implemented"
							    : "invalid regex type (%s)",
			type);
	}
	GString *out = g_string_new(NULL);
	for (gsize i = 0; i < value_string_length(s); i++) {
		char byte = value_string(s)[i];
		if (byte != '\0' && strchr(special, byte) != NULL) {
			g_string_append_c(out, '\\');
		}
		g_string_append_c(out, byte);
	}
	return text_take(out, 0);
}

const struct jinja_filter filters_regex[] = {
	{ "regex_escape", "re_type", f_regex_escape, "special characters of expressions escaped" },
	{ "regex_findall", "regex! multiline ignorecase", f_regex_findall, "all matches" },
	{ "regex_replace", "pattern replacement ignorecase multiline", f_regex_replace,
		"matches replaced; \\\\1 and \\\\g<name> stand for groups", .lazy = JINJA_LAZY(1) },
	{ "regex_search", "regex! * **", f_regex_search, "the first match, or its groups" },
};
const gsize n_filters_regex = G_N_ELEMENTS(filters_regex);
