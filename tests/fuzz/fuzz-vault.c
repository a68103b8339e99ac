/* Fuzzes vault headers and envelopes: nothing but what was encrypted decrypts. */
#include "base/secret-memory.h"
#include "inventory/vault.h"

#include <string.h>

int LLVMFuzzerTestOneInput(const guint8 *data, gsize size)
{
	static vault *passwords;
	if (passwords == NULL) {
		passwords = vault_new();
		(void)vault_add_password(passwords, NULL, "fuzz", 4, NULL);
	}
	const char *text = (const char *)data;
	gsize length = 0;
	g_autoptr(GError) error = NULL;
	if (!vault_is_encrypted(text, size)) {
		return 0;
	}
	char *plain = vault_decrypt(passwords, text, size, "input", &length, &error);
	g_assert_true(plain != NULL || error != NULL);
	secret_memory_free(plain);
	return 0;
}
