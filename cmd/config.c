/* config: every setting, its value, and where it came from. */
#include "cmd/command.h"

#include "cmd/project.h"

static gboolean run(const struct command *self, const struct options *options, char **arguments,
	exit_status *ret_status, GError **error)
{
	(void)self;
	(void)arguments;
	(void)ret_status;
	struct project p = { 0 };
	gboolean ok = project_settings(&p, options, error);
	if (ok) {
		g_autofree char *text = settings_report(p.settings);
		ok = project_print(text, error);
	}
	project_close(&p);
	return ok;
}

const struct command command_config = {
	.name = "config",
	.synopsis = "",
	.summary = "shows every setting, its value, and where it came from",
	.option_groups = OPTIONS_CONNECT,
	.run = run,
};
