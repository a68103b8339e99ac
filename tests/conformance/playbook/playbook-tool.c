/* Answers compare.py: reads a JSON list from stdin: [path, tags, skip-tags] asks for the task list
 * of a playbook, [text, raw] for what the free-form arguments mean. Prints a JSON list of answers.
 */
#include <stdio.h>
#include <string.h>

#include "base/text.h"
#include "playbook/free-form.h"
#include "playbook/playbook.h"
#include "value/json.h"

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

static void print_task(GString *out, const struct task *task)
{
	g_autofree char *name = task->name != NULL ? value_to_string(task->name) : NULL;
	gboolean prefix = name != NULL && task->role != NULL && task->kind != TASK_INCLUDE_ROLE;
	g_string_append_printf(out, "  %s%s%s [", prefix ? task->role->name : "",
		prefix ? " : " : "", name != NULL ? name : task->module_name);
	g_autoptr(GPtrArray) tags = g_ptr_array_new();
	for (guint i = 0; i < task->tags->len; i++) {
		g_ptr_array_add(tags, g_ptr_array_index(task->tags, i));
	}
	g_ptr_array_sort(tags, compare);
	for (guint i = 0; i < tags->len; i++) {
		g_string_append_printf(
			out, "%s%s", i > 0 ? "," : "", (char *)g_ptr_array_index(tags, i));
	}
	g_string_append_printf(out, "] when=%u\n", task->when->len);
}

/* As --list-tasks does: without rescue and always, and what the play adds of itself. */
static void print_tasks(GString *out, const struct play *play, const GPtrArray *tasks,
	const GPtrArray *only, const GPtrArray *skip)
{
	for (guint i = 0; i < tasks->len; i++) {
		const struct task *task = g_ptr_array_index(tasks, i);
		if (task->kind == TASK_BLOCK) {
			print_tasks(out, play, task->block, only, skip);
			continue;
		}
		gboolean own = task->kind == TASK_META && task->at.line == play->at.line;
		if (!own && playbook_tags_match(task->tags, only, skip)) {
			print_task(out, task);
		}
	}
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
	GString *out = g_string_new(NULL);
	for (guint i = 0; i < book->plays->len; i++) {
		const struct play *play = g_ptr_array_index(book->plays, i);
		g_autofree char *hosts = value_to_string(play->hosts);
		g_string_append_printf(out, "play %s\n", hosts);
		print_tasks(out, play, play->tasks, only, skip);
	}
	return g_string_free(out, FALSE);
}

int main(void)
{
	gsize length = 0;
	g_autoptr(GError) error = NULL;
	g_autofree char *input =
		text_read("/dev/stdin", TEXT_LIMIT, TEXT_KEEP_CRLF, &length, &error);
	g_autoptr(value) questions =
		input != NULL ? json_parse(input, length, "stdin", &error) : NULL;
	if (questions == NULL) {
		g_printerr("%s\n", error->message);
		return 2;
	}
	g_autoptr(value) answers = value_new_list();
	value_list_foreach (questions, question) {
		g_autoptr(GError) fault = NULL;
		g_autofree char *text = answer(question, &fault);
		g_autofree char *shown = text != NULL
						 ? g_steal_pointer(&text)
						 : g_strconcat("error: ", fault->message, NULL);
		value_list_append(answers, value_new_string(shown));
	}
	const struct json_style style = { 0 };
	g_autofree char *out = json_write(answers, &style, &error);
	puts(out);
	return 0;
}
