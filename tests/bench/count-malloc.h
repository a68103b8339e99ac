/* Counts what malloc() hands out, to tell the most memory that something had at once. */
#ifndef SUTLER_BENCH_COUNT_MALLOC_H
#define SUTLER_BENCH_COUNT_MALLOC_H

#include <stddef.h>

/* NULL in a program that is not linked with count-malloc.c: counting takes time. */
size_t count_malloc_begin(void) __attribute__((weak)); /* forgets the most so far; bytes in use */
size_t count_malloc_most(void) __attribute__((weak));  /* the most in use at once since then */

#endif
