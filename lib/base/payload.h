/*
 * Bytes to be sent: from memory, or from files that are read in pieces when they leave, so that a
 * big file is never held, however many hosts it goes to.
 */
#ifndef SUTLER_BASE_PAYLOAD_H
#define SUTLER_BASE_PAYLOAD_H

#include "base/error.h"

/* A local file as it was when it was looked at; the struct lives as long as the program. */
struct payload_file {
	char *path;
	guint64 device, inode, size;
	gint64 changed; /* its mtime, in nanoseconds */
	char *sha256;
	gboolean text; /* no NUL in it */
};

/* Looks at a file, and reads it once, in pieces, for its digest; the next time it is only asked
 * whether it is the same still. Regular files only: a device or a pipe may never end. NULL and
 * SUTLER_ERROR_USAGE. From any thread. */
const struct payload_file *payload_file_look(const char *path, GError **error);

/* Reference counted, atomically; not changed any more once it is sent. */
typedef struct payload payload;
payload *payload_new(void);
payload *payload_ref(payload *b);
void payload_unref(payload *b);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(payload, payload_unref)
void payload_add_bytes(payload *b, GBytes *bytes); /* referenced */
void payload_add_file(payload *b, const struct payload_file *file);
gsize payload_size(const payload *b);

/* Copies up to length bytes from position at on; returns how many, 0 behind the end. -1 and
 * SUTLER_ERROR_FAILED when a file cannot be read, or has changed since it was looked at. */
gssize payload_read(const payload *b, gsize at, guint8 *into, gsize length, GError **error);

#endif
