/* Filters on text. */
#include <string.h>

#include "jinja/engine/call.h"
#include "jinja/engine/frame.h"
#include "jinja/engine/markup.h"
#include "jinja/engine/objects.h"
#include "jinja/engine/operators.h"
#include "jinja/library/format.h"
#include "jinja/library/text.h"
#include "jinja/library/wrap.h"
#include "jinja/syntax/limits.h"

/* Text of lists that hold something undefined cannot be made. */
static gboolean undefined_inside_fails(struct jinja_call *c)
{
	const value *undefined = undefined_inside(c->input);
	if (undefined != NULL) {
		jinja_fail_undefined(c->e, undefined);
	}
	return undefined != NULL;
}

static value *f_upper(struct jinja_call *c)
{
	g_autoptr(value) s = text_of(c->input);
	return text_upper(s);
}

static value *f_lower(struct jinja_call *c)
{
	g_autoptr(value) s = text_of(c->input);
	return text_lower(s);
}

static value *f_capitalize(struct jinja_call *c)
{
	g_autoptr(value) s = text_of(c->input);
	return text_capitalize(value_string(s), value_string_length(s));
}

static gboolean begins_word(const char *p)
{
	return (*p != '\0' && strchr("-({[<", *p) != NULL) || text_is_space(g_utf8_get_char(p));
}

/* Words begin after white space and -({[<, unlike in str.title(). */
static value *f_title(struct jinja_call *c)
{
	g_autoptr(value) s = text_of(c->input);
	GString *out = g_string_new(NULL);
	const char *end = value_string(s) + value_string_length(s);
	for (const char *p = value_string(s); p < end;) {
		const char *rest = g_utf8_next_char(p);
		const char *word_end = rest;
		while (!begins_word(p) && word_end < end && !begins_word(word_end)) {
			word_end = g_utf8_next_char(word_end);
		}
		text_append_upper(out, p, (gsize)(rest - p));
		text_append_lower(out, rest, (gsize)(word_end - rest));
		p = word_end;
	}
	return text_take(out, 0);
}

static value *f_trim(struct jinja_call *c)
{
	g_autoptr(value) s = text_of(c->input);
	const value *chars = c->arguments[0];
	if (chars != NULL && !value_is(chars, VALUE_STRING) && !value_is(chars, VALUE_NULL)) {
		return jinja_fail_usage(c->e, "strip arg must be None or str");
	}
	const char *from = NULL;
	const char *to = NULL;
	text_strip(value_string(s), value_string_length(s),
		value_is(chars, VALUE_STRING) ? value_string(chars) : NULL, TRUE, TRUE, &from, &to);
	return value_new_string_length(from, (gsize)(to - from));
}

/* Within {% autoescape %}: what is not escaped yet is before it gets together with what is. */
static guint marked_parts(value **s, value **old, value **new)
{
	if (((value_flags(*s) | value_flags(*old) | value_flags(*new)) & VALUE_MARKUP) == 0) {
		return 0;
	}
	value **parts[] = { s, old, new };
	for (gsize i = 0; i < G_N_ELEMENTS(parts); i++) {
		value *plain = *parts[i];
		*parts[i] = markup_of(plain, FALSE);
		value_unref(plain);
	}
	return VALUE_MARKUP;
}

static value *f_replace(struct jinja_call *c)
{
	g_autoptr(value) s = text_of(c->input);
	g_autoptr(value) old = text_of(c->arguments[0]);
	g_autoptr(value) new = text_of(c->arguments[1]);
	gint64 count = -1;
	guint markup = c->e->context->autoescape ? marked_parts(&s, &old, &new) : 0;
	if (!jinja_arg_int_or_none(c, 2, -1, &count)) {
		return NULL;
	}
	gsize length = value_string_length(s);
	gsize most = value_string_length(old) > 0 ? length / value_string_length(old) : length + 1;
	if (most > 0 && value_string_length(new) > LIMIT_BYTES / most &&
		!check_size(c->e, G_MAXSIZE)) {
		return NULL;
	}
	GString *out = text_replace(value_string(s), length, value_string(old),
		value_string_length(old), value_string(new), value_string_length(new), count);
	return text_take(out, markup);
}

static value *f_string(struct jinja_call *c)
{
	return undefined_inside_fails(c) ? NULL : text_of(c->input);
}

