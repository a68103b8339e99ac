/*
 * Upper, lower and title case of text, as Python's str has it: the full mappings of Unicode, one
 * character to several, whatever the locale is.
 *
 * GLib has most of them, for letters; PCRE knows the properties that GLib has no function for.
 */
#include "jinja/engine/markup.h"
#include "jinja/library/text.h"

#include <string.h>

enum {
	SIGMA = 0x3A3,
	FINAL_SIGMA = 0x3C2,
	SMALL_SIGMA = 0x3C3,
	CAPITAL_I_WITH_DOT = 0x130,
	COMBINING_DOT = 0x307,
	N_WITH_APOSTROPHE = 0x149,
	CAPITAL_IOTA = 0x399,
	COMBINING_IOTA = 0x345,
};

/* ---- properties ---- */

enum property {
	LOWER,
	UPPER,
	UPPER_OR_TITLE,
	LOWER_OR_TITLE,
	CASED,
	IGNORABLE,   /* does not part the letters of a word */
	TITLED_TEXT, /* words of a capital letter and small ones */
	IDENTIFIER,
	N_PROPERTIES,
};

static gboolean matches(enum property property, const char *text, gsize length)
{
	static const char *const patterns[N_PROPERTIES] = {
		[LOWER] = "\\p{Lowercase}",
		[UPPER] = "\\p{Uppercase}",
		[UPPER_OR_TITLE] = "[\\p{Uppercase}\\p{Lt}]",
		[LOWER_OR_TITLE] = "[\\p{Lowercase}\\p{Lt}]",
		[CASED] = "\\p{Cased}",
		[TITLED_TEXT] = ("\\A\\P{Cased}*+(?:[\\p{Uppercase}\\p{Lt}]\\p{Lowercase}*+"
				 "(?:\\P{Cased}++|\\z))++\\z"),
		[IGNORABLE] = "\\p{Case_Ignorable}",
		[IDENTIFIER] = "\\A[_\\p{XID_Start}]\\p{XID_Continue}*+\\z",
	};
	static gsize compiled[N_PROPERTIES];
	if (g_once_init_enter(&compiled[property])) {
		GRegex *regex = g_regex_new(patterns[property], 0, 0, NULL);
		g_assert(regex != NULL);
		g_once_init_leave(&compiled[property], GPOINTER_TO_SIZE(regex));
	}
	return g_regex_match_full(
		GSIZE_TO_POINTER(compiled[property]), text, (gssize)length, 0, 0, NULL, NULL);
}

gboolean text_is_lower(const char *text, gsize length)
{
	return !matches(UPPER_OR_TITLE, text, length) && matches(LOWER, text, length);
}

gboolean text_is_upper(const char *text, gsize length)
{
	return !matches(LOWER_OR_TITLE, text, length) && matches(UPPER, text, length);
}

gboolean text_is_title(const char *text, gsize length)
{
	return matches(TITLED_TEXT, text, length);
}

gboolean text_is_identifier(const char *text, gsize length)
{
	return matches(IDENTIFIER, text, length);
}

/* Of one character. */
static gboolean is(enum property property, const char *p)
{
	if ((guchar)*p < 0x80) {
		return property == LOWER   ? g_ascii_islower(*p)
		       : property == UPPER ? g_ascii_isupper(*p)
		       : property == CASED ? g_ascii_isalpha(*p)
					   : *p != '\0' && strchr("'.:^`", *p) != NULL;
	}
	return matches(property, p, (gsize)(g_utf8_next_char(p) - p));
}

/* ---- one character ---- */

/* Signs that have two cases and are no letters: Roman numbers, letters in circles. */
static gunichar other_case(gunichar c, gboolean upper)
{
	static const struct {
		gunichar first;
		gunichar n;
	} rows[] = { { 0x2160, 16 }, { 0x24B6, 26 } };
	for (gsize i = 0; i < G_N_ELEMENTS(rows); i++) {
		gunichar from = rows[i].first + (upper ? rows[i].n : 0);
		if (c >= from && c < from + rows[i].n) {
			return upper ? c - rows[i].n : c + rows[i].n;
		}
	}
	return c;
}

static void append_upper(GString *out, const char *p)
{
	gunichar c = g_utf8_get_char(p);
	gunichar other = other_case(c, TRUE);
	if (c < 0x80) {
		g_string_append_c(out, g_ascii_toupper((char)c));
	} else if (other != c) {
		g_string_append_unichar(out, other);
	} else {
		g_autofree char *up = g_utf8_strup(p, g_utf8_next_char(p) - p);
		g_string_append(out, up);
	}
}

/* Whether p, a sigma in text, ends a word of more than it. Not by one expression: each would look
 * through all of the text. */
static gboolean ends_word(const char *text, const char *p, const char *end)
{
	const char *before = g_utf8_find_prev_char(text, p);
	const char *behind = g_utf8_next_char(p);
	while (before != NULL && is(IGNORABLE, before)) {
		before = g_utf8_find_prev_char(text, before);
	}
	while (behind < end && is(IGNORABLE, behind)) {
		behind = g_utf8_next_char(behind);
	}
	return before != NULL && is(CASED, before) && !(behind < end && is(CASED, behind));
}

