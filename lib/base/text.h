/*
 * Whole text files: bounded reading, encoding, and positions in them.
 *
 *	gsize length = 0;
 *	g_autofree char *text = text_read(path, TEXT_LIMIT, 0, &length, error);
 */
#ifndef SUTLER_BASE_TEXT_H
#define SUTLER_BASE_TEXT_H

#include "base/error.h"

#define TEXT_LIMIT ((gsize)16 * 1024 * 1024) /* what a configuration file may weigh */

enum text_flags {
	TEXT_KEEP_CRLF = 1 << 0, /* do not turn CRLF into LF */
};

/* FALSE when path leads to something other than a regular file of at most limit bytes: opening a
 * FIFO or a device may never return, and reading one never end. Errors: SUTLER_ERROR_USAGE,
 * SUTLER_ERROR_LIMIT. */
gboolean text_is_file(const char *path, gsize limit, GError **error);

/* Reads a file of at most limit bytes, whatever they are. *ret_length (may be NULL) gets their
 * number; a NUL follows them. Errors: SUTLER_ERROR_USAGE (with the system's words),
 * SUTLER_ERROR_LIMIT. Caller frees. */
char *text_read_bytes(const char *path, gsize limit, gsize *ret_length, GError **error);
/* The same of what is left to read from fd; name is what errors call it. */
char *text_read_descriptor(
	int fd, const char *name, gsize limit, gsize *ret_length, GError **error);

/* The same for text: UTF-8 without NUL (text_check()), a leading BOM dropped, CRLF turned into LF
 * unless flags say otherwise. Caller frees. */
char *text_read(const char *path, gsize limit, guint flags, gsize *ret_length, GError **error);

/* FALSE when text holds a NUL or is not UTF-8: SUTLER_ERROR_USAGE, located in name. */
gboolean text_check(const char *text, gsize length, const char *name, GError **error);

/* Drops a BOM and, unless TEXT_KEEP_CRLF, turns CRLF into LF, in place. Returns the new length. */
gsize text_normalize(char *text, gsize length, guint flags);

/* A hash of length bytes, for tables whose keys are not NUL-terminated. */
guint text_hash(const char *text, gsize length);

/* Line and column (code points) of the byte at offset; a BOM does not count. */
struct position text_position(const char *text, gsize offset, const char *name);

#endif
