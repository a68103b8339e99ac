/* One host's way through a run. */
#include "run/walker-private.h"

walker *walker_new(struct run_state *state, const host *h)
{
	walker *w = g_new0(walker, 1);
	w->state = state;
	w->host = h;
	w->variables = variables_new(&state->shared, h);
	w->notified = g_hash_table_new(NULL, NULL);
	w->extra_handlers = g_ptr_array_new();
	w->due = due_new(state->options->due_scope, host_name(h));
	w->alive = TRUE;
	w->found_start = state->options->start_at == NULL;
	g_queue_init(&w->steps);
	const struct targets_options options = {
		.scripts = state->scripts,
		.script_set = state->script_set,
		.records = state->records,
		.due_key = due_key(w->due),
		.output_limit = state->options->output_limit,
		.cancel = state->options->cancel,
	};
	w->targets = targets_new(&options);
	return w;
}

void walker_free(walker *w)
{
	if (w == NULL) {
		return;
	}
	walker_drop_steps(w);
	targets_free(w->targets);
	reach_unref(w->reach);
	cursor_free(w->cursor);
	variables_free(w->variables);
	g_hash_table_unref(w->notified);
	g_ptr_array_unref(w->extra_handlers);
	due_free(w->due);
	g_free(w);
}

const char *walker_name(const walker *w)
{
	return host_name(w->host);
}

variables *walker_variables(walker *w)
{
	return w->variables;
}

const struct host_counts *walker_counts(const walker *w)
{
	return &w->counts;
}

gboolean walker_alive(const walker *w)
{
	return w->alive && !w->failed;
}

gboolean walker_has_failed(const walker *w)
{
	return w->alive && w->failed;
}

void walker_clear_errors(walker *w)
{
	w->failed = FALSE;
	w->alive = TRUE;
	w->forgiven = w->counts;
	if (w->cursor != NULL) {
		cursor_forgive(w->cursor);
	}
}

void walker_add_totals(const walker *w, struct run_totals *totals)
{
	const struct host_counts *n = &w->counts;
	gboolean ended_failing = w->failed && w->alive;
	totals->failed += n->failed > w->forgiven.failed || ended_failing ? 1 : 0;
	totals->unreachable += n->unreachable > w->forgiven.unreachable ? 1 : 0;
	totals->changed += n->changed > 0 ? 1 : 0;
	totals->unpredicted += n->unpredicted > 0 ? 1 : 0;
}

guint walker_round_trips(const walker *w)
{
	return targets_round_trips(w->targets);
}

/* ---- steps under way ---- */

gboolean walker_is_idle(const walker *w)
{
	return g_queue_is_empty((GQueue *)&w->steps) && w->again == NULL;
}

gboolean walker_any_remote(const walker *w)
{
	return w->session != NULL && session_pending(w->session) > 0;
}

/* Behind a loop of which an item has failed here, the host does not stop by itself. */
static gboolean ends_failed_loop(const struct step *s)
{
	const struct task_run *run = s->run;
	return run->items != NULL && run->any_failed && !s->ignore_errors &&
	       s->item + 1 == value_list_length(run->items);
}

void walker_enqueue(walker *w, struct step *s)
{
	s->holds = s->holds || ends_failed_loop(s);
	g_queue_push_tail(&w->steps, s);
	walker_mark(w, s, TRUE);
	w->holds = w->holds || s->holds;
}

void walker_enqueue_result(walker *w, struct step *s, result *r)
{
	s->state = STEP_KNOWN;
	s->result = r;
	s->holds = s->holds || (r->status == STEP_FAILED && !s->ignore_errors);
	walker_enqueue(w, s);
}

void walker_drop_steps(walker *w)
{
	struct step *s = NULL;
	while ((s = g_queue_pop_head(&w->steps)) != NULL) {
		walker_mark(w, s, FALSE);
		step_free(s);
	}
	if (w->session != NULL) {
		session_drop(w->session);
	}
	g_clear_pointer(&w->planned, step_free);
	g_clear_pointer(&w->again, step_free);
	g_clear_pointer(&w->current, task_run_unref);
	w->holds = FALSE;
}

struct step *walker_planned(walker *w)
{
	return w->planned;
}

struct step *walker_head(walker *w)
{
	return g_queue_peek_head(&w->steps);
}

void walker_sent(walker *w, session *s)
{
	struct step *step = g_steal_pointer(&w->planned);
	step->state = STEP_SENT;
	step->session = s;
	w->session = s;
	w->own = step->delegate == NULL ? s : w->own;
	walker_due_sending(w, step);
	session_submit(s, step->call, step->go_on);
	walker_enqueue(w, step);
	if (step->attempt == 1) {
		walker_item_sent(w);
	}
}

void walker_known(walker *w, result *r)
{
	struct step *step = g_steal_pointer(&w->planned);
	gboolean first = step->attempt == 1;
	walker_enqueue_result(w, step, r);
	if (first) {
		walker_item_sent(w);
	}
}

