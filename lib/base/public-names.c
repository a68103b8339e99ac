/* Names that are told although a secret's value stands in them. */
#include "base/public-names.h"

#include "base/secret.h"

#include <string.h>

static GMutex lock;
static GHashTable *names, *files; /* char *: as sets; under lock */

static void add(GHashTable **set, const char *text)
{
	g_mutex_lock(&lock);
	if (*set == NULL) {
		*set = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
	}
	if (!g_hash_table_contains(*set, text)) {
		g_hash_table_add(*set, g_strdup(text));
	}
	g_mutex_unlock(&lock);
}

static gboolean contains(GHashTable *const *set, const char *text, gsize length)
{
	g_autofree char *word = g_strndup(text, length);
	g_mutex_lock(&lock);
	gboolean found = *set != NULL && g_hash_table_contains(*set, word);
	g_mutex_unlock(&lock);
	return found;
}

const char *public_name(const char *name)
{
	add(&names, name);
	return name;
}

void public_file(const char *path)
{
	add(&files, path);
}

/* How long the place is that text begins with, "site.yml:3:7:"; 0: it does not. */
static gsize place_length(const char *text)
{
	for (const char *p = strchr(text, ':');
		p != NULL && memchr(text, '\n', (gsize)(p - text)) == NULL;
		p = strchr(p + 1, ':')) {
		if (g_ascii_isdigit(p[1]) && contains(&files, text, (gsize)(p - text))) {
			return (gsize)(p - text) + strspn(p, ":0123456789");
		}
	}
	return 0;
}

/* How long the quoted name is that text begins with; 0: there is none that is public. */
static gsize name_length(const char *text)
{
	const char *end = *text == '\'' ? strchr(text + 1, '\'') : NULL;
	return end != NULL && contains(&names, text + 1, (gsize)(end - text) - 1)
		       ? (gsize)(end - text) + 1
		       : 0;
}

static void append_masked(GString *out, const char *from, const char *to)
{
	g_autofree char *part = g_strndup(from, (gsize)(to - from));
	g_autofree char *masked = secret_masked(part);
	g_string_append(out, masked);
}

char *public_masked(const char *text)
{
	GString *out = g_string_new(NULL);
	const char *from = text; /* what is not masked yet */
	for (const char *p = text; *p != '\0';) {
		gboolean begins = p == text || p[-1] == '\n' ||
				  (p - text > 1 && p[-1] == ' ' && p[-2] == ':');
		gsize length = begins ? place_length(p) : 0;
		length = length > 0 ? length : name_length(p);
		if (length == 0) {
			p++;
			continue;
		}
		append_masked(out, from, p);
		g_string_append_len(out, p, (gssize)length);
		p += length;
		from = p;
	}
	append_masked(out, from, from + strlen(from));
	return g_string_free(out, FALSE);
}
