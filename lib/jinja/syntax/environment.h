/*
 * What templates may call, and by which names: filters, tests, global functions and methods.
 *
 * They are const tables, one row each, sorted by name. A row's signature names its parameters after
 * the input, separated by spaces: "old! new! count" (! must be given), "*" takes further positional
 * arguments, "**" further named ones. What stands before "/" is given by position only.
 */
#ifndef SUTLER_JINJA_ENVIRONMENT_H
#define SUTLER_JINJA_ENVIRONMENT_H

#include "value/value.h"

struct call;
struct evaluation;

/* Returns a new reference; NULL after template_fail(). */
typedef value *(*call_function)(struct call *call);

/* The most parameters that a signature has, stars not counted. */
enum { CALL_ARGUMENTS = 12 };

#define LAZY(argument) (1u << (argument))

struct filter {
	const char *name;
	const char *signature;
	call_function run;
	const char *documentation;
	gboolean text;      /* its result is never read as a literal */
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

/* Functions without input. */
struct global {
	const char *name;
	const char *signature;
	call_function run;
	const char *documentation;
	const char *class_name; /* of one that is a class in Python, and shows it */
};

struct method {
	const char *name;
	const char *signature;
	call_function run;
};

/* A table of rows of one of these types. */
struct jinja_family {
	const void *rows;
	const gsize *n;
};

/* A name that is known elsewhere, and what to say to those who use it here. */
struct jinja_refusal {
	const char *name;
	const char *why;
	gboolean prefix; /* all names that begin so */
};

struct jinja_environment {
	/* What has the rest: its filters, tests and functions behind those here, and what is NULL
	 * here. NULL: nothing has. */
	const struct jinja_environment *base;
	/* Each list ends with an empty row, or is NULL. */
	const struct jinja_family *filters;
	const struct jinja_family *tests;
	const struct jinja_family *globals;
	/* The method of values of a type, or NULL; VALUE_OBJECT: of objects that are mappings. */
	const struct method *(*method)(enum value_type type, const char *name);
	/* text % arguments. New reference, NULL on failure. Or NULL. */
	value *(*format)(struct evaluation *e, const value *text, const value *arguments);
	/* What may stand before the name of any filter or test; ends with NULL, or is NULL. */
	const char *const *prefixes;
	/* Names that no argument of a call may have, not those of its base; ends with NULL, or is
	 * NULL. */
	const char *const *taken;
	/* The last one has no name; or NULL. */
	const struct jinja_refusal *refusals;
};

/* The method of values of a type, as of environment->method. */
static inline const struct method *environment_method(
	const struct jinja_environment *environment, enum value_type type, const char *name)
{
	while (environment->method == NULL) {
		environment = environment->base;
	}
	return environment->method(type, name);
}

static inline value *environment_format(const struct jinja_environment *environment,
	struct evaluation *e, const value *text, const value *arguments)
{
	while (environment->format == NULL) {
		environment = environment->base;
	}
	return environment->format(e, text, arguments);
}

/* NULL: *why says why, and what may have been meant (caller frees; why may be NULL). */
const struct filter *filter_find(
	const struct jinja_environment *environment, const char *name, char **why);
const struct test *test_find(
	const struct jinja_environment *environment, const char *name, char **why);
const struct global *global_find(const struct jinja_environment *environment, const char *name);

/* The same in a family of its own, whose rows are struct global; what: what messages call them. */
const struct global *family_find(const struct jinja_environment *environment,
	const struct jinja_family *family, const char *what, const char *name, char **why);

#endif
