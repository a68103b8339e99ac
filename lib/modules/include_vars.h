/* Where include_vars finds its files; for the module and for what is checked before a run. */
#ifndef SUTLER_MODULES_INCLUDE_VARS_H
#define SUTLER_MODULES_INCLUDE_VARS_H

#include <glib.h>

/* The file called name: absolute, or in folders (NULL-terminated, may be NULL), which are searched
 * in order. NULL: nowhere. Caller frees. */
char *include_vars_find(const char *const *folders, const char *name);

#endif
