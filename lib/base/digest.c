/* Digests of bytes. */
#include "base/digest.h"

#include <errno.h>
#include <openssl/evp.h>
#include <string.h>
#include <unistd.h>

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

char *digest_descriptor(int descriptor, gboolean *ret_text)
{
	enum { PIECE = 256 * 1024 };
	g_autofree guint8 *piece = g_malloc(PIECE);
	guint8 digest[EVP_MAX_MD_SIZE];
	unsigned int size = 0;
	ssize_t n = -1;
	EVP_MD_CTX *context = EVP_MD_CTX_new();
	gboolean well = context != NULL && EVP_DigestInit_ex(context, EVP_sha256(), NULL) == 1;
	*ret_text = TRUE;
	while (well && ((n = read(descriptor, piece, PIECE)) > 0 || (n < 0 && errno == EINTR))) {
		if (n > 0) {
			*ret_text = *ret_text && memchr(piece, '\0', (size_t)n) == NULL;
			well = EVP_DigestUpdate(context, piece, (size_t)n) == 1;
		}
	}
	well = well && n == 0 && EVP_DigestFinal_ex(context, digest, &size) == 1;
	EVP_MD_CTX_free(context);
	GString *hex = g_string_new(NULL);
	for (unsigned int i = 0; well && i < size; i++) {
		g_string_append_printf(hex, "%02x", digest[i]);
	}
	return g_string_free(hex, !well);
}
