/* Python's str operations on UTF-8 text. */
#include "jinja/library/text.h"

#include <string.h>

gboolean text_is_space(gunichar c)
{
	return g_unichar_isspace(c) || (c >= 0x1C && c <= 0x1F) || c == 0x0B || c == 0x85;
}

gsize text_newlines_at_end(const char *text, gsize length)
{
	gsize n = 0;
	while (n < length && text[length - 1 - n] == '\n') {
		n++;
	}
	return n;
}

gsize text_points(const char *text, gsize length)
{
	gsize points = 0;
	for (gsize i = 0; i < length; i++) {
		points += ((guchar)text[i] & 0xC0) != 0x80;
	}
	return points;
}

static gboolean is_stripped(gunichar c, const char *chars)
{
	return chars == NULL ? text_is_space(c) : g_utf8_strchr(chars, -1, c) != NULL;
}

static const char *step_back(const char *from, const char *p)
{
	do {
		p--;
	} while (p > from && ((guchar)*p & 0xC0) == 0x80);
	return p;
}

void text_strip(const char *text, gsize length, const char *chars, gboolean left, gboolean right,
	const char **from, const char **to)
{
	const char *a = text;
	const char *b = text + length;
	while (left && a < b && is_stripped(g_utf8_get_char(a), chars)) {
		a = g_utf8_next_char(a);
	}
	while (right && b > a && is_stripped(g_utf8_get_char(step_back(a, b)), chars)) {
		b = step_back(a, b);
	}
	*from = a;
	*to = b;
}

static void add(value *list, const value *s, const char *from, const char *to)
{
	value_list_append(list, value_new_string_flags(from, (gsize)(to - from),
					value_flags(s) & (VALUE_UNSAFE | VALUE_SECRET)));
}

value *text_split(const value *s, const char *separator, gsize separator_length, gint64 limit)
{
	value *list = value_new_list();
	const char *from = value_string(s);
	const char *end = from + value_string_length(s);
	while (limit != 0) {
		const char *at = memmem(from, (gsize)(end - from), separator, separator_length);
		if (at == NULL) {
			break;
		}
		add(list, s, from, at);
		from = at + separator_length;
		limit -= limit > 0;
	}
	add(list, s, from, end);
	return list;
}

const char *text_find_last(const char *text, gsize length, const char *what, gsize what_length)
{
	for (gsize at = length >= what_length ? length - what_length + 1 : 0; at > 0; at--) {
		if (memcmp(text + at - 1, what, what_length) == 0) {
			return text + at - 1;
		}
	}
	return NULL;
}

value *text_rsplit(const value *s, const char *separator, gsize separator_length, gint64 limit)
{
	g_autoptr(value) backwards = value_new_list();
	const char *text = value_string(s);
	const char *end = text + value_string_length(s);
	while (limit != 0) {
		const char *at =
			text_find_last(text, (gsize)(end - text), separator, separator_length);
		if (at == NULL) {
			break;
		}
		add(backwards, s, at + separator_length, end);
		end = at;
		limit -= limit > 0;
	}
	add(backwards, s, text, end);
	value *list = value_new_list();
	for (gsize i = value_list_length(backwards); i > 0; i--) {
		value_list_append(list, value_ref(value_list_get(backwards, i - 1)));
	}
	return list;
}

value *text_split_space(const value *s, gint64 limit)
{
	value *list = value_new_list();
	const char *end = value_string(s) + value_string_length(s);
	const char *from = NULL;
	const char *to = NULL;
	text_strip(value_string(s), value_string_length(s), NULL, TRUE, FALSE, &from, &to);
	while (from < end) {
		const char *p = from;
		if (limit == 0) {
			add(list, s, from, end);
			break;
		}
		while (p < end && !text_is_space(g_utf8_get_char(p))) {
			p = g_utf8_next_char(p);
		}
		add(list, s, from, p);
		text_strip(p, (gsize)(end - p), NULL, TRUE, FALSE, &from, &to);
		limit -= limit > 0;
	}
	return list;
}

static gboolean is_line_end(gunichar c)
{
	return (c >= 0x0A && c <= 0x0D) || (c >= 0x1C && c <= 0x1E) || c == 0x85 || c == 0x2028 ||
	       c == 0x2029;
}

value *text_splitlines(const value *s, gboolean keep)
{
	value *list = value_new_list();
	const char *from = value_string(s);
	const char *end = from + value_string_length(s);
	for (const char *p = from; p < end;) {
		gunichar c = g_utf8_get_char(p);
		const char *next = g_utf8_next_char(p);
		if (!is_line_end(c)) {
			p = next;
			continue;
		}
		if (c == '\r' && next < end && *next == '\n') {
			next++;
		}
		add(list, s, from, keep ? next : p);
		from = p = next;
	}
	if (from < end) {
		add(list, s, from, end);
	}
	return list;
}

GString *text_replace(const char *text, gsize length, const char *old, gsize old_length,
	const char *new, gsize new_length, gint64 count)
{
	g_return_val_if_fail(old != NULL, NULL);
	GString *out = g_string_sized_new(length + 1);
	const char *end = text + length;
	if (old_length == 0) {
		const char *p = text;
		while (count != 0) {
			g_string_append_len(out, new, (gssize)new_length);
			count -= count > 0;
			if (p >= end) {
				break;
			}
			const char *next = g_utf8_next_char(p);
			g_string_append_len(out, p, next - p);
			p = next;
		}
		g_string_append_len(out, p, end - p);
		return out;
	}
	while (count != 0) {
		const char *at = memmem(text, (gsize)(end - text), old, old_length);
		if (at == NULL) {
			break;
		}
		g_string_append_len(out, text, at - text);
		g_string_append_len(out, new, (gssize)new_length);
		text = at + old_length;
		count -= count > 0;
	}
	g_string_append_len(out, text, end - text);
	return out;
}
