/* Whole text files, read within bounds and checked. */
#ifndef SUTLER_BASE_TEXT_H
#define SUTLER_BASE_TEXT_H

#include "base/error.h"

/* Reads a whole file of at most limit bytes. The result is NUL-terminated; *length gets its bytes.
 * Errors: SUTLER_ERROR_USAGE ("unable to read 'path': ..."), SUTLER_ERROR_LIMIT. Caller frees. */
char *text_read_file(const char *path, gsize limit, gsize *length, GError **error);

/* The same from an open descriptor, to its end; name is what errors call it. */
char *text_read_descriptor(
	int descriptor, const char *name, gsize limit, gsize *length, GError **error);

/* Checks that text is UTF-8 without NUL. Errors: SUTLER_ERROR_USAGE, located in name. */
gboolean text_check(const char *text, gsize length, const char *name, GError **error);

/* Bytes of the byte order mark that text begins with: 3 or 0. */
gsize text_mark_length(const char *text, gsize length);

/* The position (1-based line and column in code points) of a byte of text. Lines end in LF. */
struct position text_position(const char *text, gsize offset, const char *name);

#endif
