/* Consumers of events: what people and programs read, and what nobody may read. */
#include "report/report.h"

#include <fcntl.h>
#include <signal.h>
#include <string.h>
#include <unistd.h>

#include "report/human.h"
#include "report/json.h"
#include "value/json.h"

/* A file that both output streams go to. */
static int make_file(void)
{
	g_autofree char *path = NULL;
	int descriptor = g_file_open_tmp("report-XXXXXX", &path, NULL);
	g_assert_cmpint(descriptor, >=, 0);
	g_assert_cmpint(unlink(path), ==, 0);
	return descriptor;
}

static char *contents(int descriptor)
{
	off_t size = lseek(descriptor, 0, SEEK_END);
	char *text = g_malloc0((gsize)size + 1);
	g_assert_cmpint(pread(descriptor, text, (gsize)size, 0), ==, size);
	close(descriptor);
	return text;
}

static char *hide(const char *text, gsize length, gsize *ret_length, gpointer data)
{
	(void)data;
	g_autofree char *copy = g_strndup(text, length);
	if (strstr(copy, "hunter2") == NULL) {
		return NULL;
	}
	GString *masked = g_string_new(copy);
	g_string_replace(masked, "hunter2", "********", 0);
	*ret_length = masked->len;
	return g_string_free(masked, FALSE);
}

static GBytes *bytes(const char *text)
{
	return g_bytes_new(text, strlen(text));
}

static struct event step_event(enum step_status status, const char *name)
{
	return (struct event){ .kind = EVENT_STEP,
		.step = { .host = "web1",
			.play = "site",
			.step = 3,
			.name = name,
			.module = "template",
			.status = status,
			.message = "",
			.stdout_text = "",
			.stderr_text = "",
			.elapsed = 0.0123,
			.where = "deploy.yml:4:7",
			.show_diff = TRUE } };
}

static void emit_start(report *r, gboolean check)
{
	static const char *const hosts[] = { "web1", NULL };
	struct event event = { .kind = EVENT_START,
		.start = { "0.1.0", "deploy.yml", check, hosts } };
	report_event(&event, r);
}

static void emit_summary(report *r)
{
	static const char *const hosts[] = { "web1", NULL };
	static const struct host_counts counts[] = { { .ok = 9, .changed = 2, .skipped = 1 } };
	struct event event = { .kind = EVENT_SUMMARY,
		.summary = { .hosts = hosts, .counts = counts, .elapsed = 1.234 } };
	report_event(&event, r);
}

static void emit_change(report *r, const char *before, const char *after)
{
	g_autoptr(result) res = result_new(STEP_CHANGED);
	result_add_diff(
		res, "/etc/motd", before != NULL ? bytes(before) : NULL, bytes(after), NULL);
	struct event event = step_event(STEP_CHANGED, "greeting");
	event.step.diffs = res->diffs;
	report_event(&event, r);
}

static void emit_failure(report *r)
{
	g_autoptr(value) rc = value_new_int(2);
	g_autoptr(value) item = value_new_string("one");
	struct event event = step_event(STEP_FAILED, "database");
	event.step.message = "non-zero return code";
	event.step.rc = rc;
	event.step.item = item;
	event.step.stdout_text = "a\nb\n";
	event.step.stderr_text = "\x1b[31mno hunter2 \xff\n";
	report_event(&event, r);
}

static char *json_of(gboolean check)
{
	int file = make_file();
	g_autoptr(report) r = report_new(hide, NULL);
	report_add(r, json_new(file, file));
	emit_start(r, check);
	emit_change(r, "old\n", "new hunter2\n");
	emit_failure(r);
	emit_summary(r);
	g_assert_true(report_finish(r, NULL));
	return contents(file);
}

