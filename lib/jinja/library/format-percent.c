/* Python's "%s" % x. */
#include "jinja/library/format.h"

#include <math.h>
#include <string.h>

#include "jinja/engine/frame.h"
#include "jinja/engine/objects.h"
#include "jinja/engine/operators.h"
#include "jinja/library/format-spec.h"

struct percent {
	struct jinja_evaluation *e;
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
	return jinja_fail_usage(f->e, "not enough arguments for format string");
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
		return jinja_fail_usage(f->e, "incomplete format key");
	}
	g_autofree char *key = g_strndup(start, (gsize)(f->p - start) - 1);
	if (!value_is(f->arguments, VALUE_DICT)) {
		return jinja_fail_usage(f->e, "format requires a mapping");
	}
	f->mapping_used = TRUE;
	const value *v = value_dict_get(f->arguments, key);
	return v != NULL ? v : jinja_fail_usage(f->e, "format key '%s' is not in the dict", key);
}

/* A number or '*'. */
static gboolean read_count(struct percent *f, gint64 limit, gint64 *ret)
{
	if (f->p < f->end && *f->p == '*') {
		f->p++;
		const value *v = next_argument(f);
		if (v == NULL || !is_integer(v, ret)) {
			jinja_fail_usage(f->e, "* wants int");
			return FALSE;
		}
	} else {
		*ret = 0;
		while (f->p < f->end && g_ascii_isdigit(*f->p) && *ret <= limit) {
			*ret = *ret * 10 + (*f->p++ - '0');
		}
	}
	if (*ret > limit) {
		jinja_fail(f->e, SUTLER_ERROR_LIMIT, "width or precision is larger than %d",
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
	if (!read_count(f, FORMAT_WIDTH_MAX, &s->width)) {
		return FALSE;
	}
	if (s->width < 0) {
		s->align = '<';
		s->width = -s->width;
	}
	if (f->p < f->end && *f->p == '.') {
		f->p++;
		if (!read_count(f, FORMAT_PRECISION_MAX, &s->precision)) {
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
		format_digits(s, value_float(v) <= -1, "", body, out);
		return TRUE;
	} else if (!is_integer(v, &i)) {
		jinja_fail_usage(f->e, "%%%c format: a number is required, not %s", s->type,
			value_type_name(v));
		return FALSE;
	}
	gint64 digits = s->precision;
	s->zero = s->zero && s->align == 0;
	format_integer(s, i, digits, out);
	return TRUE;
}

/* What %c makes of v. */
/* What %c stands for; *length is 0 when it ends at its NUL. */
static char *character(struct percent *f, const value *v, gsize *length)
{
	gint64 code = 0;
	if (value_is(v, VALUE_STRING) && value_string_points(v) == 1) {
		return g_strdup(value_string(v));
	}
	if (is_integer(v, &code) && code >= 0 && code <= 0x10ffff &&
		g_unichar_validate((gunichar)code)) {
		char *one = g_malloc0(8);
		*length = (gsize)g_unichar_to_utf8((gunichar)code, one);
		return one;
	}
	return jinja_fail_usage(f->e, "%%c requires int or char");
}

static gboolean percent_text(struct percent *f, struct spec *s, const value *v, GString *out)
{
	gsize length = 0;
	g_autofree char *text = NULL;
	if (s->type == 'c') {
		s->precision = -1;
		text = character(f, v, &length);
	} else if (undefined_inside(v) != NULL) {
		jinja_fail_undefined(f->e, undefined_inside(v));
	} else if (s->type == 's' && value_is(v, VALUE_STRING) && !f->escape) {
		s->zero = FALSE;
		format_text(s, value_string(v), value_string_length(v), '>', out);
		return TRUE;
	} else {
		text = s->type == 's' ? value_to_string(v) : value_to_repr(v);
		text = s->type == 'a' ? format_ascii(text) : text;
		text = f->escape && !(value_flags(v) & VALUE_MARKUP) ? format_escaped(text) : text;
	}
	if (text == NULL) {
		return FALSE;
	}
	s->zero = FALSE;
	format_text(s, text, length > 0 ? length : strlen(text), '>', out);
	return TRUE;
}

static gboolean percent_value(struct percent *f, struct spec *s, const value *v, GString *out)
{
	if (undefined_of(v) != NULL) {
		jinja_fail_undefined(f->e, v);
		return FALSE;
	}
	if (strchr("diuoxX", s->type) != NULL) {
		return percent_integer(f, s, v, out);
	}
	if (strchr("eEfFgG", s->type) == NULL) {
		return percent_text(f, s, v, out);
	}
	if (!is_number(v)) {
		jinja_fail_usage(f->e, "must be real number, not %s", value_type_name(v));
		return FALSE;
	}
	format_float(s, number_of(v), out);
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
		jinja_fail_usage(f->e, "incomplete format");
		return FALSE;
	}
	s.type = *f->p++;
	if (s.type == '%' && f->p[-2] == '%') {
		g_string_append_c(out, '%');
		return TRUE;
	}
	if (strchr("diuoxXeEfFgGcrsa", s.type) == NULL) {
		jinja_fail_usage(f->e, "unsupported format character '%c'", s.type);
		return FALSE;
	}
	if (v == NULL) {
		v = next_argument(f);
	}
	return v != NULL && percent_value(f, &s, v, out) && check_size(f->e, out->len);
}

value *format_percent(struct jinja_evaluation *e, const value *format, const value *arguments)
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
		return jinja_fail_usage(e, "not all arguments converted during string formatting");
	}
	return value_new_string_flags(out->str, out->len,
		flags_deep(arguments) | (value_flags(format) & (FLAGS_KEPT | VALUE_MARKUP)));
}
