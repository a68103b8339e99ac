/* What is not known yet: names that steps under way will set, and what that means for an
 * evaluation. */
#include "run/walker-private.h"

/* The names that set_fact would set, when their values cannot be told. One that cannot be evaluated
 * itself is known to no later step. */
static value *names_of_facts(walker *w, const struct task *task)
{
	value *names = value_new_dict();
	value_dict_foreach (task->arguments, key, item) {
		(void)item;
		g_autoptr(value) name = variables_evaluate(w->variables, key, NULL);
		if (value_is(name, VALUE_STRING)) {
			value_dict_set(names, value_string(name), value_new_null());
		}
	}
	return names;
}

void walker_mark(walker *w, struct step *s, gboolean pending)
{
	const struct task *task = s->run->task;
	if (s->pending_marked == pending) {
		return;
	}
	s->pending_marked = pending;
	if (task->register_name != NULL) {
		variables_set_pending(w->variables, task->register_name, pending);
	}
	const struct module *m = task->module;
	if (m == NULL || !(m->flags & MODULE_SETS_FACTS)) {
		return;
	}
	if (m->script != NULL) {
		variables_set_pending(w->variables, NULL, pending);
		return;
	}
	const value *facts =
		s->result != NULL ? value_dict_get(s->result->fields, "ansible_facts") : NULL;
	s->sets = s->sets == NULL && value_is(facts, VALUE_DICT) ? value_ref(facts) : s->sets;
	if (s->sets == NULL && s->result != NULL && s->result->status == STEP_UNPREDICTED &&
		value_is(task->arguments, VALUE_DICT)) {
		s->sets = names_of_facts(w, task);
	}
	if (s->sets == NULL) {
		return;
	}
	value_dict_foreach (s->sets, key, item) {
		(void)item;
		variables_set_pending(w->variables, value_string(key), pending);
	}
}

/* What an evaluation's error means: wait, or a result. NULL: wait. Frees the error. */
result *walker_result_of_error(GError *error)
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

result *walker_skipped(const value *condition)
{
	result *r = result_new(STEP_SKIPPED);
	g_autofree char *text = condition == NULL ? NULL : value_to_string(condition);
	result_set_text(r, "skip_reason", "Conditional result was False");
	if (text != NULL) {
		result_set_text(r, "false_condition", text);
	}
	return r;
}
