/* Which algorithms to offer, and for what only the ssh program serves. */
#include "transport/ssh-private.h"

#include "transport/host-pattern.h"

#include <string.h>

/* The first of each that the server has too is used; all of these are fast, and OpenSSH's default
 * hybrid exchange would cost a hundred milliseconds of CPU for each host. */
static const struct {
	enum config_key key;
	enum ssh_options_e there, back; /* the same: there is but one */
	const char *usual;
} kinds[] = {
	{ CONFIG_KEX_ALGORITHMS, SSH_OPTIONS_KEY_EXCHANGE, SSH_OPTIONS_KEY_EXCHANGE,
		"curve25519-sha256,curve25519-sha256@libssh.org,ecdh-sha2-nistp256,"
		"ecdh-sha2-nistp384,ecdh-sha2-nistp521,diffie-hellman-group16-sha512,"
		"diffie-hellman-group18-sha512,diffie-hellman-group14-sha256,"
		"diffie-hellman-group-exchange-sha256" },
	{ CONFIG_CIPHERS, SSH_OPTIONS_CIPHERS_C_S, SSH_OPTIONS_CIPHERS_S_C,
		"aes128-gcm@openssh.com,aes256-gcm@openssh.com,chacha20-poly1305@openssh.com,"
		"aes128-ctr,aes256-ctr,aes192-ctr" },
	{ CONFIG_MACS, SSH_OPTIONS_HMAC_C_S, SSH_OPTIONS_HMAC_S_C,
		"hmac-sha2-256-etm@openssh.com,hmac-sha2-512-etm@openssh.com,hmac-sha2-256,"
		"hmac-sha2-512" },
	{ CONFIG_PUBKEY_ALGORITHMS, SSH_OPTIONS_PUBLICKEY_ACCEPTED_TYPES,
		SSH_OPTIONS_PUBLICKEY_ACCEPTED_TYPES,
		"ssh-ed25519,ecdsa-sha2-nistp256,ecdsa-sha2-nistp384,ecdsa-sha2-nistp521,"
		"sk-ssh-ed25519@openssh.com,sk-ecdsa-sha2-nistp256@openssh.com,rsa-sha2-512,"
		"rsa-sha2-256" },
	{ CONFIG_HOST_KEY_ALGORITHMS, SSH_OPTIONS_HOSTKEYS, SSH_OPTIONS_HOSTKEYS, NULL },
};

static const char *const option_names[CONFIG_COUNT] = {
	[CONFIG_KEX_ALGORITHMS] = "KexAlgorithms",
	[CONFIG_CIPHERS] = "Ciphers",
	[CONFIG_MACS] = "MACs",
	[CONFIG_PUBKEY_ALGORITHMS] = "PubkeyAcceptedAlgorithms",
	[CONFIG_HOST_KEY_ALGORITHMS] = "HostKeyAlgorithms",
};

static void append(GString *list, const char *name)
{
	g_string_append_printf(list, "%s%s", list->len > 0 ? "," : "", name);
}

/* Those of names (parted by ',') that libssh has. Caller frees. */
static char *known(enum ssh_options_e option, const char *names)
{
	ssh_session scratch = ssh_new();
	g_auto(GStrv) parts = g_strsplit(names, ",", -1);
	GString *out = g_string_new(NULL);

	for (char **part = parts; *part != NULL; part++) {
		if (**part != '\0' && ssh_options_set(scratch, option, *part) == SSH_OK) {
			append(out, *part);
		}
	}
	ssh_free(scratch);
	return g_string_free(out, FALSE);
}

/* "+a" adds to the usual ones, "^a" puts first, "-a*" takes away, "a,b" takes their place. */
static char *combine(const char *usual, const char *said, const char *names)
{
	g_auto(GStrv) mine = g_strsplit(usual, ",", -1);
	g_auto(GStrv) theirs = g_strsplit(*said == '-' ? said + 1 : names, ",", -1);
	GString *out = g_string_new(*said == '-' || *said == '+' ? NULL : names);
	gboolean keeps = *said == '-' || *said == '+' || *said == '^';

	for (char **one = mine; keeps && *one != NULL; one++) {
		if (!host_pattern_match_list(theirs, *one)) {
			append(out, *one);
		}
	}
	if (*said == '+' && *names != '\0') {
		append(out, names);
	}
	return g_string_free(out, FALSE);
}

