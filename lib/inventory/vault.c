/* Ansible vault: the adapter to libcrypto. */
#include "inventory/vault.h"

#include "base/secret-memory.h"
#include "base/secret.h"

#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <openssl/rand.h>
#include <string.h>

enum {
	ITERATIONS = 10000,
	SALT_BYTES = 32,
	KEY_BYTES = 32,
	IV_BYTES = 16,
	MAC_BYTES = 32,
	BLOCK_BYTES = 16,
	LINE_CHARACTERS = 80,
};

static const char mark[] = "$ANSIBLE_VAULT";

struct password {
	char *id;
	char *text;
	gsize length;
};

struct vault {
	GArray *passwords; /* struct password */
};

static void password_clear(gpointer data)
{
	struct password *password = data;
	g_free(password->id);
	secret_memory_free(password->text);
}

vault *vault_new(void)
{
	vault *v = g_new0(vault, 1);
	v->passwords = g_array_new(FALSE, FALSE, sizeof(struct password));
	g_array_set_clear_func(v->passwords, password_clear);
	return v;
}

void vault_free(vault *v)
{
	if (v != NULL) {
		g_array_unref(v->passwords);
		g_free(v);
	}
}

gboolean vault_add_password(
	vault *v, const char *id, const char *password, gsize length, GError **error)
{
	if (length == 0) {
		error_set(error, SUTLER_ERROR_USAGE, "the vault password%s%s is empty",
			id != NULL ? " of " : "", id != NULL ? id : "");
		return FALSE;
	}
	struct password entry = { g_strdup(id != NULL ? id : "default"),
		secret_memory_copy(password, length), length };
	secret_add(password, length);
	g_array_append_val(v->passwords, entry);
	return TRUE;
}

gboolean vault_is_empty(const vault *v)
{
	return v == NULL || v->passwords->len == 0;
}

gboolean vault_is_encrypted(const char *text, gsize length)
{
	return length >= sizeof mark - 1 && memcmp(text, mark, sizeof mark - 1) == 0;
}

/* Keys. */

struct keys {
	guchar cipher[KEY_BYTES];
	guchar mac[KEY_BYTES];
	guchar iv[IV_BYTES];
};

static gboolean derive(
	const struct password *password, const guchar *salt, gsize salt_length, struct keys *keys)
{
	guchar bytes[KEY_BYTES + KEY_BYTES + IV_BYTES];
	gboolean well =
		PKCS5_PBKDF2_HMAC(password->text, (int)password->length, salt, (int)salt_length,
			ITERATIONS, EVP_sha256(), sizeof bytes, bytes) == 1;
	memcpy(keys->cipher, bytes, KEY_BYTES);
	memcpy(keys->mac, bytes + KEY_BYTES, KEY_BYTES);
	memcpy(keys->iv, bytes + KEY_BYTES + KEY_BYTES, IV_BYTES);
	OPENSSL_cleanse(bytes, sizeof bytes);
	return well;
}

/* CTR: the same both ways. */
static gboolean apply_cipher(const struct keys *keys, const guchar *in, gsize length, guchar *out)
{
	EVP_CIPHER_CTX *context = EVP_CIPHER_CTX_new();
	int n = 0;
	gboolean well =
		length <= G_MAXINT && context != NULL &&
		EVP_EncryptInit_ex(context, EVP_aes_256_ctr(), NULL, keys->cipher, keys->iv) == 1 &&
		EVP_EncryptUpdate(context, out, &n, in, (int)length) == 1 && (gsize)n == length;
	EVP_CIPHER_CTX_free(context);
	return well;
}

static gboolean make_mac(const struct keys *keys, const guchar *data, gsize length, guchar *out)
{
	unsigned int n = 0;
	return HMAC(EVP_sha256(), keys->mac, KEY_BYTES, data, length, out, &n) != NULL &&
	       n == MAC_BYTES;
}

/* Hexadecimal. */

