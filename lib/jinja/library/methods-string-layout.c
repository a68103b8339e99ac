/* Methods of str about white space and fill characters, around it and inside. */
#include "jinja/library/methods-string.h"

#include <string.h>

#include "jinja/engine/markup.h"
#include "jinja/engine/operators.h"
#include "jinja/library/text.h"

static value *strip(struct jinja_call *c, gboolean left, gboolean right)
{
	const value *chars = c->arguments[0];
	if (chars != NULL && value_is(chars, VALUE_NULL)) {
		chars = NULL;
	}
	if (chars != NULL && !value_is(chars, VALUE_STRING)) {
		return jinja_fail_usage(c->e, "%s arg must be None or str", c->name);
	}
	const char *from = NULL;
	const char *to = NULL;
	text_strip(string_text(c), string_length(c), chars != NULL ? value_string(chars) : NULL,
		left, right, &from, &to);
	return value_new_string_flags(
		from, (gsize)(to - from), value_flags(c->input) & VALUE_MARKUP);
}

value *string_strip(struct jinja_call *c)
{
	return strip(c, TRUE, TRUE);
}

value *string_lstrip(struct jinja_call *c)
{
	return strip(c, TRUE, FALSE);
}

value *string_rstrip(struct jinja_call *c)
{
	return strip(c, FALSE, TRUE);
}

static value *justify(struct jinja_call *c, char side)
{
	gint64 width = 0;
	const char *fill = jinja_arg_string(c, 1, " ");
	if (fill == NULL || !jinja_arg_int(c, 0, 0, &width)) {
		return NULL;
	}
	if (text_points(fill, strlen(fill)) != 1) {
		return jinja_fail_usage(
			c->e, "the fill character must be exactly one character long");
	}
	gint64 points = (gint64)value_string_points(c->input);
	gint64 missing = MAX(width - points, 0);
	if (!check_size(c->e, (gsize)missing * strlen(fill))) {
		return NULL;
	}
	gint64 before = side == 'r'   ? missing
			: side == 'c' ? missing / 2 + (missing & width & 1)
				      : 0;
	GString *out = g_string_new(NULL);
	for (gint64 i = 0; i < before; i++) {
		g_string_append(out, fill);
	}
	g_string_append_len(out, string_text(c), (gssize)string_length(c));
	for (gint64 i = before; i < missing; i++) {
		g_string_append(out, fill);
	}
	return text_take(out, 0);
}

value *string_ljust(struct jinja_call *c)
{
	return justify(c, 'l');
}

value *string_rjust(struct jinja_call *c)
{
	return justify(c, 'r');
}

value *string_center(struct jinja_call *c)
{
	return justify(c, 'c');
}

value *string_zfill(struct jinja_call *c)
{
	gint64 width = 0;
	if (!jinja_arg_int(c, 0, 0, &width)) {
		return NULL;
	}
	gint64 missing = MAX(width - (gint64)value_string_points(c->input), 0);
	if (!check_size(c->e, (gsize)missing)) {
		return NULL;
	}
	gsize sign = string_length(c) > 0 && (*string_text(c) == '-' || *string_text(c) == '+');
	GString *out = g_string_new_len(string_text(c), (gssize)sign);
	for (gint64 i = 0; i < missing; i++) {
		g_string_append_c(out, '0');
	}
	g_string_append_len(out, string_text(c) + sign, (gssize)(string_length(c) - sign));
	return text_take(out, 0);
}

value *string_expandtabs(struct jinja_call *c)
{
	gint64 size = 8;
	gsize column = 0;
	if (!jinja_arg_int(c, 0, 8, &size)) {
		return NULL;
	}
	size = CLAMP(size, 0, 1 << 16);
	GString *out = g_string_new(NULL);
	const char *end = string_text(c) + string_length(c);
	for (const char *p = string_text(c); p < end; p = g_utf8_next_char(p)) {
		if (*p == '\t') {
			for (gsize n = size > 0 ? (gsize)size - column % (gsize)size : 0; n > 0;
				n--) {
				g_string_append_c(out, ' ');
				column++;
			}
			if (!check_size(c->e, out->len)) {
				g_string_free(out, TRUE);
				return NULL;
			}
			continue;
		}
		g_string_append_unichar(out, g_utf8_get_char(p));
		column = *p == '\n' || *p == '\r' ? 0 : column + 1;
	}
	return text_take(out, 0);
}
