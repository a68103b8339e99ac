/* The next move: from the task at the cursor to steps. */
#include "run/walker-private.h"

char *walker_task_name(walker *w, const struct task *task)
{
	g_autoptr(value) v = NULL;
	if (task->name != NULL) {
		v = variables_evaluate(w->variables, task->name, NULL);
		return value_to_string(v != NULL ? v : task->name);
	}
	return g_strdup(task->module_name);
}

static enum walk wait_for(walker *w, enum step_wait what)
{
	w->wait = what;
	return WALK_WAIT;
}

/* ---- the items of a task ---- */

static struct task_run *task_run_new(walker *w, const struct task *task)
{
	struct task_run *run = g_new0(struct task_run, 1);
	variables_set_task(w->variables, task);
	run->references = 1;
	run->task = task;
	run->outer = cursor_variables(w->cursor);
	variables_set_loop(w->variables, run->outer == NULL ? NULL : value_ref(run->outer));
	run->handler = cursor_in_handlers(w->cursor);
	run->name = walker_task_name(w, task);
	run->once = w->once;
	return run;
}

static result *no_items(void)
{
	result *r = result_new(STEP_SKIPPED);
	result_set_text(r, "skipped_reason", "No items in the list");
	result_set(r, "results", value_new_list());
	return r;
}

/* A loop that cannot be evaluated: as in Ansible that does not matter when the task is skipped.
 * NULL: wait. Frees the error. */
static result *no_loop(walker *w, const struct task *task, GError *error)
{
	gboolean holds = TRUE;
	const value *condition = NULL;
	if (error->code != SUTLER_ERROR_PENDING &&
		walker_conditions_hold(w, task, &holds, &condition, NULL) && !holds) {
		g_error_free(error);
		return walker_skipped(condition);
	}
	return walker_result_of_error(error);
}

/* The one result of a task that has no items. */
static void enqueue_without_items(walker *w, struct task_run *run, result *r)
{
	const struct task *task = run->task;
	struct step *s = step_new(run, 0, w->cursor);
	(void)walker_flag(w, task->ignore_errors, FALSE, &s->ignore_errors, NULL);
	(void)walker_flag(w, task->no_log, FALSE, &s->no_log, NULL);
	walker_enqueue_result(w, s, r);
	walker_next(w);
}

/* Begins the task: its loop's items. NULL: wait (*ret_wait), or its result is in the queue already.
 */
static struct task_run *begin(walker *w, const struct task *task, gboolean *ret_wait)
{
	GError *error = NULL;
	struct task_run *run = task_run_new(w, task);
	*ret_wait = FALSE;
	if (task->loop == NULL) {
		return run;
	}
	run->items = walker_loop_items(w, task, &error);
	result *r = NULL;
	if (run->items == NULL) {
		r = no_loop(w, task, error);
		*ret_wait = r == NULL;
	} else if (value_list_length(run->items) == 0) {
		value_clear(&run->items);
		r = no_items();
	} else {
		run->results = value_new_list();
		return run;
	}
	if (r != NULL) {
		enqueue_without_items(w, run, r);
	}
	task_run_unref(run);
	return NULL;
}

static void announce_task(walker *w, const struct task_run *run)
{
	struct event event = {
		.kind = EVENT_TASK,
		.task = { .host = host_name(w->host), .name = run->name },
	};
	run_emit(w->state, &event);
}

void walker_next(walker *w)
{
	cursor_next(w->cursor);
	w->may_start = FALSE;
	w->once = NULL;
}

void walker_item_sent(walker *w)
{
	struct task_run *run = w->current;
	run->sent++;
	if (run->items != NULL && run->sent < value_list_length(run->items)) {
		return;
	}
	if (run->stops_behind) {
		session_end_loop(w->session);
	}
	g_clear_pointer(&w->current, task_run_unref);
	walker_next(w);
}

static enum walk advance_item(walker *w)
{
	enum walk how = walker_prepare(w, step_new(w->current, w->current->sent, w->cursor));
	if (how == WALK_ON) {
		walker_item_sent(w);
	}
	return how;
}

static enum walk advance_task(walker *w, const struct task *task)
{
	gboolean wait = FALSE;
	if (w->current == NULL) {
		struct task_run *run = begin(w, task, &wait);
		if (run == NULL) {
			return wait ? wait_for(w, WAIT_NAME) : WALK_ON;
		}
		if (task->kind != TASK_MODULE) {
			enum walk how = walker_advance_include(w, run);
			task_run_unref(run);
			return how;
		}
		announce_task(w, run);
		w->current = run;
	}
	return advance_item(w);
}

