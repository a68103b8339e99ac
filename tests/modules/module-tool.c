/* Runs modules against a shell on this machine: steps from stdin as JSON, one a line, results to
 * stdout. */
#include "run/remote.h"
#include "value/json.h"

#include <stdio.h>
#include <string.h>

static value *lookup(gpointer data, const char *name, GError **error)
{
	(void)data;
	(void)name;
	(void)error;
	return NULL;
}

static const char *const here[] = { ".", NULL };
static const struct template_scope scope = { NULL, lookup, NULL, here, here };

/* All scripts, as a run would send those it needs. */
static char *all_scripts(void)
{
	gsize n = 0;
	const struct module *const *all = module_all(&n);
	g_autoptr(GHashTable) seen = g_hash_table_new(NULL, NULL);
	GString *text = g_string_new(NULL);
	for (gsize i = 0; i < n; i++) {
		if (all[i]->script != NULL && g_hash_table_add(seen, (gpointer)all[i]->script)) {
			g_string_append(text, all[i]->script);
		}
	}
	return g_string_free(text, FALSE);
}

static gboolean send_again(shell *s, call *c, frame *f, guint64 id, GError **error)
{
	if (c->module->answer != NULL && frame_get(f, "content") != NULL) {
		const struct frame_field *content = frame_get(f, "content");
		g_autoptr(GBytes) bytes = g_bytes_new(content->text, content->length);
		if (!c->module->answer(c, bytes, error)) {
			return FALSE;
		}
	}
	g_autofree char *line = remote_line(c, id, "1");
	shell_send(s, "resume", NULL);
	shell_send(s, line, c->body);
	return TRUE;
}

static result *run_there(shell *s, call *c, guint64 id, guint *exchanges, GError **error)
{
	g_autoptr(remote_answer) answer = remote_answer_new();
	g_autofree char *line = remote_line(c, id, "1");
	*exchanges = 1;
	shell_send(s, line, NULL);
	for (;;) {
		frame *f = shell_receive(s, deadline_in(120), NULL, error);
		if (f == NULL) {
			g_prefix_error(error, "noise '%s': ", shell_noise(s));
			return NULL;
		}
		if (g_str_equal(f->type, "result")) {
			result *r = remote_answer_result(answer, c, f);
			frame_free(f);
			return r;
		}
		if (g_str_equal(f->type, "want")) {
			*exchanges += 1;
			if (!send_again(s, c, f, id, error)) {
				frame_free(f);
				shell_send(s, "resume", NULL);
				return NULL;
			}
		}
		if (f->id == 0) {
			frame_free(f);
		} else {
			remote_answer_add(answer, f);
		}
	}
}

static value *diff_value(const struct file_diff *diff)
{
	value *v = value_new_dict();
	value_dict_set(v, "path", value_new_string(diff->path));
	for (int i = 0; i < 2; i++) {
		GBytes *bytes = i == 0 ? diff->before : diff->after;
		gsize size = 0;
		const char *data = bytes == NULL ? NULL : g_bytes_get_data(bytes, &size);
		value_dict_set(v, i == 0 ? "before" : "after",
			bytes == NULL ? value_new_null()
				      : value_new_string_length(data == NULL ? "" : data, size));
	}
	return v;
}

static void print_result(const result *r, guint exchanges)
{
	g_autoptr(value) all = value_new_dict();
	value *diffs = value_new_list();
	for (guint i = 0; i < r->diffs->len; i++) {
		value_list_append(diffs, diff_value(g_ptr_array_index(r->diffs, i)));
	}
	value_dict_set(all, "status", value_new_string(step_status_name(r->status)));
	value_dict_set(all, "exchanges", value_new_int(exchanges));
	value_dict_set(all, "fields", value_ref(r->fields));
	value_dict_set(all, "diffs", diffs);
	g_autofree char *text = json_write(all, NULL, NULL);
	puts(text);
	(void)fflush(stdout);
}

static void run_line(shell *s, const char *line, guint64 id)
{
	g_autoptr(GError) error = NULL;
	g_autoptr(value) step = json_parse(line, strlen(line), "stdin", &error);
	g_autoptr(result) r = NULL;
	guint exchanges = 0;
	const struct module *m =
		step == NULL ? NULL : module_find(value_string(value_dict_get(step, "module")));
	if (m != NULL) {
		const value *check = value_dict_get(step, "check");
		gboolean is_dry = check != NULL && value_truth(check);
		struct call_context context = { .scope = &scope,
			.host = "test",
			.check = is_dry,
			.dry = is_dry,
			.diff = TRUE,
			.until = deadline_in(60) };
		g_autoptr(call) c =
			module_call_new(m, value_dict_get(step, "args"), &context, &error);
		if (c != NULL) {
			r = m->script == NULL ? m->run_here(c, &error)
					      : run_there(s, c, id, &exchanges, &error);
		}
	}
	if (r == NULL) {
		r = result_new_failed("%s", error == NULL ? "no such module" : error->message);
		result_set(r, "refused", value_new_bool(TRUE));
	}
	print_result(r, exchanges);
}

int main(void)
{
	g_autoptr(GError) error = NULL;
	g_autofree char *scripts = all_scripts();
	struct shell_options options = { .scripts = scripts };
	struct connection_options where = { .kind = "local", .name = "test" };
	g_autoptr(connection) conn = connection_open(&where, NULL, &error);
	g_autoptr(shell) s = shell_open(conn, &options, deadline_in(10), NULL, &error);
	char *line = NULL;
	size_t capacity = 0;
	for (guint64 id = 1; s != NULL && getline(&line, &capacity, stdin) > 0; id++) {
		run_line(s, line, id);
	}
	free(line);
	if (s == NULL) {
		(void)fprintf(stderr, "%s\n", error->message);
		return 1;
	}
	return 0;
}
