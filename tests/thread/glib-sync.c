/*
 * Tells the thread sanitizer how GLib synchronises; linked into the program with
 * -Db_sanitize=thread only.
 *
 * Debian's GLib is not instrumented, and its locks are futexes of its own, so the sanitizer would
 * not see that they order anything and report whatever they guard. Each function here stands before
 * GLib's own of the same name, calls it, and tells the order that GLib documents. What GLib does
 * inside itself (the queue of a thread pool) is told where our code enters and leaves it; the rest
 * is in the file `suppressions`.
 */
#include <dlfcn.h>
#include <glib.h>
#include <pthread.h>

void __tsan_acquire(void *address);
void __tsan_release(void *address);

/* GLib's own function of this name. */
#define REAL(name)                                                     \
	static gpointer found;                                         \
	if (g_atomic_pointer_get(&found) == NULL) {                    \
		g_atomic_pointer_set(&found, dlsym(RTLD_NEXT, #name)); \
	}                                                              \
	__typeof__(&(name)) real;                                      \
	*(gpointer *)&real = g_atomic_pointer_get(&found);

#define TAKES(name, type)             \
	void name(type *lock)         \
	{                             \
		REAL(name)            \
		real(lock);           \
		__tsan_acquire(lock); \
	}

#define GIVES(name, type)             \
	void name(type *lock)         \
	{                             \
		REAL(name)            \
		__tsan_release(lock); \
		real(lock);           \
	}

TAKES(g_mutex_lock, GMutex)
GIVES(g_mutex_unlock, GMutex)
TAKES(g_rec_mutex_lock, GRecMutex)
GIVES(g_rec_mutex_unlock, GRecMutex)
TAKES(g_rw_lock_writer_lock, GRWLock)
GIVES(g_rw_lock_writer_unlock, GRWLock)
TAKES(g_rw_lock_reader_lock, GRWLock)
GIVES(g_rw_lock_reader_unlock, GRWLock)

gboolean g_mutex_trylock(GMutex *lock)
{
	REAL(g_mutex_trylock)
	gboolean taken = real(lock);
	if (taken) {
		__tsan_acquire(lock);
	}
	return taken;
}

/* A waiting thread gives the mutex and takes it again. */
gboolean g_cond_wait_until(GCond *cond, GMutex *mutex, gint64 end_time)
{
	REAL(g_cond_wait_until)
	__tsan_release(mutex);
	gboolean signalled = real(cond, mutex, end_time);
	__tsan_acquire(mutex);
	return signalled;
}

void g_cond_wait(GCond *cond, GMutex *mutex)
{
	REAL(g_cond_wait)
	__tsan_release(mutex);
	real(cond, mutex);
	__tsan_acquire(mutex);
}

/* g_once_init_enter() reads the location atomically in our own code; it is called when that is not
 * set yet, and may wait for another thread to set it. */
gboolean(g_once_init_enter)(volatile void *location)
{
	REAL(g_once_init_enter)
	gboolean first = real(location);
	__tsan_acquire((void *)location);
	return first;
}

void(g_once_init_leave)(volatile void *location, gsize result)
{
	REAL(g_once_init_leave)
	__tsan_release((void *)location);
	real(location, result);
}

gpointer g_once_impl(GOnce *once, GThreadFunc function, gpointer argument)
{
	REAL(g_once_impl)
	gpointer result = real(once, function, argument);
	__tsan_release(once);
	__tsan_acquire(once);
	return result;
}

gboolean(g_atomic_ref_count_dec)(gatomicrefcount *count)
{
	REAL(g_atomic_ref_count_dec)
	__tsan_release(count);
	gboolean last = real(count);
	if (last) {
		__tsan_acquire(count);
	}
	return last;
}

/* ---- texts that GLib keeps for all threads ---- */

static pthread_mutex_t kept_texts = PTHREAD_MUTEX_INITIALIZER;

const char *(g_intern_string)(const char *text)
{
	REAL(g_intern_string)
	(void)pthread_mutex_lock(&kept_texts);
	const char *kept = real(text);
	(void)pthread_mutex_unlock(&kept_texts);
	return kept;
}

const char *g_get_home_dir(void)
{
	REAL(g_get_home_dir)
	(void)pthread_mutex_lock(&kept_texts);
	const char *kept = real();
	(void)pthread_mutex_unlock(&kept_texts);
	return kept;
}

/* ---- thread pools ---- */

struct pool_work {
	GFunc function;
	gpointer data;
};

static char pool_ended;

static void pool_run(gpointer item, gpointer data)
{
	struct pool_work *work = data;
	__tsan_acquire(item);
	work->function(item, work->data);
	__tsan_release(&pool_ended);
}

GThreadPool *g_thread_pool_new(
	GFunc function, gpointer data, gint threads, gboolean exclusive, GError **error)
{
	REAL(g_thread_pool_new)
	/* As long as the program: a pool may end after g_thread_pool_free(). */
	struct pool_work *work = g_new0(struct pool_work, 1);
	work->function = function;
	work->data = data;
	return real(pool_run, work, threads, exclusive, error);
}

gboolean g_thread_pool_push(GThreadPool *pool, gpointer item, GError **error)
{
	REAL(g_thread_pool_push)
	__tsan_release(item);
	return real(pool, item, error);
}

void g_thread_pool_free(GThreadPool *pool, gboolean immediate, gboolean wait)
{
	REAL(g_thread_pool_free)
	real(pool, immediate, wait);
	if (wait) {
		__tsan_acquire(&pool_ended);
	}
}