static void test_json(void)
{
	g_autofree char *text = json_of(FALSE);
	g_assert_cmpstr(text, ==,
		"{\"event\":\"start\",\"version\":\"0.1.0\",\"playbook\":\"deploy.yml\",\"check\":"
		"false,"
		"\"hosts\":[\"web1\"]}\n"
		"{\"event\":\"step\",\"host\":\"web1\",\"play\":\"site\",\"step\":3,\"name\":"
		"\"greeting\","
		"\"module\":\"template\",\"status\":\"changed\",\"msg\":\"\",\"rc\":null,"
		"\"stdout\":\"\","
		"\"stderr\":\"\",\"item\":null,\"elapsed\":0.012,\"diff\":[{\"path\":\"/etc/motd\","
		"\"before\":\"old\\n\",\"after\":\"new ********\\n\",\"unified\":"
		"\"--- before: /etc/motd\\n+++ after: /etc/motd\\n@@ -1 +1 @@\\n-old\\n+new "
		"********\\n\""
		"}]}\n"
		"{\"event\":\"step\",\"host\":\"web1\",\"play\":\"site\",\"step\":3,\"name\":"
		"\"database\","
		"\"module\":\"template\",\"status\":\"failed\",\"msg\":\"non-zero return "
		"code\",\"rc\":2,"
		"\"stdout\":\"a\\nb\\n\",\"stderr\":\"\\u001b[31mno ******** \xef\xbf\xbd\\n\","
		"\"item\":\"one\",\"elapsed\":0.012,\"diff\":[]}\n"
		"{\"event\":\"summary\",\"hosts\":{\"web1\":{\"ok\":9,\"changed\":2,\"failed\":0,"
		"\"unreachable\":0,\"skipped\":1,\"rescued\":0,\"ignored\":0,\"unpredicted\":0}},"
		"\"elapsed\":1.234}\n");
}

static void test_json_parses(void)
{
	g_autofree char *text = json_of(TRUE);
	g_auto(GStrv) lines = g_strsplit(text, "\n", -1);
	g_assert_cmpuint(g_strv_length(lines), ==, 5);
	for (guint i = 0; *lines[i] != '\0'; i++) {
		g_autoptr(GError) error = NULL;
		g_autoptr(value) object = json_parse(lines[i], strlen(lines[i]), "event", &error);
		g_assert_no_error(error);
		g_assert_true(value_is(value_dict_get(object, "event"), VALUE_STRING));
	}
}

static char *human_of(const struct human_options *options, gboolean check)
{
	struct human_options used = *options;
	int file = make_file();
	used.descriptor = used.error_descriptor = file;
	g_autoptr(report) r = report_new(hide, NULL);
	report_add(r, human_new(&used));
	emit_start(r, check);
	struct event quiet = step_event(STEP_OK, "nothing to do");
	report_event(&quiet, r);
	emit_change(r, NULL, "new\n");
	emit_failure(r);
	struct event warning = { .kind = EVENT_WARNING, .warning = "hunter2 is no password" };
	report_event(&warning, r);
	emit_summary(r);
	g_assert_true(report_finish(r, NULL));
	return contents(file);
}

static void test_human(void)
{
	struct human_options options = { 0 };
	g_autofree char *text = human_of(&options, FALSE);
	g_assert_cmpstr(text, ==,
		"web1: changed: greeting\n"
		"--- before\n+++ after: /etc/motd\n@@ -0,0 +1 @@\n+new\n"
		"web1: failed: database (one): \\x1b[31mno ******** \\xff (exit status 2, "
		"deploy.yml:4:7)\n"
		"  stdout | a\n  stdout | b\n"
		"warning: ******** is no password\n"
		"recap, 1.2 s\n"
		"web1  ok=9  changed=2  failed=0  unreachable=0  skipped=1\n");
}

static void test_human_dry_run(void)
{
	struct human_options options = { .verbosity = 1 };
	g_autofree char *text = human_of(&options, TRUE);
	g_assert_true(g_str_has_prefix(text, "deploy.yml: dry run, nothing is changed\n"
					     "web1: ok: nothing to do\n"
					     "web1: would change: greeting\n"));
	g_assert_nonnull(strstr(text, "recap of the dry run, 1.2 s, 0 round trips\n"));
}

static void test_human_quiet(void)
{
	struct human_options options = { .quiet = TRUE };
	g_autofree char *text = human_of(&options, TRUE);
	g_assert_true(g_str_has_prefix(text, "web1: failed: database"));
}

static void test_human_colors(void)
{
	struct human_options options = { .terminal = TRUE };
	g_autofree char *text = human_of(&options, FALSE);
	g_assert_nonnull(strstr(text, "\x1b[33mweb1: changed: greeting\x1b[0m\n"));
	g_assert_nonnull(strstr(text, "\x1b[32m+new\x1b[0m\n"));
	g_assert_nonnull(strstr(text, "\\x1b[31mno"));
}

static void emit_task(report *r, const char *host, const char *name)
{
	struct event task = { .kind = EVENT_TASK, .task = { host, name } };
	report_event(&task, r);
}

