/* provision, deploy: the playbook of that name, of the project or built in, on a target. */
#include "cmd/command.h"

#include "cmd/project.h"

static gboolean run(const struct command *self, const struct options *options, char **arguments,
	exit_status *ret_status, GError **error)
{
	g_autofree char *file = g_strconcat(self->name, ".yml", NULL);
	g_autoptr(inventory) inv = project_inventory(options, ".", error);
	if (inv == NULL) {
		return FALSE;
	}
	g_autoptr(value) extra = project_extra_vars(options, error);
	if (extra == NULL) {
		return FALSE;
	}
	struct playbook_options book_options = { .catalog = &project_catalog, .extra_vars = extra };
	g_autoptr(playbook) book = project_playbook(file, &book_options, error);
	if (book == NULL) {
		return FALSE;
	}
	return project_run(options, book, file, arguments[0], inv, extra, &book_options, FALSE,
		ret_status, error);
}

#define SITE_OPTIONS (OPTIONS_INVENTORY | OPTIONS_CONNECT | OPTIONS_PLAY | OPTIONS_REPORT)

const struct command command_deploy = {
	.name = "deploy",
	.synopsis = "TARGET",
	.summary = "brings the site to TARGET: source, requirements, database, restart, check",
	.details = "Runs deploy.yml of this folder, or the built-in one. TARGET is a host, a group or a "
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
	.details = "Runs provision.yml of this folder, or the built-in one. TARGET is a host, a group or a "
		   "pattern\n(web:&staging:!db, web[0:3], ~regex) of the inventory. With --dry-run it "
		   "shows what would change.",
	.option_groups = SITE_OPTIONS,
	.least = 1,
	.most = 1,
	.run = run,
};
