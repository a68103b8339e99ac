/* libssh sessions before they connect: from options and ssh_config. */
#include "transport/ssh-private.h"

#include <errno.h>
#include <string.h>
#include <unistd.h>

/* The first of each that the server has too is used; all of these are fast, and OpenSSH's default
 * hybrid exchange would cost a hundred milliseconds of CPU for each host. */
#define KEY_EXCHANGES                                                                           \
	"curve25519-sha256,curve25519-sha256@libssh.org,ecdh-sha2-nistp256,ecdh-sha2-nistp384," \
	"ecdh-sha2-nistp521,diffie-hellman-group16-sha512,diffie-hellman-group18-sha512,"       \
	"diffie-hellman-group14-sha256,diffie-hellman-group-exchange-sha256"
#define CIPHERS                                                                        \
	"aes128-gcm@openssh.com,aes256-gcm@openssh.com,chacha20-poly1305@openssh.com," \
	"aes128-ctr,aes256-ctr,aes192-ctr"

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

static gboolean parse_config(
	ssh_session session, const struct connection_options *o, GError **error)
{
	g_auto(GStrv) files = session_config_files(o);

	for (char **file = files; *file != NULL; file++) {
		if (o->ssh_config != NULL && access(*file, R_OK) != 0) {
			error_set(error, SUTLER_ERROR_USAGE, "unable to read '%s': %s", *file,
				g_strerror(errno));
			return FALSE;
		}
		if (ssh_options_parse_config(session, *file) != SSH_OK) {
			error_set(error, SUTLER_ERROR_USAGE, "unable to use '%s' for '%s': %s",
				*file, o->name, ssh_get_error(session));
			return FALSE;
		}
	}
	return TRUE;
}

char *session_option(ssh_session session, enum ssh_options_e option)
{
	char *value = NULL;

	if (ssh_options_get(session, option, &value) != SSH_OK) {
		return NULL;
	}
	char *copy = g_strdup(value);
	ssh_string_free_char(value);
	return copy;
}

/* The user is set first and last: first for Match user. */
ssh_session session_new(const struct connection_options *o, GError **error)
{
	const _Bool process_config = 0;
	ssh_session session = ssh_new();

	ssh_set_blocking(session, 0);
	g_autofree char *folder = g_build_filename(g_get_home_dir(), ".ssh", NULL);
	(void)ssh_options_set(session, SSH_OPTIONS_SSH_DIR, folder);
	(void)ssh_options_set(session, SSH_OPTIONS_PROCESS_CONFIG, &process_config);
	(void)ssh_options_set(session, SSH_OPTIONS_KEY_EXCHANGE, KEY_EXCHANGES);
	(void)ssh_options_set(session, SSH_OPTIONS_CIPHERS_C_S, CIPHERS);
	(void)ssh_options_set(session, SSH_OPTIONS_CIPHERS_S_C, CIPHERS);
	if (o->user != NULL) {
		(void)ssh_options_set(session, SSH_OPTIONS_USER, o->user);
	}
	/* An IPv6 address needs brackets here, or its end is taken for a port. libssh does not
	 * connect itself, so a zone that it does not understand does no harm cut off. */
	g_autofree char *plain = g_strndup(o->host, strcspn(o->host, "%"));
	g_autofree char *bracketed =
		strchr(plain, ':') != NULL ? g_strdup_printf("[%s]", plain) : g_strdup(plain);
	/* libssh refuses underscores: such a name goes without what it reads from ssh_config, and
	 * gets the rest from our own reading (complete()). */
	if (ssh_options_set(session, SSH_OPTIONS_HOST, bracketed) == SSH_OK &&
		!parse_config(session, o, error)) {
		ssh_free(session);
		return NULL;
	}
	g_autofree char *configured = session_option(session, SSH_OPTIONS_USER);
	if (o->user != NULL || configured == NULL) {
		/* NULL stands for the local user. */
		(void)ssh_options_set(session, SSH_OPTIONS_USER, o->user);
	}
	return session;
}
