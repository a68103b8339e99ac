/* Sending steps: lanes, bodies, and what stops what. */
#include "run/host-private.h"

/* Whether its result decides what happens next, so that nothing may be sent behind it. */
static gboolean must_hold(const struct task *task)
{
	gboolean constant = task->changed_when == NULL || value_is(task->changed_when, VALUE_BOOL);
	return task->failed_when != NULL || task->until != NULL || !constant;
}

void host_sync(host_run *h)
{
	if (h->unsynced && h->lane != NULL) {
		g_autofree char *line =
			g_strdup_printf("synced %" G_GUINT64_FORMAT, ++h->last_sync);
		shell_send(lane_shell(h->lane), line, NULL);
		h->unsynced = FALSE;
	}
}

static void transmit(host_run *h, struct flight *f, gboolean with_body)
{
	shell *sh = lane_shell(f->lane);
	if (h->needs_resume) {
		shell_send(sh, "resume", NULL);
		h->needs_resume = FALSE;
	}
	if (with_body && f->call->files != NULL) {
		shell_send_payload(sh, f->line, f->call->files);
	} else {
		shell_send(sh, f->line, with_body ? f->call->body : NULL);
	}
	if (f->ends_loop) {
		shell_send(sh, "loop_end", NULL);
	}
	h->unsynced = TRUE;
}

/* All items of a loop are on their way: the host stops behind them when one has failed. */
void host_end_loop(host_run *h, const struct task_run *run)
{
	if (!run->stops_behind) {
		return;
	}
	for (GList *l = h->flights.tail; l != NULL; l = l->prev) {
		struct flight *f = l->data;
		if (f->run == run && f->id != 0) {
			f->ends_loop = TRUE;
			break;
		}
	}
	shell_send(lane_shell(h->lane), "loop_end", NULL);
	h->unsynced = TRUE;
}

/* The lane for a task. FALSE without an error: what is in flight on another lane must come in
 * first. */
static gboolean choose_lane(
	host_run *h, const struct task *task, const call *c, lane **ret, GError **error)
{
	struct become who;
	const struct run_options *options = h->state->options;
	*ret = NULL;
	if (!host_become(h, task, &who, error)) {
		return FALSE;
	}
	gboolean same = h->lane != NULL && g_strcmp0(h->lane_user, who.user) == 0;
	if (!same && host_any_remote(h)) {
		become_clear(&who);
		return FALSE;
	}
	deadline until = deadline_in(h->reach.connect_timeout);
	*ret = lanes_get(h->lanes, &who, c->context.check, until, options->cancel, error);
	if (*ret != NULL && !same) {
		g_free(h->lane_user);
		h->lane_user = g_strdup(who.user);
	}
	become_clear(&who);
	return *ret != NULL;
}

/* Items of a loop all run, failed ones too; loop_end, sent behind the last, stops the host then. */
const char *flight_keep_going(const struct flight *f)
{
	if (f->ignore_errors || f->hold) {
		return "1";
	}
	if (f->run->items == NULL) {
		return "";
	}
	f->run->stops_behind = TRUE;
	return "loop";
}

static enum advance send_remote(host_run *h, struct flight *f)
{
	g_autoptr(GError) error = NULL;
	lane *ln = NULL;
	if (!choose_lane(h, f->run->task, f->call, &ln, &error)) {
		if (error == NULL || g_error_matches(error, SUTLER_ERROR, SUTLER_ERROR_PENDING)) {
			flight_free(f);
			return ADVANCE_WAIT;
		}
		if (error->code == SUTLER_ERROR_FAILED || error->code == SUTLER_ERROR_UNDEFINED ||
			error->code == SUTLER_ERROR_USAGE) {
			host_enqueue_result(h, f, result_new_failed("%s", error->message));
			return ADVANCE_SENT;
		}
		host_broken(h, f, error);
		flight_free(f);
		return ADVANCE_END;
	}
	if (ln != h->lane) {
		h->needs_resume = FALSE;
		h->lane = ln;
	}
	f->lane = ln;
	lanes_need_script(h->lanes, ln, f->call->module->script);
	f->id = ++h->next_id;
	host_due_sending(h, f);
	f->answer = remote_answer_new();
	f->line = remote_line(f->call, f->id, flight_keep_going(f));
	transmit(h, f, FALSE);
	host_enqueue(h, f);
	return ADVANCE_SENT;
}

