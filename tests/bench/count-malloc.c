/* Counts what malloc() hands out, to tell the most memory that something had at once (glibc). */
#include "count-malloc.h"

#include <malloc.h>
#include <string.h>

extern void *__libc_malloc(size_t size);
extern void *__libc_calloc(size_t n, size_t size);
extern void *__libc_realloc(void *block, size_t size);
extern void __libc_free(void *block);

static size_t now;
static size_t most;

static void *add(void *block)
{
	now += block != NULL ? malloc_usable_size(block) : 0;
	most = now > most ? now : most;
	return block;
}

static void drop(void *block)
{
	now -= block != NULL ? malloc_usable_size(block) : 0;
}

void *malloc(size_t size)
{
	return add(__libc_malloc(size));
}

void *calloc(size_t n, size_t size)
{
	return add(__libc_calloc(n, size));
}

void *realloc(void *block, size_t size)
{
	drop(block);
	return add(__libc_realloc(block, size));
}

void free(void *block)
{
	drop(block);
	__libc_free(block);
}

size_t count_malloc_begin(void)
{
	return most = now;
}

size_t count_malloc_most(void)
{
	return most;
}
