/*
 * Where a consumer writes: a file descriptor that remembers its first failure.
 *
 * A closed or full stdout must not cut a run on the hosts in half, so writing never fails at once:
 * what comes after the failure is dropped, and output_finish() tells of it when all is done.
 * SIGPIPE is to be ignored by the program.
 */
#ifndef SUTLER_REPORT_OUTPUT_H
#define SUTLER_REPORT_OUTPUT_H

#include "base/cancel.h"

typedef struct output output;

/* name is what the error calls it ("standard output"). The descriptor stays the caller's. */
output *output_new(int descriptor, const char *name);
void output_free(output *o);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(output, output_free)

int output_descriptor(const output *o);

/* Where somebody asks for an end: outputs wait no longer than two seconds then for who does not
 * read what is written; that is a failure. For the whole program; c is borrowed, NULL: none. */
void output_give_up_on(const cancel *c);

/* Writes all of it, waiting when the descriptor is full. */
void output_write(output *o, const char *text, gsize length);

/* Error: SUTLER_ERROR_FAILED with the system's words for the first write that failed. */
gboolean output_finish(output *o, GError **error);

#endif
