/* Host keys: which kinds to ask the server for, and whether the one it shows may be trusted. */
#include "transport/known-hosts.h"
#include "transport/ssh-private.h"
#include "value/convert.h"

#include <string.h>

struct host_keys {
	known_hosts *known;
	char *file;       /* where new ones go, and what messages name */
	char *algorithms; /* to ask for, as HostKeyAlgorithms has them; NULL: those that are known
			     first */
	gboolean accept_new;
};

/* Key types as known_hosts has them, best first, with the signatures to ask for. */
static const struct {
	const char *type;
	const char *algorithms;
} kinds[] = {
	{ "ssh-ed25519", "ssh-ed25519" },
	{ "ecdsa-sha2-nistp256", "ecdsa-sha2-nistp256" },
	{ "ecdsa-sha2-nistp384", "ecdsa-sha2-nistp384" },
	{ "ecdsa-sha2-nistp521", "ecdsa-sha2-nistp521" },
	{ "ssh-rsa", "rsa-sha2-512,rsa-sha2-256" },
};

/* The name the host has in known_hosts, with and without its port. An alias stands as it is. */
static void names(const struct secure *c, char **ret_name, char **ret_plain)
{
	*ret_name = known_hosts_name(
		c->alias != NULL ? c->alias : c->host, c->alias != NULL ? 22 : c->port);
	*ret_plain = known_hosts_name(c->alias != NULL ? c->alias : c->host, 22);
}

/* Every type of ours, for what HostKeyAlgorithms adds to or takes away from. Caller frees. */
static char *usual_algorithms(void)
{
	GString *list = g_string_new(NULL);
	for (gsize i = 0; i < G_N_ELEMENTS(kinds); i++) {
		g_string_append_printf(list, "%s%s", i > 0 ? "," : "", kinds[i].algorithms);
	}
	return g_string_free(list, FALSE);
}

static void append_files(
	GPtrArray *files, const host_config *config, enum config_key key, const char *const *usual)
{
	const GPtrArray *said = host_config_list(config, key);
	for (guint i = 0; i < said->len; i++) {
		g_ptr_array_add(files, g_ptr_array_index(said, i));
	}
	for (; host_config_text(config, key) == NULL && *usual != NULL; usual++) {
		g_ptr_array_add(files, (gpointer)*usual);
	}
}

/* accept-new, no and off record what is not known; a key that has changed is refused all the same.
 */
static gboolean accepts_new(const struct connection_options *options, const host_config *config)
{
	const char *said = host_config_text(config, CONFIG_STRICT);
	if (options->accept_new || said == NULL) {
		return options->accept_new;
	}
	return g_ascii_strcasecmp(said, "accept-new") == 0 ||
	       g_ascii_strcasecmp(said, "off") == 0 || convert_word(said, TRUTH_SSH) == 0;
}

struct host_keys *host_keys_load(const struct connection_options *options,
	const host_config *config, const struct secure *plan, GError **error)
{
	g_autofree char *name = NULL, *plain = NULL;
	g_autofree char *first = g_build_filename(g_get_home_dir(), ".ssh", "known_hosts", NULL);
	g_autofree char *second = g_build_filename(g_get_home_dir(), ".ssh", "known_hosts2", NULL);
	const char *const own[] = { first, second, NULL };
	const char *const system[] = { "/etc/ssh/ssh_known_hosts", "/etc/ssh/ssh_known_hosts2",
		NULL };
	g_autoptr(GPtrArray) files = g_ptr_array_new();

	if (options->known_hosts != NULL) {
		g_ptr_array_add(files, (gpointer)options->known_hosts);
	} else {
		append_files(files, config, CONFIG_USER_KNOWN_HOSTS, own);
		append_files(files, config, CONFIG_GLOBAL_KNOWN_HOSTS, system);
	}
	g_ptr_array_add(files, NULL);
	names(plan, &name, &plain);
	const char *const wanted[] = { name, plain, NULL };
	known_hosts *known = known_hosts_load((const char *const *)files->pdata, wanted, error);
	if (known == NULL) {
		return NULL;
	}
	g_autofree char *usual = usual_algorithms();
	struct host_keys *k = g_new0(struct host_keys, 1);
	k->known = known;
	k->file = g_strdup(files->pdata[0] != NULL ? files->pdata[0] : first);
	k->accept_new = accepts_new(options, config);
	if (host_config_text(config, CONFIG_HOST_KEY_ALGORITHMS) != NULL) {
		k->algorithms = algorithms_choose(config, CONFIG_HOST_KEY_ALGORITHMS, usual);
	}
	return k;
}

void host_keys_free(struct host_keys *k)
{
	known_hosts_free(k->known);
	g_free(k->file);
	g_free(k->algorithms);
	g_free(k);
}

