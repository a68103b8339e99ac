/* Python's str() and repr() of values. */
#include "value/value.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "base/bytes.h"

/* The shortest digits that read back as d: what Python's repr() prints. 15 digits always survive,
 * and without the zeros at their end they are the shortest; 17 always suffice. Denormal numbers
 * have fewer digits than that: all lengths are tried. */
static int shortest_digits(double d, char *buffer, gsize size)
{
	gboolean normal = isnormal(d);
	int precision = normal ? 14 : 0;
	do {
		g_snprintf(buffer, size, "%.*e", precision, d);
	} while (g_ascii_strtod(buffer, NULL) != d && ++precision <= 16);
	if (precision > 14 || !normal) {
		return precision;
	}
	char *end = strchr(buffer, 'e');
	char *last = end;
	while (last[-1] == '0') {
		last--;
	}
	last -= last[-1] == '.';
	precision = MAX((int)(last - buffer) - (*buffer == '-') - 2, 0);
	memmove(last, end, strlen(end) + 1);
	return precision;
}

/* The decimal digits of u, right before end, two at a time. Returns where they start. */
static inline char *digits_before(char *end, guint64 u)
{
	static const char pairs[] = "00010203040506070809101112131415161718192021222324252627282930"
				    "31323334353637383940414243444546474849505152535455565758596061"
				    "62636465666768697071727374757677787980818283848586878889909192"
				    "93949596979899";
	while (u >= 100) {
		end -= 2;
		memcpy(end, pairs + u % 100 * 2, 2);
		u /= 100;
	}
	if (u >= 10) {
		end -= 2;
		memcpy(end, pairs + u * 2, 2);
	} else {
		*--end = (char)('0' + u);
	}
	return end;
}

void value_append_int(gint64 i, GString *out)
{
	enum { DIGITS_MAX = 20 };
	guint64 u = i < 0 ? 0 - (guint64)i : (guint64)i;
	gsize n = 1 + (i < 0);
	for (guint64 rest = u; rest >= 10; rest /= 10) {
		n++;
	}
	if (out->len + DIGITS_MAX >= out->allocated_len) {
		g_string_set_size(out, out->len + DIGITS_MAX);
		out->len -= DIGITS_MAX;
	}
	char *start = out->str + out->len;
	*start = '-';
	digits_before(start + n, u);
	start[n] = '\0';
	out->len += n;
}

/* Appends scaled / 10^k, where 10^k is scale, without the zeros at its end but for one decimal. */
static void append_scaled(gboolean negative, guint64 scaled, guint64 scale, int k, GString *out)
{
	char text[40];
	char *end = text + sizeof text;
	char *decimals = digits_before(end, scaled % scale);
	while (end - decimals < MAX(k, 1)) {
		*--decimals = '0';
	}
	while (end[-1] == '0' && end - decimals > 1) {
		end--;
	}
	*--decimals = '.';
	char *start = digits_before(decimals, scaled / scale);
	if (negative) {
		*--start = '-';
	}
	append_bytes(out, start, (gsize)(end - start));
}

/* Numbers with few decimals, fast: when x and 10^k are exact and x / 10^k is d, then the digits of
 * x with k decimals read back as d, and without the zeros at their end (d * 10^k may have been
 * rounded away from x where k was smaller) they are the shortest. */
static gboolean append_short(double d, GString *out)
{
	static const double scales[] = { 1, 10, 100, 1000, 10000 };
	for (int k = 0; k < (int)G_N_ELEMENTS(scales) && d != 0; k++) {
		double x = d * scales[k];
		if (!(fabs(x) < 1e15)) {
			return FALSE;
		}
		gint64 scaled = (gint64)x;
		if (x == (double)scaled && x / scales[k] == d) {
			append_scaled(d < 0, (guint64)ABS(scaled), (guint64)scales[k], k, out);
			return TRUE;
		}
	}
	return FALSE;
}

/* repr(float): positional for exponents -4 to 15, otherwise scientific with at least two digits. */
void value_append_float(double d, GString *out)
{
	if (isnan(d) || isinf(d)) {
		g_string_append(out, isnan(d) ? "nan" : d > 0 ? "inf" : "-inf");
		return;
	}
	if (fabs(d) >= 1e-4 && append_short(d, out)) {
		return;
	}
	char text[64];
	int precision = shortest_digits(d, text, sizeof text);
	const char *e = strchr(text, 'e');
	int exponent = (int)g_ascii_strtoll(e + 1, NULL, 10);
	if (exponent >= -4 && exponent < 16) {
		int decimals = MAX(precision - exponent, 1);
		char positional[64];
		g_snprintf(positional, sizeof positional, "%.*f", decimals, d);
		g_string_append(out, positional);
		return;
	}
	g_string_append(out, text);
}

enum { ESCAPE_MAX = 2 + 8 };

/* \x and 2, \u and 4 or \U and 8 digits; returns the bytes written. */
static gsize write_hex(char *to, char mark, gunichar c)
{
	gsize digits = mark == 'x' ? 2 : mark == 'u' ? 4 : 8;
	to[0] = '\\';
	to[1] = mark;
	for (gsize i = digits + 1; i > 1; i--) {
		to[i] = "0123456789abcdef"[c & 0xF];
		c >>= 4;
	}
	return 2 + digits;
}

