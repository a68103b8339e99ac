/*
 * Where a host is in the tasks of a play: a stack of task lists (sections, blocks, includes,
 * handlers).
 *
 * A cursor can be copied, so that a host which has sent steps ahead can return to the one that
 * failed.
 */
#ifndef SUTLER_RUN_CURSOR_H
#define SUTLER_RUN_CURSOR_H

#include "playbook/playbook.h"

typedef struct cursor cursor;

cursor *cursor_new(const GPtrArray *tasks); /* struct task *; borrowed */
/* The same behind everything else that a play has, whatever cursor it is compared to. */
cursor *cursor_new_last(const GPtrArray *tasks);
cursor *cursor_copy(const cursor *c);
void cursor_free(cursor *c);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(cursor, cursor_free)

/* The task it stands at, entering blocks; NULL at the end. Sets *ret_failed when it reaches the end
 * of an `always` (or of the tasks) with a failure that no `rescue` has taken. */
const struct task *cursor_task(cursor *c, gboolean *ret_failed);
/* Steps behind the current task. */
void cursor_next(cursor *c);
/* Enters a list (an include, notified handlers) that runs before the current task; to put it in the
 * task's place, call cursor_next() first. The array is referenced; variables (a dict, or NULL) hold
 * while it lasts; taken. */
void cursor_enter(cursor *c, const GPtrArray *tasks, gboolean handlers, value *variables);
/* The variables of the lists entered so far, innermost last to be added: NULL when there are none.
 * Caller unrefs. */
value *cursor_variables(const cursor *c);
/* The current task failed: moves to the rescue or always that is next; FALSE when there is none.
 * *ret_rescued says whether a rescue takes it. */
gboolean cursor_fail(cursor *c, gboolean *ret_rescued);
/* Whether the block that the current task stands in has itself a rescue or an always for a failure.
 */
gboolean cursor_is_caught(const cursor *c);
/* Whether the current task stands right in a rescue or an always. */
gboolean cursor_in_cleanup(const cursor *c);
/* Whether a failure in a block of the play itself is neither rescued yet nor passed on. */
gboolean cursor_is_failing(const cursor *c);
/* `meta: clear_host_errors`: what failed before is no failure any more. */
void cursor_forgive(cursor *c);
/* Whether a rescue would take a failure of the current task. */
gboolean cursor_is_rescued(const cursor *c);
/* Which of two hosts of one play is further: negative when a stands before b, 0 when both stand at
 * the same task, or in files that cannot be compared. The order is Ansible's (strategy linear):
 * blocks before their rescue, that before their always; included tasks before what follows the
 * include. */
int cursor_compare(const cursor *a, const cursor *b);
/* Whether it stands among handlers. */
gboolean cursor_in_handlers(const cursor *c);
/* Ends everything: cursor_task() gives NULL from now on. */
void cursor_end(cursor *c);

#endif
