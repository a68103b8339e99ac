/*
 * What a run says, to all who listen: masks secrets, makes the diffs, and passes on.
 *
 *	g_autoptr(report) r = report_new(mask, secrets);
 *	report_add(r, human_new(&options));
 *	run_playbook(..., report_event, r);
 *	if (!report_finish(r, error)) ...
 */
#ifndef SUTLER_REPORT_REPORT_H
#define SUTLER_REPORT_REPORT_H

#include "report/consumer.h"

/* The text with every secret in it masked, and its length; NULL: there is none in it. Caller frees.
 */
typedef char *(*report_mask)(const char *text, gsize length, gsize *ret_length, gpointer data);

typedef struct report report;

/* mask may be NULL; data belongs to the caller and must live as long as the report. */
report *report_new(report_mask mask, gpointer data);
void report_free(report *r);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(report, report_free)

/* Takes c. */
void report_add(report *r, consumer *c);

/* An event_callback; data is the report. */
void report_event(const struct event *event, gpointer data);

/* Lets all consumers write what is left. Error: the first that any of them met, earlier ones
 * included; the others are finished all the same. */
gboolean report_finish(report *r, GError **error);

#endif
