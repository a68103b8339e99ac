/* Memory that is given back is overwritten first. */
#include "base/wiping.h"

#include <errno.h>
#include <malloc.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/checked.h"

/* More than any function has used. */
enum { STACK_WIPED = 65536 };

void __attribute__((noinline)) wipe_stack(void)
{
	char below[STACK_WIPED];
	explicit_bzero(below, sizeof below);
}

void wipe_front(GByteArray *bytes, gsize length)
{
	if (length > 0) {
		g_byte_array_remove_range(bytes, 0, (guint)length);
		explicit_bzero(bytes->data + bytes->len, length);
	}
}

#if ADDRESS_CHECKED

/* The sanitizer has a free() of its own, which calls this (sanitizer/allocator_interface.h). */
size_t __sanitizer_get_allocated_size(const volatile void *block);
void __sanitizer_free_hook(const volatile void *block);

void __attribute__((no_sanitize_address)) __sanitizer_free_hook(const volatile void *block)
{
	volatile unsigned char *bytes = (volatile unsigned char *)block;
	size_t size = block != NULL ? __sanitizer_get_allocated_size(block) : 0;
	for (size_t i = 0; i < size; i++) {
		bytes[i] = 0;
	}
}

#elif defined(__GLIBC__) && !MEMORY_CHECKED

void __libc_free(void *block);
void *__libc_realloc(void *block, size_t size);

/* Weak: a program may bring its own, one that counts for example. */
/* NOLINTBEGIN(readability-inconsistent-declaration-parameter-name): the system calls them __ptr */

void __attribute__((weak)) free(void *block)
{
	if (block != NULL) {
		explicit_bzero(block, malloc_usable_size(block));
	}
	__libc_free(block);
}

/* The C library's own would leave what it moves behind. */
void *__attribute__((weak)) realloc(void *block, size_t size)
{
	size_t before = block != NULL ? malloc_usable_size(block) : 0;
	if (block != NULL && size <= before) {
		explicit_bzero((char *)block + size, before - size);
		return size <= before / 2 ? __libc_realloc(block, size) : block;
	}
	void *larger = malloc(size);
	if (larger != NULL && block != NULL) {
		memcpy(larger, block, before);
		free(block);
	}
	return larger;
}

void *__attribute__((weak)) reallocarray(void *block, size_t n, size_t size)
{
	size_t bytes = 0;
	if (__builtin_mul_overflow(n, size, &bytes)) {
		errno = ENOMEM;
		return NULL;
	}
	return realloc(block, bytes);
}

/* NOLINTEND(readability-inconsistent-declaration-parameter-name) */

#endif
