/* Deciding on results: what they register, notify, count, and where the host goes on. */
#include "run/host-private.h"

#include "base/secret-names.h"
#include "base/secret.h"
#include "value/secrets.h"

#include <string.h>

struct flight *host_take_head(host_run *h)
{
	struct flight *f = g_queue_pop_head(&h->flights);
	if (f != NULL) {
		host_unmark(h, f);
		if (f->hold) {
			h->hold = FALSE;
		}
	}
	return f;
}

/* ---- events ---- */

static guint number_of(const host_run *h, const struct task *task)
{
	for (; task != NULL; task = task->parent) {
		guint number = GPOINTER_TO_UINT(g_hash_table_lookup(h->state->numbers, task));
		if (number != 0) {
			return number;
		}
	}
	return 0;
}

static double elapsed_of(host_run *h, const struct flight *f)
{
	gint64 now = g_get_monotonic_time();
	gint64 from = MAX(f->sent_at, h->last_result_at);
	h->last_result_at = now;
	return (double)(now - from) / G_USEC_PER_SEC;
}

static const value *shown_item(host_run *h, const struct flight *f)
{
	const struct task *task = f->run->task;
	if (f->run->items == NULL) {
		return NULL;
	}
	if (task->loop_label != NULL) {
		return variables_evaluate(h->variables, task->loop_label, NULL);
	}
	return value_ref(value_list_get(f->run->items, f->item));
}

static gsize length_of(const result *r, const char *name)
{
	const value *v = value_dict_get(r->fields, name);
	return value_is(v, VALUE_STRING) ? value_string_length(v) : 0;
}

static void emit_step(host_run *h, const struct flight *f, const result *r)
{
	const struct task *task = f->run->task;
	g_autoptr(value) item = (value *)shown_item(h, f);
	g_autofree char *where = position_prefix(task->at);
	g_autoptr(GPtrArray) none = g_ptr_array_new();
	/* debug shows what it was given in its own form. */
	gsize message_length = 0;
	gboolean as_text = g_str_equal(task->module_name, "debug");
	g_autofree char *message = result_message(r, as_text, &message_length);
	gboolean hide = f->no_log;
	gboolean diff = h->state->options->check || h->state->options->diff;
	(void)host_flag(h, task->diff, diff, &diff, NULL); /* evaluated before the step was sent */
	char *colon = strrchr(where, ':');
	if (colon != NULL) {
		*colon = '\0';
	}
	struct event event = {
		.kind = EVENT_STEP,
		.step = {
			.host = host_name(h->host),
			.play = h->play_name,
			.step = number_of(h, task),
			.name = f->run->name,
			.module = task->module_name,
			.status = r->status,
			.message = hide ? "the output is hidden: no_log is set" : message,
			.rc = hide ? NULL : value_dict_get(r->fields, "rc"),
			.message_length = hide ? 0 : message_length,
			.stdout_text = hide ? "" : result_text(r, "stdout", ""),
			.stdout_length = hide ? 0 : length_of(r, "stdout"),
			.stderr_text = hide ? "" : result_text(r, "stderr", ""),
			.stderr_length = hide ? 0 : length_of(r, "stderr"),
			.item = hide ? NULL : item,
			.elapsed = elapsed_of(h, f),
			.diffs = hide || !diff ? none : r->diffs,
			.fields = hide ? NULL : r->fields,
			.where = h->state->options->no_positions ? "" : where,
			.handler = f->run->handler,
			.due_since = host_due_since(h, task),
			.show_diff = diff,
		},
	};
	run_emit(h->state, &event);
}

/* ---- secrets ---- */

/* slurp gives a file in base64. */
static void register_content(const value *fields)
{
	const value *content = value_dict_get(fields, "content");
	const value *encoding = value_dict_get(fields, "encoding");
	if (!value_is(content, VALUE_STRING) || !value_is(encoding, VALUE_STRING) ||
		!g_str_equal(value_string(encoding), "base64")) {
		return;
	}
	gsize length = 0;
	g_autofree char *plain = (char *)g_base64_decode(value_string(content), &length);
	secret_add(plain, length);
}

