/* What `changed_when`, `failed_when` and `until` make of a result. */
#include "run/walker-private.h"

/* Shows the result under its register name to conditions about itself. */
static void show_result(walker *w, const struct step *s, const result *r)
{
	variables_set_task(w->variables, s->run->task);
	variables_set_loop(w->variables, s->loop == NULL ? NULL : value_ref(s->loop));
	if (s->run->task->register_name != NULL) {
		variables_set(w->variables, s->run->task->register_name, value_thaw(r->fields));
	}
}

void walker_complete_fields(result *r)
{
	gboolean failed = r->status == STEP_FAILED;
	if (!failed || value_dict_get(r->fields, "changed") == NULL) {
		result_set(r, "changed", value_new_bool(r->status == STEP_CHANGED));
	}
	if (r->status == STEP_SKIPPED) {
		result_set(r, "skipped", value_new_bool(TRUE));
	} else {
		result_set(r, "failed", value_new_bool(failed));
	}
}

static void apply_changed_when(walker *w, const struct task *task, result *r)
{
	g_autoptr(GError) error = NULL;
	gboolean changed = FALSE;
	if (task->changed_when == NULL) {
		return;
	}
	if (!template_condition(
		    task->changed_when, variables_scope(w->variables), &changed, &error)) {
		result_fail(r, error->message);
	} else if (r->status == STEP_OK || r->status == STEP_CHANGED) {
		r->status = changed ? STEP_CHANGED : STEP_OK;
	} else if (r->status == STEP_FAILED) {
		result_set(r, "changed", value_new_bool(changed));
	}
}

static void apply_failed_when(walker *w, const struct task *task, result *r)
{
	g_autoptr(GError) error = NULL;
	gboolean failed = FALSE;
	if (task->failed_when == NULL) {
		return;
	}
	if (!template_condition(
		    task->failed_when, variables_scope(w->variables), &failed, &error)) {
		result_fail(r, error->message);
		return;
	}
	result_set(r, "failed_when_result", value_new_bool(failed));
	if (failed) {
		r->status = STEP_FAILED;
	} else if (r->status == STEP_FAILED) {
		const value *changed = value_dict_get(r->fields, "changed");
		r->status = changed != NULL && value_truth(changed) ? STEP_CHANGED : STEP_OK;
	}
}

/* The number that a keyword of a task gives, also as text; fallback without one. */
static double number_of_keyword(walker *w, const value *raw, double fallback)
{
	g_autoptr(value) v = variables_evaluate(w->variables, raw, NULL);
	if (v == NULL || value_is(v, VALUE_NULL)) {
		return fallback;
	}
	g_autofree char *text = value_to_string(v);
	return g_ascii_strtod(text, NULL);
}

/* What `changed_when`, `failed_when` and `until` make of a result. They see it as `register` will
 * store it, with failed, changed and attempts (task_executor.py of ansible-core 2.14). */
void walker_apply_conditions(walker *w, const struct step *s, result *r)
{
	const struct task *task = s->run->task;
	gboolean ran = r->status != STEP_SKIPPED && r->status != STEP_UNPREDICTED;
	if (!ran ||
		(task->changed_when == NULL && task->failed_when == NULL && task->until == NULL)) {
		return;
	}
	if (task->until != NULL) {
		result_set(r, "attempts", value_new_int(s->attempt));
	}
	walker_complete_fields(r);
	show_result(w, s, r);
	apply_changed_when(w, task, r);
	if (task->changed_when != NULL && task->failed_when != NULL) {
		walker_complete_fields(r);
		show_result(w, s, r);
	}
	apply_failed_when(w, task, r);
}

/* Whether `until` holds, for a result that it is asked about. */
static gboolean until_holds(walker *w, const struct step *s, result *r)
{
	g_autoptr(GError) error = NULL;
	gboolean holds = FALSE;
	walker_complete_fields(r);
	show_result(w, s, r);
	if (!template_condition(
		    s->run->task->until, variables_scope(w->variables), &holds, &error)) {
		result_fail(r, error->message);
		return TRUE;
	}
	return holds;
}

void walker_weigh(walker *w, const struct step *s, result *r, struct circumstances *ret)
{
	const struct task_run *run = s->run;
	const struct task *task = run->task;
	gboolean ran = r->status != STEP_SKIPPED && r->status != STEP_UNPREDICTED;
	*ret = (struct circumstances){
		.has_until = task->until != NULL,
		.attempt = s->attempt,
		.ignores_errors = s->ignore_errors,
		.last_item = run->items == NULL || run->done + 1 == value_list_length(run->items),
		.loop_failed = run->any_failed,
		.rescued = s->cursor != NULL && cursor_is_rescued(s->cursor),
	};
	if (task->until != NULL) {
		ret->retries = (guint)CLAMP(number_of_keyword(w, task->retries, 3), 0, G_MAXINT);
		ret->until_holds = !ran || ret->retries == 0 || until_holds(w, s, r);
	}
	ret->status = r->status;
}

double walker_delay(walker *w, const struct task *task)
{
	double pause = number_of_keyword(w, task->delay, 5);
	return pause < 0 ? 1 : pause;
}
