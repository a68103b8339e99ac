/* play: any playbooks, as they stand. */
#include "cmd/command.h"

#include "cmd/execute.h"

/* check: only look, as run_check() does. */
static gboolean play_one(const struct options *options, const char *path, gboolean check,
	exit_status *ret_status, GError **error)
{
	struct project p = { 0 };
	g_autofree char *folder = g_path_get_dirname(path);
	gboolean ok = project_open(&p, options, folder, error);
	if (ok) {
		g_autoptr(playbook) book = playbook_load(path, &p.playbook_options, error);
		struct execution what = { .playbook = book, .title = path };
		ok = book != NULL && (check || execute(&p, &what, ret_status, error));
	}
	project_close(&p);
	return ok;
}

/* Of several, the last must be sound before the first one runs; unless that meant to ask for a
 * password once more. */
static gboolean run(const struct command *self, const struct options *options, char **arguments,
	exit_status *ret_status, GError **error)
{
	(void)self;
	gboolean asks = options->ask_vault_password || options->vault_ids != NULL;
	for (char **path = arguments; !asks && arguments[1] != NULL && *path != NULL; path++) {
		if (!play_one(options, *path, TRUE, ret_status, error)) {
			return FALSE;
		}
	}
	for (; *arguments != NULL && *ret_status == 0; arguments++) {
		if (!play_one(options, *arguments, FALSE, ret_status, error)) {
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
