/* Tasks that are no step: meta, handlers that were notified, includes. */
#include "run/host-private.h"

/* A task that only says something: one ok result. Takes r. */
static void enqueue_plain(host_run *h, const struct task *task, result *r)
{
	struct task_run *run = g_new0(struct task_run, 1);
	run->references = 1;
	run->task = task;
	run->name = host_task_name(h, task);
	struct flight *f = flight_new(h, run, 0);
	task_run_unref(run);
	host_enqueue_result(h, f, r);
}

static gboolean notifies_in_flight(host_run *h)
{
	for (GList *l = h->flights.head; l != NULL; l = l->next) {
		const struct flight *f = l->data;
		if (f->run->task->notify != NULL && f->run->task->notify->len > 0) {
			return TRUE;
		}
	}
	return FALSE;
}

static const struct task *handler_at(const host_run *h, guint i)
{
	guint own = h->play->handlers == NULL ? 0 : h->play->handlers->len;
	if (i < own) {
		return g_ptr_array_index(h->play->handlers, i);
	}
	return i - own < h->extra_handlers->len ? g_ptr_array_index(h->extra_handlers, i - own)
						: NULL;
}

/* Whether running it may notify others, so that what follows it is not known yet. */
static gboolean may_notify(const struct task *handler)
{
	return handler->kind != TASK_MODULE ||
	       (handler->notify != NULL && handler->notify->len > 0);
}

/* The next handlers to run, in their order, up to one that may notify others. As Ansible: a flush
 * goes through the handlers once, so that one which was passed, or notifies itself, waits for the
 * next flush. */
static GPtrArray *take_notified(host_run *h)
{
	GPtrArray *list = g_ptr_array_new();
	const struct task *handler = NULL;
	while ((handler = handler_at(h, h->flush_next)) != NULL) {
		h->flush_next++;
		if (g_hash_table_remove(h->notified, handler)) {
			g_ptr_array_add(list, (gpointer)handler);
			if (may_notify(handler)) {
				break;
			}
		}
	}
	return list;
}

static enum advance flush_handlers(host_run *h, const struct task *flush)
{
	/* What is taken here would be lost if a step before it failed: the cursor goes back,
	 * handlers do not. */
	if (!host_due_known(h) && handler_at(h, 0) != NULL && !g_queue_is_empty(&h->flights)) {
		return ADVANCE_WAIT;
	}
	if (h->flush != flush) {
		host_due_notify(h);
	}
	gboolean any = g_hash_table_size(h->notified) > 0;
	if (any ? !g_queue_is_empty(&h->flights) : notifies_in_flight(h)) {
		return ADVANCE_WAIT;
	}
	if (h->flush != flush) {
		h->flush = flush;
		h->flush_next = 0;
	}
	g_autoptr(GPtrArray) list = take_notified(h);
	if (list->len == 0) {
		h->flush = NULL;
		cursor_next(h->cursor);
	} else {
		host_due_follow(h, list);
		/* The cursor stays at the flush: handlers may notify handlers. */
		cursor_enter(h->cursor, list, TRUE, NULL);
	}
	return ADVANCE_SENT;
}

static void end_host(host_run *h)
{
	due_set_partial(h->due);
	cursor_end(h->cursor);
}

/* No further batch begins. */
static void end_play(host_run *h)
{
	g_atomic_int_set(&h->state->end_play, 1);
	due_set_partial(h->due);
	cursor_end(h->cursor);
}

static void clear_host_errors(host_run *h)
{
	g_atomic_int_set(&h->state->clear_errors, 1);
}

static void clear_facts(host_run *h)
{
	variables_clear_facts(h->variables);
}

/* What the host has to do for a word once everything before it is known. */
static const struct {
	const char *word;
	void (*act)(host_run *h);
} acts[] = {
	{ "clear_facts", clear_facts },
	{ "clear_host_errors", clear_host_errors },
	{ "end_batch", end_host },
	{ "end_host", end_host },
	{ "end_play", end_play },
	{ "reset_connection", host_reset_connection },
};

enum advance host_advance_meta(host_run *h, const struct task *task)
{
	const value *what = value_dict_get(task->arguments, "_raw_params");
	const char *word = value_is(what, VALUE_STRING) ? value_string(what) : "";
	gboolean hold = TRUE;
	const value *condition = NULL;
	g_autoptr(GError) error = NULL;
	variables_set_task(h->variables, task);
	if (!host_conditions_hold(h, task, &hold, &condition, &error)) {
		if (g_error_matches(error, SUTLER_ERROR, SUTLER_ERROR_PENDING)) {
			return ADVANCE_WAIT;
		}
		enqueue_plain(h, task, host_result_of_error(g_steal_pointer(&error)));
		cursor_next(h->cursor);
		return ADVANCE_SENT;
	}
	if (hold && task->fault != NULL) {
		enqueue_plain(h, task, result_new_failed("%s", task->fault->message));
		cursor_next(h->cursor);
		return ADVANCE_SENT;
	}
	if (hold && g_str_equal(word, "flush_handlers") && !cursor_in_handlers(h->cursor)) {
		return flush_handlers(h, task);
	}
	for (gsize i = 0; hold && i < G_N_ELEMENTS(acts); i++) {
		if (!g_str_equal(word, acts[i].word)) {
			continue;
		}
		if (!g_queue_is_empty(&h->flights)) {
			return ADVANCE_WAIT;
		}
		cursor_next(h->cursor);
		acts[i].act(h);
		return ADVANCE_SENT;
	}
	cursor_next(h->cursor);
	return ADVANCE_SENT;
}

