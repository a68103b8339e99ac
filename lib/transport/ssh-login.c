/* Logging in with a public key: which keys to try, and trying them one at a time. */
#include "transport/ssh-private.h"

#include <errno.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* Every refused key counts against the server's MaxAuthTries and may earn a penalty. */
#define TRIES_MAX 3

struct login_key {
	ssh_key key;
	char *label; /* "'/home/u/.ssh/id_ed25519'" */
};

/* Best first. */
static const char *const default_files[] = { "id_ed25519", "id_ecdsa", "id_rsa" };

static void login_key_free(gpointer data)
{
	struct login_key *k = data;
	ssh_key_free(k->key);
	g_free(k->label);
	g_free(k);
}

static char *expand_home(const char *path)
{
	if (g_str_has_prefix(path, "~/")) {
		return g_build_filename(g_get_home_dir(), path + 2, NULL);
	}
	if (g_str_has_prefix(path, "%d/")) {
		return g_build_filename(g_get_home_dir(), path + 3, NULL);
	}
	return g_strdup(path);
}

/* libssh asks this for the passphrase of an encrypted key; without it, it would ask the terminal.
 */
static int note_encrypted(
	const char *prompt, char *buffer, size_t length, int echo, int verify, void *userdata)
{
	(void)prompt;
	(void)buffer;
	(void)length;
	(void)echo;
	(void)verify;
	*(gboolean *)userdata = TRUE;
	return -1;
}

/* As ssh does: a private key of ours that others can read is not used. */
static gboolean check_mode(const char *path, GError **error)
{
	struct stat status;

	if (stat(path, &status) != 0) {
		error_set(
			error, SUTLER_ERROR_USAGE, "private key '%s': %s", path, g_strerror(errno));
		return FALSE;
	}
	if (status.st_uid == getuid() && (status.st_mode & 077) != 0) {
		error_set(error, SUTLER_ERROR_USAGE,
			"private key '%s': mode %04o lets others read it, use \"chmod 600\"", path,
			(unsigned int)status.st_mode & 07777);
		return FALSE;
	}
	return TRUE;
}

static struct login_key *load_file(const char *path, GError **error)
{
	ssh_key key = NULL;
	gboolean encrypted = FALSE;

	if (!check_mode(path, error)) {
		return NULL;
	}
	if (ssh_pki_import_privkey_file(path, NULL, note_encrypted, &encrypted, &key) != SSH_OK) {
		error_set(error, SUTLER_ERROR_USAGE, "private key '%s': %s", path,
			encrypted ? "it is encrypted, load it into the agent with ssh-add"
			: access(path, R_OK) != 0 ? g_strerror(errno)
						  : "not a private key that can be read");
		return NULL;
	}
	struct login_key *k = g_new0(struct login_key, 1);
	k->key = key;
	k->label = g_strdup_printf("'%s'", path);
	return k;
}

static char *configured_identity(ssh_session configured)
{
	char *value = NULL;

	if (ssh_options_get(configured, SSH_OPTIONS_IDENTITY, &value) != SSH_OK) {
		return NULL;
	}
	/* libssh's own defaults look like this before they are expanded. */
	char *path = g_str_has_prefix(value, "%d/id_") ? NULL : expand_home(value);
	ssh_string_free_char(value);
	return path;
}

GPtrArray *login_keys(const struct connection_options *options, ssh_session configured,
	deadline until, const cancel *cancelled, GError **error)
{
	g_autoptr(GPtrArray) keys = g_ptr_array_new_with_free_func(login_key_free);
	g_autofree char *named = options->private_key != NULL ? expand_home(options->private_key)
							      : configured_identity(configured);
	(void)until;
	(void)cancelled;

	if (named != NULL) {
		struct login_key *k = load_file(named, error);
		if (k == NULL) {
			return NULL;
		}
		g_ptr_array_add(keys, k);
		return g_steal_pointer(&keys);
	}
	for (gsize i = 0; i < G_N_ELEMENTS(default_files) && keys->len < TRIES_MAX; i++) {
		g_autofree char *path =
			g_build_filename(g_get_home_dir(), ".ssh", default_files[i], NULL);
		if (g_file_test(path, G_FILE_TEST_EXISTS)) {
			struct login_key *k = load_file(path, error);
			if (k == NULL) {
				return NULL;
			}
			g_ptr_array_add(keys, k);
		}
	}
	if (keys->len == 0) {
		error_set(error, SUTLER_ERROR_UNREACHABLE,
			"no key to log in with: no ~/.ssh/id_ed25519, id_ecdsa or id_rsa; name one "
			"with --private-key");
		return NULL;
	}
	return g_steal_pointer(&keys);
}