/* What a result holds of its own; how it came about ("cmd", "start", "path") is no secret. */
static void register_result(const struct task *task, const result *r)
{
	static const char *const carriers[] = { "ansible_facts", "content", "json", "stderr",
		"stderr_lines", "stdout", "stdout_lines" };
	if (task->module != NULL && task->module->script == NULL && r->status != STEP_FAILED) {
		secrets_register_all(r->fields); /* debug: what it shows */
	}
	for (gsize i = 0; i < G_N_ELEMENTS(carriers); i++) {
		const value *carried = value_dict_get(r->fields, carriers[i]);
		if (carried != NULL) {
			secrets_register_all(carried);
		}
	}
	register_content(r->fields);
}

static void register_secrets(const struct flight *f, const result *r)
{
	const struct task *task = f->run->task;
	secrets_register(r->fields);
	if (f->no_log || (task->register_name != NULL && secret_name(task->register_name))) {
		register_result(task, r);
	}
}

/* ---- changed_when, failed_when, until ---- */

/* Shows the result under its register name to conditions about itself. */
static void show_result(host_run *h, const struct flight *f, const result *r)
{
	variables_set_task(h->variables, f->run->task);
	variables_set_loop(h->variables, f->loop == NULL ? NULL : value_ref(f->loop));
	if (f->run->task->register_name != NULL) {
		variables_set(h->variables, f->run->task->register_name, value_thaw(r->fields));
	}
}

static void complete_fields(result *r)
{
	gboolean failed = r->status == STEP_FAILED;
	if (!failed || value_dict_get(r->fields, "changed") == NULL) {
		result_set(r, "changed", value_new_bool(r->status == STEP_CHANGED));
	}
	if (r->status == STEP_SKIPPED) {
		result_set(r, "skipped", value_new_bool(TRUE));
	} else {
		result_set(r, "failed", value_new_bool(failed));
	}
}

static void apply_changed_when(host_run *h, const struct task *task, result *r)
{
	g_autoptr(GError) error = NULL;
	gboolean changed = FALSE;
	if (task->changed_when == NULL) {
		return;
	}
	if (!template_condition(
		    task->changed_when, variables_scope(h->variables), &changed, &error)) {
		result_fail(r, error->message);
	} else if (r->status == STEP_OK || r->status == STEP_CHANGED) {
		r->status = changed ? STEP_CHANGED : STEP_OK;
	}
}

static void apply_failed_when(host_run *h, const struct task *task, result *r)
{
	g_autoptr(GError) error = NULL;
	gboolean failed = FALSE;
	if (task->failed_when == NULL) {
		return;
	}
	if (!template_condition(
		    task->failed_when, variables_scope(h->variables), &failed, &error)) {
		result_fail(r, error->message);
		return;
	}
	result_set(r, "failed_when_result", value_new_bool(failed));
	if (failed) {
		r->status = STEP_FAILED;
	} else if (r->status == STEP_FAILED) {
		const value *changed = value_dict_get(r->fields, "changed");
		r->status = changed != NULL && value_truth(changed) ? STEP_CHANGED : STEP_OK;
	}
}

/* The number that a keyword of a task gives, also as text; fallback without one. */
static double number_of_keyword(host_run *h, const value *raw, double fallback)
{
	g_autoptr(value) v = variables_evaluate(h->variables, raw, NULL);
	if (v == NULL || value_is(v, VALUE_NULL)) {
		return fallback;
	}
	g_autofree char *text = value_to_string(v);
	return g_ascii_strtod(text, NULL);
}

/* What `changed_when`, `failed_when` and `until` make of a result. They see it as `register` will
 * store it, with failed, changed and attempts (task_executor.py of ansible-core 2.14). */
static void apply_conditions(host_run *h, const struct flight *f, result *r)
{
	const struct task *task = f->run->task;
	gboolean ran = r->status != STEP_SKIPPED && r->status != STEP_UNPREDICTED;
	if (!ran ||
		(task->changed_when == NULL && task->failed_when == NULL && task->until == NULL)) {
		return;
	}
	if (task->until != NULL) {
		result_set(r, "attempts", value_new_int(f->attempt));
	}
	complete_fields(r);
	show_result(h, f, r);
	apply_changed_when(h, task, r);
	if (task->changed_when != NULL && task->failed_when != NULL) {
		complete_fields(r);
		show_result(h, f, r);
	}
	apply_failed_when(h, task, r);
}

