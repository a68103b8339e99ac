/* replace: all matches of a regular expression in a file on the host. */
#include "modules/edit.h"

#include "base/python-regex.h"
#include "modules/ere.h"

#include <string.h>

struct patterns {
	GRegex *regexp;
	GRegex *section; /* NULL: the whole file */
};

static void patterns_free(gpointer data)
{
	struct patterns *p = data;
	g_clear_pointer(&p->regexp, g_regex_unref);
	g_clear_pointer(&p->section, g_regex_unref);
	g_free(p);
}

static char *section_pattern(const call *c)
{
	const char *after = call_text(c, "after");
	const char *before = call_text(c, "before");
	gboolean has_after = after != NULL && *after != '\0';
	gboolean has_before = before != NULL && *before != '\0';
	if (!has_after && !has_before) {
		return NULL;
	}
	return g_strdup_printf("%s(?P<subsection>.*%s)%s", has_after ? after : "",
		has_after && has_before ? "?" : "", has_before ? before : "");
}

gboolean module_replace_prepare(call *c, GError **error)
{
	g_autoptr(GError) problem = NULL;
	const char *regexp = call_text(c, "regexp");
	g_autofree char *section = section_pattern(c);
	struct patterns *p = g_new0(struct patterns, 1);
	c->data = p;
	c->data_free = patterns_free;
	p->regexp = python_regex_new(regexp, PYTHON_REGEX_MULTILINE, &problem);
	if (p->regexp == NULL) {
		edit_bad_pattern(c, "regexp", regexp, problem, error);
		return FALSE;
	}
	p->section =
		section == NULL ? NULL : python_regex_new(section, PYTHON_REGEX_DOTALL, &problem);
	if (problem != NULL) {
		edit_bad_pattern(c, "after' or 'before", section, problem, error);
		return FALSE;
	}
	/* What cannot touch a newline matches in the file when it matches in a line. */
	gboolean newline = TRUE;
	g_autofree char *ere = ere_from_python(regexp, &newline);
	gboolean plain = ere != NULL && !newline && strchr(regexp, '\\') == NULL &&
			 strchr(regexp, '[') == NULL;
	call_set_shell(c, "ere", plain ? ere : "");
	edit_prepare(c, "replace", plain && section == NULL ? "no-text" : "");
	return TRUE;
}

/* Replaces every match in text, as re.subn() does. */
static GString *substitute(
	const call *c, const char *text, gsize length, guint *ret_count, GError **error)
{
	const struct patterns *p = c->data;
	g_autoptr(GMatchInfo) match = NULL;
	g_autoptr(GError) problem = NULL;
	GString *out = g_string_new(NULL);
	gsize done = 0;
	gint start = 0, end = 0;
	g_regex_match_full(
		p->regexp, text, (gssize)length, 0, G_REGEX_MATCH_DEFAULT, &match, &problem);
	while (problem == NULL && g_match_info_matches(match)) {
		(void)g_match_info_fetch_pos(match, 0, &start, &end);
		g_string_append_len(out, text + done, start - (gssize)done);
		if (!python_regex_expand(match, call_text(c, "replace"), out, &problem)) {
			break;
		}
		done = (gsize)end;
		*ret_count += 1;
		(void)g_match_info_next(match, &problem);
	}
	if (problem != NULL) {
		call_error(c, error, "unable to replace: %s", problem->message);
		g_string_free(out, TRUE);
		return NULL;
	}
	g_string_append_len(out, text + done, (gssize)(length - done));
	return out;
}

/* The part of text between after and before; FALSE: there is none. */
static gboolean find_section(
	const call *c, const char *text, gsize length, gint *ret_start, gint *ret_end)
{
	const struct patterns *p = c->data;
	g_autoptr(GMatchInfo) match = NULL;
	*ret_start = 0;
	*ret_end = (gint)length;
	return p->section == NULL ||
	       (g_regex_match_full(
			p->section, text, (gssize)length, 0, G_REGEX_MATCH_DEFAULT, &match, NULL) &&
		       g_match_info_fetch_named_pos(match, "subsection", ret_start, ret_end));
}

gboolean module_replace_answer(call *c, GBytes *content, GError **error)
{
	gsize length = 0;
	guint count = 0;
	const char *text = g_bytes_get_data(content, &length);
	text = text == NULL ? "" : text;
	gint start = 0, end = 0;
	if (!g_utf8_validate(text, (gssize)length, NULL)) {
		call_error(c, error, "'%s' on the host is not UTF-8", call_text(c, "path"));
		return FALSE;
	}
	g_autoptr(GString) after = g_string_new_len(text, (gssize)length);
	if (!find_section(c, text, length, &start, &end)) {
		edit_answer(c, content, after, NULL);
		call_set_shell(c, "message",
			"Pattern for before/after params did not match the given file");
		return TRUE;
	}
	GString *middle = substitute(c, text + start, (gsize)(end - start), &count, error);
	if (middle == NULL) {
		return FALSE;
	}
	g_string_truncate(after, (gsize)start);
	g_string_append_len(after, middle->str, (gssize)middle->len);
	g_string_append_len(after, text + end, (gssize)(length - (gsize)end));
	g_string_free(middle, TRUE);
	gboolean same = after->len == length && memcmp(after->str, text, length) == 0;
	g_autofree char *message = g_strdup_printf("%u replacements made", count);
	edit_answer(c, content, after, same ? NULL : message);
	return TRUE;
}
