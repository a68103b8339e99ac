/*
 * What a dry run would have made on a target, as its sessions have recorded it: lines of shell that
 * tell it to another session (runtime/record.sh). One for each target, shared by all sessions
 * there.
 */
#ifndef SUTLER_RUN_TARGET_RECORD_H
#define SUTLER_RUN_TARGET_RECORD_H

#include "transport/wire.h"

typedef struct target_record target_record;

target_record *target_record_new(void);
target_record *target_record_ref(target_record *r);
void target_record_unref(target_record *r);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(target_record, target_record_unref)

/* The records of all targets of a run, by the target's name. */
typedef struct target_records target_records;
target_records *target_records_new(void);
void target_records_free(target_records *all);
/* The one of this target, made when it is not there. Borrowed. Any thread. */
target_record *target_records_get(target_records *all, const char *target);

/* Adds what a "remember" or "overlay" frame says. *told is how much of the record the session that
 * sent it has seen; what it said itself counts as seen. */
void target_record_add(target_record *r, const frame *f, gsize *told);
/* The lines that are new since *told, which is moved behind them; NULL: none. Caller frees. */
char *target_record_news(target_record *r, gsize *told);
/* Whether a user of this name would have been made. */
gboolean target_record_has_user(target_record *r, const char *user);

#endif
