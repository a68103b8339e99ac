/* Python literals in text, as ast.literal_eval reads them. */
#ifndef SUTLER_JINJA_LITERAL_H
#define SUTLER_JINJA_LITERAL_H

#include "value/value.h"

/* The value text stands for, strings in it flagged; NULL when it is no literal. json_names: true,
 * false and null are known too. Caller unrefs. */
value *literal_read(const char *text, gsize length, gboolean json_names, guint flags);

/* The same when text looks like a list, dict or bool; else the text. Caller unrefs. */
value *convert_text(const char *text, gsize length, guint flags);

#endif
