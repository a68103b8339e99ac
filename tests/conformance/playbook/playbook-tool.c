/* Answers compare.py: reads a JSON list from stdin: [path, tags, skip-tags] asks for the task list
 * of a playbook, [text, raw] for what the free-form arguments mean. Prints a JSON list of answers.
 */
#include <stdio.h>
#include <string.h>

#include "../answers.h"
#include "playbook/free-form.h"
#include "playbook/playbook.h"

/* Modules by name only: what their parameters are is not compared here. */
struct module {
	const char *name;
	gboolean free_form;
};

static const struct module modules[] = {
	{ "add_host", TRUE },
	{ "apt", FALSE },
	{ "assert", FALSE },
	{ "command", TRUE },
	{ "copy", FALSE },
	{ "debug", FALSE },
	{ "fail", FALSE },
	{ "file", FALSE },
	{ "git", FALSE },
	{ "group_by", TRUE },
	{ "include_vars", TRUE },
	{ "lineinfile", FALSE },
	{ "ping", FALSE },
	{ "raw", TRUE },
	{ "script", TRUE },
	{ "service", FALSE },
	{ "set_fact", TRUE },
	{ "setup", FALSE },
	{ "shell", TRUE },
	{ "stat", FALSE },
	{ "systemd", FALSE },
	{ "template", FALSE },
	{ "user", FALSE },
};

static const struct module *find(const char *name)
{
	static const char *const prefixes[] = { "ansible.builtin.", "ansible.legacy." };
	for (gsize i = 0; i < G_N_ELEMENTS(prefixes); i++) {
		name += g_str_has_prefix(name, prefixes[i]) ? strlen(prefixes[i]) : 0;
	}
	for (gsize i = 0; i < G_N_ELEMENTS(modules); i++) {
		if (strcmp(name, modules[i].name) == 0) {
			return &modules[i];
		}
	}
	return NULL;
}

static gboolean is_free_form(const struct module *module)
{
	return module->free_form;
}

static gboolean check(
	const struct module *module, const value *arguments, struct position at, GError **error)
{
	(void)module;
	(void)arguments;
	(void)at;
	(void)error;
	return TRUE;
}

static const char *const *names(gsize *n)
{
	static const char *list[G_N_ELEMENTS(modules)];
	for (gsize i = 0; i < G_N_ELEMENTS(modules); i++) {
		list[i] = modules[i].name;
	}
	*n = G_N_ELEMENTS(modules);
	return list;
}

static int compare(gconstpointer a, gconstpointer b)
{
	return strcmp(*(const char *const *)a, *(const char *const *)b);
}

static void add_list(value *found, const char *name, const GPtrArray *values)
{
	if (values->len > 0) {
		value *list = value_new_list();
		for (guint i = 0; i < values->len; i++) {
			const value *v = g_ptr_array_index(values, i);
			gboolean there = FALSE;
			value_list_foreach (list, item) {
				there = there || value_equal(item, v);
			}
			if (!there) {
				value_list_append(list, value_ref(v));
			}
		}
		value_dict_set(found, name, list);
	}
}

static value *as_list(const value *v)
{
	if (v == NULL || value_is(v, VALUE_LIST)) {
		return v != NULL ? value_ref(v) : value_new_list();
	}
	value *list = value_new_list();
	value_list_append(list, value_ref(v));
	return list;
}