static gboolean from_hex(const char *text, gsize length, GByteArray *out)
{
	if (length % 2 != 0) {
		return FALSE;
	}
	g_byte_array_set_size(out, (guint)(length / 2));
	for (gsize i = 0; i < length; i += 2) {
		int high = g_ascii_xdigit_value(text[i]);
		int low = g_ascii_xdigit_value(text[i + 1]);
		if (high < 0 || low < 0) {
			return FALSE;
		}
		out->data[i / 2] = (guint8)(high << 4 | low);
	}
	return TRUE;
}

static void append_hex(GString *out, const void *data, gsize length)
{
	static const char digits[] = "0123456789abcdef";
	const guchar *bytes = data;
	for (gsize i = 0; i < length; i++) {
		g_string_append_c(out, digits[bytes[i] >> 4]);
		g_string_append_c(out, digits[bytes[i] & 15]);
	}
}

/* The envelope: "$ANSIBLE_VAULT;1.2;AES256;id", then hex in lines, of "salt\nmac\nciphertext", each
 * in hex again. */
struct envelope {
	char *id; /* NULL: none */
	GByteArray *salt;
	GByteArray *mac;
	GByteArray *body;
};

static void envelope_clear(struct envelope *envelope)
{
	g_free(envelope->id);
	g_byte_array_unref(envelope->salt);
	g_byte_array_unref(envelope->mac);
	g_byte_array_unref(envelope->body);
}

static gboolean refuse(const char *name, const char *why, GError **error)
{
	error_set(error, SUTLER_ERROR_USAGE, "%s: %s", name, why);
	return FALSE;
}

static gboolean parse_header(
	const char *line, const char *name, struct envelope *envelope, GError **error)
{
	g_autofree char *stripped = g_strstrip(g_strdup(line));
	g_auto(GStrv) parts = g_strsplit(stripped, ";", 4);
	guint n = g_strv_length(parts);
	if (n < 3 || strcmp(parts[0], mark) != 0) {
		return refuse(name, "the vault header is damaged", error);
	}
	if (strcmp(parts[1], "1.1") != 0 && strcmp(parts[1], "1.2") != 0) {
		error_set(error, SUTLER_ERROR_USAGE,
			"%s: vault format '%s' is not supported, only 1.1 and 1.2 are", name,
			parts[1]);
		return FALSE;
	}
	if (strcmp(parts[2], "AES256") != 0) {
		error_set(error, SUTLER_ERROR_USAGE,
			"%s: vault cipher '%s' is not supported, only AES256 is", name, parts[2]);
		return FALSE;
	}
	envelope->id = n == 4 ? g_strdup(parts[3]) : NULL;
	return TRUE;
}

/* The hex of all lines after the first, unpacked once. */
static gboolean unpack_lines(const char *text, const char *end, GByteArray *out)
{
	g_autoptr(GString) hex = g_string_sized_new((gsize)(end - text) + 1);
	for (const char *p = text; p < end; p++) {
		if (!g_ascii_isspace(*p)) {
			g_string_append_c(hex, *p);
		}
	}
	return from_hex(hex->str, hex->len, out);
}

static gboolean parse_body(const char *text, const char *end, struct envelope *envelope)
{
	g_autoptr(GByteArray) packed = g_byte_array_new();
	if (!unpack_lines(text, end, packed)) {
		return FALSE;
	}
	const char *p = (const char *)packed->data;
	const char *stop = p + packed->len;
	const char *first = packed->len > 0 ? memchr(p, '\n', packed->len) : NULL;
	const char *second =
		first != NULL ? memchr(first + 1, '\n', (gsize)(stop - first - 1)) : NULL;
	return second != NULL && from_hex(p, (gsize)(first - p), envelope->salt) &&
	       from_hex(first + 1, (gsize)(second - first - 1), envelope->mac) &&
	       from_hex(second + 1, (gsize)(stop - second - 1), envelope->body) &&
	       envelope->salt->len > 0 && envelope->mac->len == MAC_BYTES &&
	       envelope->body->len > 0;
}

