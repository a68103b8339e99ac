/* Dispatches to a command, prints the error, and alone exits. */
#include "cmd/command.h"

#include "base/public-names.h"
#include "base/secret.h"
#include "cmd/project.h"

#include <locale.h>
#include <malloc.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>

static int usage_error(const char *command, GError *error)
{
	g_autofree char *masked = public_masked(error->message);
	g_printerr("%s: %s\n", command, masked);
	if (g_str_equal(command, "sutler")) {
		g_printerr("try 'sutler help'\n");
	}
	int status = error_exit_status(error);
	g_error_free(error);
	return status;
}

/* What the usage line calls the argument of this number, "FILE" for "FILE...". Caller frees. */
static char *argument_name(const struct command *command, guint number)
{
	g_auto(GStrv) words = g_strsplit(command->synopsis, " ", -1);
	const char *word = number < g_strv_length(words) ? words[number] : "an argument";
	return g_strndup(word, strcspn(word, "."));
}

static gboolean check_arguments(const struct command *command, char **arguments, GError **error)
{
	guint n = g_strv_length(arguments);
	if (n >= command->least && n <= command->most) {
		return TRUE;
	}
	g_autofree char *missing = argument_name(command, n);
	g_autofree char *what = n < command->least ? g_strdup_printf("%s is missing", missing)
						   : g_strdup_printf("unexpected argument '%s'",
							     arguments[command->most]);
	error_set(error, SUTLER_ERROR_USAGE, "%s\nusage: %s%s%s%s [OPTION...]", what,
		command_is_link(command) ? "" : "sutler ", command->name,
		*command->synopsis == '\0' ? "" : " ", command->synopsis);
	return FALSE;
}

static gboolean print_version(GError **error)
{
	return project_print("sutler " SUTLER_VERSION "\n", error);
}

/* words: the command's name and all behind it; changed. */
static int run_command(const struct command *command, char ***words)
{
	struct options options = { 0 };
	GError *error = NULL;
	exit_status status = 0;
	gboolean ok = options_parse(&options, command->option_groups, words, &error);
	char **arguments = *words + (**words != NULL);
	if (ok && options.version) {
		ok = print_version(&error);
	} else if (ok && options.help) {
		ok = command_print_help(command, &error);
	} else if (ok) {
		ok = check_arguments(command, arguments, &error) &&
		     command->run(command, &options, arguments, &status, &error);
	}
	options_clear(&options);
	return ok ? status : usage_error(command->name, error);
}

static int unknown_command(const char *name)
{
	GError *error = NULL;
	g_autofree char *hint = command_suggest(name);
	if (*name == '-') {
		error_set(&error, SUTLER_ERROR_USAGE,
			"no command, but '%s': options stand behind the command", name);
	} else {
		error_set(&error, SUTLER_ERROR_USAGE, "no command '%s'%s", name, hint);
	}
	return usage_error("sutler", error);
}

/* The command that argv asks for, by the program's own name or by the first word; *ret_skip gets
 * how many words stand before the command's own. */
static const struct command *choose(char **argv, int *ret_skip)
{
	g_autofree char *self = g_path_get_basename(argv[0]);
	const struct command *command = command_find(self);
	*ret_skip = 0;
	if (command != NULL && command_is_link(command)) {
		return command;
	}
	*ret_skip = 1;
	return argv[1] == NULL ? NULL : command_find(argv[1]);
}

/* Secrets are in memory: they must not end in a core file, nor with a program that takes cores from
 * a pipe, and other programs of the user cannot read them there. What we start is not affected. */
static void keep_memory_private(void)
{
	struct rlimit limit;
	if (getrlimit(RLIMIT_CORE, &limit) == 0) {
		limit.rlim_cur = 0;
		(void)setrlimit(RLIMIT_CORE, &limit);
	}
	(void)prctl(PR_SET_DUMPABLE, 0);
}

/* A host takes about three descriptors: the soft limit, which is for programs with select(), does
 * not fit many of them. */
static void raise_descriptors(void)
{
	struct rlimit limit;
	if (getrlimit(RLIMIT_NOFILE, &limit) == 0 && limit.rlim_cur < limit.rlim_max) {
		limit.rlim_cur = limit.rlim_max;
		(void)setrlimit(RLIMIT_NOFILE, &limit);
	}
}

/* Big blocks go back to the system when they are freed, in whichever thread that is: else each
 * thread keeps what its biggest template took. */
static void return_memory(void)
{
	enum { BIG = 1024 * 1024 };
	(void)mallopt(M_MMAP_THRESHOLD, BIG);
}

int main(int argc, char **argv)
{
	(void)argc;
	return_memory();
	keep_memory_private();
	raise_descriptors();
	(void)signal(SIGPIPE, SIG_IGN);
	setlocale(LC_CTYPE, "C.UTF-8");
	int skip = 0;
	const struct command *command = choose(argv, &skip);
	if (command == NULL && argv[1] == NULL) {
		(void)command_print_overview(TRUE, NULL);
		return 2;
	}
	if (command == NULL && g_str_equal(argv[1], "--version")) {
		GError *error = NULL;
		return print_version(&error) ? 0 : usage_error("sutler", error);
	}
	if (command == NULL && (g_str_equal(argv[1], "--help") || g_str_equal(argv[1], "-h"))) {
		return command_print_overview(FALSE, NULL) ? 0 : 1;
	}
	if (command == NULL) {
		return unknown_command(argv[1]);
	}
	char **words = g_strdupv(argv + skip);
	int status = run_command(command, &words);
	g_strfreev(words);
	secret_forget();
	return status;
}
