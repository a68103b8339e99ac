/* Encrypts or decrypts stdin for the comparison with ansible-vault: vault-tool encrypt|decrypt
 * ID=PASSWORD... The first one encrypts. */
#include "base/secret-memory.h"
#include "base/text.h"
#include "inventory/vault.h"

#include <stdio.h>
#include <string.h>

int main(int argc, char **argv)
{
	g_autoptr(vault) v = vault_new();
	g_autoptr(GError) error = NULL;
	g_autofree char *first = NULL;
	for (int i = 2; i < argc; i++) {
		g_auto(GStrv) parts = g_strsplit(argv[i], "=", 2);
		vault_add_password(v, parts[0], parts[1], strlen(parts[1]), NULL);
		first = first != NULL ? first : g_strdup(parts[0]);
	}
	gsize length = 0;
	g_autofree char *text = text_read_bytes("/dev/stdin", 1 << 24, &length, &error);
	g_autofree char *cipher = NULL;
	g_autosecret char *plain = NULL;
	gsize n = 0;
	if (text != NULL && strcmp(argv[1], "encrypt") == 0) {
		cipher = vault_encrypt(v, first, text, length, &error);
		n = cipher != NULL ? strlen(cipher) : 0;
	} else if (text != NULL) {
		plain = vault_decrypt(v, text, length, "stdin", &n, &error);
	}
	const char *out = cipher != NULL ? cipher : plain;
	if (out == NULL) {
		fprintf(stderr, "%s\n", error->message);
		return 1;
	}
	fwrite(out, 1, n, stdout);
	return 0;
}
