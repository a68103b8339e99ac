/* The line of a program's output that says why it failed. */
#ifndef SUTLER_REPORT_CAUSE_H
#define SUTLER_REPORT_CAUSE_H

#include <glib.h>

/* Finds the line of text (length bytes) that is worth a headline: the last one that names a cause
 * (`fatal: ...`, `E: ...`, the exception below a traceback), else the last one that is neither
 * advice, a warning, a retry nor only the consequence of what stands before it. Returns its
 * beginning within text and sets *ret_length, without blanks around it; NULL when there is no line
 * with words. */
const char *cause_find(const char *text, gsize length, gsize *ret_length);

#endif
