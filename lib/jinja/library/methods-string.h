/* Methods of str: the functions of the table in methods-string.c by family, and what they share. */
#ifndef SUTLER_JINJA_METHODS_STRING_H
#define SUTLER_JINJA_METHODS_STRING_H

#include "jinja/engine/call.h"

/* The string whose method is called. */
static inline const char *string_text(const struct call *c)
{
	return value_string(c->input);
}

static inline gsize string_length(const struct call *c)
{
	return value_string_length(c->input);
}

/* methods-string-find.c: parts that it has or has not */
value *string_count(struct call *c);
value *string_endswith(struct call *c);
value *string_find(struct call *c);
value *string_index(struct call *c);
value *string_partition(struct call *c);
value *string_removeprefix(struct call *c);
value *string_removesuffix(struct call *c);
value *string_replace(struct call *c);
value *string_rfind(struct call *c);
value *string_rindex(struct call *c);
value *string_rpartition(struct call *c);
value *string_startswith(struct call *c);

/* methods-string-is.c: what kind of characters it holds */
value *string_isalnum(struct call *c);
value *string_isalpha(struct call *c);
value *string_isascii(struct call *c);
value *string_isdecimal(struct call *c);
value *string_isdigit(struct call *c);
value *string_isidentifier(struct call *c);
value *string_islower(struct call *c);
value *string_isnumeric(struct call *c);
value *string_isprintable(struct call *c);
value *string_isspace(struct call *c);
value *string_istitle(struct call *c);
value *string_isupper(struct call *c);

/* methods-string-layout.c: white space around and inside it */
value *string_center(struct call *c);
value *string_expandtabs(struct call *c);
value *string_ljust(struct call *c);
value *string_lstrip(struct call *c);
value *string_rjust(struct call *c);
value *string_rstrip(struct call *c);
value *string_strip(struct call *c);
value *string_zfill(struct call *c);

/* methods-string-split.c: into parts and together again */
value *string_join(struct call *c);
value *string_rsplit(struct call *c);
value *string_split(struct call *c);
value *string_splitlines(struct call *c);

#endif
