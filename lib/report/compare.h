/*
 * What differs between two sequences: the heart of a diff.
 *
 * Shortest edit script after E. Myers, "An O(ND) Difference Algorithm and Its Variations" (1986),
 * in linear space. Where two sequences differ in more than a bound, the script may be longer than
 * the shortest one, so that the cost stays linear in the length.
 */
#ifndef SUTLER_REPORT_COMPARE_H
#define SUTLER_REPORT_COMPARE_H

#include <glib.h>

/* One side: n symbols (equal symbols are equal lines), and a mark for each: TRUE when it is not in
 * the other side. Symbols of both sides are below the same bound. */
struct sequence {
	const guint32 *symbols;
	gboolean *changed; /* all FALSE on entry */
	gint64 n;
};

/* Sets the marks of both sides; the unmarked symbols of a and b are the same in the same order. */
void compare_sequences(struct sequence *a, struct sequence *b, guint32 symbol_bound);

#endif
