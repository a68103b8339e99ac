/* provision, deploy: the playbook of that name, of the project or built in, on a target. */
#include "cmd/command.h"

#include "cmd/execute.h"

static gboolean run(const struct command *self, const struct options *options, char **arguments,
	exit_status *ret_status, GError **error)
{
	struct project p = { 0 };
	g_autofree char *file = g_strconcat(self->name, ".yml", NULL);
	gboolean ok = project_open(&p, options, ".", error);
	if (ok) {
		g_autoptr(playbook) book = project_playbook(&p, file, error);
		struct execution what = { .playbook = book, .title = file, .target = arguments[0] };
		ok = book != NULL && execute(&p, &what, ret_status, error);
	}
	project_close(&p);
	return ok;
}

#define SITE_OPTIONS (OPTIONS_INVENTORY | OPTIONS_CONNECT | OPTIONS_PLAY | OPTIONS_REPORT)

const struct command command_deploy = {
	.name = "deploy",
	.synopsis = "TARGET",
	.summary = "brings the site to TARGET: source, requirements, database, restart, check",
	.details =
		"Runs deploy.yml of this folder, or the built-in one. TARGET is a host, a group or "
		"a "
		"pattern\n(web:&staging:!db, web[0:3], ~regex) of the inventory. With --dry-run it "
		"shows what would change.",
	.option_groups = SITE_OPTIONS,
	.least = 1,
	.most = 1,
	.run = run,
};

const struct command command_provision = {
	.name = "provision",
	.synopsis = "TARGET",
	.summary = "prepares TARGET: packages, user, folders, nginx, unit",
	.details =
		"Runs provision.yml of this folder, or the built-in one. TARGET is a host, a group "
		"or a "
		"pattern\n(web:&staging:!db, web[0:3], ~regex) of the inventory. With --dry-run it "
		"shows what would change.",
	.option_groups = SITE_OPTIONS,
	.least = 1,
	.most = 1,
	.run = run,
};
