/* The result of one step on one host: what modules make, run decides on, and report shows. */
#ifndef SUTLER_MODULES_RESULT_H
#define SUTLER_MODULES_RESULT_H

#include "value/value.h"

enum step_status {
	STEP_OK,
	STEP_CHANGED,
	STEP_SKIPPED,
	STEP_FAILED,
	STEP_IGNORED, /* failed, and ignore_errors said to go on */
	STEP_UNREACHABLE,
	STEP_UNKNOWN,     /* the connection was lost while it ran */
	STEP_UNPREDICTED, /* dry run: would run, its effect cannot be told */
};

/* The word in events: "ok", "changed", ... */
const char *step_status_name(enum step_status status);

/* One file before and after; a missing file has NULL. Bytes, not necessarily text. */
struct file_diff {
	char *path;
	GBytes *before;
	GBytes *after;
	/* Shown instead of contents when set: "mode 0644 -> 0600", "would be removed". */
	char *note;
};

typedef struct result {
	enum step_status status;
	value *fields;    /* dict: what `register` stores (Ansible's return values); never NULL */
	GPtrArray *diffs; /* struct file_diff *; never NULL */
} result;

/* Caller frees. */
result *result_new(enum step_status status);
/* A failed one with msg set to the formatted text. */
result *result_new_failed(const char *format, ...) G_GNUC_PRINTF(1, 2);
void result_free(result *r);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(result, result_free)

/* Fields. The value is taken; a text is copied, and is data: flagged VALUE_UNSAFE, because messages
 * hold words of hosts. */
void result_set(result *r, const char *name, value *v);
void result_set_text(result *r, const char *name, const char *text);
/* Makes it a failed one with this msg. */
void result_fail(result *r, const char *message);
/* The text of a string field; fallback when absent or not a string. */
const char *result_text(const result *r, const char *name, const char *fallback);

/* What msg says, as a text of *ret_length bytes: the items of a list one a line. "" without one,
 * and with texts_only when it is no text. Caller frees. */
char *result_message(const result *r, gboolean texts_only, gsize *ret_length);

/* Flags every text in the fields VALUE_UNSAFE: what a step returned is data, and stays it wherever
 * a playbook takes it. As Ansible does with all results. */
void result_make_data(result *r);

/* Adds a diff; takes before and after (NULL: no file) and copies the rest. */
void result_add_diff(result *r, const char *path, GBytes *before, GBytes *after, const char *note);

#endif