/* Those of every role that was included count until the play ends. */
static void add_handlers(host_run *h, const GPtrArray *handlers)
{
	for (guint i = 0; handlers != NULL && i < handlers->len; i++) {
		gpointer handler = g_ptr_array_index(handlers, i);
		if (!g_ptr_array_find(h->extra_handlers, handler, NULL)) {
			g_ptr_array_add(h->extra_handlers, handler);
		}
	}
}

static const GPtrArray *load_include(host_run *h, const struct task *task, const value *arguments,
	char **ret_what, GError **error)
{
	const struct run_options *options = h->state->options;
	if (task->kind == TASK_INCLUDE_ROLE) {
		const value *name = value_dict_get(arguments, "name");
		*ret_what = name == NULL ? g_strdup("role") : value_to_string(name);
		GPtrArray *handlers = NULL;
		const GPtrArray *tasks = playbook_load_role(options->playbook, h->play, task,
			arguments, options->playbook_options, &handlers, error);
		add_handlers(h, handlers);
		return tasks;
	}
	const value *file = value_dict_get(arguments, "file");
	file = file != NULL ? file : value_dict_get(arguments, "_raw_params");
	g_autofree char *name = file == NULL ? g_strdup("") : value_to_string(file);
	g_autofree char *path = playbook_find_tasks(options->playbook, task, name);
	if (path == NULL) {
		error_set_at(error, SUTLER_ERROR_FAILED, task->at, "no file '%s' to include", name);
		return NULL;
	}
	*ret_what = g_strdup(path);
	return playbook_load_tasks(
		options->playbook, h->play, task, path, options->playbook_options, error);
}

/* One item of an include: its tasks are entered in place of it. */
static result *include_item(host_run *h, struct task_run *run, gsize i, gboolean *ret_wait)
{
	const struct task *task = run->task;
	GError *error = NULL;
	gboolean hold = TRUE;
	const value *condition = NULL;
	g_autoptr(value) loop = task_run_loop_variables(run, i);
	variables_set_loop(h->variables, loop == NULL ? NULL : value_ref(loop));
	*ret_wait = FALSE;
	if (host_conditions_hold(h, task, &hold, &condition, &error)) {
		if (!hold) {
			due_set_partial(h->due);
			return host_skipped(condition);
		}
		if (task->fault != NULL) {
			return result_new_failed("%s", task->fault->message);
		}
		g_autoptr(value) arguments =
			variables_evaluate(h->variables, task->arguments, &error);
		g_autofree char *what = NULL;
		const GPtrArray *tasks =
			arguments == NULL ? NULL : load_include(h, task, arguments, &what, &error);
		if (tasks != NULL) {
			result *r = result_new(STEP_OK);
			g_autofree char *said = g_strconcat("included: ", what, NULL);
			result_set_text(r, "msg", said);
			cursor_enter(h->cursor, tasks, FALSE, g_steal_pointer(&loop));
			return r;
		}
	}
	result *r = host_result_of_error(error);
	*ret_wait = r == NULL;
	return r;
}

/* Includes are entered only when all earlier results are in: their tasks depend on them. */
enum advance host_advance_include(host_run *h, struct task_run *run)
{
	if (!g_queue_is_empty(&h->flights)) {
		return ADVANCE_WAIT;
	}
	g_autoptr(cursor) at = cursor_copy(h->cursor);
	gsize n = run->items == NULL ? 1 : value_list_length(run->items);
	g_autoptr(GPtrArray) results = g_ptr_array_new();
	cursor_next(h->cursor);
	for (gsize i = n; i > 0; i--) {
		gboolean wait = FALSE;
		g_ptr_array_add(results, include_item(h, run, i - 1, &wait));
	}
	for (gsize i = n; i > 0; i--) {
		struct flight *f = flight_new(h, run, n - i);
		cursor_free(f->cursor);
		f->cursor = cursor_copy(at);
		f->loop = task_run_loop_variables(run, n - i);
		result *r = g_ptr_array_index(results, i - 1);
		host_enqueue_result(
			h, f, r != NULL ? r : result_new_failed("depends on an unknown result"));
	}
	return ADVANCE_SENT;
}
