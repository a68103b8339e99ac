/* Runs a program of the controlling machine to its end and takes what it prints. */
#include "base/program.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/secret-memory.h"

static const gsize ERRORS_MAX = 65536;

struct run {
	const char *name;
	int output;
	int errors;
	GString *output_text;
	GString *errors_text;
	gsize limit;
	gint64 started;
};

void program_result_clear(struct program_result *result)
{
	secret_wipe_free(result->output, result->length);
	result->output = NULL;
	g_clear_pointer(&result->errors, g_free);
}

/* Reads once; closes the descriptor at its end. */
static void take(int *descriptor, GString *text, gsize limit)
{
	char buffer[16384];
	ssize_t n = read(*descriptor, buffer, sizeof buffer);
	if (n > 0) {
		g_string_append_len(text, buffer, (gssize)MIN((gsize)n, limit - text->len));
	} else if (n == 0 || errno != EINTR) {
		(void)close(*descriptor);
		*descriptor = -1;
	}
	explicit_bzero(buffer, sizeof buffer);
}

static gboolean read_all(struct run *run, deadline until, const cancel *c, GError **error)
{
	while (run->output >= 0 || run->errors >= 0) {
		struct pollfd fds[] = { { run->output, POLLIN, 0 }, { run->errors, POLLIN, 0 },
			{ cancel_descriptor(c), POLLIN, 0 } };
		int n = poll(fds, G_N_ELEMENTS(fds), deadline_milliseconds(until));
		if (n < 0 && errno != EINTR) {
			error_set(error, SUTLER_ERROR_USAGE, "'%s': %s", run->name,
				g_strerror(errno));
			return FALSE;
		}
		if (cancel_requested(c)) {
			error_set(error, SUTLER_ERROR_INTERRUPTED, "'%s': interrupted", run->name);
			return FALSE;
		}
		if (deadline_passed(until)) {
			error_set(error, SUTLER_ERROR_TIMEOUT, "'%s' did not end within %.0f s",
				run->name,
				(double)(g_get_monotonic_time() - run->started) / G_USEC_PER_SEC);
			return FALSE;
		}
		if (n > 0 && fds[0].revents != 0) {
			take(&run->output, run->output_text, run->limit + 1);
		}
		if (n > 0 && fds[1].revents != 0) {
			take(&run->errors, run->errors_text, ERRORS_MAX);
		}
		if (run->output_text->len > run->limit) {
			error_set(error, SUTLER_ERROR_LIMIT,
				"'%s' prints more than %" G_GSIZE_FORMAT " bytes", run->name,
				run->limit);
			return FALSE;
		}
	}
	return TRUE;
}

static void new_group(gpointer unused)
{
	(void)unused;
	(void)setpgid(0, 0);
}

static int wait_for(GPid pid)
{
	int status = 0;
	while (waitpid(pid, &status, 0) < 0 && errno == EINTR) {
	}
	return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

static void close_open(int descriptor)
{
	if (descriptor >= 0) {
		(void)close(descriptor);
	}
}

static gboolean run_program(const char *folder, gboolean beside, const char *const *argv,
	gsize limit, deadline until, const cancel *c, struct program_result *result, GError **error)
{
	struct run run = {
		.name = argv[0], .limit = limit, .errors = -1, .started = g_get_monotonic_time()
	};
	const GSpawnFlags flags = G_SPAWN_SEARCH_PATH | G_SPAWN_DO_NOT_REAP_CHILD |
				  (beside ? G_SPAWN_CHILD_INHERITS_STDIN : 0);
	GPid pid = 0;
	g_autoptr(GError) reason = NULL;
	*result = (struct program_result){ 0 };
	if (!g_spawn_async_with_pipes(folder, (char **)argv, NULL, flags, beside ? NULL : new_group,
		    NULL, &pid, NULL, &run.output, beside ? NULL : &run.errors, &reason)) {
		error_set(error, SUTLER_ERROR_USAGE, "unable to run '%s': %s", argv[0],
			reason->message);
		return FALSE;
	}
	run.output_text = g_string_new(NULL);
	run.errors_text = g_string_new(NULL);
	gboolean well = read_all(&run, until, c, error);
	close_open(run.output);
	close_open(run.errors);
	if (!well) {
		(void)kill(beside ? pid : -pid, SIGKILL);
	}
	result->status = wait_for(pid);
	result->length = run.output_text->len;
	result->output = g_string_free(run.output_text, FALSE);
	result->errors = g_string_free(run.errors_text, FALSE);
	if (!well) {
		program_result_clear(result);
	}
	return well;
}

gboolean program_run(const char *const *argv, gsize limit, deadline until, const cancel *c,
	struct program_result *result, GError **error)
{
	return run_program(NULL, FALSE, argv, limit, until, c, result, error);
}

gboolean program_run_beside(const char *folder, const char *const *argv, gsize limit,
	deadline until, struct program_result *result, GError **error)
{
	return run_program(folder, TRUE, argv, limit, until, NULL, result, error);
}
