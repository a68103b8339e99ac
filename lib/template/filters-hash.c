/* Filters for hashes, base64, passwords, quoting and identifiers. */
#include <crypt.h>
#include <openssl/rand.h>
#include <string.h>

#include "base/digest.h"
#include "base/secret.h"
#include "jinja/engine/evaluate.h"
#include "jinja/engine/markup.h"
#include "jinja/library/text.h"
#include "template/password.h"

static value *hex_digest(struct jinja_call *c, const char *algorithm)
{
	g_autoptr(value) s = text_of(c->input);
	g_autofree char *hex = digest_hex(algorithm, value_string(s), value_string_length(s));
	return hex != NULL ? value_new_string(hex)
			   : jinja_fail_usage(c->e, "unsupported hash type %s", algorithm);
}

static value *f_md5(struct jinja_call *c)
{
	return hex_digest(c, "md5");
}

static value *f_sha1(struct jinja_call *c)
{
	return hex_digest(c, "sha1");
}

static value *f_hash(struct jinja_call *c)
{
	const char *name = jinja_arg_string(c, 0, "sha1");
	if (name == NULL) {
		return NULL;
	}
	g_autofree char *plain = g_ascii_strdown(name, -1);
	static const char *const renamed[][2] = { { "sha3_224", "sha3-224" },
		{ "sha3_256", "sha3-256" }, { "sha3_384", "sha3-384" }, { "sha3_512", "sha3-512" },
		{ "blake2b", "blake2b512" }, { "blake2s", "blake2s256" },
		{ "sha512_224", "sha512-224" }, { "sha512_256", "sha512-256" } };
	for (gsize i = 0; i < G_N_ELEMENTS(renamed); i++) {
		if (strcmp(plain, renamed[i][0]) == 0) {
			return hex_digest(c, renamed[i][1]);
		}
	}
	return hex_digest(c, plain);
}

static gboolean is_utf8(const char *encoding)
{
	return g_ascii_strcasecmp(encoding, "utf-8") == 0 ||
	       g_ascii_strcasecmp(encoding, "utf_8") == 0 ||
	       g_ascii_strcasecmp(encoding, "utf8") == 0;
}

/* Text in another encoding; NULL on failure. */
static char *recode(struct jinja_call *c, const char *text, gsize length, const char *to,
	const char *from, gsize *ret_length)
{
	GError *error = NULL;
	char *out = g_convert(text, (gssize)length, to, from, NULL, ret_length, &error);
	if (out == NULL) {
		jinja_fail_usage(c->e, "%s: %s", c->name, error->message);
		g_error_free(error);
	}
	return out;
}

/* Python's names of encodings that iconv calls otherwise; mark is what Python puts in front. */
static const struct encoding {
	const char *python, *iconv, *mark;
	gsize mark_length;
} encodings[] = {
	{ "iso-8859-1", "ISO-8859-1", "", 0 },
	{ "iso8859-1", "ISO-8859-1", "", 0 },
	{ "l1", "ISO-8859-1", "", 0 },
	{ "latin", "ISO-8859-1", "", 0 },
	{ "latin-1", "ISO-8859-1", "", 0 },
	{ "latin1", "ISO-8859-1", "", 0 },
	{ "utf-16", "UTF-16LE", "\xff\xfe", 2 },
	{ "utf-16-be", "UTF-16BE", "", 0 },
	{ "utf-16-le", "UTF-16LE", "", 0 },
	{ "utf-32", "UTF-32LE", "\xff\xfe\0\0", 4 },
	{ "utf-32-be", "UTF-32BE", "", 0 },
	{ "utf-32-le", "UTF-32LE", "", 0 },
	{ "utf-8-sig", "UTF-8", "\xef\xbb\xbf", 3 },
	{ "utf16", "UTF-16LE", "\xff\xfe", 2 },
	{ "utf32", "UTF-32LE", "\xff\xfe\0\0", 4 },
};

