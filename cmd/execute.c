/* Running a playbook and reporting it. */
#include "cmd/execute.h"

#include "cmd/identity.h"

#include "base/secret-memory.h"
#include "base/secret.h"
#include "base/text.h"
#include "report/human.h"
#include "report/json.h"
#include "report/output.h"
#include "report/report.h"
#include "run/run.h"

#include <signal.h>
#include <string.h>
#include <unistd.h>

enum { PASSWORD_FILE_MAX = 64 * 1024 };

/* ---- passwords ---- */

static char *password_from_file(const char *path, GError **error)
{
	gsize length = 0;
	char *text = text_read(path, PASSWORD_FILE_MAX, 0, &length, error);
	if (text != NULL) {
		text[strcspn(text, "\r\n")] = '\0';
	}
	return text;
}

static gboolean become_password(const struct project *p, char **ret, GError **error)
{
	const char *path = settings_text(p->settings, SETTING_BECOME_PASSWORD_FILE);
	*ret = NULL;
	gboolean asks = p->options->ask_become_password ||
			(path == NULL && !p->options->no_input &&
				settings_boolean(p->settings, SETTING_BECOME_ASK_PASS));
	if (p->options->ask_become_password && p->options->no_input) {
		error_set(error, SUTLER_ERROR_USAGE,
			"--ask-become-pass and --no-input exclude each other");
		return FALSE;
	}
	if (asks) {
		*ret = project_ask_line("sudo password: ", FALSE, "--become-password-file", error);
	} else if (path != NULL && *path != '\0') {
		*ret = password_from_file(path, error);
	} else {
		return TRUE;
	}
	if (*ret != NULL) {
		secret_add(*ret, strlen(*ret));
	}
	return *ret != NULL;
}

/* The password to log in with. */
static gboolean login_password(const struct project *p, char **ret, GError **error)
{
	const struct options *o = p->options;
	const char *path = settings_text(p->settings, SETTING_CONNECTION_PASSWORD_FILE);
	gboolean asks = o->ask_password || (path == NULL && !o->no_input &&
						   settings_boolean(p->settings, SETTING_ASK_PASS));
	*ret = NULL;
	if (o->ask_password && o->no_input) {
		error_set(
			error, SUTLER_ERROR_USAGE, "--ask-pass and --no-input exclude each other");
		return FALSE;
	}
	if (!asks && (path == NULL || *path == '\0')) {
		return TRUE;
	}
	*ret = asks ? project_ask_line("SSH password: ", FALSE, "--connection-password-file", error)
		    : password_from_file(path, error);
	if (*ret != NULL) {
		secret_add(*ret, strlen(*ret));
	}
	return *ret != NULL;
}

/* ---- signals ---- */

static cancel *interrupt;

/* Once: no new step. Twice: at once. */
static void on_signal(int number)
{
	static volatile sig_atomic_t seen;
	(void)number;
	if (seen) {
		_exit(130);
	}
	seen = 1;
	cancel_request(interrupt);
}

static void catch_signals(void)
{
	if (interrupt != NULL) {
		return;
	}
	struct sigaction action = { .sa_handler = on_signal };
	struct sigaction before;
	interrupt = cancel_new();
	output_give_up_on(interrupt);
	sigaction(SIGINT, &action, NULL);
	sigaction(SIGTERM, &action, NULL);
	/* Ignored by nohup(1): then it stays so. */
	if (sigaction(SIGHUP, NULL, &before) == 0 && before.sa_handler != SIG_IGN) {
		sigaction(SIGHUP, &action, NULL);
	}
}

/* ---- the report ---- */

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
	gboolean pending = totals->changed > 0 || totals->unpredicted > 0;
	return options_is_dry(o) && o->detailed_exitcode && pending ? 4 : 0;
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

/* --list-hosts, --list-tasks, --list-tags, --syntax-check: TRUE when one of them was asked for. */
static gboolean list_only(
	const struct options *o, const struct run_options *run, gboolean *ret_ok, GError **error)
{
	g_autofree char *text = NULL;
	*ret_ok = TRUE;
	if (o->list_hosts) {
		text = run_list_hosts(run, error);
	} else if (o->list_tasks || o->list_tags) {
		text = run_list_tasks(run, o->list_tags, error);
	} else if (o->syntax_check) {
		g_autoptr(GPtrArray) warnings = g_ptr_array_new_with_free_func(g_free);
		*ret_ok = run_check(run, warnings, error);
		project_warn(warnings);
		return TRUE;
	} else {
		return FALSE;
	}
	g_autofree char *masked = text != NULL ? secret_masked(text) : NULL;
	*ret_ok = masked != NULL && project_print(masked, error);
	return TRUE;
}

