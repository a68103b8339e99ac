/* Methods of str. */
#include <string.h>

#include "template/format.h"
#include "template/methods.h"
#include "template/objects.h"
#include "template/operators.h"
#include "template/text.h"

static const char *text(const struct call *c)
{
	return value_string(c->input);
}

static gsize length(const struct call *c)
{
	return value_string_length(c->input);
}

static value *take(char *s)
{
	return value_new_string_take(s, strlen(s));
}

static value *m_upper(struct call *c)
{
	return take(text_upper(text(c), length(c)));
}

static value *m_lower(struct call *c)
{
	return take(text_lower(text(c), length(c)));
}

static value *m_casefold(struct call *c)
{
	return take(g_utf8_casefold(text(c), (gssize)length(c)));
}

static value *m_title(struct call *c)
{
	return take(text_title(text(c), length(c)));
}

static value *m_capitalize(struct call *c)
{
	return take(text_capitalize(text(c), length(c)));
}

static value *m_swapcase(struct call *c)
{
	return take(text_swapcase(text(c), length(c)));
}

static value *strip(struct call *c, gboolean left, gboolean right)
{
	const value *chars = c->arguments[0];
	if (chars != NULL && value_is(chars, VALUE_NULL)) {
		chars = NULL;
	}
	if (chars != NULL && !value_is(chars, VALUE_STRING)) {
		return template_fail_usage(c->e, "%s arg must be None or str", c->name);
	}
	const char *from = NULL;
	const char *to = NULL;
	text_strip(text(c), length(c), chars != NULL ? value_string(chars) : NULL, left, right,
		&from, &to);
	return value_new_string_flags(
		from, (gsize)(to - from), value_flags(c->input) & VALUE_MARKUP);
}

static value *m_strip(struct call *c)
{
	return strip(c, TRUE, TRUE);
}

static value *m_lstrip(struct call *c)
{
	return strip(c, TRUE, FALSE);
}

static value *m_rstrip(struct call *c)
{
	return strip(c, FALSE, TRUE);
}

static value *split(struct call *c, gboolean from_right)
{
	gint64 limit = -1;
	const value *separator = c->arguments[0];
	if (!arg_int(c, 1, -1, &limit)) {
		return NULL;
	}
	if (separator == NULL || value_is(separator, VALUE_NULL)) {
		if (!from_right || limit < 0) {
			return text_split_space(c->input, limit);
		}
		/* The last words one by one; the rest stays together. */
		g_autoptr(value) words = text_split_space(c->input, -1);
		gsize n = value_list_length(words);
		if (n <= (gsize)limit) {
			return g_steal_pointer(&words);
		}
		const char *from = NULL;
		const char *to = NULL;
		text_strip(text(c), length(c), NULL, FALSE, TRUE, &from, &to);
		for (gint64 i = 0; i < limit; i++) {
			to -= value_string_length(value_list_get(words, n - 1 - (gsize)i));
			text_strip(from, (gsize)(to - from), NULL, FALSE, TRUE, &from, &to);
		}
		value *list = value_new_list();
		value_list_append(list, value_new_string_length(from, (gsize)(to - from)));
		for (gsize i = n - (gsize)limit; i < n; i++) {
			value_list_append(list, value_ref(value_list_get(words, i)));
		}
		return list;
	}
	if (!value_is(separator, VALUE_STRING)) {
		return template_fail_usage(
			c->e, "must be str or None, not %s", value_type_name(separator));
	}
	if (value_string_length(separator) == 0) {
		return template_fail_usage(c->e, "empty separator");
	}
	return from_right ? text_rsplit(c->input, value_string(separator),
				    value_string_length(separator), limit)
			  : text_split(c->input, value_string(separator),
				    value_string_length(separator), limit);
}

static value *m_split(struct call *c)
{
	return split(c, FALSE);
}

static value *m_rsplit(struct call *c)
{
	return split(c, TRUE);
}

static value *m_splitlines(struct call *c)
{
	gint64 keep = 0;
	return arg_int(c, 0, 0, &keep) ? text_splitlines(c->input, keep != 0) : NULL;
}

