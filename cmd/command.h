/* Commands: one file each, one row of the table in command.c, from which dispatch and help come. */
#ifndef SUTLER_CMD_COMMAND_H
#define SUTLER_CMD_COMMAND_H

#include "cmd/options.h"

typedef int exit_status;

struct command {
	const char *name;
	const char *synopsis; /* what follows the name in a usage line */
	const char *summary;  /* one line */
	const char *details;  /* a paragraph for its help text; may be NULL */
	guint option_groups;  /* enum option_group: which options it takes */
	guint least, most;    /* number of arguments */
	/* arguments: NULL-terminated, without the command's name. An error becomes the exit status
	 * that error_exit_status() gives; otherwise *ret_status counts. */
	gboolean (*run)(const struct command *self, const struct options *options, char **arguments,
		exit_status *ret_status, GError **error);
};

/* NULL: there is none. */
const struct command *command_find(const char *name);
/* ", did you mean ...?" or "". Caller frees. */
char *command_suggest(const char *name);
/* Whether the program acts as this command when called by its name. */
gboolean command_is_link(const struct command *command);

gboolean command_print_help(const struct command *command, GError **error);
/* All commands; to stderr when the call was wrong. */
gboolean command_print_overview(gboolean wrong, GError **error);

#endif
