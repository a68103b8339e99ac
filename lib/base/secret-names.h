/*
 * Names that say secret: whether the value of a variable, or of a key inside one, is to be masked.
 *
 * Which words do is a table in secret-names.c; setting secret_names adds to it. Safe for any
 * thread.
 */
#ifndef SUTLER_BASE_SECRET_NAMES_H
#define SUTLER_BASE_SECRET_NAMES_H

#include <glib.h>

enum secret_kind {
	SECRET_KIND_PLAIN,    /* says nothing */
	SECRET_KIND_SECRET,   /* "password", "token", "api_key", ... stand in it */
	SECRET_KIND_HARMLESS, /* tells about a secret without holding it: "token_url", or just
				 "path" */
};

/* The answer for a name is kept, so that asking again costs one look-up. */
enum secret_kind secret_name_kind(const char *name);

/* Whether a variable of this name is to be treated as secret. */
gboolean secret_name(const char *name);

/* Adds a word (of any case) to those that say secret. */
void secret_add_name(const char *word);

#endif
