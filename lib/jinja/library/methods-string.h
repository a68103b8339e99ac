/* Methods of str: the functions of the table in methods-string.c by family, and what they share. */
#ifndef SUTLER_JINJA_METHODS_STRING_H
#define SUTLER_JINJA_METHODS_STRING_H

#include "jinja/jinja.h"

/* The string whose method is called. */
static inline const char *string_text(const struct jinja_call *c)
{
	return value_string(c->input);
}

static inline gsize string_length(const struct jinja_call *c)
{
	return value_string_length(c->input);
}

/* methods-string-find.c: parts that it has or has not */
value *string_count(struct jinja_call *c);
value *string_endswith(struct jinja_call *c);
value *string_find(struct jinja_call *c);
value *string_index(struct jinja_call *c);
value *string_partition(struct jinja_call *c);
value *string_removeprefix(struct jinja_call *c);
value *string_removesuffix(struct jinja_call *c);
value *string_replace(struct jinja_call *c);
value *string_rfind(struct jinja_call *c);
value *string_rindex(struct jinja_call *c);
value *string_rpartition(struct jinja_call *c);
value *string_startswith(struct jinja_call *c);

/* methods-string-is.c: what kind of characters it holds */
value *string_isalnum(struct jinja_call *c);
value *string_isalpha(struct jinja_call *c);
value *string_isascii(struct jinja_call *c);
value *string_isdecimal(struct jinja_call *c);
value *string_isdigit(struct jinja_call *c);
value *string_isidentifier(struct jinja_call *c);
value *string_islower(struct jinja_call *c);
value *string_isnumeric(struct jinja_call *c);
value *string_isprintable(struct jinja_call *c);
value *string_isspace(struct jinja_call *c);
value *string_istitle(struct jinja_call *c);
value *string_isupper(struct jinja_call *c);

/* methods-string-layout.c: white space around and inside it */
value *string_center(struct jinja_call *c);
value *string_expandtabs(struct jinja_call *c);
value *string_ljust(struct jinja_call *c);
value *string_lstrip(struct jinja_call *c);
value *string_rjust(struct jinja_call *c);
value *string_rstrip(struct jinja_call *c);
value *string_strip(struct jinja_call *c);
value *string_zfill(struct jinja_call *c);

/* methods-string-split.c: into parts and together again */
value *string_join(struct jinja_call *c);
value *string_rsplit(struct jinja_call *c);
value *string_split(struct jinja_call *c);
value *string_splitlines(struct jinja_call *c);

#endif
