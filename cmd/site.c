/* provision, deploy: the playbook of that name, of the project or built in, on a target. */
#include "cmd/command.h"

#include "cmd/execute.h"
#include "run/variables.h"

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

/* What the built-in unit is made of, before the first host is provisioned. */
static gboolean check_project(const struct project *p, const char *target, GError **error)
{
	g_autoptr(GPtrArray) hosts =
		inventory_match(p->inventory, target, p->options->limit, error);
	g_autoptr(GHashTable) seen = g_hash_table_new(g_str_hash, g_str_equal);
	g_autoptr(value) groups = inventory_groups(p->inventory);
	struct variables_shared shared = {
		.inventory = p->inventory,
		.extra = p->extra,
		.hosts = seen,
		.groups = groups,
	};
	for (guint i = 0; hosts != NULL && i < hosts->len; i++) {
		static const char *const either[] = { "project", "wsgi_module", "unit_template" };
		const host *h = g_ptr_array_index(hosts, i);
		g_autoptr(variables) v = variables_new(&shared, h);
		gboolean given = FALSE;
		for (gsize j = 0; j < G_N_ELEMENTS(either) && !given; j++) {
			g_autoptr(GError) problem = NULL;
			g_autoptr(value) found = variables_get(v, either[j], &problem);
			given = found != NULL || problem != NULL; /* which the run will tell */
		}
		if (!given) {
			error_set(error, SUTLER_ERROR_USAGE, "host '%s': 'project' is undefined",
				host_name(h));
			return FALSE;
		}
	}
	return hosts != NULL;
}

static gboolean is_built_in(const char *file)
{
	return g_str_equal(file, "provision.yml") && !g_file_test(file, G_FILE_TEST_EXISTS) &&
	       !g_file_test("templates/gunicorn-systemd.template.service", G_FILE_TEST_EXISTS);
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
		ok = book != NULL &&
		     (!is_built_in(file) || check_project(&p, arguments[0], error)) &&
		     execute(&p, &what, ret_status, error);
	}
	project_close(&p);
	say_where(error);
	return ok;
}

#define SITE_DETAILS                                                                           \
	"of this folder, or the built-in one. TARGET is a host, a group or a pattern\n"        \
	"(web:&staging:!db, web[0:3], ~regex) of the inventory. With --dry-run it shows what " \
	"would change."
#define SITE_OPTIONS (OPTIONS_INVENTORY | OPTIONS_CONNECT | OPTIONS_PLAY | OPTIONS_REPORT)

const struct command command_deploy = {
	.name = "deploy",
	.synopsis = "TARGET",
	.summary = "deploys the site to TARGET: source, requirements, database, restart, check",
	.details = "Runs deploy.yml " SITE_DETAILS,
	.option_groups = SITE_OPTIONS,
	.least = 1,
	.most = 1,
	.run = run,
};

const struct command command_provision = {
	.name = "provision",
	.synopsis = "TARGET",
	.summary = "prepares TARGET: packages, user, folders, nginx, unit",
	.details = "Runs provision.yml " SITE_DETAILS,
	.option_groups = SITE_OPTIONS,
	.least = 1,
	.most = 1,
	.run = run,
};