/* Whether the step must be tried again; sleeps before. */
static gboolean must_retry(host_run *h, const struct flight *f, result *r)
{
	const struct task *task = f->run->task;
	g_autoptr(GError) error = NULL;
	gboolean done = FALSE;
	if (task->until == NULL || r->status == STEP_SKIPPED || r->status == STEP_UNPREDICTED) {
		return FALSE;
	}
	guint limit = (guint)CLAMP(number_of_keyword(h, task->retries, 3), 0, G_MAXINT);
	if (limit == 0) {
		return FALSE;
	}
	complete_fields(r);
	show_result(h, f, r);
	if (!template_condition(task->until, variables_scope(h->variables), &done, &error)) {
		result_fail(r, error->message);
		return FALSE;
	}
	if (done) {
		return FALSE;
	}
	if (f->attempt > limit) {
		result_set(r, "attempts", value_new_int(limit));
		result_fail(r, result_text(r, "msg", "the condition in 'until' never held"));
		return FALSE;
	}
	double pause = number_of_keyword(h, task->delay, 5);
	pause = pause < 0 ? 1 : pause;
	if (pause > 0) {
		(void)wait_descriptor(-1, 0, deadline_in(pause), h->state->options->cancel, NULL);
	}
	return !cancel_requested(h->state->options->cancel);
}

/* ---- what a result leaves behind ---- */

static gboolean sets_variables(const struct task *task)
{
	const struct module *m = task->module;
	return m != NULL && m->script == NULL && (m->flags & MODULE_SETS_FACTS);
}

static void tell_refused(host_run *h, const struct task *task, const char *name)
{
	g_autofree char *where = position_prefix(task->at);
	g_autofree char *said = g_strdup_printf("%shost '%s': fact '%s' is not taken: what a host "
						"returns never says how to reach it",
		where, host_name(h->host), name);
	struct event event = { .kind = EVENT_WARNING, .warning = said };
	run_emit(h->state, &event);
}

