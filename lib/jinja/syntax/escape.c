/* Backslash escapes of string literals, as Python's unicode-escape codec reads them. */
#include "jinja/syntax/escape.h"

#include <string.h>

/* Up to max digits of base; returns how many were read. */
static guint read_digits(const char *p, const char *end, guint max, guint base, gunichar *code)
{
	guint n = 0;
	*code = 0;
	while (n < max && p + n < end) {
		int digit = g_ascii_xdigit_value(p[n]);
		if (digit < 0 || (guint)digit >= base) {
			break;
		}
		*code = *code * base + (guint)digit;
		n++;
	}
	return n;
}

static const char simple[][2] = { { '\\', '\\' }, { '\'', '\'' }, { '"', '"' }, { 'a', '\a' },
	{ 'b', '\b' }, { 'f', '\f' }, { 'n', '\n' }, { 'r', '\r' }, { 't', '\t' }, { 'v', '\v' } };

/* \xHH, \uHHHH and \UHHHHHHHH. p is at the letter; returns the bytes read, 0 when bad. */
static gsize decode_hex(const char *p, const char *end, GString *out, char **why)
{
	guint want = *p == 'x' ? 2 : *p == 'u' ? 4 : 8;
	gunichar code = 0;
	if (read_digits(p + 1, end, want, 16, &code) != want) {
		*why = g_strdup_printf("truncated \\%c escape", *p);
		return 0;
	}
	if (code > 0x10FFFF || (code >= 0xD800 && code <= 0xDFFF)) {
		*why = g_strdup_printf("\\%c%0*x is not a valid character", *p, (int)want, code);
		return 0;
	}
	g_string_append_unichar(out, code);
	return want + 1;
}

/* p is behind the backslash; returns the bytes read, 0 when bad. */
static gsize decode_one(const char *p, const char *end, GString *out, char **why)
{
	for (gsize i = 0; i < G_N_ELEMENTS(simple); i++) {
		if (*p == simple[i][0]) {
			g_string_append_c(out, simple[i][1]);
			return 1;
		}
	}
	if (*p == '\n') {
		return 1;
	}
	if (*p == 'x' || *p == 'u' || *p == 'U') {
		return decode_hex(p, end, out, why);
	}
	if (*p == 'N') {
		*why = g_strdup("character names (\\N{...}) are not supported, use \\u");
		return 0;
	}
	gunichar code = 0;
	guint n = read_digits(p, end, 3, 8, &code);
	if (n > 0) {
		g_string_append_unichar(out, code);
		return n;
	}
	g_string_append_c(out, '\\');
	if ((guchar)*p < 0x80) {
		g_string_append_c(out, *p);
		return 1;
	}
	/* Jinja2 escapes what is not ASCII before it decodes: the backslash eats that escape's. */
	code = g_utf8_get_char(p);
	g_string_append_printf(out,
		code < 0x100     ? "x%02x"
		: code < 0x10000 ? "u%04x"
				 : "U%08x",
		code);
	return (gsize)(g_utf8_next_char(p) - p);
}

char *escape_decode(const char *text, gsize length, gsize *ret_length, char **why)
{
	GString *out = g_string_sized_new(length);
	const char *end = text + length;
	for (const char *p = text; p < end;) {
		if (*p != '\\' || p + 1 >= end) {
			g_string_append_c(out, *p++);
			continue;
		}
		gsize n = decode_one(p + 1, end, out, why);
		if (n == 0) {
			g_string_free(out, TRUE);
			return NULL;
		}
		p += 1 + n;
	}
	*ret_length = out->len;
	return g_string_free(out, FALSE);
}
