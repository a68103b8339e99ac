/* What can be known to be wrong before any host is contacted. */
#include "run/preflight.h"

#include "run/host-private.h"
#include "run/plays.h"

#include <string.h>

enum { ITEMS_MAX = 50 }; /* items of a loop that are looked at */

struct names {
	GHashTable *unknown;
	gboolean facts;
};

static void add_names(struct task *task, gpointer data)
{
	struct names *names = data;
	if (task->register_name != NULL) {
		g_hash_table_add(names->unknown, task->register_name);
	}
	if (task->module == NULL || !(task->module->flags & MODULE_SETS_FACTS)) {
		return;
	}
	if (task->module->script != NULL || !value_is(task->arguments, VALUE_DICT)) {
		names->facts = TRUE;
		return;
	}
	value_dict_foreach (task->arguments, key, item) {
		(void)item;
		if (value_is(key, VALUE_STRING)) {
			g_hash_table_add(names->unknown, (gpointer)value_string(key));
		}
	}
}

static gboolean includes_later(const GPtrArray *tasks)
{
	for (guint i = 0; tasks != NULL && i < tasks->len; i++) {
		const struct task *task = g_ptr_array_index(tasks, i);
		if (task->kind == TASK_INCLUDE_TASKS || task->kind == TASK_INCLUDE_ROLE ||
			includes_later(task->block) || includes_later(task->rescue) ||
			includes_later(task->always)) {
			return TRUE;
		}
	}
	return FALSE;
}

gboolean preflight_names(const struct play *play, GHashTable *unknown)
{
	struct names names = { .unknown = unknown };
	static const char *const of_rescue[] = { "ansible_failed_task", "ansible_failed_result" };
	for (gsize i = 0; i < G_N_ELEMENTS(of_rescue); i++) {
		g_hash_table_add(unknown, (gpointer)of_rescue[i]);
	}
	tasks_each(play->tasks, add_names, &names);
	tasks_each(play->handlers, add_names, &names);
	return names.facts || value_is(play->gather_facts, VALUE_BOOL) == FALSE ||
	       value_truth(play->gather_facts);
}

/* Lookups that do something: evaluated once, when the task runs. */
static gboolean acts(const value *raw)
{
	static const char *const words[] = { "pipe", "password", "url", "random", "lines" };
	if (raw == NULL) {
		return FALSE;
	}
	g_autofree char *text = value_to_string(raw);
	for (gsize i = 0; i < G_N_ELEMENTS(words); i++) {
		if (strstr(text, words[i]) != NULL &&
			(strstr(text, "lookup") != NULL || strstr(text, "query") != NULL ||
				strstr(text, "q(") != NULL)) {
			return TRUE;
		}
	}
	return FALSE;
}

/* Whether this error only says that it cannot be known yet. Clears it then. */
static gboolean is_unknown(GError **problem)
{
	if (g_error_matches(*problem, SUTLER_ERROR, SUTLER_ERROR_PENDING) ||
		g_error_matches(*problem, SUTLER_ERROR, SUTLER_ERROR_UNPREDICTED)) {
		g_clear_error(problem);
		return TRUE;
	}
	return FALSE;
}

static gboolean report(host_run *h, const struct task *task, GError *problem, GError **error)
{
	(void)task;
	error_set(
		error, SUTLER_ERROR_USAGE, "%s (host '%s')", problem->message, host_name(h->host));
	return FALSE;
}

/* One item: its arguments, when it is sure that they will be needed. */
static gboolean check_item(host_run *h, const struct task *task, GError **error)
{
	g_autoptr(GError) problem = NULL;
	gboolean holds = TRUE;
	if (!host_conditions_hold(h, task, &holds, NULL, &problem)) {
		return is_unknown(&problem) || report(h, task, problem, error);
	}
	if (!holds || task->kind != TASK_MODULE || acts(task->arguments)) {
		return TRUE;
	}
	struct become who;
	gboolean known = host_become(h, task, &who, &problem);
	become_clear(&who);
	g_autoptr(call) c = known ? host_make_call(h, task, &problem) : NULL;
	return c != NULL || is_unknown(&problem) || report(h, task, problem, error);
}