static value *f_center(struct jinja_call *c)
{
	gint64 width = 80;
	g_autoptr(value) s = text_of(c->input);
	if (!jinja_arg_int(c, 0, 80, &width)) {
		return NULL;
	}
	gint64 missing = MAX(width - (gint64)value_string_points(s), 0);
	if (!check_size(c->e, (gsize)missing)) {
		return NULL;
	}
	gint64 before = missing / 2 + (missing & width & 1);
	GString *out = g_string_new(NULL);
	g_string_append_printf(
		out, "%*s%s%*s", (int)before, "", value_string(s), (int)(missing - before), "");
	return text_take(out, 0);
}

/* The input, which must be text already: not everything makes text of what it gets. */
static value *only_text(struct jinja_call *c)
{
	if (value_is(c->input, VALUE_STRING)) {
		return value_ref(c->input);
	}
	return jinja_fail_usage(
		c->e, "%s needs a string, not %s", c->name, value_type_name(c->input));
}

static value *f_indent(struct jinja_call *c)
{
	g_autoptr(value) s = only_text(c);
	if (s == NULL) {
		return NULL;
	}
	const value *width = c->arguments[0];
	gboolean first = jinja_arg_bool(c, 1, FALSE);
	gboolean blank = jinja_arg_bool(c, 2, FALSE);
	g_autofree char *prefix = NULL;
	gint64 n = 4;
	if (value_is(width, VALUE_STRING)) {
		prefix = g_strdup(value_string(width));
	} else {
		if (!jinja_arg_int(c, 0, 4, &n)) {
			return NULL;
		}
		if (!check_size(c->e, (gsize)MAX(n, 0))) {
			return NULL;
		}
		prefix = g_strnfill((gsize)MAX(n, 0), ' ');
	}
	/* An added newline keeps the last line's own one. */
	GString *with = g_string_new_len(value_string(s), (gssize)value_string_length(s));
	g_string_append_c(with, '\n');
	g_autoptr(value) whole = text_take(with, 0);
	g_autoptr(value) lines = text_splitlines(whole, FALSE);
	GString *out = g_string_new(first ? prefix : NULL);
	for (gsize i = 0; i < value_list_length(lines); i++) {
		const value *line = value_list_get(lines, i);
		if (i > 0) {
			g_string_append_c(out, '\n');
			if (blank || value_string_length(line) > 0) {
				g_string_append(out, prefix);
			}
		}
		g_string_append_len(out, value_string(line), (gssize)value_string_length(line));
		if (!check_size(c->e, out->len)) {
			g_string_free(out, TRUE);
			return NULL;
		}
	}
	return text_take(out, 0);
}

static value *f_truncate(struct jinja_call *c)
{
	gint64 length = 255;
	gint64 leeway = 5;
	const value *s = c->input;
	const char *end = c->arguments[2] != NULL ? jinja_arg_string(c, 2, NULL) : "...";
	if (end == NULL || !jinja_arg_int(c, 0, 255, &length) ||
		!jinja_arg_int_or_none(c, 3, 5, &leeway)) {
		return NULL;
	}
	gint64 items = value_is(s, VALUE_DICT) ? (gint64)value_dict_length(s)
		       : value_is_sequence(s) || value_object(s, &range_class) != NULL
			       ? (gint64)sequence_length(s)
			       : G_MAXINT64;
	if (items <= length + leeway && leeway >= 0 && length >= (gint64)strlen(end)) {
		return value_ref(s); /* lists short enough pass too */
	}
	if (!value_is(s, VALUE_STRING)) {
		return jinja_fail_usage(
			c->e, "truncate needs a string, not %s", value_type_name(s));
	}
	gint64 end_points = (gint64)text_points(end, strlen(end));
	if (length < end_points) {
		return jinja_fail_usage(
			c->e, "expected length >= %d, got %d", (int)end_points, (int)length);
	}
	if (leeway < 0) {
		return jinja_fail_usage(c->e, "expected leeway >= 0, got %d", (int)leeway);
	}
	if ((gint64)value_string_points(s) <= length + leeway) {
		return value_ref(s);
	}
	const char *text = value_string(s);
	gsize keep = (gsize)(g_utf8_offset_to_pointer(text, (glong)(length - end_points)) - text);
	if (!jinja_arg_bool(c, 1, FALSE)) {
		gsize space = keep;
		while (space > 0 && text[space - 1] != ' ') {
			space--;
		}
		keep = space > 0 ? space - 1 : keep;
	}
	GString *out = g_string_new_len(text, (gssize)keep);
	g_string_append(out, end);
	return text_take(out, 0);
}

