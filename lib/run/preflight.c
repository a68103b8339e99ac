/* What can be known to be wrong before any host is contacted. */
#include "run/preflight.h"

#include "inventory/variable-files.h"
#include "modules/include_vars.h"
#include "run/walker-private.h"
#include "playbook/keywords.h"
#include "run/plays.h"

#include <string.h>

enum { ITEMS_MAX = 50 }; /* items of a loop that are looked at */

struct preflight {
	walker *w;
	problems *found;
};

struct names {
	GHashTable *unknown;
	gboolean facts;
	const struct run_options *options;
};

/* The file whose name is written out, when it is the one that will be read; NULL: not known. */
static char *included_file(const struct names *names, const struct task *task)
{
	const value *file = value_dict_get(task->arguments, "file");
	file = file != NULL ? file : value_dict_get(task->arguments, "_raw_params");
	if (!value_is(file, VALUE_STRING) || template_has_marks(value_string(file))) {
		return NULL;
	}
	g_autofree char *name = g_strchomp(g_strdup(value_string(file)));
	g_auto(GStrv) folders = variables_folders_of(task, names->options->playbook->folder);
	return include_vars_find((const char *const *)folders, name);
}

/* What include_vars sets: what the file has, when it can be known which one, or else anything. */
static void add_included_names(struct names *names, const struct task *task)
{
	gboolean plain = task->loop == NULL && value_is(task->arguments, VALUE_DICT) &&
			 value_dict_get(task->arguments, "name") == NULL;
	g_autofree char *path = plain ? included_file(names, task) : NULL;
	const struct playbook_options *options = names->options->playbook_options;
	g_autoptr(value) included =
		path != NULL
			? variable_file_read(options != NULL ? options->vault : NULL, path, NULL)
			: NULL;
	if (!value_is(included, VALUE_DICT)) {
		g_hash_table_add(names->unknown, (gpointer)VARIABLES_ANY);
		return;
	}
	value_dict_foreach (included, key, item) {
		(void)item;
		g_autofree char *name = value_to_string(key);
		g_hash_table_add(names->unknown, (gpointer)g_intern_string(name));
	}
}

