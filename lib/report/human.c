/* Events for people. */
#include "report/human.h"

#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "report/harmless.h"
#include "report/live.h"
#include "report/output.h"
#include "value/json.h"

enum {
	OUTPUT_LINES = 40, /* the last of them; all with -v */
	ITEM_WIDTH = 60,
};

struct human {
	consumer base;
	struct human_options options;
	output *out, *error;
	live *live;
	gboolean check;
};

/* How a status is called, and its colour. */
static const struct word {
	const char *apply, *check, *color;
	gboolean bad;
} words[] = {
	[STEP_OK] = { "ok", "ok", "32", FALSE },
	[STEP_CHANGED] = { "changed", "would change", "33", FALSE },
	[STEP_SKIPPED] = { "skipped", "skipped", "36", FALSE },
	[STEP_FAILED] = { "failed", "failed", "31", TRUE },
	[STEP_IGNORED] = { "failed, ignored", "failed, ignored", "35", FALSE },
	[STEP_UNREACHABLE] = { "unreachable", "unreachable", "31", TRUE },
	[STEP_UNKNOWN] = { "unknown", "unknown", "31", TRUE },
	[STEP_UNPREDICTED] = { "unpredicted", "unpredicted", "36", FALSE },
};

static void append_color(const struct human *self, GString *out, const char *color)
{
	if (self->options.terminal) {
		g_string_append_printf(out, "\x1b[%sm", color);
	}
}

static void append_harmless(GString *out, const char *text)
{
	if (text != NULL) {
		harmless_append(out, text, strlen(text), FALSE);
	}
}

/* The terminal's size may change at any time. */
static void draw_live(struct human *self, GString *out)
{
	struct winsize size = { 0 };
	(void)ioctl(output_descriptor(self->out), TIOCGWINSZ, &size); /* else: the usual size */
	live_draw(self->live, out, size.ws_col > 0 ? size.ws_col : 80,
		size.ws_row > 0 ? size.ws_row : 24);
}

/* Writes lines above the live ones. */
static void print(struct human *self, const GString *lines, output *where)
{
	g_autoptr(GString) out = g_string_new(NULL);
	live_erase(self->live, out);
	if (where != self->out) {
		output_write(self->out, out->str, out->len);
		g_string_truncate(out, 0);
	}
	g_string_append_len(out, lines->str, (gssize)lines->len);
	output_write(where, out->str, out->len);
	if (self->options.terminal) {
		g_string_truncate(out, 0);
		draw_live(self, out);
		output_write(self->out, out->str, out->len);
	}
}

/* The live lines alone, not too often. */
static void redraw(struct human *self)
{
	if (self->options.terminal && live_is_due(self->live)) {
		g_autoptr(GString) none = g_string_new(NULL);
		print(self, none, self->out);
	}
}

static void append_diff_line(
	const struct human *self, GString *out, const char *line, gsize length, gboolean header)
{
	const char *color = header ? "1" : *line == '-' ? "31" : *line == '+' ? "32" : "36";
	gboolean colored = header || strchr("-+@", *line) != NULL;
	if (colored) {
		append_color(self, out, color);
	}
	harmless_append(out, line, length, FALSE);
	if (colored) {
		append_color(self, out, "0");
	}
	g_string_append_c(out, '\n');
}

static void append_unified(const struct human *self, GString *out, const char *unified)
{
	for (guint i = 0; *unified != '\0'; i++) {
		gsize length = strcspn(unified, "\n");
		append_diff_line(self, out, unified, length, i < 2);
		unified += length + (unified[length] == '\n');
	}
}

static void append_diffs(const struct human *self, GString *out, const GPtrArray *diffs)
{
	for (guint i = 0; diffs != NULL && i < diffs->len; i++) {
		const struct shown_diff *diff = g_ptr_array_index(diffs, i);
		append_unified(self, out, diff->unified);
		if (diff->note != NULL) {
			g_string_append(out, "  ");
			append_harmless(out, diff->path);
			g_string_append(out, ": ");
			append_harmless(out, diff->note);
			g_string_append_c(out, '\n');
		}
	}
}