static struct encoding python_encoding(const char *name)
{
	g_autofree char *plain = g_strdelimit(g_ascii_strdown(name, -1), "_", '-');
	for (gsize i = 0; i < G_N_ELEMENTS(encodings); i++) {
		if (strcmp(plain, encodings[i].python) == 0) {
			return encodings[i];
		}
	}
	return (struct encoding){ name, name, "", 0 };
}

static value *f_b64encode(struct jinja_call *c)
{
	g_autoptr(value) s = text_of(c->input);
	const char *encoding = jinja_arg_string(c, 0, "utf-8");
	if (encoding == NULL) {
		return NULL;
	}
	gsize length = value_string_length(s);
	g_autoptr(GString) bytes = g_string_new_len(value_string(s), (gssize)length);
	if (!is_utf8(encoding)) {
		struct encoding to = python_encoding(encoding);
		g_autofree char *coded =
			recode(c, value_string(s), length, to.iconv, "UTF-8", &length);
		if (coded == NULL) {
			return NULL;
		}
		g_string_truncate(bytes, 0);
		g_string_append_len(bytes, to.mark, (gssize)to.mark_length);
		g_string_append_len(bytes, coded, (gssize)length);
	}
	char *text = g_base64_encode((const guchar *)bytes->str, bytes->len);
	return value_new_string_take(text, strlen(text));
}

/* What counts of base64 text, padded to whole quads; NULL when its padding is missing. As Python's
 * binascii reads it: what is not of the alphabet is skipped, and = too where it completes no quad;
 * where it does the text ends. */
static GString *base64_clean(const char *text, gsize length)
{
	g_autoptr(GString) clean = g_string_sized_new(length + 1);
	gsize padding = 0;
	for (gsize i = 0; i < length; i++) {
		gsize in_quad = clean->len % 4;
		if (g_ascii_isalnum(text[i]) || text[i] == '+' || text[i] == '/') {
			g_string_append_c(clean, text[i]);
			padding = 0;
		} else if (text[i] == '=' && in_quad >= 2 && in_quad + ++padding >= 4) {
			g_string_append(clean, in_quad == 2 ? "==" : "=");
			return g_steal_pointer(&clean);
		}
	}
	return clean->len % 4 == 0 ? g_steal_pointer(&clean) : NULL;
}

static value *f_b64decode(struct jinja_call *c)
{
	g_autoptr(value) s = text_of(c->input);
	const char *encoding = jinja_arg_string(c, 0, "utf-8");
	if (encoding == NULL) {
		return NULL;
	}
	g_autoptr(GString) clean = base64_clean(value_string(s), value_string_length(s));
	if (clean == NULL) {
		return jinja_fail_usage(c->e, "incorrect base64 padding");
	}
	gsize length = 0;
	g_autofree char *bytes = (char *)g_base64_decode(clean->str, &length);
	if (!is_utf8(encoding)) {
		struct encoding from = python_encoding(encoding);
		gboolean marked = from.mark_length > 0 && length >= from.mark_length &&
				  memcmp(bytes, from.mark, from.mark_length) == 0;
		gsize skip = marked ? from.mark_length : 0;
		char *text = recode(c, bytes + skip, length - skip, "UTF-8", from.iconv, &length);
		if (text == NULL) {
			return NULL;
		}
		return value_new_string_take(text, length);
	}
	return value_new_bytes(bytes, length, 0);
}

static value *f_quote(struct jinja_call *c)
{
	g_autoptr(value) s =
		value_is(c->input, VALUE_NULL) ? value_new_string("") : text_of(c->input);
	const char *safe =
		"%+,-./:=@_0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ";
	const char *text = value_string(s);
	gsize length = value_string_length(s);
	if (length > 0 && strspn(text, safe) == length) {
		return value_ref(s);
	}
	/* Text that is markup escapes what is put into it, and what is looked for in it. */
	gboolean markup = (value_flags(s) & VALUE_MARKUP) != 0;
	const char *mark = markup ? "&#39;" : "'";
	const char *inside = markup ? "&#39;&#34;&#39;&#34;&#39;" : "'\"'\"'";
	GString *out = text_replace(text, length, mark, strlen(mark), inside, strlen(inside), -1);
	g_string_prepend(out, mark);
	g_string_append(out, mark);
	return text_take(out, markup ? VALUE_MARKUP : 0);
}

