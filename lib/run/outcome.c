/* What a result leaves behind: facts, what it registers and notifies, counts; and where the host
 * goes on. */
#include "run/walker-private.h"

#include <string.h>

static gboolean sets_variables(const struct task *task)
{
	const struct module *m = task->module;
	return m != NULL && m->script == NULL && (m->flags & MODULE_SETS_FACTS);
}

static void warn_of_refused(walker *w, const struct task *task, const char *name)
{
	g_autofree char *where = position_prefix(task->at);
	run_warn(w->state,
		"%shost '%s': fact '%s' is not taken: what a host returns never says how to reach "
		"it",
		where, host_name(w->host), name);
}

/* Takes the facts of one result. */
static void take_facts(walker *w, const struct task *task, const value *facts)
{
	const struct module *m = task->module;
	gboolean includes = m != NULL && (m->flags & MODULE_INCLUDES_VARIABLES);
	value_dict_foreach (facts, key, item) {
		if (sets_variables(task) && includes) {
			variables_include(w->variables, value_string(key), value_thaw(item));
		} else if (sets_variables(task)) {
			variables_set(w->variables, value_string(key), value_thaw(item));
		} else if (!variables_add_fact(w->variables, value_string(key), item)) {
			warn_of_refused(w, task, value_string(key));
		}
	}
}

/* `delegate_facts`: they are facts of the host that the step was delegated to. */
static void give_facts(walker *w, const struct step *s, const value *facts)
{
	variables *other = variables_of_other(w->variables, s->delegate);
	if (other == NULL) {
		run_warn_once(w->state, host_name(w->host),
			"facts of a host that the inventory does not have are not kept "
			"(delegate_facts)");
		return;
	}
	value_dict_foreach (facts, key, item) {
		if (!variables_give(other, value_string(key), item, sets_variables(s->run->task))) {
			warn_of_refused(w, s->run->task, value_string(key));
		}
	}
}

static void add_facts(walker *w, const struct step *s, const result *r)
{
	const struct task *task = s->run->task;
	const value *facts = value_dict_get(r->fields, "ansible_facts");
	gboolean theirs = FALSE;
	if (!value_is(facts, VALUE_DICT)) {
		return;
	}
	(void)walker_flag(w, task->delegate_facts, FALSE, &theirs, NULL);
	theirs = theirs && task->delegate_to != NULL;
	if (theirs && s->delegate != NULL) {
		give_facts(w, s, facts);
		return;
	}
	take_facts(w, task, facts);
	if (s->run->once != NULL && !theirs) {
		g_ptr_array_add(s->run->once->facts, value_freeze(value_thaw(facts)));
	}
}

static gboolean any_item_has(const struct task_run *run, const char *field)
{
	value_list_foreach (run->results, item) {
		const value *v = value_dict_get(item, field);
		if (v != NULL && value_truth(v)) {
			return TRUE;
		}
	}
	return FALSE;
}

static gboolean all_items_have(const struct task_run *run, const char *field)
{
	value_list_foreach (run->results, item) {
		const value *v = value_dict_get(item, field);
		if (v == NULL || !value_truth(v)) {
			return FALSE;
		}
	}
	return TRUE;
}

/* What `register` stores for a loop. */
static value *loop_result(const struct task_run *run)
{
	value *all = value_new_dict();
	gboolean skipped = all_items_have(run, "skipped");
	gboolean failed = any_item_has(run, "failed");
	value_dict_set(all, "results", value_ref(run->results));
	value_dict_set(all, "changed", value_new_bool(any_item_has(run, "changed")));
	value_dict_set(all, "skipped", value_new_bool(skipped));
	if (value_list_length(run->results) == 0) {
		value_dict_set(all, "skipped_reason", value_new_string("No items in the list"));
		return all;
	}
	value_dict_set(all, "msg",
		value_new_string(failed    ? "One or more items failed"
				 : skipped ? "All items skipped"
					   : "All items completed"));
	if (failed) {
		value_dict_set(all, "failed", value_new_bool(TRUE));
	}
	return all;
}

/* What the task registers. Caller unrefs. */
static value *whole_result(const struct task_run *run, const result *r)
{
	return run->results != NULL ? loop_result(run) : value_thaw(r->fields);
}

static void collect_item(struct step *s, const result *r)
{
	struct task_run *run = s->run;
	value *fields = value_thaw(r->fields);
	const char *variable = run->task->loop_variable != NULL ? run->task->loop_variable : "item";
	value_dict_set(fields, variable, value_ref(value_list_get(run->items, s->item)));
	value_dict_set(fields, "ansible_loop_var", value_new_string(variable));
	value_list_append(run->results, fields);
}

