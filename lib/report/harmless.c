/* Text of strangers made fit for a terminal. */
#include "report/harmless.h"

#include <string.h>

/* Characters that turn or isolate the direction of writing, and other invisible ones. */
static gboolean is_deceptive(gunichar c)
{
	return (c >= 0x202a && c <= 0x202e) || (c >= 0x2066 && c <= 0x2069) || c == 0x200e ||
	       c == 0x200f || c == 0x2028 || c == 0x2029 || c == 0x061c || c == 0xfeff;
}

static void append_control(GString *out, gunichar c, gboolean lines)
{
	if (c == '\t' || (c == '\n' && lines)) {
		g_string_append_c(out, (char)c);
	} else if (c == '\n') {
		g_string_append(out, "\\n");
	} else if (c == '\r') {
		g_string_append(out, "\\r");
	} else {
		g_string_append_printf(out, "\\x%02x", c);
	}
}

void harmless_append(GString *out, const char *text, gsize length, gboolean lines)
{
	const char *end = text + length;
	while (text < end) {
		gunichar c = g_utf8_get_char_validated(text, end - text);
		if (c == (gunichar)-1 || c == (gunichar)-2) {
			g_string_append_printf(out, "\\x%02x", (guchar)*text++);
			continue;
		}
		const char *next = g_utf8_next_char(text);
		if (c < 0x20 || (c >= 0x7f && c < 0xa0)) {
			append_control(out, c, lines);
		} else if (is_deceptive(c)) {
			g_string_append_printf(out, "\\u%04x", c);
		} else {
			g_string_append_len(out, text, next - text);
		}
		text = next;
	}
}

char *harmless_text(const char *text, gboolean lines)
{
	GString *out = g_string_new(NULL);
	harmless_append(out, text, strlen(text), lines);
	return g_string_free(out, FALSE);
}

static guint columns(gunichar c)
{
	return g_unichar_iszerowidth(c) ? 0 : g_unichar_iswide(c) ? 2 : 1;
}

guint harmless_width(const char *text)
{
	guint width = 0;
	for (; *text != '\0'; text = g_utf8_next_char(text)) {
		width += columns(g_utf8_get_char(text));
	}
	return width;
}

void harmless_truncate(GString *text, guint width)
{
	if (harmless_width(text->str) <= width) {
		return;
	}
	guint dots = MIN(width, 3);
	guint taken = 0;
	const char *at = text->str;
	while (taken + columns(g_utf8_get_char(at)) + dots <= width) {
		taken += columns(g_utf8_get_char(at));
		at = g_utf8_next_char(at);
	}
	g_string_truncate(text, (gsize)(at - text->str));
	g_string_append_len(text, "...", dots);
}