static struct step *pop_head(walker *w)
{
	struct step *s = g_queue_pop_head(&w->steps);
	if (s != NULL) {
		walker_mark(w, s, FALSE);
		w->holds = w->holds && !s->holds;
	}
	return s;
}

void walker_take(walker *w, result *r)
{
	struct step *s = pop_head(w);
	char *unmarked = s->session == NULL ? NULL : session_unmarked(s->session);
	if (unmarked != NULL) {
		walker_due_unmarked(w, unmarked);
		g_free(unmarked);
	}
	s->state = STEP_DECIDED;
	walker_outcome(w, s, r);
	if (s->state == STEP_DECIDED) { /* not to be tried again */
		step_free(s);
	}
}

/* What was sent behind the step that was lost may have run as well: it is not known. */
static void lose_others(walker *w, const GError *error)
{
	struct step *s = NULL;
	if (error->code == SUTLER_ERROR_INTERRUPTED || error->code == SUTLER_ERROR_FAILED) {
		return;
	}
	while ((s = pop_head(w)) != NULL) {
		if (s->state == STEP_SENT && error->code != SUTLER_ERROR_UNREACHABLE) {
			walker_unknown(w, s, error);
		}
		step_free(s);
	}
}

void walker_lost(walker *w, const GError *error)
{
	struct step *s = w->planned != NULL ? g_steal_pointer(&w->planned) : pop_head(w);
	walker_broken(w, s, error);
	step_free(s);
	if (!w->alive) {
		lose_others(w, error);
	}
	walker_drop_steps(w);
}

void walker_stuck(walker *w)
{
	run_warn(w->state, "the next step depends on a result that never came");
	w->counts.failed++;
	w->failed = TRUE;
	cursor_end(w->cursor);
}

enum step_wait walker_wait(const walker *w, gint64 *ret_until)
{
	if (ret_until != NULL) {
		*ret_until = w->again != NULL ? w->again->not_before : 0;
	}
	return w->wait;
}

void walker_rest(walker *w)
{
	targets_close_all(w->targets);
	due_forget_sessions(w->due);
	w->session = NULL;
	w->own = NULL;
}

/* ---- a play ---- */

gboolean walker_force_handlers(walker *w)
{
	gboolean force = FALSE;
	if (w->forced_handlers ||
		!walker_flag(w, w->play->force_handlers, w->state->options->force_handlers, &force,
			NULL) ||
		!force) {
		return FALSE;
	}
	w->forced_handlers = TRUE;
	w->flush = NULL;
	cursor_free(w->cursor);
	w->cursor = cursor_new_last(w->state->flush);
	return TRUE;
}

void walker_end(walker *w)
{
	w->failed = TRUE;
	if (!walker_force_handlers(w)) {
		cursor_end(w->cursor);
	}
}

/* As Ansible's `gathering` has it where the play does not say, and, when it is smart, once. */
static gboolean wants_facts(walker *w, const struct play *play)
{
	const char *gathering = w->state->options->gathering;
	gboolean wanted = TRUE;
	gboolean usual = g_strcmp0(gathering, "explicit") != 0;
	if (!walker_flag(w, play->gather_facts, usual, &wanted, NULL)) {
		return FALSE;
	}
	return wanted && !(w->facts_known && g_strcmp0(gathering, "smart") == 0);
}

/* Facts come before the first task, as if the play began with it. */
static void enter_facts(walker *w, const struct play *play)
{
	if (wants_facts(w, play)) {
		g_autoptr(GPtrArray) list = g_ptr_array_new();
		g_ptr_array_add(list, w->state->facts_task);
		cursor_enter(w->cursor, list, FALSE, NULL);
		w->facts_known = TRUE;
	}
}

gboolean walker_enter(walker *w, struct play_run *p)
{
	const struct play *play = play_run_play(p);
	w->play_run = p;
	w->play = play;
	w->play_name = play_run_name(p);
	w->last_result_at = g_get_monotonic_time();
	g_hash_table_remove_all(w->notified);
	g_ptr_array_set_size(w->extra_handlers, 0);
	w->flush = NULL;
	w->may_start = FALSE;
	g_clear_pointer(&w->cursor, cursor_free);
	w->cursor = cursor_new(play->tasks);
	g_autoptr(GError) error = NULL;
	if (!walker_prepare_reach(w, play, &error)) {
		/* Known before only when it did not depend on what earlier plays found out. */
		run_warn(w->state, "%s", error->message);
		w->counts.failed++;
		w->failed = TRUE;
		return FALSE;
	}
	walker_due_enter(w);
	enter_facts(w, play);
	return TRUE;
}

void walker_leave(walker *w)
{
	walker_drop_steps(w);
	walker_due_leave(w);
	if (!w->alive || w->state->few_descriptors) {
		walker_rest(w);
	}
	w->play_run = NULL;
}
