/* Which handlers a changed task notifies. */
#include "run/host-private.h"

static gboolean listens_to(const struct task *handler, const char *topic)
{
	for (guint i = 0; handler->listen != NULL && i < handler->listen->len; i++) {
		if (g_str_equal(g_ptr_array_index(handler->listen, i), topic)) {
			return TRUE;
		}
	}
	return FALSE;
}

static gboolean is_called(host_run *h, const struct task *handler, const char *name)
{
	if (handler->name == NULL) {
		return FALSE;
	}
	g_autoptr(value) v = variables_evaluate(h->variables, handler->name, NULL);
	g_autofree char *own = value_to_string(v != NULL ? v : handler->name);
	g_autofree char *full =
		handler->role == NULL ? NULL : g_strdup_printf("%s : %s", handler->role->name, own);
	return g_str_equal(own, name) || g_strcmp0(full, name) == 0;
}

/* Of several handlers of one name the last one counts: a play's own outweighs a role's. */
static gboolean find_by_name(
	host_run *h, const GPtrArray *handlers, const char *name, GPtrArray *found)
{
	for (guint i = handlers == NULL ? 0 : handlers->len; i > 0; i--) {
		struct task *handler = g_ptr_array_index(handlers, i - 1);
		if (is_called(h, handler, name)) {
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

static gboolean find_one(host_run *h, const char *name, GPtrArray *found)
{
	guint before = found->len;
	if (!find_by_name(h, h->extra_handlers, name, found)) {
		(void)find_by_name(h, h->play->handlers, name, found);
	}
	find_by_topic(h->play->handlers, name, found);
	find_by_topic(h->extra_handlers, name, found);
	return found->len > before;
}

gboolean host_find_handlers(host_run *h, struct flight *f, GError **error)
{
	const GPtrArray *names = f->run->task->notify;
	g_clear_pointer(&f->handlers, g_ptr_array_unref);
	g_clear_pointer(&f->unknown, g_free);
	if (names == NULL || names->len == 0) {
		return TRUE;
	}
	g_autoptr(GPtrArray) found = g_ptr_array_new();
	for (guint i = 0; i < names->len; i++) {
		g_autoptr(value) v =
			variables_evaluate(h->variables, g_ptr_array_index(names, i), error);
		if (v == NULL) {
			return FALSE;
		}
		g_autofree char *name = value_to_string(v);
		if (!find_one(h, name, found) && f->unknown == NULL) {
			f->unknown = g_steal_pointer(&name);
		}
	}
	f->handlers = g_steal_pointer(&found);
	return TRUE;
}

void host_note_handlers(host_run *h, struct flight *f, result *r)
{
	g_autoptr(GError) error = NULL;
	if (r->status != STEP_OK && r->status != STEP_CHANGED) {
		return;
	}
	if (f->handlers == NULL && r->status == STEP_CHANGED && !host_find_handlers(h, f, &error)) {
		result_fail(r, error->message);
		return;
	}
	if (f->unknown != NULL && r->status == STEP_CHANGED) {
		g_autofree char *said = g_strdup_printf("there is no handler '%s'", f->unknown);
		result_fail(r, said);
		return;
	}
	for (guint i = 0; f->handlers != NULL && i < f->handlers->len; i++) {
		if (f->run->notifies == NULL) {
			f->run->notifies = g_hash_table_new(NULL, NULL);
		}
		g_hash_table_add(f->run->notifies, g_ptr_array_index(f->handlers, i));
	}
}

void host_notify(host_run *h, const struct task_run *run)
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
			g_hash_table_add(h->notified, handler);
		}
	}
}
