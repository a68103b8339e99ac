/* The lines of an INI file: the adapter to inih. */
#include "base/ini.h"

#include <ini.h>
#include <string.h>

/* inih sees, per raw line: a comment for comments and blank lines, "[N]" and "N=" for the header of
 * line N, "N=" for an entry. "N=" makes it call the handler, which looks up the raw line. */
struct reading {
	const char *next; /* of the text */
	const char *end;
	const char *name;
	ini_header_function is_header;
	ini_line_function function;
	gpointer data;
	struct ini_line line;
	GString *raw;     /* the line that inih is at */
	GString *section; /* the raw header */
	guint32 number;
	gboolean header_pending; /* "[N]" was handed out, its "N=" was not */
	gboolean failed;
	GError **error;
};

gboolean ini_is_blank(gunichar c)
{
	return c == ' ' || (c >= '\t' && c <= '\r') || (c >= 0x1c && c <= 0x1f) || c == 0x85 ||
	       c == 0xa0 || c == 0x1680 || (c >= 0x2000 && c <= 0x200a) || c == 0x2028 ||
	       c == 0x2029 || c == 0x202f || c == 0x205f || c == 0x3000;
}

static gboolean is_line_end(gunichar c)
{
	return (c >= '\n' && c <= '\r') || (c >= 0x1c && c <= 0x1e) || c == 0x85 || c == 0x2028 ||
	       c == 0x2029;
}

static const char *line_end(const char *p, const char *end)
{
	while (p < end) {
		guchar byte = (guchar)*p;
		if (byte < 0x80 ? is_line_end(byte)
				: (byte == 0xc2 || byte == 0xe2) &&
					  is_line_end(g_utf8_get_char(p))) {
			break;
		}
		p++;
	}
	return p;
}

/* Moves the start past blanks, counting columns. */
static const char *skip_blanks(const char *p, const char *end, guint32 *column)
{
	while (p < end && ini_is_blank(g_utf8_get_char(p))) {
		p = g_utf8_next_char(p);
		(*column)++;
	}
	return p;
}

static const char *trim_blanks(const char *start, const char *end)
{
	while (end > start) {
		const char *last = g_utf8_prev_char(end);
		if (!ini_is_blank(g_utf8_get_char(last))) {
			break;
		}
		end = last;
	}
	return end;
}

static void stop(struct reading *reading)
{
	reading->failed = TRUE;
	reading->next = reading->end;
}

/* Takes the next raw line; FALSE at the end. */
static gboolean take_line(struct reading *reading)
{
	if (reading->next >= reading->end) {
		return FALSE;
	}
	const char *start = reading->next;
	const char *stop_at = line_end(start, reading->end);
	const char *next = stop_at < reading->end ? g_utf8_next_char(stop_at) : stop_at;
	if (next < reading->end && *stop_at == '\r' && *next == '\n') {
		next++;
	}
	reading->next = next;
	reading->number++;
	struct position at = { reading->name, reading->number, 1 };
	start = skip_blanks(start, stop_at, &at.column);
	stop_at = trim_blanks(start, stop_at);
	if (stop_at - start > INI_LINE_MAX) {
		error_set_at(reading->error, SUTLER_ERROR_LIMIT, at,
			"the line is longer than %d bytes", INI_LINE_MAX);
		stop(reading);
		return FALSE;
	}
	g_string_truncate(reading->raw, 0);
	g_string_append_len(reading->raw, start, stop_at - start);
	reading->line.at = at;
	return TRUE;
}

static gboolean is_header(const struct reading *reading, const char *text, gsize length)
{
	if (reading->is_header != NULL) {
		return reading->is_header(text);
	}
	return text[length - 1] == ']';
}

static char *read_stand_in(char *out, int size, void *stream)
{
	struct reading *reading = stream;
	if (reading->header_pending) {
		reading->header_pending = FALSE;
		g_snprintf(out, (gulong)size, "%u=\n", reading->number);
		return out;
	}
	if (reading->failed || !take_line(reading)) {
		return NULL;
	}
	const char *text = reading->raw->str;
	reading->line.header = FALSE;
	if (*text == '\0' || *text == '#' || *text == ';') {
		g_strlcpy(out, "#\n", (gsize)size);
	} else if (*text == '[' && is_header(reading, text, reading->raw->len)) {
		reading->line.header = TRUE;
		reading->header_pending = TRUE;
		g_string_assign(reading->section, text);
		g_snprintf(out, (gulong)size, "[%u]\n", reading->number);
	} else {
		g_snprintf(out, (gulong)size, "%u=\n", reading->number);
	}
	return out;
}

static int take_entry(void *user, const char *section, const char *name, const char *stand_in)
{
	struct reading *reading = user;
	(void)section;
	(void)name;
	(void)stand_in;
	if (reading->failed) {
		return 1;
	}
	reading->line.section = reading->section->str;
	reading->line.text = reading->raw->str;
	reading->line.length = reading->raw->len;
	if (!reading->function(&reading->line, reading->data, reading->error)) {
		stop(reading);
	}
	return 1;
}

gboolean ini_read(const char *text, gsize length, const char *name, ini_header_function header,
	ini_line_function function, gpointer data, GError **error)
{
	struct reading reading = {
		.next = text,
		.end = text + length,
		.name = g_intern_string(name),
		.is_header = header,
		.function = function,
		.data = data,
		.raw = g_string_new(NULL),
		.section = g_string_new(NULL),
		.error = error,
	};
	int result = ini_parse_stream(read_stand_in, &reading, take_entry, &reading);
	if (result != 0 && !reading.failed) {
		error_set(
			error, SUTLER_ERROR_USAGE, "unable to read '%s' as INI (%d)", name, result);
		reading.failed = TRUE;
	}
	g_string_free(reading.raw, TRUE);
	g_string_free(reading.section, TRUE);
	return !reading.failed;
}

struct position ini_position(const struct ini_line *line, const char *place)
{
	struct position at = line->at;
	at.column += (guint32)g_utf8_strlen(line->text, place - line->text);
	return at;
}
