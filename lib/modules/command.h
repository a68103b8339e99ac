/* What command and shell share. */
#ifndef SUTLER_MODULES_COMMAND_H
#define SUTLER_MODULES_COMMAND_H

#include "modules/module.h"

extern const struct parameter module_command_parameters[];

/* The command's text: free-form or cmd; NULL in *ret_text when argv is given instead. */
gboolean command_text(const call *c, const char **ret_text, GError **error);

/* Sets p_words, what the host runs; words is NULL-terminated. */
void command_set_words(call *c, const char *const *words);

/* Sets p_stdin_given and completes p_stdin. */
void command_set_stdin(call *c);

#endif
