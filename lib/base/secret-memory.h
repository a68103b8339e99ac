/*
 * Memory for secrets: passwords, what a vault held, the texts that are masked.
 *
 *	g_autosecret char *plain = secret_memory_new(length);
 *
 * They lie apart from everything else, in libcrypto's secure heap (OPENSSL_secure_malloc(3)): pages
 * that are locked where the system allows it, are left out of core files, and have guard pages
 * around them. What does not fit there comes from the ordinary heap. Either way a text is
 * overwritten before it is given back. May be used by any thread.
 *
 * What is promised ends here: a library that is handed a secret (a YAML reader, an SSH client), or
 *a buffer that grows, leaves copies that nobody can reach. That none of these ends in a core file,
 * or is read by another program of the user, is seen to by the process as a whole (cmd/main.c).
 */
#ifndef SUTLER_BASE_SECRET_MEMORY_H
#define SUTLER_BASE_SECRET_MEMORY_H

#include <glib.h>

/* Room for length bytes and a NUL behind them, all zero. Free with secret_memory_free(). */
char *secret_memory_new(gsize length);

/* The same, filled with length bytes of text. */
char *secret_memory_copy(const char *text, gsize length);

/* Overwrites the text and gives its memory back; NULL is allowed. */
void secret_memory_free(char *text);

/* Overwrites a text of the ordinary heap, and frees it; NULL is allowed. */
void secret_wipe_free(char *text, gsize length);
/* The same for one that ends with a NUL. */
void secret_wipe_string(char *text);

/* Removes the first length bytes and overwrites what that leaves behind the others: for a buffer
 * that is filled again. */
void secret_wipe_front(GByteArray *bytes, gsize length);

/* Overwrites a buffer that may have held secrets, and lets it go; NULL is allowed. */
void secret_wipe_bytes(GByteArray *bytes);

static inline void secret_memory_clear(char **text)
{
	secret_memory_free(*text);
	*text = NULL;
}

/* A variable that is freed with secret_memory_free() when it goes out of scope. */
#define g_autosecret __attribute__((cleanup(secret_memory_clear)))

#endif