void host_keys_prefer(const struct host_keys *k, const struct secure *c)
{
	g_autofree char *name = NULL, *plain = NULL;
	g_autoptr(GString) list = g_string_new(NULL);

	names(c, &name, &plain);

	for (int known = 1; known >= 0; known--) {
		for (gsize i = 0; i < G_N_ELEMENTS(kinds); i++) {
			gboolean has = known_hosts_has_type(k->known, name, kinds[i].type) ||
				       known_hosts_has_type(k->known, plain, kinds[i].type);
			if (has == known) {
				g_string_append_printf(list, "%s%s", list->len > 0 ? "," : "",
					kinds[i].algorithms);
			}
		}
	}
	(void)ssh_options_set(c->session, SSH_OPTIONS_HOSTKEYS,
		k->algorithms != NULL ? k->algorithms : list->str);
	/* libssh has its own look at these files, which would only cost time. */
	(void)ssh_options_set(c->session, SSH_OPTIONS_KNOWNHOSTS, "/dev/null");
	(void)ssh_options_set(c->session, SSH_OPTIONS_GLOBAL_KNOWNHOSTS, "/dev/null");
}

/* The word ssh-keygen -l prints for a type. */
static const char *short_type(const char *type)
{
	return strcmp(type, "ssh-ed25519") == 0        ? "ED25519"
	       : strcmp(type, "ssh-rsa") == 0          ? "RSA"
	       : g_str_has_prefix(type, "ecdsa-sha2-") ? "ECDSA"
						       : type;
}

static void refuse_changed(const struct secure *c, const char *name, const char *type,
	const char *key, const struct known_host_line *line, GError **error)
{
	g_autofree char *now = known_hosts_fingerprint(key);
	g_autofree char *before = known_hosts_fingerprint(line->key);

	error_set(error, SUTLER_ERROR_UNREACHABLE,
		"host key of '%s' has changed: %s shows %s %s, but %s:%u has %s %s; this may be an "
		"attack; if the host was set up anew, remove the old key with "
		"\"ssh-keygen -f '%s' -R '%s'\" and run again with --accept-new",
		name, c->peer, short_type(type), now, line->file, line->number,
		short_type(line->type), before, line->file, name);
}

static void refuse_unknown(const struct host_keys *k, const struct secure *c, const char *name,
	const char *type, const char *key, const struct known_host_line *line, GError **error)
{
	g_autofree char *now = known_hosts_fingerprint(key);
	g_autofree char *authority =
		line->file == NULL ? g_strdup("")
				   : g_strdup_printf(" (%s:%u names a @cert-authority, which is "
						     "not supported)",
					     line->file, line->number);

	error_set(error, SUTLER_ERROR_UNREACHABLE,
		"host key of '%s' is not known: %s shows %s %s, and %s has no key for it%s; "
		"compare the fingerprint and run again with --accept-new",
		name, c->peer, short_type(type), now, k->file, authority);
}

static gboolean judge(const struct host_keys *k, const struct secure *c, const char *type,
	const char *key, deadline until, const cancel *cancelled, GError **error)
{
	struct known_host_line line, plain;
	g_autofree char *name = NULL, *host = NULL;

	names(c, &name, &host);
	enum known_host verdict = known_hosts_check(k->known, name, type, key, &line);
	enum known_host without_port = known_hosts_check(k->known, host, type, key, &plain);

	/* As ssh: a key known for the host without the port is good for its other ports too. */
	if (without_port == KNOWN_HOST_REVOKED ||
		(verdict == KNOWN_HOST_UNKNOWN && without_port == KNOWN_HOST_MATCH)) {
		verdict = without_port;
		line = plain;
	}
	switch (verdict) {
	case KNOWN_HOST_MATCH:
		return TRUE;
	case KNOWN_HOST_CHANGED:
		refuse_changed(c, name, type, key, &line, error);
		return FALSE;
	case KNOWN_HOST_REVOKED: {
		g_autofree char *now = known_hosts_fingerprint(key);
		error_set(error, SUTLER_ERROR_UNREACHABLE,
			"host key of '%s' is revoked: %s shows %s %s, marked @revoked at %s:%u",
			name, c->peer, short_type(type), now, line.file, line.number);
		return FALSE;
	}
	case KNOWN_HOST_UNKNOWN:
	case KNOWN_HOST_AUTHORITY:
		break;
	}
	if (k->accept_new) {
		return known_hosts_add(k->file, name, type, key, until, cancelled, error);
	}
	refuse_unknown(k, c, name, type, key, &line, error);
	return FALSE;
}

gboolean host_keys_check(const struct host_keys *k, const struct secure *c, deadline until,
	const cancel *cancelled, GError **error)
{
	ssh_key shown = NULL;
	char *base64 = NULL;
	gboolean trusted = FALSE;

	if (ssh_get_server_publickey(c->session, &shown) == SSH_OK &&
		ssh_pki_export_pubkey_base64(shown, &base64) == SSH_OK) {
		const char *type = ssh_key_type_to_char(ssh_key_type(shown));
		trusted = judge(k, c, type, base64, until, cancelled, error);
	} else {
		error_set(error, SUTLER_ERROR_UNREACHABLE, "%s shows no host key that can be read",
			c->peer);
	}
	ssh_string_free_char(base64);
	ssh_key_free(shown);
	return trusted;
}
