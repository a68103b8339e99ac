/* Sending steps ahead: from the task a cursor stands at to flights. */
#include "run/host-private.h"

#include <string.h>

struct task_run *task_run_ref(struct task_run *run)
{
	run->references++;
	return run;
}

void task_run_unref(struct task_run *run)
{
	if (run == NULL || --run->references > 0) {
		return;
	}
	g_free(run->name);
	value_unref(run->items);
	value_unref(run->results);
	value_unref(run->outer);
	value_unref(run->last_failed);
	g_free(run);
}

void flight_free(struct flight *f)
{
	if (f == NULL) {
		return;
	}
	task_run_unref(f->run);
	cursor_free(f->cursor);
	value_unref(f->loop);
	module_call_free(f->call);
	remote_answer_free(f->answer);
	result_free(f->result);
	g_free(f->line);
	g_free(f);
}

/* ---- marks of what is not known yet ---- */

static void mark(host_run *h, struct flight *f, gboolean pending)
{
	const struct task *task = f->run->task;
	if (f->pending_marked == pending) {
		return;
	}
	f->pending_marked = pending;
	if (task->register_name != NULL) {
		variables_set_pending(h->variables, task->register_name, pending);
	}
	const struct module *m = task->module;
	if (m == NULL || !(m->flags & MODULE_SETS_FACTS)) {
		return;
	}
	if (m->script != NULL) {
		variables_set_pending(h->variables, NULL, pending);
	} else if (f->call != NULL) {
		value_dict_foreach(f->call->arguments, key, item)
		{
			(void)item;
			variables_set_pending(h->variables, value_string(key), pending);
		}
	}
}

void host_unmark(host_run *h, struct flight *f)
{
	mark(h, f, FALSE);
}

void host_drop_flights(host_run *h)
{
	struct flight *f = NULL;
	while ((f = g_queue_pop_head(&h->flights)) != NULL) {
		mark(h, f, FALSE);
		flight_free(f);
	}
	g_clear_pointer(&h->current, task_run_unref);
	h->hold = FALSE;
}

/* ---- a task begins ---- */

/* Variables of the includes around the cursor and of the loop at an item. */
static value *loop_variables(const struct task_run *run, gsize i)
{
	if (run->items == NULL) {
		return run->outer == NULL ? NULL : value_ref(run->outer);
	}
	value *dict = value_new_dict();
	if (run->outer != NULL) {
		value_dict_update(dict, run->outer);
	}
	gsize n = value_list_length(run->items);
	value_dict_set(dict, run->task->loop_variable != NULL ? run->task->loop_variable : "item",
		value_ref(value_list_get(run->items, i)));
	value_dict_set(dict, "ansible_loop_var",
		value_new_string(run->task->loop_variable != NULL ? run->task->loop_variable : "item"));
	if (run->task->index_variable != NULL) {
		value_dict_set(dict, run->task->index_variable, value_new_int((gint64)i));
	}
	if (run->task->loop_extended) {
		value *extended = value_new_dict();
		value_dict_set(extended, "allitems", value_ref(run->items));
		value_dict_set(extended, "index", value_new_int((gint64)i + 1));
		value_dict_set(extended, "index0", value_new_int((gint64)i));
		value_dict_set(extended, "revindex", value_new_int((gint64)(n - i)));
		value_dict_set(extended, "revindex0", value_new_int((gint64)(n - i) - 1));
		value_dict_set(extended, "first", value_new_bool(i == 0));
		value_dict_set(extended, "last", value_new_bool(i + 1 == n));
		value_dict_set(extended, "length", value_new_int((gint64)n));
		if (i > 0) {
			value_dict_set(extended, "previtem", value_ref(value_list_get(run->items, i - 1)));
		}
		if (i + 1 < n) {
			value_dict_set(extended, "nextitem", value_ref(value_list_get(run->items, i + 1)));
		}
		value_dict_set(dict, "ansible_loop", extended);
	}
	return dict;
}

