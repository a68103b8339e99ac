/* What lineinfile, blockinfile and replace share: editing a file of the host here. */
#include "modules/edit.h"

#include <string.h>

void edit_prepare(call *c, const char *kind, const char *quick)
{
	call_set_shell(c, "kind", kind);
	call_set_shell(c, "quick", quick);
	call_set_shell(c, "answered", "");
	call_set_shell(c, "edited", "");
}

void edit_answer(call *c, GBytes *before, const GString *after, const char *message)
{
	g_autoptr(GBytes) bytes = g_bytes_new(after->str, after->len);
	call_set_shell(c, "answered", "1");
	if (g_bytes_equal(before, bytes) && message == NULL) {
		return;
	}
	call_set_shell(c, "edited", "1");
	call_set_shell(c, "message", message == NULL ? "" : message);
	call_set_body(c, g_steal_pointer(&bytes));
}

void edit_finish(call *c, result *r)
{
	if (r->status != STEP_OK && r->status != STEP_CHANGED) {
		return;
	}
	if (value_dict_get(r->fields, "msg") == NULL) {
		result_set_text(r, "msg", "");
	}
	if (g_str_equal(c->module->name, "lineinfile")) {
		result_set_text(r, "backup", result_text(r, "backup_file", ""));
	} else if (g_str_equal(c->module->name, "replace")) {
		result_set(r, "rc", value_new_int(0));
	}
}

void edit_bad_pattern(
	call *c, const char *name, const char *pattern, const GError *problem, GError **error)
{
	call_error(c, error, "'%s' is not a valid regular expression: '%s': %s", name, pattern,
		problem->message);
}

static void line_free(gpointer line)
{
	g_string_free(line, TRUE);
}

GPtrArray *edit_split(GBytes *content, gboolean return_too)
{
	GPtrArray *lines = g_ptr_array_new_with_free_func(line_free);
	gsize size = 0;
	const char *text = g_bytes_get_data(content, &size);
	const char *end = text + size;
	while (text != NULL && text < end) {
		const char *stop = text;
		while (stop < end && *stop != '\n' && !(return_too && *stop == '\r')) {
			stop++;
		}
		if (stop < end) {
			stop += *stop == '\r' && stop + 1 < end && stop[1] == '\n' ? 2 : 1;
		}
		g_ptr_array_add(lines, g_string_new_len(text, stop - text));
		text = stop;
	}
	return lines;
}

GString *edit_join(const GPtrArray *lines)
{
	GString *out = g_string_new(NULL);
	for (guint i = 0; i < lines->len; i++) {
		const GString *line = g_ptr_array_index(lines, i);
		g_string_append_len(out, line->str, (gssize)line->len);
	}
	return out;
}

gsize edit_bare_length(const GString *line)
{
	gsize length = line->len;
	while (length > 0 && (line->str[length - 1] == '\n' || line->str[length - 1] == '\r')) {
		length--;
	}
	return length;
}

GString *edit_line_new(const char *text)
{
	GString *line = g_string_new(text);
	g_string_append_c(line, '\n');
	return line;
}
