/* `meta` tasks, and the handlers that a flush runs. */
#include "run/walker-private.h"

/* A task that only says something: one ok result. Takes r. */
static void enqueue_plain(walker *w, const struct task *task, result *r)
{
	struct task_run *run = g_new0(struct task_run, 1);
	run->references = 1;
	run->task = task;
	run->name = walker_task_name(w, task);
	struct step *s = step_new(run, 0, w->cursor);
	task_run_unref(run);
	walker_enqueue_result(w, s, r);
	walker_next(w);
}

static enum walk wait_for_results(walker *w)
{
	w->wait = WAIT_NAME;
	return WALK_WAIT;
}

static gboolean any_may_notify(walker *w)
{
	for (GList *l = w->steps.head; l != NULL; l = l->next) {
		const struct step *s = l->data;
		if (s->run->task->notify != NULL && s->run->task->notify->len > 0) {
			return TRUE;
		}
	}
	return FALSE;
}

static const struct task *handler_at(const walker *w, guint i)
{
	guint own = w->play->handlers == NULL ? 0 : w->play->handlers->len;
	if (i < own) {
		return g_ptr_array_index(w->play->handlers, i);
	}
	return i - own < w->extra_handlers->len ? g_ptr_array_index(w->extra_handlers, i - own)
						: NULL;
}

/* Whether running it may notify others, so that what follows it is not known yet. */
static gboolean may_notify(const struct task *handler)
{
	return handler->kind != TASK_MODULE ||
	       (handler->notify != NULL && handler->notify->len > 0);
}

/* The next handlers to run, in their order, up to one that may notify others. As Ansible: a flush
 * goes through the handlers once, so that one which was passed, or notifies itself, waits for the
 * next flush. */
static GPtrArray *take_notified(walker *w)
{
	GPtrArray *list = g_ptr_array_new();
	const struct task *handler = NULL;
	while ((handler = handler_at(w, w->flush_next)) != NULL) {
		w->flush_next++;
		if (g_hash_table_remove(w->notified, handler)) {
			g_ptr_array_add(list, (gpointer)handler);
			if (may_notify(handler)) {
				break;
			}
		}
	}
	return list;
}

static enum walk flush_handlers(walker *w, const struct task *flush)
{
	/* What is taken here would be lost if a step before it failed: the cursor goes back,
	 * handlers do not. */
	if (!walker_due_known(w) && handler_at(w, 0) != NULL && !walker_is_idle(w)) {
		return wait_for_results(w);
	}
	if (w->flush != flush) {
		walker_due_notify(w);
	}
	gboolean any = g_hash_table_size(w->notified) > 0;
	if (any ? !walker_is_idle(w) : any_may_notify(w)) {
		return wait_for_results(w);
	}
	if (w->flush != flush) {
		w->flush = flush;
		w->flush_next = 0;
	}
	g_autoptr(GPtrArray) list = take_notified(w);
	if (list->len == 0) {
		w->flush = NULL;
		walker_next(w);
	} else {
		walker_due_follow(w, list);
		/* The cursor stays at the flush: handlers may notify handlers. */
		cursor_enter(w->cursor, list, TRUE, NULL);
		w->may_start = FALSE; /* that was said of the flush */
	}
	return WALK_ON;
}

/* As Ansible: a host that leaves from a `rescue` was not rescued. */
static void leave(walker *w)
{
	w->failed = w->failed || cursor_is_failing(w->cursor);
	due_set_partial(w->due);
	cursor_end(w->cursor);
}

static void end_host(walker *w)
{
	play_run_remove(w->play_run, w);
	leave(w);
}

static void end_batch(walker *w)
{
	play_run_end_batch(w->play_run);
	leave(w);
}

/* No further batch begins. */
static void end_play(walker *w)
{
	play_run_end(w->play_run);
	leave(w);
}

static void clear_host_errors(walker *w)
{
	play_run_clear_errors(w->play_run, w);
}

static void clear_facts(walker *w)
{
	variables_clear_facts(w->variables);
}

/* What the host has to do for a word once everything before it is known. */
static const struct act {
	const char *word;
	void (*act)(walker *w);
	gboolean for_all; /* as Ansible's: the first host's `when` decides, and all hosts do it */
} acts[] = {
	{ "clear_facts", clear_facts, TRUE },
	{ "clear_host_errors", clear_host_errors, TRUE },
	{ "end_batch", end_batch, TRUE },
	{ "end_host", end_host, FALSE },
	{ "end_play", end_play, TRUE },
	{ "reset_connection", walker_reset_connection, FALSE },
};

static const char *word_of(const struct task *task)
{
	const value *what = value_dict_get(task->arguments, "_raw_params");
	return value_is(what, VALUE_STRING) ? value_string(what) : "";
}

static const struct act *find_act(const struct task *task)
{
	const char *word = word_of(task);
	for (gsize i = 0; i < G_N_ELEMENTS(acts); i++) {
		if (g_str_equal(word, acts[i].word)) {
			return &acts[i];
		}
	}
	return NULL;
}

gboolean meta_is_for_all(const struct task *task)
{
	const struct act *act = task->kind == TASK_META ? find_act(task) : NULL;
	return act != NULL && act->for_all;
}

/* Tells those of the batch that wait for this host whether they do it, too. */
static void decide_for_all(walker *w, const struct task *task, gboolean holds)
{
	if (w->once != NULL) {
		w->once->acts = holds;
		play_run_done(w->play_run, w, task, w->once);
	}
}

void meta_act(walker *w, const struct task *task)
{
	const struct act *act = find_act(task);
	walker_next(w);
	act->act(w);
}

enum walk walker_advance_meta(walker *w, const struct task *task)
{
	gboolean holds = TRUE;
	const value *condition = NULL;
	g_autoptr(GError) error = NULL;
	variables_set_task(w->variables, task);
	if (!walker_conditions_hold(w, task, &holds, &condition, &error)) {
		if (g_error_matches(error, SUTLER_ERROR, SUTLER_ERROR_PENDING)) {
			return wait_for_results(w);
		}
		decide_for_all(w, task, FALSE);
		enqueue_plain(w, task, walker_result_of_error(g_steal_pointer(&error)));
		return WALK_ON;
	}
	if (holds && task->fault != NULL) {
		decide_for_all(w, task, FALSE);
		enqueue_plain(w, task, result_new_failed("%s", task->fault->message));
		return WALK_ON;
	}
	if (holds && g_str_equal(word_of(task), "flush_handlers") &&
		!cursor_in_handlers(w->cursor)) {
		return flush_handlers(w, task);
	}
	if (holds && find_act(task) != NULL) {
		if (!walker_is_idle(w)) {
			return wait_for_results(w);
		}
		decide_for_all(w, task, TRUE);
		meta_act(w, task);
		return WALK_ON;
	}
	decide_for_all(w, task, FALSE);
	walker_next(w);
	return WALK_ON;
}
