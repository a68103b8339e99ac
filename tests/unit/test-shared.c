/* Tests of lib/base/shared.c. */
#include "base/shared.h"

enum { THREADS = 8, ROUNDS = 2000 };

static gint made, alive;

static void gone(gpointer bytes)
{
	g_atomic_int_dec_and_test(&alive);
	g_free(bytes);
}

static GBytes *make(gpointer data, GError **error)
{
	if (data == NULL) {
		error_set(error, SUTLER_ERROR_FAILED, "no");
		return NULL;
	}
	g_atomic_int_inc(&made);
	g_atomic_int_inc(&alive);
	char *text = g_strdup(data);
	return g_bytes_new_with_free_func(text, 4, gone, text);
}

static gpointer take_and_drop(gpointer unused)
{
	(void)unused;
	for (guint i = 0; i < ROUNDS; i++) {
		g_autoptr(GBytes) bytes = shared_bytes("busy", make, (gpointer) "busy", NULL);
		g_assert_cmpmem(g_bytes_get_data(bytes, NULL), 4, "busy", 4);
	}
	return NULL;
}

static void test_once(void)
{
	g_autoptr(GError) error = NULL;
	GBytes *a = shared_bytes("key", make, (gpointer) "text", NULL);
	GBytes *b = shared_bytes("key", make, (gpointer) "text", NULL);
	g_assert_cmpint(made, ==, 1);
	g_assert_true(g_bytes_get_data(a, NULL) == g_bytes_get_data(b, NULL));
	g_bytes_unref(a);
	g_assert_cmpint(alive, ==, 1);
	g_bytes_unref(b);
	g_assert_cmpint(alive, ==, 0);
	g_assert_null(shared_bytes("key", make, NULL, &error));
	g_assert_error(error, SUTLER_ERROR, SUTLER_ERROR_FAILED);
}

static void test_take(void)
{
	GBytes *a = shared_bytes_take("digest", g_bytes_new("same", 4));
	GBytes *b = shared_bytes_take("digest", g_bytes_new("same", 4));
	g_assert_true(g_bytes_get_data(a, NULL) == g_bytes_get_data(b, NULL));
	g_bytes_unref(a);
	g_bytes_unref(b);
}

static void test_threads(void)
{
	GThread *threads[THREADS];
	for (guint i = 0; i < THREADS; i++) {
		threads[i] = g_thread_new("taker", take_and_drop, NULL);
	}
	for (guint i = 0; i < THREADS; i++) {
		g_thread_join(threads[i]);
	}
	g_assert_cmpint(alive, ==, 0);
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/shared/once", test_once);
	g_test_add_func("/shared/take", test_take);
	g_test_add_func("/shared/threads", test_threads);
	return g_test_run();
}
