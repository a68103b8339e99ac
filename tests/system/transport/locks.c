/* GLib's locks by way of pthreads, linked in for the thread sanitizer: it sees those, but not the
 * futexes of a GLib that was built without it. */
#include <glib.h>
#include <pthread.h>

const char *__tsan_default_suppressions(void);

/* What GLib itself does with its memory cannot be judged from here; a quark is the same whichever
 * thread asks first (G_DEFINE_QUARK). */
const char *__tsan_default_suppressions(void)
{
	return "called_from_lib:libglib-2.0.so.0\nrace:sutler_error_quark\n";
}

static gpointer keep_first(gpointer *slot, gpointer made)
{
	gpointer nothing = NULL;

	if (__atomic_compare_exchange_n(
		    slot, &nothing, made, FALSE, __ATOMIC_ACQ_REL, __ATOMIC_ACQUIRE)) {
		return made;
	}
	g_free(made);
	return nothing;
}

static pthread_mutex_t *mutex(GMutex *m)
{
	gpointer known = __atomic_load_n(&m->p, __ATOMIC_ACQUIRE);

	if (known == NULL) {
		pthread_mutex_t *made = g_new0(pthread_mutex_t, 1);
		pthread_mutex_init(made, NULL);
		known = keep_first(&m->p, made);
	}
	return known;
}

static pthread_cond_t *condition(GCond *c)
{
	gpointer known = __atomic_load_n(&c->p, __ATOMIC_ACQUIRE);

	if (known == NULL) {
		pthread_cond_t *made = g_new0(pthread_cond_t, 1);
		pthread_condattr_t attributes;
		pthread_condattr_init(&attributes);
		pthread_condattr_setclock(&attributes, CLOCK_MONOTONIC);
		pthread_cond_init(made, &attributes);
		known = keep_first(&c->p, made);
	}
	return known;
}

void g_mutex_init(GMutex *m)
{
	m->p = NULL;
}

void g_mutex_clear(GMutex *m)
{
	g_clear_pointer(&m->p, g_free);
}

void(g_mutex_lock)(GMutex *m)
{
	pthread_mutex_lock(mutex(m));
}

void(g_mutex_unlock)(GMutex *m)
{
	pthread_mutex_unlock(mutex(m));
}

gboolean(g_mutex_trylock)(GMutex *m)
{
	return pthread_mutex_trylock(mutex(m)) == 0;
}

void g_cond_broadcast(GCond *c)
{
	pthread_cond_broadcast(condition(c));
}

void g_cond_signal(GCond *c)
{
	pthread_cond_signal(condition(c));
}

void g_cond_wait(GCond *c, GMutex *m)
{
	pthread_cond_wait(condition(c), mutex(m));
}

gboolean g_cond_wait_until(GCond *c, GMutex *m, gint64 end)
{
	const struct timespec at = { end / G_USEC_PER_SEC, end % G_USEC_PER_SEC * 1000 };
	return pthread_cond_timedwait(condition(c), mutex(m), &at) == 0;
}