/* Where the last count lines of a text begin; *ret_skipped gets the number of those before. */
static const char *last_lines(const char *text, gsize length, guint count, guint *ret_skipped)
{
	const char *start = text + length;
	for (guint lines = 0; start > text; start--) {
		if (start[-1] == '\n' && ++lines == count) {
			break;
		}
	}
	*ret_skipped = 0;
	for (const char *at = text; at < start; at++) {
		*ret_skipped += *at == '\n';
	}
	return start;
}

/* "  stderr | line", for each of the last lines. */
static void append_block(const struct human *self, GString *out, const char *name, const char *text)
{
	gsize length = text != NULL ? strlen(text) : 0;
	while (length > 0 && text[length - 1] == '\n') {
		length--;
	}
	if (length == 0) {
		return;
	}
	guint skipped = 0;
	const char *at = self->options.verbosity > 0 || self->options.output
				 ? text
				 : last_lines(text, length, OUTPUT_LINES, &skipped);
	if (skipped > 0) {
		g_string_append_printf(
			out, "  %s | (%u lines before, -v shows them)\n", name, skipped);
	}
	const char *end = text + length;
	while (at <= end) {
		const char *newline = memchr(at, '\n', (gsize)(end - at));
		const char *stop = newline != NULL ? newline : end;
		g_string_append_printf(out, "  %s | ", name);
		harmless_append(out, at, (gsize)(stop - at), FALSE);
		g_string_append_c(out, '\n');
		at = stop + 1;
	}
}

static void append_item(GString *out, const value *item)
{
	g_autofree char *text = value_to_string(item);
	g_autoptr(GString) shown = g_string_new(NULL);
	append_harmless(shown, text);
	harmless_truncate(shown, ITEM_WIDTH);
	g_string_append_printf(out, " (%s)", shown->str);
}

/* " (exit status 1, deploy.yml:88:7)" */
static void append_place(GString *out, const struct event_step *step)
{
	g_autoptr(GString) place = g_string_new(NULL);
	if (value_is(step->rc, VALUE_INT) && value_int(step->rc) != 0) {
		g_string_append_printf(place, "exit status %" G_GINT64_FORMAT, value_int(step->rc));
	}
	if (step->where != NULL && *step->where != '\0') {
		g_string_append(place, place->len > 0 ? ", " : "");
		append_harmless(place, step->where);
	}
	if (place->len > 0) {
		g_string_append_printf(out, " (%s)", place->str);
	}
}

static void append_headline(const struct human *self, GString *out, const struct event_step *step)
{
	const struct word *word = &words[step->status];
	append_color(self, out, word->color);
	append_harmless(out, step->host);
	g_string_append_printf(out, ": %s: ", self->check ? word->check : word->apply);
	append_harmless(out, step->name);
	if (step->item != NULL) {
		append_item(out, step->item);
	}
	if (step->due_since != NULL) {
		g_string_append(out, " (due since ");
		append_harmless(out, step->due_since);
		g_string_append_c(out, ')');
	}
	append_color(self, out, "0");
}

static gboolean went_wrong(enum step_status status)
{
	return words[status].bad || status == STEP_IGNORED;
}

static gboolean is_debug(const struct event_step *step)
{
	return g_strcmp0(step->module, "debug") == 0 && step->status == STEP_OK;
}

static gboolean is_shown(const struct human *self, const struct event_step *step)
{
	if (words[step->status].bad) {
		return TRUE;
	}
	if (self->options.quiet) {
		return FALSE;
	}
	if ((step->status != STEP_OK && step->status != STEP_SKIPPED) || step->due_since != NULL) {
		return TRUE;
	}
	return self->options.verbosity > 0 ||
	       (step->status == STEP_OK &&
		       (self->options.output || g_strcmp0(step->module, "debug") == 0));
}

/* The first line of a message goes on the headline, the others below it. */
static void append_message(
	const struct human *self, GString *out, const struct event_step *step, gboolean wrong)
{
	const char *message = step->message != NULL ? step->message : "";
	gsize first = strcspn(message, "\n");
	gboolean shown = wrong || self->options.verbosity > 0 || step->status == STEP_UNPREDICTED ||
			 g_strcmp0(step->module, "debug") == 0;
	if (shown && first > 0) {
		g_string_append(out, ": ");
		harmless_append(out, message, first, FALSE);
	}
	if (wrong) {
		append_place(out, step);
	}
	g_string_append_c(out, '\n');
	if (shown && message[first] == '\n') {
		append_block(self, out, "msg", message + first + 1);
	}
}

