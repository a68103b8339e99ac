/* Python's regular expressions, as far as grep -E on a host means the same. */
#ifndef SUTLER_MODULES_ERE_H
#define SUTLER_MODULES_ERE_H

#include <glib.h>

/* The POSIX extended regular expression that matches a line exactly when Python's
 * re.search(pattern) does, for bytes in the C locale; NULL when there is no certain one.
 * *ret_newline (may be NULL) says whether the pattern might also match the newline that ends a
 * line, which grep never sees. Caller frees. */
char *ere_from_python(const char *pattern, gboolean *ret_newline);

#endif
