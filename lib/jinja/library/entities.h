/* Character references of HTML. */
#ifndef SUTLER_JINJA_ENTITIES_H
#define SUTLER_JINJA_ENTITIES_H

#include <glib.h>

/* Appends text to out with its character references replaced, as Python's html.unescape() does by
 * the rules of the HTML standard ("Character reference state"): numeric ones of any kind, names of
 * Latin-1 with and without the semicolon, and the usual punctuation. Of the standard's two thousand
 * names the others stay as they are. */
void entities_unescape(const char *text, gsize length, GString *out);

#endif
