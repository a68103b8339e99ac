/* Runs a program of the controlling machine to its end and takes what it prints. */
#ifndef SUTLER_BASE_PROGRAM_H
#define SUTLER_BASE_PROGRAM_H

#include "base/cancel.h"

struct program_result {
	char *output; /* of stdout; NUL-terminated; wiped by program_result_clear() */
	gsize length;
	char *errors; /* of stderr, cut at 64 KiB */
	int status;   /* exit status; 128 + N when killed by signal N */
};

void program_result_clear(struct program_result *result);

/* argv[0] is searched in PATH unless it has a '/'; stdin is /dev/null. The program is killed when
 * the deadline passes, c (may be NULL) is cancelled or it prints more than limit bytes. Errors:
 * SUTLER_ERROR_USAGE when it cannot be started, SUTLER_ERROR_TIMEOUT, SUTLER_ERROR_INTERRUPTED,
 * SUTLER_ERROR_LIMIT. A non-zero status is no error. */
gboolean program_run(const char *const *argv, gsize limit, deadline until, const cancel *c,
	struct program_result *result, GError **error);

/* The same in a folder (NULL: the current one), with our own stdin, stderr and process group: such
 * a program may ask on the terminal, and Ctrl-C reaches it. result->errors stays empty. */
gboolean program_run_beside(const char *folder, const char *const *argv, gsize limit,
	deadline until, struct program_result *result, GError **error);

#endif
