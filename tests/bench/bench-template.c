/* Renders a template of a file many times: bench-template TEMPLATE VARIABLES.json ROUNDS. */
#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <time.h>

#include "template/template.h"
#include "value/json.h"

static value *lookup(gpointer data, const char *name, GError **error)
{
	(void)error;
	value *v = value_dict_get(data, name);
	return v != NULL ? value_ref(v) : NULL;
}

static char *read_all(const char *path, gsize *length)
{
	char *text = NULL;
	GError *error = NULL;
	if (!g_file_get_contents(path, &text, length, &error)) {
		g_error("%s", error->message);
	}
	return text;
}

static long peak(void)
{
	struct rusage usage;
	getrusage(RUSAGE_SELF, &usage);
	return usage.ru_maxrss;
}

static double processor_seconds(void)
{
	struct timespec now;
	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
	return (double)now.tv_sec + (double)now.tv_nsec / 1e9;
}

/* Prints processor seconds of the best round (without compiling), the bytes made and the memory rendering
 * added. */
int main(int argc, char **argv)
{
	gsize length = 0;
	gsize json_length = 0;
	gsize size = 0;
	if (argc != 4) {
		fprintf(stderr, "usage: %s TEMPLATE VARIABLES.json ROUNDS\n", argv[0]);
		return 2;
	}
	g_autofree char *text = read_all(argv[1], &length);
	g_autofree char *json = read_all(argv[2], &json_length);
	g_autoptr(GError) error = NULL;
	g_autoptr(value) variables = json_parse(json, json_length, argv[2], &error);
	g_assert_no_error(error);
	value_freeze(variables); /* as inventories are */
	struct template_scope scope = { .data = variables, .lookup = lookup };
	int rounds = atoi(argv[3]);
	g_autoptr(template) t = template_parse(text, length, argv[1], &error);
	g_assert_no_error(error);
	long before = peak();
	double best = G_MAXDOUBLE;
	for (int i = 0; i < rounds; i++) {
		double start = processor_seconds();
		g_autofree char *out = template_render(t, &scope, &size, &error);
		best = MIN(best, processor_seconds() - start);
		g_assert_no_error(error);
		g_assert_nonnull(out);
	}
	printf("%.9f %zu %ld\n", best, size, peak() - before);
	return 0;
}