/* Tasks are sent ahead of their results: the live line names the oldest that has not ended. */
static void test_live_lines(void)
{
	int file = make_file();
	struct human_options options = { file, file, TRUE, FALSE, FALSE, 0 };
	g_autoptr(report) r = report_new(NULL, NULL);
	report_add(r, human_new(&options));
	emit_task(r, "web1", "greeting");
	emit_task(r, "web1", "a name \x1b[2J"); /* too soon to be drawn: comes with the next line */
	emit_task(r, "web2", "greeting");
	emit_change(r, NULL, "new\n");
	emit_summary(r);
	g_assert_true(report_finish(r, NULL));
	g_autofree char *text = contents(file);
	g_assert_true(
		g_str_has_prefix(text, "web1: greeting\n\r\x1b[1A\x1b[J\x1b[33mweb1: changed"));
	g_assert_nonnull(strstr(text, "\x1b[0m\nweb1: a name \\x1b[2J\nweb2: greeting\n"
				      "\r\x1b[2A\x1b[J"));
	g_assert_true(g_str_has_suffix(text, "skipped=1\nweb2: greeting\n\r\x1b[1A\x1b[J"));
}

static void test_long_output(void)
{
	int file = make_file();
	struct human_options options = { file, file, FALSE, FALSE, FALSE, 0 };
	g_autoptr(report) r = report_new(NULL, NULL);
	report_add(r, human_new(&options));
	g_autoptr(GString) lines = g_string_new(NULL);
	for (int i = 1; i <= 100; i++) {
		g_string_append_printf(lines, "line %d\n", i);
	}
	struct event event = step_event(STEP_FAILED, "noise");
	event.step.stdout_text = lines->str;
	report_event(&event, r);
	g_autofree char *text = contents(file);
	g_assert_nonnull(strstr(text, "  stdout | (59 lines before, -v shows them)\n"
				      "  stdout | line 60\n"));
	g_assert_true(g_str_has_suffix(text, "  stdout | line 99\n"));
}

static void test_debug(void)
{
	int file = make_file();
	struct human_options options = { file, file, FALSE, FALSE, FALSE, 0 };
	g_autoptr(report) r = report_new(hide, NULL);
	report_add(r, human_new(&options));
	g_autoptr(result) res = result_new(STEP_OK);
	value *list = value_new_list();
	value_list_append(list, value_new_string("hunter2 \x1b"));
	result_set(res, "users", list);
	result_set(res, "changed", value_new_bool(FALSE));
	struct event event = step_event(STEP_OK, "look");
	event.step.module = "debug";
	event.step.fields = res->fields;
	report_event(&event, r);
	event.step.message = "two\nlines";
	report_event(&event, r);
	g_autofree char *text = contents(file);
	g_assert_cmpstr(text, ==,
		"web1: ok: look\n"
		"  users | [\n  users |     \"******** \\u001b\"\n  users | ]\n"
		"web1: ok: look: two\n  msg | lines\n");
}

/* What a failed step says, as people and as programs see it. */
static const struct failure {
	const char *name, *message, *out, *error, *expected;
	gsize out_length;
} failures[] = {
	{ "one line", "non-zero return code", "", "boom\n",
		"web1: failed: s: boom (exit status 1)\n" },
	{ "no word", "non-zero return code", "", "",
		"web1: failed: s: non-zero return code (exit status 1)\n" },
	{ "only stdout", "non-zero return code", "a\nb", "",
		"web1: failed: s: b (exit status 1)\n  stdout | a\n" },
	{ "message is stderr", "x\nE: no", "", "x\nE: no\n",
		"web1: failed: s: E: no (exit status 1)\n  stderr | x\n" },
	{ "message holds stderr", "unable: x\nE: no", "", "x\nE: no\n",
		"web1: failed: s: E: no (exit status 1)\n  msg | unable: x\n" },
	{ "both streams", "non-zero return code", "x\nE: no\n", "x\nE: no\n",
		"web1: failed: s: E: no (exit status 1)\n  stderr | x\n" },
	{ "a cause within", "non-zero return code", "", "x\nE: no\nW: later",
		"web1: failed: s: E: no (exit status 1)\n  stderr | x\n  stderr | E: no\n  stderr "
		"| W: later\n" },
	{ "a NUL", "non-zero return code", "a\0b\nc", "E: no",
		"web1: failed: s: E: no (exit status 1)\n  stdout | a\\x00b\n  stdout | c\n", 5 },
};