static value *f_wordcount(struct jinja_call *c)
{
	g_autoptr(value) s = jinja_arg_text(c);
	if (s == NULL) {
		return NULL;
	}
	gint64 n = 0;
	gboolean inside = FALSE;
	const char *end = value_string(s) + value_string_length(s);
	for (const char *p = value_string(s); p < end; p = g_utf8_next_char(p)) {
		gunichar u = g_utf8_get_char(p);
		gboolean word = u == '_' || g_unichar_isalnum(u);
		n += word && !inside;
		inside = word;
	}
	return value_new_int(n);
}

static value *f_format(struct jinja_call *c)
{
	g_autoptr(value) s = text_of(c->input);
	if (c->n_extra > 0 && c->named != NULL) {
		return jinja_fail_usage(
			c->e, "format takes positional or named arguments, not both");
	}
	if (c->named != NULL) {
		return format_percent(c->e, s, c->named);
	}
	g_autoptr(value) tuple = value_new_tuple();
	for (guint i = 0; i < c->n_extra; i++) {
		value_list_append(tuple, value_ref(c->extra[i]));
	}
	return format_percent(c->e, s, tuple);
}

static value *f_wordwrap(struct jinja_call *c)
{
	g_autoptr(value) s = only_text(c);
	if (s == NULL) {
		return NULL;
	}
	gint64 width = 79;
	const char *newline = "\n";
	g_autoptr(value) lines = text_splitlines(s, FALSE);
	if (value_list_length(lines) > 0 && !jinja_arg_int(c, 0, 79, &width)) {
		return NULL;
	}
	if (c->arguments[2] != NULL && !value_is(c->arguments[2], VALUE_NULL)) {
		newline = jinja_arg_string(c, 2, NULL);
	}
	if (newline == NULL) {
		return NULL;
	}
	if (width <= 0 && value_list_length(lines) > 0) {
		return jinja_fail_usage(c->e, "invalid width %d (must be > 0)", (int)width);
	}
	GString *out = g_string_new(NULL);
	for (gsize i = 0; i < value_list_length(lines); i++) {
		const value *line = value_list_get(lines, i);
		g_string_append(out, i > 0 ? newline : "");
		wrap_line(value_string(line), value_string_length(line), (gsize)width,
			jinja_arg_bool(c, 1, TRUE), jinja_arg_bool(c, 3, TRUE), newline, out);
	}
	return text_take(out, 0);
}

static value *f_split(struct jinja_call *c)
{
	if (!value_is(c->input, VALUE_STRING)) {
		return jinja_fail_usage(
			c->e, "split needs a string, not %s", value_type_name(c->input));
	}
	gint64 limit = -1;
	const value *separator = c->arguments[0];
	if (!jinja_arg_int(c, 1, -1, &limit)) {
		return NULL;
	}
	if (separator == NULL || value_is(separator, VALUE_NULL)) {
		return text_split_space(c->input, limit);
	}
	if (!value_is(separator, VALUE_STRING)) {
		return jinja_fail_usage(
			c->e, "separator must be a string, not %s", value_type_name(separator));
	}
	if (value_string_length(separator) == 0) {
		return jinja_fail_usage(c->e, "empty separator");
	}
	return text_split(c->input, value_string(separator), value_string_length(separator), limit);
}

const struct jinja_filter filters_string[] = {
	{ "capitalize", "", f_capitalize, "first character upper case, the others lower" },
	{ "center", "width", f_center, "text centred in a field of width characters" },
	{ "format", "* **", f_format, "the input as a %-format of the arguments" },
	{ "indent", "width first blank", f_indent, "lines but the first indented", .strict = TRUE },
	{ "lower", "", f_lower, "lower case" },
	{ "replace", "old! new! count", f_replace, "old replaced by new, count times at most" },
	{ "split", "sep maxsplit", f_split, "a list of the parts between separators",
		.strict = TRUE },
	{ "string", "", f_string, "the input as text", .text = TRUE },
	{ "title", "", f_title, "words in title case" },
	{ "trim", "chars", f_trim, "without white space (or chars) at both ends" },
	{ "truncate", "length killwords end leeway", f_truncate, "text cut to a length" },
	{ "upper", "", f_upper, "upper case" },
	{ "wordcount", "", f_wordcount, "the number of words" },
	{ "wordwrap", "width break_long_words wrapstring break_on_hyphens", f_wordwrap,
		"text broken into lines of a width", .strict = TRUE },
};
const gsize n_filters_string = G_N_ELEMENTS(filters_string);
