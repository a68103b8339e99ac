/* Flights: steps that were sent ahead, or wait for their turn. */
#include "run/host-private.h"

#include "base/secret-memory.h"

struct task_run *task_run_ref(struct task_run *run)
{
	run->references++;
	return run;
}

void task_run_unref(struct task_run *run)
{
	if (run == NULL || --run->references > 0) {
		return;
	}
	g_free(run->name);
	value_unref(run->items);
	value_unref(run->results);
	value_unref(run->outer);
	value_unref(run->last_failed);
	g_clear_pointer(&run->due, g_ptr_array_unref);
	g_clear_pointer(&run->notifies, g_hash_table_unref);
	g_free(run);
}

void flight_free(struct flight *f)
{
	if (f == NULL) {
		return;
	}
	task_run_unref(f->run);
	cursor_free(f->cursor);
	value_unref(f->loop);
	value_unref(f->sets);
	module_call_free(f->call);
	remote_answer_free(f->answer);
	result_free(f->result);
	g_clear_pointer(&f->handlers, g_ptr_array_unref);
	g_clear_pointer(&f->due, g_ptr_array_unref);
	g_free(f->unknown);
	secret_wipe_string(f->line);
	g_free(f);
}

/* ---- marks of what is not known yet ---- */

/* The names that set_fact would set, when their values cannot be told. One that cannot be evaluated
 * itself is known to no later step. */
static value *names_of_facts(host_run *h, const struct task *task)
{
	value *names = value_new_dict();
	value_dict_foreach (task->arguments, key, item) {
		(void)item;
		g_autoptr(value) name = variables_evaluate(h->variables, key, NULL);
		if (value_is(name, VALUE_STRING)) {
			value_dict_set(names, value_string(name), value_new_null());
		}
	}
	return names;
}

static void mark(host_run *h, struct flight *f, gboolean pending)
{
	const struct task *task = f->run->task;
	if (f->pending_marked == pending) {
		return;
	}
	f->pending_marked = pending;
	if (task->register_name != NULL) {
		variables_set_pending(h->variables, task->register_name, pending);
	}
	const struct module *m = task->module;
	if (m == NULL || !(m->flags & MODULE_SETS_FACTS)) {
		return;
	}
	if (m->script != NULL) {
		variables_set_pending(h->variables, NULL, pending);
		return;
	}
	const value *facts =
		f->result != NULL ? value_dict_get(f->result->fields, "ansible_facts") : NULL;
	f->sets = f->sets == NULL && value_is(facts, VALUE_DICT) ? value_ref(facts) : f->sets;
	if (f->sets == NULL && f->result != NULL && f->result->status == STEP_UNPREDICTED &&
		value_is(task->arguments, VALUE_DICT)) {
		f->sets = names_of_facts(h, task);
	}
	if (f->sets == NULL) {
		return;
	}
	value_dict_foreach (f->sets, key, item) {
		(void)item;
		variables_set_pending(h->variables, value_string(key), pending);
	}
}

void host_unmark(host_run *h, struct flight *f)
{
	mark(h, f, FALSE);
}

void host_drop_flights(host_run *h)
{
	struct flight *f = NULL;
	while ((f = g_queue_pop_head(&h->flights)) != NULL) {
		mark(h, f, FALSE);
		flight_free(f);
	}
	g_clear_pointer(&h->current, task_run_unref);
	h->hold = FALSE;
}

struct flight *flight_new(host_run *h, struct task_run *run, gsize item)
{
	struct flight *f = g_new0(struct flight, 1);
	f->run = task_run_ref(run);
	f->item = item;
	f->attempt = 1;
	f->sent_at = g_get_monotonic_time();
	if (h->cursor != NULL) {
		f->cursor = cursor_copy(h->cursor);
	}
	return f;
}

void host_enqueue(host_run *h, struct flight *f)
{
	g_queue_push_tail(&h->flights, f);
	mark(h, f, TRUE);
	if (f->hold) {
		h->hold = TRUE;
	}
}

/* A result that is known without asking the host; a failure stops the sending. Takes r. */
void host_enqueue_result(host_run *h, struct flight *f, result *r)
{
	f->result = r;
	f->hold = f->hold || (r->status == STEP_FAILED && !f->ignore_errors);
	host_enqueue(h, f);
}

/* What an evaluation's error means: wait, or a result. NULL: wait. Frees the error. */
result *host_result_of_error(GError *error)
{
	result *r = NULL;
	if (g_error_matches(error, SUTLER_ERROR, SUTLER_ERROR_PENDING)) {
		g_error_free(error);
		return NULL;
	}
	if (g_error_matches(error, SUTLER_ERROR, SUTLER_ERROR_UNPREDICTED)) {
		r = result_new(STEP_UNPREDICTED);
		result_set_text(r, "msg", error->message);
	} else {
		r = result_new_failed("%s", error->message);
	}
	g_error_free(error);
	return r;
}

result *host_skipped(const value *condition)
{
	result *r = result_new(STEP_SKIPPED);
	g_autofree char *text = condition == NULL ? NULL : value_to_string(condition);
	result_set_text(r, "skip_reason", "Conditional result was False");
	if (text != NULL) {
		result_set_text(r, "false_condition", text);
	}
	return r;
}

gboolean host_any_remote(host_run *h)
{
	for (GList *l = h->flights.head; l != NULL; l = l->next) {
		if (((struct flight *)l->data)->id != 0) {
			return TRUE;
		}
	}
	return FALSE;
}
