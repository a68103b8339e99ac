/*
 * A consumer of the events of a run: one output format, one file.
 *
 * Everything it is given is masked already (see report.h).
 */
#ifndef SUTLER_REPORT_CONSUMER_H
#define SUTLER_REPORT_CONSUMER_H

#include "run/event.h"

/* A difference as it is shown. before and after are NULL where there is no file. */
struct shown_diff {
	const char *path;
	GBytes *before, *after;
	const char *note; /* instead of or besides contents; NULL: none */
	char *unified;    /* "" when the contents are the same */
};

typedef struct consumer consumer;

struct consumer_class {
	/* diffs: struct shown_diff *, those of a step; NULL for other events and when none are
	 * wanted. */
	void (*consume)(consumer *self, const struct event *event, const GPtrArray *diffs);
	/* Writes what is left. Error: what went wrong when writing, now or earlier. */
	gboolean (*finish)(consumer *self, GError **error);
	void (*free)(consumer *self);
};

/* First member of every consumer. */
struct consumer {
	const struct consumer_class *class;
};

#endif
