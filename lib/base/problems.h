/*
 * Problems that are told in one go.
 *
 * Whoever can go on after an error gives it here and goes on; at the end they become one error
 * whose message has a line for each, sorted by file and line. Equal ones stand once, with the
 * number of places:
 *
 *	site.yml:3:7: unknown module 'copyy': 3 places, did you mean 'copy'?
 */
#ifndef SUTLER_BASE_PROBLEMS_H
#define SUTLER_BASE_PROBLEMS_H

#include "base/error.h"

enum { PROBLEMS_SHOWN = 50 };

typedef struct problems problems;

problems *problems_new(void);
void problems_free(problems *p);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(problems, problems_free)

/* Takes error. host: the one it was found on, or NULL; the same on several hosts is one problem. */
void problems_add(problems *p, GError *error, const char *host);
/* How many were added. */
guint problems_count(const problems *p);

/* The lines (char *), at most PROBLEMS_SHOWN and one that says how many more there are. Caller
 * unrefs. */
GPtrArray *problems_lines(const problems *p);

/* All of them as one error, with the code of the first; FALSE. TRUE when there are none. */
gboolean problems_none(const problems *p, GError **error);

#endif
