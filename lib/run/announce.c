/* What is told of a step: its event, and which of its texts are secret. */
#include "run/walker-private.h"

#include "base/secret-names.h"
#include "base/secret.h"
#include "value/secrets.h"

#include <string.h>

static guint number_of(const walker *w, const struct task *task)
{
	for (; task != NULL; task = task->parent) {
		guint number = GPOINTER_TO_UINT(g_hash_table_lookup(w->state->numbers, task));
		if (number != 0) {
			return number;
		}
	}
	return 0;
}

static double elapsed_of(walker *w, const struct step *s)
{
	gint64 now = g_get_monotonic_time();
	gint64 from = MAX(s->sent_at, w->last_result_at);
	w->last_result_at = now;
	return (double)(now - from) / G_USEC_PER_SEC;
}

static const value *shown_item(walker *w, const struct step *s)
{
	const struct task *task = s->run->task;
	if (s->run->items == NULL) {
		return NULL;
	}
	if (task->loop_label != NULL) {
		return variables_evaluate(w->variables, task->loop_label, NULL);
	}
	return value_ref(value_list_get(s->run->items, s->item));
}

static gsize length_of(const result *r, const char *name)
{
	const value *v = value_dict_get(r->fields, name);
	return value_is(v, VALUE_STRING) ? value_string_length(v) : 0;
}

void walker_emit_step(walker *w, const struct step *s, const result *r)
{
	const struct task *task = s->run->task;
	g_autoptr(value) item = (value *)shown_item(w, s);
	g_autofree char *where = position_prefix(task->at);
	g_autoptr(GPtrArray) none = g_ptr_array_new();
	/* debug shows what it was given in its own form. */
	gsize message_length = 0;
	gboolean as_text = g_str_equal(task->module_name, "debug");
	g_autofree char *message = result_message(r, as_text, &message_length);
	gboolean hide = s->no_log;
	gboolean diff = w->state->options->check || w->state->options->diff;
	(void)walker_flag(
		w, task->diff, diff, &diff, NULL); /* evaluated before the step was sent */
	char *colon = strrchr(where, ':');
	if (colon != NULL) {
		*colon = '\0';
	}
	struct event event = {
		.kind = EVENT_STEP,
		.step = {
			.host = host_name(w->host),
			.play = w->play_name,
			.step = number_of(w, task),
			.name = s->run->name,
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
			.elapsed = elapsed_of(w, s),
			.diffs = hide || !diff ? none : r->diffs,
			.fields = hide ? NULL : r->fields,
			.where = w->state->options->no_positions ? "" : where,
			.handler = s->run->handler,
			.due_since = walker_due_since(w, task),
			.show_diff = diff,
		},
	};
	run_emit(w->state, &event);
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

void walker_register_secrets(const struct step *s, const result *r)
{
	const struct task *task = s->run->task;
	secrets_register(r->fields);
	if (s->no_log || (task->register_name != NULL && secret_name(task->register_name))) {
		register_result(task, r);
	}
}

/* A command's output was longer than what is taken of it: that is said, and where something reads
 * the text the step fails. */
void walker_check_cut(walker *w, const struct step *s, result *r)
{
	const char *which = value_dict_get(r->fields, "stdout_cut") != NULL   ? "stdout"
			    : value_dict_get(r->fields, "stderr_cut") != NULL ? "stderr"
									      : NULL;
	if (which == NULL) {
		return;
	}
	gsize limit = w->state->options->output_limit;
	g_autofree char *said = g_strdup_printf("%s is longer than the limit of %zu KiB (setting "
						"output_limit), the rest was dropped",
		which, (limit > 0 ? limit : 16384 * 1024) / 1024);
	g_autofree char *text =
		g_strdup_printf("host '%s': '%s': %s", host_name(w->host), s->run->name, said);
	struct event event = { .kind = EVENT_WARNING, .warning = text };
	run_emit(w->state, &event);
	if (s->run->task->register_name != NULL && r->status != STEP_FAILED) {
		result_fail(r, said);
	}
}
