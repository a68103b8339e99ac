/* URLs as Python's urllib.parse takes them apart. */
#ifndef SUTLER_JINJA_URL_H
#define SUTLER_JINJA_URL_H

#include "jinja/engine/evaluate.h"

/* Appends text with everything but letters, digits, _.-~ and safe as %XX; plus: spaces as +. */
void url_quote(const char *text, gsize length, const char *safe, gboolean plus, GString *out);
value *url_unquote_plus(const char *text, gsize length);
/* fragment, hostname, netloc, password, path, port, query, scheme, username. Caller unrefs. */
value *url_split(struct jinja_evaluation *e, const char *url);

#endif
