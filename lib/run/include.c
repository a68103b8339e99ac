/* Tasks that bring others: include_tasks and include_role. */
#include "run/walker-private.h"

/* Those of every role that was included count until the play ends. */
static void add_handlers(walker *w, const GPtrArray *handlers)
{
	for (guint i = 0; handlers != NULL && i < handlers->len; i++) {
		gpointer handler = g_ptr_array_index(handlers, i);
		if (!g_ptr_array_find(w->extra_handlers, handler, NULL)) {
			g_ptr_array_add(w->extra_handlers, handler);
		}
	}
}

static const GPtrArray *load_include(
	walker *w, const struct task *task, const value *arguments, char **ret_what, GError **error)
{
	const struct run_options *options = w->state->options;
	if (task->kind == TASK_INCLUDE_ROLE) {
		const value *name = value_dict_get(arguments, "name");
		*ret_what = name == NULL ? g_strdup("role") : value_to_string(name);
		GPtrArray *handlers = NULL;
		const GPtrArray *tasks = playbook_load_role(options->playbook, w->play, task,
			arguments, options->playbook_options, &handlers, error);
		add_handlers(w, handlers);
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
		options->playbook, w->play, task, path, options->playbook_options, error);
}

/* One item of an include: its tasks are entered in place of it. */
static result *include_item(walker *w, struct task_run *run, gsize i, gboolean *ret_wait)
{
	const struct task *task = run->task;
	GError *error = NULL;
	gboolean hold = TRUE;
	const value *condition = NULL;
	g_autoptr(value) loop = task_run_loop_variables(run, i);
	variables_set_loop(w->variables, loop == NULL ? NULL : value_ref(loop));
	*ret_wait = FALSE;
	if (walker_conditions_hold(w, task, &hold, &condition, &error)) {
		if (!hold) {
			due_set_partial(w->due);
			return walker_skipped(condition);
		}
		if (task->fault != NULL) {
			return result_new_failed("%s", task->fault->message);
		}
		g_autoptr(value) arguments =
			variables_evaluate(w->variables, task->arguments, &error);
		g_autofree char *what = NULL;
		const GPtrArray *tasks =
			arguments == NULL ? NULL : load_include(w, task, arguments, &what, &error);
		if (tasks != NULL) {
			result *r = result_new(STEP_OK);
			g_autofree char *said = g_strconcat("included: ", what, NULL);
			result_set_text(r, "msg", said);
			cursor_enter(w->cursor, tasks, FALSE, g_steal_pointer(&loop));
			return r;
		}
	}
	result *r = walker_result_of_error(error);
	*ret_wait = r == NULL;
	return r;
}

/* Includes are entered only when all earlier results are in: their tasks depend on them. */
enum walk walker_advance_include(walker *w, struct task_run *run)
{
	if (!walker_is_idle(w)) {
		w->wait = WAIT_NAME;
		return WALK_WAIT;
	}
	/* What it reads of other hosts is as they have it now: it is entered once. */
	variables_set_others_settled(w->variables, TRUE);
	g_autoptr(cursor) at = cursor_copy(w->cursor);
	gsize n = run->items == NULL ? 1 : value_list_length(run->items);
	g_autoptr(GPtrArray) results = g_ptr_array_new();
	walker_next(w);
	for (gsize i = n; i > 0; i--) {
		gboolean wait = FALSE;
		g_ptr_array_add(results, include_item(w, run, i - 1, &wait));
	}
	for (gsize i = n; i > 0; i--) {
		struct step *s = step_new(run, n - i, at);
		s->loop = task_run_loop_variables(run, n - i);
		result *r = g_ptr_array_index(results, i - 1);
		walker_enqueue_result(
			w, s, r != NULL ? r : result_new_failed("depends on an unknown result"));
	}
	return WALK_ON;
}
