/* lineinfile: one line of a file on the host, there or not. */
#include "modules/edit.h"

#include "base/python-regex.h"
#include "modules/ere.h"

#include <string.h>

struct patterns {
	GRegex *regexp;
	GRegex *insert; /* of insertafter or insertbefore, unless BOF or EOF */
};

static void patterns_free(gpointer data)
{
	struct patterns *p = data;
	g_clear_pointer(&p->regexp, g_regex_unref);
	g_clear_pointer(&p->insert, g_regex_unref);
	g_free(p);
}

static gboolean compile(call *c, const char *name, GRegex **ret, GError **error)
{
	g_autoptr(GError) problem = NULL;
	const char *text = call_text(c, name);
	if (text == NULL || (g_str_has_prefix(name, "insert") &&
				    (g_str_equal(text, "BOF") || g_str_equal(text, "EOF")))) {
		return TRUE;
	}
	*ret = python_regex_new(text, PYTHON_REGEX_BYTES, &problem);
	if (*ret == NULL) {
		edit_bad_pattern(c, name, text, problem, error);
	}
	return *ret != NULL;
}

static gboolean check_arguments(const call *c, GError **error)
{
	gboolean present = g_str_equal(call_text(c, "state"), "present");
	gboolean finds = call_has(c, "regexp") || call_has(c, "search_string");
	const char *wrong = NULL;
	if (call_has(c, "insertafter") && call_has(c, "insertbefore")) {
		wrong = "give either 'insertafter' or 'insertbefore'";
	} else if (call_has(c, "regexp") && call_has(c, "search_string")) {
		wrong = "give either 'regexp' or 'search_string'";
	} else if (present && call_flag(c, "backrefs") && !call_has(c, "regexp")) {
		wrong = "'backrefs' needs 'regexp'";
	} else if (present && !call_has(c, "line")) {
		wrong = "'state: present' needs 'line'";
	} else if (!present && !finds && !call_has(c, "line")) {
		wrong = "'state: absent' needs 'line', 'regexp' or 'search_string'";
	}
	if (wrong != NULL) {
		call_error(c, error, "%s", wrong);
	}
	return wrong == NULL;
}

/* How the host can tell that nothing is to be done (see lineinfile.sh). */
static const char *quick_way(call *c)
{
	const char *line = call_text(c, "line");
	const char *regexp = call_text(c, "regexp");
	gboolean present = g_str_equal(call_text(c, "state"), "present");
	gboolean newline = FALSE;
	g_autofree char *ere = regexp == NULL ? NULL : ere_from_python(regexp, &newline);
	call_set_shell(c, "ere", ere == NULL ? "" : ere);
	if (call_has(c, "search_string") || (line != NULL && strpbrk(line, "\r\n") != NULL)) {
		return "";
	}
	if (regexp == NULL) {
		return present ? "line" : "no-line";
	}
	if (ere == NULL || newline || call_flag(c, "backrefs") || call_flag(c, "firstmatch")) {
		return "";
	}
	return present ? "match" : "no-match";
}

gboolean module_lineinfile_prepare(call *c, GError **error)
{
	struct patterns *p = g_new0(struct patterns, 1);
	c->data = p;
	c->data_free = patterns_free;
	if (!check_arguments(c, error) || !compile(c, "regexp", &p->regexp, error) ||
		!compile(c, call_has(c, "insertafter") ? "insertafter" : "insertbefore", &p->insert,
			error)) {
		return FALSE;
	}
	edit_prepare(c, "lineinfile", quick_way(c));
	return TRUE;
}

static gboolean matches(
	const GRegex *regex, const GString *line, GMatchInfo **ret_match, GError **error)
{
	g_autoptr(GError) problem = NULL;
	g_autoptr(GMatchInfo) match = NULL;
	gboolean found = g_regex_match_full(
		regex, line->str, (gssize)line->len, 0, G_REGEX_MATCH_DEFAULT, &match, &problem);
	if (problem != NULL) {
		g_propagate_error(error, g_steal_pointer(&problem));
		return FALSE;
	}
	if (found && ret_match != NULL) {
		g_clear_pointer(ret_match, g_match_info_unref);
		*ret_match = g_steal_pointer(&match);
	}
	return found;
}

static gboolean holds(const GString *line, const char *text)
{
	return memmem(line->str, line->len, text, strlen(text)) != NULL;
}

static gboolean is_line(const GString *line, const char *text)
{
	return edit_bare_length(line) == strlen(text) && memcmp(line->str, text, strlen(text)) == 0;
}

/* What was found in the file; indexes as in Ansible's lineinfile, -1: nothing. */
struct found {
	gint64 line;   /* that regexp or search_string matched, or that is the line itself */
	gint64 insert; /* where insertafter or insertbefore wants the new one */
	gboolean matched;
	GMatchInfo *match; /* of regexp */
};

