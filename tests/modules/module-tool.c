/* Runs modules against a shell on this machine: steps from stdin as JSON, one a line, results to stdout. */
#include "run/remote.h"
#include "value/json.h"

#include <fcntl.h>
#include <glib/gstdio.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

/* A connection of the test's own: the shell as a child process, whatever `sh` is in PATH. */
struct stream {
	GPid pid;
	int in, out, err;
	GByteArray *unsent;
};

stream *stream_open(connection *conn, const char *command, deadline until, const cancel *c,
	GError **error)
{
	(void)conn;
	(void)until;
	(void)c;
	stream *s = g_new0(stream, 1);
	const char *words[] = { "/bin/sh", "-c", command, NULL };
	s->unsent = g_byte_array_new();
	if (!g_spawn_async_with_pipes(NULL, (char **)words, NULL, G_SPAWN_DO_NOT_REAP_CHILD, NULL, NULL, &s->pid,
		    &s->in, &s->out, &s->err, error)) {
		g_byte_array_unref(s->unsent);
		g_free(s);
		return NULL;
	}
	(void)fcntl(s->in, F_SETFL, O_NONBLOCK);
	return s;
}

void stream_close(stream *s)
{
	close(s->in);
	close(s->out);
	close(s->err);
	g_spawn_close_pid(s->pid);
	g_byte_array_unref(s->unsent);
	g_free(s);
}

void stream_write(stream *s, gconstpointer bytes, gsize length)
{
	g_byte_array_append(s->unsent, bytes, (guint)length);
}

static gboolean read_some(int descriptor, GByteArray *into)
{
	guint8 buffer[65536];
	ssize_t n = read(descriptor, buffer, sizeof buffer);
	if (n > 0) {
		g_byte_array_append(into, buffer, (guint)n);
	}
	return n > 0;
}

gboolean stream_wait(stream *s, GByteArray *out, GByteArray *err, gboolean *ret_ended,
	deadline until, const cancel *c, GError **error)
{
	(void)c;
	for (;;) {
		struct pollfd fds[] = { { s->out, POLLIN, 0 }, { s->err, POLLIN, 0 },
			{ s->unsent->len > 0 ? s->in : -1, POLLOUT, 0 } };
		if (poll(fds, 3, deadline_milliseconds(until)) <= 0) {
			error_set(error, SUTLER_ERROR_TIMEOUT, "the shell does not answer");
			return FALSE;
		}
		if (fds[2].revents != 0) {
			ssize_t n = write(s->in, s->unsent->data, s->unsent->len);
			if (n > 0) {
				g_byte_array_remove_range(s->unsent, 0, (guint)n);
			} else {
				g_byte_array_set_size(s->unsent, 0);
			}
		}
		if (fds[1].revents & POLLIN) {
			(void)read_some(s->err, err);
			return TRUE;
		}
		if (fds[0].revents != 0) {
			*ret_ended = !read_some(s->out, out);
			return TRUE;
		}
	}
}

int stream_exit_status(const stream *s, const char **ret_signal)
{
	(void)s;
	*ret_signal = NULL;
	return -1;
}

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
	g_autofree char *line = remote_line(c, id, TRUE);
	shell_send(s, "resume", NULL);
	shell_send(s, line, c->body);
	return TRUE;
}

static result *run_there(shell *s, call *c, guint64 id, guint *exchanges, GError **error)
{
	g_autoptr(remote_answer) answer = remote_answer_new(c);
	g_autofree char *line = remote_line(c, id, TRUE);
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
		struct call_context context = { .scope = &scope,
			.host = "test",
			.check = value_truth(value_dict_get(step, "check")),
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
	g_autoptr(shell) s = shell_open(NULL, &options, deadline_in(10), NULL, &error);
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
