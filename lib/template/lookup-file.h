/* Lookups that read files: finding them, and the longer ones of their kind. */
#ifndef SUTLER_TEMPLATE_LOOKUP_FILE_H
#define SUTLER_TEMPLATE_LOOKUP_FILE_H

#include "template/table.h"

/* The path of a file in the folders of the scope; caller frees; NULL: not there (no error). */
char *lookup_file_find(struct evaluation *e, const char *name);
char *lookup_template_find(struct evaluation *e, const char *name);
/* Appends the files that match to out. */
gboolean lookup_glob(struct evaluation *e, const char *pattern, value *out);
/* Renders a template file with all variables and those of extra (a dict or NULL). marks may hold
 * other variable_start_string, comment_end_string ...; it is a dict or NULL. */
value *lookup_template_render(struct evaluation *e, const char *path, const value *extra,
	const value *marks, gboolean convert);

value *lookup_csvfile(struct call *c);
value *lookup_ini(struct call *c);
value *lookup_password(struct call *c);
value *lookup_subelements(struct call *c);
value *lookup_url(struct call *c);

#endif
