/* What a run says, to all who listen: masks secrets, makes the diffs, and passes on. */
#include "report/report.h"

#include <string.h>

#include "report/diff.h"

struct report {
	report_mask mask;
	gpointer data;
	GPtrArray *consumers;
};

static void consumer_free(gpointer data)
{
	consumer *c = data;
	c->class->free(c);
}

report *report_new(report_mask mask, gpointer data)
{
	report *r = g_new0(report, 1);
	r->mask = mask;
	r->data = data;
	r->consumers = g_ptr_array_new_with_free_func(consumer_free);
	return r;
}

void report_free(report *r)
{
	if (r != NULL) {
		g_ptr_array_unref(r->consumers);
		g_free(r);
	}
}

void report_add(report *r, consumer *c)
{
	g_ptr_array_add(r->consumers, c);
}

static void pass_on(report *r, const struct event *event, const GPtrArray *diffs)
{
	for (guint i = 0; i < r->consumers->len; i++) {
		consumer *c = g_ptr_array_index(r->consumers, i);
		c->class->consume(c, event, diffs);
	}
}

/* The text, or its masked form, which bin keeps. */
static const char *masked(const report *r, const char *text, GPtrArray *bin)
{
	gsize length = 0;
	char *mask = text != NULL && r->mask != NULL ? r->mask(text, strlen(text), &length, r->data)
						     : NULL;
	if (mask == NULL) {
		return text;
	}
	g_ptr_array_add(bin, mask);
	return mask;
}

/* The same for a text of *length bytes; 0: up to its NUL. Consumers always get the length. */
static const char *masked_text(const report *r, const char *text, gsize *length, GPtrArray *bin)
{
	gsize size = 0;
	if (*length == 0 && text != NULL) {
		*length = strlen(text);
	}
	char *mask = *length > 0 && r->mask != NULL ? r->mask(text, *length, &size, r->data) : NULL;
	if (mask == NULL) {
		return text;
	}
	g_ptr_array_add(bin, mask);
	*length = size;
	return mask;
}

static GBytes *masked_bytes(const report *r, GBytes *bytes)
{
	if (bytes == NULL || r->mask == NULL) {
		return bytes != NULL ? g_bytes_ref(bytes) : NULL;
	}
	gsize size = 0;
	const char *content = g_bytes_get_data(bytes, &size);
	gsize length = 0;
	char *mask = size > 0 ? r->mask(content, size, &length, r->data) : NULL;
	return mask != NULL ? g_bytes_new_take(mask, length) : g_bytes_ref(bytes);
}

static value *masked_value(const report *r, const value *v);

static value *masked_container(const report *r, const value *v)
{
	if (value_is_sequence(v)) {
		value *list = value_is(v, VALUE_TUPLE) ? value_new_tuple() : value_new_list();
		value_list_foreach (v, item) {
			value_list_append(list, masked_value(r, item));
		}
		return list;
	}
	value *dict = value_new_dict();
	value_dict_foreach (v, key, item) {
		value_dict_set_value(dict, masked_value(r, key), masked_value(r, item));
	}
	return dict;
}

/* A number that is a secret becomes a text. */
static value *masked_number(const report *r, const value *v)
{
	if (!value_is(v, VALUE_INT) && !value_is(v, VALUE_BIG_INT) && !value_is(v, VALUE_FLOAT)) {
		return value_ref(v);
	}
	gsize length = 0;
	g_autofree char *text = value_to_string(v);
	char *mask = r->mask(text, strlen(text), &length, r->data);
	return mask != NULL ? value_new_string_take(mask, length) : value_ref(v);
}

static value *masked_value(const report *r, const value *v)
{
	if (value_is(v, VALUE_STRING)) {
		gsize length = 0;
		char *mask = r->mask(value_string(v), value_string_length(v), &length, r->data);
		return mask != NULL ? value_new_string_take(mask, length) : value_ref(v);
	}
	if (value_is_sequence(v) || value_is(v, VALUE_DICT)) {
		return masked_container(r, v);
	}
	return masked_number(r, v);
}

static void shown_diff_free(gpointer data)
{
	struct shown_diff *diff = data;
	g_clear_pointer(&diff->before, g_bytes_unref);
	g_clear_pointer(&diff->after, g_bytes_unref);
	g_free(diff->unified);
	g_free(diff);
}

static GPtrArray *shown_diffs(const report *r, const struct event_step *step, GPtrArray *bin)
{
	GPtrArray *shown = g_ptr_array_new_with_free_func(shown_diff_free);
	for (guint i = 0; step->show_diff && step->diffs != NULL && i < step->diffs->len; i++) {
		const struct file_diff *diff = g_ptr_array_index(step->diffs, i);
		struct shown_diff *s = g_new0(struct shown_diff, 1);
		s->path = masked(r, diff->path, bin);
		s->note = masked(r, diff->note, bin);
		s->before = masked_bytes(r, diff->before);
		s->after = masked_bytes(r, diff->after);
		s->unified = diff_unified(s->path, s->before, s->after);
		if (*s->unified == '\0' && s->note == NULL && diff->before != NULL &&
			diff->after != NULL && !g_bytes_equal(diff->before, diff->after)) {
			s->note = "differs in masked values only";
		}
		g_ptr_array_add(shown, s);
	}
	return shown;
}

static void pass_step(report *r, const struct event *event)
{
	g_autoptr(GPtrArray) bin = g_ptr_array_new_with_free_func(g_free);
	struct event copy = *event;
	struct event_step *step = &copy.step;
	step->name = masked(r, step->name, bin);
	step->message = masked_text(r, step->message, &step->message_length, bin);
	step->stdout_text = masked_text(r, step->stdout_text, &step->stdout_length, bin);
	step->stderr_text = masked_text(r, step->stderr_text, &step->stderr_length, bin);
	g_autoptr(value) item =
		step->item != NULL && r->mask != NULL ? masked_value(r, step->item) : NULL;
	g_autoptr(value) fields =
		step->fields != NULL && r->mask != NULL ? masked_value(r, step->fields) : NULL;
	step->item = item != NULL ? item : step->item;
	step->fields = fields != NULL ? fields : step->fields;
	g_autoptr(GPtrArray) diffs = shown_diffs(r, step, bin);
	pass_on(r, &copy, diffs);
}

void report_event(const struct event *event, gpointer data)
{
	report *r = data;
	g_autoptr(GPtrArray) bin = g_ptr_array_new_with_free_func(g_free);
	struct event copy = *event;
	switch (event->kind) {
	case EVENT_STEP:
		pass_step(r, event);
		return;
	case EVENT_PLAY:
		copy.play.name = masked(r, event->play.name, bin);
		break;
	case EVENT_TASK:
		copy.task.name = masked(r, event->task.name, bin);
		break;
	case EVENT_WARNING:
		copy.warning = masked(r, event->warning, bin);
		break;
	case EVENT_START:
	case EVENT_SUMMARY:
		break;
	}
	pass_on(r, &copy, NULL);
}

gboolean report_finish(report *r, GError **error)
{
	gboolean good = TRUE;
	for (guint i = 0; i < r->consumers->len; i++) {
		consumer *c = g_ptr_array_index(r->consumers, i);
		if (!c->class->finish(c, good ? error : NULL)) {
			good = FALSE;
		}
	}
	return good;
}