static struct flight *flight_new(host_run *h, struct task_run *run, gsize item)
{
	struct flight *f = g_new0(struct flight, 1);
	f->run = task_run_ref(run);
	f->item = item;
	f->attempt = 1;
	f->sent_at = g_get_monotonic_time();
	if (h->cursor != NULL) {
		f->cursor = cursor_copy(h->cursor);
	}
	return f;
}

static void enqueue(host_run *h, struct flight *f)
{
	g_queue_push_tail(&h->flights, f);
	mark(h, f, TRUE);
	if (f->hold) {
		h->hold = TRUE;
	}
}

/* A result that is known without asking the host; a failure stops the sending. Takes r. */
static void enqueue_result(host_run *h, struct flight *f, result *r)
{
	f->result = r;
	f->hold = f->hold || (r->status == STEP_FAILED && !f->ignore_errors);
	enqueue(h, f);
}

/* What an evaluation's error means: wait, or a result. NULL: wait. Frees the error. */
static result *result_of_error(GError *error)
{
	result *r = NULL;
	if (g_error_matches(error, SUTLER_ERROR, SUTLER_ERROR_PENDING)) {
		g_error_free(error);
		return NULL;
	}
	if (g_error_matches(error, SUTLER_ERROR, SUTLER_ERROR_UNPREDICTED)) {
		r = result_new(STEP_UNPREDICTED);
		result_set_text(r, "msg", error->message);
	} else {
		r = result_new_failed("%s", error->message);
	}
	g_error_free(error);
	return r;
}

static char *task_name(host_run *h, const struct task *task)
{
	g_autoptr(value) v = NULL;
	if (task->name != NULL) {
		v = variables_evaluate(h->variables, task->name, NULL);
		return value_to_string(v != NULL ? v : task->name);
	}
	return g_strdup(task->module_name);
}

/* ---- loops ---- */

static value *flatten_once(const value *v)
{
	value *flat = value_new_list();
	value_list_foreach(v, item)
	{
		if (value_is_sequence(item)) {
			value_list_foreach(item, inner)
			{
				value_list_append(flat, value_ref(inner));
			}
		} else {
			value_list_append(flat, value_ref(item));
		}
	}
	return flat;
}

/* with_LOOKUP: the terms go through the lookup of that name. */
static value *looked_up(host_run *h, const struct task *task, const value *terms, GError **error)
{
	g_autoptr(value) terms_dict = value_new_dict();
	value_dict_set(terms_dict, "_terms", value_ref(terms));
	g_autofree char *text = g_strdup_printf("query('%s', *_terms)", task->loop_kind);
	if (!value_is_sequence(terms)) {
		g_free(text);
		text = g_strdup_printf("query('%s', _terms)", task->loop_kind);
	}
	g_autoptr(value) expression = value_new_string(text);
	value_set_position(expression, value_position(task->loop));
	variables_set_loop(h->variables, g_steal_pointer(&terms_dict));
	value *items = template_expression(expression, variables_scope(h->variables), error);
	variables_set_loop(h->variables, NULL);
	return items;
}

value *host_loop_items(host_run *h, const struct task *task, GError **error)
{
	g_autoptr(value) v = variables_evaluate(h->variables, task->loop, error);
	if (v == NULL) {
		return NULL;
	}
	gboolean plain = task->loop_kind == NULL || g_str_equal(task->loop_kind, "loop");
	if (plain || g_str_equal(task->loop_kind, "items") || g_str_equal(task->loop_kind, "list")) {
		if (value_is_sequence(v)) {
			return !plain && g_str_equal(task->loop_kind, "items") ? flatten_once(v)
									       : value_ref(v);
		}
		if (!plain) {
			value *one = value_new_list();
			value_list_append(one, value_ref(v));
			return one;
		}
		error_set_at(error, SUTLER_ERROR_FAILED, value_position(task->loop),
			"'loop' needs a list, not %s: use `loop: \"{{ x | dict2items }}\"` for a mapping",
			value_type_name(v));
		return NULL;
	}
	return looked_up(h, task, v, error);
}

