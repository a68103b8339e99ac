/* libssh sessions before they connect: from options and ssh_config. */
#include "transport/ssh-private.h"

#include <errno.h>
#include <string.h>
#include <unistd.h>

/* libssh would write to stderr when a user's ssh_config raises LogLevel. */
static void discard_log(int priority, const char *function, const char *message, void *userdata)
{
	(void)priority;
	(void)function;
	(void)message;
	(void)userdata;
}

static gpointer start_once(gpointer unused)
{
	(void)unused;
	(void)ssh_init();
	(void)ssh_set_log_callback(discard_log);
	return NULL;
}

void session_library(void)
{
	static GOnce started = G_ONCE_INIT;
	(void)g_once(&started, start_once, NULL);
}

/* Names that could be taken for an option, a shell's syntax or a second user part are refused. */
static gboolean plausible_host(const char *host)
{
	return host != NULL && host[0] != '\0' && host[0] != '-' &&
	       strspn(host, G_CSET_A_2_Z G_CSET_a_2_z G_CSET_DIGITS "._-:%") == strlen(host);
}

static gboolean plausible_user(const char *user)
{
	if (user[0] == '\0' || user[0] == '-') {
		return FALSE;
	}
	for (const char *p = user; *p != '\0'; p++) {
		if (g_ascii_iscntrl(*p) || strchr(" '\"`$\\;&|<>(){}*?!", *p) != NULL) {
			return FALSE;
		}
	}
	return TRUE;
}

gboolean session_check(const struct connection_options *o, GError **error)
{
	if (!plausible_host(o->host)) {
		error_set(error, SUTLER_ERROR_USAGE, "host '%s': invalid address '%s'", o->name,
			o->host == NULL ? "" : o->host);
		return FALSE;
	}
	if (o->user != NULL && !plausible_user(o->user)) {
		error_set(error, SUTLER_ERROR_USAGE, "host '%s': invalid user name '%s'", o->name,
			o->user);
		return FALSE;
	}
	if (o->port > 65535) {
		error_set(error, SUTLER_ERROR_USAGE, "host '%s': invalid port '%u', use 1 to 65535",
			o->name, o->port);
		return FALSE;
	}
	return TRUE;
}

char **session_config_files(const struct connection_options *o)
{
	char **files = g_new0(char *, 3);

	if (o->ssh_config == NULL) {
		files[0] = g_build_filename(g_get_home_dir(), ".ssh", "config", NULL);
		files[1] = g_strdup("/etc/ssh/ssh_config");
	} else if (o->ssh_config[0] != '\0') {
		files[0] = g_strdup(o->ssh_config);
	}
	return files;
}

host_config *session_config(const struct connection_options *o, GError **error)
{
	g_auto(GStrv) files = session_config_files(o);
	struct host_question question = {
		.options = o->ssh_options,
		.files = (const char *const *)files,
		.alias = o->host,
		.user = o->user,
		.port = o->port,
	};

	if (o->ssh_config != NULL && *files != NULL && access(*files, R_OK) != 0) {
		error_set(error, SUTLER_ERROR_USAGE, "unable to read '%s': %s", *files,
			g_strerror(errno));
		return NULL;
	}
	g_autoptr(host_config) config = host_config_read(&question, error);
	if (config == NULL) {
		g_prefix_error(error, "host '%s': ", o->name);
		return NULL;
	}
	if (!plausible_host(host_config_host(config)) ||
		!plausible_user(host_config_user(config))) {
		error_set(error, SUTLER_ERROR_USAGE,
			"host '%s': ssh_config makes it '%s@%s', which is not a valid user and "
			"host",
			o->name, host_config_user(config), host_config_host(config));
		return NULL;
	}
	return g_steal_pointer(&config);
}

ssh_session session_new(const host_config *config)
{
	const _Bool process_config = 0;
	ssh_session session = ssh_new();

	ssh_set_blocking(session, 0);
	g_autofree char *folder = g_build_filename(g_get_home_dir(), ".ssh", NULL);
	(void)ssh_options_set(session, SSH_OPTIONS_SSH_DIR, folder);
	(void)ssh_options_set(session, SSH_OPTIONS_PROCESS_CONFIG, &process_config);
	algorithms_apply(session, config);
	if (host_config_truth(config, CONFIG_COMPRESSION) == 1) {
		(void)ssh_options_set(session, SSH_OPTIONS_COMPRESSION, "yes");
	}
	(void)ssh_options_set(session, SSH_OPTIONS_USER, host_config_user(config));
	/* libssh does not connect itself, and refuses names with an underscore or a zone. */
	(void)ssh_options_set(session, SSH_OPTIONS_HOST, "localhost");
	return session;
}
