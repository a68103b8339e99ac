/* Which keys to log in with: chosen, read and checked before anything is sent. */
#include "transport/agent.h"
#include "transport/ssh-escapes.h"
#include "transport/ssh-private.h"

#include <errno.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* Every refused key counts against the server's MaxAuthTries, and may earn a penalty. */
#define TRIES_MAX 6
#define AGENT_TIMEOUT 3.0 /* seconds to wait for its list of keys */

/* Best first. */
static const char *const default_files[] = { "id_ed25519", "id_ecdsa", "id_rsa" };

/* What is gathered on the way. */
struct choice {
	GPtrArray *keys;
	const char *agent;     /* its socket's path, or NULL */
	GPtrArray *identities; /* of the agent; NULL when it was not asked or is not there */
	GString *passed_over;  /* why keys that exist were not taken */
};

static void login_key_free(gpointer data)
{
	struct login_key *k = data;
	ssh_key_free(k->key);
	g_clear_pointer(&k->blob, g_bytes_unref);
	g_free(k->agent);
	g_free(k->label);
	g_free(k);
}

static GBytes *key_blob(const ssh_key key)
{
	char *base64 = NULL;
	gsize length = 0;

	if (ssh_pki_export_pubkey_base64(key, &base64) != SSH_OK) {
		return NULL;
	}
	guchar *bytes = g_base64_decode(base64, &length);
	ssh_string_free_char(base64);
	return g_bytes_new_take(bytes, length);
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
		error_set(error, SUTLER_ERROR_UNREACHABLE, "private key '%s': %s", path,
			g_strerror(errno));
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

/* The certificate beside a key, if there is one, goes with it. A broken one is passed over. */
static void add_certificate(const char *path, ssh_key key)
{
	g_autofree char *file = g_strconcat(path, "-cert.pub", NULL);
	ssh_key certificate = NULL;

	if (g_file_test(file, G_FILE_TEST_EXISTS) &&
		ssh_pki_import_cert_file(file, &certificate) == SSH_OK) {
		(void)ssh_pki_copy_cert_to_privkey(certificate, key);
		ssh_key_free(certificate);
	}
}

static struct login_key *from_agent(const struct choice *c, int position, const char *name)
{
	const struct agent_identity *identity = g_ptr_array_index(c->identities, position);
	struct login_key *k = g_new0(struct login_key, 1);

	k->blob = g_bytes_ref(identity->blob);
	k->agent = g_strdup(c->agent);
	k->label = g_strdup_printf("'%s' (agent)", name != NULL ? name : identity->comment);
	return k;
}

/* An agent may hold a key whose file is encrypted, or is not here but for its public half. */
static struct login_key *find_in_agent(const struct choice *c, const char *path)
{
	g_autofree char *public_file =
		g_str_has_suffix(path, ".pub") ? g_strdup(path) : g_strconcat(path, ".pub", NULL);
	const char *files[] = { public_file, path };

	for (gsize i = 0; i < G_N_ELEMENTS(files); i++) {
		ssh_key key = NULL;
		if (ssh_pki_import_pubkey_file(files[i], &key) != SSH_OK) {
			continue;
		}
		g_autoptr(GBytes) blob = key_blob(key);
		ssh_key_free(key);
		int position = blob == NULL ? -1 : agent_find(c->identities, blob);
		if (position >= 0) {
			return from_agent(c, position, path);
		}
	}
	return NULL;
}

static struct login_key *load_file(const struct choice *c, const char *path, GError **error)
{
	ssh_key key = NULL;
	gboolean encrypted = FALSE;
	g_autoptr(GError) failure = NULL;

	if (check_mode(path, &failure)) {
		if (ssh_pki_import_privkey_file(path, NULL, note_encrypted, &encrypted, &key) ==
			SSH_OK) {
			struct login_key *k = g_new0(struct login_key, 1);
			k->key = key;
			k->blob = key_blob(key);
			k->label = g_strdup_printf("'%s'", path);
			add_certificate(path, key);
			return k;
		}
		error_set(&failure, SUTLER_ERROR_UNREACHABLE, "private key '%s': %s", path,
			encrypted ? "it is encrypted and not in the agent, load it with ssh-add"
			: access(path, R_OK) != 0 ? g_strerror(errno)
						  : "not a private key that can be read");
	}
	struct login_key *k = find_in_agent(c, path);
	if (k == NULL) {
		g_propagate_error(error, g_steal_pointer(&failure));
	}
	return k;
}

static void add(struct choice *c, struct login_key *k)
{
	for (guint i = 0; i < c->keys->len; i++) {
		const struct login_key *other = g_ptr_array_index(c->keys, i);
		if (g_bytes_equal(other->blob, k->blob)) {
			login_key_free(k);
			return;
		}
	}
	g_ptr_array_add(c->keys, k);
}

/* Nothing was named: the agent's keys, then the usual files. A file that the agent holds as well is
 * used directly, which saves asking the server beforehand. */
static void choose_usual(struct choice *c, gboolean files_only)
{
	g_autoptr(GPtrArray) files = g_ptr_array_new_with_free_func(login_key_free);

	for (gsize i = 0; i < G_N_ELEMENTS(default_files); i++) {
		g_autoptr(GError) failure = NULL;
		g_autofree char *path =
			g_build_filename(g_get_home_dir(), ".ssh", default_files[i], NULL);
		if (!g_file_test(path, G_FILE_TEST_EXISTS)) {
			continue;
		}
		struct login_key *k = load_file(c, path, &failure);
		if (k != NULL) {
			g_ptr_array_add(files, k);
		} else {
			g_string_append_printf(c->passed_over, "; %s", failure->message);
		}
	}
	for (int held = 1; held >= 0; held--) {
		for (guint i = 0; i < files->len;) {
			struct login_key *k = g_ptr_array_index(files, i);
			if ((agent_find(c->identities, k->blob) >= 0) == held) {
				add(c, g_ptr_array_steal_index(files, i));
			} else {
				i++;
			}
		}
		guint n = held == 0 || files_only || c->identities == NULL ? 0 : c->identities->len;
		for (guint i = 0; i < n; i++) {
			add(c, from_agent(c, (int)i, NULL));
		}
	}
}

/* Keys that were named, and no others. Those of ssh_config are passed over when they do not serve,
 * as long as one is left. */
static gboolean choose_named(
	struct choice *c, const char *const *paths, guint n, gboolean demanded, GError **error)
{
	g_autoptr(GError) first = NULL;

	for (guint i = 0; i < n; i++) {
		g_autofree char *path = ssh_home_expand(paths[i]);
		g_autoptr(GError) failure = NULL;
		struct login_key *k = load_file(c, path, &failure);
		if (k != NULL) {
			add(c, k);
			continue;
		}
		g_string_append_printf(c->passed_over, "; %s", failure->message);
		if (first == NULL) {
			first = g_steal_pointer(&failure);
		}
		if (demanded) {
			break;
		}
	}
	if (c->keys->len == 0 || (demanded && first != NULL)) {
		g_propagate_error(error, g_steal_pointer(&first));
		return FALSE;
	}
	return TRUE;
}

/* No agent, or one that does not answer, is no fault as long as a key is found elsewhere. */
static void ask_agent(struct choice *c, const char *path, deadline until, const cancel *cancelled)
{
	g_autoptr(GError) failure = NULL;

	if (path == NULL || path[0] == '\0' || g_ascii_strcasecmp(path, "none") == 0) {
		return;
	}
	c->agent = path;
	c->identities = agent_list(c->agent, deadline_earliest(until, deadline_in(AGENT_TIMEOUT)),
		cancelled, &failure);
	if (c->identities == NULL) {
		g_string_append_printf(c->passed_over, "; %s", failure->message);
	}
}

/* As ssh: keys that are not named in ssh_config are tried all the same, behind those. */
static void choose_others(struct choice *c)
{
	for (guint i = 0; c->identities != NULL && i < c->identities->len; i++) {
		add(c, from_agent(c, (int)i, NULL));
	}
}

static gboolean choose(struct choice *c, const struct connection_options *options,
	const host_config *config, GError **error)
{
	const GPtrArray *identities = host_config_list(config, CONFIG_IDENTITY_FILE);
	gboolean only = host_config_truth(config, CONFIG_IDENTITIES_ONLY) == 1;
	const char *demanded[] = { options->private_key };
	g_autoptr(GError) problem = NULL;

	if (options->private_key != NULL) {
		return choose_named(c, demanded, 1, TRUE, error);
	}
	if (identities->len == 0) {
		choose_usual(c, only);
		return TRUE;
	}
	gboolean named = choose_named(
		c, (const char *const *)identities->pdata, identities->len, FALSE, &problem);
	if (!only) {
		choose_others(c);
	}
	if (!named && c->keys->len == 0) {
		g_propagate_error(error, g_steal_pointer(&problem));
		return FALSE;
	}
	return TRUE;
}

GPtrArray *login_keys(const struct connection_options *options, const host_config *config,
	deadline until, const cancel *cancelled, GError **error)
{
	struct choice c = {
		.keys = g_ptr_array_new_with_free_func(login_key_free),
		.passed_over = g_string_new(NULL),
	};
	const char *agent = host_config_text(config, CONFIG_IDENTITY_AGENT);

	ask_agent(&c, agent != NULL ? agent : g_getenv("SSH_AUTH_SOCK"), until, cancelled);
	gboolean chosen = choose(&c, options, config, error);
	if (chosen && c.keys->len == 0 && options->password == NULL) {
		chosen = FALSE;
		error_set(error, SUTLER_ERROR_UNREACHABLE,
			"no key to log in with: the agent has none, and there is no "
			"~/.ssh/id_ed25519, "
			"id_ecdsa or id_rsa; name one with --private-key%s",
			c.passed_over->str);
	}
	/* The server counts every try: what is left of them is the password's. */
	guint tries = options->password != NULL ? TRIES_MAX / 2 : TRIES_MAX;
	if (c.keys->len > tries) {
		g_ptr_array_set_size(c.keys, (gint)tries);
	}
	g_clear_pointer(&c.identities, g_ptr_array_unref);
	g_string_free(c.passed_over, TRUE);
	if (!chosen) {
		g_clear_pointer(&c.keys, g_ptr_array_unref);
	}
	return c.keys;
}
