/* Finding what templates may call by name. */
#ifndef SUTLER_JINJA_ENVIRONMENT_H
#define SUTLER_JINJA_ENVIRONMENT_H

#include "jinja/jinja.h"

/* The method of values of a type, as of environment->method. */
static inline const struct jinja_method *environment_method(
	const struct jinja_environment *environment, enum value_type type, const char *name)
{
	while (environment->method == NULL) {
		environment = environment->base;
	}
	return environment->method(type, name);
}

static inline value *environment_format(const struct jinja_environment *environment,
	struct jinja_evaluation *e, const value *text, const value *arguments)
{
	while (environment->format == NULL) {
		environment = environment->base;
	}
	return environment->format(e, text, arguments);
}

/* NULL: *why says why, and what may have been meant (caller frees; why may be NULL). */
const struct jinja_filter *filter_find(
	const struct jinja_environment *environment, const char *name, char **why);
const struct jinja_test *test_find(
	const struct jinja_environment *environment, const char *name, char **why);
const struct jinja_global *global_find(
	const struct jinja_environment *environment, const char *name);

/* The same in a family of its own, whose rows are struct jinja_global; what: what messages call
 * them. */
const struct jinja_global *family_find(const struct jinja_environment *environment,
	const struct jinja_family *family, const char *what, const char *name, char **why);

#endif