static void test_failure(gconstpointer data)
{
	const struct failure *row = data;
	int file = make_file();
	struct human_options options = { file, file, FALSE, FALSE, FALSE, 0 };
	g_autoptr(report) r = report_new(hide, NULL);
	g_autoptr(value) rc = value_new_int(1);
	report_add(r, human_new(&options));
	struct event event = step_event(STEP_FAILED, "s");
	event.step.rc = rc;
	event.step.message = row->message;
	event.step.stdout_text = row->out;
	event.step.stdout_length = row->out_length;
	event.step.stderr_text = row->error;
	event.step.module = "shell";
	event.step.where = "";
	report_event(&event, r);
	g_autofree char *text = contents(file);
	g_assert_cmpstr(text, ==, row->expected);
}

static void test_json_nul(void)
{
	int file = make_file();
	g_autoptr(report) r = report_new(hide, NULL);
	report_add(r, json_new(file, file));
	struct event event = step_event(STEP_OK, "s");
	event.step.stdout_text = "a\0b";
	event.step.stdout_length = 3;
	event.step.message = "b\0c";
	event.step.message_length = 3;
	report_event(&event, r);
	g_autofree char *text = contents(file);
	g_assert_nonnull(strstr(text, "\"stdout\":\"a\\u0000b\""));
	g_assert_nonnull(strstr(text, "\"msg\":\"b\\u0000c\""));
}

/* A message that is a list is one in JSON too, masked. */
static void test_json_message(void)
{
	int file = make_file();
	g_autoptr(report) r = report_new(hide, NULL);
	report_add(r, json_new(file, file));
	g_autoptr(result) res = result_new(STEP_OK);
	value *list = value_new_list();
	value_list_append(list, value_new_string("hunter2"));
	value_list_append(list, value_new_int(2));
	result_set(res, "msg", list);
	struct event event = step_event(STEP_OK, "look");
	event.step.fields = res->fields;
	report_event(&event, r);
	g_autofree char *text = contents(file);
	g_assert_nonnull(strstr(text, "\"msg\":\"[\\\"********\\\",2]\""));
}

/* A full or closed stdout is told at the end, and does not end the program at once. */
static void test_write_errors(void)
{
	int full = open("/dev/full", O_WRONLY | O_CLOEXEC);
	int ends[2];
	g_assert_cmpint(pipe(ends), ==, 0);
	close(ends[0]);
	const int descriptors[] = { full, ends[1] };
	for (gsize i = 0; i < G_N_ELEMENTS(descriptors); i++) {
		g_autoptr(report) r = report_new(NULL, NULL);
		g_autoptr(GError) error = NULL;
		report_add(r, json_new(descriptors[i], descriptors[i]));
		emit_start(r, FALSE);
		emit_summary(r);
		g_assert_false(report_finish(r, &error));
		g_assert_error(error, SUTLER_ERROR, SUTLER_ERROR_FAILED);
		g_assert_true(
			g_str_has_prefix(error->message, "unable to write to standard output: "));
		close(descriptors[i]);
	}
}

static void test_only_masked_values_differ(void)
{
	int file = make_file();
	struct human_options options = { file, file, FALSE, FALSE, FALSE, 0 };
	g_autoptr(report) r = report_new(hide, NULL);
	report_add(r, human_new(&options));
	emit_change(r, "password hunter2\n", "password ********\n");
	g_autofree char *text = contents(file);
	g_assert_cmpstr(
		text, ==, "web1: changed: greeting\n  /etc/motd: differs in masked values only\n");
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	(void)signal(SIGPIPE, SIG_IGN);
	g_test_add_func("/report/json", test_json);
	g_test_add_func("/report/json-parses", test_json_parses);
	g_test_add_func("/report/human", test_human);
	g_test_add_func("/report/human-dry-run", test_human_dry_run);
	g_test_add_func("/report/human-quiet", test_human_quiet);
	g_test_add_func("/report/human-colors", test_human_colors);
	g_test_add_func("/report/live-lines", test_live_lines);
	g_test_add_func("/report/debug", test_debug);
	g_test_add_func("/report/json-message", test_json_message);
	g_test_add_func("/report/long-output", test_long_output);
	g_test_add_func("/report/write-errors", test_write_errors);
	g_test_add_func("/report/only-masked-values", test_only_masked_values_differ);
	g_test_add_func("/report/json/nul", test_json_nul);
	for (gsize i = 0; i < G_N_ELEMENTS(failures); i++) {
		g_autofree char *path = g_strdup_printf("/report/failure/%s", failures[i].name);
		g_test_add_data_func(path, &failures[i], test_failure);
	}
	return g_test_run();
}
