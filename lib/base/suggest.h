/* "did you mean": the names nearest to a misspelt word. */
#ifndef SUTLER_BASE_SUGGEST_H
#define SUTLER_BASE_SUGGEST_H

#include <glib.h>

/* A phrase to append to an error: ", did you mean 'x'?" or ", did you mean 'x' or 'y'?", or "" when
 * no candidate is near (edit distance, with transpositions, of at most a third of the word).
 * candidates: array of strings, not NULL-terminated, n of them. Caller frees. */
char *suggest_phrase(const char *word, const char *const *candidates, gsize n);

/* The same over the keys (strings) of a hash table. */
char *suggest_phrase_keys(const char *word, GHashTable *table);

#endif
