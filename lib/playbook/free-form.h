/* Free-form module arguments: "src=a dest='b c'" and the text of command, shell, raw and script. */
#ifndef SUTLER_PLAYBOOK_FREE_FORM_H
#define SUTLER_PLAYBOOK_FREE_FORM_H

#include "value/value.h"

/* Splits text at spaces and line ends as Ansible does: quotes and {{ }}, {% %}, {# #} keep what is
 * in them together, quotes stay in the words, a lone backslash at a line's end joins lines. Errors:
 * SUTLER_ERROR_USAGE at `at`: quotes or template marks that are not closed. char *; caller unrefs.
 */
GPtrArray *free_form_split(const char *text, struct position at, GError **error);

/* The words put together again, one space between those that did not end a line. Caller frees. */
char *free_form_join(const GPtrArray *words, gsize from);

/* The dict that text means; what is no k=v goes to "_raw_params" as it was written. With raw
 * (command and its like), only creates, removes, chdir, executable, warn, stdin, stdin_add_newline
 * and strip_empty_ends are taken as k=v. Every value has position `at`. Caller unrefs. */
value *free_form_parse(const char *text, gboolean raw, struct position at, GError **error);

#endif
