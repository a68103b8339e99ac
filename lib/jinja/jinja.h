/*
 * Jinja2: templates, what they find, and what they may call.
 *
 *	struct jinja_syntax syntax;
 *	jinja_syntax_init(&syntax);
 *	g_autoptr(jinja_template) t = jinja_compile(&jinja_standard, "Hello {{ name | upper }}!",
 *25, "hello", &syntax, JINJA_TEXT, &error); struct jinja_scope scope = { .data = names, .lookup =
 *look_name_up }; g_autofree char *text = t != NULL ? jinja_render(t, &scope, &length, &error) :
 *NULL;
 *
 * A template is compiled once, immutable, and may be used by many threads at once. What it prints
 *is never escaped unless it asks for that. Bounds: syntax/limits.h.
 *
 * Behaviour: Jinja2 3.1, https://jinja.palletsprojects.com/en/3.1.x/templates/
 */
#ifndef SUTLER_JINJA_JINJA_H
#define SUTLER_JINJA_JINJA_H

#include "value/value.h"

/* --- templates --- */

typedef struct jinja_template jinja_template;
struct jinja_environment;

/* Marks and white space, as the settings of Jinja2's Environment of these names; all texts are
 * owned. */
struct jinja_syntax {
	char *block_start, *block_end;
	char *variable_start, *variable_end;
	char *comment_start, *comment_end;
	char *line_statement, *line_comment; /* prefixes, or NULL */
	char *newline;
	gboolean trim_blocks, lstrip_blocks, keep_trailing_newline;
	gboolean raw_strings; /* backslashes in strings of {{ }} are kept */
};

void jinja_syntax_init(struct jinja_syntax *syntax); /* the settings of Jinja2 */
void jinja_syntax_finish(struct jinja_syntax *syntax);

enum jinja_mode {
	JINJA_TEXT,
	JINJA_EXPRESSION, /* what stands in {{ }}, without marks */
	JINJA_CONDITION,  /* what stands in {% if %}: no inline if */
};

/* Compiles source with what environment knows; it must live as long as the template. name is what
 * errors call it; NULL: "<template>". syntax is taken over (cleared). Errors: SUTLER_ERROR_USAGE
 * for syntax, unknown filters and tests (also in branches never taken), SUTLER_ERROR_LIMIT. */
jinja_template *jinja_compile(const struct jinja_environment *environment, const char *source,
	gsize length, const char *name, struct jinja_syntax *syntax, enum jinja_mode mode,
	GError **error);
jinja_template *jinja_template_ref(jinja_template *t);
void jinja_template_unref(jinja_template *t);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(jinja_template, jinja_template_unref)

/* Adds to names (char *, owned by the set) the free variables that t uses outside `default`, `is
 * defined` and branches that depend on a condition. */
void jinja_required_names(const jinja_template *t, GHashTable *names);

/* Where an evaluation finds its variables and other templates. The pointers belong to the caller
 * and must live as long as the evaluation. */
struct jinja_scope {
	gpointer data;
	/* The value of a variable; caller unrefs. NULL without an error: not defined. With
	 * SUTLER_ERROR_UNDEFINED it is not defined either, and where it is used the error is told;
	 * any other ends the evaluation, also inside `is defined` and `default`. May be NULL. */
	value *(*lookup)(gpointer data, const char *name, GError **error);
	/* Adds the names of all variables to names (char *, as keys; static or owned by the scope),
	 * for suggestions. May be NULL. */
	void (*names)(gpointer data, GHashTable *names);
	/* Folders searched in order by include, import, extends: NULL-terminated. May be NULL. */
	const char *const *folders;
};

/* Renders a template. Caller frees; *length gets the bytes. Errors: SUTLER_ERROR_UNDEFINED,
 * SUTLER_ERROR_USAGE, SUTLER_ERROR_LIMIT, and what the scope sets. */
char *jinja_render(
	jinja_template *t, const struct jinja_scope *scope, gsize *length, GError **error);

/* The value of a template that was compiled as an expression or condition. Caller unrefs. */
value *jinja_evaluate(jinja_template *t, const struct jinja_scope *scope, GError **error);

