/* What literal.c and literal-string.c share. */
#ifndef SUTLER_INVENTORY_LITERAL_PARSING_H
#define SUTLER_INVENTORY_LITERAL_PARSING_H

#include "inventory/literal.h"

struct literal_parsing {
	const char *p;
	const char *end;
	guint depth;
	const char *problem; /* it is a literal, but not one that can be held */
};

/* Past the blanks at p. */
void literal_skip_blanks(struct literal_parsing *parsing);
/* The byte offset bytes after p; NUL past the end. */
char literal_peek(const struct literal_parsing *parsing, gsize offset);
gboolean literal_is_digit(char c, guint base);

/* Whether a string, with or without prefix, begins at p. */
gboolean literal_at_string(const struct literal_parsing *parsing);
/* The string there, and those right after it. NULL: it is none. Caller unrefs. */
value *literal_parse_string(struct literal_parsing *parsing);

#endif
