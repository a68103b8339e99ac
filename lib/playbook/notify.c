/* Notifications of handlers that do not exist, told before anything runs. */
#include "playbook/loader.h"

#include <string.h>

#include "base/public-names.h"
#include "base/suggest.h"
#include "template/template.h"

struct handlers {
	GHashTable *names;
	gboolean open; /* some are known only when the play runs */
};

static void add_name(struct handlers *known, const struct task *handler)
{
	if (handler->name == NULL) {
		return;
	}
	g_autofree char *name = value_to_string(handler->name);
	known->open = known->open || template_has_marks(name);
	if (handler->role != NULL) {
		g_hash_table_add(
			known->names, g_strdup_printf("%s : %s", handler->role->name, name));
	}
	g_hash_table_add(known->names, g_steal_pointer(&name));
}

static void add_handlers(struct handlers *known, const GPtrArray *handlers)
{
	for (guint i = 0; i < handlers->len; i++) {
		const struct task *handler = g_ptr_array_index(handlers, i);
		add_name(known, handler);
		known->open = known->open || handler->kind == TASK_INCLUDE_TASKS;
		for (guint j = 0; j < handler->listen->len; j++) {
			const char *topic = g_ptr_array_index(handler->listen, j);
			known->open = known->open || template_has_marks(topic);
			g_hash_table_add(known->names, g_strdup(topic));
		}
	}
}

/* What includes bring: read already when their names hold no template. */
static void add_included(struct handlers *known, const struct book *book, const GPtrArray *tasks)
{
	for (guint i = 0; i < tasks->len; i++) {
		const struct task *task = g_ptr_array_index(tasks, i);
		add_included(known, book, task->block);
		add_included(known, book, task->rescue);
		add_included(known, book, task->always);
		if (task->kind != TASK_INCLUDE_TASKS && task->kind != TASK_INCLUDE_ROLE) {
			continue;
		}
		const GPtrArray *brought = g_hash_table_lookup(book->brought, task);
		for (guint j = 0; brought != NULL && j < brought->len; j++) {
			const struct included *included = g_ptr_array_index(brought, j);
			add_handlers(known, included->handlers);
			add_included(known, book, included->tasks);
		}
		known->open = known->open || brought == NULL;
	}
}

/* A role may count on handlers that other roles bring: as in Ansible, that matters when it notifies
 * one. A play is all there is. */
static void tell(const struct loader *l, struct task *task, GError *error)
{
	if (task->role == NULL) {
		problems_add(l->problems, error, NULL);
	} else if (task->unheard == NULL) {
		task->unheard = error;
	} else {
		g_error_free(error);
	}
}

static void check(const struct loader *l, const struct handlers *known, const GPtrArray *tasks)
{
	for (guint i = 0; i < tasks->len; i++) {
		struct task *task = g_ptr_array_index(tasks, i);
		for (guint j = 0; j < task->notify->len && task->kind == TASK_MODULE; j++) {
			const value *name = g_ptr_array_index(task->notify, j);
			g_autofree char *text = value_to_string(name);
			if (template_has_marks(text) || g_hash_table_contains(known->names, text)) {
				continue;
			}
			g_autofree char *hint = suggest_phrase_keys(text, known->names);
			GError *error = NULL;
			error_set_at(&error, SUTLER_ERROR_USAGE, value_position(name),
				"no handler named '%s' in this play%s", public_name(text), hint);
			tell(l, task, error);
		}
		check(l, known, task->block);
		check(l, known, task->rescue);
		check(l, known, task->always);
	}
}

void play_check_notify(const struct loader *l, const struct play *play)
{
	g_autoptr(GHashTable) names = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
	struct handlers known = { names, FALSE };
	add_handlers(&known, play->handlers);
	add_included(&known, l->book, play->tasks);
	add_included(&known, l->book, play->handlers);
	if (!known.open) {
		check(l, &known, play->tasks);
		check(l, &known, play->handlers);
	}
}
