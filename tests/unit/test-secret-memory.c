/* Tests of lib/base/secret-memory.c: what is given back is overwritten, and secrets that the
 * program holds lie there. */
#include "base/secret-memory.h"

#include <openssl/crypto.h>
#include <stdio.h>
#include <string.h>

#include "base/checked.h"
#include "inventory/vault.h"

static const char secret[] = "correct horse battery staple";

static void test_new(void)
{
	static const gsize lengths[] = { 0, 1, 31, 32, 4096, 1 << 17, 1 << 20 };
	for (gsize i = 0; i < G_N_ELEMENTS(lengths); i++) {
		g_test_message("%zu bytes", lengths[i]);
		g_autosecret char *text = secret_memory_new(lengths[i]);
		for (gsize n = 0; n <= lengths[i]; n++) {
			g_assert_cmpint(text[n], ==, 0);
		}
		memset(text, 'x', lengths[i]);
	}
}

static void test_copy(void)
{
	g_autosecret char *text = secret_memory_copy(secret, strlen(secret));
	g_assert_cmpstr(text, ==, secret);
	g_autosecret char *none = secret_memory_copy(NULL, 0);
	g_assert_cmpstr(none, ==, "");
	secret_memory_free(NULL);
}

/* Pages of the secure heap stay mapped: what stood there can be looked at. Its first bytes hold the
 * heap's own list of free blocks by then. */
static void test_overwritten(void)
{
	if (MEMORY_CHECKED) {
		g_test_skip("memory that was freed may not be looked at in this build");
		return;
	}
	char *text = secret_memory_copy(secret, strlen(secret));
	g_assert_true(CRYPTO_secure_allocated(text));
	const volatile char *place = text;
	secret_memory_free(text);
	for (gsize i = 2 * sizeof(gpointer); i < strlen(secret); i++) {
		g_assert_cmpint(place[i], ==, 0);
	}
}

/* More than the secure heap holds. */
static void test_full(void)
{
	enum { BLOCKS = 600, SIZE = 1000 };
	char *blocks[BLOCKS];
	for (gsize i = 0; i < BLOCKS; i++) {
		blocks[i] = secret_memory_new(SIZE);
		memset(blocks[i], (int)('a' + i % 26), SIZE);
	}
	for (gsize i = 0; i < BLOCKS; i++) {
		g_assert_cmpuint(strlen(blocks[i]), ==, SIZE);
		g_assert_cmpint(blocks[i][SIZE - 1], ==, (char)('a' + i % 26));
		secret_memory_free(blocks[i]);
	}
}

static void test_buffer(void)
{
	GByteArray *bytes = g_byte_array_new();
	g_byte_array_append(bytes, (const guint8 *)secret, sizeof secret);
	secret_wipe_front(bytes, 8);
	g_assert_cmpstr((char *)bytes->data, ==, secret + 8);
	for (gsize i = 0; i < 8; i++) {
		g_assert_cmpint(bytes->data[bytes->len + i], ==, 0);
	}
	secret_wipe_front(bytes, 0);
	g_assert_cmpuint(bytes->len, ==, sizeof secret - 8);
	secret_wipe_bytes(bytes);
	secret_wipe_bytes(NULL);
	secret_wipe_string(NULL);
	secret_wipe_string(g_strdup(secret));
}

/* Whether the text of a value lies apart. Where memory is checked it does not. */
static gboolean apart(const value *v)
{
	return MEMORY_CHECKED || CRYPTO_secure_allocated(value_string(v));
}

static void test_values(void)
{
	g_autoptr(value) plain = value_new_string(secret);
	g_autoptr(value) hidden = value_with_flags(plain, VALUE_SECRET);
	g_autoptr(value) copy = value_thaw(hidden);
	g_autoptr(value) more = value_with_flags(hidden, VALUE_UNSAFE);
	const value *const all[] = { hidden, copy, more };
	for (gsize i = 0; i < G_N_ELEMENTS(all); i++) {
		g_assert_cmpstr(value_string(all[i]), ==, secret);
		g_assert_true(value_flags(all[i]) & VALUE_SECRET);
		g_assert_true(apart(all[i]));
	}
	g_assert_cmpint(value_flags(plain) & VALUE_SECRET, ==, 0);
}

static void test_vault(void)
{
	g_autoptr(vault) v = vault_new();
	g_assert_true(vault_add_password(v, NULL, "pass", 4, NULL));
	g_autofree char *cipher = vault_encrypt(v, NULL, secret, strlen(secret), NULL);
	gsize length = 0;
	g_autosecret char *open =
		vault_decrypt(v, cipher, strlen(cipher), "vars.yml", &length, NULL);
	g_assert_cmpstr(open, ==, secret);
	g_assert_true(MEMORY_CHECKED || CRYPTO_secure_allocated(open));
}

/* Many threads at once. */
static gpointer use(gpointer data)
{
	for (guint i = 0; i < 2000; i++) {
		g_autosecret char *text = secret_memory_copy(secret, strlen(secret));
		g_assert_cmpstr(text, ==, secret);
	}
	return data;
}

static void test_threads(void)
{
	GThread *threads[4];
	for (gsize i = 0; i < G_N_ELEMENTS(threads); i++) {
		threads[i] = g_thread_new("use", use, NULL);
	}
	for (gsize i = 0; i < G_N_ELEMENTS(threads); i++) {
		g_thread_join(threads[i]);
	}
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/secret-memory/new", test_new);
	g_test_add_func("/secret-memory/copy", test_copy);
	g_test_add_func("/secret-memory/overwritten", test_overwritten);
	g_test_add_func("/secret-memory/full", test_full);
	g_test_add_func("/secret-memory/buffer", test_buffer);
	g_test_add_func("/secret-memory/values", test_values);
	g_test_add_func("/secret-memory/vault", test_vault);
	g_test_add_func("/secret-memory/threads", test_threads);
	return g_test_run();
}
