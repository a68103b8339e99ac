/* The "#jinja2: trim_blocks: False" line at the top of a template. */
#ifndef SUTLER_TEMPLATE_HEADER_H
#define SUTLER_TEMPLATE_HEADER_H

#include "jinja/jinja.h"
#include "value/value.h"

/* The settings of a template that says nothing of them; jinja_syntax_finish() frees them. */
void header_defaults(struct jinja_syntax *syntax);

/* Reads the line into syntax when there is one; *skipped gets its bytes. */
gboolean header_read(const char *source, gsize length, const char *name,
	struct jinja_syntax *syntax, gsize *skipped, GError **error);

/* The same from a dict of settings; NULL: none. */
gboolean header_take(const value *settings, struct jinja_syntax *syntax, GError **error);

#endif
