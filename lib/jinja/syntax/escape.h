/* Backslash escapes of string literals, as Python's unicode-escape codec reads them. */
#ifndef SUTLER_JINJA_ESCAPE_H
#define SUTLER_JINJA_ESCAPE_H

#include <glib.h>

/* Caller frees; *ret_length gets the bytes. NULL for a bad escape: *why says what (caller frees).
 */
char *escape_decode(const char *text, gsize length, gsize *ret_length, char **why);

#endif
