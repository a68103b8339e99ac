/* What lineinfile, blockinfile and replace share: editing a file of the host here. */
#ifndef SUTLER_MODULES_EDIT_H
#define SUTLER_MODULES_EDIT_H

#include "modules/module.h"

/* Sets the variables lineinfile.sh needs; quick: how the host can tell alone that nothing is to be
 * done ("": it cannot; see lineinfile.sh). */
void edit_prepare(call *c, const char *kind, const char *quick);

/* For answer: after is what the file shall hold instead of before (both borrowed); message says
 * what was done. Equal contents mean that nothing is. */
void edit_answer(call *c, GBytes *before, const GString *after, const char *message);

/* Sets *error for a regular expression that is none. */
void edit_bad_pattern(
	call *c, const char *name, const char *pattern, const GError *problem, GError **error);

/* Splits at newlines (with return_too also at carriage returns, as bytes.splitlines() does); every
 * GString keeps its own end. Caller unrefs. */
GPtrArray *edit_split(GBytes *content, gboolean return_too);
GString *edit_join(const GPtrArray *lines);
/* The length of a line without what ends it. */
gsize edit_bare_length(const GString *line);
/* A new line: text and a newline. */
GString *edit_line_new(const char *text);

/* Completes a result with what Ansible's module of that name returns. */
void edit_finish(call *c, result *r);

#endif
