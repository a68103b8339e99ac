/* Making and freeing plays, tasks, roles and the playbook that owns them. */
#include "playbook/loader.h"

#include <string.h>

#include "playbook/keywords.h"

static void unref_value(gpointer v)
{
	value_unref(v);
}

static GPtrArray *values_new(void)
{
	return g_ptr_array_new_with_free_func(unref_value);
}

struct task *task_new(struct book *book)
{
	struct task *task = g_new0(struct task, 1);
	task->when = values_new();
	task->tags = g_ptr_array_new_with_free_func(g_free);
	task->vars = values_new();
	task->include_vars = values_new();
	task->environment = values_new();
	task->notify = values_new();
	task->listen = g_ptr_array_new_with_free_func(g_free);
	task->block = g_ptr_array_new();
	task->rescue = g_ptr_array_new();
	task->always = g_ptr_array_new();
	task->loop_variable = g_strdup("item");
	g_ptr_array_add(book->tasks, task);
	return task;
}

static void task_free(gpointer data)
{
	struct task *task = data;
	GPtrArray *arrays[] = { task->when, task->tags, task->vars, task->include_vars,
		task->environment, task->notify, task->listen, task->block, task->rescue,
		task->always };
	for (gsize i = 0; i < G_N_ELEMENTS(arrays); i++) {
		g_ptr_array_unref(arrays[i]);
	}
	gsize n = 0;
	const struct keyword *keywords = keyword_table(&n);
	for (gsize i = 0; i < n; i++) {
		if (keywords[i].task_offset != 0) {
			value_unref(*(value **)((char *)task + keywords[i].task_offset));
		}
	}
	value *values[] = { task->arguments, task->loop, task->loop_label, task->loop_pause };
	for (gsize i = 0; i < G_N_ELEMENTS(values); i++) {
		value_unref(values[i]);
	}
	g_clear_error(&task->fault);
	g_clear_error(&task->unheard);
	g_free(task->module_name);
	g_free(task->loop_kind);
	g_free(task->loop_variable);
	g_free(task->index_variable);
	g_free(task->register_name);
	g_free(task);
}

struct play *play_new(void)
{
	struct play *play = g_new0(struct play, 1);
	play->vars_files = values_new();
	play->tags = g_ptr_array_new_with_free_func(g_free);
	play->when = values_new();
	play->tasks = g_ptr_array_new();
	play->handlers = g_ptr_array_new();
	play->roles = g_ptr_array_new();
	return play;
}

void play_free(struct play *play)
{
	if (play == NULL) {
		return;
	}
	gsize n = 0;
	const struct keyword *keywords = keyword_table(&n);
	for (gsize i = 0; i < n; i++) {
		if (keywords[i].play_offset != 0) {
			value_clear((value **)((char *)play + keywords[i].play_offset));
		}
	}
	value_unref(play->vars);
	g_ptr_array_unref(play->vars_files);
	g_ptr_array_unref(play->tags);
	g_ptr_array_unref(play->when);
	g_ptr_array_unref(play->tasks);
	g_ptr_array_unref(play->handlers);
	g_ptr_array_unref(play->roles);
	g_free(play);
}

static void free_play(gpointer play)
{
	play_free(play);
}

static void scope_free(gpointer data)
{
	struct scope *scope = data;
	g_ptr_array_unref(scope->module_defaults);
	g_free(scope);
}

static void included_free(gpointer data)
{
	struct included *included = data;
	g_ptr_array_unref(included->tasks);
	g_ptr_array_unref(included->handlers);
	g_free(included);
}

static void role_free(gpointer data)
{
	struct loaded_role *role = data;
	g_free(role->public.name);
	g_free(role->public.path);
	value *values[] = { role->public.defaults, role->public.variables, role->public.parameters,
		role->defaults, role->variables, role->vars, role->parameters };
	for (gsize i = 0; i < G_N_ELEMENTS(values); i++) {
		value_unref(values[i]);
	}
	g_ptr_array_unref(role->dependencies);
	g_free(role);
}

struct loaded_role *role_new(struct book *book, const char *name, const char *path)
{
	struct loaded_role *role = g_new0(struct loaded_role, 1);
	role->public.name = g_strdup(name);
	role->public.path = g_strdup(path);
	role->dependencies = g_ptr_array_new();
	g_ptr_array_add(book->roles, role);
	own_modules_add(book, path);
	return role;
}

struct book *book_new(const char *path)
{
	struct book *book = g_new0(struct book, 1);
	book->public.path = g_strdup(path);
	book->public.plays = g_ptr_array_new_with_free_func(free_play);
	book->public.plugin_folders = g_ptr_array_new_with_free_func(g_free);
	g_rec_mutex_init(&book->lock);
	book->tasks = g_ptr_array_new_with_free_func(task_free);
	book->roles = g_ptr_array_new_with_free_func(role_free);
	book->scopes = g_ptr_array_new_with_free_func(scope_free);
	book->kept = values_new();
	book->libraries = g_ptr_array_new_with_free_func(g_free);
	book->inside = g_hash_table_new(NULL, NULL);
	book->brought = g_hash_table_new_full(NULL, NULL, NULL, (GDestroyNotify)g_ptr_array_unref);
	book->loaded = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, included_free);
	return book;
}

void book_free(struct book *book)
{
	if (book == NULL) {
		return;
	}
	g_hash_table_unref(book->brought);
	g_hash_table_unref(book->loaded);
	g_hash_table_unref(book->inside);
	g_ptr_array_unref(book->public.plays);
	g_ptr_array_unref(book->public.plugin_folders);
	g_ptr_array_unref(book->scopes);
	g_ptr_array_unref(book->kept);
	g_ptr_array_unref(book->libraries);
	g_ptr_array_unref(book->tasks);
	g_ptr_array_unref(book->roles);
	g_rec_mutex_clear(&book->lock);
	g_free(book->public.path);
	g_free(book->public.folder);
	g_free(book);
}
