/* Comparing versions: loose, strict, semantic and PEP 440. */
#ifndef SUTLER_TEMPLATE_VERSION_H
#define SUTLER_TEMPLATE_VERSION_H

#include <glib.h>

/* *ret is negative, 0 or positive. FALSE: *why says why not (caller frees). */
gboolean version_compare(const char *a, const char *b, const char *kind, int *ret, char **why);

#endif
