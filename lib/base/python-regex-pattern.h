/*
 * Patterns of Python's re module, written as PCRE understands them.
 *
 * What Python refuses is refused, though PCRE would have a meaning for it: unknown escapes,
 * (?<name>), (?1), (*VERB), flags in the middle, doubled quantifiers, references to groups that are
 * not closed. So are \N{name} and the flag 'a', which Python has. Not told apart: lookbehinds whose
 * alternatives differ in width, which Python refuses.
 */
#ifndef SUTLER_BASE_PYTHON_REGEX_PATTERN_H
#define SUTLER_BASE_PYTHON_REGEX_PATTERN_H

#include <glib.h>

/* The pattern for PCRE (of bytes: \\w and its like are ASCII then), which has to match the whole
 * text when whole is set; it turns on all it needs but the flags for multiline and case, which are
 * the caller's to set. NULL: *why says why not. The caller frees both. */
char *python_regex_pattern(
	const char *pattern, gboolean bytes, gboolean multiline, gboolean whole, char **why);

#endif