/* ---- conditions ---- */

/* Whether every `when` holds. *ret_false gets the first that does not. */
gboolean host_conditions_hold(host_run *h, const struct task *task, gboolean *ret,
	const value **ret_false, GError **error)
{
	*ret = TRUE;
	for (guint i = 0; task->when != NULL && i < task->when->len && *ret; i++) {
		const value *condition = g_ptr_array_index(task->when, i);
		if (!template_condition(condition, variables_scope(h->variables), ret, error)) {
			return FALSE;
		}
		if (ret_false != NULL) {
			*ret_false = condition;
		}
	}
	return TRUE;
}

static result *skipped(const value *condition)
{
	result *r = result_new(STEP_SKIPPED);
	g_autofree char *text = condition == NULL ? NULL : value_to_string(condition);
	result_set_text(r, "skip_reason", "Conditional result was False");
	if (text != NULL) {
		result_set_text(r, "false_condition", text);
	}
	return r;
}

/* ---- the step itself ---- */

/* Drops what evaluated to `omit`, also inside. */
static value *without_omitted(const value *v)
{
	if (value_is(v, VALUE_DICT)) {
		value *dict = value_new_dict();
		value_dict_foreach(v, key, item)
		{
			if (!variables_is_omit(item)) {
				value_dict_set_value(dict, value_ref(key), without_omitted(item));
			}
		}
		value_set_position(dict, value_position(v));
		return dict;
	}
	if (value_is(v, VALUE_LIST)) {
		value *list = value_new_list();
		value_list_foreach(v, item)
		{
			if (!variables_is_omit(item)) {
				value_list_append(list, without_omitted(item));
			}
		}
		value_set_position(list, value_position(v));
		return list;
	}
	return value_ref(v);
}

/* The environment of the task as quoted assignments, for p_environment. */
static gboolean set_environment(host_run *h, const struct task *task, call *c, GError **error)
{
	g_autoptr(value) all = value_new_dict();
	for (guint i = 0; task->environment != NULL && i < task->environment->len; i++) {
		g_autoptr(value) v =
			variables_evaluate(h->variables, g_ptr_array_index(task->environment, i), error);
		if (v == NULL) {
			return FALSE;
		}
		if (!value_is(v, VALUE_DICT)) {
			error_set_at(error, SUTLER_ERROR_FAILED, task->at, "'environment' must be a mapping");
			return FALSE;
		}
		value_dict_update(all, v);
	}
	GString *words = g_string_new(NULL);
	value_dict_foreach(all, key, item)
	{
		g_autofree char *name = value_to_string(key);
		g_autofree char *text = value_to_string(item);
		g_string_append_printf(words, "%s=", name);
		shell_append_quoted(words, text);
		g_string_append_c(words, ' ');
	}
	call_set_shell(c, "environment", words->str);
	g_string_free(words, TRUE);
	return TRUE;
}

static gboolean step_context(host_run *h, const struct task *task, struct call_context *context,
	GError **error)
{
	const struct run_options *options = h->state->options;
	g_autoptr(value) timeout = NULL;
	*context = (struct call_context){
		.scope = variables_scope(h->variables),
		.host = host_name(h->host),
		.dry = options->check,
		.diff = options->diff,
		.at = task->arguments_at.file != NULL ? task->arguments_at : task->at,
		.cancel = options->cancel,
		.until = DEADLINE_NONE,
	};
	if (task->timeout != NULL) {
		timeout = variables_evaluate(h->variables, task->timeout, error);
		if (timeout == NULL) {
			return FALSE;
		}
		if (value_is(timeout, VALUE_INT)) {
			context->until = deadline_in((double)value_int(timeout));
		}
	}
	/* `check_mode: false` runs even in a dry run; `check_mode: true` never changes anything. */
	return host_flag(h, task->check_mode, options->check, &context->check, error);
}

