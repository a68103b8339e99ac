/* Numbers and text in the form a conversion asks for. */
#include "jinja/library/format-spec.h"

#include <math.h>
#include <string.h>

#include "jinja/engine/markup.h"
#include "jinja/library/text.h"
#include "value/value.h"

static void pad(const struct spec *s, const char *sign, const char *body, gsize length, char align,
	GString *out)
{
	gsize used = text_points(sign, strlen(sign)) + text_points(body, length);
	gsize missing = s->width > (gint64)used ? (gsize)s->width - used : 0;
	gsize before = align == '>' ? missing : align == '^' ? missing / 2 : 0;
	if (align == '=') {
		g_string_append(out, sign);
		for (gsize i = 0; i < missing; i++) {
			g_string_append_unichar(out, s->fill);
		}
		g_string_append_len(out, body, (gssize)length);
		return;
	}
	for (gsize i = 0; i < before; i++) {
		g_string_append_unichar(out, s->fill);
	}
	g_string_append(out, sign);
	g_string_append_len(out, body, (gssize)length);
	for (gsize i = before; i < missing; i++) {
		g_string_append_unichar(out, s->fill);
	}
}

/* Separators between groups of digits; body starts with its whole part. */
static char *group_digits(const char *body, char separator, gsize group, gsize minimum)
{
	gsize whole = strspn(body, group == 4 ? "0123456789abcdefABCDEF" : "0123456789");
	GString *digits = g_string_new_len(body, (gssize)whole);
	/* Zero padding counts the separators it adds. */
	while (digits->len + (digits->len - 1) / group + strlen(body + whole) < minimum) {
		g_string_prepend_c(digits, '0');
	}
	GString *out = g_string_new(NULL);
	for (gsize i = 0; i < digits->len; i++) {
		if (i > 0 && (digits->len - i) % group == 0) {
			g_string_append_c(out, separator);
		}
		g_string_append_c(out, digits->str[i]);
	}
	g_string_append(out, body + whole);
	g_string_free(digits, TRUE);
	return g_string_free(out, FALSE);
}

void format_digits(
	const struct spec *s, gboolean negative, const char *prefix, const char *body, GString *out)
{
	g_autofree char *sign = g_strconcat(negative         ? "-"
					    : s->sign == '+' ? "+"
					    : s->sign == ' ' ? " "
							     : "",
		prefix, NULL);
	gboolean zero = s->align == '=' ? s->fill == '0' : s->zero && s->align == 0;
	g_autofree char *grouped = NULL;
	if (s->group != 0) {
		gsize minimum = zero && s->width > (gint64)strlen(sign)
					? (gsize)s->width - strlen(sign)
					: 0;
		gboolean by_four =
			s->type == 'x' || s->type == 'X' || s->type == 'b' || s->type == 'o';
		grouped = group_digits(body, s->group, by_four ? 4 : 3, minimum);
		body = grouped;
	}
	struct spec padded = *s;
	if (zero) {
		padded.fill = '0';
	}
	pad(&padded, sign, body, strlen(body), zero ? '=' : s->align != 0 ? s->align : '>', out);
}

static char *digits_of(guint64 u, guint base, gboolean upper)
{
	char buffer[72];
	gsize at = sizeof buffer;
	buffer[--at] = '\0';
	do {
		guint d = (guint)(u % base);
		buffer[--at] = (char)(d < 10 ? '0' + d : (upper ? 'A' : 'a') + d - 10);
		u /= base;
	} while (u > 0);
	return g_strdup(buffer + at);
}

void format_integer(const struct spec *s, gint64 i, gint64 minimum_digits, GString *out)
{
	guint base = s->type == 'x' || s->type == 'X' ? 16
		     : s->type == 'o'                 ? 8
		     : s->type == 'b'                 ? 2
						      : 10;
	guint64 magnitude = i < 0 ? 0 - (guint64)i : (guint64)i;
	g_autofree char *digits = digits_of(magnitude, base, s->type == 'X');
	GString *body = g_string_new(digits);
	while ((gint64)body->len < minimum_digits) {
		g_string_prepend_c(body, '0');
	}
	const char *prefix = !s->alternate    ? ""
			     : s->type == 'x' ? "0x"
			     : s->type == 'X' ? "0X"
			     : s->type == 'o' ? "0o"
			     : s->type == 'b' ? "0b"
					      : "";
	format_digits(s, i < 0, prefix, body->str, out);
	g_string_free(body, TRUE);
}