static gboolean parse_envelope(
	const char *text, gsize length, const char *name, struct envelope *envelope, GError **error)
{
	const char *end = text + length;
	const char *line_end = memchr(text, '\n', length);
	if (line_end == NULL) {
		line_end = end;
	}
	g_autofree char *line = g_strndup(text, (gsize)(line_end - text));
	if (!parse_header(line, name, envelope, error)) {
		return FALSE;
	}
	if (!parse_body(line_end, end, envelope)) {
		return refuse(name, "the vault is damaged or cut short", error);
	}
	return TRUE;
}

/* Decrypting. */

/* NULL: it is not the password (or the text was tampered with). */
static char *try_password(
	const struct password *password, const struct envelope *envelope, gsize *ret_length)
{
	struct keys keys;
	guchar mac[MAC_BYTES];
	gsize length = envelope->body->len;
	g_autosecret char *plain = NULL;
	if (derive(password, envelope->salt->data, envelope->salt->len, &keys) &&
		make_mac(&keys, envelope->body->data, length, mac) &&
		CRYPTO_memcmp(mac, envelope->mac->data, MAC_BYTES) == 0) {
		plain = secret_memory_new(length);
		if (!apply_cipher(&keys, envelope->body->data, length, (guchar *)plain)) {
			g_clear_pointer(&plain, secret_memory_free);
		}
	}
	OPENSSL_cleanse(&keys, sizeof keys);
	if (plain == NULL) {
		return NULL;
	}
	guchar padding = (guchar)plain[length - 1];
	if (padding == 0 || padding > BLOCK_BYTES || padding > length) {
		return NULL;
	}
	*ret_length = length - padding;
	plain[*ret_length] = '\0';
	return g_steal_pointer(&plain);
}

/* Those of the id first, then the others, as Ansible does. *ret_used gets the one that fits. */
static char *try_all(const vault *v, const struct envelope *envelope, gsize *ret_length,
	const struct password **ret_used)
{
	for (int others = 0; others < 2; others++) {
		for (guint i = 0; i < v->passwords->len; i++) {
			const struct password *password =
				&g_array_index(v->passwords, struct password, i);
			gboolean same = g_strcmp0(password->id, envelope->id) == 0;
			char *plain = same != others ? try_password(password, envelope, ret_length)
						     : NULL;
			if (plain != NULL) {
				*ret_used = password;
				return plain;
			}
		}
	}
	return NULL;
}

static void refuse_passwords(
	const vault *v, const struct envelope *envelope, const char *name, GError **error)
{
	if (vault_is_empty(v)) {
		refuse(name,
			"is encrypted, but no vault password was given, use "
			"--vault-password-file or --ask-vault-pass",
			error);
	} else if (envelope->id != NULL) {
		error_set(error, SUTLER_ERROR_USAGE,
			"%s: no vault password fits (its id is '%s'), or the vault was tampered "
			"with",
			name, envelope->id);
	} else {
		refuse(name, "the vault password is wrong, or the vault was tampered with", error);
	}
}

/* *ret_id: the envelope's id, or NULL; caller frees. *ret_used: the password that opened it. */
static char *decrypt(const vault *v, const char *text, gsize length, const char *name,
	gsize *ret_length, char **ret_id, const struct password **ret_used, GError **error)
{
	struct envelope envelope = { NULL, g_byte_array_new(), g_byte_array_new(),
		g_byte_array_new() };
	char *plain = NULL;
	if (parse_envelope(text, length, name, &envelope, error)) {
		if (!vault_is_empty(v)) {
			plain = try_all(v, &envelope, ret_length, ret_used);
		}
		if (plain == NULL) {
			refuse_passwords(v, &envelope, name, error);
		}
	}
	*ret_id = g_strdup(envelope.id);
	envelope_clear(&envelope);
	return plain;
}

char *vault_decrypt(const vault *v, const char *text, gsize length, const char *name,
	gsize *ret_length, GError **error)
{
	g_autofree char *id = NULL;
	const struct password *used = NULL;
	return decrypt(v, text, length, name, ret_length, &id, &used, error);
}

/* Encrypting. */

/* "'a', 'b'" */
static char *known_ids(const vault *v)
{
	GString *text = g_string_new(NULL);
	for (guint i = 0; i < v->passwords->len; i++) {
		g_string_append_printf(text, "%s'%s'", i > 0 ? ", " : "",
			g_array_index(v->passwords, struct password, i).id);
	}
	return g_string_free(text, FALSE);
}