call *host_make_call(host_run *h, const struct task *task, GError **error)
{
	struct call_context context;
	if (!step_context(h, task, &context, error)) {
		return NULL;
	}
	g_autoptr(value) evaluated = variables_evaluate(h->variables, task->arguments, error);
	if (evaluated == NULL) {
		return NULL;
	}
	g_autoptr(value) arguments = without_omitted(evaluated);
	g_autoptr(call) c = module_call_new(task->module, arguments, &context, error);
	if (c == NULL) {
		return NULL;
	}
	if (task->module->script != NULL) {
		g_autofree char *seconds = context.until == DEADLINE_NONE
			? g_strdup("")
			: g_strdup_printf("%d", deadline_milliseconds(context.until) / 1000);
		call_set_shell(c, "timeout", seconds);
		if (!set_environment(h, task, c, error)) {
			return NULL;
		}
	}
	return g_steal_pointer(&c);
}

/* Whether its result decides what happens next, so that nothing may be sent behind it. */
static gboolean must_hold(const struct task *task)
{
	gboolean constant = task->changed_when == NULL || value_is(task->changed_when, VALUE_BOOL);
	return task->failed_when != NULL || task->until != NULL || !constant;
}

void host_sync(host_run *h)
{
	if (h->unsynced && h->lane != NULL) {
		g_autofree char *line = g_strdup_printf("synced %" G_GUINT64_FORMAT, ++h->last_sync);
		shell_send(lane_shell(h->lane), line, NULL);
		h->unsynced = FALSE;
	}
}

static gboolean any_remote(host_run *h)
{
	for (GList *l = h->flights.head; l != NULL; l = l->next) {
		if (((struct flight *)l->data)->id != 0) {
			return TRUE;
		}
	}
	return FALSE;
}

static void transmit(host_run *h, struct flight *f, gboolean with_body)
{
	shell *sh = lane_shell(f->lane);
	if (h->needs_resume) {
		shell_send(sh, "resume", NULL);
		h->needs_resume = FALSE;
	}
	shell_send(sh, f->line, with_body ? f->call->body : NULL);
	if (f->ends_loop) {
		shell_send(sh, "loop_end", NULL);
	}
	h->unsynced = TRUE;
}

/* All items of a loop are on their way: the host stops behind them when one has failed. */
static void end_loop(host_run *h, const struct task_run *run)
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

/* The lane for a task. FALSE without an error: what is in flight on another lane must come in first. */
static gboolean choose_lane(host_run *h, const struct task *task, const call *c, lane **ret,
	GError **error)
{
	struct become who;
	const struct run_options *options = h->state->options;
	*ret = NULL;
	if (!host_become(h, task, &who, error)) {
		return FALSE;
	}
	gboolean same = h->lane != NULL && g_strcmp0(h->lane_user, who.user) == 0;
	if (!same && any_remote(h)) {
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
			enqueue_result(h, f, result_new_failed("%s", error->message));
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
	f->answer = remote_answer_new();
	f->line = remote_line(f->call, f->id, flight_keep_going(f));
	transmit(h, f, FALSE);
	enqueue(h, f);
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
		r = result_of_error(g_steal_pointer(&error));
	}
	if (r == NULL) {
		flight_free(f);
		return ADVANCE_WAIT;
	}
	enqueue_result(h, f, r);
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
	f->loop = loop_variables(f->run, f->item);
	variables_set_task(h->variables, task);
	variables_set_loop(h->variables, f->loop == NULL ? NULL : value_ref(f->loop));
	if (!host_flag(h, task->ignore_errors, FALSE, &f->ignore_errors, &error) ||
		!host_flag(h, task->no_log, FALSE, &f->no_log, &error) ||
		!host_conditions_hold(h, task, &hold, &condition, &error)) {
		goto failed;
	}
	if (!hold) {
		return skipped(condition);
	}
	f->call = host_make_call(h, task, &error);
	if (f->call != NULL) {
		f->hold = must_hold(task);
		return NULL;
	}
failed:;
	result *r = result_of_error(error);
	*ret_wait = r == NULL;
	return r;
}

