/* Calls of filters, tests, functions and methods: their arguments, and running them. */
#ifndef SUTLER_JINJA_CALL_H
#define SUTLER_JINJA_CALL_H

#include "jinja/engine/evaluate.h"
#include "jinja/syntax/environment.h"

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

/* Fills call->arguments by signature. positional and named (a dict or NULL) are borrowed. FALSE
 * after template_fail(). what: "filter", "test" ... */
gboolean arg_bind(struct call *call, const char *what, const char *signature,
	value *const *positional, guint n, value *named);

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

/* The method of v, or NULL. */
static inline const struct method *method_find(
	const struct evaluation *e, const value *v, const char *name)
{
	gboolean none = value_is(v, VALUE_OBJECT) && !value_object_class(v)->mapping;
	return none ? NULL : environment_method(e->t->environment, value_type(v), name);
}

value *method_run(struct evaluation *e, const struct method *method, value *self,
	value *const *positional, guint n, value *named);

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
