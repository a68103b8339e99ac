/* Methods of str that say what kind of characters it holds. */
#include "jinja/library/methods-string.h"

#include "jinja/library/text.h"

/* Whether the string is not empty and every character is so. */
static value *every(struct jinja_call *c, gboolean (*is)(gunichar character))
{
	const char *end = string_text(c) + string_length(c);
	for (const char *p = string_text(c); p < end; p = g_utf8_next_char(p)) {
		if (!is(g_utf8_get_char(p))) {
			return value_new_bool(FALSE);
		}
	}
	return value_new_bool(string_length(c) > 0);
}

static gboolean is_decimal(gunichar c)
{
	return g_unichar_type(c) == G_UNICODE_DECIMAL_NUMBER;
}

/* Unicode's Numeric_Type=Digit: digits that have no place value, like superscripts. GLib does not
 * know them. */
static gboolean is_digit(gunichar c)
{
	static const struct {
		gunichar first;
		gunichar last;
	} rows[] = { { 0xB2, 0xB3 }, { 0xB9, 0xB9 }, { 0x1369, 0x1371 }, { 0x19DA, 0x19DA },
		{ 0x2070, 0x2070 }, { 0x2074, 0x2079 }, { 0x2080, 0x2089 }, { 0x2460, 0x2468 },
		{ 0x2474, 0x247C }, { 0x2488, 0x2490 }, { 0x24EA, 0x24EA }, { 0x24F5, 0x24FD },
		{ 0x24FF, 0x24FF }, { 0x2776, 0x277E }, { 0x2780, 0x2788 }, { 0x278A, 0x2792 },
		{ 0x10A40, 0x10A43 }, { 0x10E60, 0x10E68 }, { 0x11052, 0x1105A },
		{ 0x1F100, 0x1F10A } };
	for (gsize i = 0; i < G_N_ELEMENTS(rows); i++) {
		if (c >= rows[i].first && c <= rows[i].last) {
			return TRUE;
		}
	}
	return is_decimal(c);
}

/* Signs for numbers, and the ideographs that are numbers (Unihan, kPrimaryNumeric and its like). */
static gboolean is_numeric(gunichar c)
{
	static const char ideographs[] = "㐅㒃㠪㭍一七万三九二五亖亿什仟仨伍佰億兆兩八六十千卄卅卌"
					 "叁参參叄四壱壹幺廾廿弌弍弎弐拾捌柒漆玖百"
					 "肆萬貮貳贰阡陆陌陸零\uF96B\uF973\uF978\uF9B2\uF9D1\uF9D3"
					 "\uF9FD𠀁𠁤𠃢𠄡𠤪𠦃𠦌𠦜𠫪𠫽𠬙𢎐𢦘𣬛𦉭\U0002F890";
	GUnicodeType type = g_unichar_type(c);
	return type == G_UNICODE_DECIMAL_NUMBER || type == G_UNICODE_LETTER_NUMBER ||
	       type == G_UNICODE_OTHER_NUMBER ||
	       (c >= 0x3400 && g_utf8_strchr(ideographs, -1, c) != NULL);
}

static gboolean is_alpha(gunichar c)
{
	return g_unichar_isalpha(c);
}

static gboolean is_alnum(gunichar c)
{
	return g_unichar_isalpha(c) || is_numeric(c);
}

value *string_isdigit(struct jinja_call *c)
{
	return every(c, is_digit);
}

value *string_isdecimal(struct jinja_call *c)
{
	return every(c, is_decimal);
}

value *string_isnumeric(struct jinja_call *c)
{
	return every(c, is_numeric);
}

value *string_isalpha(struct jinja_call *c)
{
	return every(c, is_alpha);
}

value *string_isalnum(struct jinja_call *c)
{
	return every(c, is_alnum);
}

value *string_isspace(struct jinja_call *c)
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

value *string_isprintable(struct jinja_call *c)
{
	return string_length(c) == 0 ? value_new_bool(TRUE) : every(c, is_printable);
}

value *string_isascii(struct jinja_call *c)
{
	for (gsize i = 0; i < string_length(c); i++) {
		if ((guchar)string_text(c)[i] >= 0x80) {
			return value_new_bool(FALSE);
		}
	}
	return value_new_bool(TRUE);
}

value *string_isupper(struct jinja_call *c)
{
	return value_new_bool(text_is_upper(string_text(c), string_length(c)));
}

value *string_islower(struct jinja_call *c)
{
	return value_new_bool(text_is_lower(string_text(c), string_length(c)));
}

value *string_istitle(struct jinja_call *c)
{
	return value_new_bool(text_is_title(string_text(c), string_length(c)));
}

value *string_isidentifier(struct jinja_call *c)
{
	return value_new_bool(text_is_identifier(string_text(c), string_length(c)));
}
