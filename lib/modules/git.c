/* git: a checkout on the host, from a repository the host can reach. */
#include "modules/module.h"

extern const char module_git_script[];

static const struct parameter parameters[] = {
	{ "repo", PARAMETER_TEXT, PARAMETER_REQUIRED, NULL, NULL, "name",
		"address of the repository, as seen from the host" },
	{ "dest", PARAMETER_PATH, PARAMETER_REQUIRED, NULL, NULL, NULL, "where the checkout goes" },
	{ "version", PARAMETER_TEXT, 0, "HEAD", NULL, NULL, "branch, tag or full commit" },
	{ "remote", PARAMETER_TEXT, 0, "origin", NULL, NULL, "name of the remote" },
	{ "force", PARAMETER_BOOL, 0, "no", NULL, NULL, "discard local changes" },
	{ "update", PARAMETER_BOOL, 0, "yes", NULL, NULL,
		"fetch newer commits into an existing checkout" },
	{ "clone", PARAMETER_BOOL, 0, "yes", NULL, NULL, "make the checkout when it is missing" },
	{ "depth", PARAMETER_INT, 0, NULL, NULL, NULL, "number of commits to fetch; default: all" },
	{ "bare", PARAMETER_BOOL, 0, "no", NULL, NULL, "a repository without a checkout" },
	{ "recursive", PARAMETER_BOOL, 0, "yes", NULL, NULL, "submodules too" },
	{ "single_branch", PARAMETER_BOOL, 0, "no", NULL, NULL, "clone that one branch only" },
	{ "refspec", PARAMETER_TEXT, 0, NULL, NULL, NULL, "one more refspec to fetch" },
	{ "reference", PARAMETER_PATH, 0, NULL, NULL, NULL,
		"repository on the host to borrow objects from" },
	{ "accept_hostkey", PARAMETER_BOOL, 0, "no", NULL, NULL,
		"record the server's unknown host key" },
	{ "accept_newhostkey", PARAMETER_BOOL, 0, "no", NULL, NULL, "the same" },
	{ "key_file", PARAMETER_PATH, 0, NULL, NULL, NULL,
		"private key on the host to log in with" },
	{ "ssh_opts", PARAMETER_TEXT, 0, NULL, NULL, NULL, "more options for ssh" },
	{ "executable", PARAMETER_PATH, 0, NULL, NULL, NULL, "the git to use" },
	{ "verify_commit", PARAMETER_BOOL, PARAMETER_LACKING, "no", NULL, NULL,
		"use 'command: git verify-commit HEAD' after it" },
	{ "gpg_whitelist", PARAMETER_LIST, PARAMETER_LACKING, NULL, NULL, "gpg_allowlist",
		"use 'command: git verify-commit HEAD' after it" },
	{ "track_submodules", PARAMETER_BOOL, PARAMETER_LACKING, "no", NULL, NULL,
		"use 'command: git submodule update --remote' after it" },
	{ "separate_git_dir", PARAMETER_PATH, PARAMETER_LACKING, NULL, NULL, NULL,
		"use 'command: git init --separate-git-dir' before it" },
	{ "archive", PARAMETER_PATH, PARAMETER_LACKING, NULL, NULL, NULL,
		"use 'command: git archive' after it" },
	{ "archive_prefix", PARAMETER_TEXT, PARAMETER_LACKING, NULL, NULL, NULL,
		"use 'command: git archive --prefix' after it" },
	{ "umask", PARAMETER_TEXT, 0, NULL, NULL, NULL, "umask for the checkout" },
	{ 0 },
};

static gboolean prepare(call *c, GError **error)
{
	static const char *const names[] = { "repo", "version", "remote", "refspec" };
	for (gsize i = 0; i < G_N_ELEMENTS(names); i++) {
		const char *text = call_text(c, names[i]);
		if (text != NULL && *text == '-') {
			call_error(c, error, "'%s' must not begin with '-': '%s'", names[i], text);
			return FALSE;
		}
	}
	if (!call_flag(c, "update") && !call_flag(c, "clone") && *call_text(c, "repo") == '\0') {
		call_error(c, error, "'repo' is empty");
		return FALSE;
	}
	return TRUE;
}

const struct module module_git = {
	.name = "git",
	.summary = "checks out a git repository on the host",
	.parameters = parameters,
	.script = module_git_script,
	.prepare = prepare,
};
