/* What most commands begin with, and the run they share. */
#include "cmd/project.h"

#include "base/built_in.h"
#include "base/secret.h"
#include "base/text.h"
#include "modules/module.h"
#include "playbook/free-form.h"
#include "report/human.h"
#include "report/json.h"
#include "report/report.h"
#include "value/yaml.h"

#include <errno.h>
#include <glib-unix.h>
#include <signal.h>
#include <string.h>
#include <termios.h>
#include <unistd.h>

const struct module_catalog project_catalog = {
	.find = module_find,
	.is_free_form = module_is_free_form,
	.check = module_check,
	.names = module_names,
};

gboolean project_print(const char *text, GError **error)
{
	for (gsize left = strlen(text); left > 0;) {
		ssize_t n = write(STDOUT_FILENO, text, left);
		if (n < 0 && errno != EINTR) {
			error_set(error, SUTLER_ERROR_FAILED, "unable to write the output: %s",
				g_strerror(errno));
			return FALSE;
		}
		if (n > 0) {
			text += n;
			left -= (gsize)n;
		}
	}
	return TRUE;
}

/* ---- inventory and variables ---- */

inventory *project_inventory(const struct options *o, const char *playbook_folder, GError **error)
{
	static const char *const standard[] = { "inventory", NULL };
	struct inventory_options options = { .playbook_folder = playbook_folder };
	const char *const *sources = o->inventory != NULL ? (const char *const *)o->inventory : standard;
	if (o->inventory == NULL && !g_file_test("inventory", G_FILE_TEST_EXISTS)) {
		error_set(error, SUTLER_ERROR_USAGE,
			"no file 'inventory' here: give one with -i, or copy inventory.example");
		return NULL;
	}
	return inventory_load(sources, &options, error);
}

static value *parse_extra(const char *text, GError **error)
{
	struct position at = { g_intern_string("--extra-vars"), 0, 0 };
	if (*text == '@') {
		return yaml_parse_file(text + 1, error);
	}
	const char *start = text + strspn(text, " \t\n");
	if (*start == '{' || *start == '[') {
		return yaml_parse(text, strlen(text), "--extra-vars", error);
	}
	return free_form_parse(text, FALSE, at, error);
}

value *project_extra_vars(const struct options *o, GError **error)
{
	g_autoptr(value) all = value_new_dict();
	for (char **text = o->extra_vars; text != NULL && *text != NULL; text++) {
		g_autoptr(value) some = parse_extra(*text, error);
		if (some == NULL) {
			return NULL;
		}
		if (value_is(some, VALUE_NULL)) {
			continue;
		}
		if (!value_is(some, VALUE_DICT) || value_dict_get(some, "_raw_params") != NULL) {
			error_set(error, SUTLER_ERROR_USAGE,
				"--extra-vars '%s': give name=value, a mapping in JSON or YAML, or @FILE",
				*text);
			return NULL;
		}
		value_dict_update(all, some);
	}
	return value_freeze(g_steal_pointer(&all));
}

playbook *project_playbook(const char *name, const struct playbook_options *options, GError **error)
{
	gsize length = 0;
	const char *text = built_in_file(name, &length);
	if (g_file_test(name, G_FILE_TEST_EXISTS) || text == NULL) {
		return playbook_load(name, options, error);
	}
	return playbook_parse(text, length, name, options, error);
}

/* ---- passwords ---- */

static char *password_from_file(const char *path, GError **error)
{
	gsize length = 0;
	char *text = text_read(path, 64 * 1024, 0, &length, error);
	if (text != NULL) {
		text[strcspn(text, "\r\n")] = '\0';
	}
	return text;
}

static char *password_from_terminal(const char *prompt, GError **error)
{
	struct termios before;
	if (tcgetattr(STDIN_FILENO, &before) != 0) {
		error_set(error, SUTLER_ERROR_USAGE,
			"no terminal to ask for the password: use --become-password-file");
		return NULL;
	}
	struct termios silent = before;
	silent.c_lflag &= ~(tcflag_t)ECHO;
	g_printerr("%s", prompt);
	tcsetattr(STDIN_FILENO, TCSAFLUSH, &silent);
	char line[1024] = { 0 };
	ssize_t n = read(STDIN_FILENO, line, sizeof line - 1);
	tcsetattr(STDIN_FILENO, TCSAFLUSH, &before);
	g_printerr("\n");
	line[n > 0 ? strcspn(line, "\r\n") : 0] = '\0';
	char *password = g_strdup(line);
	explicit_bzero(line, sizeof line);
	return password;
}

static gboolean become_password(const struct options *o, char **ret, GError **error)
{
	*ret = NULL;
	if (o->become_password_file != NULL) {
		*ret = password_from_file(o->become_password_file, error);
		return *ret != NULL;
	}
	if (o->ask_become_password && o->no_input) {
		error_set(error, SUTLER_ERROR_USAGE, "--ask-become-pass and --no-input exclude each other");
		return FALSE;
	}
	if (o->ask_become_password) {
		*ret = password_from_terminal("sudo password: ", error);
		return *ret != NULL;
	}
	return TRUE;
}

