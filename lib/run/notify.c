/* Which handlers a changed task notifies. */
#include "run/walker-private.h"

static gboolean listens_to(const struct task *handler, const char *topic)
{
	for (guint i = 0; handler->listen != NULL && i < handler->listen->len; i++) {
		if (g_str_equal(g_ptr_array_index(handler->listen, i), topic)) {
			return TRUE;
		}
	}
	return FALSE;
}

static gboolean is_called(walker *w, const struct task *handler, const char *name)
{
	if (handler->name == NULL) {
		return FALSE;
	}
	g_autoptr(value) v = variables_evaluate(w->variables, handler->name, NULL);
	g_autofree char *own = value_to_string(v != NULL ? v : handler->name);
	g_autofree char *full =
		handler->role == NULL ? NULL : g_strdup_printf("%s : %s", handler->role->name, own);
	return g_str_equal(own, name) || g_strcmp0(full, name) == 0;
}

/* Of several handlers of one name the last one counts: a play's own outweighs a role's. */
static gboolean find_by_name(
	walker *w, const GPtrArray *handlers, const char *name, GPtrArray *found)
{
	for (guint i = handlers == NULL ? 0 : handlers->len; i > 0; i--) {
		struct task *handler = g_ptr_array_index(handlers, i - 1);
		if (is_called(w, handler, name)) {
			g_ptr_array_add(found, handler);
			return TRUE;
		}
	}
	return FALSE;
}

/* A topic reaches all that listen to it. */
static void find_by_topic(const GPtrArray *handlers, const char *topic, GPtrArray *found)
{
	for (guint i = 0; handlers != NULL && i < handlers->len; i++) {
		struct task *handler = g_ptr_array_index(handlers, i);
		if (listens_to(handler, topic)) {
			g_ptr_array_add(found, handler);
		}
	}
}

static gboolean find_one(walker *w, const char *name, GPtrArray *found)
{
	guint before = found->len;
	if (!find_by_name(w, w->extra_handlers, name, found)) {
		(void)find_by_name(w, w->play->handlers, name, found);
	}
	find_by_topic(w->play->handlers, name, found);
	find_by_topic(w->extra_handlers, name, found);
	return found->len > before;
}

gboolean walker_find_handlers(walker *w, struct step *s, GError **error)
{
	const GPtrArray *names = s->run->task->notify;
	g_clear_pointer(&s->handlers, g_ptr_array_unref);
	g_clear_pointer(&s->unknown, g_free);
	if (names == NULL || names->len == 0) {
		return TRUE;
	}
	g_autoptr(GPtrArray) found = g_ptr_array_new();
	for (guint i = 0; i < names->len; i++) {
		g_autoptr(value) v =
			variables_evaluate(w->variables, g_ptr_array_index(names, i), error);
		if (v == NULL) {
			return FALSE;
		}
		g_autofree char *name = value_to_string(v);
		if (!find_one(w, name, found) && s->unknown == NULL) {
			s->unknown = g_steal_pointer(&name);
		}
	}
	s->handlers = g_steal_pointer(&found);
	return TRUE;
}

void walker_note_handlers(walker *w, struct step *s, result *r)
{
	g_autoptr(GError) error = NULL;
	if (r->status != STEP_OK && r->status != STEP_CHANGED) {
		return;
	}
	if (s->handlers == NULL && r->status == STEP_CHANGED &&
		!walker_find_handlers(w, s, &error)) {
		result_fail(r, error->message);
		return;
	}
	if (s->unknown != NULL && r->status == STEP_CHANGED) {
		g_autofree char *said = g_strdup_printf("there is no handler '%s'", s->unknown);
		result_fail(r, said);
		return;
	}
	for (guint i = 0; s->handlers != NULL && i < s->handlers->len; i++) {
		if (s->run->notifies == NULL) {
			s->run->notifies = g_hash_table_new(NULL, NULL);
		}
		g_hash_table_add(s->run->notifies, g_ptr_array_index(s->handlers, i));
	}
}

void walker_notify(walker *w, const struct task_run *run)
{
	GHashTableIter iter;
	gpointer handler = NULL;
	if (run->notifies == NULL || !run->any_changed || run->any_failed) {
		return;
	}
	g_hash_table_iter_init(&iter, run->notifies);
	while (g_hash_table_iter_next(&iter, &handler, NULL)) {
		/* As Ansible: a handler that notifies itself has just run. */
		if (handler != run->task) {
			g_hash_table_add(w->notified, handler);
		}
	}
}
