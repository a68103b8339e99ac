/* A thread that lets everyone who asks for it do something small every second. */
#include "transport/pulse.h"

#define INTERVAL G_TIME_SPAN_SECOND

struct entry {
	pulse_function function;
	gpointer data;
	GMutex *lock; /* the owner's */
};

static GMutex lock;
static GCond added;
static GHashTable *entries; /* data -> struct entry *; NULL: the thread has not been started */

static void beat_all(void)
{
	GHashTableIter i;
	gpointer one = NULL;
	g_hash_table_iter_init(&i, entries);
	while (g_hash_table_iter_next(&i, NULL, &one)) {
		const struct entry *e = one;
		if (g_mutex_trylock(e->lock)) {
			e->function(e->data);
			g_mutex_unlock(e->lock);
		}
	}
}

/* As long as the program. */
static gpointer run(gpointer unused)
{
	(void)unused;
	g_mutex_lock(&lock);
	for (;;) {
		gint64 next = g_get_monotonic_time() + INTERVAL;
		while (g_hash_table_size(entries) == 0) {
			g_cond_wait(&added, &lock);
		}
		while (g_cond_wait_until(&added, &lock, next)) {
		}
		beat_all();
	}
	return NULL;
}

void pulse_add(gpointer data, pulse_function function, GMutex *owner)
{
	struct entry *e = g_new(struct entry, 1);
	*e = (struct entry){ .function = function, .data = data, .lock = owner };
	g_mutex_lock(&lock);
	if (entries == NULL) {
		entries = g_hash_table_new_full(NULL, NULL, NULL, g_free);
		g_thread_unref(g_thread_new("pulse", run, NULL));
	}
	g_hash_table_insert(entries, data, e);
	g_cond_signal(&added);
	g_mutex_unlock(&lock);
}

void pulse_remove(gpointer data)
{
	g_mutex_lock(&lock);
	if (entries != NULL) {
		g_hash_table_remove(entries, data);
	}
	g_mutex_unlock(&lock);
}