/* What `debug` shows when it is no text: each field as JSON. */
static void append_fields(const struct human *self, GString *out, const value *fields)
{
	static const struct json_style style = { .indent = 4, .utf8 = TRUE };
	value_dict_foreach (fields, key, item) {
		const char *name = value_string(key);
		if (strcmp(name, "changed") != 0 && strcmp(name, "failed") != 0) {
			g_autofree char *json = json_write(item, &style, NULL);
			g_autofree char *shown = json != NULL ? NULL : value_to_string(item);
			g_autofree char *harmless = harmless_text(name, FALSE);
			append_block(self, out, harmless, json != NULL ? json : shown);
		}
	}
}

/* The condition of an `assert` that did not hold, and what stood in it. */
static void append_assertion(const struct human *self, GString *out, const value *fields)
{
	enum { LONGEST = 200 }; /* bytes of one value */
	const value *condition = value_dict_get(fields, "assertion");
	const value *values = value_dict_get(fields, "values");
	if (condition == NULL) {
		return;
	}
	g_autofree char *text = value_to_string(condition);
	g_autoptr(GString) all = g_string_new(text);
	for (gsize i = 0; value_is(values, VALUE_DICT) && i < value_dict_length(values); i++) {
		g_autofree char *shown = value_to_repr(value_dict_item_at(values, i));
		g_autofree char *valid = g_utf8_make_valid(shown, -1);
		g_autofree char *start =
			g_utf8_substring(valid, 0, MIN(LONGEST, g_utf8_strlen(valid, -1)));
		g_string_append_printf(all, "\n%s is %s%s",
			value_string(value_dict_key_at(values, i)), start,
			strlen(start) < strlen(valid) ? "..." : "");
	}
	append_block(self, out, "assertion", all->str);
}

static void show_step(struct human *self, const struct event_step *step, const GPtrArray *diffs)
{
	live_end(self->live, step->host, step->name != NULL ? step->name : "");
	if (words[step->status].bad) {
		live_rest(self->live, step->host); /* what was sent ahead does not run */
	}
	if (!is_shown(self, step)) {
		redraw(self);
		return;
	}
	gboolean wrong = went_wrong(step->status);
	g_autoptr(GString) out = g_string_new(NULL);
	append_headline(self, out, step);
	append_message(self, out, step, wrong);
	append_diffs(self, out, diffs);
	if (wrong && step->fields != NULL && g_strcmp0(step->module, "assert") == 0) {
		append_assertion(self, out, step->fields);
	}
	if (is_debug(step) && step->fields != NULL && *step->message == '\0') {
		append_fields(self, out, step->fields);
	}
	if (wrong || self->options.output || self->options.verbosity > 0) {
		append_block(self, out, "stdout", step->stdout_text);
		append_block(self, out, "stderr", step->stderr_text);
	}
	print(self, out, self->out);
}

static void append_counts(GString *out, const struct host_counts *c)
{
	const struct {
		const char *name;
		guint count;
		gboolean always;
	} rows[] = {
		{ "ok", c->ok, TRUE },
		{ "changed", c->changed, TRUE },
		{ "failed", c->failed, TRUE },
		{ "unreachable", c->unreachable, TRUE },
		{ "skipped", c->skipped, FALSE },
		{ "rescued", c->rescued, FALSE },
		{ "ignored", c->ignored, FALSE },
		{ "unpredicted", c->unpredicted, FALSE },
		{ "unknown", c->unknown, FALSE },
	};
	for (gsize i = 0; i < G_N_ELEMENTS(rows); i++) {
		if (rows[i].always || rows[i].count > 0) {
			g_string_append_printf(out, "  %s=%u", rows[i].name, rows[i].count);
		}
	}
}

