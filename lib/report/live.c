/* The lines at the bottom of a terminal that say what each host works on right now. */
#include "report/live.h"

#include <string.h>

#include "report/harmless.h"

enum { INTERVAL = 50 * 1000 /* microseconds between two drawings */ };

struct worker {
	char *host;
	GQueue tasks; /* char *, oldest first; never empty */
};

struct live {
	GPtrArray *workers; /* struct worker *, in the order they began */
	guint drawn;        /* lines on the terminal */
	gint64 last;        /* when they were drawn */
};

static void worker_free(gpointer data)
{
	struct worker *w = data;
	g_free(w->host);
	g_queue_clear_full(&w->tasks, g_free);
	g_free(w);
}

live *live_new(void)
{
	live *l = g_new0(live, 1);
	l->workers = g_ptr_array_new_with_free_func(worker_free);
	return l;
}

void live_free(live *l)
{
	if (l != NULL) {
		g_ptr_array_unref(l->workers);
		g_free(l);
	}
}

static gboolean worker_is(gconstpointer worker, gconstpointer host)
{
	return strcmp(((const struct worker *)worker)->host, host) == 0;
}

static struct worker *find_worker(const live *l, const char *host)
{
	guint at = 0;
	return g_ptr_array_find_with_equal_func(l->workers, host, worker_is, &at)
		       ? g_ptr_array_index(l->workers, at)
		       : NULL;
}

void live_begin(live *l, const char *host, const char *task)
{
	g_autofree char *name = harmless_text(host, FALSE);
	struct worker *w = find_worker(l, name);
	if (w == NULL) {
		w = g_new0(struct worker, 1);
		w->host = g_steal_pointer(&name);
		g_queue_init(&w->tasks);
		g_ptr_array_add(l->workers, w);
	}
	g_queue_push_tail(&w->tasks, harmless_text(task, FALSE));
}

static int compare_names(gconstpointer a, gconstpointer b)
{
	return strcmp(a, b);
}

void live_end(live *l, const char *host, const char *task)
{
	g_autofree char *host_name = harmless_text(host, FALSE);
	g_autofree char *task_name = harmless_text(task, FALSE);
	struct worker *w = find_worker(l, host_name);
	GList *ended = w != NULL ? g_queue_find_custom(&w->tasks, task_name, compare_names) : NULL;
	if (ended == NULL) {
		return;
	}
	for (int left = g_queue_link_index(&w->tasks, ended); left >= 0; left--) {
		g_free(g_queue_pop_head(&w->tasks));
	}
	if (g_queue_is_empty(&w->tasks)) {
		g_ptr_array_remove(l->workers, w);
	}
}

void live_rest(live *l, const char *host)
{
	g_autofree char *name = harmless_text(host, FALSE);
	struct worker *w = find_worker(l, name);
	if (w != NULL) {
		g_ptr_array_remove(l->workers, w);
	}
}

gboolean live_is_due(const live *l)
{
	return g_get_monotonic_time() - l->last >= INTERVAL;
}

void live_erase(live *l, GString *out)
{
	if (l->drawn > 0) {
		g_string_append_printf(out, "\r\x1b[%uA\x1b[J", l->drawn);
		l->drawn = 0;
	}
}

static void append_line(live *l, GString *out, GString *line, guint columns)
{
	harmless_truncate(line, columns - 1); /* the last column would wrap on some terminals */
	g_string_append_printf(out, "%s\n", line->str);
	l->drawn++;
}

void live_draw(live *l, GString *out, guint columns, guint rows)
{
	if (columns < 2 || rows < 4) {
		return;
	}
	guint room = rows / 2;
	guint shown = l->workers->len <= room ? l->workers->len : room - 1;
	for (guint i = 0; i < shown; i++) {
		struct worker *w = g_ptr_array_index(l->workers, i);
		g_autoptr(GString) line = g_string_new(w->host);
		g_string_append_printf(line, ": %s", (char *)g_queue_peek_head(&w->tasks));
		append_line(l, out, line, columns);
	}
	if (shown < l->workers->len) {
		g_autoptr(GString) line = g_string_new(NULL);
		g_string_printf(line, "and %u more hosts", l->workers->len - shown);
		append_line(l, out, line, columns);
	}
	l->last = g_get_monotonic_time();
}
