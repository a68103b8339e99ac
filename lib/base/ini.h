/*
 * The lines of an INI file, of any length up to 64 KiB, each with its number. ini.c alone knows
 * inih.
 *
 * inih alone cuts lines at 200 bytes and names at 49, and tells no line numbers; so a reader of our
 * own keeps the raw lines, and inih is handed stand-ins that it can hold: it does what it is good
 * at, telling comments, sections and entries apart. What an entry means is the caller's business.
 */
#ifndef SUTLER_BASE_INI_H
#define SUTLER_BASE_INI_H

#include "base/error.h"

enum { INI_LINE_MAX = 65536 };

struct ini_line {
	struct position at;  /* of the first character that is not blank */
	const char *section; /* the raw header that is in force, "[web:vars] # x"; "" before the
				first */
	const char *text;    /* stripped, NUL-terminated, never a comment or empty */
	gsize length;
	gboolean header; /* text itself is a header that began a section */
};

/* Called for each header and each entry, in order. FALSE with an error stops the reading. */
typedef gboolean (*ini_line_function)(const struct ini_line *line, gpointer data, GError **error);

/* Tells whether a stripped line that begins with '[' is a header; NULL: whatever ends with ']'. */
typedef gboolean (*ini_header_function)(const char *text);

/* Reads text, which must be checked UTF-8 (text_check()). Lines end where Python's str.splitlines()
 * ends them; a line whose first character is '#' or ';' is a comment. name is the file of
 * positions. Errors: those of function, SUTLER_ERROR_LIMIT for a line that is too long. */
gboolean ini_read(const char *text, gsize length, const char *name, ini_header_function is_header,
	ini_line_function function, gpointer data, GError **error);

/* Python's str.isspace() of one code point. */
gboolean ini_is_blank(gunichar c);

/* Column (1-based, in code points) of a byte of a line that begins at at.column. */
struct position ini_position(const struct ini_line *line, const char *place);

#endif
