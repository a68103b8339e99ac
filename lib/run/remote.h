/* The result of a step on a host, made of the frames that came back. */
#ifndef SUTLER_RUN_REMOTE_H
#define SUTLER_RUN_REMOTE_H

#include "modules/module.h"
#include "transport/wire.h"

/* The line that runs a call: its variables, switches and the step itself. keep_going: "" a failure
 * stops what was sent behind it, "1" it does not, "loop" it does at loop_end. Caller frees. */
char *remote_line(const call *c, guint64 id, const char *keep_going);

/* The line that makes the step fail on the host with a message from here. Caller frees. */
char *remote_refusal_line(guint64 id, const char *keep_going, const char *message);

/* Collects the frames of one step; free with remote_answer_free(). */
typedef struct remote_answer remote_answer;
remote_answer *remote_answer_new(void);
void remote_answer_free(remote_answer *a);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(remote_answer, remote_answer_free)

/* Takes a frame of this step other than its result ("before", "after", "change", "stdout"...). */
void remote_answer_add(remote_answer *a, frame *f);

/* Makes the result of the result frame and all that came before it, and lets the module finish it.
 * Texts that came from the host are flagged VALUE_UNSAFE. Caller frees. */
result *remote_answer_result(remote_answer *a, call *c, const frame *f);

#endif
