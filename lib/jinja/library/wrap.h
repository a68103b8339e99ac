/* Breaking text into lines, as Python's textwrap does. */
#ifndef SUTLER_JINJA_WRAP_H
#define SUTLER_JINJA_WRAP_H

#include <glib.h>

/* Appends one line of text broken into lines of width characters, joined by newline (textwrap with
 * expand_tabs and replace_whitespace off). */
void wrap_line(const char *text, gsize length, gsize width, gboolean break_long,
	gboolean break_hyphens, const char *newline, GString *out);

#endif
