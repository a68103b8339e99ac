/*
 * Digests of bytes, by libcrypto (EVP_Digest(3)), which overwrites what it worked with; GChecksum
 * would leave the last bytes that it has seen.
 */
#ifndef SUTLER_BASE_DIGEST_H
#define SUTLER_BASE_DIGEST_H

#include <glib.h>

enum { DIGEST_MAX = 64 };

/* name as OpenSSL has it: "md5", "sha1", "sha256"... The number of bytes written to digest; 0:
 * there is no such digest. */
gsize digest_bytes(const char *name, gconstpointer bytes, gsize length, guint8 digest[DIGEST_MAX]);
/* The same in hexadecimal; NULL: there is none. Caller frees. */
char *digest_hex(const char *name, gconstpointer bytes, gsize length);
/* SHA-256 in hexadecimal, as sha256sum prints it. Caller frees. */
char *digest_sha256(GBytes *bytes);

/* SHA-256 in hex of what can be read, in pieces, from a descriptor up to its end; *ret_text: no NUL
 * is in it. NULL when reading fails. Caller frees. */
char *digest_descriptor(int descriptor, gboolean *ret_text);

#endif
