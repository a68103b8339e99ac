/* What command and shell share. */
#ifndef SUTLER_MODULES_COMMAND_H
#define SUTLER_MODULES_COMMAND_H

#include "modules/module.h"

extern const struct parameter module_command_parameters[];

/* The command's text: free-form or cmd; NULL in *ret_text when argv is given instead. */
gboolean command_text(const call *c, const char **ret_text, GError **error);

/* Sets p_words, what the host runs; words is NULL-terminated. */
void command_set_words(call *c, const char *const *words);

/* As words, for a command without a shell: $NAME, ${NAME} and a leading ~ stand for what the host's
 * environment has, unless expand_argument_vars is off. Names that it lacks stay as they are. */
void command_set_expanded(call *c, const char *const *words);

/* Completes a result of a command with what Ansible returns: `cmd` as it was given (taken), `msg`.
 */
void command_finish(result *r, value *cmd);

/* Sets p_stdin_given and completes p_stdin. */
void command_set_stdin(call *c);

#endif