/* --- UUID, version 5 --- */

static gboolean parse_uuid(const char *text, guint8 bytes[16])
{
	g_autoptr(GString) hex = g_string_new(NULL);
	for (const char *p = text; *p != '\0'; p++) {
		if (g_ascii_isxdigit(*p)) {
			g_string_append_c(hex, *p);
		} else if (*p != '-' && *p != '{' && *p != '}') {
			return FALSE;
		}
	}
	if (hex->len != 32) {
		return FALSE;
	}
	for (gsize i = 0; i < 16; i++) {
		bytes[i] = (guint8)(g_ascii_xdigit_value(hex->str[2 * i]) * 16 +
				    g_ascii_xdigit_value(hex->str[2 * i + 1]));
	}
	return TRUE;
}

static value *f_to_uuid(struct jinja_call *c)
{
	g_autoptr(value) s = text_of(c->input);
	const char *namespace = jinja_arg_string(c, 0, "361E6D51-FAEC-444A-9079-341386DA8E2E");
	guint8 bytes[16];
	guint8 digest[DIGEST_MAX];
	if (namespace == NULL) {
		return NULL;
	}
	if (!parse_uuid(namespace, bytes)) {
		return jinja_fail_usage(c->e, "invalid value '%s' for 'namespace'", namespace);
	}
	GString *text = g_string_new_len((const char *)bytes, sizeof bytes);
	g_string_append_len(text, value_string(s), (gssize)value_string_length(s));
	digest_bytes("sha1", text->str, text->len, digest);
	g_string_free(text, TRUE);
	digest[6] = (guint8)((digest[6] & 0x0F) | 0x50);
	digest[8] = (guint8)((digest[8] & 0x3F) | 0x80);
	GString *out = g_string_new(NULL);
	for (gsize i = 0; i < 16; i++) {
		g_string_append(out, i == 4 || i == 6 || i == 8 || i == 10 ? "-" : "");
		g_string_append_printf(out, "%02x", digest[i]);
	}
	return text_take(out, 0);
}

/* --- passwords --- */

static const char salt_characters[] =
	"abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789./";

static const struct scheme {
	const char *name;
	const char *alias;
	const char *prefix;
	gsize salt_size;
	gint64 rounds; /* when none are given; 0: crypt()'s own */
} schemes[] = {
	{ "md5_crypt", "md5", "1", 8, 0 },
	{ "bcrypt", "blowfish", "2b", 22, 12 },
	{ "sha256_crypt", "sha256", "5", 16, 0 },
	{ "sha512_crypt", "sha512", "6", 16, 0 },
};

static const struct scheme *find_scheme(const char *name)
{
	for (gsize i = 0; i < G_N_ELEMENTS(schemes); i++) {
		if (strcmp(name, schemes[i].name) == 0 || strcmp(name, schemes[i].alias) == 0) {
			return &schemes[i];
		}
	}
	return NULL;
}

static char *random_salt(gsize size)
{
	guint8 bytes[64];
	size = MIN(size, sizeof bytes);
	if (RAND_bytes(bytes, (int)size) != 1) {
		return NULL;
	}
	char *salt = g_malloc0(size + 1);
	for (gsize i = 0; i < size; i++) {
		salt[i] = salt_characters[bytes[i] % 64];
	}
	return salt;
}

