/* Which play a template belongs to. */
#include "cmd/render-play.h"

static void free_playbook(gpointer data)
{
	playbook_free(data);
}

GPtrArray *render_playbooks(const struct project *p)
{
	static const char *const names[] = { "provision.yml", "deploy.yml" };
	GPtrArray *playbooks = g_ptr_array_new_with_free_func(free_playbook);
	for (gsize i = 0; i < G_N_ELEMENTS(names); i++) {
		playbook *book = project_playbook(p, names[i], NULL);
		if (book != NULL) {
			g_ptr_array_add(playbooks, book);
		}
	}
	return playbooks;
}

/* src may be a template itself ("{{ nginx_template | default(...) }}"). */
static gboolean task_uses(const struct task *task, variables *v, const char *name)
{
	if (task->kind != TASK_MODULE || g_strcmp0(task->module_name, "template") != 0 ||
		!value_is(task->arguments, VALUE_DICT)) {
		return FALSE;
	}
	g_autoptr(value) source =
		variables_evaluate(v, value_dict_get(task->arguments, "src"), NULL);
	if (!value_is(source, VALUE_STRING)) {
		return FALSE;
	}
	g_autofree char *used = g_path_get_basename(value_string(source));
	return g_str_equal(used, name);
}

static gboolean tasks_use(const GPtrArray *tasks, variables *v, const char *name)
{
	for (guint i = 0; tasks != NULL && i < tasks->len; i++) {
		const struct task *task = g_ptr_array_index(tasks, i);
		if (task_uses(task, v, name) || tasks_use(task->block, v, name) ||
			tasks_use(task->rescue, v, name) || tasks_use(task->always, v, name)) {
			return TRUE;
		}
	}
	return FALSE;
}

void render_enter_play(const GPtrArray *playbooks, variables *v, const char *path)
{
	g_autofree char *name = g_path_get_basename(path);
	for (guint i = 0; i < playbooks->len; i++) {
		const playbook *book = g_ptr_array_index(playbooks, i);
		for (guint j = 0; j < book->plays->len; j++) {
			const struct play *play = g_ptr_array_index(book->plays, j);
			variables_enter_play(v, play, NULL);
			if (tasks_use(play->tasks, v, name)) {
				return;
			}
		}
	}
	variables_enter_play(v, NULL, NULL);
}
