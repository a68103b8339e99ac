/* Python's str() and repr() of values. */
#include "value/value.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

/* The shortest digits that read back as d: what Python's repr() prints. */
static int shortest_digits(double d, char *buffer, gsize size)
{
	for (int precision = 0; precision < 17; precision++) {
		g_snprintf(buffer, size, "%.*e", precision, d);
		if (g_ascii_strtod(buffer, NULL) == d) {
			return precision;
		}
	}
	return 17;
}

/* Numbers with few decimals, fast: when x and 10^k are exact and x / 10^k is d, then the digits of
 * x with k decimals read back as d, and the first k that does gives the shortest. */
static gboolean append_short(double d, GString *out)
{
	static const double scales[] = { 1, 10, 100, 1000, 10000 };
	for (int k = 0; k < (int)G_N_ELEMENTS(scales); k++) {
		double x = d * scales[k];
		if (fabs(x) >= 1e15 || x != rint(x) || x / scales[k] != d || d == 0) {
			continue;
		}
		gint64 scaled = (gint64)fabs(x);
		gint64 scale = (gint64)scales[k];
		g_string_append_printf(out, "%s%" G_GINT64_FORMAT ".%0*" G_GINT64_FORMAT,
			d < 0 ? "-" : "", scaled / scale, MAX(k, 1), scaled % scale);
		return TRUE;
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

/* Appends an escape for code point c and returns TRUE when repr() shows it escaped. */
static gboolean append_escape(gunichar c, char quote, GString *out)
{
	switch (c) {
	case '\\':
		g_string_append(out, "\\\\");
		return TRUE;
	case '\n':
		g_string_append(out, "\\n");
		return TRUE;
	case '\r':
		g_string_append(out, "\\r");
		return TRUE;
	case '\t':
		g_string_append(out, "\\t");
		return TRUE;
	default:
		break;
	}
	if (c == (guchar)quote) {
		g_string_append_printf(out, "\\%c", quote);
		return TRUE;
	}
	if (c == ' ' || (c >= 0x20 && c < 0x7F)) {
		return FALSE;
	}
	if (c < 0x80 || !g_unichar_isprint(c) || g_unichar_isspace(c) ||
		g_unichar_type(c) == G_UNICODE_PRIVATE_USE) {
		if (c < 0x100) {
			g_string_append_printf(out, "\\x%02x", c);
		} else if (c < 0x10000) {
			g_string_append_printf(out, "\\u%04x", c);
		} else {
			g_string_append_printf(out, "\\U%08x", c);
		}
		return TRUE;
	}
	return FALSE;
}

static void append_string_repr(const char *text, gsize length, GString *out)
{
	char quote = memchr(text, '\'', length) != NULL && memchr(text, '"', length) == NULL ? '"'
											     : '\'';
	g_string_append_c(out, quote);
	const char *end = text + length;
	for (const char *p = text; p < end;) {
		gunichar c = g_utf8_get_char_validated(p, end - p);
		if (c == (gunichar)-1 || c == (gunichar)-2) {
			if (*p == '\0') {
				g_string_append(out, "\\x00");
			} else {
				g_string_append_printf(out, "\\udc%02x", (guchar)*p);
			}
			p++;
			continue;
		}
		gsize size = MAX(1, (gsize)g_unichar_to_utf8(c, NULL));
		if (!append_escape(c, quote, out)) {
			g_string_append_len(out, p, (gssize)size);
		}
		p += size;
	}
	g_string_append_c(out, quote);
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
		g_string_append_printf(out, "%" G_GINT64_FORMAT, value_int(v));
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
		g_string_append_len(out, value_string(v), (gssize)value_string_length(v));
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
