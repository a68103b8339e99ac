/* Text of strangers made fit for a terminal. */
#ifndef SUTLER_REPORT_HARMLESS_H
#define SUTLER_REPORT_HARMLESS_H

#include <glib.h>

/* Appends text with everything a terminal could obey spelt out: control characters as \x1b or \r,
 * bytes that are not UTF-8 as \xff, marks that turn the direction of writing as \u202e. Tabs stay;
 * newlines stay when lines is TRUE, else they become \n. */
void harmless_append(GString *out, const char *text, gsize length, gboolean lines);

/* The same as a new string. Caller frees. */
char *harmless_text(const char *text, gboolean lines);

/* The columns a harmless text takes on a terminal. */
guint harmless_width(const char *text);

/* Cuts a harmless text to at most width columns, with "..." in place of what is gone. */
void harmless_truncate(GString *text, guint width);

#endif
