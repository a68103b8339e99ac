/* What --list-hosts, --list-tasks and --list-tags show. */
#include "run/plays.h"

#include <string.h>

char *run_list_hosts(const struct run_options *options, GError **error)
{
	g_autoptr(GString) text = g_string_new(NULL);
	for (guint i = 0; i < options->playbook->plays->len; i++) {
		const struct play *play = g_ptr_array_index(options->playbook->plays, i);
		g_autoptr(GPtrArray) hosts = play_hosts(options, play, error);
		if (hosts == NULL) {
			return NULL;
		}
		g_autofree char *title = play_title(options, play);
		g_string_append_printf(text, "%s (%u)\n", title, hosts->len);
		for (guint k = 0; k < hosts->len; k++) {
			g_string_append_printf(
				text, "  %s\n", host_name(g_ptr_array_index(hosts, k)));
		}
	}
	return g_string_free(g_steal_pointer(&text), FALSE);
}

struct listing {
	const struct run_options *options;
	GString *text;
	GHashTable *tags;
};

static char *join(const GPtrArray *words)
{
	GString *text = g_string_new(NULL);
	for (guint i = 0; words != NULL && i < words->len; i++) {
		g_string_append_printf(
			text, "%s%s", i > 0 ? ", " : "", (const char *)g_ptr_array_index(words, i));
	}
	return g_string_free(text, FALSE);
}

static void list_task(struct task *task, gpointer data)
{
	struct listing *listing = data;
	const struct run_options *options = listing->options;
	if (task->kind == TASK_BLOCK || task->kind == TASK_META ||
		!playbook_tags_match(task->tags, options->tags, options->skip_tags)) {
		return;
	}
	for (guint i = 0; task->tags != NULL && i < task->tags->len; i++) {
		g_hash_table_add(listing->tags, g_ptr_array_index(task->tags, i));
	}
	g_autofree char *name =
		task->name == NULL ? g_strdup(task->module_name) : value_to_string(task->name);
	g_autofree char *tags = join(task->tags);
	g_string_append_printf(listing->text, "  %s%s%s%s\n", name, *tags != '\0' ? "  [" : "",
		tags, *tags != '\0' ? "]" : "");
}

static int compare_names(gconstpointer a, gconstpointer b)
{
	return strcmp(*(const char *const *)a, *(const char *const *)b);
}

static void append_tags(GString *text, GHashTable *tags)
{
	guint n = 0;
	g_autofree gpointer *names = g_hash_table_get_keys_as_array(tags, &n);
	qsort(names, n, sizeof *names, compare_names);
	for (guint i = 0; i < n; i++) {
		g_string_append_printf(text, "  %s\n", (const char *)names[i]);
	}
}

char *run_list_tasks(const struct run_options *options, gboolean tags, GError **error)
{
	GString *text = g_string_new(NULL);
	if (!run_check(options, NULL, error)) {
		g_string_free(text, TRUE);
		return NULL;
	}
	for (guint i = 0; i < options->playbook->plays->len; i++) {
		const struct play *play = g_ptr_array_index(options->playbook->plays, i);
		g_autofree char *title = play_title(options, play);
		g_autoptr(GHashTable) seen = g_hash_table_new(g_str_hash, g_str_equal);
		g_autoptr(GString) tasks = g_string_new(NULL);
		struct listing listing = { options, tasks, seen };
		tasks_each(play->tasks, list_task, &listing);
		g_string_append_printf(text, "%s\n", title);
		if (tags) {
			append_tags(text, seen);
		} else {
			g_string_append(text, tasks->str);
		}
	}
	return g_string_free(text, FALSE);
}
