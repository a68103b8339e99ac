/* Steps: items of tasks that were sent ahead, or wait for their turn. */
#include "run/step.h"

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

struct step *step_new(struct task_run *run, gsize item, const cursor *at)
{
	struct step *s = g_new0(struct step, 1);
	s->state = STEP_PLANNED;
	s->run = task_run_ref(run);
	s->item = item;
	s->attempt = 1;
	s->sent_at = g_get_monotonic_time();
	s->cursor = at == NULL ? NULL : cursor_copy(at);
	return s;
}

void step_free(struct step *s)
{
	if (s == NULL) {
		return;
	}
	task_run_unref(s->run);
	cursor_free(s->cursor);
	value_unref(s->loop);
	value_unref(s->sets);
	module_call_free(s->call);
	result_free(s->result);
	reach_unref(s->to);
	g_free(s->delegate);
	become_clear(&s->who);
	g_clear_pointer(&s->handlers, g_ptr_array_unref);
	g_clear_pointer(&s->due, g_ptr_array_unref);
	g_free(s->unknown);
	g_free(s);
}
