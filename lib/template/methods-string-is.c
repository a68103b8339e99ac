/* Methods of str that say what kind of characters it holds. */
#include "template/methods-string.h"

#include "template/text.h"

/* Whether the string is not empty and every character is so. */
static value *every(struct call *c, gboolean (*is)(gunichar character))
{
	const char *end = string_text(c) + string_length(c);
	for (const char *p = string_text(c); p < end; p = g_utf8_next_char(p)) {
		if (!is(g_utf8_get_char(p))) {
			return value_new_bool(FALSE);
		}
	}
	return value_new_bool(string_length(c) > 0);
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

value *string_isdigit(struct call *c)
{
	return every(c, is_digit);
}

value *string_isdecimal(struct call *c)
{
	return every(c, is_decimal);
}

value *string_isnumeric(struct call *c)
{
	return every(c, is_numeric);
}

value *string_isalpha(struct call *c)
{
	return every(c, is_alpha);
}

value *string_isalnum(struct call *c)
{
	return every(c, is_alnum);
}

value *string_isspace(struct call *c)
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

value *string_isprintable(struct call *c)
{
	return string_length(c) == 0 ? value_new_bool(TRUE) : every(c, is_printable);
}

value *string_isascii(struct call *c)
{
	for (gsize i = 0; i < string_length(c); i++) {
		if ((guchar)string_text(c)[i] >= 0x80) {
			return value_new_bool(FALSE);
		}
	}
	return value_new_bool(TRUE);
}

static value *in_case(struct call *c, gboolean upper)
{
	gboolean any = FALSE;
	const char *end = string_text(c) + string_length(c);
	for (const char *p = string_text(c); p < end; p = g_utf8_next_char(p)) {
		gunichar u = g_utf8_get_char(p);
		if ((upper ? g_unichar_islower(u) : g_unichar_isupper(u)) || g_unichar_istitle(u)) {
			return value_new_bool(FALSE);
		}
		any = any || (upper ? g_unichar_isupper(u) : g_unichar_islower(u));
	}
	return value_new_bool(any);
}

value *string_isupper(struct call *c)
{
	return in_case(c, TRUE);
}

value *string_islower(struct call *c)
{
	return in_case(c, FALSE);
}

value *string_istitle(struct call *c)
{
	gboolean any = FALSE;
	gboolean inside = FALSE;
	const char *end = string_text(c) + string_length(c);
	for (const char *p = string_text(c); p < end; p = g_utf8_next_char(p)) {
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

value *string_isidentifier(struct call *c)
{
	const char *end = string_text(c) + string_length(c);
	for (const char *p = string_text(c); p < end; p = g_utf8_next_char(p)) {
		gunichar u = g_utf8_get_char(p);
		gboolean ok = u == '_' || g_unichar_isalpha(u) ||
			      (p > string_text(c) && (g_unichar_isdigit(u) || g_unichar_ismark(u)));
		if (!ok) {
			return value_new_bool(FALSE);
		}
	}
	return value_new_bool(string_length(c) > 0);
}
