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

/* All scripts, as a run would send those it needs. A variable that nobody has set ends the shell.
 */
static char *all_scripts(void)
{
	gsize n = 0;
	const struct module *const *all = module_all(&n);
	g_autoptr(GHashTable) seen = g_hash_table_new(NULL, NULL);
	GString *text = g_string_new("set -u\n");
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
	if (c->files != NULL) {
		shell_send_payload(s, line, c->files);
	} else {
		shell_send(s, line, c->body);
	}
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

/* Arguments that are no text: "bytes" holds them in base64. */
static void add_bytes(const value *step)
{
	const value *bytes = value_dict_get(step, "bytes");
	value *arguments = value_dict_get(step, "args");
	for (gsize i = 0; bytes != NULL && i < value_dict_length(bytes); i++) {
		gsize length = 0;
		g_autofree guchar *text =
			g_base64_decode(value_string(value_dict_item_at(bytes, i)), &length);
		value_dict_set(arguments, value_string(value_dict_key_at(bytes, i)),
			value_new_bytes((const char *)text, length, 0));
	}
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
		add_bytes(step);
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

static void add_row(value *rows, const struct parameter *row)
{
	static const char *const types[] = {
		[PARAMETER_TEXT] = "text",
		[PARAMETER_PATH] = "path",
		[PARAMETER_BOOL] = "bool",
		[PARAMETER_INT] = "int",
		[PARAMETER_FLOAT] = "float",
		[PARAMETER_LIST] = "list",
		[PARAMETER_DICT] = "dict",
		[PARAMETER_ANY] = "any",
		[PARAMETER_MODE] = "mode",
	};
	value *v = value_new_dict();
	value_dict_set(v, "name", value_new_string(row->name));
	value_dict_set(v, "type", value_new_string(types[row->type]));
	value_dict_set(v, "required", value_new_bool((row->flags & PARAMETER_REQUIRED) != 0));
	value_dict_set(v, "choices", value_new_string(row->choices != NULL ? row->choices : ""));
	value_list_append(rows, v);
}

/* Every module and its parameters, for the sweep. */
static void print_tables(void)
{
	gsize n = 0;
	const struct module *const *all = module_all(&n);
	g_autoptr(value) tables = value_new_dict();
	for (gsize i = 0; i < n; i++) {
		value *rows = value_new_list();
		for (const struct parameter *row = all[i]->parameters;
			row != NULL && row->name != NULL; row++) {
			add_row(rows, row);
		}
		const struct parameter *row =
			(all[i]->flags & MODULE_ATTRIBUTES) ? module_attribute_parameters : NULL;
		for (; row != NULL && row->name != NULL; row++) {
			add_row(rows, row);
		}
		static const struct parameter text = { .name = "_raw_params" };
		if (all[i]->flags & MODULE_FREE_FORM) {
			add_row(rows, &text);
		}
		value_dict_set(tables, all[i]->name, rows);
	}
	g_autofree char *text = json_write(tables, NULL, NULL);
	puts(text);
}

int main(int argc, char **argv)
{
	if (argc > 1 && g_str_equal(argv[1], "--tables")) {
		print_tables();
		return 0;
	}
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
