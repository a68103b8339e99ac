/* blockinfile: a block of lines between two marker lines in a file on the host. */
#include "modules/edit.h"

#include "base/python-regex.h"

#include <string.h>

struct block {
	GRegex *insert;
	char *begin; /* lines with their newlines */
	char *end;
	char *lines; /* of the block itself; empty: none */
};

static void block_free(gpointer data)
{
	struct block *b = data;
	g_clear_pointer(&b->insert, g_regex_unref);
	g_free(b->begin);
	g_free(b->end);
	g_free(b->lines);
	g_free(b);
}

static char *marker_line(const call *c, const char *name)
{
	g_auto(GStrv) parts = g_strsplit(call_text(c, "marker"), "{mark}", -1);
	g_autofree char *text = g_strjoinv(call_text(c, name), parts);
	return g_strconcat(text, "\n", NULL);
}

gboolean module_blockinfile_prepare(call *c, GError **error)
{
	const char *after = call_text(c, "insertafter");
	const char *before = call_text(c, "insertbefore");
	const char *pattern = after != NULL ? after : before;
	struct block *b = g_new0(struct block, 1);
	c->data = b;
	c->data_free = block_free;
	if (pattern != NULL && !g_str_equal(pattern, after != NULL ? "EOF" : "BOF")) {
		g_autoptr(GError) problem = NULL;
		b->insert = python_regex_new(pattern, PYTHON_REGEX_BYTES, &problem);
		if (b->insert == NULL) {
			edit_bad_pattern(c, after != NULL ? "insertafter" : "insertbefore", pattern,
				problem, error);
			return FALSE;
		}
	}
	const char *text = call_text(c, "block");
	gboolean present = g_str_equal(call_text(c, "state"), "present") && *text != '\0';
	b->begin = marker_line(c, "marker_begin");
	b->end = marker_line(c, "marker_end");
	b->lines = !present                       ? g_strdup("")
		   : g_str_has_suffix(text, "\n") ? g_strdup(text)
						  : g_strconcat(text, "\n", NULL);
	g_autofree char *whole = g_strconcat(b->begin, b->lines, b->end, NULL);
	call_set_shell(c, "begin", b->begin);
	call_set_shell(c, "end", b->end);
	call_set_shell(c, "whole", whole);
	edit_prepare(c, "blockinfile", present ? "block" : "no-block");
	return TRUE;
}

static gboolean is_text(const GString *line, const char *text)
{
	return line->len == strlen(text) && memcmp(line->str, text, line->len) == 0;
}

/* Takes an existing block out of lines. Returns where it stood, or -1. */
static gint remove_block(const struct block *b, GPtrArray *lines)
{
	gint begin = -1, end = -1;
	for (guint i = 0; i < lines->len; i++) {
		begin = is_text(g_ptr_array_index(lines, i), b->begin) ? (gint)i : begin;
		end = is_text(g_ptr_array_index(lines, i), b->end) ? (gint)i : end;
	}
	if (begin < 0 || end < 0) {
		return -1;
	}
	gint first = MIN(begin, end);
	g_ptr_array_remove_range(lines, (guint)first, (guint)(MAX(begin, end) - first + 1));
	return first;
}

/* Where a new block goes; -1: an error. */
static gint new_place(const call *c, const GPtrArray *lines, GError **error)
{
	const struct block *b = c->data;
	gint place = -1;
	if (b->insert == NULL) {
		return call_has(c, "insertbefore") ? 0 : (gint)lines->len;
	}
	for (guint i = 0; i < lines->len; i++) {
		const GString *line = g_ptr_array_index(lines, i);
		g_autoptr(GError) problem = NULL;
		if (g_regex_match_full(b->insert, line->str, (gssize)line->len, 0,
			    G_REGEX_MATCH_DEFAULT, NULL, &problem)) {
			place = (gint)i + (call_has(c, "insertafter") ? 1 : 0);
		}
		if (problem != NULL) {
			call_error(c, error, "unable to match: %s", problem->message);
			return -1;
		}
	}
	return place < 0 ? (gint)lines->len : place;
}

gboolean module_blockinfile_answer(call *c, GBytes *content, GError **error)
{
	const struct block *b = c->data;
	g_autoptr(GPtrArray) lines = edit_split(content, TRUE);
	gint place = remove_block(b, lines);
	if (place < 0) {
		place = new_place(c, lines, error);
	}
	if (place < 0) {
		return FALSE;
	}
	if (place > 0) {
		GString *last = g_ptr_array_index(lines, place - 1);
		if (last->len == 0 || last->str[last->len - 1] != '\n') {
			g_string_append_c(last, '\n');
		}
	}
	if (*b->lines != '\0') {
		g_ptr_array_insert(lines, place, g_string_new(b->end));
		g_ptr_array_insert(lines, place, g_string_new(b->lines));
		g_ptr_array_insert(lines, place, g_string_new(b->begin));
	}
	GString *after = edit_join(lines);
	gsize size = 0;
	const char *bytes = g_bytes_get_data(content, &size);
	gboolean same = after->len == size && (size == 0 || memcmp(after->str, bytes, size) == 0);
	edit_answer(c, content, after,
		same                ? NULL
		: *b->lines == '\0' ? "Block removed"
				    : "Block inserted");
	g_string_free(after, TRUE);
	return TRUE;
}