static void add_facts(host_run *h, const struct task *task, const result *r)
{
	const value *facts = value_dict_get(r->fields, "ansible_facts");
	if (!value_is(facts, VALUE_DICT)) {
		return;
	}
	void (*set)(variables *, const char *, value *) =
		task->module != NULL && (task->module->flags & MODULE_INCLUDES_VARIABLES)
			? variables_include
			: variables_set;
	value_dict_foreach (facts, key, item) {
		if (sets_variables(task)) {
			set(h->variables, value_string(key), value_thaw(item));
		} else if (!variables_add_fact(h->variables, value_string(key), item)) {
			tell_refused(h, task, value_string(key));
		}
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

static void collect_item(struct flight *f, const result *r)
{
	struct task_run *run = f->run;
	value *fields = value_thaw(r->fields);
	const char *variable = run->task->loop_variable != NULL ? run->task->loop_variable : "item";
	value_dict_set(fields, variable, value_ref(value_list_get(run->items, f->item)));
	value_dict_set(fields, "ansible_loop_var", value_new_string(variable));
	value_list_append(run->results, fields);
}

/* What set_fact would have made of a result that is not known is not known either. */
static void store_unpredicted_facts(host_run *h, const struct flight *f)
{
	if (!value_is(f->sets, VALUE_DICT)) {
		return;
	}
	value_dict_foreach (f->sets, key, item) {
		(void)item;
		variables_set_unpredicted(h->variables, value_string(key));
	}
}

static void store(host_run *h, const struct flight *f, const result *r, gboolean last)
{
	const struct task *task = f->run->task;
	if (r->status == STEP_UNPREDICTED) {
		store_unpredicted_facts(h, f);
	}
	if (task->register_name == NULL) {
		return;
	}
	if (!last) { /* as Ansible: the next item sees the result of this one under the name */
		if (!f->run->any_unpredicted) {
			variables_set(h->variables, task->register_name, value_thaw(r->fields));
		}
		return;
	}
	if (f->run->any_unpredicted) {
		variables_set_unpredicted(h->variables, task->register_name);
		return;
	}
	variables_set(h->variables, task->register_name,
		f->run->results != NULL ? loop_result(f->run) : value_thaw(r->fields));
}

/* ---- counting and going on ---- */

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

static void count_task(host_run *h, const struct task_run *run)
{
	if (!run->any_run) {
		h->counts.skipped++;
	} else if (run->any_unpredicted && !run->any_changed) {
		h->counts.unpredicted++;
	} else {
		h->counts.ok++;
		h->counts.changed += run->any_changed ? 1 : 0;
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

/* Handlers that were notified run on a failed host, too, when the play or the user says so. */
gboolean host_force_handlers(host_run *h)
{
	gboolean force = FALSE;
	if (h->forced_handlers ||
		!host_flag(h, h->play->force_handlers, h->state->options->force_handlers, &force,
			NULL) ||
		!force) {
		return FALSE;
	}
	h->forced_handlers = TRUE;
	h->flush = NULL;
	cursor_free(h->cursor);
	h->cursor = cursor_new(h->state->flush);
	return TRUE;
}

/* The host leaves the play, unless handlers are forced. */
static void end_host(host_run *h)
{
	h->failed = TRUE;
	if (!host_force_handlers(h)) {
		cursor_end(h->cursor);
	}
}

static void fail_task(host_run *h, struct flight *f)
{
	gboolean rescued = FALSE;
	gboolean fatal = FALSE;
	const struct task *task = f->run->task;
	host_drop_flights(h);
	cursor_free(h->cursor);
	h->cursor = g_steal_pointer(&f->cursor);
	h->flush = NULL;
	gboolean goes_on = cursor_fail(h->cursor, &rescued);
	if (rescued) {
		h->counts.rescued++;
		host_due_forgiven(h, f->run);
		variables_set(h->variables, "ansible_failed_task", describe_task(f->run));
		variables_set(h->variables, "ansible_failed_result",
			f->run->results != NULL ? loop_result(f->run)
						: value_thaw(f->run->last_failed));
		return;
	}
	h->counts.failed++;
	const value *raw =
		task->any_errors_fatal != NULL ? task->any_errors_fatal : h->play->any_errors_fatal;
	if (host_flag(h, raw, h->state->options->any_errors_fatal, &fatal, NULL) && fatal) {
		g_atomic_int_set(&h->state->abort, 1);
	}
	if (!goes_on) {
		end_host(h);
	}
}

/* A command's output was longer than what is taken of it: that is said, and where something reads
 * the text the step fails. */
static void check_cut(host_run *h, const struct flight *f, result *r)
{
	const char *which = value_dict_get(r->fields, "stdout_cut") != NULL   ? "stdout"
			    : value_dict_get(r->fields, "stderr_cut") != NULL ? "stderr"
									      : NULL;
	if (which == NULL) {
		return;
	}
	gsize limit = h->state->options->output_limit;
	g_autofree char *said = g_strdup_printf("%s is longer than the limit of %zu KiB (setting "
						"output_limit), the rest was dropped",
		which, (limit > 0 ? limit : 16384 * 1024) / 1024);
	g_autofree char *text =
		g_strdup_printf("host '%s': '%s': %s", host_name(h->host), f->run->name, said);
	struct event event = { .kind = EVENT_WARNING, .warning = text };
	run_emit(h->state, &event);
	if (f->run->task->register_name != NULL && r->status != STEP_FAILED) {
		result_fail(r, said);
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
static void add_times(const host_run *h, const struct flight *f, result *r)
{
	const struct module *m = f->run->task->module;
	if (m == NULL || f->id == 0 || !(m->flags & MODULE_COMMAND) ||
		value_dict_get(r->fields, "cmd") == NULL ||
		value_dict_get(r->fields, "rc") == NULL ||
		value_dict_get(r->fields, "start") != NULL) {
		return;
	}
	gint64 took = g_get_monotonic_time() - MAX(f->sent_at, h->last_result_at);
	gint64 end = g_get_real_time();
	gint64 seconds = took / G_USEC_PER_SEC;
	g_autofree char *delta = g_strdup_printf("%d:%02d:%02d.%06d", (int)(seconds / 3600),
		(int)(seconds / 60 % 60), (int)(seconds % 60), (int)(took % G_USEC_PER_SEC));
	result_set(r, "start", time_value(end - took));
	result_set(r, "end", time_value(end));
	result_set(r, "delta", value_new_string(delta));
}

void host_outcome(host_run *h, struct flight *f, result *r)
{
	const struct task *task = f->run->task;
	add_times(h, f, r);
	check_cut(h, f, r);
	if (!sets_variables(task)) {
		result_make_data(r);
	}
	register_secrets(f, r);
	if (r->status == STEP_UNPREDICTED && !h->state->options->check) {
		r->status = STEP_SKIPPED; /* `check_mode: true`, as Ansible skips a command */
	}
	enum step_status ran = r->status;
	apply_conditions(h, f, r);
	if (must_retry(h, f, r)) {
		host_send_again(h, f);
		result_free(r);
		return;
	}
	variables_set_task(h->variables, task);
	variables_set_loop(h->variables, f->loop == NULL ? NULL : value_ref(f->loop));
	host_note_handlers(h, f, r);
	complete_fields(r);
	add_facts(h, task, r);
	note_item(f->run, r);
	gboolean failed = r->status == STEP_FAILED;
	if (failed && f->ignore_errors) {
		r->status = STEP_IGNORED;
	}
	host_due_outcome(h, f, ran, r->status);
	if (f->run->results != NULL) {
		collect_item(f, r);
	}
	gboolean last = f->run->items == NULL || f->run->done == value_list_length(f->run->items);
	store(h, f, r, last);
	emit_step(h, f, r);
	result_free(r);
	if (!last) {
		return;
	}
	if (f->run->any_failed && !f->ignore_errors) {
		fail_task(h, f);
		return;
	}
	if (f->run->any_failed) {
		host_due_forgiven(h, f->run);
	}
	host_notify(h, f->run);
	h->counts.ignored += f->run->any_failed ? 1 : 0;
	if (task->kind == TASK_INCLUDE_ROLE && f->run->any_run) {
		return; /* as Ansible: a role that is included does not count, its tasks do */
	}
	count_task(h, f->run);
	if (task->kind != TASK_MODULE && f->run->items != NULL && f->run->any_run) {
		/* As Ansible: each file that a loop includes counts. */
		h->counts.ok += (guint)(f->run->done - f->run->skipped) - 1;
	}
}

/* ---- the connection broke ---- */

static enum step_status broken_status(const GError *error, const struct flight *f)
{
	if (error->code == SUTLER_ERROR_FAILED) {
		return STEP_FAILED; /* sudo or the login shell refuses: the host itself answers */
	}
	if (error->code == SUTLER_ERROR_UNREACHABLE || f->id == 0) {
		return STEP_UNREACHABLE;
	}
	return STEP_UNKNOWN;
}

void host_unknown(host_run *h, struct flight *f, const GError *error)
{
	g_autoptr(result) r = result_new(STEP_UNKNOWN);
	result_set_text(r, "msg", error->message);
	h->counts.unknown++;
	emit_step(h, f, r);
}

void host_broken(host_run *h, struct flight *f, const GError *error)
{
	h->alive = FALSE;
	h->failed = TRUE;
	if (g_error_matches(error, SUTLER_ERROR, SUTLER_ERROR_INTERRUPTED)) {
		g_autofree char *said =
			g_strdup_printf("interrupted on '%s' while '%s' was running",
				host_name(h->host), f->run->name);
		struct event event = { .kind = EVENT_WARNING, .warning = said };
		if (f->id != 0) {
			g_autoptr(result) r = result_new(STEP_UNKNOWN);
			result_set_text(r, "msg", "interrupted while it ran");
			h->counts.unknown++;
			emit_step(h, f, r);
			run_emit(h->state, &event);
		}
	} else {
		g_autoptr(result) r = result_new(broken_status(error, f));
		result_set_text(r, "msg", error->message);
		h->counts.failed += r->status == STEP_FAILED ? 1 : 0;
		h->counts.unreachable += r->status == STEP_FAILED ? 0 : 1;
		h->counts.unknown += r->status == STEP_UNKNOWN ? 1 : 0;
		emit_step(h, f, r);
	}
	cursor_end(h->cursor);
}
