/* Python's str operations on UTF-8 text. */
#ifndef SUTLER_JINJA_TEXT_H
#define SUTLER_JINJA_TEXT_H

#include "value/value.h"

gboolean text_is_space(gunichar c); /* str.isspace() */
/* Bounds of text without white space, or without the characters of chars (NULL: white space). */
void text_strip(const char *text, gsize length, const char *chars, gboolean left, gboolean right,
	const char **from, const char **to);
/* text-case.c: str.upper() and so on. New strings; caller unrefs. */
value *text_upper(const value *s);
value *text_lower(const value *s);
value *text_capitalize(const char *text, gsize length);
value *text_title(const char *text, gsize length);
value *text_swapcase(const char *text, gsize length);
value *text_casefold(const char *text, gsize length);
void text_append_upper(GString *out, const char *text, gsize length);
void text_append_lower(GString *out, const char *text, gsize length);
/* str.islower() and so on. */
gboolean text_is_lower(const char *text, gsize length);
gboolean text_is_upper(const char *text, gsize length);
gboolean text_is_title(const char *text, gsize length);
gboolean text_is_identifier(const char *text, gsize length);

/* Lists of strings; caller unrefs. limit < 0: none. */
value *text_split(const value *s, const char *separator, gsize separator_length, gint64 limit);
value *text_split_space(const value *s, gint64 limit);
value *text_rsplit(const value *s, const char *separator, gsize separator_length, gint64 limit);
value *text_splitlines(const value *s, gboolean keep);
/* The last place of what in text; NULL: none. */
const char *text_find_last(const char *text, gsize length, const char *what, gsize what_length);
/* text with old replaced by new; count < 0: all. */
GString *text_replace(const char *text, gsize length, const char *old, gsize old_length,
	const char *new, gsize new_length, gint64 count);
gsize text_points(const char *text, gsize length);
/* How many \n end it; \r\n ends with one. */
gsize text_newlines_at_end(const char *text, gsize length);

#endif
