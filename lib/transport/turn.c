/* Turns: not too many logins at one server at once. */
#include "transport/turn.h"

/* sshd begins to drop at 10 connections that have not logged in yet (MaxStartups 10:30:100). */
#define TURNS 8
#define GLANCE (50 * G_TIME_SPAN_MILLISECOND) /* how often a waiting thread looks for a cancel */

static GMutex lock;
static GCond changed;
static GHashTable *taken; /* key -> how many have their turn */

gboolean turn_take(const char *key, const cancel *cancelled, GError **error)
{
	gboolean entered = FALSE;

	g_mutex_lock(&lock);
	if (taken == NULL) {
		taken = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
	}
	while (!cancel_requested(cancelled)) {
		guint count = GPOINTER_TO_UINT(g_hash_table_lookup(taken, key));
		if (count < TURNS) {
			g_hash_table_replace(taken, g_strdup(key), GUINT_TO_POINTER(count + 1));
			entered = TRUE;
			break;
		}
		/* Each holder is bounded by its own deadline, so a turn comes. */
		(void)g_cond_wait_until(&changed, &lock, g_get_monotonic_time() + GLANCE);
	}
	g_mutex_unlock(&lock);
	if (!entered) {
		error_set(error, SUTLER_ERROR_INTERRUPTED, "interrupted");
	}
	return entered;
}

void turn_end(const char *key)
{
	g_mutex_lock(&lock);
	guint count = GPOINTER_TO_UINT(g_hash_table_lookup(taken, key));
	if (count <= 1) {
		g_hash_table_remove(taken, key);
	} else {
		g_hash_table_replace(taken, g_strdup(key), GUINT_TO_POINTER(count - 1));
	}
	g_cond_broadcast(&changed);
	g_mutex_unlock(&lock);
}
