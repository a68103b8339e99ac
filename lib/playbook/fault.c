/* Faults of tasks: told before anything runs when the task is certain to run, else where it is
 * reached. */
#include "playbook/loader.h"

#include <string.h>

#include "playbook/keywords.h"

void task_set_fault(struct task *task, GError *fault)
{
	if (task->fault == NULL) {
		task->fault = fault;
	} else {
		g_error_free(fault);
	}
}

gboolean task_has_condition(const struct task *task)
{
	for (guint i = 0; i < task->when->len; i++) {
		const value *condition = g_ptr_array_index(task->when, i);
		if (!value_is(condition, VALUE_BOOL) || !value_bool(condition)) {
			return TRUE;
		}
	}
	return FALSE;
}

static gboolean may_loop_over_nothing(const struct task *task)
{
	static const char *const plain[] = { "items", "list", "loop", NULL };
	return task->loop != NULL &&
	       (!value_is(task->loop, VALUE_LIST) || value_list_length(task->loop) == 0 ||
		       !g_strv_contains(plain, task->loop_kind));
}

gboolean task_may_be_passed(const struct task *task)
{
	return task->sheltered || task_has_condition(task) || may_loop_over_nothing(task) ||
	       !keyword_is_off(task->ignore_errors);
}

gboolean playbook_task_is_certain(const struct task *task)
{
	if (task->fault_in_condition) {
		return !task->sheltered && keyword_is_off(task->ignore_errors);
	}
	return !task_may_be_passed(task);
}

static const value *unless_off(const value *v)
{
	return keyword_is_off(v) ? NULL : v;
}

void task_check_supported(struct task *task)
{
	const struct {
		const value *used; /* NULL: not */
		const char *keyword;
		const char *instead;
	} rows[] = {
		{ unless_off(task->async_seconds), "async",
			task->poll != NULL ? "remove it and 'poll'" : "remove it" },
		{ unless_off(task->loop_pause), "loop_control.pause",
			"use 'wait_for' with 'timeout'" },
	};
	for (gsize i = 0; i < G_N_ELEMENTS(rows); i++) {
		if (rows[i].used != NULL) {
			struct position at = value_position(rows[i].used);
			GError *fault = NULL;
			error_set_at(&fault, SUTLER_ERROR_USAGE, at.file != NULL ? at : task->at,
				"'%s' is not supported: %s", rows[i].keyword, rows[i].instead);
			task_set_fault(task, fault);
			return;
		}
	}
}

void playbook_visit(playbook *book, const GPtrArray *tasks, playbook_visitor visit, gpointer data)
{
	for (guint i = 0; tasks != NULL && i < tasks->len; i++) {
		struct task *task = g_ptr_array_index(tasks, i);
		if (!visit(task, data)) {
			continue;
		}
		playbook_visit(book, task->block, visit, data);
		playbook_visit(book, task->rescue, visit, data);
		playbook_visit(book, task->always, visit, data);
		const GPtrArray *brought =
			g_hash_table_lookup(((struct book *)book)->brought, task);
		for (guint j = 0; brought != NULL && j < brought->len; j++) {
			const struct included *included = g_ptr_array_index(brought, j);
			playbook_visit(book, included->tasks, visit, data);
			playbook_visit(book, included->handlers, visit, data);
		}
	}
}
