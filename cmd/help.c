/* help: all commands, or one in detail. */
#include "cmd/command.h"

static gboolean run(const struct command *self, const struct options *options, char **arguments,
	exit_status *ret_status, GError **error)
{
	(void)self;
	(void)options;
	(void)ret_status;
	if (arguments[0] == NULL) {
		return command_print_overview(FALSE, error);
	}
	const struct command *command = command_find(arguments[0]);
	if (command == NULL) {
		g_autofree char *hint = command_suggest(arguments[0]);
		error_set(error, SUTLER_ERROR_USAGE, "no command '%s'%s", arguments[0], hint);
		return FALSE;
	}
	return command_print_help(command, error);
}

const struct command command_help = {
	.name = "help",
	.synopsis = "[COMMAND]",
	.summary = "describes sutler, or one command",
	.most = 1,
	.run = run,
};
