/* What most commands begin with: settings, vault passwords, extra variables, inventory, playbooks.
 */
#include "cmd/project.h"

#include "base/built_in.h"
#include "base/public-names.h"
#include "base/secret-names.h"
#include "base/secret.h"
#include "inventory/precedence.h"
#include "inventory/variable-files.h"
#include "modules/module.h"
#include "playbook/free-form.h"
#include "value/secrets.h"
#include "value/yaml.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <termios.h>
#include <unistd.h>

static const struct module_catalog catalog = {
	.find = module_find,
	.is_free_form = module_is_free_form,
	.check = module_check,
	.names = module_names,
};

gboolean project_print_bytes(const char *bytes, gsize length, GError **error)
{
	while (length > 0) {
		ssize_t n = write(STDOUT_FILENO, bytes, length);
		if (n < 0 && errno != EINTR) {
			error_set(error, SUTLER_ERROR_FAILED, "unable to write the output: %s",
				g_strerror(errno));
			return FALSE;
		}
		if (n > 0) {
			bytes += n;
			length -= (gsize)n;
		}
	}
	return TRUE;
}

gboolean project_print(const char *text, GError **error)
{
	return project_print_bytes(text, strlen(text), error);
}

/* The terminal itself, since stdin may be a pipe. -1: there is none. */
static int open_terminal(void)
{
	int terminal = open("/dev/tty", O_RDWR | O_CLOEXEC | O_NOCTTY);
	return terminal < 0 && isatty(STDIN_FILENO) ? dup(STDIN_FILENO) : terminal;
}

/* One line into a buffer. Control-C arrives as a character and ends the line, so that the terminal
 * is never left without its echo. FALSE: it came. */
static gboolean read_answer(
	int terminal, const char *question, gboolean shown, char *line, gsize size)
{
	struct termios before;
	gboolean is_terminal = tcgetattr(terminal, &before) == 0;
	struct termios asking = before;
	asking.c_lflag &= ~(tcflag_t)(shown ? ISIG : ISIG | ECHO);
	asking.c_cc[VEOL] = before.c_cc[VINTR];
	if (is_terminal) {
		tcsetattr(terminal, TCSAFLUSH, &asking);
	}
	g_printerr("%s", question); /* now: what was typed before was dropped */
	ssize_t n = read(terminal, line, size - 1);
	if (is_terminal) {
		tcsetattr(terminal, TCSAFLUSH, &before);
	}
	line[MAX(n, 0)] = '\0';
	gboolean interrupted = n > 0 && (cc_t)line[n - 1] == before.c_cc[VINTR];
	line[strcspn(line, "\r\n")] = '\0';
	return !interrupted;
}

char *project_ask_line(const char *question, gboolean shown, const char *instead, GError **error)
{
	int terminal = open_terminal();
	if (terminal < 0) {
		error_set(error, SUTLER_ERROR_USAGE, "no terminal to ask '%.*s' on: use %s",
			(int)strcspn(question, ":"), question, instead);
		return NULL;
	}
	char line[1024] = { 0 };
	gboolean well = read_answer(terminal, question, shown, line, sizeof line);
	if (!shown || !well) {
		g_printerr("\n");
	}
	(void)close(terminal); /* only read from */
	char *answer = well ? g_strdup(line) : NULL;
	explicit_bzero(line, sizeof line);
	if (!well) {
		error_set(error, SUTLER_ERROR_INTERRUPTED, "interrupted");
	}
	return answer;
}

char *project_ask(gpointer data, const char *question, GError **error)
{
	const char *instead = data != NULL ? data : "--vault-password-file";
	return project_ask_line(question, FALSE, instead, error);
}

void project_warn(const GPtrArray *warnings)
{
	for (guint i = 0; i < warnings->len; i++) {
		g_autofree char *masked = public_masked(g_ptr_array_index(warnings, i));
		g_printerr("warning: %s\n", masked);
	}
}

/* ---- settings ---- */

/* "setting 'forks': 'x' is ..." to "--forks: 'x' is ...", for what the user wrote. */
static void name_option(const char *option, GError **error)
{
	const char *rest = strstr((*error)->message, "': ");
	if (rest != NULL) {
		char *message = g_strdup_printf("%s: %s", option, rest + strlen("': "));
		g_free((*error)->message);
		(*error)->message = message;
	}
}