/* What set_fact would have made of a result that is not known is not known either. */
static void store_unpredicted_facts(walker *w, const struct step *s)
{
	if (!value_is(s->sets, VALUE_DICT)) {
		return;
	}
	value_dict_foreach (s->sets, key, item) {
		(void)item;
		variables_set_unpredicted(w->variables, value_string(key));
	}
}

static void store(walker *w, const struct step *s, const result *r, gboolean last)
{
	const struct task *task = s->run->task;
	if (r->status == STEP_UNPREDICTED) {
		store_unpredicted_facts(w, s);
	}
	if (task->register_name == NULL) {
		return;
	}
	if (!last) { /* as Ansible: the next item sees the result of this one under the name */
		if (!s->run->any_unpredicted) {
			variables_set(w->variables, task->register_name, value_thaw(r->fields));
		}
		return;
	}
	if (s->run->any_unpredicted) {
		variables_set_unpredicted(w->variables, task->register_name);
	} else {
		variables_set(w->variables, task->register_name, whole_result(s->run, r));
	}
}

/* ---- counting ---- */

static void note_item(struct task_run *run, const result *r)
{
	run->done++;
	switch (r->status) {
	case STEP_FAILED:
		run->any_failed = TRUE;
		run->any_changed =
			run->any_changed || value_truth(value_dict_get(r->fields, "changed"));
		value_clear(&run->last_failed);
		run->last_failed = value_ref(r->fields);
		run->any_run = TRUE;
		break;
	case STEP_CHANGED:
		run->any_changed = TRUE;
		run->any_run = TRUE;
		break;
	case STEP_UNPREDICTED:
		run->any_unpredicted = TRUE;
		run->any_run = TRUE;
		break;
	case STEP_SKIPPED:
		run->skipped++;
		break;
	default:
		run->any_run = TRUE;
	}
}

static void count_task(walker *w, const struct task_run *run)
{
	if (!run->any_run) {
		w->counts.skipped++;
	} else if (run->any_unpredicted && !run->any_changed) {
		w->counts.unpredicted++;
	} else {
		w->counts.ok++;
		w->counts.changed += run->any_changed ? 1 : 0;
	}
}

static value *describe_task(const struct task_run *run)
{
	value *dict = value_new_dict();
	value_dict_set(
		dict, "name", value_new_string_flags(run->name, strlen(run->name), VALUE_UNSAFE));
	value_dict_set(dict, "action", value_new_string(run->task->module_name));
	return dict;
}

/* ---- for all hosts ---- */

/* The others of the batch take what the last item left behind (play_run_done()). */
static void publish(walker *w, const struct step *s, const result *r)
{
	struct once *once = s->run->once;
	if (once != NULL) {
		once->unpredicted = s->run->any_unpredicted;
		once->registered = value_freeze(whole_result(s->run, r));
		once->failed = s->run->any_failed && !s->ignore_errors;
	}
	play_run_done(w->play_run, w, s->run->task, once);
}

/* As Ansible: a handler that another host ran for all is still due on this one, and the next flush
 * runs it. */
static void keep_notified(walker *w, const struct task *task)
{
	const GPtrArray *own = w->play->handlers;
	if (cursor_in_handlers(w->cursor) &&
		((own != NULL && g_ptr_array_find((GPtrArray *)own, task, NULL)) ||
			g_ptr_array_find(w->extra_handlers, task, NULL))) {
		g_hash_table_add(w->notified, (gpointer)task);
	}
}

void walker_take_once(walker *w, const struct task *task, const struct once *once)
{
	if (meta_is_for_all(task)) {
		if (once->acts) {
			meta_act(w, task);
		} else {
			walker_next(w);
		}
		return;
	}
	keep_notified(w, task);
	for (guint i = 0; i < once->facts->len; i++) {
		take_facts(w, task, g_ptr_array_index(once->facts, i));
	}
	if (task->register_name != NULL && once->unpredicted) {
		variables_set_unpredicted(w->variables, task->register_name);
	} else if (task->register_name != NULL && once->registered != NULL) {
		variables_set(w->variables, task->register_name, value_thaw(once->registered));
	}
	if (!once->failed) {
		walker_next(w);
		return;
	}
	/* As Ansible: it fails on every host, and counts on the one that ran it. */
	gboolean rescued = FALSE;
	w->may_start = FALSE;
	w->flush = NULL;
	play_run_remove(w->play_run, w);
	if (!cursor_fail(w->cursor, &rescued)) {
		walker_end(w);
	}
}