static value *m_replace(struct call *c)
{
	const char *old = arg_string(c, 0, NULL);
	const char *new = old != NULL ? arg_string(c, 1, NULL) : NULL;
	gint64 count = -1;
	if (new == NULL || !arg_int(c, 2, -1, &count)) {
		return NULL;
	}
	GString *out = text_replace(text(c), length(c), old, value_string_length(c->arguments[0]),
		new, value_string_length(c->arguments[1]), count);
	if (!check_size(c->e, out->len)) {
		g_string_free(out, TRUE);
		return NULL;
	}
	return text_take(out, 0);
}

/* The part of the string that optional start and end (in characters) leave. */
static gboolean window(
	struct call *c, guint first, const char **from, const char **to, gsize *ret_start)
{
	gint64 points = (gint64)value_string_points(c->input);
	gint64 start = 0;
	gint64 end = points;
	if (!arg_int_or_none(c, first, 0, &start) || !arg_int_or_none(c, first + 1, points, &end)) {
		return FALSE;
	}
	start += start < 0 ? points : 0;
	end += end < 0 ? points : 0;
	start = MAX(start, 0);
	end = CLAMP(end, 0, points);
	*ret_start = (gsize)start;
	if (start > points || start > end) {
		*from = NULL;
		*to = NULL;
		return TRUE;
	}
	*from = g_utf8_offset_to_pointer(text(c), start);
	*to = end == points ? text(c) + length(c) : g_utf8_offset_to_pointer(text(c), end);
	return TRUE;
}

static value *affix(struct call *c, gboolean at_end)
{
	const char *from = NULL;
	const char *to = NULL;
	gsize start = 0;
	const value *what = c->arguments[0];
	if (!window(c, 1, &from, &to, &start)) {
		return NULL;
	}
	gboolean tuple = value_is(what, VALUE_TUPLE);
	gsize n = tuple ? value_list_length(what) : 1;
	for (gsize i = 0; i < n; i++) {
		const value *one = tuple ? value_list_get(what, i) : what;
		if (!value_is(one, VALUE_STRING)) {
			return template_fail_usage(c->e,
				"%s first arg must be str or a tuple of str, not %s", c->name,
				value_type_name(one));
		}
		gsize size = value_string_length(one);
		if (from != NULL && (gsize)(to - from) >= size &&
			memcmp(at_end ? to - size : from, value_string(one), size) == 0) {
			return value_new_bool(TRUE);
		}
	}
	return value_new_bool(FALSE);
}

static value *m_startswith(struct call *c)
{
	return affix(c, FALSE);
}

static value *m_endswith(struct call *c)
{
	return affix(c, TRUE);
}

static const char *last_occurrence(const char *from, const char *to, const char *what, gsize size)
{
	for (const char *p = to - size; p >= from; p--) {
		if (memcmp(p, what, size) == 0) {
			return p;
		}
	}
	return NULL;
}

static value *find(struct call *c, gboolean last, gboolean must)
{
	const char *what = arg_string(c, 0, NULL);
	const char *from = NULL;
	const char *to = NULL;
	gsize start = 0;
	if (what == NULL || !window(c, 1, &from, &to, &start)) {
		return NULL;
	}
	gsize size = value_string_length(c->arguments[0]);
	const char *at = NULL;
	if (from != NULL && (gsize)(to - from) >= size) {
		at = last ? last_occurrence(from, to, what, size)
			  : memmem(from, (gsize)(to - from), what, size);
	}
	if (at == NULL && must) {
		return template_fail_usage(c->e, "substring not found");
	}
	return value_new_int(at != NULL ? (gint64)text_points(text(c), (gsize)(at - text(c))) : -1);
}

static value *m_find(struct call *c)
{
	return find(c, FALSE, FALSE);
}

static value *m_rfind(struct call *c)
{
	return find(c, TRUE, FALSE);
}

static value *m_index(struct call *c)
{
	return find(c, FALSE, TRUE);
}

static value *m_rindex(struct call *c)
{
	return find(c, TRUE, TRUE);
}

static value *m_count(struct call *c)
{
	const char *what = arg_string(c, 0, NULL);
	const char *from = NULL;
	const char *to = NULL;
	gsize start = 0;
	if (what == NULL || !window(c, 1, &from, &to, &start)) {
		return NULL;
	}
	gsize size = value_string_length(c->arguments[0]);
	gint64 n = 0;
	if (from == NULL) {
		return value_new_int(0);
	}
	if (size == 0) {
		return value_new_int((gint64)text_points(from, (gsize)(to - from)) + 1);
	}
	for (const char *p = from; (p = memmem(p, (gsize)(to - p), what, size)) != NULL;
		p += size) {
		n++;
	}
	return value_new_int(n);
}

