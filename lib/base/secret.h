/*
 * Secrets: which texts are secret, and masking them in output.
 *
 * One registry for the whole program, safe for any thread. Vault values, passwords and variables
 * whose names say secret (base/secret-names.h, value/secrets.h) are registered where they become
 * known; every text that leaves the program (events, diffs, errors, journals) goes through
 * secret_mask() once.
 */
#ifndef SUTLER_BASE_SECRET_H
#define SUTLER_BASE_SECRET_H

#include <glib.h>

#define SECRET_MASK "********"

/* Registers a text. Texts shorter than 4 bytes are not: masking them would hide everything and
 * nothing. Also registers each line of 8 or more bytes of a secret of several lines, and its base64
 * form. Cheap: what masking needs is made when something is masked. Past two million forms
 * (some 300,000 secrets) everything is masked rather than anything forgotten. */
void secret_add(const char *text, gsize length);

/* The same for a text of which only the name of its variable, or the encrypted file it stands in,
 * says that it is secret: numbers of fewer than 6 digits and words that stand everywhere ("true",
 * "root", "present") are not registered. */
void secret_add_likely(const char *text, gsize length);

/* Whether anything is registered. */
gboolean secret_any(void);

/* text with every occurrence of a secret replaced by SECRET_MASK: as it is, split over lines (in
 * any places, by LF or CRLF, with indentation), escaped as in JSON, as base64 at any of the three
 * offsets, wrapped or not. NULL: there is none, use text itself. Caller frees. */
char *secret_mask(const char *text, gsize length, gsize *ret_length);
/* The same of a NUL-terminated text, and a copy when there is none. */
char *secret_masked(const char *text);

/* A stream is masked piece by piece: bytes that a secret could begin in are held back until the
 * next piece, or the end (text NULL). Caller frees what each call returns. */
struct secret_stream;
struct secret_stream *secret_stream_new(void);
void secret_stream_free(struct secret_stream *stream);
char *secret_stream_take(
	struct secret_stream *stream, const char *text, gsize length, gsize *ret_length);

/* Forgets everything registered. For tests and the end of the program. */
void secret_forget(void);

#endif
