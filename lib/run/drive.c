/* Carries walkers. */
#include "run/drive.h"

#include "run/walker-private.h"

/* Opening a session failed: results that are known already come first. */
static void lose(walker *w, const GError *error)
{
	const struct step *planned = walker_planned(w);
	struct step *head = NULL;
	while (walker_planned(w) == planned && (head = walker_head(w)) != NULL &&
		head->state == STEP_KNOWN) {
		walker_take(w, g_steal_pointer(&head->result));
	}
	if (walker_planned(w) == planned) {
		walker_lost(w, error);
	}
}

static void send(walker *w)
{
	g_autoptr(GError) error = NULL;
	struct step *s = walker_planned(w);
	gboolean own = s->delegate == NULL && reach_same(s->to, w->reach);
	session *at =
		targets_session(w->targets, s->to, own, &s->who, s->call->context.check, &error);
	if (at != NULL) {
		walker_sent(w, at);
	} else {
		lose(w, error);
	}
}

/* FALSE: it waits for results that are under way. */
static gboolean run_here(walker *w)
{
	g_autoptr(GError) error = NULL;
	const struct step *s = walker_planned(w);
	result *r = s->call->module->run_here(s->call, &error);
	if (r == NULL && g_error_matches(error, SUTLER_ERROR, SUTLER_ERROR_INTERRUPTED)) {
		lose(w, error);
		return TRUE;
	}
	r = r != NULL ? r : walker_result_of_error(g_steal_pointer(&error));
	if (r == NULL) {
		return walker_postpone(w) == WALK_ON;
	}
	walker_known(w, r);
	return TRUE;
}

/* Waits for the result of the oldest step. */
static void take(walker *w)
{
	g_autoptr(GError) error = NULL;
	struct step *head = walker_head(w);
	result *r = head->state == STEP_KNOWN ? g_steal_pointer(&head->result)
					      : session_take(head->session, &error);
	if (r != NULL) {
		walker_take(w, r);
	} else {
		walker_lost(w, error);
	}
}

static void ask_how_far(walker *w)
{
	if (w->session != NULL) {
		session_sync(w->session);
	}
}

/* One move. FALSE: results must come in first, or something else. */
static gboolean move(walker *w, enum walk how)
{
	switch (how) {
	case WALK_ON:
		return TRUE;
	case WALK_SEND:
		send(w);
		return TRUE;
	case WALK_HERE:
		return run_here(w);
	default:
		return FALSE;
	}
}

gboolean drive(walker *w)
{
	for (;;) {
		enum walk how = walker_advance(w);
		if (move(w, how)) {
			continue;
		}
		ask_how_far(w);
		if (!w->alive) {
			return TRUE;
		}
		if (walker_head(w) != NULL) {
			take(w);
		} else if (how == WALK_END) {
			return TRUE;
		} else if (walker_wait(w, NULL) != WAIT_NAME) {
			return FALSE;
		} else {
			walker_stuck(w);
			return TRUE;
		}
	}
}
