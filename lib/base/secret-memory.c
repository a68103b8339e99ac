/* Memory for libraries that free what they have read without wiping it. */
#include "base/secret-memory.h"

#include <malloc.h>
#include <stdlib.h>
#include <string.h>

static _Thread_local unsigned int depth;

void secret_memory_begin(void)
{
	depth++;
}

/* More than any function called in between has used. */
static void __attribute__((noinline)) wipe_stack(void)
{
	char below[65536];
	explicit_bzero(below, sizeof below);
}

void secret_memory_end(void)
{
	depth--;
	wipe_stack();
}

const char *secret_memory_shown(const char *text)
{
	return depth > 0 ? "..." : text;
}

int secret_memory_active(void)
{
	return depth > 0;
}

void *secret_memory_new(size_t size)
{
	return malloc(size);
}

void secret_memory_free(void *block)
{
	if (block != NULL && depth > 0) {
		explicit_bzero(block, malloc_usable_size(block));
	}
	free(block);
}

/* realloc() may move the block, and leaves behind what was in it. */
void *secret_memory_resize(void *block, size_t size)
{
	if (block == NULL || depth == 0) {
		return realloc(block, size);
	}
	size_t before = malloc_usable_size(block);
	if (size <= before) {
		return block;
	}
	void *larger = malloc(size);
	if (larger != NULL) {
		memcpy(larger, block, before);
		secret_memory_free(block);
	}
	return larger;
}
