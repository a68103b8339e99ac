/*
 * Memory that is given back is overwritten first: whatever this program or a library frees.
 *
 * A secret passes through many hands: the buffers of GLib, libyaml, jansson, libcurl and libssh,
 * the text of templates, the lines that go to a host. All of them free what they have used, and
 * none of them wipes it. So free(), realloc() and reallocarray() of the whole process are defined
 * in wiping.c (as malloc(3) and the manual of the GNU C library, "Replacing malloc", allow), and
 * nobody has to remember which text was secret: g_autofree is enough. It costs a few percent of a
 * rendering. What must be done by hand is what is not freed: arrays on the stack, buffers that are
 * emptied and used again.
 *
 * With another C library than GNU's, or the thread sanitizer, nothing is overwritten.
 */
#ifndef SUTLER_BASE_WIPING_H
#define SUTLER_BASE_WIPING_H

#include <glib.h>

/* Overwrites what the functions called so far have left behind on this thread's stack. */
void wipe_stack(void);

/* Removes the first length bytes and overwrites what that leaves behind the others: for a buffer
 * that is filled again. */
void wipe_front(GByteArray *bytes, gsize length);

#endif
