/* Python's regular expressions (the module re), by way of GRegex (PCRE). */
#ifndef SUTLER_BASE_PYTHON_REGEX_H
#define SUTLER_BASE_PYTHON_REGEX_H

#include <glib.h>

enum python_regex_flags {
	PYTHON_REGEX_BYTES = 1 << 0, /* as a bytes pattern: any bytes are matched, one by one */
	PYTHON_REGEX_MULTILINE = 1 << 1,
	PYTHON_REGEX_DOTALL = 1 << 2,
	PYTHON_REGEX_IGNORECASE = 1 << 3,
	PYTHON_REGEX_WHOLE = 1 << 4, /* the whole text has to match */
	/* For texts that are gone through match by match. PCRE checks all of a UTF-8 text before
	 * each match, which takes forever in long ones: it does not when a text is known to be
	 * ASCII, nor when the pattern is compiled to machine code. */
	PYTHON_REGEX_ASCII_TEXT = 1 << 5, /* the text is ASCII */
	PYTHON_REGEX_MACHINE_CODE = 1 << 6,
};

/* NULL and an error (GRegex's words) for what is no pattern. Caller unrefs. */
GRegex *python_regex_new(const char *pattern, guint flags, GError **error);

/* Appends template to out as Python's match.expand() does: \1, \g<1>, \g<name>, \n and so on.
 * Groups that did not match are empty. Errors: G_REGEX_ERROR. */
gboolean python_regex_expand(
	const GMatchInfo *match, const char *template, GString *out, GError **error);

#endif
