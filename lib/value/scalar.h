/* What a YAML 1.1 scalar means, as PyYAML's resolver and SafeConstructor have it. */
#ifndef SUTLER_VALUE_SCALAR_H
#define SUTLER_VALUE_SCALAR_H

#include "value/value.h"

enum scalar_tag {
	SCALAR_STR,
	SCALAR_NULL,
	SCALAR_BOOL,
	SCALAR_INT,
	SCALAR_FLOAT,
	SCALAR_TIMESTAMP,
	SCALAR_BINARY, /* never resolved: only by its tag !!binary */
	SCALAR_MERGE,  /* << */
	SCALAR_VALUE,  /* = */
};

/* The type of a plain scalar. */
enum scalar_tag scalar_resolve(const char *text);

/* The value of text as tag. SUTLER_ERROR_USAGE located at `at` when it has no such form, as
 * "!!int x" or 2001-13-01. Timestamps become strings as Python's str() prints them. Caller unrefs.
 */
value *scalar_construct(
	enum scalar_tag tag, const char *text, gsize length, struct position at, GError **error);

#endif