/* Options that outweigh a setting. */
static gboolean set_from_options(settings *s, const struct options *o, GError **error)
{
	const struct {
		enum setting id;
		const char *text;
		const char *origin;
	} given[] = {
		{ SETTING_ACCEPT_NEW, o->accept_new ? "true" : NULL, "--accept-new" },
		{ SETTING_BECOME, o->become ? "true" : NULL, "--become" },
		{ SETTING_BECOME_METHOD, o->become_method, "--become-method" },
		{ SETTING_BECOME_PASSWORD_FILE, o->become_password_file, "--become-password-file" },
		{ SETTING_CONNECTION, o->connection, "--connection" },
		{ SETTING_CONNECTION_PASSWORD_FILE, o->connection_password_file,
			"--connection-password-file" },
		{ SETTING_SSH_COMMON_ARGS, o->ssh_common_args, "--ssh-common-args" },
		{ SETTING_SSH_EXTRA_ARGS, o->ssh_extra_args, "--ssh-extra-args" },
		{ SETTING_BECOME_USER, o->become_user, "--become-user" },
		{ SETTING_DIFF, o->diff ? "true" : NULL, "--diff" },
		{ SETTING_FORCE_HANDLERS, o->force_handlers ? "true" : NULL, "--force-handlers" },
		{ SETTING_FORKS, o->forks, "--forks" },
		{ SETTING_KNOWN_HOSTS, o->known_hosts, "--known-hosts" },
		{ SETTING_PRIVATE_KEY, o->private_key, "--private-key" },
		{ SETTING_STRATEGY, o->strategy, "--strategy" },
		{ SETTING_TIMEOUT, o->timeout, "--timeout" },
		{ SETTING_USER, o->user, "--user" },
	};
	for (gsize i = 0; i < G_N_ELEMENTS(given); i++) {
		if (given[i].text != NULL &&
			!settings_set(s, given[i].id, given[i].text, given[i].origin, error)) {
			name_option(given[i].origin, error);
			return FALSE;
		}
	}
	return TRUE;
}

/* A password file of no id in particular; its path may hold an '@'. */
static gboolean add_password_file(vault *v, const char *path, vault_ask ask, GError **error)
{
	g_autofree char *source = g_strconcat("default@", path, NULL);
	return vault_add_source(v, source, ask, NULL, error);
}

/* Of vault_identity_list one may be missing where another is there: who may not open production
 * still works on the rest. */
static gboolean add_identities(struct project *p, vault_ask ask, GError **error)
{
	g_auto(GStrv) ids = settings_list(p->settings, SETTING_VAULT_IDENTITY_LIST);
	g_autoptr(GPtrArray) problems = g_ptr_array_new_with_free_func(g_free);
	for (char **id = ids; *id != NULL; id++) {
		g_autoptr(GError) problem = NULL;
		if (!vault_add_source(p->vault, *id, ask, NULL, &problem)) {
			g_ptr_array_add(problems,
				g_strdup_printf("vault_identity_list: %s", problem->message));
		}
	}
	if (problems->len > 0 && vault_is_empty(p->vault)) {
		error_set(error, SUTLER_ERROR_USAGE, "%s", (char *)problems->pdata[0]);
		return FALSE;
	}
	project_warn(problems);
	return TRUE;
}

static gboolean open_vault(struct project *p, GError **error)
{
	const struct options *o = p->options;
	vault_ask ask = o->no_input ? NULL : p->ask != NULL ? p->ask : project_ask;
	g_auto(GStrv) configured = settings_list(p->settings, SETTING_VAULT_PASSWORD_FILE);
	gboolean given = o->vault_password_files != NULL || o->vault_ids != NULL;
	p->vault = vault_new();
	if (!add_identities(p, ask, error)) {
		return FALSE;
	}
	for (char **id = o->vault_ids; id != NULL && *id != NULL; id++) {
		if (!vault_add_source(p->vault, *id, ask, NULL, error)) {
			return FALSE;
		}
	}
	char **files = given ? o->vault_password_files : configured;
	for (; files != NULL && *files != NULL; files++) {
		if (!add_password_file(p->vault, *files, ask, error)) {
			return FALSE;
		}
	}
	gboolean asks = o->ask_vault_password ||
			(!o->no_input && settings_boolean(p->settings, SETTING_ASK_VAULT_PASS));
	return !asks || vault_add_source(p->vault, "prompt", ask, NULL, error);
}

/* A key that was named here is wanted of every host: what is wrong with it is said before any is
 * contacted. */