/* What a task gets from itself and from around it; what has no effect is left out. */
static value *effective(const struct task *task)
{
	const struct {
		const char *name;
		const value *v;
		gint64 fallback;
		gboolean list;
	} rows[] = {
		{ "become", task->become },
		{ "become_user", task->become_user },
		{ "become_method", task->become_method },
		{ "remote_user", task->remote_user },
		{ "connection", task->connection },
		{ "ignore_errors", task->ignore_errors },
		{ "ignore_unreachable", task->ignore_unreachable },
		{ "no_log", task->no_log },
		{ "check_mode", task->check_mode },
		{ "diff", task->diff },
		{ "any_errors_fatal", task->any_errors_fatal },
		{ "delegate_to", task->delegate_to },
		{ "run_once", task->run_once },
		{ "throttle", task->throttle },
		{ "timeout", task->timeout },
		{ "port", task->port },
		{ "retries", task->retries, 3 },
		{ "delay", task->delay, 5 },
		{ "async", task->async_seconds },
		{ "poll", task->poll, 15 },
		{ "loop", task->loop },
		{ "changed_when", task->changed_when, 0, TRUE },
		{ "failed_when", task->failed_when, 0, TRUE },
		{ "until", task->until, 0, TRUE },
	};
	value *found = value_new_dict();
	for (gsize i = 0; i < G_N_ELEMENTS(rows); i++) {
		g_autoptr(value) v = rows[i].list        ? as_list(rows[i].v)
				     : rows[i].v != NULL ? value_ref(rows[i].v)
							 : value_new_null();
		gboolean fallback = value_is(v, VALUE_INT) && value_int(v) == rows[i].fallback;
		if (value_truth(v) && !fallback &&
			!(value_is(v, VALUE_STRING) &&
				(strcmp(rows[i].name, "connection") == 0
						? strcmp(value_string(v), "ssh")
						: strcmp(value_string(v), "sudo")) == 0)) {
			value_dict_set(found, rows[i].name, g_steal_pointer(&v));
		}
	}
	add_list(found, "when", task->when);
	add_list(found, "environment", task->environment);
	add_list(found, "notify", task->notify);
	g_autoptr(value) vars = value_new_dict();
	for (guint i = 0; i < task->vars->len; i++) {
		value_dict_update(vars, g_ptr_array_index(task->vars, i));
	}
	if (value_dict_length(vars) > 0) {
		value_dict_set(found, "vars", g_steal_pointer(&vars));
	}
	if (task->register_name != NULL) {
		value_dict_set(found, "register", value_new_string(task->register_name));
	}
	if (task->kind == TASK_MODULE && value_is(task->arguments, VALUE_DICT)) {
		value_dict_set(found, "args", value_ref(task->arguments));
	} else if (task->kind == TASK_MODULE) {
		value *args = value_new_dict();
		value_dict_set(args, "_variable_params", value_ref(task->arguments));
		value_dict_set(found, "args", args);
	}
	if (task->role != NULL) {
		value *role = value_new_list();
		value_list_append(role, value_ref(task->role->defaults));
		value_list_append(role, value_ref(task->role->variables));
		value_list_append(role, value_ref(task->role->parameters));
		value_dict_set(found, "role", role);
	}
	if (task->loop != NULL && strcmp(task->loop_kind, "loop") != 0) {
		value_dict_set(found, "with", value_new_string(task->loop_kind));
	}
	return found;
}

static void print_task(GString *out, const struct task *task, guint depth)
{
	g_autofree char *name = task->name != NULL ? value_to_string(task->name) : NULL;
	gboolean prefix = name != NULL && task->role != NULL && task->kind != TASK_INCLUDE_ROLE;
	g_string_append_printf(out, "%*s%s%s%s [", (int)depth * 2, "",
		prefix ? task->role->name : "", prefix ? " : " : "",
		name != NULL ? name : task->module_name);
	g_autoptr(GPtrArray) tags = g_ptr_array_new();
	for (guint i = 0; i < task->tags->len; i++) {
		g_ptr_array_add(tags, g_ptr_array_index(task->tags, i));
	}
	g_ptr_array_sort(tags, compare);
	for (guint i = 0; i < tags->len; i++) {
		g_string_append_printf(
			out, "%s%s", i > 0 ? "," : "", (char *)g_ptr_array_index(tags, i));
	}
	g_autoptr(value) found = effective(task);
	static const struct json_style style = { .sort_keys = TRUE };
	g_autofree char *json = json_write(found, &style, NULL);
	g_string_append_printf(out, "] %s\n", json);
}

/* What is listed, and of what. */
struct listing {
	playbook *book;
	const struct play *play;
	const struct playbook_options *options;
	const GPtrArray *only;
	const GPtrArray *skip;
	GString *out;
};