char *password_crypt(struct jinja_evaluation *e, const char *password, const char *name,
	const char *salt, gint64 salt_size, gint64 rounds, const char *ident)
{
	const struct scheme *scheme = find_scheme(name);
	if (scheme == NULL) {
		return jinja_fail_usage(e,
			"password hash '%s' is not supported, use md5, blowfish, sha256 or sha512",
			name);
	}
	g_autofree char *made =
		salt == NULL ? random_salt(salt_size > 0 ? (gsize)salt_size : scheme->salt_size)
			     : g_strdup(salt);
	if (made == NULL || strspn(made, salt_characters) != strlen(made)) {
		return jinja_fail_usage(e, "invalid characters in salt");
	}
	g_autofree char *setting = NULL;
	const char *prefix = ident != NULL ? ident : scheme->prefix;
	if (strcmp(scheme->name, "bcrypt") != 0 && rounds == 0) {
		setting = g_strdup_printf("$%s$%s", prefix, made);
	} else if (strcmp(scheme->name, "bcrypt") == 0) {
		setting = g_strdup_printf(
			"$%s$%02d$%s", prefix, (int)(rounds > 0 ? rounds : scheme->rounds), made);
	} else {
		setting =
			g_strdup_printf("$%s$rounds=%" G_GINT64_FORMAT "$%s", prefix, rounds, made);
	}
	g_autofree struct crypt_data *data = g_new0(struct crypt_data, 1);
	g_assert(data != NULL); /* gcc's sanitizers doubt it below */
	const char *hash = crypt_rn(password, setting, data, sizeof *data);
	char *copy = hash != NULL && *hash != '*' ? g_strdup(hash) : NULL;
	return copy != NULL ? copy
			    : jinja_fail_usage(e, "crypt failed, check the salt and the rounds");
}

static value *f_password_hash(struct jinja_call *c)
{
	const char *name = jinja_arg_string(c, 0, "sha512");
	const value *salt = c->arguments[1];
	gint64 salt_size = 0;
	gint64 rounds = 0;
	if (name == NULL || !jinja_arg_int_or_none(c, 2, 0, &salt_size) ||
		!jinja_arg_int_or_none(c, 3, 0, &rounds)) {
		return NULL;
	}
	if (!value_is(c->input, VALUE_STRING)) {
		return jinja_fail_usage(c->e, "password_hash needs text, not %s: '| string'",
			value_type_name(c->input));
	}
	g_autoptr(value) password = value_ref(c->input);
	g_autoptr(value) salt_text =
		salt != NULL && !value_is(salt, VALUE_NULL) ? text_of(salt) : NULL;
	const value *ident = c->arguments[4];
	char *hash = password_crypt(c->e, value_string(password), name,
		salt_text != NULL ? value_string(salt_text) : NULL, salt_size, rounds,
		value_is(ident, VALUE_STRING) ? value_string(ident) : NULL);
	return hash != NULL ? value_new_string_take(hash, strlen(hash)) : NULL;
}

const struct jinja_filter filters_hash[] = {
	{ "b64decode", "encoding", f_b64decode, "base64 text decoded" },
	{ "b64encode", "encoding", f_b64encode, "text as base64", .bytes = TRUE },
	{ "checksum", "", f_sha1, "the SHA-1 of text", .bytes = TRUE },
	{ "hash", "hashtype", f_hash, "a hash of text: sha1, sha256, md5 ...", .bytes = TRUE },
	{ "md5", "", f_md5, "the MD5 of text", .bytes = TRUE },
	{ "password_hash", "hashtype salt salt_size rounds ident", f_password_hash,
		"a password for /etc/shadow", .varies = TRUE, .utf8 = TRUE },
	{ "quote", "", f_quote, "text quoted for a shell" },
	{ "sha1", "", f_sha1, "the SHA-1 of text", .bytes = TRUE },
	{ "to_uuid", "namespace", f_to_uuid, "a UUID made from text", .utf8 = TRUE },
};
const gsize n_filters_hash = G_N_ELEMENTS(filters_hash);
