/* Calls of filters, tests, functions and methods: their arguments, and running them. */
#ifndef SUTLER_JINJA_CALL_H
#define SUTLER_JINJA_CALL_H

#include "jinja/engine/evaluate.h"
#include "jinja/syntax/environment.h"

/* A call without arguments yet; clearing all of arguments would be half the cost of a small filter.
 */
static inline void call_start(
	struct jinja_call *call, struct jinja_evaluation *e, const char *name, value *input)
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
 * after jinja_fail(). what: "filter", "test" ... */
gboolean arg_bind(struct jinja_call *call, const char *what, const char *signature,
	value *const *positional, guint n, value *named);

/* Run them with arguments that are bound; input may be undefined. New reference or NULL; -1 on
 * failure. */
value *filter_apply(const struct jinja_filter *f, struct jinja_call *call);
int test_apply(const struct jinja_test *t, struct jinja_call *call);

/* Runs them with these arguments; input may be undefined. New reference or NULL. */
value *filter_run(struct jinja_evaluation *e, const struct jinja_filter *f, value *input,
	value *const *positional, guint n, value *named);
/* -1 on failure. */
int test_run(struct jinja_evaluation *e, const struct jinja_test *t, value *input,
	value *const *positional, guint n, value *named);
value *global_run(struct jinja_evaluation *e, const struct jinja_global *g,
	value *const *positional, guint n, value *named);

/* The method of v, or NULL. */
static inline const struct jinja_method *method_find(
	const struct jinja_evaluation *e, const value *v, const char *name)
{
	gboolean none = value_is(v, VALUE_OBJECT) && !value_object_class(v)->mapping;
	return none ? NULL : environment_method(e->t->environment, value_type(v), name);
}

value *method_run(struct jinja_evaluation *e, const struct jinja_method *method, value *self,
	value *const *positional, guint n, value *named);

#endif
