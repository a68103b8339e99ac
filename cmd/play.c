/* play: any playbooks, as they stand. */
#include "cmd/command.h"

#include "cmd/project.h"

static gboolean play_one(const struct options *options, const char *path, const value *extra,
	exit_status *ret_status, GError **error)
{
	g_autofree char *folder = g_path_get_dirname(path);
	g_autoptr(inventory) inv = project_inventory(options, folder, error);
	if (inv == NULL) {
		return FALSE;
	}
	struct playbook_options book_options = { .catalog = &project_catalog, .extra_vars = extra };
	g_autoptr(playbook) book = playbook_load(path, &book_options, error);
	if (book == NULL) {
		return FALSE;
	}
	return project_run(options, book, path, NULL, inv, extra, &book_options, FALSE, ret_status,
		error);
}

static gboolean run(const struct command *self, const struct options *options, char **arguments,
	exit_status *ret_status, GError **error)
{
	(void)self;
	g_autoptr(value) extra = project_extra_vars(options, error);
	if (extra == NULL) {
		return FALSE;
	}
	for (; *arguments != NULL && *ret_status == 0; arguments++) {
		if (!play_one(options, *arguments, extra, ret_status, error)) {
			return FALSE;
		}
	}
	return TRUE;
}

const struct command command_play = {
	.name = "play",
	.synopsis = "FILE...",
	.summary = "runs playbooks, as ansible-playbook does",
	.option_groups = OPTIONS_INVENTORY | OPTIONS_CONNECT | OPTIONS_PLAY | OPTIONS_REPORT,
	.least = 1,
	.most = G_MAXUINT,
	.run = run,
};