static gboolean check_private_key(const char *path, GError **error)
{
	g_autofree char *full = g_str_has_prefix(path, "~/")
					? g_build_filename(g_get_home_dir(), path + 2, NULL)
					: g_strdup(path);
	struct stat status;
	if (stat(full, &status) != 0 || access(full, R_OK) != 0) {
		error_set(error, SUTLER_ERROR_USAGE, "--private-key '%s': %s", path,
			g_strerror(errno));
		return FALSE;
	}
	if (!S_ISREG(status.st_mode)) {
		error_set(
			error, SUTLER_ERROR_USAGE, "--private-key '%s': not a regular file", path);
		return FALSE;
	}
	if (status.st_uid == getuid() && (status.st_mode & 077) != 0) {
		error_set(error, SUTLER_ERROR_USAGE,
			"--private-key '%s': mode %04o lets others read it, use \"chmod 600\"",
			path, (unsigned int)status.st_mode & 07777);
		return FALSE;
	}
	return TRUE;
}

gboolean project_settings(struct project *p, const struct options *options, GError **error)
{
	g_autoptr(GPtrArray) warnings = g_ptr_array_new_with_free_func(g_free);
	p->options = options;
	p->settings = settings_load(NULL, warnings, error);
	project_warn(warnings);
	if (p->settings == NULL || !set_from_options(p->settings, options, error)) {
		return FALSE;
	}
	if (options->verbosity > 0) {
		project_warn(settings_remarks(p->settings));
	}
	if (options->private_key != NULL && !check_private_key(options->private_key, error)) {
		return FALSE;
	}
	variables_set_merging(
		g_str_equal(settings_text(p->settings, SETTING_HASH_BEHAVIOUR), "merge"));
	g_auto(GStrv) words = settings_list(p->settings, SETTING_SECRET_NAMES);
	for (char **word = words; *word != NULL; word++) {
		secret_add_name(*word);
	}
	return TRUE;
}

gboolean project_configure(struct project *p, const struct options *options, GError **error)
{
	return project_settings(p, options, error) && open_vault(p, error);
}

/* ---- variables and inventory ---- */

static value *parse_extra(const struct project *p, const char *text, GError **error)
{
	struct position at = { g_intern_string("--extra-vars"), 0, 0 };
	if (*text == '@') {
		return variable_file_read(p->vault, text + 1, error);
	}
	const char *start = text + strspn(text, " \t\n");
	if (*start == '{' || *start == '[') {
		value *v = yaml_parse(text, strlen(text), "--extra-vars", error);
		g_prefix_error(error, "'%s': ", text);
		return v;
	}
	return free_form_parse(text, FALSE, at, error);
}

static value *extra_vars(const struct project *p, GError **error)
{
	g_autoptr(value) all = value_new_dict();
	for (char **text = p->options->extra_vars; text != NULL && *text != NULL; text++) {
		g_autoptr(value) raw = parse_extra(p, *text, error);
		g_autoptr(value) some = raw == NULL ? NULL : vault_resolve(p->vault, raw, error);
		if (some == NULL) {
			return NULL;
		}
		if (value_is(some, VALUE_NULL)) {
			continue;
		}
		if (!value_is(some, VALUE_DICT) || value_dict_get(some, "_raw_params") != NULL) {
			error_set(error, SUTLER_ERROR_USAGE,
				"--extra-vars '%s': give name=value, a mapping in JSON or YAML, or "
				"@FILE",
				*text);
			return NULL;
		}
		secrets_register(some);
		variables_update(all, some);
	}
	return value_freeze(g_steal_pointer(&all));
}

char **project_sources(const struct project *p)
{
	static const char *const standard[] = { "inventory", NULL };
	static const char *const localhost[] = { "localhost,", NULL };
	if (p->options->inventory != NULL) {
		return g_strdupv(p->options->inventory);
	}
	if (p->alone) {
		return g_strdupv((char **)localhost);
	}
	if (settings_is_set(p->settings, SETTING_INVENTORY)) {
		return settings_list(p->settings, SETTING_INVENTORY);
	}
	return g_file_test("inventory", G_FILE_TEST_EXISTS) ? g_strdupv((char **)standard) : NULL;
}

