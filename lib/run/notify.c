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
static gboolean notify_by_name(host_run *h, const GPtrArray *handlers, const char *name)
{
	for (guint i = handlers == NULL ? 0 : handlers->len; i > 0; i--) {
		struct task *handler = g_ptr_array_index(handlers, i - 1);
		if (is_called(h, handler, name)) {
			g_hash_table_add(h->notified, handler);
			return TRUE;
		}
	}
	return FALSE;
}

/* A topic reaches all that listen to it. */
static gboolean notify_topic(host_run *h, const GPtrArray *handlers, const char *topic)
{
	gboolean found = FALSE;
	for (guint i = 0; handlers != NULL && i < handlers->len; i++) {
		struct task *handler = g_ptr_array_index(handlers, i);
		if (listens_to(handler, topic)) {
			g_hash_table_add(h->notified, handler);
			found = TRUE;
		}
	}
	return found;
}

static gboolean notify_one(host_run *h, const char *name)
{
	gboolean found = notify_by_name(h, h->extra_handlers, name) ||
			 notify_by_name(h, h->play->handlers, name);
	found = notify_topic(h, h->play->handlers, name) || found;
	return notify_topic(h, h->extra_handlers, name) || found;
}

gboolean host_notify(host_run *h, const struct task *task, result *r)
{
	for (guint i = 0; task->notify != NULL && i < task->notify->len; i++) {
		g_autoptr(GError) error = NULL;
		g_autoptr(value) v = variables_evaluate(
			h->variables, g_ptr_array_index(task->notify, i), &error);
		if (v == NULL) {
			result_fail(r, error->message);
			return FALSE;
		}
		g_autofree char *name = value_to_string(v);
		if (!notify_one(h, name)) {
			g_autofree char *said = g_strdup_printf("no handler is called '%s'", name);
			result_fail(r, said);
			return FALSE;
		}
	}
	return TRUE;
}