static gboolean run_and_report(const struct options *o, struct run_options *run,
	gboolean show_output, int *ret_status, GError **error)
{
	struct run_totals totals = { 0 };
	g_autoptr(report) r = make_report(o, show_output);
	catch_signals();
	run->cancel = interrupt;
	run->emit = report_event;
	run->emit_data = r;
	gboolean ok = run_playbook(run, &totals, error);
	/* Whoever ended it knows. */
	gboolean told =
		report_finish(r, ok && !totals.interrupted ? error : NULL) || totals.interrupted;
	*ret_status = status_of(o, &totals);
	return ok && told;
}

static struct run_options run_options_of(const struct project *p, const struct execution *what)
{
	const struct options *o = p->options;
	const settings *s = p->settings;
	return (struct run_options){
		.inventory = p->inventory,
		.playbook = what->playbook,
		.playbook_options = &p->playbook_options,
		.title = what->title,
		.target = what->target,
		.no_positions = what->ad_hoc,
		.limit = o->limit,
		.extra = p->extra,
		.start_at = o->start_at,
		.check = options_is_dry(o),
		.diff = settings_boolean(s, SETTING_DIFF),
		.verbose = o->verbosity > 0,
		.forks = (guint)settings_integer(s, SETTING_FORKS),
		.user = settings_text(s, SETTING_USER),
		.private_key = settings_text(s, SETTING_PRIVATE_KEY),
		.known_hosts = settings_text(s, SETTING_KNOWN_HOSTS),
		.ssh_config = settings_text(s, SETTING_SSH_CONFIG),
		.connection = settings_text(s, SETTING_CONNECTION),
		.become = settings_boolean(s, SETTING_BECOME),
		.become_user = settings_text(s, SETTING_BECOME_USER),
		.become_method = settings_text(s, SETTING_BECOME_METHOD),
		.become_program = settings_text(s, SETTING_BECOME_EXE),
		.become_flags = settings_text(s, SETTING_BECOME_FLAGS),
		.port = (guint)settings_integer(s, SETTING_PORT),
		.ssh_args = settings_text(s, SETTING_SSH_ARGS),
		.ssh_common_args = settings_text(s, SETTING_SSH_COMMON_ARGS),
		.ssh_extra_args = settings_text(s, SETTING_SSH_EXTRA_ARGS),
		.any_errors_fatal = settings_boolean(s, SETTING_ANY_ERRORS_FATAL),
		.no_log = settings_boolean(s, SETTING_NO_LOG),
		.force_handlers = settings_boolean(s, SETTING_FORCE_HANDLERS),
		.strategy = settings_text(s, SETTING_STRATEGY),
		.gathering = settings_text(s, SETTING_GATHERING),
		.no_host_key_checking = !settings_boolean(s, SETTING_HOST_KEY_CHECKING),
		.accept_new = settings_boolean(s, SETTING_ACCEPT_NEW),
		.timeout = settings_is_set(s, SETTING_TIMEOUT)
				   ? (double)settings_integer(s, SETTING_TIMEOUT)
				   : 0,
		.output_limit = (gsize)MIN(settings_integer(s, SETTING_OUTPUT_LIMIT), 65536) * 1024,
		.keepalive = (double)settings_integer(s, SETTING_KEEPALIVE),
	};
}

/* A mistake in --limit is not one of the playbook. */
static gboolean check_limit(const struct project *p, GError **error)
{
	if (p->options->limit == NULL) {
		return TRUE;
	}
	g_autoptr(GPtrArray) hosts = inventory_match(p->inventory, p->options->limit, NULL, error);
	if (hosts == NULL) {
		g_prefix_error(error, "--limit: ");
	}
	return hosts != NULL;
}

gboolean execute(
	const struct project *p, const struct execution *what, int *ret_status, GError **error)
{
	gboolean ok = TRUE;
	char *password = NULL;
	g_autofree char *login = NULL;
	g_auto(GStrv) usual_tags = settings_list(p->settings, SETTING_TAGS);
	g_auto(GStrv) usual_skips = settings_list(p->settings, SETTING_SKIP_TAGS);
	g_autoptr(GPtrArray) tags =
		split_words(p->options->tags != NULL ? p->options->tags : usual_tags);
	g_autoptr(GPtrArray) skip_tags =
		split_words(p->options->skip_tags != NULL ? p->options->skip_tags : usual_skips);
	struct run_options run = run_options_of(p, what);
	g_autofree char *scope = what->ad_hoc ? NULL : identity_of_playbook(what->playbook->path);
	run.due_scope = scope;
	run.tags = tags;
	run.skip_tags = skip_tags;
	if (!check_limit(p, error)) {
		return FALSE;
	}
	if (list_only(p->options, &run, &ok, error)) {
		return ok;
	}
	if (!run_check(&run, NULL, error) || !login_password(p, &login, error) ||
		!become_password(p, &password, error)) {
		return FALSE;
	}
	run.password = login;
	run.become_password = password;
	ok = run_and_report(p->options, &run, what->ad_hoc, ret_status, error);
	secret_wipe_string(password);
	return ok;
}