static gboolean open_inventory(struct project *p, const char *playbook_folder, GError **error)
{
	g_autoptr(GPtrArray) warnings = g_ptr_array_new_with_free_func(g_free);
	g_auto(GStrv) sources = project_sources(p);
	g_auto(GStrv) endings = settings_list(p->settings, SETTING_INVENTORY_IGNORE_EXTENSIONS);
	g_auto(GStrv) patterns = settings_list(p->settings, SETTING_INVENTORY_IGNORE_PATTERNS);
	gboolean usual = !settings_is_set(p->settings, SETTING_INVENTORY_IGNORE_EXTENSIONS);
	struct inventory_options options = {
		.playbook_folder = playbook_folder,
		.vault = p->vault,
		.ignored_endings = usual ? NULL : (const char *const *)endings,
		.ignored_patterns = (const char *const *)patterns,
		.warnings = warnings,
	};
	static const char *const none[] = { NULL };
	if (sources == NULL) {
		g_ptr_array_add(
			warnings, g_strdup("no file 'inventory' here, only localhost is known: "
					   "give one with -i, or copy inventory.example"));
	}
	p->inventory = inventory_load(
		sources != NULL ? (const char *const *)sources : none, &options, error);
	project_warn(warnings);
	return p->inventory != NULL;
}

/* Where ansible-galaxy puts roles. */
static char **usual_roles_paths(void)
{
	char **paths = g_new0(char *, 4);
	paths[0] = g_build_filename(g_get_home_dir(), ".ansible", "roles", NULL);
	paths[1] = g_strdup("/usr/share/ansible/roles");
	paths[2] = g_strdup("/etc/ansible/roles");
	return paths;
}

/* What the settings say of loading playbooks. */
static void take_playbook_settings(struct project *p)
{
	const settings *s = p->settings;
	g_auto(GStrv) subset = settings_list(s, SETTING_GATHER_SUBSET);
	const char *path = settings_text(s, SETTING_FACT_PATH);
	p->roles_paths = settings_is_set(s, SETTING_ROLES_PATH)
				 ? settings_list(s, SETTING_ROLES_PATH)
				 : usual_roles_paths();
	p->libraries = settings_list(s, SETTING_LIBRARY);
	if (settings_is_set(s, SETTING_COLLECTIONS_PATH)) {
		p->collections = settings_list(s, SETTING_COLLECTIONS_PATH);
	}
	if (*subset != NULL) {
		p->gather_subset = value_new_list();
		for (char **one = subset; *one != NULL; one++) {
			value_list_append(p->gather_subset, value_new_string(*one));
		}
		value_freeze(p->gather_subset);
	}
	if (settings_is_set(s, SETTING_GATHER_TIMEOUT)) {
		p->gather_timeout =
			value_freeze(value_new_int(settings_integer(s, SETTING_GATHER_TIMEOUT)));
	}
	p->fact_path = path != NULL ? value_freeze(value_new_string(path)) : NULL;
	p->playbook_options = (struct playbook_options){
		.catalog = &catalog,
		.roles_paths = (const char *const *)p->roles_paths,
		.libraries = (const char *const *)p->libraries,
		.collections = (const char *const *)p->collections,
		.gather_subset = p->gather_subset,
		.gather_timeout = p->gather_timeout,
		.fact_path = p->fact_path,
		.extra_vars = p->extra,
		.vault = p->vault,
	};
}

gboolean project_open(struct project *p, const struct options *options, const char *playbook_folder,
	GError **error)
{
	if (!project_configure(p, options, error)) {
		return FALSE;
	}
	const char *configured = settings_text(p->settings, SETTING_PLAYBOOK_DIR);
	const char *folder = playbook_folder != NULL ? playbook_folder
			     : configured != NULL    ? configured
						     : ".";
	p->extra = extra_vars(p, error);
	if (p->extra == NULL || !open_inventory(p, folder, error)) {
		return FALSE;
	}
	take_playbook_settings(p);
	return TRUE;
}

void project_close(struct project *p)
{
	g_clear_pointer(&p->inventory, inventory_free);
	g_clear_pointer(&p->extra, value_unref);
	g_clear_pointer(&p->vault, vault_free);
	g_clear_pointer(&p->settings, settings_free);
	g_clear_pointer(&p->roles_paths, g_strfreev);
	g_clear_pointer(&p->libraries, g_strfreev);
	g_clear_pointer(&p->collections, g_strfreev);
	value_clear(&p->gather_subset);
	value_clear(&p->gather_timeout);
	value_clear(&p->fact_path);
}

playbook *project_playbook(const struct project *p, const char *name, GError **error)
{
	gsize length = 0;
	const char *text = built_in_file(name, &length);
	if (g_file_test(name, G_FILE_TEST_EXISTS) || text == NULL) {
		return playbook_load(name, &p->playbook_options, error);
	}
	/* Nobody shall look for its positions in a file of the project. */
	g_autofree char *label = g_strconcat("built-in ", name, NULL);
	return playbook_parse(text, length, label, &p->playbook_options, error);
}
