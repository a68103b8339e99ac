/* Lookups of what commands print here. */
#include "template/lookup.h"

#include "base/program.h"
#include "jinja/engine/markup.h"
#include "jinja/engine/operators.h"
#include "jinja/library/text.h"
#include "jinja/syntax/limits.h"
#include "template/run.h"

enum { COMMAND_SECONDS = 300 };

/* What a shell command prints; NULL on failure. */
static GString *command_output(struct jinja_call *c, const char *command)
{
	const char *folder = run_of(c->e)->scope->base_folder;
	const char *argv[] = { "/bin/sh", "-c", command, NULL };
	struct program_result result;
	g_autoptr(GError) error = NULL;
	if (!program_run_beside(
		    folder, argv, LIMIT_BYTES, deadline_in(COMMAND_SECONDS), &result, &error)) {
		if (error->code == SUTLER_ERROR_TIMEOUT) {
			return jinja_fail_usage(c->e, "lookup '%s': '%s' did not end within %d s",
				c->name, command, COMMAND_SECONDS);
		}
		return jinja_fail_usage(c->e, "lookup '%s': %s", c->name, error->message);
	}
	GString *text = NULL;
	if (result.status != 0) {
		jinja_fail_usage(
			c->e, "lookup '%s': '%s' returned %d", c->name, command, result.status);
	} else if (check_size(c->e, result.length)) {
		text = g_string_new_len(result.output, (gssize)result.length);
	}
	program_result_clear(&result);
	return text;
}

value *lookup_pipe(struct jinja_call *c)
{
	g_autoptr(value) out = value_new_list();
	for (guint i = 0; i < c->n_extra; i++) {
		g_autoptr(value) command = text_of(c->extra[i]);
		g_autoptr(GString) text = command_output(c, value_string(command));
		if (text == NULL) {
			return NULL;
		}
		g_autoptr(value) whole = value_new_bytes(text->str, text->len, 0);
		g_autoptr(value) valid = value_valid(whole);
		const char *from = NULL;
		const char *to = NULL;
		text_strip(value_string(valid), value_string_length(valid), NULL, FALSE, TRUE,
			&from, &to);
		value_list_append(out, value_new_string_length(from, (gsize)(to - from)));
	}
	return g_steal_pointer(&out);
}

value *lookup_lines(struct jinja_call *c)
{
	g_autoptr(value) out = value_new_list();
	for (guint i = 0; i < c->n_extra; i++) {
		const char *command = lookup_term(c, i);
		g_autoptr(GString) text = command != NULL ? command_output(c, command) : NULL;
		if (text == NULL) {
			return NULL;
		}
		g_autoptr(value) bytes = value_new_bytes(text->str, text->len, 0);
		g_autoptr(value) whole = value_valid(bytes);
		g_autoptr(value) lines = text_splitlines(whole, FALSE);
		value_list_foreach (lines, line) {
			value_list_append(out, value_ref(line));
		}
	}
	return g_steal_pointer(&out);
}
