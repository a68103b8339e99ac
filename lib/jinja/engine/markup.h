/* Making text of values and buffers, and text that is safe in HTML, as markupsafe does. */
#ifndef SUTLER_JINJA_MARKUP_H
#define SUTLER_JINJA_MARKUP_H

#include "value/value.h"

/* The string v when it is one, else str(v). Caller unrefs. */
value *text_of(const value *v);
/* A string value of a GString, which is freed. */
value *text_take(GString *text, guint flags);

/* a + b where one is escaped already: the other one is escaped first. */
value *markup_add(const value *a, const value *b);
/* text with & < > " ' escaped appended */
void markup_escape(const char *text, gsize length, GString *out);
/* str(v) as text that is escaped, unless it is already (force: even then). Caller unrefs. */
value *markup_of(const value *v, gboolean force);

#endif
