/* Events as JSON, one object a line. */
#include "report/json.h"

#include <string.h>

#include "report/harmless.h"
#include "report/output.h"
#include "value/json.h"

struct json {
	consumer base;
	output *out, *error;
};

/* Appends ,"key": (without the comma behind an opening brace). */
static void append_key(GString *line, const char *key)
{
	if (line->len > 0 && line->str[line->len - 1] != '{') {
		g_string_append_c(line, ',');
	}
	json_append_string(line, key, strlen(key));
	g_string_append_c(line, ':');
}

static void append_text(GString *line, const char *key, const char *text)
{
	append_key(line, key);
	json_append_string(line, text != NULL ? text : "", text != NULL ? strlen(text) : 0);
}

static void append_sized(GString *line, const char *key, const char *text, gsize length)
{
	append_key(line, key);
	json_append_string(line, text != NULL ? text : "", text != NULL ? length : 0);
}

static void append_count(GString *line, const char *key, guint count)
{
	append_key(line, key);
	g_string_append_printf(line, "%u", count);
}

static void append_seconds(GString *line, double seconds)
{
	char buffer[G_ASCII_DTOSTR_BUF_SIZE];
	append_key(line, "elapsed");
	g_string_append(line, g_ascii_formatd(buffer, sizeof buffer, "%.3f", seconds));
}

static void append_value(GString *line, const char *key, const value *v)
{
	static const struct json_style style = { .compact = TRUE, .utf8 = TRUE };
	append_key(line, key);
	if (v == NULL) {
		g_string_append(line, "null");
		return;
	}
	g_autofree char *text = json_write(v, &style, NULL);
	if (text != NULL) {
		g_string_append(line, text);
		return;
	}
	g_autofree char *plain = value_to_string(v); /* what JSON has no form for */
	json_append_string(line, plain, strlen(plain));
}

/* null: there is no file, or it is not text (the unified diff says so). */
static void append_content(GString *line, const char *key, GBytes *content)
{
	gsize length = 0;
	const char *text = content != NULL ? g_bytes_get_data(content, &length) : NULL;
	append_key(line, key);
	if (content == NULL || (text != NULL && memchr(text, '\0', length) != NULL)) {
		g_string_append(line, "null");
	} else {
		json_append_string(line, text != NULL ? text : "", length);
	}
}

static void append_diffs(GString *line, const GPtrArray *diffs)
{
	append_key(line, "diff");
	g_string_append_c(line, '[');
	for (guint i = 0; diffs != NULL && i < diffs->len; i++) {
		const struct shown_diff *diff = g_ptr_array_index(diffs, i);
		g_string_append(line, i > 0 ? ",{" : "{");
		append_text(line, "path", diff->path);
		append_content(line, "before", diff->before);
		append_content(line, "after", diff->after);
		append_text(line, "unified", diff->unified);
		if (diff->note != NULL) {
			append_text(line, "note", diff->note);
		}
		g_string_append_c(line, '}');
	}
	g_string_append_c(line, ']');
}

static void append_start(GString *line, const struct event_start *start)
{
	append_text(line, "version", start->version);
	append_text(line, "playbook", start->playbook);
	append_key(line, "check");
	g_string_append(line, start->check ? "true" : "false");
	append_key(line, "hosts");
	g_string_append_c(line, '[');
	for (gsize i = 0; start->hosts != NULL && start->hosts[i] != NULL; i++) {
		g_string_append(line, i > 0 ? "," : "");
		json_append_string(line, start->hosts[i], strlen(start->hosts[i]));
	}
	g_string_append_c(line, ']');
}

