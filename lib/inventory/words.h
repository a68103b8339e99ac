/* Shell-like splitting of one line, as Python's shlex.split(line, comments=True). */
#ifndef SUTLER_INVENTORY_WORDS_H
#define SUTLER_INVENTORY_WORDS_H

#include <glib.h>

struct word {
	char *text;
	const char *start; /* in the line that was split */
};

/* Splits line into words (GArray of struct word that frees its texts). NULL: *ret_problem says what
 * is wrong, *ret_place where. Caller unrefs. */
GArray *words_split(const char *line, const char **ret_problem, const char **ret_place);

#endif