static enum advance send_flight(host_run *h, struct flight *f)
{
	gboolean wait = FALSE;
	result *known = prepare(h, f, &wait);
	if (wait) {
		flight_free(f);
		return ADVANCE_WAIT;
	}
	if (known != NULL) {
		enqueue_result(h, f, known);
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
	if (send_flight(h, f) == ADVANCE_WAIT) {
		/* Nothing is in flight: what it waits for will never come. */
		struct flight *failed = flight_new(h, old->run, old->item);
		enqueue_result(h, failed, result_new_failed("depends on a result that never came"));
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

/* ---- tasks of other kinds ---- */

/* A task that only says something: one ok result. Takes r. */
static void enqueue_plain(host_run *h, const struct task *task, result *r)
{
	struct task_run *run = g_new0(struct task_run, 1);
	run->references = 1;
	run->task = task;
	run->name = task_name(h, task);
	struct flight *f = flight_new(h, run, 0);
	task_run_unref(run);
	enqueue_result(h, f, r);
}

static gboolean notifies_in_flight(host_run *h)
{
	for (GList *l = h->flights.head; l != NULL; l = l->next) {
		const struct flight *f = l->data;
		if (f->run->task->notify != NULL && f->run->task->notify->len > 0) {
			return TRUE;
		}
	}
	return FALSE;
}

static void take_notified(host_run *h, const GPtrArray *handlers, GPtrArray *list)
{
	for (guint i = 0; handlers != NULL && i < handlers->len; i++) {
		gpointer handler = g_ptr_array_index(handlers, i);
		if (g_hash_table_remove(h->notified, handler)) {
			g_ptr_array_add(list, handler);
		}
	}
}

static enum advance flush_handlers(host_run *h)
{
	/* What is taken here would be lost if a step before it failed: the cursor goes back, handlers do not. */
	gboolean any = g_hash_table_size(h->notified) > 0;
	if (any ? !g_queue_is_empty(&h->flights) : notifies_in_flight(h)) {
		return ADVANCE_WAIT;
	}
	g_autoptr(GPtrArray) list = g_ptr_array_new();
	take_notified(h, h->play->handlers, list);
	take_notified(h, h->extra_handlers, list);
	if (list->len == 0) {
		cursor_next(h->cursor);
	} else {
		/* The cursor stays at the flush: handlers may notify handlers. */
		cursor_enter(h->cursor, list, TRUE, NULL);
	}
	return ADVANCE_SENT;
}

static enum advance advance_meta(host_run *h, const struct task *task)
{
	const value *what = value_dict_get(task->arguments, "_raw_params");
	const char *word = value_is(what, VALUE_STRING) ? value_string(what) : "";
	gboolean hold = TRUE;
	const value *condition = NULL;
	g_autoptr(GError) error = NULL;
	variables_set_task(h->variables, task);
	if (!host_conditions_hold(h, task, &hold, &condition, &error)) {
		if (g_error_matches(error, SUTLER_ERROR, SUTLER_ERROR_PENDING)) {
			return ADVANCE_WAIT;
		}
		enqueue_plain(h, task, result_of_error(g_steal_pointer(&error)));
		cursor_next(h->cursor);
		return ADVANCE_SENT;
	}
	if (hold && g_str_equal(word, "flush_handlers")) {
		return flush_handlers(h);
	}
	if (hold && (g_str_equal(word, "end_host") || g_str_equal(word, "end_play"))) {
		if (!g_queue_is_empty(&h->flights)) {
			return ADVANCE_WAIT;
		}
		cursor_end(h->cursor);
		return ADVANCE_SENT;
	}
	cursor_next(h->cursor);
	return ADVANCE_SENT;
}

static const GPtrArray *load_include(host_run *h, const struct task *task, const value *arguments,
	char **ret_what, GError **error)
{
	const struct run_options *options = h->state->options;
	if (task->kind == TASK_INCLUDE_ROLE) {
		const value *name = value_dict_get(arguments, "name");
		*ret_what = name == NULL ? g_strdup("role") : value_to_string(name);
		return playbook_load_role(options->playbook, h->play, task, arguments,
			options->playbook_options, &h->extra_handlers, error);
	}
	const value *file = value_dict_get(arguments, "file");
	file = file != NULL ? file : value_dict_get(arguments, "_raw_params");
	g_autofree char *name = file == NULL ? g_strdup("") : value_to_string(file);
	g_autofree char *path = playbook_find_tasks(options->playbook, task, name);
	if (path == NULL) {
		error_set_at(error, SUTLER_ERROR_FAILED, task->at, "no file '%s' to include", name);
		return NULL;
	}
	*ret_what = g_strdup(path);
	return playbook_load_tasks(options->playbook, h->play, task, path, options->playbook_options,
		error);
}

/* One item of an include: its tasks are entered in place of it. */
static result *include_item(host_run *h, struct task_run *run, gsize i, gboolean *ret_wait)
{
	const struct task *task = run->task;
	GError *error = NULL;
	gboolean hold = TRUE;
	const value *condition = NULL;
	g_autoptr(value) loop = loop_variables(run, i);
	variables_set_loop(h->variables, loop == NULL ? NULL : value_ref(loop));
	*ret_wait = FALSE;
	if (host_conditions_hold(h, task, &hold, &condition, &error)) {
		if (!hold) {
			return skipped(condition);
		}
		g_autoptr(value) arguments = variables_evaluate(h->variables, task->arguments, &error);
		g_autofree char *what = NULL;
		const GPtrArray *tasks =
			arguments == NULL ? NULL : load_include(h, task, arguments, &what, &error);
		if (tasks != NULL) {
			result *r = result_new(STEP_OK);
			g_autofree char *said = g_strconcat("included: ", what, NULL);
			result_set_text(r, "msg", said);
			cursor_enter(h->cursor, tasks, FALSE, g_steal_pointer(&loop));
			return r;
		}
	}
	result *r = result_of_error(error);
	*ret_wait = r == NULL;
	return r;
}

/* Includes are entered only when all earlier results are in: their tasks depend on them. */
static enum advance advance_include(host_run *h, struct task_run *run)
{
	if (!g_queue_is_empty(&h->flights)) {
		return ADVANCE_WAIT;
	}
	g_autoptr(cursor) at = cursor_copy(h->cursor);
	gsize n = run->items == NULL ? 1 : value_list_length(run->items);
	g_autoptr(GPtrArray) results = g_ptr_array_new();
	cursor_next(h->cursor);
	for (gsize i = n; i > 0; i--) {
		gboolean wait = FALSE;
		g_ptr_array_add(results, include_item(h, run, i - 1, &wait));
	}
	for (gsize i = n; i > 0; i--) {
		struct flight *f = flight_new(h, run, n - i);
		cursor_free(f->cursor);
		f->cursor = cursor_copy(at);
		f->loop = loop_variables(run, n - i);
		result *r = g_ptr_array_index(results, i - 1);
		enqueue_result(h, f, r != NULL ? r : result_new_failed("depends on an unknown result"));
	}
	return ADVANCE_SENT;
}

/* ---- the task at the cursor ---- */

/* Begins the task: its loop's items. NULL: wait (*ret_wait) or it is in the queue already. */
static struct task_run *begin(host_run *h, const struct task *task, gboolean *ret_wait)
{
	GError *error = NULL;
	g_autoptr(value) items = NULL;
	*ret_wait = FALSE;
	variables_set_task(h->variables, task);
	value *outer = cursor_variables(h->cursor);
	variables_set_loop(h->variables, outer == NULL ? NULL : value_ref(outer));
	struct task_run *run = g_new0(struct task_run, 1);
	run->references = 1;
	run->task = task;
	run->outer = outer;
	run->handler = cursor_in_handlers(h->cursor);
	run->name = task_name(h, task);
	if (task->loop == NULL) {
		return run;
	}
	run->items = host_loop_items(h, task, &error);
	result *r = NULL;
	if (run->items == NULL) {
		/* As Ansible: a loop that cannot be evaluated does not matter when the task is skipped. */
		gboolean hold = TRUE;
		const value *condition = NULL;
		if (error->code != SUTLER_ERROR_PENDING &&
			host_conditions_hold(h, task, &hold, &condition, NULL) && !hold) {
			g_clear_error(&error);
			r = skipped(condition);
		} else {
			r = result_of_error(error);
		}
		*ret_wait = r == NULL;
	} else if (value_list_length(run->items) == 0) {
		r = result_new(STEP_SKIPPED);
		result_set_text(r, "skipped_reason", "No items in the list");
		value_clear(&run->items);
	} else {
		run->results = value_new_list();
		return run;
	}
	if (r != NULL) {
		struct flight *f = flight_new(h, run, 0);
		enqueue_result(h, f, r);
		cursor_next(h->cursor);
	}
	task_run_unref(run);
	return NULL;
}

static gboolean selected(host_run *h, const struct task *task)
{
	const struct run_options *options = h->state->options;
	if (task == h->state->facts_task) {
		return TRUE;
	}
	if (!h->found_start) {
		if (!value_is(task->name, VALUE_STRING) ||
			!g_str_equal(value_string(task->name), options->start_at)) {
			return FALSE;
		}
		h->found_start = TRUE;
	}
	return cursor_in_handlers(h->cursor) ||
		playbook_tags_match(task->tags, options->tags, options->skip_tags);
}

static void tell_task(host_run *h, const struct task_run *run)
{
	struct event event = {
		.kind = EVENT_TASK,
		.task = { .host = host_name(h->host), .name = run->name },
	};
	run_emit(h->state, &event);
}

static enum advance advance_task(host_run *h, const struct task *task)
{
	gboolean wait = FALSE;
	if (h->current == NULL) {
		struct task_run *run = begin(h, task, &wait);
		if (run == NULL) {
			return wait ? ADVANCE_WAIT : ADVANCE_SENT;
		}
		if (task->kind != TASK_MODULE) {
			enum advance how = advance_include(h, run);
			task_run_unref(run);
			return how;
		}
		tell_task(h, run);
		h->current = run;
	}
	struct task_run *run = h->current;
	enum advance how = send_flight(h, flight_new(h, run, run->sent));
	if (how != ADVANCE_SENT) {
		return how;
	}
	run->sent++;
	if (run->items == NULL || run->sent == value_list_length(run->items)) {
		end_loop(h, run);
		g_clear_pointer(&h->current, task_run_unref);
		cursor_next(h->cursor);
	}
	return ADVANCE_SENT;
}

enum advance host_advance(host_run *h)
{
	gboolean failed = FALSE;
	if (cancel_requested(h->state->options->cancel) || g_atomic_int_get(&h->state->abort)) {
		return ADVANCE_END;
	}
	const struct task *task = cursor_task(h->cursor, &failed);
	if (task == NULL) {
		h->failed = h->failed || failed;
		return ADVANCE_END;
	}
	if (task->kind == TASK_META) {
		return advance_meta(h, task);
	}
	if (h->current == NULL && !selected(h, task)) {
		cursor_next(h->cursor);
		return ADVANCE_SENT;
	}
	return advance_task(h, task);
}
