/* Tests for being defined, found in the text of a condition. */
#include "template/defined.h"

#include <string.h>

#include "base/python-regex.h"

enum pattern { TESTS, CAUSES, N_PATTERNS };

static const char *const patterns[] = {
	[TESTS] = "(hostvars\\[.+\\]|[\\w_]+)\\s+(not\\s+is|is|is\\s+not)\\s+(defined|undefined)",
	[CAUSES] = "'(hostvars\\[.+\\]|[\\w_]+)' is undefined",
};

/* Each match of pattern in text. */
static GPtrArray *matches(enum pattern pattern, const char *text)
{
	static GRegex *compiled[N_PATTERNS];
	g_autoptr(GMatchInfo) match = NULL;
	GPtrArray *all = g_ptr_array_new_with_free_func((GDestroyNotify)g_strfreev);
	if (strstr(text, "defined") == NULL) {
		return all; /* as nearly all conditions */
	}
	if (g_once_init_enter(&compiled[pattern])) {
		g_once_init_leave(&compiled[pattern], python_regex_new(patterns[pattern], 0, NULL));
	}
	g_regex_match(compiled[pattern], text, 0, &match);
	while (g_match_info_matches(match)) {
		g_ptr_array_add(all, g_match_info_fetch_all(match));
		g_match_info_next(match, NULL);
	}
	return all;
}

static gboolean same_name(const char *a, const char *b)
{
	g_autofree char *x = g_strdelimit(g_strdup(a), "'", '"');
	g_autofree char *y = g_strdelimit(g_strdup(b), "'", '"');
	return strcmp(x, y) == 0;
}

gboolean defined_answer(const char *condition, const char *message, gboolean *ret_truth)
{
	g_autoptr(GPtrArray) tests = matches(TESTS, condition);
	g_autoptr(GPtrArray) causes = matches(CAUSES, message);
	if (causes->len == 0) {
		return FALSE;
	}
	/* The last one is what the others failed by. */
	char **cause = causes->pdata[causes->len - 1];
	for (guint i = 0; i < tests->len; i++) {
		char **test = tests->pdata[i];
		if (same_name(cause[1], test[1])) {
			gboolean negated = strstr(test[2], "not") != NULL;
			*ret_truth = negated == (strcmp(test[3], "defined") == 0);
			return TRUE;
		}
	}
	return FALSE;
}

void defined_remove_tested(const char *condition, GHashTable *names)
{
	g_autoptr(GPtrArray) tests = matches(TESTS, condition);
	for (guint i = 0; i < tests->len; i++) {
		g_hash_table_remove(names, ((char **)tests->pdata[i])[1]);
	}
}
