/* Which text may become code: the one decision, and the one way from a value to a compiled form. */
#ifndef SUTLER_TEMPLATE_SOURCE_H
#define SUTLER_TEMPLATE_SOURCE_H

#include "jinja/jinja.h"

/* Whether text may be evaluated, as a template or as a bare expression. What came from a host, a
 * looked-up file or a command (VALUE_UNSAFE) may not, nor what was made of it. */
gboolean source_is_code(const value *text);

/* The compiled form of a text of a playbook, shared by all who ask for it; caller unrefs. Errors
 * are located at the text's position: SUTLER_ERROR_USAGE for a text that is not code
 * (source_is_code()), and what jinja_compile() sets. */
struct jinja_template *source_compile(const value *text, enum jinja_mode bare, GError **error);

#endif
