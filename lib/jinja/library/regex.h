/* Python's regular expressions by way of PCRE. */
#ifndef SUTLER_JINJA_REGEX_H
#define SUTLER_JINJA_REGEX_H

#include "jinja/engine/evaluate.h"

/* Compiles a Python pattern; NULL on failure (error set at the evaluation). */
GRegex *regex_compile(
	struct jinja_evaluation *e, const char *pattern, gboolean ignore_case, gboolean multiline);
/* The same for finding all matches in text, a string. */
GRegex *regex_compile_for(struct jinja_evaluation *e, const char *pattern, gboolean ignore_case,
	gboolean multiline, const value *text);
/* The same, but it has to match the whole text. */
GRegex *regex_compile_whole(
	struct jinja_evaluation *e, const char *pattern, gboolean ignore_case, gboolean multiline);
/* FALSE when the match took too long or failed otherwise (error set); *ret_match is freed by the
 * caller. */
gboolean regex_match(struct jinja_evaluation *e, const GRegex *regex, const char *text,
	gsize length, gsize start, GRegexMatchFlags flags, GMatchInfo **ret_match);
/* Appends a replacement with its \1, \g<name> and escapes filled in. */
gboolean regex_expand(
	struct jinja_evaluation *e, const GMatchInfo *match, const char *replacement, GString *out);

#endif
