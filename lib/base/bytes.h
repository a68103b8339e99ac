/*
 * Copying, comparing and appending few bytes without a call: memcpy(), memcmp() == 0 and
 * g_string_append_len() inlined, for where most of the work is pieces of some bytes each.
 */
#ifndef SUTLER_BASE_BYTES_H
#define SUTLER_BASE_BYTES_H

#include <glib.h>
#include <string.h>

/* memcpy(). Up to 16 bytes go as two pieces that may overlap. */
static inline void copy_bytes(char *to, const char *from, gsize n)
{
	if (n > 16) {
		memcpy(to, from, n);
	} else if (n >= 8) {
		guint64 first;
		guint64 last;
		memcpy(&first, from, sizeof first);
		memcpy(&last, from + n - sizeof last, sizeof last);
		memcpy(to, &first, sizeof first);
		memcpy(to + n - sizeof last, &last, sizeof last);
	} else if (n >= 4) {
		guint32 first;
		guint32 last;
		memcpy(&first, from, sizeof first);
		memcpy(&last, from + n - sizeof last, sizeof last);
		memcpy(to, &first, sizeof first);
		memcpy(to + n - sizeof last, &last, sizeof last);
	} else if (n > 0) {
		to[0] = from[0];
		to[n / 2] = from[n / 2];
		to[n - 1] = from[n - 1];
	}
}

/* memcmp() == 0, in the same way. */
static inline gboolean same_bytes(const char *a, const char *b, gsize n)
{
	if (n > 16) {
		return memcmp(a, b, n) == 0;
	}
	if (n >= 8) {
		guint64 x[2];
		guint64 y[2];
		memcpy(&x[0], a, 8);
		memcpy(&x[1], a + n - 8, 8);
		memcpy(&y[0], b, 8);
		memcpy(&y[1], b + n - 8, 8);
		return x[0] == y[0] && x[1] == y[1];
	}
	if (n >= 4) {
		guint32 x[2];
		guint32 y[2];
		memcpy(&x[0], a, 4);
		memcpy(&x[1], a + n - 4, 4);
		memcpy(&y[0], b, 4);
		memcpy(&y[1], b + n - 4, 4);
		return x[0] == y[0] && x[1] == y[1];
	}
	return n == 0 || (a[0] == b[0] && a[n / 2] == b[n / 2] && a[n - 1] == b[n - 1]);
}

/* g_string_append_len(). */
static inline void append_bytes(GString *out, const char *text, gsize length)
{
	if (G_UNLIKELY(out->len + length >= out->allocated_len)) {
		g_string_append_len(out, text, (gssize)length);
		return;
	}
	copy_bytes(out->str + out->len, text, length);
	out->len += length;
	out->str[out->len] = '\0';
}

#endif