/* Writes code point c as repr() shows it when that is an escape; returns the bytes, or 0. */
static gsize write_escape(char to[ESCAPE_MAX], gunichar c, char quote)
{
	static const char special[] = "\\\n\r\t";
	static const char letters[] = "\\nrt";
	const char *at = c > 0 && c < 0x80 ? strchr(special, (int)c) : NULL;
	if (at != NULL || c == (guchar)quote) {
		to[0] = '\\';
		to[1] = at != NULL ? letters[at - special] : quote;
		return 2;
	}
	if (c >= 0x20 && c < 0x7F) {
		return 0;
	}
	if (c < 0x80 || !g_unichar_isprint(c) || g_unichar_isspace(c) ||
		g_unichar_type(c) == G_UNICODE_PRIVATE_USE) {
		return write_hex(to, c < 0x100 ? 'x' : c < 0x10000 ? 'u' : 'U', c);
	}
	return 0;
}

/* Writes the character at *p, which is moved behind it; returns the bytes. */
static gsize write_character(char to[ESCAPE_MAX], const char **p, const char *end, char quote)
{
	gunichar c =
		(guchar) * *p < 0x80 ? (gunichar) * *p : g_utf8_get_char_validated(*p, end - *p);
	if (c == (gunichar)-1 || c == (gunichar)-2) { /* half a surrogate pair, as Python has it */
		return write_hex(to, 'u', 0xdc00 | (guchar) * (*p)++);
	}
	const char *from = *p;
	*p = g_utf8_next_char(from);
	gsize n = write_escape(to, c, quote);
	if (n == 0) {
		n = (gsize)(*p - from);
		memcpy(to, from, n);
	}
	return n;
}

static void append_string_repr(const char *text, gsize length, GString *out)
{
	char quote = memchr(text, '\'', length) != NULL && memchr(text, '"', length) == NULL ? '"'
											     : '\'';
	char piece[512];
	gsize n = 0;
	const char *end = text + length;
	g_string_append_c(out, quote);
	for (const char *p = text; p < end;) {
		n += write_character(piece + n, &p, end, quote);
		if (n > sizeof piece - ESCAPE_MAX) {
			g_string_append_len(out, piece, (gssize)n);
			n = 0;
		}
	}
	g_string_append_len(out, piece, (gssize)n);
	g_string_append_c(out, quote);
	explicit_bzero(piece, sizeof piece); /* it may have been a secret */
}

static void append_sequence(const value *v, GString *out)
{
	gboolean tuple = value_type(v) == VALUE_TUPLE;
	gsize length = value_list_length(v);
	g_string_append_c(out, tuple ? '(' : '[');
	for (gsize i = 0; i < length; i++) {
		g_string_append(out, i > 0 ? ", " : "");
		value_append_repr(value_list_get(v, i), out);
	}
	g_string_append(out, tuple && length == 1 ? "," : "");
	g_string_append_c(out, tuple ? ')' : ']');
}

static void append_dict(const value *v, GString *out)
{
	g_string_append_c(out, '{');
	for (gsize i = 0; i < value_dict_length(v); i++) {
		g_string_append(out, i > 0 ? ", " : "");
		value_append_repr(value_dict_key_at(v, i), out);
		g_string_append(out, ": ");
		value_append_repr(value_dict_item_at(v, i), out);
	}
	g_string_append_c(out, '}');
}

static void append_object(const value *v, GString *out)
{
	const struct object_class *class = value_object_class(v);
	if (class->to_string != NULL) {
		g_autofree char *text = class->to_string(value_object_data(v));
		g_string_append(out, text);
	} else {
		g_string_append_printf(out, "<%s object>", class->type_name);
	}
}

void value_append_repr(const value *v, GString *out)
{
	switch (value_type(v)) {
	case VALUE_NULL:
		g_string_append(out, "None");
		break;
	case VALUE_BOOL:
		g_string_append(out, value_bool(v) ? "True" : "False");
		break;
	case VALUE_INT:
		value_append_int(value_int(v), out);
		break;
	case VALUE_BIG_INT:
		g_string_append(out, value_string(v));
		break;
	case VALUE_FLOAT:
		value_append_float(value_float(v), out);
		break;
	case VALUE_STRING:
		g_string_append(out, value_flags(v) & VALUE_MARKUP ? "Markup(" : "");
		append_string_repr(value_string(v), value_string_length(v), out);
		g_string_append(out, value_flags(v) & VALUE_MARKUP ? ")" : "");
		break;
	case VALUE_LIST:
	case VALUE_TUPLE:
		append_sequence(v, out);
		break;
	case VALUE_DICT:
		append_dict(v, out);
		break;
	case VALUE_OBJECT:
		append_object(v, out);
		break;
	}
}

void value_append_string(const value *v, GString *out)
{
	if (value_type(v) == VALUE_STRING) {
		append_bytes(out, value_string(v), value_string_length(v));
	} else {
		value_append_repr(v, out);
	}
}

char *value_to_string(const value *v)
{
	GString *out = g_string_new(NULL);
	value_append_string(v, out);
	return g_string_free(out, FALSE);
}

char *value_to_repr(const value *v)
{
	GString *out = g_string_new(NULL);
	value_append_repr(v, out);
	return g_string_free(out, FALSE);
}
