/*
 * Errors with a source position.
 *
 * Every function of lib/ that can fail takes a GError ** last and sets it once, where the fault is
 * known; callers add context with g_prefix_error(). lib/ never prints and never exits: main()
 *prints the message and turns the code into an exit status (error_exit_status()).
 *
 * Messages are lower case, without a full stop, the failed thing first, the subject in single
 * quotes, and say what to do next where that is known:
 *
 *	inventory:12:7: host 'web1': invalid port '70000', use 1 to 65535
 */
#ifndef SUTLER_BASE_ERROR_H
#define SUTLER_BASE_ERROR_H

#include <glib.h>

#define SUTLER_ERROR sutler_error_quark()
GQuark sutler_error_quark(void);

enum sutler_error {
	SUTLER_ERROR_USAGE,       /* wrong usage, syntax or configuration: nothing was contacted */
	SUTLER_ERROR_UNKNOWN,     /* a name that nobody knows: a typing error */
	SUTLER_ERROR_UNDEFINED,   /* a template names something that is not defined */
	SUTLER_ERROR_LIMIT,       /* a bound of ours was met; the message names it */
	SUTLER_ERROR_PENDING,     /* not an error to show: needs a result that is not in yet */
	SUTLER_ERROR_UNPREDICTED, /* dry run: depends on a command that did not run */
	SUTLER_ERROR_FAILED,      /* a step failed */
	SUTLER_ERROR_UNREACHABLE, /* a host cannot be reached, or refuses us */
	SUTLER_ERROR_LOST,        /* the connection was lost while a step ran */
	SUTLER_ERROR_TIMEOUT,     /* a deadline passed */
	SUTLER_ERROR_INTERRUPTED, /* the user cancelled */
	SUTLER_ERROR_ROLLBACK,    /* a rollback failed */
};

/* Where something stands in a file. file is interned (g_intern_string()) and never freed; line and
 * column are 1-based, in code points; 0 means not known, and is left out of messages. */
struct position {
	const char *file;
	guint32 line;
	guint32 column;
};

#define POSITION_NONE ((struct position){ NULL, 0, 0 })

/* "file:line:column: " with the unknown parts left out, "" for POSITION_NONE. Caller frees. */
char *position_prefix(struct position at);

/* Sets *error to code with the message "POSITION: " + format. Does nothing when error is NULL. */
void error_set_at(GError **error, enum sutler_error code, struct position at, const char *format,
	...) G_GNUC_PRINTF(4, 5);

/* The position error_set_at() was given; POSITION_NONE for other errors. */
struct position error_position(const GError *error);

/* Sets *error without a position. */
void error_set(GError **error, enum sutler_error code, const char *format, ...) G_GNUC_PRINTF(3, 4);

/* The exit status that stands for this error (design: 1 failed, 2 usage, 3 unreachable, 5 rollback,
 * 130 interrupted). */
int error_exit_status(const GError *error);

#endif