static enum advance run_here(host_run *h, struct flight *f)
{
	g_autoptr(GError) error = NULL;
	const struct module *m = f->run->task->module;
	if ((m->flags & MODULE_WAITS) && !g_queue_is_empty(&h->flights)) {
		flight_free(f);
		return ADVANCE_WAIT;
	}
	result *r = m->run_here(f->call, &error);
	if (r == NULL && g_error_matches(error, SUTLER_ERROR, SUTLER_ERROR_INTERRUPTED)) {
		host_broken(h, f, error);
		flight_free(f);
		return ADVANCE_END;
	}
	if (r == NULL) {
		r = host_result_of_error(g_steal_pointer(&error));
	}
	if (r == NULL) {
		flight_free(f);
		return ADVANCE_WAIT;
	}
	host_enqueue_result(h, f, r);
	return ADVANCE_SENT;
}

/* Everything about one item up to the point where it is sent or known. */
static result *prepare(host_run *h, struct flight *f, gboolean *ret_wait)
{
	const struct task *task = f->run->task;
	GError *error = NULL;
	gboolean hold = FALSE;
	const value *condition = NULL;
	*ret_wait = FALSE;
	f->loop = task_run_loop_variables(f->run, f->item);
	variables_set_task(h->variables, task);
	variables_set_loop(h->variables, f->loop == NULL ? NULL : value_ref(f->loop));
	if (!host_flag(h, task->ignore_errors, FALSE, &f->ignore_errors, &error) ||
		!host_flag(h, task->no_log, h->state->options->no_log, &f->no_log, &error) ||
		!host_conditions_hold(h, task, &hold, &condition, &error)) {
		goto failed;
	}
	if (!hold) {
		return host_skipped(condition);
	}
	if (task->fault != NULL) {
		return result_new_failed("%s", task->fault->message);
	}
	f->call = host_make_call(h, task, &error);
	if (f->call != NULL && !host_find_handlers(h, f, &error)) {
		if (!g_error_matches(error, SUTLER_ERROR, SUTLER_ERROR_UNPREDICTED)) {
			goto failed;
		}
		g_clear_error(&error); /* the step itself can be told */
	}
	if (f->call != NULL) {
		host_due_prepare(h, f);
		f->hold = must_hold(task);
		return NULL;
	}
failed:;
	result *r = host_result_of_error(error);
	*ret_wait = r == NULL;
	return r;
}

enum advance host_send_flight(host_run *h, struct flight *f)
{
	gboolean wait = FALSE;
	result *known = prepare(h, f, &wait);
	if (wait) {
		flight_free(f);
		return ADVANCE_WAIT;
	}
	if (known != NULL) {
		host_enqueue_result(h, f, known);
		return ADVANCE_SENT;
	}
	return f->run->task->module->script == NULL ? run_here(h, f) : send_remote(h, f);
}

void host_send_again(host_run *h, const struct flight *old)
{
	struct flight *f = flight_new(h, old->run, old->item);
	cursor_free(f->cursor);
	f->cursor = cursor_copy(old->cursor);
	f->attempt = old->attempt + 1;
	if (host_send_flight(h, f) == ADVANCE_WAIT) {
		/* Nothing is in flight: what it waits for will never come. */
		struct flight *failed = flight_new(h, old->run, old->item);
		host_enqueue_result(
			h, failed, result_new_failed("depends on a result that never came"));
	}
}

void host_resend(host_run *h)
{
	h->needs_resume = TRUE;
	for (GList *l = h->flights.head; l != NULL; l = l->next) {
		struct flight *f = l->data;
		if (f->id != 0) {
			transmit(h, f, f->needs_body);
		}
	}
	host_sync(h);
}
