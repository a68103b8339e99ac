/* What becomes of one item of a task: skipped, known, or a step that is ready to be sent. */
#include "run/walker-private.h"

/* Whether its result decides what happens next, so that nothing may be sent behind it. */
static gboolean must_be_decided(const struct task *task)
{
	gboolean constant = task->changed_when == NULL || value_is(task->changed_when, VALUE_BOOL);
	return task->failed_when != NULL || task->until != NULL || !constant;
}

static gboolean is_template(const value *v)
{
	return value_is(v, VALUE_STRING) && template_has_marks(value_string(v));
}

/* Items of a loop all run, failed ones too; session_end_loop(), behind the last, stops the host
 * then, when all went to the same shell. */
static gboolean stays_in_one_shell(const struct task *task)
{
	return !is_template(task->delegate_to) && !is_template(task->become_user) &&
	       !is_template(task->become);
}

static void choose_going_on(struct step *s)
{
	struct task_run *run = s->run;
	s->holds = must_be_decided(run->task);
	if (s->to == NULL) {
		return;
	}
	if (s->ignore_errors || s->holds) {
		s->go_on = GO_ON;
	} else if (run->items == NULL) {
		s->go_on = GO_STOP;
	} else if (stays_in_one_shell(run->task)) {
		s->go_on = GO_LOOP_STOP;
		run->stops_behind = TRUE;
	} else {
		s->go_on = GO_ON;
		s->holds = s->item + 1 == value_list_length(run->items);
	}
}

/* `delegate_to`, for this item. */
static gboolean find_delegate(walker *w, struct step *s, GError **error)
{
	const struct task *task = s->run->task;
	if (task->delegate_to == NULL) {
		return TRUE;
	}
	g_autoptr(value) v = variables_evaluate(w->variables, task->delegate_to, error);
	if (v == NULL) {
		return FALSE;
	}
	if (value_is(v, VALUE_NULL) || variables_is_omit(v)) {
		return TRUE;
	}
	g_autofree char *name = value_to_string(v);
	if (*name == '\0') {
		error_set_at(error, SUTLER_ERROR_FAILED, value_position(task->delegate_to),
			"'delegate_to' names no host");
		return FALSE;
	}
	if (!g_str_equal(name, host_name(w->host))) {
		s->delegate = g_steal_pointer(&name);
	}
	return TRUE;
}

/* Where the step runs and as whom. */
static gboolean find_place(walker *w, struct step *s, GError **error)
{
	const struct task *task = s->run->task;
	if (s->call->module->script == NULL) {
		return TRUE;
	}
	s->to = walker_reach(w, task, s->delegate, error);
	return s->to != NULL && walker_become(w, task, s->to, s->delegate, &s->who, error);
}

/* The handlers; that they cannot be told yet is no reason not to tell the step itself. */
static gboolean find_handlers(walker *w, struct step *s, GError **error)
{
	g_autoptr(GError) problem = NULL;
	if (walker_find_handlers(w, s, &problem) ||
		g_error_matches(problem, SUTLER_ERROR, SUTLER_ERROR_UNPREDICTED)) {
		return TRUE;
	}
	g_propagate_error(error, g_steal_pointer(&problem));
	return FALSE;
}

/* Everything about one item up to the point where it is sent or known. NULL without an error: it is
 * to be sent. */
static result *evaluate(walker *w, struct step *s, GError **error)
{
	const struct task *task = s->run->task;
	gboolean holds = FALSE;
	const value *condition = NULL;
	s->loop = task_run_loop_variables(s->run, s->item);
	variables_set_task(w->variables, task);
	variables_set_loop(w->variables, s->loop == NULL ? NULL : value_ref(s->loop));
	if (!walker_flag(w, task->ignore_errors, FALSE, &s->ignore_errors, error) ||
		!walker_flag(w, task->no_log, w->state->options->no_log, &s->no_log, error) ||
		!walker_flag(w, task->ignore_unreachable, FALSE, &s->ignore_unreachable, error)) {
		return NULL;
	}
	holds = s->attempt > 1; /* as Ansible: asked once, and not before each try */
	if (!holds && !walker_conditions_hold(w, task, &holds, &condition, error)) {
		return NULL;
	}
	if (!holds) {
		return walker_skipped(condition);
	}
	if (task->fault != NULL) {
		return result_new_failed("%s", task->fault->message);
	}
	if (!find_delegate(w, s, error)) {
		return NULL;
	}
	s->call = walker_make_call(w, task, error);
	if (s->call == NULL || !find_handlers(w, s, error) || !find_place(w, s, error)) {
		return NULL;
	}
	walker_due_prepare(w, s);
	return NULL;
}

/* Whether what is under way must come in first: steps of one host run in their order, wherever they
 * run. */
static gboolean must_wait(walker *w, const struct step *s)
{
	if (s->to == NULL) {
		return (s->call->module->flags & MODULE_WAITS) != 0 && !walker_is_idle(w);
	}
	return walker_any_remote(w) && targets_find(w->targets, s->to, s->who.user) != w->session;
}

enum walk walker_prepare(walker *w, struct step *s)
{
	GError *error = NULL;
	result *known = evaluate(w, s, &error);
	w->wait = WAIT_NAME;
	if (known == NULL && error != NULL) {
		known = walker_result_of_error(error);
		if (known == NULL) {
			step_free(s);
			return WALK_WAIT;
		}
	}
	if (known != NULL) {
		walker_enqueue_result(w, s, known);
		return WALK_ON;
	}
	if (must_wait(w, s)) {
		step_free(s);
		return WALK_WAIT;
	}
	choose_going_on(s);
	w->planned = s;
	return s->to == NULL ? WALK_HERE : WALK_SEND;
}

enum walk walker_prepare_again(walker *w)
{
	struct step *old = g_steal_pointer(&w->again);
	struct step *s = step_new(old->run, old->item, old->cursor);
	s->attempt = old->attempt + 1;
	enum walk how = walker_prepare(w, s);
	if (how == WALK_WAIT) {
		/* Nothing is under way: what it waits for will never come. */
		struct step *failed = step_new(old->run, old->item, old->cursor);
		walker_enqueue_result(
			w, failed, result_new_failed("depends on a result that never came"));
		how = WALK_ON;
	}
	step_free(old);
	return how;
}
