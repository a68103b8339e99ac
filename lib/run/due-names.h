/*
 * What marks of due work are called, and what they say (runtime/due.sh keeps them):
 * HOST.PLAY.HANDLER, digests, and behind a blank a JSON object for people.
 */
#ifndef SUTLER_RUN_DUE_NAMES_H
#define SUTLER_RUN_DUE_NAMES_H

#include "playbook/playbook.h"

/* The first part: of project and playbook (run_options.due_scope) and inventory name. Caller frees.
 */
char *due_host_key(const char *scope, const char *name);
/* The second part. Plays of one name are counted. Caller frees. */
char *due_play_digest(const playbook *book, const struct play *play);
/* The third part: of a handler, what it is called on the host (shown), and which it is of those
 * that are called so (due_ordinal()). Caller frees. */
char *due_handler_digest(const struct task *handler, const char *shown, guint number);

/* A handler's name as it is written; without one, what it does and listens to. Caller frees. */
char *due_handler_words(const struct task *handler);
/* Which it is of the handlers of its words. */
guint due_ordinal(const GPtrArray *handlers, const struct task *handler);

/* Whether a text can be the name of a mark. */
gboolean due_is_name(const char *text, gsize length);
/* Whether a mark belongs to the play of this digest. */
gboolean due_is_of_play(const char *name, const char *play);

/* What the object of a mark says under a key, when that is text; NULL: nothing. Caller frees. */
char *due_text(const value *told, const char *key);
/* Since when it is due. A time is all that it may say: it comes from the host. Caller frees. */
char *due_since(const value *told);

#endif
