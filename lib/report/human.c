/* Events for people. */
#include "report/human.h"

#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "report/cause.h"
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
static void append_lines(
	const struct human *self, GString *out, const char *name, const char *text, gsize length)
{
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

static void append_block(const struct human *self, GString *out, const char *name, const char *text)
{
	append_lines(self, out, name, text, text != NULL ? strlen(text) : 0);
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

/* The texts of a step, and the line of one of them that stands on the headline. */
struct said {
	struct text {
		const char *name, *start;
		gsize length;
	} texts[3]; /* what the module says, standard output, standard error */
	const char *line;
	gsize length;
};

enum { MESSAGE, OUTPUT, ERRORS, TEXTS };

static struct text text_of(const char *name, const char *start, gsize length)
{
	gsize size = start == NULL ? 0 : length;
	while (size > 0 && g_ascii_isspace(start[size - 1])) {
		size--;
	}
	return (struct text){ name, start, size };
}

/* A message that a person wrote begins with what matters; the modules that only hand it on. */
static gboolean is_written(const struct event_step *step)
{
	static const char *const modules[] = { "assert", "debug", "fail", NULL };
	return step->module == NULL || g_strv_contains(modules, step->module);
}

/* "non-zero return code" is what Ansible says of every command; the command's own words say more.
 */
static gboolean says_nothing(const struct text *message)
{
	return message->length == 0 ||
	       g_ascii_strncasecmp(message->start, "non-zero return code", message->length) == 0;
}

static struct said said_of(const struct event_step *step, gboolean wrong)
{
	struct said said = { {
				     text_of("msg", step->message, step->message_length),
				     text_of("stdout", step->stdout_text, step->stdout_length),
				     text_of("stderr", step->stderr_text, step->stderr_length),
			     },
		NULL, 0 };
	struct text *message = &said.texts[MESSAGE];
	if (wrong && says_nothing(message)) {
		static const int order[] = { ERRORS, OUTPUT };
		for (gsize i = 0; i < G_N_ELEMENTS(order) && said.line == NULL; i++) {
			const struct text *text = &said.texts[order[i]];
			said.line = cause_find(text->start, text->length, &said.length);
		}
		if (said.line != NULL) {
			message->length = 0;
		}
	} else if (wrong && !is_written(step)) {
		said.line = cause_find(message->start, message->length, &said.length);
	}
	if (said.line == NULL && message->length > 0) {
		const char *newline = memchr(message->start, '\n', message->length);
		said.line = message->start;
		said.length = newline != NULL ? (gsize)(newline - said.line) : message->length;
	}
	return said;
}

static gboolean holds(const struct text *text, const struct text *part)
{
	return part->length <= text->length && part->length > 0 &&
	       memmem(text->start, text->length, part->start, part->length) != NULL;
}

/* A program may write the same twice, and a module may hand on what it wrote: what another text
 * holds is not shown again. */
static void drop_repeated(struct said *said)
{
	for (int i = 0; i < TEXTS; i++) {
		for (int other = TEXTS - 1; other >= 0; other--) {
			if (other != i && holds(&said->texts[other], &said->texts[i])) {
				said->texts[i].length = 0;
			}
		}
	}
}

/* One text as a block; without the headline's line, where nothing stands around it that needs it.
 */
static void append_said(
	const struct human *self, GString *out, const struct said *said, const struct text *text)
{
	const char *end = text->start + text->length;
	const char *line = text->length >= said->length && said->length > 0
				   ? memmem(text->start, text->length, said->line, said->length)
				   : NULL;
	for (const char *next = line; next != NULL && next + said->length < end;) {
		next = memmem(next + 1, (gsize)(end - next - 1), said->line, said->length);
		line = next != NULL ? next : line;
	}
	const char *start = line;
	while (start != NULL && start > text->start && (start[-1] == ' ' || start[-1] == '\t')) {
		start--;
	}
	gboolean first = start == text->start;
	gboolean last = line != NULL && line + said->length == end;
	gboolean whole = first || (start != NULL && start[-1] == '\n');
	if (whole && last) {
		append_lines(self, out, text->name, text->start, (gsize)(start - text->start));
	} else if (first && line[said->length] == '\n') {
		const char *rest = line + said->length + 1;
		append_lines(self, out, text->name, rest, (gsize)(end - rest));
	} else {
		append_lines(self, out, text->name, text->start, text->length);
	}
}

static void append_message(
	const struct human *self, GString *out, const struct event_step *step, gboolean wrong)
{
	struct said said = said_of(step, wrong);
	gboolean shown = wrong || self->options.verbosity > 0 || step->status == STEP_UNPREDICTED ||
			 g_strcmp0(step->module, "debug") == 0;
	if (shown && said.length > 0) {
		g_string_append(out, ": ");
		harmless_append(out, said.line, said.length, FALSE);
	}
	if (wrong) {
		append_place(out, step);
	}
	g_string_append_c(out, '\n');
	drop_repeated(&said);
	if (shown) {
		append_said(self, out, &said, &said.texts[MESSAGE]);
	}
}

/* Standard output and standard error below it. */
static void append_outputs(
	const struct human *self, GString *out, const struct event_step *step, gboolean wrong)
{
	struct said said = said_of(step, wrong);
	if (!wrong && self->options.verbosity == 0) {
		said.length = 0; /* nothing of them stands on the headline */
	}
	drop_repeated(&said);
	append_said(self, out, &said, &said.texts[OUTPUT]);
	append_said(self, out, &said, &said.texts[ERRORS]);
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
	if (is_debug(step) && step->fields != NULL && step->message_length == 0) {
		append_fields(self, out, step->fields);
	}
	if (wrong || self->options.output || self->options.verbosity > 0) {
		append_outputs(self, out, step, wrong);
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