static value *m_join(struct call *c)
{
	g_autoptr(value) items = arg_list(c, c->arguments[0]);
	if (items == NULL) {
		return NULL;
	}
	g_autoptr(GString) out = g_string_new(NULL);
	guint flags = 0;
	for (gsize i = 0; i < value_list_length(items); i++) {
		const value *item = value_list_get(items, i);
		if (!value_is(item, VALUE_STRING)) {
			return template_fail_usage(c->e,
				"sequence item %" G_GSIZE_FORMAT
				": expected str instance, %s found",
				i, value_type_name(item));
		}
		if (i > 0) {
			g_string_append_len(out, text(c), (gssize)length(c));
		}
		g_string_append_len(out, value_string(item), (gssize)value_string_length(item));
		flags |= value_flags(item) & FLAGS_KEPT;
		if (!check_size(c->e, out->len)) {
			return NULL;
		}
	}
	return value_new_string_flags(out->str, out->len, flags);
}

static value *m_format(struct call *c)
{
	return format_braces(c->e, c->input, c->extra, c->n_extra, c->named);
}

static value *justify(struct call *c, char side)
{
	gint64 width = 0;
	const char *fill = arg_string(c, 1, " ");
	if (fill == NULL || !arg_int(c, 0, 0, &width)) {
		return NULL;
	}
	if (text_points(fill, strlen(fill)) != 1) {
		return template_fail_usage(
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
	g_string_append_len(out, text(c), (gssize)length(c));
	for (gint64 i = before; i < missing; i++) {
		g_string_append(out, fill);
	}
	return text_take(out, 0);
}

static value *m_ljust(struct call *c)
{
	return justify(c, 'l');
}

static value *m_rjust(struct call *c)
{
	return justify(c, 'r');
}

static value *m_center(struct call *c)
{
	return justify(c, 'c');
}

static value *m_zfill(struct call *c)
{
	gint64 width = 0;
	if (!arg_int(c, 0, 0, &width)) {
		return NULL;
	}
	gint64 missing = MAX(width - (gint64)value_string_points(c->input), 0);
	if (!check_size(c->e, (gsize)missing)) {
		return NULL;
	}
	gsize sign = length(c) > 0 && (*text(c) == '-' || *text(c) == '+');
	GString *out = g_string_new_len(text(c), (gssize)sign);
	for (gint64 i = 0; i < missing; i++) {
		g_string_append_c(out, '0');
	}
	g_string_append_len(out, text(c) + sign, (gssize)(length(c) - sign));
	return text_take(out, 0);
}

static value *partition(struct call *c, gboolean last)
{
	const char *what = arg_string(c, 0, NULL);
	if (what == NULL) {
		return NULL;
	}
	gsize size = value_string_length(c->arguments[0]);
	if (size == 0) {
		return template_fail_usage(c->e, "empty separator");
	}
	const char *end = text(c) + length(c);
	const char *at = length(c) < size ? NULL
			 : last           ? last_occurrence(text(c), end, what, size)
					  : memmem(text(c), length(c), what, size);
	value *parts = value_new_tuple();
	if (at == NULL) {
		value_list_append(parts, last ? value_new_string("") : value_ref(c->input));
		value_list_append(parts, value_new_string(""));
		value_list_append(parts, last ? value_ref(c->input) : value_new_string(""));
		return parts;
	}
	value_list_append(parts, value_new_string_length(text(c), (gsize)(at - text(c))));
	value_list_append(parts, value_ref(c->arguments[0]));
	value_list_append(parts, value_new_string_length(at + size, (gsize)(end - at) - size));
	return parts;
}

static value *m_partition(struct call *c)
{
	return partition(c, FALSE);
}

static value *m_rpartition(struct call *c)
{
	return partition(c, TRUE);
}

static value *m_removeprefix(struct call *c)
{
	const char *what = arg_string(c, 0, NULL);
	if (what == NULL) {
		return NULL;
	}
	gsize size = value_string_length(c->arguments[0]);
	gboolean has = size <= length(c) && memcmp(text(c), what, size) == 0;
	return value_new_string_length(text(c) + (has ? size : 0), length(c) - (has ? size : 0));
}

static value *m_removesuffix(struct call *c)
{
	const char *what = arg_string(c, 0, NULL);
	if (what == NULL) {
		return NULL;
	}
	gsize size = value_string_length(c->arguments[0]);
	gboolean has = size > 0 && size <= length(c) &&
		       memcmp(text(c) + length(c) - size, what, size) == 0;
	return value_new_string_length(text(c), length(c) - (has ? size : 0));
}

static value *m_expandtabs(struct call *c)
{
	gint64 size = 8;
	gsize column = 0;
	if (!arg_int(c, 0, 8, &size)) {
		return NULL;
	}
	size = CLAMP(size, 0, 1 << 16);
	GString *out = g_string_new(NULL);
	const char *end = text(c) + length(c);
	for (const char *p = text(c); p < end; p = g_utf8_next_char(p)) {
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

/* Whether the string is not empty and every character is so. */
static value *every(struct call *c, gboolean (*is)(gunichar character))
{
	const char *end = text(c) + length(c);
	for (const char *p = text(c); p < end; p = g_utf8_next_char(p)) {
		if (!is(g_utf8_get_char(p))) {
			return value_new_bool(FALSE);
		}
	}
	return value_new_bool(length(c) > 0);
}

static gboolean is_digit(gunichar c)
{
	return g_unichar_isdigit(c) || c == 0xB2 || c == 0xB3 || c == 0xB9 ||
	       (c >= 0x2070 && c <= 0x2089 && c != 0x2071 && c != 0x2072 && c != 0x2073);
}

static gboolean is_decimal(gunichar c)
{
	return g_unichar_type(c) == G_UNICODE_DECIMAL_NUMBER;
}

static gboolean is_numeric(gunichar c)
{
	GUnicodeType type = g_unichar_type(c);
	return type == G_UNICODE_DECIMAL_NUMBER || type == G_UNICODE_LETTER_NUMBER ||
	       type == G_UNICODE_OTHER_NUMBER;
}

static gboolean is_alpha(gunichar c)
{
	return g_unichar_isalpha(c);
}

static gboolean is_alnum(gunichar c)
{
	return g_unichar_isalpha(c) || is_numeric(c);
}

static value *m_isdigit(struct call *c)
{
	return every(c, is_digit);
}

static value *m_isdecimal(struct call *c)
{
	return every(c, is_decimal);
}

static value *m_isnumeric(struct call *c)
{
	return every(c, is_numeric);
}

static value *m_isalpha(struct call *c)
{
	return every(c, is_alpha);
}

static value *m_isalnum(struct call *c)
{
	return every(c, is_alnum);
}

static value *m_isspace(struct call *c)
{
	return every(c, text_is_space);
}

static gboolean is_printable(gunichar c)
{
	switch (g_unichar_type(c)) {
	case G_UNICODE_CONTROL:
	case G_UNICODE_FORMAT:
	case G_UNICODE_SURROGATE:
	case G_UNICODE_PRIVATE_USE:
	case G_UNICODE_UNASSIGNED:
	case G_UNICODE_LINE_SEPARATOR:
	case G_UNICODE_PARAGRAPH_SEPARATOR:
		return FALSE;
	case G_UNICODE_SPACE_SEPARATOR:
		return c == ' ';
	default:
		return TRUE;
	}
}

static value *m_isprintable(struct call *c)
{
	return length(c) == 0 ? value_new_bool(TRUE) : every(c, is_printable);
}

static value *m_format_map(struct call *c)
{
	if (!value_is(c->arguments[0], VALUE_DICT)) {
		return template_fail_usage(
			c->e, "format_map needs a dict, not %s", value_type_name(c->arguments[0]));
	}
	return format_braces(c->e, c->input, NULL, 0, c->arguments[0]);
}

static value *m_isascii(struct call *c)
{
	for (gsize i = 0; i < length(c); i++) {
		if ((guchar)text(c)[i] >= 0x80) {
			return value_new_bool(FALSE);
		}
	}
	return value_new_bool(TRUE);
}

static value *in_case(struct call *c, gboolean upper)
{
	gboolean any = FALSE;
	const char *end = text(c) + length(c);
	for (const char *p = text(c); p < end; p = g_utf8_next_char(p)) {
		gunichar u = g_utf8_get_char(p);
		if ((upper ? g_unichar_islower(u) : g_unichar_isupper(u)) || g_unichar_istitle(u)) {
			return value_new_bool(FALSE);
		}
		any = any || (upper ? g_unichar_isupper(u) : g_unichar_islower(u));
	}
	return value_new_bool(any);
}

static value *m_isupper(struct call *c)
{
	return in_case(c, TRUE);
}

static value *m_islower(struct call *c)
{
	return in_case(c, FALSE);
}

static value *m_istitle(struct call *c)
{
	gboolean any = FALSE;
	gboolean inside = FALSE;
	const char *end = text(c) + length(c);
	for (const char *p = text(c); p < end; p = g_utf8_next_char(p)) {
		gunichar u = g_utf8_get_char(p);
		gboolean upper = g_unichar_isupper(u) || g_unichar_istitle(u);
		gboolean lower = g_unichar_islower(u);
		if ((upper && inside) || (lower && !inside)) {
			return value_new_bool(FALSE);
		}
		inside = upper || lower;
		any = any || inside;
	}
	return value_new_bool(any);
}

static value *m_isidentifier(struct call *c)
{
	const char *end = text(c) + length(c);
	for (const char *p = text(c); p < end; p = g_utf8_next_char(p)) {
		gunichar u = g_utf8_get_char(p);
		gboolean ok = u == '_' || g_unichar_isalpha(u) ||
			      (p > text(c) && (g_unichar_isdigit(u) || g_unichar_ismark(u)));
		if (!ok) {
			return value_new_bool(FALSE);
		}
	}
	return value_new_bool(length(c) > 0);
}

const struct method methods_string[] = {
	{ "capitalize", "", m_capitalize },
	{ "casefold", "", m_casefold },
	{ "center", "width! fillchar /", m_center },
	{ "count", "sub! start end /", m_count },
	{ "endswith", "suffix! start end /", m_endswith },
	{ "expandtabs", "tabsize", m_expandtabs },
	{ "find", "sub! start end /", m_find },
	{ "format", "* **", m_format },
	{ "format_map", "mapping! /", m_format_map },
	{ "index", "sub! start end /", m_index },
	{ "isalnum", "", m_isalnum },
	{ "isalpha", "", m_isalpha },
	{ "isascii", "", m_isascii },
	{ "isdecimal", "", m_isdecimal },
	{ "isdigit", "", m_isdigit },
	{ "isidentifier", "", m_isidentifier },
	{ "islower", "", m_islower },
	{ "isnumeric", "", m_isnumeric },
	{ "isprintable", "", m_isprintable },
	{ "isspace", "", m_isspace },
	{ "istitle", "", m_istitle },
	{ "isupper", "", m_isupper },
	{ "join", "iterable! /", m_join },
	{ "ljust", "width! fillchar /", m_ljust },
	{ "lower", "", m_lower },
	{ "lstrip", "chars /", m_lstrip },
	{ "partition", "sep! /", m_partition },
	{ "removeprefix", "prefix! /", m_removeprefix },
	{ "removesuffix", "suffix! /", m_removesuffix },
	{ "replace", "old! new! count /", m_replace },
	{ "rfind", "sub! start end /", m_rfind },
	{ "rindex", "sub! start end /", m_rindex },
	{ "rjust", "width! fillchar /", m_rjust },
	{ "rpartition", "sep! /", m_rpartition },
	{ "rsplit", "sep maxsplit", m_rsplit },
	{ "rstrip", "chars /", m_rstrip },
	{ "split", "sep maxsplit", m_split },
	{ "splitlines", "keepends", m_splitlines },
	{ "startswith", "prefix! start end /", m_startswith },
	{ "strip", "chars /", m_strip },
	{ "swapcase", "", m_swapcase },
	{ "title", "", m_title },
	{ "upper", "", m_upper },
	{ "zfill", "width! /", m_zfill },
};
const gsize n_methods_string = G_N_ELEMENTS(methods_string);