/* A message that is no text (`debug` with a list, a number) is written out as one. */
static void append_message(GString *line, const struct event_step *step)
{
	static const struct json_style style = { .compact = TRUE, .utf8 = TRUE };
	const value *message = step->fields != NULL ? value_dict_get(step->fields, "msg") : NULL;
	if (*step->message != '\0' || message == NULL || value_is(message, VALUE_STRING)) {
		append_sized(line, "msg", step->message, step->message_length);
		return;
	}
	g_autofree char *json = json_write(message, &style, NULL);
	g_autofree char *plain = json == NULL ? value_to_string(message) : NULL;
	append_text(line, "msg", json != NULL ? json : plain);
}

static void append_step(GString *line, const struct event_step *step, const GPtrArray *diffs)
{
	append_text(line, "host", step->host);
	append_text(line, "play", step->play);
	append_count(line, "step", step->step);
	append_text(line, "name", step->name);
	append_text(line, "module", step->module);
	append_text(line, "status", step_status_name(step->status));
	append_message(line, step);
	append_value(line, "rc", step->rc);
	append_sized(line, "stdout", step->stdout_text, step->stdout_length);
	append_sized(line, "stderr", step->stderr_text, step->stderr_length);
	append_value(line, "item", step->item);
	append_seconds(line, step->elapsed);
	if (step->due_since != NULL) {
		append_text(line, "due_since", step->due_since);
	}
	append_diffs(line, diffs);
}

static void append_counts(GString *line, const struct host_counts *counts)
{
	append_count(line, "ok", counts->ok);
	append_count(line, "changed", counts->changed);
	append_count(line, "failed", counts->failed);
	append_count(line, "unreachable", counts->unreachable);
	append_count(line, "skipped", counts->skipped);
	append_count(line, "rescued", counts->rescued);
	append_count(line, "ignored", counts->ignored);
	append_count(line, "unpredicted", counts->unpredicted);
	if (counts->unknown > 0) {
		append_count(line, "unknown", counts->unknown);
	}
}

static void append_summary(GString *line, const struct event_summary *summary)
{
	append_key(line, "hosts");
	g_string_append_c(line, '{');
	for (gsize i = 0; summary->hosts != NULL && summary->hosts[i] != NULL; i++) {
		append_key(line, summary->hosts[i]);
		g_string_append_c(line, '{');
		append_counts(line, &summary->counts[i]);
		g_string_append_c(line, '}');
	}
	g_string_append_c(line, '}');
	append_seconds(line, summary->elapsed);
}

static void warn(struct json *self, const char *warning)
{
	g_autoptr(GString) line = g_string_new("warning: ");
	harmless_append(line, warning, strlen(warning), TRUE);
	g_string_append_c(line, '\n');
	output_write(self->error, line->str, line->len);
}

static void consume(consumer *base, const struct event *event, const GPtrArray *diffs)
{
	struct json *self = (struct json *)base;
	g_autoptr(GString) line = g_string_new("{");
	switch (event->kind) {
	case EVENT_START:
		append_text(line, "event", "start");
		append_start(line, &event->start);
		break;
	case EVENT_STEP:
		append_text(line, "event", "step");
		append_step(line, &event->step, diffs);
		break;
	case EVENT_SUMMARY:
		append_text(line, "event", "summary");
		append_summary(line, &event->summary);
		break;
	case EVENT_WARNING:
		warn(self, event->warning);
		return;
	case EVENT_PLAY:
	case EVENT_TASK:
		return;
	}
	g_string_append(line, "}\n");
	output_write(self->out, line->str, line->len);
}

static gboolean finish(consumer *base, GError **error)
{
	return output_finish(((struct json *)base)->out, error);
}

static void destroy(consumer *base)
{
	struct json *self = (struct json *)base;
	output_free(self->out);
	output_free(self->error);
	g_free(self);
}

consumer *json_new(int descriptor, int error_descriptor)
{
	static const struct consumer_class class = { consume, finish, destroy };
	struct json *self = g_new0(struct json, 1);
	self->base.class = &class;
	self->out = output_new(descriptor, "standard output");
	self->error = output_new(error_descriptor, "standard error");
	return &self->base;
}
