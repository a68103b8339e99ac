/* Finding filters, tests and global functions by name. */
#include "jinja/syntax/environment.h"

#include <stdlib.h>
#include <string.h>

#include "base/suggest.h"

/* Every row starts with its name. */
static int compare_name(gconstpointer name, gconstpointer row)
{
	return strcmp(name, *(const char *const *)row);
}

/* The name without what may stand before it. */
static const char *plain(const struct jinja_environment *environment, const char *name)
{
	for (; environment != NULL; environment = environment->base) {
		const char *const *prefix = environment->prefixes;
		for (; prefix != NULL && *prefix != NULL; prefix++) {
			if (g_str_has_prefix(name, *prefix)) {
				return name + strlen(*prefix);
			}
		}
	}
	return name;
}

static const struct jinja_refusal *refusal_of(
	const struct jinja_environment *environment, const char *name)
{
	for (; environment != NULL; environment = environment->base) {
		const struct jinja_refusal *r = environment->refusals;
		for (; r != NULL && r->name != NULL; r++) {
			if (r->prefix ? g_str_has_prefix(name, r->name)
				      : strcmp(name, r->name) == 0) {
				return r;
			}
		}
	}
	return NULL;
}

/* What is looked for: the lists of families that an environment and its bases have of one kind. */
struct search {
	const struct jinja_environment *environment;
	gsize list; /* where in struct jinja_environment */
	gsize size; /* of a row */
	const char *what;
};

static const struct jinja_family *list_of(
	const struct jinja_environment *environment, const struct search *s)
{
	return *(const struct jinja_family *const *)((
		gconstpointer)((const char *)environment + s->list));
}

static gconstpointer in_family(const struct jinja_family *family, gsize size, const char *name)
{
	return bsearch(name, family->rows, *family->n, size, compare_name);
}

static gconstpointer find(const struct search *s, const char *name)
{
	const struct jinja_environment *environment = s->environment;
	for (; environment != NULL; environment = environment->base) {
		const struct jinja_family *family = list_of(environment, s);
		for (; family != NULL && family->rows != NULL; family++) {
			gconstpointer row = in_family(family, s->size, name);
			if (row != NULL) {
				return row;
			}
		}
	}
	return NULL;
}

static void add_names(GPtrArray *names, const struct jinja_family *family, gsize size)
{
	for (gsize i = 0; i < *family->n; i++) {
		gconstpointer row = (const char *)family->rows + i * size;
		g_ptr_array_add(names, (gpointer) * (const char *const *)row);
	}
}

static char *unknown(const char *what, const char *name, const GPtrArray *names)
{
	g_autofree char *hint = suggest_phrase(name, (const char *const *)names->pdata, names->len);
	return g_strdup_printf("unknown %s '%s'%s", what, name, hint);
}

/* What to say about a name that is not there; NULL: nothing that is known of it elsewhere. */
static char *refused(
	const struct jinja_environment *environment, const char *what, const char *name)
{
	const struct jinja_refusal *refusal = refusal_of(environment, name);
	return refusal != NULL ? g_strdup_printf("%s '%s' %s", what, name, refusal->why) : NULL;
}

static char *explain(const struct search *s, const char *name)
{
	char *why = refused(s->environment, s->what, name);
	if (why != NULL) {
		return why;
	}
	g_autoptr(GPtrArray) names = g_ptr_array_new();
	const struct jinja_environment *environment = s->environment;
	for (; environment != NULL; environment = environment->base) {
		const struct jinja_family *family = list_of(environment, s);
		for (; family != NULL && family->rows != NULL; family++) {
			add_names(names, family, s->size);
		}
	}
	return unknown(s->what, name, names);
}

static gconstpointer find_or_explain(const struct search *s, const char *name, char **why)
{
	gconstpointer row = find(s, plain(s->environment, name));
	if (row == NULL && why != NULL) {
		*why = explain(s, name);
	}
	return row;
}

const struct jinja_filter *filter_find(
	const struct jinja_environment *environment, const char *name, char **why)
{
	const struct search s = { environment, G_STRUCT_OFFSET(struct jinja_environment, filters),
		sizeof(struct jinja_filter), "filter" };
	return find_or_explain(&s, name, why);
}

const struct jinja_test *test_find(
	const struct jinja_environment *environment, const char *name, char **why)
{
	const struct search s = { environment, G_STRUCT_OFFSET(struct jinja_environment, tests),
		sizeof(struct jinja_test), "test" };
	return find_or_explain(&s, name, why);
}

const struct jinja_global *global_find(
	const struct jinja_environment *environment, const char *name)
{
	const struct search s = { environment, G_STRUCT_OFFSET(struct jinja_environment, globals),
		sizeof(struct jinja_global), "function" };
	return find(&s, name);
}

const struct jinja_global *family_find(const struct jinja_environment *environment,
	const struct jinja_family *family, const char *what, const char *name, char **why)
{
	gconstpointer row =
		in_family(family, sizeof(struct jinja_global), plain(environment, name));
	if (row == NULL && why != NULL) {
		*why = refused(environment, what, name);
	}
	if (row == NULL && why != NULL && *why == NULL) {
		g_autoptr(GPtrArray) names = g_ptr_array_new();
		add_names(names, family, sizeof(struct jinja_global));
		*why = unknown(what, name, names);
	}
	return row;
}
