/* "did you mean": the names nearest to a misspelt word. */
#include "base/suggest.h"

#include <string.h>

enum { WORD_MAX = 64 };

/* Optimal string alignment distance; words longer than WORD_MAX bytes are never near. */
static guint distance(const char *a, const char *b)
{
	gsize m = strlen(a);
	gsize n = strlen(b);
	if (m > WORD_MAX || n > WORD_MAX) {
		return G_MAXUINT;
	}
	guint rows[3][WORD_MAX + 1];
	guint *before = rows[0];
	guint *previous = rows[1];
	guint *current = rows[2];
	for (gsize j = 0; j <= n; j++) {
		previous[j] = (guint)j;
	}
	for (gsize i = 1; i <= m; i++) {
		current[0] = (guint)i;
		for (gsize j = 1; j <= n; j++) {
			char x = g_ascii_tolower(a[i - 1]);
			char y = g_ascii_tolower(b[j - 1]);
			guint best = previous[j - 1] + (x != y);
			best = MIN(best, previous[j] + 1);
			best = MIN(best, current[j - 1] + 1);
			if (i > 1 && j > 1 && x == g_ascii_tolower(b[j - 2]) &&
				y == g_ascii_tolower(a[i - 2])) {
				best = MIN(best, before[j - 2] + 1);
			}
			current[j] = best;
		}
		guint *spare = before;
		before = previous;
		previous = current;
		current = spare;
	}
	return previous[n];
}

char *suggest_phrase(const char *word, const char *const *candidates, gsize n)
{
	const char *first = NULL;
	const char *second = NULL;
	guint limit = MAX(1, (guint)strlen(word) / 3);
	guint best = limit;
	for (gsize i = 0; i < n; i++) {
		guint d = distance(word, candidates[i]);
		if (d > best || strcmp(word, candidates[i]) == 0) {
			continue;
		}
		if (d < best || first == NULL) {
			best = d;
			first = candidates[i];
			second = NULL;
		} else if (second == NULL || strcmp(candidates[i], second) < 0) {
			second = candidates[i];
		}
	}
	if (first == NULL) {
		return g_strdup("");
	}
	if (second == NULL) {
		return g_strdup_printf(", did you mean '%s'?", first);
	}
	return g_strdup_printf(", did you mean '%s' or '%s'?", first, second);
}

static int compare(gconstpointer a, gconstpointer b)
{
	return strcmp(*(const char *const *)a, *(const char *const *)b);
}

char *suggest_phrase_keys(const char *word, GHashTable *table)
{
	guint n = 0;
	g_autofree gpointer *keys = g_hash_table_get_keys_as_array(table, &n);
	qsort(keys, n, sizeof *keys, compare);
	return suggest_phrase(word, (const char *const *)keys, n);
}
