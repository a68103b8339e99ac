/*
 * What the result of a step means for the host's way on: a function of what is known, without a
 * host.
 *
 * Behaviour: Ansible 2.14 "Error handling in playbooks", "Loops" (until), "Blocks".
 */
#ifndef SUTLER_RUN_DECIDE_H
#define SUTLER_RUN_DECIDE_H

#include "modules/result.h"

/* What is known of a step when its result, with `changed_when` and `failed_when` applied, is
 * decided on. */
struct circumstances {
	enum step_status status;
	gboolean has_until;
	gboolean until_holds;
	guint attempt; /* from 1 */
	guint retries;
	gboolean ignores_errors;
	gboolean last_item;   /* or no loop */
	gboolean loop_failed; /* an earlier item did */
	gboolean rescued;     /* a `rescue` would take the failure */
};

enum decision {
	DECISION_AGAIN,     /* the step is tried once more, after a pause */
	DECISION_EXHAUSTED, /* it failed: the last try is over and `until` does not hold */
	DECISION_ITEM,      /* more items of the loop are to come */
	DECISION_DONE,      /* the host goes on behind the task */
	DECISION_RESCUE,    /* it goes on in a `rescue` */
	DECISION_STOP,      /* the task failed and nothing takes that */
};

enum decision decide(const struct circumstances *c);
/* How the step is shown and counted: a failure that is ignored is STEP_IGNORED. */
enum step_status decide_status(const struct circumstances *c);

#endif
