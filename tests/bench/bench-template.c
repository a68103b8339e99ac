/*
 * Renders templates that are compiled already: bench-template TEMPLATE VARIABLES.json ROUNDS
 * [lines].
 *
 * With `lines` every line is a template of its own. Prints the processor seconds of the best round,
 * the bytes made, and (linked with count-malloc.c) the memory in bytes that a template took at once
 * beyond its result.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "count-malloc.h"
#include "jinja/jinja.h"
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

static double processor_seconds(void)
{
	struct timespec now;
	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
	return (double)now.tv_sec + (double)now.tv_nsec / 1e9;
}

static void compile(GPtrArray *templates, const char *text, gsize length, const char *name)
{
	g_autoptr(GError) error = NULL;
	struct jinja_syntax syntax;
	jinja_syntax_init(&syntax);
	syntax.trim_blocks = TRUE;
	jinja_template *t =
		jinja_compile(&jinja_standard, text, length, name, &syntax, JINJA_TEXT, &error);
	jinja_syntax_finish(&syntax);
	g_assert_no_error(error);
	g_ptr_array_add(templates, t);
}

/* Renders all once; the bytes they gave. */
static gsize round_of(GPtrArray *templates, const struct jinja_scope *scope, gsize *ret_extra)
{
	gsize bytes = 0;
	*ret_extra = 0;
	for (guint i = 0; i < templates->len; i++) {
		gsize size = 0;
		g_autoptr(GError) error = NULL;
		gsize before = count_malloc_begin != NULL ? count_malloc_begin() : 0;
		g_autofree char *out = jinja_render(templates->pdata[i], scope, &size, &error);
		gsize most = count_malloc_most != NULL ? count_malloc_most() - before : 0;
		g_assert_no_error(error);
		*ret_extra = MAX(*ret_extra, most - MIN(most, size));
		bytes += size;
	}
	return bytes;
}

int main(int argc, char **argv)
{
	gsize length = 0;
	gsize json_length = 0;
	if (argc < 4) {
		fprintf(stderr, "usage: %s TEMPLATE VARIABLES.json ROUNDS [lines]\n", argv[0]);
		return 2;
	}
	g_autofree char *text = read_all(argv[1], &length);
	g_autofree char *json = read_all(argv[2], &json_length);
	g_autoptr(GError) error = NULL;
	g_autoptr(value) variables = json_parse(json, json_length, argv[2], &error);
	g_assert_no_error(error);
	value_freeze(variables); /* as inventories are */
	struct jinja_scope scope = { .data = variables, .lookup = lookup };
	g_autoptr(GPtrArray) templates =
		g_ptr_array_new_with_free_func((GDestroyNotify)jinja_template_unref);
	if (argc > 4) {
		g_auto(GStrv) lines = g_strsplit(text, "\n", -1);
		for (gsize i = 0; lines[i] != NULL && *lines[i] != '\0'; i++) {
			compile(templates, lines[i], strlen(lines[i]), argv[1]);
		}
	} else {
		compile(templates, text, length, argv[1]);
	}
	double best = G_MAXDOUBLE;
	gsize bytes = 0;
	gsize extra = 0;
	for (int i = 0; i < atoi(argv[3]); i++) {
		double start = processor_seconds();
		bytes = round_of(templates, &scope, &extra);
		best = MIN(best, processor_seconds() - start);
	}
	printf("%.9f %zu %zu\n", best, bytes, extra);
	return 0;
}