/* As many digits after the point as are not zero. */
static char *scientific(double magnitude, int precision)
{
	GString *out = g_string_new(NULL);
	g_string_printf(out, "%.*e", precision, magnitude);
	gsize e = strcspn(out->str, "e");
	gsize end = e;
	if (memchr(out->str, '.', e) != NULL) {
		while (out->str[end - 1] == '0') {
			end--;
		}
		end -= out->str[end - 1] == '.';
	}
	g_string_erase(out, (gssize)end, (gssize)(e - end));
	return g_string_free(out, FALSE);
}

/* "1e+05" from C is what Python writes too. none: repr() or %g rules of format(x, ''). */
static char *float_body(const struct spec *s, double magnitude)
{
	if (isinf(magnitude) || isnan(magnitude)) {
		gboolean upper = s->type != 0 && g_ascii_isupper(s->type);
		return g_strconcat(
			isinf(magnitude) ? (upper ? "INF" : "inf") : (upper ? "NAN" : "nan"),
			s->type == '%' ? "%" : "", NULL);
	}
	if (s->type == 0 && s->precision < 0) {
		GString *out = g_string_new(NULL);
		value_append_float(magnitude, out);
		return g_string_free(out, FALSE);
	}
	char type = s->type == 0 ? 'g' : s->type == 'n' ? 'g' : s->type == '%' ? 'f' : s->type;
	int precision = (int)(s->precision < 0 ? 6 : s->precision);
	precision = s->type == 0 ? MAX(precision, 1) : precision;
	double scaled = s->type == '%' ? magnitude * 100 : magnitude;
	char format[16];
	g_snprintf(format, sizeof format, "%%%s.*%c", s->alternate ? "#" : "", type);
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wformat-nonliteral"
	char *body = g_strdup_printf(format, precision, scaled);
#pragma GCC diagnostic pop
	if (s->type == 0 && strpbrk(body, ".e") == NULL) {
		char *longer = (int)strlen(body) < precision ? g_strconcat(body, ".0", NULL)
							     : scientific(magnitude, precision - 1);
		g_free(body);
		body = longer;
	}
	if (s->type == '%') {
		char *longer = g_strconcat(body, "%", NULL);
		g_free(body);
		body = longer;
	}
	return body;
}

void format_float(const struct spec *s, double d, GString *out)
{
	g_autofree char *body = float_body(s, fabs(d));
	gboolean zero = s->no_negative_zero && strpbrk(body, "123456789ian") == NULL;
	format_digits(s, signbit(d) && !isnan(d) && !zero, "", body, out);
}

void format_text(const struct spec *s, const char *text, gsize length, char align, GString *out)
{
	g_autofree char *valid = NULL;
	if (s->precision >= 0 && !g_utf8_validate_len(text, length, NULL)) {
		valid = g_utf8_make_valid(text, (gssize)length);
		text = valid;
		length = strlen(text);
	}
	if (s->precision >= 0 && text_points(text, length) > (gsize)s->precision) {
		const char *end = g_utf8_offset_to_pointer(text, (glong)s->precision);
		length = (gsize)(end - text);
	}
	pad(s, "", text, length, s->align != 0 ? s->align : align, out);
}

char *format_ascii(char *text)
{
	g_autofree char *from = text;
	GString *out = g_string_new(NULL);
	for (const char *p = from; *p != '\0'; p = g_utf8_next_char(p)) {
		gunichar c = g_utf8_get_char(p);
		if (c < 0x80) {
			g_string_append_c(out, (char)c);
		} else {
			g_string_append_printf(out,
				c < 0x100     ? "\\x%02x"
				: c < 0x10000 ? "\\u%04x"
					      : "\\U%08x",
				c);
		}
	}
	return g_string_free(out, FALSE);
}

char *format_escaped(char *text)
{
	g_autofree char *from = text;
	GString *out = g_string_new(NULL);
	markup_escape(from, strlen(from), out);
	return g_string_free(out, FALSE);
}
