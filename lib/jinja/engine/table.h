/*
 * Filters, tests, lookups, globals and methods: const tables, one row each.
 *
 * A row's signature names its parameters after the input, separated by spaces: "old! new! count"
 * (! must be given), "*" takes further positional arguments, "**" further named ones. What stands
 * before "/" is given by position only.
 */
#ifndef SUTLER_JINJA_TABLE_H
#define SUTLER_JINJA_TABLE_H

#include "jinja/engine/evaluate.h"

enum { CALL_ARGUMENTS = 12 };

/* What a filter, test, lookup, global or method is called with. All borrowed. */
struct call {
	struct evaluation *e;
	const char *name;
	value *input; /* what stands before | or is or the dot; NULL for globals */
	value *arguments[CALL_ARGUMENTS]; /* by position in the signature; NULL: not given */
	guint n;                          /* of them that may be given */
	value *const *extra;
	guint n_extra;
	value *named;      /* further named arguments, a dict; NULL: none */
	gboolean constant; /* the arguments are written in the template: defined, and not secret */
};

/* A call without arguments yet; clearing all of arguments would be half the cost of a small filter.
 */
static inline void call_start(
	struct call *call, struct evaluation *e, const char *name, value *input)
{
	call->e = e;
	call->name = name;
	call->input = input;
	call->n = 0;
	call->extra = NULL;
	call->n_extra = 0;
	call->named = NULL;
	call->constant = FALSE;
}

/* Returns a new reference; NULL after template_fail(). */
typedef value *(*call_function)(struct call *call);

#define LAZY(argument) (1u << (argument))

struct filter {
	const char *name;
	const char *signature;
	call_function run;
	const char *documentation;
	gboolean text;      /* its result is never read as a literal (STRING_TYPE_FILTERS) */
	gboolean undefined; /* gets undefined input as it is */
	gboolean hands_on;  /* ... and makes something undefined of it, or fails */
	gboolean varies;    /* the same input may give something else the next time */
	gboolean bytes;     /* gets input that is no UTF-8 as it is */
	gboolean utf8;      /* refuses such input */
	gboolean strict;    /* fails for an inline if without else, where others take it as "" */
	gboolean keys;      /* of a dict it looks at the keys alone */
	guint lazy;         /* arguments that may be undefined, as it may not need them: a bit
			       each (LAZY), all of those in * and ** */
};

struct test {
	const char *name;
	const char *signature;
	gboolean (*run)(struct call *call, gboolean *ret);
	const char *documentation;
	gboolean undefined; /* gets undefined input as it is */
	gboolean varies;    /* the same input may give something else the next time */
	gboolean strict;    /* as of a filter */
};

/* Lookups and globals share the shape: no input. */
struct global {
	const char *name;
	const char *signature;
	call_function run;
	const char *documentation;
};

/* By name, with or without "ansible.builtin." or "ansible.legacy." before it. NULL: *why says why,
 * and what may have been meant (caller frees). */
const struct filter *filter_find(const char *name, char **why);
const struct test *test_find(const char *name, char **why);
const struct global *lookup_find(const char *name, char **why);
const struct global *global_find(const char *name);

/* Every row, for documentation: calls each(name, signature, documentation). */
void table_each(const char *kind,
	void (*each)(
		const char *name, const char *signature, const char *documentation, gpointer data),
	gpointer data);

/* The families, each sorted by name. */
extern const struct filter filters_string[], filters_list[], filters_hash[], filters_regex[],
	filters_number[], filters_path[], filters_data[], filters_select[], filters_set[],
	filters_time[], filters_ansible[], filters_html[];
extern const gsize n_filters_string, n_filters_list, n_filters_hash, n_filters_regex,
	n_filters_number, n_filters_path, n_filters_data, n_filters_select, n_filters_set,
	n_filters_time, n_filters_ansible, n_filters_html;
extern const struct test tests_basic[], tests_ansible[];
extern const gsize n_tests_basic, n_tests_ansible;
extern const struct global lookups[], globals[];
extern const gsize n_lookups, n_globals;

/* Fills call->arguments by signature. positional and named (a dict or NULL) are borrowed. FALSE
 * after template_fail(). what: "filter", "test" ... */
gboolean arg_bind(struct call *call, const char *what, const char *signature,
	value *const *positional, guint n, value *named);

/* Says at compile time which parameter each argument is, where that can be told then. */
void arg_prepare(struct template *t, struct arguments *a, const char *signature);

/* Run them with arguments that are bound; input may be undefined. New reference or NULL; -1 on
 * failure. */
value *filter_apply(const struct filter *f, struct call *call);
int test_apply(const struct test *t, struct call *call);

/* Runs them with these arguments; input may be undefined. New reference or NULL. */
value *filter_run(struct evaluation *e, const struct filter *f, value *input,
	value *const *positional, guint n, value *named);
/* -1 on failure. */
int test_run(struct evaluation *e, const struct test *t, value *input, value *const *positional,
	guint n, value *named);
value *global_run(struct evaluation *e, const struct global *g, value *const *positional, guint n,
	value *named);

/* Arguments as C types. They fail with a message naming the call and the argument. */
gboolean arg_int(struct call *call, guint i, gint64 otherwise, gint64 *ret);
/* The same where none stands for otherwise. */
gboolean arg_int_or_none(struct call *call, guint i, gint64 otherwise, gint64 *ret);
gboolean arg_bool(struct call *call, guint i, gboolean otherwise);
/* The text of argument i, or otherwise; NULL when it is no string. */
const char *arg_string(struct call *call, guint i, const char *otherwise);
/* str(input), unless it holds something undefined. Caller unrefs. */
value *arg_text(struct call *call);
/* The input or argument as a list to go through; caller unrefs. */
value *arg_list(struct call *call, const value *v);

#endif
