/* Lookups: the functions of the table in lookups.c by family, and what they share. */
#ifndef SUTLER_TEMPLATE_LOOKUP_H
#define SUTLER_TEMPLATE_LOOKUP_H

#include "jinja/jinja.h"

/* A named argument, borrowed; NULL: not given. */
value *lookup_option(struct jinja_call *c, const char *name);
gboolean lookup_option_bool(struct jinja_call *c, const char *name, gboolean otherwise);
/* The same, but None is not given either. */
value *lookup_given(struct jinja_call *c, const char *name);
/* The same as text, borrowed; otherwise when it is none. */
const char *lookup_given_text(struct jinja_call *c, const char *name, const char *otherwise);
/* "key a=b c=d": words of the term; those without '=' are the key (caller frees), the others are
 * set in options, a dict. */
char *lookup_key(const char *text, value *options);
/* The same, and only these options (NULL-terminated) may stand in the term. NULL after an error. */
char *lookup_key_known(
	struct jinja_call *c, const char *text, value *options, const char *const *known);
/* The text of term i, borrowed; NULL after an error when it is no string. */
const char *lookup_term(struct jinja_call *c, guint i);

/* The path of a file in the folders of the scope; caller frees; NULL: not there (no error). */
char *lookup_file_find(struct jinja_evaluation *e, const char *name);
/* What is in it; caller frees; NULL after an error. */
char *lookup_read(struct jinja_call *c, const char *name, gsize *length);

/* files here: lookup-file.c, lookup-first-found.c */
value *lookup_file(struct jinja_call *c);
value *lookup_fileglob(struct jinja_call *c);
value *lookup_first_found(struct jinja_call *c);
value *lookup_template(struct jinja_call *c);

/* what is in them or elsewhere: a file each */
value *lookup_csvfile(struct jinja_call *c);
value *lookup_ini(struct jinja_call *c);
value *lookup_password(struct jinja_call *c);
value *lookup_url(struct jinja_call *c);

/* commands here: lookup-command.c */
value *lookup_lines(struct jinja_call *c);
value *lookup_pipe(struct jinja_call *c);

/* the terms themselves: lookup-list.c, lookup-sequence.c, lookup-subelements.c */
value *lookup_dict(struct jinja_call *c);
value *lookup_indexed_items(struct jinja_call *c);
value *lookup_items(struct jinja_call *c);
value *lookup_list(struct jinja_call *c);
value *lookup_nested(struct jinja_call *c);
value *lookup_random_choice(struct jinja_call *c);
value *lookup_sequence(struct jinja_call *c);
value *lookup_subelements(struct jinja_call *c);
value *lookup_together(struct jinja_call *c);

/* variables: lookup-variable.c */
value *lookup_env(struct jinja_call *c);
value *lookup_varnames(struct jinja_call *c);
value *lookup_vars(struct jinja_call *c);

#endif
