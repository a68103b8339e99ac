/* The built-in site: the files of templates/, which travel inside the program. */
#ifndef SUTLER_BASE_BUILT_IN_H
#define SUTLER_BASE_BUILT_IN_H

#include <glib.h>

/* The text of templates/NAME, for what a project folder does not bring itself ("deploy.yml",
 * "nginx.template.conf"); *ret_length gets its bytes. NULL: there is no such file. Static. */
const char *built_in_file(const char *name, gsize *ret_length);

/* All names, sorted; *n gets their number. Static. */
const char *const *built_in_names(gsize *n);

#endif
