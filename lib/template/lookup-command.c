/* Lookups of what commands print here. */
#include "template/lookup.h"

#include <string.h>
#include <sys/wait.h>

#include "template/operators.h"
#include "template/text.h"

/* What a shell command prints; NULL on failure. */
static GString *command_output(struct call *c, const char *command)
{
	const char *folder = c->e->shared->scope->base_folder;
	const char *argv[] = { "/bin/sh", "-c", command, NULL };
	GError *error = NULL;
	g_autofree char *out = NULL;
	int status = 0;
	if (!g_spawn_sync(folder, (char **)argv, NULL, G_SPAWN_CHILD_INHERITS_STDIN, NULL, NULL,
		    &out, NULL, &status, &error)) {
		template_fail_usage(c->e, "lookup '%s': %s", c->name, error->message);
		g_error_free(error);
		return NULL;
	}
	if (!WIFEXITED(status) || WEXITSTATUS(status) != 0) {
		return template_fail_usage(c->e, "lookup '%s': '%s' returned %d", c->name, command,
			WIFEXITED(status) ? WEXITSTATUS(status) : -WTERMSIG(status));
	}
	return check_size(c->e, strlen(out)) ? g_string_new(out) : NULL;
}

value *lookup_pipe(struct call *c)
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

value *lookup_lines(struct call *c)
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
