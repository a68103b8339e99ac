/* What differs between two sequences: the script is right, and the shortest one while it is cheap.
 */
#include "report/compare.h"

/* Length of the longest common subsequence, by the table: the judge. */
static gint64 common_length(const guint32 *a, gint64 n, const guint32 *b, gint64 m)
{
	g_autofree gint64 *row = g_new0(gint64, (gsize)m + 1);
	for (gint64 i = 0; i < n; i++) {
		gint64 diagonal = 0;
		for (gint64 j = 0; j < m; j++) {
			gint64 above = row[j + 1];
			row[j + 1] = a[i] == b[j] ? diagonal + 1 : MAX(row[j], above);
			diagonal = above;
		}
	}
	return row[m];
}

/* Checks that what is unmarked is the same on both sides; returns its length. */
static gint64 unmarked(const struct sequence *a, const struct sequence *b)
{
	gint64 j = 0;
	gint64 kept = 0;
	for (gint64 i = 0; i < a->n; i++) {
		if (a->changed[i]) {
			continue;
		}
		while (j < b->n && b->changed[j]) {
			j++;
		}
		g_assert_cmpint(j, <, b->n);
		g_assert_cmpuint(a->symbols[i], ==, b->symbols[j]);
		j++;
		kept++;
	}
	while (j < b->n && b->changed[j]) {
		j++;
	}
	g_assert_cmpint(j, ==, b->n);
	return kept;
}

static gint64 compare(const guint32 *a, gint64 n, const guint32 *b, gint64 m, guint32 bound)
{
	g_autofree gboolean *a_changed = g_new0(gboolean, (gsize)n + 1);
	g_autofree gboolean *b_changed = g_new0(gboolean, (gsize)m + 1);
	struct sequence left = { a, a_changed, n };
	struct sequence right = { b, b_changed, m };
	compare_sequences(&left, &right, bound);
	return unmarked(&left, &right);
}

static void fill(GRand *random, guint32 *symbols, gint64 n, guint32 bound)
{
	for (gint64 i = 0; i < n; i++) {
		symbols[i] = (guint32)g_rand_int_range(random, 0, (gint32)bound);
	}
}

static void test_shortest(void)
{
	g_autoptr(GRand) random = g_rand_new_with_seed((guint32)g_test_rand_int());
	guint32 a[40];
	guint32 b[40];
	for (int round = 0; round < 20000; round++) {
		gint64 n = g_rand_int_range(random, 0, 40);
		gint64 m = g_rand_int_range(random, 0, 40);
		guint32 bound = (guint32)g_rand_int_range(random, 1, 12);
		fill(random, a, n, bound);
		fill(random, b, m, bound);
		g_assert_cmpint(compare(a, n, b, m, bound), ==, common_length(a, n, b, m));
	}
}

/* Past the bound on cost the script still has to be right, and the time linear. */
static void test_bounded(void)
{
	enum { N = 100000 };
	g_autoptr(GRand) random = g_rand_new_with_seed(1);
	g_autofree guint32 *a = g_new(guint32, N);
	g_autofree guint32 *b = g_new(guint32, N);
	static const guint32 bounds[] = { 2, 50, 5000, N };
	for (gsize i = 0; i < G_N_ELEMENTS(bounds); i++) {
		fill(random, a, N, bounds[i]);
		fill(random, b, N, bounds[i]);
		gint64 start = g_get_monotonic_time();
		gint64 kept = compare(a, N, b, N, bounds[i]);
		double seconds = (double)(g_get_monotonic_time() - start) / 1e6;
		g_test_message("%u symbols: %" G_GINT64_FORMAT " of %d lines kept in %.2f s",
			bounds[i], kept, N, seconds);
		g_assert_cmpfloat(seconds, <, 20);
	}
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/compare/shortest", test_shortest);
	g_test_add_func("/compare/bounded", test_bounded);
	return g_test_run();
}