/* ---- where the host goes on ---- */

/* The cursor goes back to the task that failed, and from there to what takes that. */
static gboolean go_back(walker *w, struct step *s)
{
	gboolean rescued = FALSE;
	walker_drop_steps(w);
	cursor_free(w->cursor);
	w->cursor = g_steal_pointer(&s->cursor);
	w->flush = NULL;
	w->may_start = FALSE;
	w->once = NULL;
	return cursor_fail(w->cursor, &rescued);
}

static void rescue(walker *w, struct step *s)
{
	const struct task_run *run = s->run;
	(void)go_back(w, s);
	w->counts.rescued++;
	walker_due_forgiven(w, run);
	variables_set(w->variables, "ansible_failed_task", describe_task(run));
	variables_set(w->variables, "ansible_failed_result",
		run->results != NULL ? loop_result(run) : value_thaw(run->last_failed));
}

static void stop(walker *w, struct step *s)
{
	const struct task *task = s->run->task;
	gboolean caught = cursor_is_caught(s->cursor);
	gboolean goes_on = go_back(w, s);
	w->counts.failed++;
	play_run_failed(w->play_run, w, task, caught, goes_on);
	if (!goes_on) {
		walker_end(w);
	}
}

static void go_on(walker *w, const struct step *s)
{
	const struct task_run *run = s->run;
	if (run->any_failed) {
		walker_due_forgiven(w, run);
	}
	walker_notify(w, run);
	w->counts.ignored += run->any_failed ? 1 : 0;
	if (run->task->kind == TASK_INCLUDE_ROLE && run->any_run) {
		return; /* as Ansible: a role that is included does not count, its tasks do */
	}
	count_task(w, run);
	if (run->task->kind != TASK_MODULE && run->items != NULL && run->any_run) {
		/* As Ansible: each file that a loop includes counts. */
		w->counts.ok += (guint)(run->done - run->skipped) - 1;
	}
}

static value *time_value(gint64 usec)
{
	g_autoptr(GDateTime) whole = g_date_time_new_from_unix_local(usec / G_USEC_PER_SEC);
	g_autofree char *date = g_date_time_format(whole, "%Y-%m-%d %H:%M:%S");
	g_autofree char *text = g_strdup_printf("%s.%06d", date, (int)(usec % G_USEC_PER_SEC));
	return value_new_string(text);
}

/* `start`, `end` and `delta` of a command, as seen from here: the host would need a process for
 * each. */
static void add_times(const walker *w, const struct step *s, result *r)
{
	const struct module *m = s->run->task->module;
	if (m == NULL || s->session == NULL || !(m->flags & MODULE_COMMAND) ||
		value_dict_get(r->fields, "cmd") == NULL ||
		value_dict_get(r->fields, "rc") == NULL ||
		value_dict_get(r->fields, "start") != NULL) {
		return;
	}
	gint64 took = g_get_monotonic_time() - MAX(s->sent_at, w->last_result_at);
	gint64 end = g_get_real_time();
	gint64 seconds = took / G_USEC_PER_SEC;
	g_autofree char *delta = g_strdup_printf("%d:%02d:%02d.%06d", (int)(seconds / 3600),
		(int)(seconds / 60 % 60), (int)(seconds % 60), (int)(took % G_USEC_PER_SEC));
	result_set(r, "start", time_value(end - took));
	result_set(r, "end", time_value(end));
	result_set(r, "delta", value_new_string(delta));
}

/* What is done to every result before it is looked at. */
static void receive(walker *w, const struct step *s, result *r)
{
	add_times(w, s, r);
	walker_check_cut(w, s, r);
	if (!sets_variables(s->run->task)) {
		result_make_data(r);
	}
	walker_register_secrets(s, r);
	if (r->status == STEP_UNPREDICTED && !w->state->options->check) {
		r->status = STEP_SKIPPED; /* `check_mode: true`, as Ansible skips a command */
	}
}

/* The step waits for its next try; the caller keeps it. */
static void try_again(walker *w, struct step *s)
{
	s->state = STEP_WAITING;
	s->not_before =
		g_get_monotonic_time() + (gint64)(walker_delay(w, s->run->task) * G_USEC_PER_SEC);
	w->again = s;
}

static void exhausted(result *r, guint retries)
{
	result_set(r, "attempts", value_new_int(retries));
	result_fail(r, result_text(r, "msg", "the condition in 'until' never held"));
}

