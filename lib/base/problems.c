/* Problems that are told in one go: sorted, equal ones counted. */
#include "base/problems.h"

#include <string.h>

/* All problems of one text. */
struct problem {
	char *text;         /* without the position */
	struct position at; /* the first place */
	GHashTable *places; /* char *: positions */
	GHashTable *hosts;  /* char *: names */
	char *host;         /* one of them; or NULL */
	int code;
	guint order;
};

struct problems {
	GHashTable *by_text; /* text -> struct problem *, owned */
	guint count;
};

static void problem_free(gpointer data)
{
	struct problem *problem = data;
	g_hash_table_unref(problem->places);
	g_hash_table_unref(problem->hosts);
	g_free(problem->text);
	g_free(problem->host);
	g_free(problem);
}

problems *problems_new(void)
{
	problems *p = g_new0(problems, 1);
	p->by_text = g_hash_table_new_full(g_str_hash, g_str_equal, NULL, problem_free);
	return p;
}

void problems_free(problems *p)
{
	if (p != NULL) {
		g_hash_table_unref(p->by_text);
		g_free(p);
	}
}

static int compare_positions(struct position a, struct position b)
{
	if (a.file == NULL || b.file == NULL) {
		return (a.file == NULL) - (b.file == NULL); /* without a place: last */
	}
	int files = strcmp(a.file, b.file);
	if (files != 0 || a.line != b.line) {
		return files != 0 ? files : a.line < b.line ? -1 : 1;
	}
	return a.column < b.column ? -1 : a.column > b.column;
}

static struct problem *find(problems *p, const char *text, const GError *error)
{
	struct problem *problem = g_hash_table_lookup(p->by_text, text);
	if (problem == NULL) {
		problem = g_new0(struct problem, 1);
		problem->text = g_strdup(text);
		problem->at = error_position(error);
		problem->places = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
		problem->hosts = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
		problem->code =
			error->code == SUTLER_ERROR_UNKNOWN ? SUTLER_ERROR_USAGE : error->code;
		problem->order = g_hash_table_size(p->by_text);
		g_hash_table_insert(p->by_text, problem->text, problem);
	}
	return problem;
}

void problems_add(problems *p, GError *error, const char *host)
{
	struct position at = error_position(error);
	g_autofree char *place = position_prefix(at);
	const char *text = error->message;
	text += g_str_has_prefix(text, place) ? strlen(place) : 0;
	struct problem *problem = find(p, text, error);
	if (compare_positions(at, problem->at) < 0) {
		problem->at = at;
	}
	g_hash_table_add(problem->places, g_steal_pointer(&place));
	if (host != NULL && g_hash_table_add(problem->hosts, g_strdup(host)) &&
		problem->host == NULL) {
		problem->host = g_strdup(host);
	}
	p->count++;
	g_error_free(error);
}

guint problems_count(const problems *p)
{
	return p->count;
}

static int compare_problems(gconstpointer a, gconstpointer b)
{
	const struct problem *one = *(const struct problem *const *)a;
	const struct problem *other = *(const struct problem *const *)b;
	int places = compare_positions(one->at, other->at);
	return places != 0 ? places : one->order < other->order ? -1 : 1;
}

/* How much of the text says what is wrong; what to do about it stands behind a comma. */
static gsize length_of_fault(const char *text)
{
	gboolean quoted = FALSE;
	for (const char *p = text; *p != '\0'; p++) {
		quoted = *p == '\'' ? !quoted : quoted;
		if (!quoted && p[0] == ',' && p[1] == ' ') {
			return (gsize)(p - text);
		}
	}
	return strlen(text);
}

/* The problem in words, without its place. Caller frees. */
static char *words_of(const struct problem *problem)
{
	GString *line = g_string_new(NULL);
	guint places = g_hash_table_size(problem->places);
	guint hosts = g_hash_table_size(problem->hosts);
	gsize fault = places > 1 ? length_of_fault(problem->text) : strlen(problem->text);
	g_string_append_len(line, problem->text, (gssize)fault);
	if (places > 1) {
		g_string_append_printf(line, ": %u places", places);
	}
	g_string_append(line, problem->text + fault);
	if (hosts > 1) {
		g_string_append_printf(line, " (host '%s' and %u more)", problem->host, hosts - 1);
	} else if (hosts == 1) {
		g_string_append_printf(line, " (host '%s')", problem->host);
	}
	return g_string_free(line, FALSE);
}

static GPtrArray *sorted(const problems *p)
{
	GPtrArray *all = g_ptr_array_new();
	GHashTableIter iter;
	gpointer problem = NULL;
	g_hash_table_iter_init(&iter, p->by_text);
	while (g_hash_table_iter_next(&iter, NULL, &problem)) {
		g_ptr_array_add(all, problem);
	}
	g_ptr_array_sort(all, compare_problems);
	return all;
}

GPtrArray *problems_lines(const problems *p)
{
	g_autoptr(GPtrArray) all = sorted(p);
	GPtrArray *lines = g_ptr_array_new_with_free_func(g_free);
	for (guint i = 0; i < MIN(all->len, PROBLEMS_SHOWN); i++) {
		const struct problem *problem = g_ptr_array_index(all, i);
		g_autofree char *place = position_prefix(problem->at);
		g_autofree char *words = words_of(problem);
		g_ptr_array_add(lines, g_strconcat(place, words, NULL));
	}
	if (all->len > PROBLEMS_SHOWN) {
		g_ptr_array_add(
			lines, g_strdup_printf("and %u more problems", all->len - PROBLEMS_SHOWN));
	}
	return lines;
}

gboolean problems_none(const problems *p, GError **error)
{
	if (p->count == 0) {
		return TRUE;
	}
	g_autoptr(GPtrArray) all = sorted(p);
	const struct problem *first = g_ptr_array_index(all, 0);
	if (all->len == 1) {
		g_autofree char *words = words_of(first);
		error_set_at(error, (enum sutler_error)first->code, first->at, "%s", words);
		return FALSE;
	}
	g_autoptr(GPtrArray) lines = problems_lines(p);
	g_ptr_array_add(lines, NULL);
	g_autofree char *text = g_strjoinv("\n", (char **)lines->pdata);
	error_set(error, (enum sutler_error)first->code, "%u problems\n%s", all->len, text);
	return FALSE;
}