/* --- what templates may call ---
 *
 * Filters, tests and functions are const tables, one row each, sorted by name. A row's signature
 * names its parameters after the input, separated by spaces: "old! new! count" (! must be given),
 * "*" takes further positional arguments, "**" further named ones. What stands before "/" is given
 * by position only.
 */

struct jinja_evaluation;

/* The most parameters that a signature has, stars not counted. */
enum { JINJA_ARGUMENTS = 12 };

/* What a filter, test, function or method is called with. All borrowed. */
struct jinja_call {
	struct jinja_evaluation *e;
	const char *name;
	value *input; /* what stands before | or is or the dot; NULL for functions */
	value *arguments[JINJA_ARGUMENTS]; /* by position in the signature; NULL: not given */
	guint n;                           /* of them that may be given */
	value *const *extra;
	guint n_extra;
	value *named;      /* further named arguments, a dict; NULL: none */
	gboolean constant; /* the arguments are written in the template: defined, and not secret */
};

/* Returns a new reference; NULL after jinja_fail(). */
typedef value *(*jinja_function)(struct jinja_call *call);

#define JINJA_LAZY(argument) (1u << (argument))

struct jinja_filter {
	const char *name;
	const char *signature;
	jinja_function run;
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
			       each (JINJA_LAZY), all of those in * and ** */
};

struct jinja_test {
	const char *name;
	const char *signature;
	gboolean (*run)(struct jinja_call *call, gboolean *ret);
	const char *documentation;
	gboolean undefined; /* gets undefined input as it is */
	gboolean varies;    /* the same input may give something else the next time */
	gboolean strict;    /* as of a filter */
};

struct jinja_global {
	const char *name;
	const char *signature;
	jinja_function run;
	const char *documentation;
	const char *class_name; /* of one that is a class in Python, and shows it */
};

struct jinja_method {
	const char *name;
	const char *signature;
	jinja_function run;
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
	const struct jinja_method *(*method)(enum value_type type, const char *name);
	/* text % arguments. New reference, NULL on failure. Or NULL. */
	value *(*format)(struct jinja_evaluation *e, const value *text, const value *arguments);
	/* What may stand before the name of any filter or test; ends with NULL, or is NULL. */
	const char *const *prefixes;
	/* Names that no argument of a call may have, not those of its base; ends with NULL, or is
	 * NULL. */
	const char *const *taken;
	/* The last one has no name; or NULL. */
	const struct jinja_refusal *refusals;
};

/* Jinja2 itself, with filters and tests that many add to it: the base of all others. */
extern const struct jinja_environment jinja_standard;

/* Sets the error, where the evaluation stands, unless there is one; returns NULL. */
gpointer jinja_fail(struct jinja_evaluation *e, enum sutler_error code, const char *format, ...)
	G_GNUC_PRINTF(3, 4);
/* The same with SUTLER_ERROR_USAGE. */
gpointer jinja_fail_usage(struct jinja_evaluation *e, const char *format, ...) G_GNUC_PRINTF(2, 3);
/* The error for using an undefined value; returns NULL. */
gpointer jinja_fail_undefined(struct jinja_evaluation *e, const value *undefined);

/* Arguments as C types. They fail with a message naming the call and the argument. */
gboolean jinja_arg_int(struct jinja_call *call, guint i, gint64 otherwise, gint64 *ret);
/* The same where none stands for otherwise. */
gboolean jinja_arg_int_or_none(struct jinja_call *call, guint i, gint64 otherwise, gint64 *ret);
gboolean jinja_arg_bool(struct jinja_call *call, guint i, gboolean otherwise);
/* The text of argument i, or otherwise; NULL when it is no string. */
const char *jinja_arg_string(struct jinja_call *call, guint i, const char *otherwise);
/* str(input), unless it holds something undefined. Caller unrefs. */
value *jinja_arg_text(struct jinja_call *call);
/* The input or argument as a list to go through; caller unrefs. */
value *jinja_arg_list(struct jinja_call *call, const value *v);

#endif
