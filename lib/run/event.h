/*
 * What a run tells while it goes: one callback, one struct per kind of event.
 *
 * lib/run emits, lib/report consumes; run knows no output format. Events of one run are emitted one
 * at a time (never from two threads at once). All pointers are borrowed for the length of the call.
 */
#ifndef SUTLER_RUN_EVENT_H
#define SUTLER_RUN_EVENT_H

#include "modules/result.h"

enum event_kind {
	EVENT_START,   /* the run begins */
	EVENT_PLAY,    /* a play begins */
	EVENT_TASK,    /* a host begins to work on a task: for the live line only */
	EVENT_STEP,    /* a step ended on a host */
	EVENT_WARNING, /* something the user should know; goes to stderr */
	EVENT_SUMMARY, /* the run ended */
};

struct event_start {
	const char *version;
	const char *playbook; /* file name as given, or the built-in's name */
	gboolean check;
	const char *const *hosts; /* NULL-terminated */
};

struct event_play {
	const char *name;
	const char *const *hosts;
};

struct event_task {
	const char *host;
	const char *name;
};

struct event_step {
	const char *host;
	const char *play;
	guint step; /* position of the task in its play, from 1; "Gathering Facts" is 0 */
	const char *name;
	const char *module;
	enum step_status status;
	const char *message; /* "" when there is nothing to say */
	const value *rc;     /* NULL: no exit status */
	const char *stdout_text;
	const char *stderr_text;
	/* Of these three texts, in bytes, which may hold a NUL; 0: up to the first NUL. */
	gsize message_length, stdout_length, stderr_length;
	const value *item;      /* the loop's item; NULL outside loops */
	double elapsed;         /* seconds */
	const GPtrArray *diffs; /* struct file_diff * */
	const value *fields;    /* the module's return values; NULL under no_log */
	const char *where;      /* "file:line:column" of the task */
	gboolean handler;
	const char
		*due_since; /* of a handler that an earlier run left due: when that was; or NULL */
	gboolean show_diff; /* the user asked for diffs, or it is a dry run */
};

/* As Ansible counts: ok includes changed ones; a loop counts once. */
struct host_counts {
	guint ok, changed, failed, unreachable, skipped, rescued, ignored, unpredicted, unknown;
};

struct event_summary {
	const char *const *hosts; /* NULL-terminated, in the order of the start event */
	const struct host_counts *counts;
	double elapsed; /* seconds */
	gboolean interrupted;
	guint round_trips; /* of all connections together */
};

struct event {
	enum event_kind kind;
	union {
		struct event_start start;
		struct event_play play;
		struct event_task task;
		struct event_step step;
		const char *warning;
		struct event_summary summary;
	};
};

typedef void (*event_callback)(const struct event *event, gpointer data);

#endif