static gboolean check_items(
	host_run *h, const struct task *task, const value *items, GError **error)
{
	const char *name = task->loop_variable != NULL ? task->loop_variable : "item";
	for (gsize i = 0; i < MIN(value_list_length(items), ITEMS_MAX); i++) {
		value *loop = value_new_dict();
		value_dict_set(loop, name, value_ref(value_list_get(items, i)));
		if (task->index_variable != NULL) {
			value_dict_set(loop, task->index_variable, value_new_int((gint64)i));
		}
		variables_set_loop(h->variables, loop);
		gboolean ok = check_item(h, task, error);
		variables_set_loop(h->variables, NULL);
		if (!ok) {
			return FALSE;
		}
	}
	return TRUE;
}

/* The loop's names mean something that is not known: so does all that uses them. */
static gboolean check_unknown_loop(host_run *h, const struct task *task, GError **error)
{
	const char *names[] = { task->loop_variable != NULL ? task->loop_variable : "item",
		task->index_variable, "ansible_loop" };
	for (gsize i = 0; i < G_N_ELEMENTS(names); i++) {
		if (names[i] != NULL) {
			variables_set_pending(h->variables, names[i], TRUE);
		}
	}
	gboolean ok = check_item(h, task, error);
	for (gsize i = 0; i < G_N_ELEMENTS(names); i++) {
		if (names[i] != NULL) {
			variables_set_pending(h->variables, names[i], FALSE);
		}
	}
	return ok;
}

static gboolean check_task(host_run *h, const struct task *task, GError **error)
{
	const struct run_options *options = h->state->options;
	g_autoptr(GError) problem = NULL;
	if (task->kind == TASK_META ||
		!playbook_tags_match(task->tags, options->tags, options->skip_tags)) {
		return TRUE;
	}
	variables_set_task(h->variables, task);
	if (task->loop == NULL) {
		return check_item(h, task, error);
	}
	g_autoptr(value) items =
		acts(task->loop) || task->loop_extended ? NULL : host_loop_items(h, task, &problem);
	if (items != NULL) {
		return check_items(h, task, items, error);
	}
	if (problem == NULL || is_unknown(&problem)) {
		return check_unknown_loop(h, task, error);
	}
	gboolean holds = TRUE;
	g_autoptr(GError) unsure = NULL;
	if (!host_conditions_hold(h, task, &holds, NULL, &unsure) || !holds) {
		return TRUE;
	}
	return report(h, task, problem, error);
}

static gboolean check_list(host_run *h, const GPtrArray *tasks, GError **error)
{
	for (guint i = 0; tasks != NULL && i < tasks->len; i++) {
		const struct task *task = g_ptr_array_index(tasks, i);
		gboolean ok = task->kind == TASK_BLOCK
				      ? check_list(h, task->block, error) &&
						check_list(h, task->rescue, error) &&
						check_list(h, task->always, error)
				      : check_task(h, task, error);
		if (!ok) {
			return FALSE;
		}
	}
	return TRUE;
}

static void mark_unknown(host_run *h, GHashTable *unknown, gboolean pending)
{
	GHashTableIter iter;
	gpointer name = NULL;
	g_hash_table_iter_init(&iter, unknown);
	while (g_hash_table_iter_next(&iter, &name, NULL)) {
		variables_set_pending(h->variables, *(char *)name == '\0' ? NULL : name, pending);
	}
}

/* What depends on earlier plays is not known yet, and no error. */
static gboolean reach_known(host_run *h, const struct play *play, GError **error)
{
	g_autoptr(GError) problem = NULL;
	if (host_prepare_reach(h, play, &problem) || is_unknown(&problem)) {
		return TRUE;
	}
	g_propagate_error(error, g_steal_pointer(&problem));
	return FALSE;
}

gboolean preflight_play(host_run *h, const struct play *play, GHashTable *unknown, GError **error)
{
	/* Included files may register and set anything. */
	if (includes_later(play->tasks) || play->vars_prompt != NULL) {
		return reach_known(h, play, error);
	}
	mark_unknown(h, unknown, TRUE);
	gboolean ok = reach_known(h, play, error) && check_list(h, play->tasks, error) &&
		      check_list(h, play->handlers, error);
	mark_unknown(h, unknown, FALSE);
	variables_set_loop(h->variables, NULL);
	return ok;
}
