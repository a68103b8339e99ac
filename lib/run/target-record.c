/* What a dry run would have made on a target. */
#include "run/target-record.h"

#include "base/quote.h"

#include <string.h>

struct target_record {
	gint references;
	GMutex lock;
	GString *lines;
};

target_record *target_record_new(void)
{
	target_record *r = g_new0(target_record, 1);
	r->references = 1;
	g_mutex_init(&r->lock);
	r->lines = g_string_new(NULL);
	return r;
}

target_record *target_record_ref(target_record *r)
{
	g_atomic_int_inc(&r->references);
	return r;
}

void target_record_unref(target_record *r)
{
	if (r != NULL && g_atomic_int_dec_and_test(&r->references)) {
		g_mutex_clear(&r->lock);
		g_string_free(r->lines, TRUE);
		g_free(r);
	}
}

struct target_records {
	GMutex lock;
	GHashTable *by_name; /* char * -> target_record * */
};

static void unref_record(gpointer record)
{
	target_record_unref(record);
}

target_records *target_records_new(void)
{
	target_records *all = g_new0(target_records, 1);
	g_mutex_init(&all->lock);
	all->by_name = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, unref_record);
	return all;
}

void target_records_free(target_records *all)
{
	if (all != NULL) {
		g_hash_table_unref(all->by_name);
		g_mutex_clear(&all->lock);
		g_free(all);
	}
}

target_record *target_records_get(target_records *all, const char *target)
{
	g_mutex_lock(&all->lock);
	target_record *found = g_hash_table_lookup(all->by_name, target);
	if (found == NULL) {
		found = target_record_new();
		g_hash_table_insert(all->by_name, g_strdup(target), found);
	}
	g_mutex_unlock(&all->lock);
	return found;
}

static void append_words(GString *line, const frame *f, const char *const *names)
{
	for (; *names != NULL; names++) {
		g_string_append_c(line, ' ');
		shell_append_quoted(line, frame_text(f, *names));
	}
	g_string_append_c(line, ';');
}

void target_record_add(target_record *r, const frame *f, gsize *told)
{
	static const char *const memory[] = { "kind", "name", "value", NULL };
	static const char *const overlay[] = { "path", "type", "mode", "owner", "group", "target",
		"has", "text", NULL };
	g_mutex_lock(&r->lock);
	gboolean current = *told == r->lines->len;
	g_string_append_printf(r->lines, " %s", f->type);
	append_words(r->lines, f, g_str_equal(f->type, "overlay") ? overlay : memory);
	if (current) {
		*told = r->lines->len;
	}
	g_mutex_unlock(&r->lock);
}

char *target_record_news(target_record *r, gsize *told)
{
	g_mutex_lock(&r->lock);
	char *news = *told < r->lines->len ? g_strdup(r->lines->str + *told) : NULL;
	*told = r->lines->len;
	g_mutex_unlock(&r->lock);
	return news;
}

gboolean target_record_has_user(target_record *r, const char *user)
{
	g_autofree char *name = shell_quote(user);
	g_autofree char *line = g_strdup_printf("remember 'user' %s ", name);
	g_mutex_lock(&r->lock);
	gboolean found = strstr(r->lines->str, line) != NULL;
	g_mutex_unlock(&r->lock);
	return found;
}
