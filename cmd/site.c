/* provision, deploy: the playbook of that name, of the project or built in, on a target. */
#include "cmd/command.h"

#include "cmd/execute.h"

#include <string.h>

/* The variables that only the user can give. */
static void say_where(GError **error)
{
	static const char *const names[] = { "SITENAME", "project" };
	for (gsize i = 0; error != NULL && *error != NULL && i < G_N_ELEMENTS(names); i++) {
		g_autofree char *words = g_strdup_printf("'%s' is undefined", names[i]);
		if (strstr((*error)->message, words) != NULL) {
			char *message = g_strdup_printf("%s; set %s in the inventory (as "
							"inventory.example does) or with -e %s=...",
				(*error)->message, names[i], names[i]);
			g_free((*error)->message);
			(*error)->message = message;
			return;
		}
	}
}

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
	say_where(error);
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
