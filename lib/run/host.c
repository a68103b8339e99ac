/* One host's way through a run: the loop that sends ahead and takes results. */
#include "run/host-private.h"

#include "base/secret-memory.h"

host_run *host_run_new(struct run_state *state, const host *h)
{
	host_run *run = g_new0(host_run, 1);
	run->state = state;
	run->host = h;
	run->variables = variables_new(&state->shared, h);
	run->reach_strings = g_ptr_array_new_with_free_func(g_free);
	run->notified = g_hash_table_new(NULL, NULL);
	run->extra_handlers = g_ptr_array_new();
	run->due = due_new(state->options->due_scope, host_name(h));
	run->alive = TRUE;
	run->found_start = state->options->start_at == NULL;
	g_queue_init(&run->flights);
	return run;
}

void host_run_free(host_run *h)
{
	if (h == NULL) {
		return;
	}
	host_drop_flights(h);
	lanes_free(h->lanes);
	cursor_free(h->cursor);
	variables_free(h->variables);
	g_ptr_array_unref(h->reach_strings);
	g_hash_table_unref(h->notified);
	g_ptr_array_unref(h->extra_handlers);
	due_free(h->due);
	g_free(h->lane_user);
	g_free(h);
}

const char *host_run_name(const host_run *h)
{
	return host_name(h->host);
}

variables *host_run_variables(host_run *h)
{
	return h->variables;
}

const struct host_counts *host_run_counts(const host_run *h)
{
	return &h->counts;
}

gboolean host_run_alive(const host_run *h)
{
	return h->alive && !h->failed;
}

void host_run_clear_errors(host_run *h)
{
	h->failed = FALSE;
	h->alive = TRUE;
	h->forgiven = h->counts;
}

void host_run_add_totals(const host_run *h, struct run_totals *totals)
{
	const struct host_counts *n = &h->counts;
	totals->failed += n->failed > h->forgiven.failed ? 1 : 0;
	totals->unreachable += n->unreachable > h->forgiven.unreachable ? 1 : 0;
	totals->changed += n->changed > 0 ? 1 : 0;
	totals->unpredicted += n->unpredicted > 0 ? 1 : 0;
}

guint host_run_round_trips(const host_run *h)
{
	return h->past_round_trips + (h->lanes == NULL ? 0 : lanes_round_trips(h->lanes));
}

/* ---- frames ---- */

static struct flight *find_flight(host_run *h, guint64 id)
{
	for (GList *l = h->flights.head; l != NULL; l = l->next) {
		struct flight *f = l->data;
		if (f->id == id) {
			return f;
		}
	}
	return NULL;
}

/* Steps that have their own time limit get some grace: the host ends the command itself. */
static deadline frame_deadline(const struct flight *f)
{
	return f->call->context.until == DEADLINE_NONE
		       ? DEADLINE_NONE
		       : f->call->context.until + 15 * G_USEC_PER_SEC;
}

/* Takes frames until the host has seen everything that was sent: what was behind a stop is dropped.
 */
static gboolean drain(host_run *h, struct flight *head, GError **error)
{
	while (h->seen_sync < h->last_sync) {
		g_autoptr(frame) f = shell_receive(lane_shell(h->lane), frame_deadline(head),
			h->state->options->cancel, error);
		if (f == NULL) {
			return FALSE;
		}
		if (g_str_equal(f->type, "synced")) {
			h->seen_sync = f->id;
		} else if (g_str_equal(f->type, "unmarked")) {
			host_due_unmarked(h, frame_text(f, "folder"));
		} else if (g_str_equal(f->type, "differs")) {
			struct flight *other = find_flight(h, f->id);
			if (other != NULL) {
				other->needs_body = TRUE;
			}
		}
	}
	return TRUE;
}

/* Lets the module make its body of what the host gave; a line that tells the failure when it
 * cannot. */
static void answer(struct flight *head, const frame *want)
{
	g_autoptr(GError) error = NULL;
	const struct frame_field *content = frame_get(want, "content");
	if (head->call->module->answer == NULL || content == NULL) {
		return;
	}
	g_autoptr(GBytes) bytes = g_bytes_new(content->text, content->length);
	secret_wipe_string(head->line);
	if (head->call->module->answer(head->call, bytes, &error)) {
		head->line = remote_line(head->call, head->id, flight_keep_going(head));
	} else {
		head->line = remote_refusal_line(head->id, flight_keep_going(head), error->message);
		head->needs_body = FALSE;
	}
}

/* The host wants the body of the head: it goes out with all that was sent behind it, and with the
 * bodies that the host said it will want next. */
static gboolean send_body(host_run *h, struct flight *head, const frame *want, GError **error)
{
	head->needs_body = TRUE;
	if (!drain(h, head, error)) {
		return FALSE;
	}
	answer(head, want);
	host_resend(h);
	return TRUE;
}

/* One frame that is not the head's result. FALSE on an error. Takes f. */
static gboolean other_frame(host_run *h, struct flight *head, frame *f, GError **error)
{
	g_autoptr(frame) owned = f;
	if (g_str_equal(f->type, "synced")) {
		h->seen_sync = f->id;
	} else if (g_str_equal(f->type, "remember") || g_str_equal(f->type, "overlay")) {
		lanes_remember(h->lanes, h->lane, f);
	} else if (g_str_equal(f->type, "unmarked")) {
		host_due_unmarked(h, frame_text(f, "folder"));
	} else if (f->id == head->id && g_str_equal(f->type, "want")) {
		return send_body(h, head, f, error);
	} else if (f->id == head->id) {
		remote_answer_add(head->answer, g_steal_pointer(&owned));
	}
	return TRUE;
}

