/* Tests of lib/base/program.c. */
#include "base/program.h"

#include <string.h>

static const struct {
	const char *script;
	const char *output;
	const char *errors;
	int status;
	int code; /* of an error; 0: none */
} rows[] = {
	{ "echo hello", "hello\n", "", 0, 0 },
	{ "echo no >&2; exit 3", "", "no\n", 3, 0 },
	{ "kill -9 $$", "", "", 137, 0 },
	{ "cat", "", "", 0, 0 },
	{ "head -c 200000 /dev/zero | tr '\\0' x >&2; echo done", "done\n", NULL, 0, 0 },
	{ "head -c 5000 /dev/zero", NULL, NULL, 0, SUTLER_ERROR_LIMIT },
	{ "sleep 60", NULL, NULL, 0, SUTLER_ERROR_TIMEOUT },
	{ "sleep 60 & wait", NULL, NULL, 0, SUTLER_ERROR_TIMEOUT },
};

static void test_rows(void)
{
	for (gsize i = 0; i < G_N_ELEMENTS(rows); i++) {
		const char *argv[] = { "sh", "-c", rows[i].script, NULL };
		struct program_result result;
		g_autoptr(GError) error = NULL;
		g_test_message("%s", rows[i].script);
		deadline until = deadline_in(rows[i].code == SUTLER_ERROR_TIMEOUT ? 0.2 : 20);
		gboolean well = program_run(argv, 4096, until, NULL, &result, &error);
		g_assert_cmpint(well, ==, rows[i].code == 0);
		if (!well) {
			g_assert_error(error, SUTLER_ERROR, rows[i].code);
			continue;
		}
		g_assert_cmpint(result.status, ==, rows[i].status);
		g_assert_cmpstr(result.output, ==, rows[i].output);
		if (rows[i].errors != NULL) {
			g_assert_cmpstr(result.errors, ==, rows[i].errors);
		}
		program_result_clear(&result);
	}
}

static void test_beside(void)
{
	const char *argv[] = { "sh", "-c", "pwd; exit 4", NULL };
	const char *endless[] = { "sleep", "60", NULL };
	struct program_result result;
	g_autoptr(GError) error = NULL;
	g_assert_true(program_run_beside("/", argv, 100, deadline_in(20), &result, &error));
	g_assert_cmpstr(result.output, ==, "/\n");
	g_assert_cmpint(result.status, ==, 4);
	program_result_clear(&result);
	g_assert_false(program_run_beside(NULL, endless, 100, deadline_in(1), &result, &error));
	g_assert_error(error, SUTLER_ERROR, SUTLER_ERROR_TIMEOUT);
	g_assert_cmpstr(error->message, ==, "'sleep' did not end within 1 s");
}

static void test_missing(void)
{
	const char *argv[] = { "/nonexistent/program", NULL };
	struct program_result result;
	g_autoptr(GError) error = NULL;
	g_assert_false(program_run(argv, 10, DEADLINE_NONE, NULL, &result, &error));
	g_assert_error(error, SUTLER_ERROR, SUTLER_ERROR_USAGE);
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/program/rows", test_rows);
	g_test_add_func("/program/beside", test_beside);
	g_test_add_func("/program/missing", test_missing);
	return g_test_run();
}