/* One key, to its end. */
static int try_key(struct secure *c, const struct login_key *k, deadline until,
	const cancel *cancelled, GError **error)
{
	for (;;) {
		int rc = ssh_userauth_publickey(c->session, NULL, k->key);
		if (rc != SSH_AUTH_AGAIN) {
			return rc;
		}
		g_autoptr(GError) waited = NULL;
		if (secure_wait(c, until, cancelled, &waited)) {
			continue;
		}
		if (g_error_matches(waited, SUTLER_ERROR, SUTLER_ERROR_TIMEOUT)) {
			error_set(error, SUTLER_ERROR_UNREACHABLE,
				"login of '%s' at %s not finished within %g s", c->user, c->peer,
				c->seconds);
		} else {
			g_propagate_error(error, g_steal_pointer(&waited));
		}
		return SSH_AUTH_ERROR;
	}
}

static void describe_failure(const struct secure *c, int rc, const char *tried, GError **error)
{
	int methods = ssh_userauth_list(c->session, NULL);

	if (rc == SSH_AUTH_ERROR) {
		const char *words = ssh_get_disconnect_message(c->session);
		error_set(error, SUTLER_ERROR_UNREACHABLE,
			"login of '%s' refused by %s: connection closed after key %s: %s", c->user,
			c->peer, tried, words != NULL ? words : ssh_get_error(c->session));
	} else if (rc == SSH_AUTH_PARTIAL) {
		error_set(error, SUTLER_ERROR_UNREACHABLE,
			"login of '%s' at %s: key %s is accepted, but the server wants a second "
			"proof%s, "
			"which is not supported",
			c->user, c->peer, tried,
			(methods & SSH_AUTH_METHOD_INTERACTIVE) != 0 ? " (interactive)"
			: (methods & SSH_AUTH_METHOD_PASSWORD) != 0  ? " (password)"
								     : "");
	} else if ((methods & SSH_AUTH_METHOD_PUBLICKEY) == 0 && methods != 0) {
		error_set(error, SUTLER_ERROR_UNREACHABLE,
			"login of '%s' refused by %s: it takes no public keys for this user",
			c->user, c->peer);
	} else {
		error_set(error, SUTLER_ERROR_UNREACHABLE,
			"login of '%s' refused by %s: tried key %s; check the user, add the public "
			"key to its authorized_keys, or name another with --private-key",
			c->user, c->peer, tried);
	}
}

gboolean login_run(struct secure *c, const GPtrArray *keys, deadline until, const cancel *cancelled,
	GError **error)
{
	g_autoptr(GString) tried = g_string_new(NULL);
	int rc = SSH_AUTH_DENIED;

	for (guint i = 0; i < keys->len && rc == SSH_AUTH_DENIED; i++) {
		const struct login_key *k = g_ptr_array_index(keys, i);
		g_autoptr(GError) failure = NULL;
		g_string_append_printf(tried, "%s%s", i > 0 ? ", " : "", k->label);
		rc = try_key(c, k, until, cancelled, &failure);
		if (failure != NULL) {
			g_propagate_error(error, g_steal_pointer(&failure));
			return FALSE;
		}
	}
	if (rc != SSH_AUTH_SUCCESS) {
		describe_failure(c, rc, tried->str, error);
		return FALSE;
	}
	return TRUE;
}
