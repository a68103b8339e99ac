/* The result of a step on a host, made of the frames that came back. */
#include "run/remote.h"

#include "base/quote.h"
#include "value/json.h"

#include <string.h>

struct remote_answer {
	GPtrArray *frames; /* frame *, owned */
};

char *remote_line(const call *c, guint64 id, const char *keep_going)
{
	return g_strdup_printf("dry=%s check=%s diff=%s keep_going=%s; step %" G_GUINT64_FORMAT
			       " %s%s",
		c->context.dry ? "1" : "", c->context.check ? "1" : "",
		c->context.diff || c->context.check ? "1" : "", keep_going, id, c->module->name,
		c->variables->str);
}

char *remote_refusal_line(guint64 id, const char *keep_going, const char *message)
{
	g_autofree char *word = shell_quote(message);
	return g_strdup_printf("check= diff= keep_going=%s; step %" G_GUINT64_FORMAT
			       " refused p_message=%s",
		keep_going, id, word);
}

static void unref_frame(gpointer f)
{
	frame_free(f);
}

remote_answer *remote_answer_new(void)
{
	remote_answer *a = g_new0(remote_answer, 1);
	a->frames = g_ptr_array_new_with_free_func(unref_frame);
	return a;
}

void remote_answer_free(remote_answer *a)
{
	if (a != NULL) {
		g_ptr_array_unref(a->frames);
		g_free(a);
	}
}

void remote_answer_add(remote_answer *a, frame *f)
{
	g_ptr_array_add(a->frames, f);
}

static enum step_status status_of(const char *word)
{
	static const enum step_status known[] = { STEP_OK, STEP_CHANGED, STEP_SKIPPED, STEP_FAILED,
		STEP_UNPREDICTED };
	for (gsize i = 0; i < G_N_ELEMENTS(known); i++) {
		if (g_str_equal(word, step_status_name(known[i]))) {
			return known[i];
		}
	}
	return STEP_FAILED;
}

static value *lines_value(const char *text, gsize length)
{
	value *list = value_new_list();
	const char *end = text + length;
	while (text < end) {
		const char *stop = memchr(text, '\n', (gsize)(end - text));
		gsize size = stop == NULL ? (gsize)(end - text) : (gsize)(stop - text);
		value_list_append(list, value_new_bytes(text, size, VALUE_UNSAFE));
		text += size + 1;
	}
	return list;
}

/* A text that is no JSON stays a text. */
static value *json_value(const char *text, gsize length)
{
	g_autofree char *valid = g_utf8_make_valid(text, (gssize)length);
	g_autoptr(value) v = json_parse(valid, strlen(valid), "result", NULL);
	return v != NULL ? value_with_flags(v, VALUE_UNSAFE)
			 : value_new_bytes(text, length, VALUE_UNSAFE);
}

static value *field_value(const struct frame_field *field)
{
	switch (field->type) {
	case 'i':
		return value_new_int(g_ascii_strtoll(field->text, NULL, 10));
	case 'b':
		return value_new_bool(field->length > 0);
	case 'l':
		return lines_value(field->text, field->length);
	case 'j':
		return json_value(field->text, field->length);
	case 'n':
		return value_new_null();
	default:
		return value_new_bytes(field->text, field->length, VALUE_UNSAFE);
	}
}

/* Whether the newlines at the end of output go, as Ansible's `command` does and its `raw` does not.
 */
static gboolean strips_ends(const call *c)
{
	gboolean command = (c->module->flags & MODULE_COMMAND) != 0;
	return !command || call_flag(c, "strip_empty_ends");
}

/* stdout and stderr as Ansible returns them, and as lines. */
static void set_output(const call *c, result *r, const char *name, const struct frame_field *field)
{
	gsize length = field == NULL ? 0 : field->length;
	const char *text = field == NULL ? "" : field->text;
	while (strips_ends(c) && length > 0 &&
		(text[length - 1] == '\n' || text[length - 1] == '\r')) {
		length--;
	}
	g_autofree char *lines = g_strconcat(name, "_lines", NULL);
	result_set(r, name, value_new_bytes(text, length, VALUE_UNSAFE));
	result_set(r, lines, lines_value(text, length));
}

static const frame *find_frame(const remote_answer *a, const char *type)
{
	for (guint i = 0; i < a->frames->len; i++) {
		const frame *f = g_ptr_array_index(a->frames, i);
		if (g_str_equal(f->type, type)) {
			return f;
		}
	}
	return NULL;
}

static GBytes *content_of(const frame *f, const char *name)
{
	const struct frame_field *field = f == NULL ? NULL : frame_get(f, name);
	return field == NULL ? NULL : g_bytes_new(field->text, field->length);
}

static void add_change(result *r, const frame *f)
{
	result_add_diff(
		r, frame_text(f, "path"), content_of(f, "before"), content_of(f, "after"), NULL);
}

/* The diff of contents: what was sent before and after, or the body that was put in place. */
static void add_contents(remote_answer *a, const call *c, result *r)
{
	const frame *before = find_frame(a, "before");
	const frame *after = find_frame(a, "after");
	const frame *put = find_frame(a, "put");
	const frame *first = before != NULL ? before : after != NULL ? after : put;
	if (first == NULL) {
		return;
	}
	if (c->files != NULL && put != NULL && after == NULL) {
		result_add_diff(r, frame_text(first, "path"), NULL, NULL,
			"the file is too big to be compared");
		return;
	}
	GBytes *new_content = after != NULL                    ? content_of(after, "content")
			      : put != NULL && c->body != NULL ? g_bytes_ref(c->body)
							       : NULL;
	result_add_diff(
		r, frame_text(first, "path"), content_of(before, "content"), new_content, NULL);
}

static void add_diffs(remote_answer *a, const call *c, result *r)
{
	if (c->context.check || c->context.diff) {
		add_contents(a, c, r);
	}
	for (guint i = 0; i < a->frames->len; i++) {
		const frame *f = g_ptr_array_index(a->frames, i);
		if (g_str_equal(f->type, "change")) {
			add_change(r, f);
		}
	}
}

result *remote_answer_result(remote_answer *a, call *c, const frame *f)
{
	result *r = result_new(status_of(f->status));
	for (guint i = 0; i < f->fields->len; i++) {
		const struct frame_field *field = &g_array_index(f->fields, struct frame_field, i);
		result_set(r, field->name, field_value(field));
	}
	if (frame_get(f, "rc") != NULL) {
		const frame *out = find_frame(a, "stdout");
		const frame *err = find_frame(a, "stderr");
		set_output(c, r, "stdout", out == NULL ? NULL : frame_get(out, "content"));
		set_output(c, r, "stderr", err == NULL ? NULL : frame_get(err, "content"));
	}
	add_diffs(a, c, r);
	if (c->module->finish != NULL) {
		c->module->finish(c, r);
	}
	return r;
}