static const struct password *choose_password(const vault *v, const char *id, GError **error)
{
	if (vault_is_empty(v)) {
		error_set(error, SUTLER_ERROR_USAGE,
			"no vault password was given, use --vault-password-file or "
			"--ask-vault-pass");
		return NULL;
	}
	if (id == NULL && v->passwords->len == 1) {
		return &g_array_index(v->passwords, struct password, 0);
	}
	for (guint i = 0; id != NULL && i < v->passwords->len; i++) {
		const struct password *password = &g_array_index(v->passwords, struct password, i);
		if (strcmp(password->id, id) == 0) {
			return password;
		}
	}
	g_autofree char *ids = known_ids(v);
	if (id != NULL) {
		error_set(error, SUTLER_ERROR_USAGE,
			"there is no vault password with the id '%s', only %s", id, ids);
	} else {
		error_set(error, SUTLER_ERROR_USAGE,
			"several vault passwords were given (%s), say which one encrypts with "
			"--encrypt-vault-id",
			ids);
	}
	return NULL;
}

static char *write_envelope(
	const char *id, const guchar *salt, const guchar *mac, const guchar *body, gsize length)
{
	g_autoptr(GString) inner = g_string_new(NULL);
	g_autoptr(GString) hex = g_string_new(NULL);
	append_hex(inner, salt, SALT_BYTES);
	g_string_append_c(inner, '\n');
	append_hex(inner, mac, MAC_BYTES);
	g_string_append_c(inner, '\n');
	append_hex(inner, body, length);
	append_hex(hex, inner->str, inner->len);

	GString *out = g_string_new(mark);
	if (strcmp(id, "default") == 0) {
		g_string_append(out, ";1.1;AES256\n");
	} else {
		g_string_append_printf(out, ";1.2;AES256;%s\n", id);
	}
	for (gsize i = 0; i < hex->len; i += LINE_CHARACTERS) {
		g_string_append_len(
			out, hex->str + i, (gssize)MIN((gsize)LINE_CHARACTERS, hex->len - i));
		g_string_append_c(out, '\n');
	}
	return g_string_free(out, FALSE);
}

static char *encrypt(const struct password *password, const char *id, const char *plain,
	gsize length, GError **error)
{
	gsize padding = BLOCK_BYTES - length % BLOCK_BYTES;
	gsize padded_length = length + padding;
	g_autofree guchar *padded = g_malloc(padded_length);
	memcpy(padded, plain, length);
	memset(padded + length, (int)padding, padding);

	struct keys keys;
	guchar salt[SALT_BYTES];
	guchar mac[MAC_BYTES];
	g_autofree guchar *body = g_malloc(padded_length);
	char *text = NULL;
	if (RAND_bytes(salt, sizeof salt) == 1 && derive(password, salt, sizeof salt, &keys) &&
		apply_cipher(&keys, padded, padded_length, body) &&
		make_mac(&keys, body, padded_length, mac)) {
		text = write_envelope(id, salt, mac, body, padded_length);
	} else {
		error_set(
			error, SUTLER_ERROR_USAGE, "unable to encrypt: the crypto library refuses");
	}
	OPENSSL_cleanse(&keys, sizeof keys);
	return text;
}

char *vault_encrypt(const vault *v, const char *id, const char *plain, gsize length, GError **error)
{
	const struct password *password = choose_password(v, id, error);
	return password == NULL ? NULL : encrypt(password, password->id, plain, length, error);
}

char *vault_encrypt_as(const vault *v, const char *before, gsize before_length, const char *name,
	const char *plain, gsize length, GError **error)
{
	g_autofree char *id = NULL;
	const struct password *used = NULL;
	gsize old_length = 0;
	g_autosecret char *old =
		decrypt(v, before, before_length, name, &old_length, &id, &used, error);
	if (old == NULL) {
		return NULL;
	}
	return encrypt(used, id != NULL ? id : "default", plain, length, error);
}
