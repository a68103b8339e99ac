/* The task at the cursor: from a play to flights. */
#include "run/host-private.h"

char *host_task_name(host_run *h, const struct task *task)
{
	g_autoptr(value) v = NULL;
	if (task->name != NULL) {
		v = variables_evaluate(h->variables, task->name, NULL);
		return value_to_string(v != NULL ? v : task->name);
	}
	return g_strdup(task->module_name);
}

/* Begins the task: its loop's items. NULL: wait (*ret_wait) or it is in the queue already. */
static struct task_run *begin(host_run *h, const struct task *task, gboolean *ret_wait)
{
	GError *error = NULL;
	*ret_wait = FALSE;
	variables_set_task(h->variables, task);
	value *outer = cursor_variables(h->cursor);
	variables_set_loop(h->variables, outer == NULL ? NULL : value_ref(outer));
	struct task_run *run = g_new0(struct task_run, 1);
	run->references = 1;
	run->task = task;
	run->outer = outer;
	run->handler = cursor_in_handlers(h->cursor);
	run->name = host_task_name(h, task);
	if (task->loop == NULL) {
		return run;
	}
	run->items = host_loop_items(h, task, &error);
	result *r = NULL;
	if (run->items == NULL) {
		/* As Ansible: a loop that cannot be evaluated does not matter when the task is
		 * skipped. */
		gboolean hold = TRUE;
		const value *condition = NULL;
		if (error->code != SUTLER_ERROR_PENDING &&
			host_conditions_hold(h, task, &hold, &condition, NULL) && !hold) {
			g_clear_error(&error);
			r = host_skipped(condition);
		} else {
			r = host_result_of_error(error);
		}
		*ret_wait = r == NULL;
	} else if (value_list_length(run->items) == 0) {
		r = result_new(STEP_SKIPPED);
		result_set_text(r, "skipped_reason", "No items in the list");
		result_set(r, "results", value_new_list());
		value_clear(&run->items);
	} else {
		run->results = value_new_list();
		return run;
	}
	if (r != NULL) {
		struct flight *f = flight_new(h, run, 0);
		(void)host_flag(h, task->ignore_errors, FALSE, &f->ignore_errors, NULL);
		(void)host_flag(h, task->no_log, FALSE, &f->no_log, NULL);
		host_enqueue_result(h, f, r);
		cursor_next(h->cursor);
	}
	task_run_unref(run);
	return NULL;
}

static gboolean selected(host_run *h, const struct task *task)
{
	const struct run_options *options = h->state->options;
	if (task == h->state->facts_task) { /* as Ansible: always, unless the play has tags */
		return task->tags->len == 0 ||
		       playbook_tags_match(task->tags, options->tags, options->skip_tags);
	}
	if (!h->found_start) {
		if (!value_is(task->name, VALUE_STRING) ||
			!g_str_equal(value_string(task->name), options->start_at)) {
			return FALSE;
		}
		h->found_start = TRUE;
	}
	return cursor_in_handlers(h->cursor) ||
	       playbook_tags_match(task->tags, options->tags, options->skip_tags);
}

static void tell_task(host_run *h, const struct task_run *run)
{
	struct event event = {
		.kind = EVENT_TASK,
		.task = { .host = host_name(h->host), .name = run->name },
	};
	run_emit(h->state, &event);
}

static enum advance advance_task(host_run *h, const struct task *task)
{
	gboolean wait = FALSE;
	if (h->current == NULL) {
		struct task_run *run = begin(h, task, &wait);
		if (run == NULL) {
			return wait ? ADVANCE_WAIT : ADVANCE_SENT;
		}
		if (task->kind != TASK_MODULE) {
			enum advance how = host_advance_include(h, run);
			task_run_unref(run);
			return how;
		}
		tell_task(h, run);
		h->current = run;
	}
	struct task_run *run = h->current;
	enum advance how = host_send_flight(h, flight_new(h, run, run->sent));
	if (how != ADVANCE_SENT) {
		return how;
	}
	run->sent++;
	if (run->items == NULL || run->sent == value_list_length(run->items)) {
		host_end_loop(h, run);
		g_clear_pointer(&h->current, task_run_unref);
		cursor_next(h->cursor);
	}
	return ADVANCE_SENT;
}

/* Steps that run here may make the files that lookups, templates and copies read here: what a task
 * reads is read when its turn comes. */
static gboolean must_see_files(host_run *h, const struct task *task)
{
	return task->kind != TASK_META && h->reach.kind != NULL &&
	       g_str_equal(h->reach.kind, "local") && host_any_remote(h);
}

enum advance host_advance(host_run *h)
{
	gboolean failed = FALSE;
	if (cancel_requested(h->state->options->cancel) || g_atomic_int_get(&h->state->abort)) {
		return ADVANCE_END;
	}
	const struct task *task = cursor_task(h->cursor, &failed);
	if (task == NULL) {
		h->failed = h->failed || failed;
		return failed && host_force_handlers(h) ? ADVANCE_SENT : ADVANCE_END;
	}
	if (task->kind == TASK_DONE) {
		return host_advance_done(h, task);
	}
	if (task->kind == TASK_META && (task->implicit || selected(h, task))) {
		return host_advance_meta(h, task);
	}
	if (h->current == NULL && !selected(h, task)) {
		cursor_next(h->cursor);
		return ADVANCE_SENT;
	}
	if (must_see_files(h, task)) {
		return ADVANCE_WAIT;
	}
	return advance_task(h, task);
}
