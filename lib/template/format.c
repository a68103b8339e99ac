/* Python's string formatting: "%s" % x, "{}".format(x), and HTML-safe text. */
#include "template/format.h"

#include <math.h>
#include <string.h>

#include "template/frame.h"
#include "template/objects.h"
#include "template/operators.h"
#include "template/text.h"

enum { WIDTH_MAX = 1 << 20, PRECISION_MAX = 500 };

/* One conversion, of either notation. */
struct spec {
	gunichar fill;
	char align;                /* '<' '>' '^' '=' or 0 */
	char sign;                 /* '-' '+' ' ' */
	gboolean no_negative_zero; /* 'z' */
	gboolean alternate;
	gboolean zero;
	char group; /* ',' '_' or 0 */
	gint64 width;
	gint64 precision; /* -1: none */
	char type;        /* 0: none */
};

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

static void finish_number(
	const struct spec *s, gboolean negative, const char *prefix, const char *body, GString *out)
{
	g_autofree char *sign = g_strconcat(negative         ? "-"
					    : s->sign == '+' ? "+"
					    : s->sign == ' ' ? " "
							     : "",
		prefix, NULL);
	gboolean zero = s->zero && s->align == 0;
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

static void format_integer(const struct spec *s, gint64 i, gint64 minimum_digits, GString *out)
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
	finish_number(s, i < 0, prefix, body->str, out);
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

static void format_float(const struct spec *s, double d, GString *out)
{
	g_autofree char *body = float_body(s, fabs(d));
	gboolean zero = s->no_negative_zero && strpbrk(body, "123456789ian") == NULL;
	finish_number(s, signbit(d) && !isnan(d) && !zero, "", body, out);
}

static void format_text(
	const struct spec *s, const char *text, gsize length, char align, GString *out)
{
	if (s->precision >= 0 && text_points(text, length) > (gsize)s->precision) {
		const char *end = g_utf8_offset_to_pointer(text, (glong)s->precision);
		length = (gsize)(end - text);
	}
	pad(s, "", text, length, s->align != 0 ? s->align : align, out);
}

/* text as Python's ascii() has it. */
static char *ascii_take(char *text)
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

static char *escaped_take(char *text)
{
	g_autofree char *from = text;
	GString *out = g_string_new(NULL);
	markup_escape(from, strlen(from), out);
	return g_string_free(out, FALSE);
}

/* --- % --- */

struct percent {
	struct evaluation *e;
	const char *p, *end;
	const value *arguments;
	gsize next;
	gboolean single; /* arguments is one value, not a tuple */
	gboolean mapping_used;
	gboolean escape; /* the format is HTML: what is put in gets escaped */
};

static const value *next_argument(struct percent *f)
{
	if (f->single) {
		if (!f->mapping_used && f->next++ == 0) {
			return f->arguments;
		}
	} else if (f->next < value_list_length(f->arguments)) {
		return value_list_get(f->arguments, f->next++);
	}
	return template_fail_usage(f->e, "not enough arguments for format string");
}

static const value *mapped_argument(struct percent *f)
{
	const char *start = ++f->p;
	guint depth = 1;
	while (f->p < f->end && depth > 0) {
		depth += *f->p == '(';
		depth -= *f->p == ')';
		f->p++;
	}
	if (depth > 0) {
		return template_fail_usage(f->e, "incomplete format key");
	}
	g_autofree char *key = g_strndup(start, (gsize)(f->p - start) - 1);
	if (!value_is(f->arguments, VALUE_DICT)) {
		return template_fail_usage(f->e, "format requires a mapping");
	}
	f->mapping_used = TRUE;
	const value *v = value_dict_get(f->arguments, key);
	return v != NULL ? v : template_fail_usage(f->e, "format key '%s' is not in the dict", key);
}

/* A number or '*'. */
static gboolean read_count(struct percent *f, gint64 limit, gint64 *ret)
{
	if (f->p < f->end && *f->p == '*') {
		f->p++;
		const value *v = next_argument(f);
		if (v == NULL || !is_integer(v, ret)) {
			template_fail_usage(f->e, "* wants int");
			return FALSE;
		}
	} else {
		*ret = 0;
		while (f->p < f->end && g_ascii_isdigit(*f->p) && *ret <= limit) {
			*ret = *ret * 10 + (*f->p++ - '0');
		}
	}
	if (*ret > limit) {
		template_fail(f->e, SUTLER_ERROR_LIMIT, "width or precision is larger than %d",
			(int)limit);
		return FALSE;
	}
	return TRUE;
}

static gboolean read_flags(struct percent *f, struct spec *s)
{
	for (; f->p < f->end && strchr("-+ #0", *f->p) != NULL && *f->p != '\0'; f->p++) {
		s->align = *f->p == '-' ? '<' : s->align;
		s->sign = *f->p == '+' ? '+' : *f->p == ' ' && s->sign != '+' ? ' ' : s->sign;
		s->alternate = *f->p == '#' ? TRUE : s->alternate;
		s->zero = *f->p == '0' ? TRUE : s->zero;
	}
	if (!read_count(f, WIDTH_MAX, &s->width)) {
		return FALSE;
	}
	if (s->width < 0) {
		s->align = '<';
		s->width = -s->width;
	}
	if (f->p < f->end && *f->p == '.') {
		f->p++;
		if (!read_count(f, PRECISION_MAX, &s->precision)) {
			return FALSE;
		}
		s->precision = MAX(s->precision, 0);
	}
	while (f->p < f->end && strchr("hlL", *f->p) != NULL && *f->p != '\0') {
		f->p++;
	}
	return TRUE;
}

static gboolean percent_integer(struct percent *f, struct spec *s, const value *v, GString *out)
{
	gint64 i = 0;
	gboolean real = value_is(v, VALUE_FLOAT) && strchr("diu", s->type) != NULL;
	if (real && isfinite(value_float(v))) {
		/* all digits, however large it is */
		g_autofree char *digits = g_strdup_printf("%.0f", trunc(fabs(value_float(v))));
		g_autofree char *zeros =
			g_strnfill((gsize)MAX(s->precision - (gint64)strlen(digits), 0), '0');
		g_autofree char *body = g_strconcat(zeros, digits, NULL);
		s->zero = s->zero && s->align == 0;
		finish_number(s, value_float(v) <= -1, "", body, out);
		return TRUE;
	} else if (!is_integer(v, &i)) {
		template_fail_usage(f->e, "%%%c format: a number is required, not %s", s->type,
			value_type_name(v));
		return FALSE;
	}
	gint64 digits = s->precision;
	s->zero = s->zero && s->align == 0;
	format_integer(s, i, digits, out);
	return TRUE;
}

static gboolean percent_value(struct percent *f, struct spec *s, const value *v, GString *out)
{
	if (undefined_of(v) != NULL) {
		template_fail_undefined(f->e, v);
		return FALSE;
	}
	if (strchr("diuoxX", s->type) != NULL) {
		return percent_integer(f, s, v, out);
	}
	if (strchr("eEfFgG", s->type) != NULL) {
		if (!is_number(v)) {
			template_fail_usage(
				f->e, "must be real number, not %s", value_type_name(v));
			return FALSE;
		}
		format_float(s, number_of(v), out);
		return TRUE;
	}
	s->zero = FALSE;
	gint64 code = 0;
	gsize length = 0; /* 0: up to its end */
	g_autofree char *text = NULL;
	if (s->type == 'c') {
		s->precision = -1;
		if (value_is(v, VALUE_STRING) && value_string_points(v) == 1) {
			text = g_strdup(value_string(v));
		} else if (is_integer(v, &code) && code >= 0 && code <= 0x10ffff &&
			   g_unichar_validate((gunichar)code)) {
			text = g_malloc0(8);
			length = (gsize)g_unichar_to_utf8((gunichar)code, text);
		} else {
			template_fail_usage(f->e, "%%c requires int or char");
			return FALSE;
		}
	} else if (undefined_inside(v) != NULL) {
		template_fail_undefined(f->e, undefined_inside(v));
		return FALSE;
	} else if (s->type == 's' && value_is(v, VALUE_STRING) && !f->escape) {
		format_text(s, value_string(v), value_string_length(v), '>', out);
		return TRUE;
	} else {
		text = s->type == 's' ? value_to_string(v) : value_to_repr(v);
		text = s->type == 'a' ? ascii_take(text) : text;
		text = f->escape && !(value_flags(v) & VALUE_MARKUP) ? escaped_take(text) : text;
	}
	format_text(s, text, length > 0 ? length : strlen(text), '>', out);
	return TRUE;
}

static gboolean percent_one(struct percent *f, GString *out)
{
	struct spec s = { .fill = ' ', .precision = -1 };
	const value *v = NULL;
	f->p++;
	if (f->p < f->end && *f->p == '(') {
		v = mapped_argument(f);
		if (v == NULL) {
			return FALSE;
		}
	}
	if (!read_flags(f, &s)) {
		return FALSE;
	}
	if (f->p >= f->end) {
		template_fail_usage(f->e, "incomplete format");
		return FALSE;
	}
	s.type = *f->p++;
	if (s.type == '%' && f->p[-2] == '%') {
		g_string_append_c(out, '%');
		return TRUE;
	}
	if (strchr("diuoxXeEfFgGcrsa", s.type) == NULL) {
		template_fail_usage(f->e, "unsupported format character '%c'", s.type);
		return FALSE;
	}
	if (v == NULL) {
		v = next_argument(f);
	}
	return v != NULL && percent_value(f, &s, v, out) && check_size(f->e, out->len);
}

value *format_percent(struct evaluation *e, const value *format, const value *arguments)
{
	struct percent f = { .e = e,
		.p = value_string(format),
		.arguments = arguments,
		.single = !value_is(arguments, VALUE_TUPLE),
		.escape = (value_flags(format) & VALUE_MARKUP) != 0 };
	f.end = f.p + value_string_length(format);
	g_autoptr(GString) out = g_string_new(NULL);
	while (f.p < f.end) {
		const char *percent = memchr(f.p, '%', (gsize)(f.end - f.p));
		percent = percent != NULL ? percent : f.end;
		g_string_append_len(out, f.p, percent - f.p);
		f.p = percent;
		if (f.p < f.end && !percent_one(&f, out)) {
			return NULL;
		}
	}
	gsize given = f.single ? 1 : value_list_length(arguments);
	gboolean may_rest =
		f.single && (value_is(arguments, VALUE_DICT) || value_is(arguments, VALUE_LIST) ||
				    value_object(arguments, &range_class) != NULL);
	if (f.next < given && !may_rest && !f.mapping_used) {
		return template_fail_usage(
			e, "not all arguments converted during string formatting");
	}
	return value_new_string_flags(out->str, out->len,
		flags_deep(arguments) | (value_flags(format) & (FLAGS_KEPT | VALUE_MARKUP)));
}

/* --- {} --- */

struct braces {
	struct evaluation *e;
	value *const *positional;
	guint n;
	value *named;
	guint next;
	gboolean automatic, manual;
	gboolean escape; /* the format is HTML: what is put in gets escaped */
	guint flags;
	guint depth;
};

static gboolean braces_run(struct braces *b, const char *p, const char *end, GString *out);

static value *first_part(struct braces *b, const char *name)
{
	gint64 index = 0;
	if (strspn(name, "0123456789") == strlen(name)) {
		if (*name == '\0') {
			b->automatic = TRUE;
			index = b->next++;
		} else {
			b->manual = TRUE;
			index = g_ascii_strtoll(name, NULL, 10);
		}
		if (b->automatic && b->manual) {
			return template_fail_usage(b->e,
				"cannot mix automatic and numbered fields in a format string");
		}
		if (index >= b->n) {
			return template_fail_usage(b->e,
				"format string needs argument %" G_GINT64_FORMAT
				", but there are only %u",
				index, b->n);
		}
		return value_ref(b->positional[index]);
	}
	value *v = b->named != NULL ? value_dict_get(b->named, name) : NULL;
	return v != NULL ? value_ref(v)
			 : template_fail_usage(b->e, "format string needs the argument '%s'", name);
}

/* .attribute and [index] behind the first part. */
static value *further_parts(struct braces *b, value *v, const char *p)
{
	while (*p != '\0' && v != NULL) {
		g_autoptr(value) of = v;
		g_autofree char *name = NULL;
		gboolean attribute = *p == '.';
		gsize length = attribute ? strcspn(p + 1, ".[") : strcspn(p + 1, "]");
		name = g_strndup(p + 1, length);
		p += 1 + length;
		if (!attribute) {
			if (*p != ']') {
				return template_fail_usage(b->e, "missing ']' in format string");
			}
			p++;
		}
		gboolean number =
			g_ascii_isdigit(*name) && strspn(name, "0123456789") == strlen(name);
		g_autoptr(value) key = !attribute && number
					       ? value_new_int(g_ascii_strtoll(name, NULL, 10))
					       : value_new_string(name);
		v = attribute && value_is(of, VALUE_DICT) ? NULL : evaluate_getitem(b->e, of, key);
		if (v == NULL || undefined_of(v) != NULL) {
			value_unref(v);
			return template_fail_usage(b->e, "'%s' object has no attribute '%s'",
				value_type_name(of), name);
		}
	}
	return v;
}

static gboolean read_spec(struct braces *b, const char *p, struct spec *s)
{
	*s = (struct spec){ .fill = ' ', .precision = -1 };
	const char *next = *p != '\0' ? g_utf8_next_char(p) : p;
	gboolean filled = FALSE;
	if (*p != '\0' && *next != '\0' && strchr("<>=^", *next) != NULL) {
		s->fill = g_utf8_get_char(p);
		filled = TRUE;
		s->align = *next;
		p = next + 1;
	} else if (*p != '\0' && strchr("<>=^", *p) != NULL) {
		s->align = *p++;
	}
	if (*p != '\0' && strchr("+- ", *p) != NULL) {
		s->sign = *p++;
	}
	if (*p == 'z') {
		s->no_negative_zero = TRUE;
		p++;
	}
	if (*p == '#') {
		s->alternate = TRUE;
		p++;
	}
	if (*p == '0') {
		s->zero = TRUE;
		s->fill = filled ? s->fill : '0';
		p++;
	}
	while (g_ascii_isdigit(*p) && s->width <= WIDTH_MAX) {
		s->width = s->width * 10 + (*p++ - '0');
	}
	if (*p == ',' || *p == '_') {
		s->group = *p++;
	}
	if (*p == '.') {
		p++;
		s->precision = 0;
		gboolean any = FALSE;
		while (g_ascii_isdigit(*p) && s->precision <= PRECISION_MAX) {
			s->precision = s->precision * 10 + (*p++ - '0');
			any = TRUE;
		}
		if (!any) {
			template_fail_usage(b->e, "format specifier missing precision");
			return FALSE;
		}
	}
	if (s->width > WIDTH_MAX || s->precision > PRECISION_MAX) {
		template_fail(
			b->e, SUTLER_ERROR_LIMIT, "width or precision in format is too large");
		return FALSE;
	}
	s->type = *p;
	if (*p != '\0' && p[1] != '\0') {
		template_fail_usage(b->e, "invalid format specifier");
		return FALSE;
	}
	return TRUE;
}

static gboolean bad_type(struct braces *b, const struct spec *s, const value *v)
{
	template_fail_usage(b->e, "unknown format code '%c' for object of type '%s'", s->type,
		value_type_name(v));
	return FALSE;
}

static gboolean format_value(struct braces *b, const value *v, const char *spec_text, GString *out)
{
	struct spec s;
	gint64 i = 0;
	if (!read_spec(b, spec_text, &s)) {
		return FALSE;
	}
	if (*spec_text == '\0') {
		value_append_string(v, out);
		return TRUE;
	}
	if (value_is(v, VALUE_STRING)) {
		if ((s.type != 0 && s.type != 's') || s.sign != 0 || s.align == '=' ||
			s.group != 0 || s.no_negative_zero || s.alternate) {
			return bad_type(b, &s, v);
		}
		format_text(&s, value_string(v), value_string_length(v), '<', out);
		return TRUE;
	}
	if (is_integer(v, &i) && (s.type == 0 || strchr("dxXobn", s.type) != NULL)) {
		if (s.precision >= 0 || s.no_negative_zero) {
			template_fail_usage(b->e,
				"precision and 'z' are not allowed in integer format specifier");
			return FALSE;
		}
		format_integer(&s, i, 0, out);
		return TRUE;
	}
	if (is_integer(v, &i) && s.type == 'c') {
		char one[8] = "";
		gsize n = 0;
		if (i < 0 || i > 0x10ffff || !g_unichar_validate((gunichar)i) || s.sign != 0 ||
			s.precision >= 0 || s.group != 0 || s.alternate) {
			return bad_type(b, &s, v);
		}
		n = (gsize)g_unichar_to_utf8((gunichar)i, one);
		format_text(&s, one, n, '>', out);
		return TRUE;
	}
	if (is_number(v) && (s.type == 0 || strchr("eEfFgGn%", s.type) != NULL)) {
		format_float(&s, number_of(v), out);
		return TRUE;
	}
	if (is_number(v)) {
		return bad_type(b, &s, v);
	}
	template_fail_usage(
		b->e, "unsupported format string passed to %s.__format__", value_type_name(v));
	return FALSE;
}

/* One field; field is the text between the braces. */
static gboolean braces_field(struct braces *b, const char *field, GString *out)
{
	gsize name_length = 0;
	for (gboolean bracket = FALSE; field[name_length] != '\0'; name_length++) {
		char c = field[name_length];
		bracket = c == '[' ? TRUE : c == ']' ? FALSE : bracket;
		if (!bracket && (c == '!' || c == ':')) {
			break;
		}
	}
	const char *rest = field + name_length;
	char conversion = '\0';
	if (*rest == '!') {
		conversion = rest[1];
		if (conversion == '\0' || strchr("rsa", conversion) == NULL ||
			(rest[2] != ':' && rest[2] != '\0')) {
			template_fail_usage(b->e, "unknown conversion in format string");
			return FALSE;
		}
		rest += 2;
	}
	g_autofree char *name = g_strndup(field, name_length);
	gsize first = strcspn(name, ".[");
	g_autofree char *head = g_strndup(name, first);
	g_autoptr(value) v = first_part(b, head);
	v = v != NULL ? further_parts(b, g_steal_pointer(&v), name + first) : NULL;
	if (v == NULL) {
		return FALSE;
	}
	if (undefined_inside(v) != NULL) {
		template_fail_undefined(b->e, undefined_inside(v));
		return FALSE;
	}
	b->flags |= flags_deep(v);
	if (conversion != '\0') {
		g_autofree char *text = conversion == 's' ? value_to_string(v) : value_to_repr(v);
		text = conversion == 'a' ? ascii_take(g_steal_pointer(&text)) : text;
		value_unref(v);
		v = value_new_string(text);
	}
	g_autoptr(GString) spec = g_string_new(NULL);
	if (*rest == ':' && !braces_run(b, rest + 1, rest + strlen(rest), spec)) {
		return FALSE;
	}
	if (b->escape && !(value_flags(v) & VALUE_MARKUP)) {
		g_autoptr(GString) plain = g_string_new(NULL);
		gboolean formatted = format_value(b, v, spec->str, plain);
		markup_escape(plain->str, plain->len, out);
		return formatted && check_size(b->e, out->len);
	}
	return format_value(b, v, spec->str, out) && check_size(b->e, out->len);
}

static gboolean braces_run(struct braces *b, const char *p, const char *end, GString *out)
{
	if (++b->depth > 2) {
		template_fail_usage(b->e, "max string recursion exceeded in format string");
		return FALSE;
	}
	while (p < end) {
		if ((*p == '{' || *p == '}') && p + 1 < end && p[1] == *p && b->depth == 1) {
			g_string_append_c(out, *p);
			p += 2;
			continue;
		}
		if (*p == '}') {
			template_fail_usage(b->e, "single '}' encountered in format string");
			return FALSE;
		}
		if (*p != '{') {
			g_string_append_c(out, *p++);
			continue;
		}
		const char *start = ++p;
		guint depth = 1;
		for (; p < end && depth > 0; p++) {
			depth += *p == '{';
			depth -= *p == '}';
		}
		if (depth > 0) {
			template_fail_usage(b->e, "single '{' encountered in format string");
			return FALSE;
		}
		g_autofree char *field = g_strndup(start, (gsize)(p - start) - 1);
		if (!braces_field(b, field, out)) {
			return FALSE;
		}
	}
	b->depth--;
	return TRUE;
}

value *format_braces(
	struct evaluation *e, const value *format, value *const *positional, guint n, value *named)
{
	struct braces b = { .e = e,
		.positional = positional,
		.n = n,
		.named = named,
		.escape = (value_flags(format) & VALUE_MARKUP) != 0 };
	g_autoptr(GString) out = g_string_new(NULL);
	const char *text = value_string(format);
	if (!braces_run(&b, text, text + value_string_length(format), out)) {
		return NULL;
	}
	return value_new_string_flags(
		out->str, out->len, b.flags | (value_flags(format) & (FLAGS_KEPT | VALUE_MARKUP)));
}

/* --- HTML --- */

void markup_escape(const char *text, gsize length, GString *out)
{
	static const struct {
		char c;
		const char *entity;
	} entities[] = { { '&', "&amp;" }, { '<', "&lt;" }, { '>', "&gt;" }, { '"', "&#34;" },
		{ '\'', "&#39;" } };
	for (gsize i = 0; i < length; i++) {
		gsize k = 0;
		while (k < G_N_ELEMENTS(entities) && entities[k].c != text[i]) {
			k++;
		}
		if (k < G_N_ELEMENTS(entities)) {
			g_string_append(out, entities[k].entity);
		} else {
			g_string_append_c(out, text[i]);
		}
	}
}

value *markup_add(const value *a, const value *b)
{
	GString *out = g_string_new(NULL);
	const value *parts[] = { a, b };
	for (int i = 0; i < 2; i++) {
		const char *text = value_string(parts[i]);
		gsize length = value_string_length(parts[i]);
		if (value_flags(parts[i]) & VALUE_MARKUP) {
			g_string_append_len(out, text, (gssize)length);
		} else {
			markup_escape(text, length, out);
		}
	}
	return text_take(out, ((value_flags(a) | value_flags(b)) & FLAGS_KEPT) | VALUE_MARKUP);
}
