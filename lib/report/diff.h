/*
 * Unified diffs of two texts, as `diff -u` writes them, headed as Ansible heads them.
 *
 *	--- before: /etc/motd
 *	+++ after: /etc/motd
 *	@@ -1 +1 @@
 *	-old
 *	+new
 *
 * A file that is not there has the plain header "--- before" or "+++ after". Where no diff can be
 * shown (binary files, files past 16 MiB together) one sentence stands in place of the hunks.
 */
#ifndef SUTLER_REPORT_DIFF_H
#define SUTLER_REPORT_DIFF_H

#include <glib.h>

/* The diff from before to after (NULL: no file), "" when they are the same; its bytes are those of
 * the files. Caller frees. */
char *diff_unified(const char *path, GBytes *before, GBytes *after);

#endif
