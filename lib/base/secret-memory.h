/*
 * Memory for libraries that free what they have read without wiping it.
 *
 * A parser keeps pieces of its text in buffers, tokens and nodes of its own. While a thread reads a
 * secret text, every block that such a library frees or moves is overwritten first:
 *
 *	secret_memory_begin();
 *	v = yaml_parse(plain, ...);
 *	secret_memory_end();
 *
 * The end also wipes what the functions called in between have left on the stack. yaml.c and json.c
 * give these functions to libyaml and jansson. Blocks are malloc()'s: one that
 * came from there may be freed here, and the other way round.
 */
#ifndef SUTLER_BASE_SECRET_MEMORY_H
#define SUTLER_BASE_SECRET_MEMORY_H

#include <stddef.h>

/* From here to the end, this thread reads secrets; may be nested. */
void secret_memory_begin(void);
void secret_memory_end(void);
int secret_memory_active(void);

/* What an error may quote of a text that is being read: text, or "..." of a secret one. */
const char *secret_memory_shown(const char *text);

/* As malloc(), realloc() and free(). */
void *secret_memory_new(size_t size);
void *secret_memory_resize(void *block, size_t size);
void secret_memory_free(void *block);

#endif