static gboolean find(const call *c, const GPtrArray *lines, struct found *f, GError **error)
{
	const struct patterns *p = c->data;
	const char *search = call_text(c, "search_string");
	gboolean first = call_flag(c, "firstmatch");
	gboolean before = call_has(c, "insertbefore");
	g_autoptr(GError) problem = NULL;
	for (guint i = 0; i < lines->len && problem == NULL; i++) {
		const GString *line = g_ptr_array_index(lines, i);
		if ((p->regexp != NULL && matches(p->regexp, line, &f->match, &problem)) ||
			(search != NULL && holds(line, search))) {
			f->line = i;
			f->matched = TRUE;
			if (first) {
				break;
			}
		}
	}
	for (guint i = 0; !f->matched && i < lines->len && problem == NULL; i++) {
		const GString *line = g_ptr_array_index(lines, i);
		if (is_line(line, call_text(c, "line"))) {
			f->line = i;
		} else if (p->insert != NULL && matches(p->insert, line, NULL, &problem)) {
			f->insert = before ? i : i + 1;
			if (first) {
				break;
			}
		}
	}
	if (problem != NULL) {
		call_error(c, error, "unable to match: %s", problem->message);
		return FALSE;
	}
	return TRUE;
}

static void end_last_line(GPtrArray *lines)
{
	GString *last = lines->len == 0 ? NULL : g_ptr_array_index(lines, lines->len - 1);
	if (last != NULL && last->len > 0 && strchr("\r\n", last->str[last->len - 1]) == NULL) {
		g_string_append_c(last, '\n');
	}
}

/* Puts the new line where it belongs; NULL when the line beside that place is it already. */
static const char *insert(const call *c, GPtrArray *lines, const struct found *f)
{
	const char *text = call_text(c, "line");
	const char *after = call_text(c, "insertafter");
	const char *before = call_text(c, "insertbefore");
	gint at = (gint)f->insert;
	if (g_strcmp0(after, "BOF") == 0 || g_strcmp0(before, "BOF") == 0) {
		at = 0;
	} else if (f->insert == -1) {
		end_last_line(lines);
		at = -1;
	} else if (before == NULL) {
		gboolean last = (guint)at == lines->len;
		if (is_line(g_ptr_array_index(lines, last ? at - 1 : at), text)) {
			return NULL;
		}
	}
	g_ptr_array_insert(lines, at, edit_line_new(text));
	return "line added";
}

static GString *new_line(const call *c, const struct found *f, GError **error)
{
	GString *line = g_string_new(NULL);
	if (call_flag(c, "backrefs") && f->match != NULL) {
		g_autoptr(GError) problem = NULL;
		if (!python_regex_expand(f->match, call_text(c, "line"), line, &problem)) {
			call_error(c, error, "'line' cannot be filled in: %s", problem->message);
			g_string_free(line, TRUE);
			return NULL;
		}
	} else {
		g_string_append(line, call_text(c, "line"));
	}
	if (line->len == 0 || line->str[line->len - 1] != '\n') {
		g_string_append_c(line, '\n');
	}
	return line;
}

static gboolean edit_present(
	const call *c, GPtrArray *lines, const char **ret_message, GError **error)
{
	struct found f = { .line = -1, .insert = -1 };
	gboolean ok = find(c, lines, &f, error);
	if (ok && f.line >= 0) {
		GString *now = g_ptr_array_index(lines, f.line);
		GString *line = new_line(c, &f, error);
		ok = line != NULL;
		if (ok && !g_string_equal(now, line)) {
			g_string_assign(now, "");
			g_string_append_len(now, line->str, (gssize)line->len);
			*ret_message = "line replaced";
		}
		if (line != NULL) {
			g_string_free(line, TRUE);
		}
	} else if (ok && !call_flag(c, "backrefs")) {
		*ret_message = insert(c, lines, &f);
	}
	g_clear_pointer(&f.match, g_match_info_unref);
	return ok;
}

static gboolean edit_absent(const call *c, GPtrArray *lines, guint *ret_removed, GError **error)
{
	const struct patterns *p = c->data;
	const char *search = call_text(c, "search_string");
	const char *text = call_text(c, "line");
	g_autoptr(GError) problem = NULL;
	for (guint i = 0; i < lines->len;) {
		const GString *line = g_ptr_array_index(lines, i);
		gboolean gone = p->regexp != NULL ? matches(p->regexp, line, NULL, &problem)
				: search != NULL  ? holds(line, search)
						  : is_line(line, text);
		if (problem != NULL) {
			call_error(c, error, "unable to match: %s", problem->message);
			return FALSE;
		}
		if (gone) {
			g_ptr_array_remove_index(lines, i);
			*ret_removed += 1;
		} else {
			i++;
		}
	}
	return TRUE;
}

gboolean module_lineinfile_answer(call *c, GBytes *content, GError **error)
{
	g_autoptr(GPtrArray) lines = edit_split(content, FALSE);
	const char *message = NULL;
	g_autofree char *removed_message = NULL;
	guint removed = 0;
	gboolean present = g_str_equal(call_text(c, "state"), "present");
	if (present ? !edit_present(c, lines, &message, error)
		    : !edit_absent(c, lines, &removed, error)) {
		return FALSE;
	}
	if (removed > 0) {
		removed_message = g_strdup_printf("%u line(s) removed", removed);
		message = removed_message;
	}
	g_autofree char *count = g_strdup_printf("%u", removed);
	call_set_shell(c, "found", present ? "" : count);
	GString *after = edit_join(lines);
	edit_answer(c, content, after, message);
	g_string_free(after, TRUE);
	return TRUE;
}
