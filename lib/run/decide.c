/* What the result of a step means for the host's way on. */
#include "run/decide.h"

static gboolean ran(enum step_status status)
{
	return status != STEP_SKIPPED && status != STEP_UNPREDICTED;
}

static gboolean must_repeat(const struct circumstances *c)
{
	return c->has_until && ran(c->status) && c->retries > 0 && !c->until_holds;
}

enum decision decide(const struct circumstances *c)
{
	if (must_repeat(c)) {
		return c->attempt > c->retries ? DECISION_EXHAUSTED : DECISION_AGAIN;
	}
	if (!c->last_item) {
		return DECISION_ITEM;
	}
	gboolean failed = c->status == STEP_FAILED || c->loop_failed;
	if (!failed || c->ignores_errors) {
		return DECISION_DONE;
	}
	return c->rescued ? DECISION_RESCUE : DECISION_STOP;
}

enum step_status decide_status(const struct circumstances *c)
{
	return c->status == STEP_FAILED && c->ignores_errors ? STEP_IGNORED : c->status;
}
