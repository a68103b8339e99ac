/*
 * Python literals, as ast.literal_eval() reads them: what Ansible's INI dialect makes of values.
 *
 * Numbers (0x, 0o, 0b, 1_000, 1e3), strings with their prefixes and escapes, True, False, None,
 * tuples, lists, dicts, parentheses, a sign, a comment at the end. Sets and complex numbers, which
 * JSON cannot hold, are not literals here.
 */
#ifndef SUTLER_INVENTORY_LITERAL_H
#define SUTLER_INVENTORY_LITERAL_H

#include "value/value.h"

/* The value that text (NUL-terminated) stands for; NULL: text is no literal, and stands for itself;
 * but when *ret_problem is set, it is a literal that cannot be held, and *ret_problem (which may be
 * NULL) says why. Caller unrefs. */
value *literal_parse(const char *text, gsize length, const char **ret_problem);

#endif
