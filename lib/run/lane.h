/*
 * The lanes of one host: its connection, and one shell per user that steps run as.
 *
 * Opened on first use. In a dry run, what the steps of one lane would have made is told to the
 * others before they go on.
 */
#ifndef SUTLER_RUN_LANE_H
#define SUTLER_RUN_LANE_H

#include "transport/wire.h"

typedef struct lanes lanes;
typedef struct lane lane;

struct become {
	char *user; /* NULL: as the login user */
	char *password;
	char *executable;
	char *flags; /* of sudo, as a shell would split them; NULL: the usual ones */
};

/* options must outlive the lanes; scripts is the text of the modules that every shell gets when it
 * starts, script_set which scripts (const char *) those are; due_key: as in wire.h, copied. */
lanes *lanes_new(const struct connection_options *options, const char *scripts,
	GHashTable *script_set, const char *due_key, gsize output_limit);
void lanes_free(lanes *l);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(lanes, lanes_free)

/* Closes the shells and the connection; what a dry run has recorded stays, and is told to those
 * that are opened next. Lanes got before are gone. */
void lanes_rest(lanes *l);

/* The lane of a user; connects and starts the shell when needed. In a dry run (check) a user that
 * exists only in it is stood in for by the lane used last. Borrowed. Errors as wire.h. */
lane *lanes_get(lanes *l, const struct become *who, gboolean check, deadline until, const cancel *c,
	GError **error);

/* Remembers what a dry run would have made, from a "remember" or "overlay" frame of a lane. */
void lanes_remember(lanes *l, lane *from, const frame *f);

shell *lane_shell(lane *ln);
/* Sends a module's script unless the lane has it already. */
void lanes_need_script(lanes *l, lane *ln, const char *script);

/* What shell_due() of each lane tells, once each. FALSE: one has not told it yet. */
typedef void (*lane_due_taker)(lane *ln, const char *marks, gpointer data);
gboolean lanes_take_due(lanes *l, lane_due_taker take, gpointer data);
/* Sends a line that has no answer. */
void lane_tell(lane *ln, const char *line);
/* Waits until what lane_tell() sent has been done everywhere; nothing may be in flight. */
gboolean lanes_settle(lanes *l, deadline until, const cancel *c, GError **error);

guint lanes_round_trips(const lanes *l);

#endif
