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

#endif
