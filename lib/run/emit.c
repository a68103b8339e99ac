/* The way of events out of a run. */
#include "run/run-state.h"

void run_emit(struct run_state *state, const struct event *event)
{
	g_mutex_lock(&state->lock);
	state->options->emit(event, state->options->emit_data);
	g_mutex_unlock(&state->lock);
}

static void warn(struct run_state *state, const char *text)
{
	struct event event = { .kind = EVENT_WARNING, .warning = text };
	run_emit(state, &event);
}

void run_warn(struct run_state *state, const char *format, ...)
{
	va_list arguments;
	va_start(arguments, format);
	g_autofree char *text = g_strdup_vprintf(format, arguments);
	va_end(arguments);
	warn(state, text);
}

void run_warn_once(struct run_state *state, const char *name, const char *remark)
{
	g_mutex_lock(&state->lock);
	gboolean first = g_hash_table_add(state->remarks, g_strdup(remark));
	g_mutex_unlock(&state->lock);
	if (first) {
		run_warn(state, "host '%s': %s", name, remark);
	}
}
