/* Tests of lib/transport/pulse.c: who is called, and when not. */
#include "transport/pulse.h"

struct called {
	GMutex lock;
	gint count;
};

static void count(gpointer data)
{
	g_atomic_int_inc(&((struct called *)data)->count);
}

static void test_free_and_held(void)
{
	struct called idle = { .count = 0 }, busy = { .count = 0 };
	g_mutex_init(&idle.lock);
	g_mutex_init(&busy.lock);
	g_mutex_lock(&busy.lock);
	pulse_add(&idle, count, &idle.lock);
	pulse_add(&busy, count, &busy.lock);
	gint64 end = g_get_monotonic_time() + 20 * G_TIME_SPAN_SECOND;
	while (g_atomic_int_get(&idle.count) < 2 && g_get_monotonic_time() < end) {
		g_usleep(20 * 1000);
	}
	g_assert_cmpint(g_atomic_int_get(&idle.count), >=, 2);
	g_assert_cmpint(g_atomic_int_get(&busy.count), ==, 0);
	g_mutex_unlock(&busy.lock);
	pulse_remove(&idle);
	gint before = g_atomic_int_get(&idle.count);
	while (g_atomic_int_get(&busy.count) < 2 && g_get_monotonic_time() < end) {
		g_usleep(20 * 1000);
	}
	g_assert_cmpint(g_atomic_int_get(&busy.count), >=, 2);
	g_assert_cmpint(g_atomic_int_get(&idle.count), ==, before);
	pulse_remove(&busy);
	pulse_remove(&busy);
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/pulse/free-and-held", test_free_and_held);
	return g_test_run();
}
