/* Shell patterns over code points, as Python's fnmatch.fnmatchcase(). */
#ifndef SUTLER_INVENTORY_GLOB_H
#define SUTLER_INVENTORY_GLOB_H

#include <glib.h>

/* Whether pattern ("*", "?", "[a-z]", "[!x]") matches the whole of text. Both UTF-8. */
gboolean glob_matches(const char *pattern, const char *text);

/* Whether pattern has any of these marks: otherwise it only matches itself. */
gboolean glob_has_marks(const char *pattern);

#endif
