/* Digests of bytes. */
#include "base/digest.h"

#include <openssl/evp.h>

G_STATIC_ASSERT(DIGEST_MAX >= EVP_MAX_MD_SIZE);

gsize digest_bytes(const char *name, gconstpointer bytes, gsize length, guint8 digest[DIGEST_MAX])
{
	unsigned int size = 0;
	const EVP_MD *md = EVP_get_digestbyname(name);
	return md != NULL && EVP_Digest(bytes, length, digest, &size, md, NULL) == 1 ? size : 0;
}

char *digest_hex(const char *name, gconstpointer bytes, gsize length)
{
	guint8 digest[DIGEST_MAX];
	gsize size = digest_bytes(name, bytes, length, digest);
	if (size == 0) {
		return NULL;
	}
	char *hex = g_malloc(2 * size + 1);
	for (gsize i = 0; i < size; i++) {
		g_snprintf(hex + 2 * i, 3, "%02x", digest[i]);
	}
	return hex;
}

char *digest_sha256(GBytes *bytes)
{
	gsize length = 0;
	gconstpointer data = g_bytes_get_data(bytes, &length);
	return digest_hex("sha256", data, length);
}
