/* Python's "{}".format(x). */
#include "jinja/library/format.h"

#include <string.h>

#include "jinja/engine/frame.h"
#include "jinja/engine/markup.h"
#include "jinja/engine/objects.h"
#include "jinja/engine/operators.h"
#include "jinja/library/format-spec.h"

struct braces {
	struct jinja_evaluation *e;
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
			return jinja_fail_usage(b->e,
				"cannot mix automatic and numbered fields in a format string");
		}
		if (index >= b->n) {
			return jinja_fail_usage(b->e,
				"format string needs argument %" G_GINT64_FORMAT
				", but there are only %u",
				index, b->n);
		}
		return value_ref(b->positional[index]);
	}
	value *v = b->named != NULL ? value_dict_get(b->named, name) : NULL;
	return v != NULL ? value_ref(v)
			 : jinja_fail_usage(b->e, "format string needs the argument '%s'", name);
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
				return jinja_fail_usage(b->e, "missing ']' in format string");
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
			return jinja_fail_usage(b->e, "'%s' object has no attribute '%s'",
				value_type_name(of), name);
		}
	}
	return v;
}

/* Digits, until the number is larger than limit. */
static gint64 read_number(const char **p, gint64 limit)
{
	gint64 n = 0;
	while (g_ascii_isdigit(**p) && n <= limit) {
		n = n * 10 + (*(*p)++ - '0');
	}
	return n;
}

/* The fill character and the alignment; returns what is behind them. */
static const char *read_alignment(const char *p, struct spec *s, gboolean *ret_filled)
{
	const char *next = *p != '\0' ? g_utf8_next_char(p) : p;
	if (*p != '\0' && *next != '\0' && strchr("<>=^", *next) != NULL) {
		s->fill = g_utf8_get_char(p);
		*ret_filled = TRUE;
		s->align = *next;
		return next + 1;
	}
	if (*p != '\0' && strchr("<>=^", *p) != NULL) {
		s->align = *p++;
	}
	return p;
}

static gboolean read_spec(struct braces *b, const char *p, struct spec *s)
{
	*s = (struct spec){ .fill = ' ', .precision = -1 };
	gboolean filled = FALSE;
	p = read_alignment(p, s, &filled);
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
	s->width = read_number(&p, FORMAT_WIDTH_MAX);
	if (*p == ',' || *p == '_') {
		s->group = *p++;
	}
	if (*p == '.') {
		p++;
		if (!g_ascii_isdigit(*p)) {
			jinja_fail_usage(b->e, "format specifier missing precision");
			return FALSE;
		}
		s->precision = read_number(&p, FORMAT_PRECISION_MAX);
	}
	if (s->width > FORMAT_WIDTH_MAX || s->precision > FORMAT_PRECISION_MAX) {
		jinja_fail(b->e, SUTLER_ERROR_LIMIT, "width or precision in format is too large");
		return FALSE;
	}
	s->type = *p;
	if (*p != '\0' && p[1] != '\0') {
		jinja_fail_usage(b->e, "invalid format specifier");
		return FALSE;
	}
	const char *ungrouped = s->group == ',' ? "nboxX" : "n";
	if (s->group != 0 && s->type != 0 && strchr(ungrouped, s->type) != NULL) {
		jinja_fail_usage(b->e, "cannot specify '%c' with '%c'", s->group, s->type);
		return FALSE;
	}
	return TRUE;
}

static gboolean bad_type(struct braces *b, const struct spec *s, const value *v)
{
	jinja_fail_usage(b->e, "unknown format code '%c' for object of type '%s'", s->type,
		value_type_name(v));
	return FALSE;
}

static gboolean format_string(struct braces *b, struct spec *s, const value *v, GString *out)
{
	if ((s->type != 0 && s->type != 's') || s->sign != 0 || s->align == '=' || s->group != 0 ||
		s->no_negative_zero || s->alternate) {
		return bad_type(b, s, v);
	}
	format_text(s, value_string(v), value_string_length(v), '<', out);
	return TRUE;
}

static gboolean format_character(
	struct braces *b, const struct spec *s, const value *v, gint64 code, GString *out)
{
	char one[8] = "";
	if (code < 0 || code > 0x10ffff || !g_unichar_validate((gunichar)code) || s->sign != 0 ||
		s->precision >= 0 || s->group != 0 || s->alternate) {
		return bad_type(b, s, v);
	}
	gsize n = (gsize)g_unichar_to_utf8((gunichar)code, one);
	format_text(s, one, n, '>', out);
	return TRUE;
}