static void append_recap(const struct human *self, GString *out, const char *host, guint width,
	const struct host_counts *counts)
{
	gboolean bad = counts->failed > 0 || counts->unreachable > 0 || counts->unknown > 0;
	append_color(self, out, bad ? "31" : counts->changed > 0 ? "33" : "32");
	g_autofree char *name = harmless_text(host, FALSE);
	g_string_append(out, name);
	for (guint i = harmless_width(name); i < width; i++) {
		g_string_append_c(out, ' ');
	}
	append_color(self, out, "0");
	append_counts(out, counts);
	g_string_append_c(out, '\n');
}

static void show_summary(struct human *self, const struct event_summary *summary)
{
	char seconds[G_ASCII_DTOSTR_BUF_SIZE];
	g_autoptr(GString) out = g_string_new(NULL);
	guint width = 0;
	for (gsize i = 0; summary->hosts[i] != NULL; i++) {
		width = MAX(width, MIN(harmless_width(summary->hosts[i]), 40));
		live_rest(self->live, summary->hosts[i]);
	}
	if (summary->interrupted) {
		g_string_append(out, "interrupted: no further step was started\n");
	}
	g_string_append_printf(out, "recap%s, %s s", self->check ? " of the dry run" : "",
		g_ascii_formatd(seconds, sizeof seconds, "%.1f", summary->elapsed));
	if (self->options.verbosity > 0) {
		g_string_append_printf(out, ", %u round trips", summary->round_trips);
	}
	g_string_append_c(out, '\n');
	for (gsize i = 0; summary->hosts[i] != NULL; i++) {
		append_recap(self, out, summary->hosts[i], width, &summary->counts[i]);
	}
	print(self, out, self->out);
}

static void show_start(struct human *self, const struct event_start *start)
{
	self->check = start->check;
	if (start->check && !self->options.quiet) {
		g_autoptr(GString) out = g_string_new(NULL);
		append_harmless(out, start->playbook);
		g_string_append(out, ": dry run, nothing is changed\n");
		print(self, out, self->out);
	}
}

static void show_play(struct human *self, const struct event_play *play)
{
	if (self->options.verbosity > 0) {
		g_autoptr(GString) out = g_string_new("play: ");
		append_harmless(out, play->name);
		g_string_append_c(out, '\n');
		print(self, out, self->out);
	}
}

static void show_task(struct human *self, const struct event_task *task)
{
	live_begin(self->live, task->host, task->name);
	redraw(self);
}

static void show_warning(struct human *self, const char *warning)
{
	g_autoptr(GString) out = g_string_new("warning: ");
	harmless_append(out, warning, strlen(warning), TRUE);
	g_string_append_c(out, '\n');
	print(self, out, self->error);
}

static void consume(consumer *base, const struct event *event, const GPtrArray *diffs)
{
	struct human *self = (struct human *)base;
	switch (event->kind) {
	case EVENT_START:
		show_start(self, &event->start);
		break;
	case EVENT_PLAY:
		show_play(self, &event->play);
		break;
	case EVENT_TASK:
		show_task(self, &event->task);
		break;
	case EVENT_STEP:
		show_step(self, &event->step, diffs);
		break;
	case EVENT_WARNING:
		show_warning(self, event->warning);
		break;
	case EVENT_SUMMARY:
		show_summary(self, &event->summary);
		break;
	}
}

static gboolean finish(consumer *base, GError **error)
{
	struct human *self = (struct human *)base;
	g_autoptr(GString) out = g_string_new(NULL);
	live_erase(self->live, out);
	output_write(self->out, out->str, out->len);
	return output_finish(self->out, error);
}

static void destroy(consumer *base)
{
	struct human *self = (struct human *)base;
	output_free(self->out);
	output_free(self->error);
	live_free(self->live);
	g_free(self);
}

consumer *human_new(const struct human_options *options)
{
	static const struct consumer_class class = { consume, finish, destroy };
	struct human *self = g_new0(struct human, 1);
	self->base.class = &class;
	self->options = *options;
	self->out = output_new(options->descriptor, "standard output");
	self->error = output_new(options->error_descriptor, "standard error");
	self->live = live_new();
	return &self->base;
}

gboolean human_is_terminal(int descriptor, gboolean no_color)
{
	const char *never = g_getenv("NO_COLOR");
	return !no_color && (never == NULL || *never == '\0') &&
	       g_strcmp0(g_getenv("TERM"), "dumb") != 0 && isatty(descriptor);
}