static void add_names(struct task *task, gpointer data)
{
	struct names *names = data;
	if (task->register_name != NULL) {
		g_hash_table_add(names->unknown, task->register_name);
	}
	if (task->module == NULL || !(task->module->flags & MODULE_SETS_FACTS)) {
		return;
	}
	if (task->module->flags & MODULE_INCLUDES_VARIABLES) {
		add_included_names(names, task);
		return;
	}
	if (task->module->script != NULL || !value_is(task->arguments, VALUE_DICT)) {
		names->facts = TRUE;
		return;
	}
	value_dict_foreach (task->arguments, key, item) {
		(void)item;
		if (value_is(key, VALUE_STRING)) {
			const char *name = value_string(key);
			g_hash_table_add(names->unknown,
				(gpointer)(template_has_marks(name) ? VARIABLES_ANY : name));
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

gboolean preflight_names(
	const struct run_options *options, const struct play *play, GHashTable *unknown)
{
	struct names names = { .unknown = unknown, .options = options };
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

/* What is wrong with the task's conditions, or its loop: told where it is reached when something
 * around it may keep it from that. */
static gboolean condition_is_certain(const struct task *task)
{
	return !task->sheltered && keyword_is_off(task->ignore_errors);
}

/* A file that a step of this run may make here is missed only where it is read. */
static gboolean may_come(const struct preflight *p, const GError *problem)
{
	return p->w->state->steps_here && problem->code != SUTLER_ERROR_UNDEFINED &&
	       problem->code != SUTLER_ERROR_PENDING;
}

static void report(struct preflight *p, gboolean certain, GError **problem)
{
	if (certain && !may_come(p, *problem) && !is_unknown(problem)) {
		problems_add(p->found, g_steal_pointer(problem), host_name(p->w->host));
	}
	g_clear_error(problem);
}

/* Where the task runs and as whom. */
static gboolean check_place(struct preflight *p, const struct task *task, GError **error)
{
	walker *w = p->w;
	struct become who;
	if (task->delegate_to != NULL) {
		g_autoptr(value) name = variables_evaluate(w->variables, task->delegate_to, error);
		return name != NULL;
	}
	if (w->reach == NULL) {
		return TRUE; /* what is wrong with it is told already */
	}
	g_autoptr(reach) to = walker_reach(w, task, NULL, error);
	gboolean known = to != NULL && walker_become(w, task, to, NULL, &who, error);
	if (known) {
		become_clear(&who);
	}
	return known;
}

/* One item: its arguments, when it is sure that they will be needed. */
static void check_item(struct preflight *p, const struct task *task)
{
	walker *w = p->w;
	g_autoptr(GError) problem = NULL;
	gboolean holds = TRUE;
	if (!walker_conditions_hold(w, task, &holds, NULL, &problem)) {
		report(p, condition_is_certain(task), &problem);
		return;
	}
	if (!holds || task->kind != TASK_MODULE || task->fault != NULL || acts(task->arguments)) {
		return;
	}
	gboolean known = check_place(p, task, &problem);
	g_autoptr(call) c = known ? walker_make_call(w, task, &problem) : NULL;
	if (c == NULL) {
		report(p, condition_is_certain(task) && task->when->len == 0, &problem);
	}
}

static void check_items(struct preflight *p, const struct task *task, const value *items)
{
	const char *name = task->loop_variable != NULL ? task->loop_variable : "item";
	for (gsize i = 0; i < MIN(value_list_length(items), ITEMS_MAX); i++) {
		value *loop = value_new_dict();
		value_dict_set(loop, name, value_ref(value_list_get(items, i)));
		if (task->index_variable != NULL) {
			value_dict_set(loop, task->index_variable, value_new_int((gint64)i));
		}
		variables_set_loop(p->w->variables, loop);
		check_item(p, task);
		variables_set_loop(p->w->variables, NULL);
	}
}

static void check_task(struct preflight *p, const struct task *task)
{
	walker *w = p->w;
	const struct run_options *options = w->state->options;
	g_autoptr(GError) problem = NULL;
	if (task->kind == TASK_META ||
		!playbook_tags_match(task->tags, options->tags, options->skip_tags)) {
		return;
	}
	variables_set_task(w->variables, task);
	if (task->loop == NULL) {
		check_item(p, task);
		return;
	}
	/* A loop that is not known yet may have no items. */
	g_autoptr(value) items = acts(task->loop) || task->loop_extended
					 ? NULL
					 : walker_loop_items(w, task, &problem);
	if (items != NULL) {
		check_items(p, task, items);
	} else if (problem != NULL) {
		report(p, condition_is_certain(task) && task->when->len == 0, &problem);
	}
}

static void note_step(walker *w, const struct task *task)
{
	if (task->module != NULL && task->module->script != NULL && w->reach != NULL &&
		g_str_equal(w->reach->to.kind, "local")) {
		w->state->steps_here = TRUE;
	}
}

static void check_list(struct preflight *p, const GPtrArray *tasks)
{
	for (guint i = 0; tasks != NULL && i < tasks->len; i++) {
		const struct task *task = g_ptr_array_index(tasks, i);
		if (task->kind == TASK_BLOCK) {
			check_list(p, task->block);
			check_list(p, task->rescue);
			check_list(p, task->always);
		} else {
			check_task(p, task);
			note_step(p->w, task);
		}
	}
}

static void mark_unknown(walker *w, GHashTable *unknown, gboolean pending)
{
	GHashTableIter iter;
	gpointer name = NULL;
	g_hash_table_iter_init(&iter, unknown);
	while (g_hash_table_iter_next(&iter, &name, NULL)) {
		variables_set_pending(w->variables, *(char *)name == '\0' ? NULL : name, pending);
	}
}

/* What depends on earlier plays is not known yet, and no error. */
static void check_reach(struct preflight *p, const struct play *play)
{
	g_autoptr(GError) problem = NULL;
	if (!walker_prepare_reach(p->w, play, &problem)) {
		report(p, TRUE, &problem);
	}
}

void preflight_play(walker *w, const struct play *play, GHashTable *unknown, problems *found)
{
	struct preflight p = { w, found };
	w->play = play;
	/* Included files may register and set anything. */
	if (includes_later(play->tasks) || play->vars_prompt != NULL) {
		check_reach(&p, play);
		return;
	}
	mark_unknown(w, unknown, TRUE);
	variables_set_others_settled(w->variables, FALSE);
	check_reach(&p, play);
	check_list(&p, play->tasks);
	check_list(&p, play->handlers);
	mark_unknown(w, unknown, FALSE);
	variables_set_others_settled(w->variables, TRUE);
}
