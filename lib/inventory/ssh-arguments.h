/*
 * Words for ssh(1), as ansible_ssh_args and its kin hold them: taken apart into options as they
 * stand in ssh_config(5).
 */
#ifndef SUTLER_INVENTORY_SSH_ARGUMENTS_H
#define SUTLER_INVENTORY_SSH_ARGUMENTS_H

#include "base/error.h"

struct ssh_arguments {
	GPtrArray *options; /* char *, owned: "Keyword value" */
	char *config;       /* -F; NULL: none */
};

/* Splits text as a shell would and adds what it says to *arguments, whose members may be NULL. name
 * and at say where text stands. SUTLER_ERROR_USAGE: an unfinished quote, a word that is no option
 * of ssh, or one that cannot be honoured. */
gboolean ssh_arguments_add(struct ssh_arguments *arguments, const char *text, const char *name,
	struct position at, GError **error);

/* What an option says, the first of that keyword; NULL: nothing does. Borrowed. */
const char *ssh_arguments_find(const struct ssh_arguments *arguments, const char *keyword);

void ssh_arguments_clear(struct ssh_arguments *arguments);

#endif