/* Waits for the result of the head of the queue. */
static result *receive_result(host_run *h, struct flight *head, GError **error)
{
	for (;;) {
		frame *f = shell_receive(lane_shell(h->lane), frame_deadline(head),
			h->state->options->cancel, error);
		if (f == NULL) {
			return NULL;
		}
		if (f->id == head->id && g_str_equal(f->type, "result")) {
			result *r = remote_answer_result(head->answer, head->call, f);
			frame_free(f);
			return r;
		}
		if (!other_frame(h, head, f, error)) {
			return NULL;
		}
	}
}

/* Whether this result has stopped the host, so that everything sent behind it is dropped there. */
static gboolean has_stopped(const struct flight *head, const result *r)
{
	const struct task_run *run = head->run;
	if (head->ignore_errors || head->hold) {
		return FALSE;
	}
	if (run->items == NULL) {
		return head->id != 0 && r->status == STEP_FAILED;
	}
	gboolean last = run->done + 1 == value_list_length(run->items);
	return last && run->stops_behind && (run->any_failed || r->status == STEP_FAILED);
}

static gboolean take_result(host_run *h)
{
	g_autoptr(GError) error = NULL;
	struct flight *head = g_queue_peek_head(&h->flights);
	result *r = g_steal_pointer(&head->result);
	if (r == NULL) {
		r = receive_result(h, head, &error);
	}
	if (r != NULL && has_stopped(head, r)) {
		h->needs_resume = TRUE;
		if (!drain(h, head, &error)) {
			g_clear_pointer(&r, result_free);
		}
	}
	head = host_take_head(h);
	if (r == NULL) {
		host_broken(h, head, error);
		flight_free(head);
		/* What was sent behind it may have run as well: it is not known. */
		while (error->code != SUTLER_ERROR_INTERRUPTED &&
			error->code != SUTLER_ERROR_FAILED && (head = host_take_head(h)) != NULL) {
			if (head->id != 0 && error->code != SUTLER_ERROR_UNREACHABLE) {
				host_unknown(h, head, error);
			}
			flight_free(head);
		}
		host_drop_flights(h);
		return FALSE;
	}
	host_outcome(h, head, r);
	flight_free(head);
	return TRUE;
}

/* ---- a play ---- */

/* Sends as far as possible. FALSE: nothing more will come in this play. */
static gboolean send_ahead(host_run *h)
{
	while (!h->hold) {
		switch (host_advance(h)) {
		case ADVANCE_SENT:
			break;
		case ADVANCE_WAIT:
			host_sync(h);
			return TRUE;
		case ADVANCE_END:
			host_sync(h);
			return FALSE;
		}
	}
	host_sync(h);
	return TRUE;
}

/* Nothing is in flight, and yet the next task waits for something: it will never come. */
static void stuck(host_run *h)
{
	GError *error = NULL;
	error_set(&error, SUTLER_ERROR_FAILED, "the next step depends on a result that never came");
	struct event event = { .kind = EVENT_WARNING, .warning = error->message };
	run_emit(h->state, &event);
	g_error_free(error);
	h->counts.failed++;
	h->failed = TRUE;
	cursor_end(h->cursor);
}

static void run_tasks(host_run *h)
{
	for (;;) {
		gboolean more = send_ahead(h);
		if (!h->alive) {
			return;
		}
		if (g_queue_is_empty(&h->flights)) {
			if (!more) {
				return;
			}
			stuck(h);
			return;
		}
		if (!take_result(h)) {
			return;
		}
	}
}

/* As Ansible's `gathering` has it where the play does not say, and, when it is smart, once. */
static gboolean wants_facts(host_run *h, const struct play *play)
{
	const char *gathering = h->state->options->gathering;
	gboolean wanted = TRUE;
	gboolean usual = g_strcmp0(gathering, "explicit") != 0;
	if (!host_flag(h, play->gather_facts, usual, &wanted, NULL)) {
		return FALSE;
	}
	return wanted && !(h->facts_known && g_strcmp0(gathering, "smart") == 0);
}

/* Facts come before the first task, as if the play began with it. */
static void enter_facts(host_run *h, const struct play *play)
{
	if (wants_facts(h, play)) {
		g_autoptr(GPtrArray) list = g_ptr_array_new();
		g_ptr_array_add(list, h->state->facts_task);
		cursor_enter(h->cursor, list, FALSE, NULL);
		h->facts_known = TRUE;
	}
}

void host_run_play(host_run *h, const struct play *play, const char *play_name)
{
	h->play = play;
	h->play_name = play_name;
	h->last_result_at = g_get_monotonic_time();
	g_hash_table_remove_all(h->notified);
	g_ptr_array_set_size(h->extra_handlers, 0);
	h->flush = NULL;
	g_clear_pointer(&h->cursor, cursor_free);
	h->cursor = cursor_new(play->tasks);
	g_autoptr(GError) error = NULL;
	if (!host_prepare_reach(h, play, &error)) {
		/* Known before only when it did not depend on what earlier plays found out. */
		struct event event = { .kind = EVENT_WARNING, .warning = error->message };
		run_emit(h->state, &event);
		h->counts.failed++;
		h->failed = TRUE;
		return;
	}
	host_due_enter(h);
	enter_facts(h, play);
	run_tasks(h);
	host_drop_flights(h);
	host_due_leave(h);
	if (!h->alive || h->state->few_descriptors) {
		host_rest(h);
	}
}