/* ---- signals ---- */

static cancel *interrupt;

static void on_signal(int number)
{
	static volatile sig_atomic_t seen;
	if (seen) {
		_exit(130);
	}
	seen = 1;
	(void)number;
	cancel_request(interrupt);
}

static void catch_signals(void)
{
	struct sigaction action = { .sa_handler = on_signal };
	interrupt = cancel_new();
	sigaction(SIGINT, &action, NULL);
	sigaction(SIGTERM, &action, NULL);
	sigaction(SIGHUP, &action, NULL);
}

/* ---- the run ---- */

static GPtrArray *split_words(char **texts)
{
	GPtrArray *words = g_ptr_array_new_with_free_func(g_free);
	for (; texts != NULL && *texts != NULL; texts++) {
		g_auto(GStrv) parts = g_strsplit(*texts, ",", -1);
		for (char **part = parts; *part != NULL; part++) {
			if (*g_strstrip(*part) != '\0') {
				g_ptr_array_add(words, g_strdup(*part));
			}
		}
	}
	return words;
}

static char *mask(const char *text, gsize length, gsize *ret_length, gpointer data)
{
	(void)data;
	return secret_mask(text, length, ret_length);
}

static report *make_report(const struct options *o, gboolean show_output)
{
	report *r = report_new(mask, NULL);
	if (o->json) {
		report_add(r, json_new(STDOUT_FILENO, STDERR_FILENO));
		return r;
	}
	struct human_options human = {
		.descriptor = STDOUT_FILENO,
		.error_descriptor = STDERR_FILENO,
		.terminal = human_is_terminal(STDOUT_FILENO, o->no_color),
		.quiet = o->quiet,
		.output = show_output,
		.verbosity = o->verbosity,
	};
	report_add(r, human_new(&human));
	return r;
}

static int status_of(const struct options *o, const struct run_totals *totals)
{
	if (totals->interrupted) {
		return 130;
	}
	if (totals->failed > 0) {
		return 1;
	}
	if (totals->unreachable > 0) {
		return 3;
	}
	if (options_is_dry(o) && o->detailed_exitcode &&
		(totals->changed > 0 || totals->unpredicted > 0)) {
		return 4;
	}
	return 0;
}

/* --list-hosts, --list-tasks, --list-tags, --syntax-check: TRUE when one of them was asked for. */
static gboolean list_only(const struct options *o, const struct run_options *run, gboolean *ret_ok,
	GError **error)
{
	g_autofree char *text = NULL;
	*ret_ok = TRUE;
	if (o->list_hosts) {
		text = run_list_hosts(run, error);
	} else if (o->list_tasks || o->list_tags) {
		text = run_list_tasks(run, o->list_tags, error);
	} else if (o->syntax_check) {
		*ret_ok = run_check(run, error);
		return TRUE;
	} else {
		return FALSE;
	}
	*ret_ok = text != NULL && project_print(text, error);
	return TRUE;
}

static gboolean run_and_report(const struct options *o, struct run_options *run,
	gboolean show_output, int *ret_status, GError **error)
{
	struct run_totals totals;
	g_autoptr(report) r = make_report(o, show_output);
	catch_signals();
	run->cancel = interrupt;
	run->emit = report_event;
	run->emit_data = r;
	gboolean ok = run_playbook(run, &totals, error);
	gboolean told = report_finish(r, ok ? error : NULL);
	*ret_status = status_of(o, &totals);
	return ok && told;
}

gboolean project_run(const struct options *o, playbook *book, const char *title, const char *target,
	const inventory *inv, const value *extra, const struct playbook_options *book_options,
	gboolean show_output, int *ret_status, GError **error)
{
	char *password = NULL;
	gboolean ok = TRUE;
	g_autoptr(GPtrArray) tags = split_words(o->tags);
	g_autoptr(GPtrArray) skip_tags = split_words(o->skip_tags);
	struct run_options run = {
		.inventory = inv,
		.playbook = book,
		.playbook_options = book_options,
		.title = title,
		.target = target,
		.limit = o->limit,
		.extra = extra,
		.tags = tags,
		.skip_tags = skip_tags,
		.start_at = o->start_at,
		.check = options_is_dry(o),
		.diff = o->diff,
		.no_positions = show_output,
		.forks = (guint)o->forks,
		.user = o->user,
		.private_key = o->private_key,
		.known_hosts = o->known_hosts,
		.connection = o->connection,
		.become = o->become,
		.become_user = o->become_user,
		.accept_new = o->accept_new,
		.timeout = o->timeout,
	};
	if (list_only(o, &run, &ok, error)) {
		return ok;
	}
	if (!run_check(&run, error) || !become_password(o, &password, error)) {
		return FALSE;
	}
	run.become_password = password;
	if (password != NULL) {
		secret_add(password, strlen(password));
	}
	ok = run_and_report(o, &run, show_output, ret_status, error);
	secret_free(password);
	return ok;
}