/* ---- which task ---- */

static gboolean selected(walker *w, const struct task *task)
{
	const struct run_options *options = w->state->options;
	if (task == w->state->facts_task) { /* as Ansible: always, unless the play has tags */
		return task->tags->len == 0 ||
		       playbook_tags_match(task->tags, options->tags, options->skip_tags);
	}
	if (!w->found_start) {
		if (!value_is(task->name, VALUE_STRING) ||
			!g_str_equal(value_string(task->name), options->start_at)) {
			return FALSE;
		}
		w->found_start = TRUE;
	}
	return cursor_in_handlers(w->cursor) ||
	       playbook_tags_match(task->tags, options->tags, options->skip_tags);
}

/* Steps that run here may make the files that lookups, templates and copies read here: what a task
 * reads is read when its turn comes. */
static gboolean must_see_files(walker *w, const struct task *task)
{
	return task->kind != TASK_META && w->reach != NULL &&
	       g_str_equal(w->reach->to.kind, "local") && walker_any_remote(w);
}

/* Asks whether the task may be started as far as the other hosts are concerned; w->may_start says
 * so then. */
static enum walk ask_others(walker *w, const struct task *task)
{
	enum step_wait wait = WAIT_OTHERS;
	if (!play_run_in_step(w->play_run, w, task)) {
		if (play_run_aborted(w->play_run)) {
			return WALK_END;
		}
		variables_set_others_settled(w->variables, !play_run_is_shared(w->play_run));
		w->may_start = TRUE;
		return WALK_ON;
	}
	if (!walker_is_idle(w)) {
		return wait_for(w, WAIT_NAME);
	}
	struct once *once = NULL;
	switch (play_run_may_start(w->play_run, w, task, w->cursor, &once, &wait)) {
	case MAY_START:
		variables_set_others_settled(w->variables, TRUE);
		w->may_start = TRUE;
		w->once = once;
		return WALK_ON;
	case MAY_PASS:
		walker_take_once(w, task, once);
		return WALK_ON;
	case MAY_END:
		w->failed = w->failed || cursor_is_failing(w->cursor);
		due_set_partial(w->due);
		return WALK_END;
	default:
		return wait_for(w, wait);
	}
}

/* An evaluation looked at other hosts: it may once they have come as far. */
enum walk walker_look_at_others(walker *w)
{
	if (!play_run_may_look(w->play_run, w, w->cursor)) {
		return wait_for(w, WAIT_OTHERS);
	}
	variables_set_others_settled(w->variables, TRUE);
	return WALK_ON;
}

/* Something is not known yet: what a step of this host will bring, or what others have found out.
 */
static enum walk wait_for_names(walker *w)
{
	if (walker_is_idle(w) && variables_wants_others(w->variables)) {
		return walker_look_at_others(w);
	}
	return wait_for(w, WAIT_NAME);
}

enum walk walker_postpone(walker *w)
{
	g_clear_pointer(&w->planned, step_free);
	return wait_for_names(w);
}

static enum walk at_task(walker *w, const struct task *task)
{
	if (task->kind == TASK_DONE) {
		return walker_advance_done(w, task);
	}
	gboolean implicit = task->kind == TASK_META && task->implicit;
	if (w->current == NULL && !implicit && !selected(w, task)) {
		walker_next(w);
		return WALK_ON;
	}
	if (w->current == NULL && !w->may_start && !implicit) {
		enum walk how = ask_others(w, task);
		if (!w->may_start) {
			return how;
		}
	}
	if (task->kind == TASK_META) {
		return walker_advance_meta(w, task);
	}
	if (must_see_files(w, task)) {
		return wait_for(w, WAIT_NAME);
	}
	return advance_task(w, task);
}

enum walk walker_advance(walker *w)
{
	gboolean failed = FALSE;
	if (w->again != NULL) {
		return g_get_monotonic_time() < w->again->not_before ? wait_for(w, WAIT_CLOCK)
								     : walker_prepare_again(w);
	}
	if (w->holds || (w->session != NULL && session_has_stopped(w->session))) {
		return wait_for(w, WAIT_NAME);
	}
	if (cancel_requested(w->state->options->cancel)) {
		return WALK_END;
	}
	const struct task *task = cursor_task(w->cursor, &failed);
	if (task != NULL) {
		enum walk how = at_task(w, task);
		return how == WALK_WAIT && w->wait == WAIT_NAME ? wait_for_names(w) : how;
	}
	w->failed = w->failed || failed;
	return failed && walker_force_handlers(w) ? WALK_ON : WALK_END;
}