static gboolean format_number(struct braces *b, const struct spec *s, const value *v, GString *out)
{
	gint64 i = 0;
	gboolean integer = is_integer(v, &i);
	if (integer && (s->type == 0 || strchr("dxXobn", s->type) != NULL)) {
		if (s->precision >= 0 || s->no_negative_zero) {
			jinja_fail_usage(b->e,
				"precision and 'z' are not allowed in integer format specifier");
			return FALSE;
		}
		format_integer(s, i, 0, out);
		return TRUE;
	}
	if (integer && s->type == 'c') {
		return format_character(b, s, v, i, out);
	}
	if (s->type == 0 || strchr("eEfFgGn%", s->type) != NULL) {
		format_float(s, number_of(v), out);
		return TRUE;
	}
	return bad_type(b, s, v);
}

static gboolean format_value(struct braces *b, const value *v, const char *spec_text, GString *out)
{
	struct spec s;
	if (!read_spec(b, spec_text, &s)) {
		return FALSE;
	}
	if (*spec_text == '\0') {
		value_append_string(v, out);
		return TRUE;
	}
	if (value_is(v, VALUE_STRING)) {
		return format_string(b, &s, v, out);
	}
	if (is_number(v)) {
		return format_number(b, &s, v, out);
	}
	jinja_fail_usage(
		b->e, "unsupported format string passed to %s.__format__", value_type_name(v));
	return FALSE;
}

/* The length of a field's name: up to a ! or : outside of brackets. */
static gsize name_length(const char *field)
{
	gsize length = 0;
	for (gboolean bracket = FALSE; field[length] != '\0'; length++) {
		char c = field[length];
		bracket = c == '[' ? TRUE : c == ']' ? FALSE : bracket;
		if (!bracket && (c == '!' || c == ':')) {
			break;
		}
	}
	return length;
}

/* The conversion !r, !s or !a at *p, if there is one; *p is moved behind it. */
static gboolean read_conversion(struct braces *b, const char **p, char *ret_conversion)
{
	*ret_conversion = '\0';
	if (**p != '!') {
		return TRUE;
	}
	char letter = (*p)[1];
	if (letter == '\0' || strchr("rsa", letter) == NULL ||
		((*p)[2] != ':' && (*p)[2] != '\0')) {
		jinja_fail_usage(b->e, "unknown conversion in format string");
		return FALSE;
	}
	*ret_conversion = letter;
	*p += 2;
	return TRUE;
}

/* What a field's name stands for, converted. */
static value *field_value(struct braces *b, const char *name, char conversion)
{
	gsize first = strcspn(name, ".[");
	g_autofree char *head = g_strndup(name, first);
	g_autoptr(value) v = first_part(b, head);
	v = v != NULL ? further_parts(b, g_steal_pointer(&v), name + first) : NULL;
	if (v == NULL) {
		return NULL;
	}
	if (undefined_inside(v) != NULL) {
		return jinja_fail_undefined(b->e, undefined_inside(v));
	}
	b->flags |= flags_deep(v);
	if (conversion == '\0') {
		return g_steal_pointer(&v);
	}
	g_autofree char *text = conversion == 's' ? value_to_string(v) : value_to_repr(v);
	text = conversion == 'a' ? format_ascii(g_steal_pointer(&text)) : text;
	return value_new_string(text);
}

/* One field; field is the text between the braces. */
static gboolean braces_field(struct braces *b, const char *field, GString *out)
{
	const char *rest = field + name_length(field);
	g_autofree char *name = g_strndup(field, (gsize)(rest - field));
	char conversion = '\0';
	if (!read_conversion(b, &rest, &conversion)) {
		return FALSE;
	}
	g_autoptr(value) v = field_value(b, name, conversion);
	if (v == NULL) {
		return FALSE;
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
		jinja_fail_usage(b->e, "max string recursion exceeded in format string");
		return FALSE;
	}
	while (p < end) {
		if ((*p == '{' || *p == '}') && p + 1 < end && p[1] == *p && b->depth == 1) {
			g_string_append_c(out, *p);
			p += 2;
			continue;
		}
		if (*p == '}') {
			jinja_fail_usage(b->e, "single '}' encountered in format string");
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
			jinja_fail_usage(b->e, "single '{' encountered in format string");
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

value *format_braces(struct jinja_evaluation *e, const value *format, value *const *positional,
	guint n, value *named)
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
	return value_new_string_flags(out->str, out->len,
		b.flags | (value_flags(format) & (FLAGS_KEPT | VALUE_MARKUP | VALUE_TEXT)));
}