/* p in text, which ends at end: a sigma is written differently at the end of a word. */
static void append_lower(GString *out, const char *text, const char *p, const char *end)
{
	gunichar c = g_utf8_get_char(p);
	if (c < 0x80) {
		g_string_append_c(out, g_ascii_tolower((char)c));
	} else if (c == SIGMA) {
		gboolean last = ends_word(text, p, end);
		g_string_append_unichar(out, last ? FINAL_SIGMA : SMALL_SIGMA);
	} else if (c == CAPITAL_I_WITH_DOT) {
		g_string_append_c(out, 'i');
		g_string_append_unichar(out, COMBINING_DOT);
	} else {
		gunichar other = other_case(c, FALSE);
		g_string_append_unichar(out, other != c ? other : g_unichar_tolower(c));
	}
}

/* Title case of what upper case makes several characters of. */
static void append_title_of(GString *out, gunichar c, const char *up)
{
	const char *rest = g_utf8_next_char(up);
	const char *last = g_utf8_prev_char(up + strlen(up));
	if (c == N_WITH_APOSTROPHE) {
		g_string_append(out, up);
	} else if (g_utf8_get_char(last) != CAPITAL_IOTA) {
		g_autofree char *low = g_utf8_strdown(rest, -1);
		g_string_append_len(out, up, rest - up);
		g_string_append(out, low);
	} else {
		g_string_append_len(out, up, last - up);
		g_string_append_unichar(out, COMBINING_IOTA);
	}
}

static gboolean is_georgian(gunichar c)
{
	return c >= 0x10D0 && c <= 0x10FF;
}

static void append_title(GString *out, const char *p)
{
	gunichar c = g_utf8_get_char(p);
	gunichar title = g_unichar_totitle(c);
	if (g_unichar_istitle(c) || is_georgian(c)) {
		g_string_append_unichar(out, c);
	} else if (title != c) {
		g_string_append_unichar(out, title);
	} else {
		g_autoptr(GString) up = g_string_new(NULL);
		append_upper(up, p);
		if (g_utf8_strlen(up->str, -1) > 1) {
			append_title_of(out, c, up->str);
		} else {
			g_string_append_len(out, up->str, (gssize)up->len);
		}
	}
}

/* ---- texts ---- */

/* Points are counted by their first bytes: as many as bytes means that each byte is one. */
static gboolean is_ascii(const value *s)
{
	return value_string_points(s) == value_string_length(s);
}

void text_append_upper(GString *out, const char *text, gsize length)
{
	for (const char *p = text; p < text + length; p = g_utf8_next_char(p)) {
		append_upper(out, p);
	}
}

void text_append_lower(GString *out, const char *text, gsize length)
{
	for (const char *p = text; p < text + length; p = g_utf8_next_char(p)) {
		append_lower(out, text, p, text + length);
	}
}

/* first to last: the letters of ASCII that change. */
static inline value *change_case(const value *bytes,
	void (*append)(GString *out, const char *text, gsize length), char first, char last)
{
	g_autoptr(value) s = value_valid(bytes);
	gsize length = value_string_length(s);
	const char *text = value_string(s);
	if (!is_ascii(s)) {
		GString *changed = g_string_sized_new(length);
		append(changed, text, length);
		return text_take(changed, 0);
	}
	char *out = NULL;
	value *v = value_new_string_space(length, &out);
	for (gsize i = 0; i < length; i++) {
		out[i] = text[i] >= first && text[i] <= last ? (char)(text[i] ^ 0x20) : text[i];
	}
	return v;
}

value *text_upper(const value *s)
{
	return change_case(s, text_append_upper, 'a', 'z');
}

value *text_lower(const value *s)
{
	return change_case(s, text_append_lower, 'A', 'Z');
}

/* First letters in title case, the others lower. */
static value *cased(const char *text, gsize length, gboolean every_word)
{
	GString *out = g_string_sized_new(length + 1);
	gboolean inside = FALSE;
	const char *end = text + length;
	for (const char *p = text; p < end; p = g_utf8_next_char(p)) {
		if (inside) {
			append_lower(out, text, p, end);
		} else {
			append_title(out, p);
		}
		inside = !every_word || is(CASED, p);
	}
	return text_take(out, 0);
}

value *text_capitalize(const char *text, gsize length)
{
	return cased(text, length, FALSE);
}

value *text_title(const char *text, gsize length)
{
	return cased(text, length, TRUE);
}

value *text_swapcase(const char *text, gsize length)
{
	GString *out = g_string_sized_new(length + 1);
	const char *end = text + length;
	for (const char *p = text; p < end; p = g_utf8_next_char(p)) {
		if (is(UPPER, p)) {
			append_lower(out, text, p, end);
		} else if (is(LOWER, p)) {
			append_upper(out, p);
		} else {
			g_string_append_len(out, p, g_utf8_next_char(p) - p);
		}
	}
	return text_take(out, 0);
}

value *text_casefold(const char *text, gsize length)
{
	GString *out = g_string_sized_new(length + 1);
	for (const char *p = text; p < text + length; p = g_utf8_next_char(p)) {
		gunichar c = g_utf8_get_char(p);
		gssize n = g_utf8_next_char(p) - p;
		if (c >= 0x13A0 && c <= 0x13F5) { /* Cherokee folds to its older, upper case */
			g_string_append_len(out, p, n);
		} else {
			g_autofree char *folded = g_utf8_casefold(p, n);
			g_string_append(out, folded);
		}
	}
	return text_take(out, 0);
}
