/*
 * Jinja2: templates, what they find and what they may call.
 *
 * A struct template is compiled once, immutable, and may be used by many threads at once.
 */
#ifndef SUTLER_JINJA_JINJA_H
#define SUTLER_JINJA_JINJA_H

#include "value/value.h"

typedef struct template template;

template *template_ref(template *t);
void template_unref(template *t);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(template, template_unref)

/* What templates may call: filters, tests, functions and methods (syntax/environment.h). */
struct jinja_environment;
extern const struct jinja_environment jinja_standard;

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

/* Renders a compiled template. Caller frees; *length gets the bytes. */
char *template_render(template *t, const struct jinja_scope *scope, gsize *length, GError **error);

#endif
