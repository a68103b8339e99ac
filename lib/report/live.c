/* The lines at the bottom of a terminal that say what each host works on right now. */
#include "report/live.h"

#include <string.h>

#include "report/harmless.h"

enum { INTERVAL = 50 * 1000 /* microseconds between two drawings */ };

struct worker {
	char *host;
	char *task;
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
	g_free(w->task);
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

void live_set(live *l, const char *host, const char *task)
{
	guint at = 0;
	gboolean found = g_ptr_array_find_with_equal_func(l->workers, host, worker_is, &at);
	if (found && task == NULL) {
		g_ptr_array_remove_index(l->workers, at);
	} else if (found) {
		struct worker *w = g_ptr_array_index(l->workers, at);
		g_free(w->task);
		w->task = harmless_text(task, FALSE);
	} else if (task != NULL) {
		struct worker *w = g_new0(struct worker, 1);
		w->host = g_strdup(host);
		w->task = harmless_text(task, FALSE);
		g_ptr_array_add(l->workers, w);
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
		const struct worker *w = g_ptr_array_index(l->workers, i);
		g_autofree char *host = harmless_text(w->host, FALSE);
		g_autoptr(GString) line = g_string_new(host);
		g_string_append_printf(line, ": %s", w->task);
		append_line(l, out, line, columns);
	}
	if (shown < l->workers->len) {
		g_autoptr(GString) line = g_string_new(NULL);
		g_string_printf(line, "and %u more hosts", l->workers->len - shown);
		append_line(l, out, line, columns);
	}
	l->last = g_get_monotonic_time();
}