char *algorithms_choose(const host_config *config, enum config_key key, const char *usual)
{
	const char *said = host_config_text(config, key);
	gsize i = 0;

	if (said == NULL) {
		return g_strdup(usual);
	}
	while (kinds[i].key != key) {
		i++;
	}
	g_autofree char *names =
		*said == '-' ? g_strdup("")
			     : known(kinds[i].there, said + (*said == '+' || *said == '^'));
	if (*said != '-' && *names == '\0') {
		return NULL;
	}
	return combine(usual, said, names);
}

void algorithms_apply(ssh_session session, const host_config *config)
{
	for (gsize i = 0; i < G_N_ELEMENTS(kinds); i++) {
		g_autofree char *list =
			kinds[i].usual != NULL
				? algorithms_choose(config, kinds[i].key, kinds[i].usual)
				: NULL;
		gboolean own =
			kinds[i].key == CONFIG_PUBKEY_ALGORITHMS || kinds[i].key == CONFIG_MACS;
		if (list != NULL && (!own || host_config_text(config, kinds[i].key) != NULL)) {
			(void)ssh_options_set(session, kinds[i].there, list);
			(void)ssh_options_set(session, kinds[i].back, list);
		}
	}
}

char *algorithms_unknown(const host_config *config)
{
	for (gsize i = 0; i < G_N_ELEMENTS(kinds); i++) {
		g_autofree char *list = algorithms_choose(config, kinds[i].key, "");
		if (list == NULL) {
			return g_strdup_printf("%s %s", option_names[kinds[i].key],
				host_config_text(config, kinds[i].key));
		}
	}
	return NULL;
}

/* A private key's file that only says where in a token the key is. */
static gboolean is_token(const char *path)
{
	g_autofree char *public_file = g_strconcat(path, ".pub", NULL);
	ssh_key key = NULL;

	if (ssh_pki_import_pubkey_file(public_file, &key) != SSH_OK &&
		ssh_pki_import_pubkey_file(path, &key) != SSH_OK) {
		return FALSE;
	}
	enum ssh_keytypes_e type = ssh_key_type(key);
	ssh_key_free(key);
	return type == SSH_KEYTYPE_SK_ED25519 || type == SSH_KEYTYPE_SK_ECDSA;
}

/* ~/.ssh/id_ed25519_sk, where no key is that libssh could use. Caller frees. */
static char *usual_token(void)
{
	static const char *const plain[] = { "id_ed25519", "id_ecdsa", "id_rsa" };
	static const char *const tokens[] = { "id_ed25519_sk", "id_ecdsa_sk" };
	g_autofree char *folder = g_build_filename(g_get_home_dir(), ".ssh", NULL);

	for (gsize i = 0; i < G_N_ELEMENTS(plain); i++) {
		g_autofree char *path = g_build_filename(folder, plain[i], NULL);
		if (g_file_test(path, G_FILE_TEST_EXISTS)) {
			return NULL;
		}
	}
	for (gsize i = 0; i < G_N_ELEMENTS(tokens); i++) {
		g_autofree char *path = g_build_filename(folder, tokens[i], NULL);
		if (g_file_test(path, G_FILE_TEST_EXISTS)) {
			return g_strdup_printf("the key '%s' is in a token", path);
		}
	}
	return NULL;
}

char *session_needs_program(const struct connection_options *o, const host_config *config)
{
	const GPtrArray *identities = host_config_list(config, CONFIG_IDENTITY_FILE);

	if (host_config_program(config) != NULL) {
		return g_strdup(host_config_program(config));
	}
	if (o->private_key != NULL) {
		return is_token(o->private_key)
			       ? g_strdup_printf("the key '%s' is in a token", o->private_key)
			       : algorithms_unknown(config);
	}
	for (guint i = 0; i < identities->len; i++) {
		const char *path = g_ptr_array_index(identities, i);
		if (is_token(path)) {
			return g_strdup_printf("the key '%s' is in a token", path);
		}
	}
	char *reason = identities->len == 0 ? usual_token() : NULL;
	return reason != NULL ? reason : algorithms_unknown(config);
}
