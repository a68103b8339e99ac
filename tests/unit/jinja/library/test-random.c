/* Random numbers: for a seed, those of Python's random.Random(seed). */
#include "jinja/library/random.h"

enum { N = 6 };

static void test_seeds(void)
{
	static const guint64 bounds[N] = { 10, 100, 1000, 3, G_GUINT64_CONSTANT(1) << 40, 1 };
	/* [random.Random(seed)._randbelow(n) for n in bounds], one generator a row */
	const struct {
		value *seed;
		guint64 numbers[N];
	} rows[] = {
		{ value_new_int(0), { 6, 97, 911, 1, G_GUINT64_CONSTANT(567109562164), 0 } },
		{ value_new_int(1), { 2, 72, 867, 0, G_GUINT64_CONSTANT(258793550908), 0 } },
		{ value_new_int(-7), { 5, 19, 404, 2, G_GUINT64_CONSTANT(159121178576), 0 } },
		{ value_new_string("host.example.org"),
			{ 4, 52, 963, 1, G_GUINT64_CONSTANT(1097984896473), 0 } },
		{ value_new_string("gr\xc3\xbcn"),
			{ 6, 89, 115, 2, G_GUINT64_CONSTANT(677250416534), 0 } },
		{ value_new_float(2.5), { 6, 43, 963, 0, G_GUINT64_CONSTANT(738792908205), 0 } },
		{ value_new_int(G_GINT64_CONSTANT(1000000000000)),
			{ 7, 85, 840, 2, G_GUINT64_CONSTANT(1099077320805), 0 } },
	};
	for (gsize i = 0; i < G_N_ELEMENTS(rows); i++) {
		struct random random;
		random_init(&random, rows[i].seed);
		for (gsize k = 0; k < N; k++) {
			g_assert_cmpuint(random_below(&random, bounds[k]), ==, rows[i].numbers[k]);
		}
		value_unref(rows[i].seed);
	}
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/random/seeds", test_seeds);
	return g_test_run();
}