/* Registers, notifies, counts and tells what the result of an item is. */
static void settle(
	walker *w, struct step *s, result *r, const struct circumstances *c, enum step_status ran)
{
	const struct task *task = s->run->task;
	variables_set_task(w->variables, task);
	variables_set_loop(w->variables, s->loop == NULL ? NULL : value_ref(s->loop));
	walker_note_handlers(w, s, r);
	walker_complete_fields(r);
	add_facts(w, s, r);
	note_item(s->run, r);
	struct circumstances now = *c;
	now.status = r->status; /* a handler that is not there makes it fail */
	r->status = decide_status(&now);
	walker_due_outcome(w, s, ran, r->status);
	if (s->run->results != NULL) {
		collect_item(s, r);
	}
	store(w, s, r, c->last_item);
	walker_emit_step(w, s, r);
}

void walker_outcome(walker *w, struct step *s, result *r)
{
	struct circumstances c;
	g_autoptr(result) owned = r;
	receive(w, s, r);
	enum step_status ran = r->status;
	walker_apply_conditions(w, s, r);
	walker_weigh(w, s, r, &c);
	enum decision decision = decide(&c);
	if (decision == DECISION_AGAIN) {
		try_again(w, s);
		return;
	}
	if (decision == DECISION_EXHAUSTED) {
		exhausted(r, c.retries);
	}
	settle(w, s, r, &c, ran);
	if (!c.last_item) {
		return;
	}
	c.status = s->run->any_failed ? STEP_FAILED : STEP_OK;
	c.has_until = FALSE;
	publish(w, s, r);
	switch (decide(&c)) {
	case DECISION_RESCUE:
		rescue(w, s);
		break;
	case DECISION_STOP:
		stop(w, s);
		break;
	default:
		go_on(w, s);
	}
}

/* ---- the connection broke ---- */

static enum step_status broken_status(const GError *error, const struct step *s)
{
	if (error->code == SUTLER_ERROR_FAILED) {
		return STEP_FAILED; /* sudo or the login shell refuses: the host itself answers */
	}
	if (error->code == SUTLER_ERROR_UNREACHABLE || s->state != STEP_SENT) {
		return STEP_UNREACHABLE;
	}
	return STEP_UNKNOWN;
}

void walker_unknown(walker *w, struct step *s, const GError *error)
{
	g_autoptr(result) r = result_new(STEP_UNKNOWN);
	result_set_text(r, "msg", error->message);
	w->counts.unknown++;
	walker_emit_step(w, s, r);
}

static void interrupted(walker *w, struct step *s)
{
	if (s->state != STEP_SENT) {
		return;
	}
	g_autoptr(result) r = result_new(STEP_UNKNOWN);
	result_set_text(r, "msg", "interrupted while it ran");
	w->counts.unknown++;
	walker_emit_step(w, s, r);
	run_warn(w->state, "interrupted on '%s' while '%s' was running", host_name(w->host),
		s->run->name);
}

/* `ignore_unreachable`: the host goes on behind the task, over a new connection. */
static void go_on_unreachable(walker *w, struct step *s, result *r)
{
	w->counts.ok++;
	w->counts.ignored++;
	if (s->run->task->register_name != NULL) {
		walker_complete_fields(r);
		result_set(r, "unreachable", value_new_bool(TRUE));
		variables_set(w->variables, s->run->task->register_name, value_thaw(r->fields));
	}
	walker_drop_steps(w);
	walker_rest(w);
	cursor_free(w->cursor);
	w->cursor = g_steal_pointer(&s->cursor);
	play_run_done(w->play_run, w, s->run->task, s->run->once);
	walker_next(w);
}

void walker_broken(walker *w, struct step *s, const GError *error)
{
	g_autoptr(result) r = NULL;
	if (!g_error_matches(error, SUTLER_ERROR, SUTLER_ERROR_INTERRUPTED)) {
		r = result_new(broken_status(error, s));
		result_set_text(r, "msg", error->message);
		walker_emit_step(w, s, r);
		if (s->ignore_unreachable && r->status != STEP_FAILED) {
			go_on_unreachable(w, s, r);
			return;
		}
		w->counts.failed += r->status == STEP_FAILED ? 1 : 0;
		w->counts.unreachable += r->status == STEP_FAILED ? 0 : 1;
		w->counts.unknown += r->status == STEP_UNKNOWN ? 1 : 0;
	} else {
		interrupted(w, s);
	}
	w->alive = FALSE;
	w->failed = TRUE;
	play_run_failed(w->play_run, w, s->run->task, FALSE, FALSE);
	cursor_end(w->cursor);
}
