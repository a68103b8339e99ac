/* A compiled template: its memory, its references, and names that nodes know. */
#include "jinja/syntax/ast.h"

#include <string.h>

#include "base/checked.h"

gpointer template_allocate(struct jinja_template *t, gsize size)
{
	if (MEMORY_CHECKED) { /* each piece for itself, so that reading behind one is noticed */
		g_ptr_array_add(t->chunks, g_malloc0(size));
		return t->chunks->pdata[t->chunks->len - 1];
	}
	size = (size + 15) & ~(gsize)15;
	if (t->chunks->len == 0 || t->used + size > t->chunk_size) {
		/* Small templates, which most are, take little. */
		gsize next = t->chunks->len == 0 ? 512 : 8192;
		t->chunk_size = MAX(next, size);
		g_ptr_array_add(t->chunks, g_malloc0(t->chunk_size));
		t->used = 0;
	}
	char *memory = (char *)t->chunks->pdata[t->chunks->len - 1] + t->used;
	t->used += size;
	return memory;
}

const char *template_intern(struct jinja_template *t, const char *text)
{
	gsize size = strlen(text) + 1;
	char *copy = template_allocate(t, size);
	memcpy(copy, text, size);
	return copy;
}

value *template_keep(struct jinja_template *t, value *v)
{
	g_ptr_array_add(t->values, v);
	return v;
}

struct jinja_template *jinja_template_ref(struct jinja_template *t)
{
	g_atomic_int_inc(&t->references);
	return t;
}

void jinja_template_unref(struct jinja_template *t)
{
	if (t != NULL && g_atomic_int_dec_and_test(&t->references)) {
		jinja_syntax_finish(&t->syntax);
		g_clear_pointer(&t->blocks, g_hash_table_unref);
		g_ptr_array_unref(t->chunks);
		g_ptr_array_unref(t->values);
		g_free(t);
	}
}

enum loop_attribute loop_attribute_find(const char *name)
{
	static const char *const names[] = { [LOOP_DEPTH] = "depth",
		[LOOP_DEPTH0] = "depth0",
		[LOOP_FIRST] = "first",
		[LOOP_INDEX] = "index",
		[LOOP_INDEX0] = "index0",
		[LOOP_LAST] = "last",
		[LOOP_LENGTH] = "length",
		[LOOP_REVINDEX] = "revindex",
		[LOOP_REVINDEX0] = "revindex0" };
	for (guint i = LOOP_NONE + 1; i < G_N_ELEMENTS(names); i++) {
		if (strcmp(name, names[i]) == 0) {
			return (enum loop_attribute)i;
		}
	}
	return LOOP_NONE;
}
