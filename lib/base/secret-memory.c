/* Memory for secrets, apart from everything else and overwritten before it is given back. */
#include "base/secret-memory.h"

#include <openssl/crypto.h>
#include <string.h>

#include "base/checked.h"

/* Locked at once, so it must be small beside what a user may lock (RLIMIT_MEMLOCK). */
enum { HEAP_BYTES = 1 << 18, HEAP_LEAST = 32 };

/* What stands before a text of the ordinary heap. */
struct block {
	gsize length;
	char text[];
};

/* Where memory is checked, every block has to be one that the checker sees. */
static gboolean has_heap(void)
{
	static gsize tried;
	if (!MEMORY_CHECKED && g_once_init_enter(&tried)) {
		(void)CRYPTO_secure_malloc_init(HEAP_BYTES, HEAP_LEAST);
		g_once_init_leave(&tried, 1);
	}
	return !MEMORY_CHECKED && CRYPTO_secure_malloc_initialized();
}

char *secret_memory_new(gsize length)
{
	char *text = has_heap() ? OPENSSL_secure_zalloc(length + 1) : NULL;
	if (text != NULL) {
		return text;
	}
	struct block *block = g_malloc0(sizeof *block + length + 1);
	block->length = length;
	return block->text;
}

char *secret_memory_copy(const char *text, gsize length)
{
	char *copy = secret_memory_new(length);
	if (length > 0) {
		memcpy(copy, text, length);
	}
	return copy;
}

void secret_memory_free(char *text)
{
	if (text == NULL) {
		return;
	}
	if (has_heap() && CRYPTO_secure_allocated(text)) {
		OPENSSL_secure_free(text); /* overwrites it */
		return;
	}
	struct block *block = (struct block *)(text - offsetof(struct block, text));
	OPENSSL_cleanse(text, block->length);
	g_free(block);
}

void secret_wipe_free(char *text, gsize length)
{
	if (text != NULL) {
		OPENSSL_cleanse(text, length);
	}
	g_free(text);
}

void secret_wipe_string(char *text)
{
	secret_wipe_free(text, text != NULL ? strlen(text) : 0);
}

void secret_wipe_front(GByteArray *bytes, gsize length)
{
	if (length > 0) {
		g_byte_array_remove_range(bytes, 0, (guint)length);
		OPENSSL_cleanse(bytes->data + bytes->len, length);
	}
}

void secret_wipe_bytes(GByteArray *bytes)
{
	if (bytes != NULL) {
		OPENSSL_cleanse(bytes->data, bytes->len);
		g_byte_array_unref(bytes);
	}
}