/* What an include brings when it is reached, when its name is plain. */
static const GPtrArray *included(const struct listing *l, const struct task *task)
{
	const char *key = task->kind == TASK_INCLUDE_TASKS ? "file" : "name";
	const value *name = value_dict_get(task->arguments, key);
	if (name == NULL || strstr(value_string(name), "{{") != NULL) {
		return NULL;
	}
	if (task->kind == TASK_INCLUDE_ROLE) {
		return playbook_load_role(
			l->book, l->play, task, task->arguments, l->options, NULL, NULL);
	}
	g_autofree char *path = playbook_find_tasks(l->book, task, value_string(name));
	return playbook_load_tasks(l->book, l->play, task, path, l->options, NULL);
}

/* As --list-tasks does: without rescue and always, and what the play adds of itself; but with what
 * includes bring. */
static void print_tasks(const struct listing *l, const GPtrArray *tasks, guint depth)
{
	for (guint i = 0; tasks != NULL && i < tasks->len; i++) {
		const struct task *task = g_ptr_array_index(tasks, i);
		gboolean include =
			task->kind == TASK_INCLUDE_TASKS || task->kind == TASK_INCLUDE_ROLE;
		if (task->kind == TASK_BLOCK) {
			print_tasks(l, task->block, depth);
		} else if (!task->implicit &&
			   (depth > 1 || playbook_tags_match(task->tags, l->only, l->skip))) {
			print_task(l->out, task, depth);
			if (include && depth < 4) {
				print_tasks(l, included(l, task), depth + 1);
			}
		}
	}
}

struct refusal {
	const GPtrArray *only, *skip;
	GError *error;
};

/* What a run refuses before it contacts anybody; but what tasks inherit is compared also where
 * nothing honours it yet. */
static gboolean refuse(struct task *task, gpointer data)
{
	struct refusal *refusal = data;
	if (refusal->error == NULL && task->fault != NULL && playbook_task_is_certain(task) &&
		playbook_tags_match(task->tags, refusal->only, refusal->skip) &&
		strstr(task->fault->message, "' is not supported: ") == NULL) {
		refusal->error = g_error_copy(task->fault);
	}
	return TRUE;
}

static GPtrArray *words(const value *list)
{
	GPtrArray *array = g_ptr_array_new();
	value_list_foreach (list, item) {
		g_ptr_array_add(array, (gpointer)value_string(item));
	}
	return array;
}

static char *answer(const value *question, GError **error)
{
	static const struct module_catalog catalog = { find, is_free_form, check, names };
	const struct playbook_options options = { .catalog = &catalog };
	if (value_list_length(question) == 2) {
		static const struct json_style style = { .sort_keys = TRUE };
		g_autoptr(value) dict = free_form_parse(value_string(value_list_get(question, 0)),
			value_truth(value_list_get(question, 1)),
			(struct position){ "kv.yml", 1, 1 }, error);
		return dict != NULL ? json_write(dict, &style, error) : NULL;
	}
	g_autoptr(playbook) book =
		playbook_load(value_string(value_list_get(question, 0)), &options, error);
	if (book == NULL) {
		return NULL;
	}
	g_autoptr(GPtrArray) only = words(value_list_get(question, 1));
	g_autoptr(GPtrArray) skip = words(value_list_get(question, 2));
	struct refusal refusal = { only, skip, NULL };
	for (guint i = 0; i < book->plays->len; i++) {
		const struct play *play = g_ptr_array_index(book->plays, i);
		playbook_visit(book, play->tasks, refuse, &refusal);
	}
	if (refusal.error != NULL) {
		g_propagate_error(error, refusal.error);
		return NULL;
	}
	GString *out = g_string_new(NULL);
	for (guint i = 0; i < book->plays->len; i++) {
		const struct play *play = g_ptr_array_index(book->plays, i);
		g_autofree char *hosts = value_to_string(play->hosts);
		g_string_append_printf(out, "play %s\n", hosts);
		const struct listing l = { book, play, &options, only, skip, out };
		print_tasks(&l, play->tasks, 1);
	}
	return g_string_free(out, FALSE);
}

int main(void)
{
	return answer_all(answer);
}
