/*
 * Big bytes that many threads want at once (a rendered template, a pack of commits) are held once.
 *
 * Kept only as long as somebody uses them. From any thread.
 */
#ifndef SUTLER_BASE_SHARED_H
#define SUTLER_BASE_SHARED_H

#include "base/error.h"

/* Makes the bytes of a key; NULL and an error. */
typedef GBytes *(*shared_make)(gpointer data, GError **error);

/* The bytes of a key: those in use, or what make gives; other callers wait meanwhile. NULL and
 * make's error. Caller unrefs. */
GBytes *shared_bytes(const char *key, shared_make make, gpointer data, GError **error);

/* The same for bytes that are there already, by their digest; takes bytes. */
GBytes *shared_bytes_take(const char *sha256, GBytes *bytes);

#endif
