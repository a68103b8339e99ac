/* Names that say secret: whether the value of a variable, or of a key inside one, is to be masked.
 */
#include "base/secret-names.h"

#include <string.h>

enum { KNOWN_MAX = 100000 }; /* names whose answer is kept */

static const char *const words[] = { "access_key", "api_key", "apikey", "become_pass", "credential",
	"passphrase", "passwd", "password", "private_key", "privatekey", "secret", "ssh_pass",
	"su_pass", "sudo_pass", "token" };

/* What a name ends with, or is, when it tells about a secret without holding it. */
static const char *const harmless[] = { "age", "algorithm", "backend", "count", "dir", "directory",
	"enabled", "engine", "expiration", "expires", "expiry", "file", "files", "folder", "format",
	"group", "groups", "host", "hosts", "key_id", "length", "lifetime", "method", "mode",
	"name", "names", "owner", "path", "paths", "policy", "port", "prompt", "provider",
	"required", "size", "state", "store", "token_id", "ttl", "type", "update", "uri", "url",
	"user", "username", "version" };

static GRWLock lock;
static GPtrArray *more_words; /* char *, in lower case */
static GHashTable *known;     /* name -> enum secret_kind */

void secret_add_name(const char *word)
{
	g_rw_lock_writer_lock(&lock);
	if (more_words == NULL) {
		more_words = g_ptr_array_new_with_free_func(g_free);
	}
	g_ptr_array_add(more_words, g_ascii_strdown(word, -1));
	g_clear_pointer(&known, g_hash_table_unref);
	g_rw_lock_writer_unlock(&lock);
}

static gboolean is_harmless(const char *lower)
{
	for (gsize i = 0; i < G_N_ELEMENTS(harmless); i++) {
		if (g_str_has_suffix(lower, harmless[i])) {
			gsize before = strlen(lower) - strlen(harmless[i]);
			if (before == 0 || lower[before - 1] == '_') {
				return TRUE;
			}
		}
	}
	return FALSE;
}

static gboolean holds_word(const char *lower)
{
	gboolean found = FALSE;
	for (gsize i = 0; i < G_N_ELEMENTS(words) && !found; i++) {
		found = strstr(lower, words[i]) != NULL;
	}
	return found;
}

static gboolean holds_more_word(const char *lower)
{
	gboolean found = FALSE;
	for (guint i = 0; more_words != NULL && i < more_words->len && !found; i++) {
		found = strstr(lower, more_words->pdata[i]) != NULL;
	}
	return found;
}

/* Behind the lock. The user's own words outweigh the tables. */
static enum secret_kind kind_of(const char *name)
{
	g_autofree char *lower = g_ascii_strdown(name, -1);
	if (holds_more_word(lower)) {
		return SECRET_KIND_SECRET;
	}
	g_strdelimit(lower, "-", '_'); /* "api-key" */
	return is_harmless(lower)  ? SECRET_KIND_HARMLESS
	       : holds_word(lower) ? SECRET_KIND_SECRET
				   : SECRET_KIND_PLAIN;
}

static enum secret_kind learn(const char *name)
{
	g_rw_lock_writer_lock(&lock);
	if (known == NULL) {
		known = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
	}
	enum secret_kind kind = kind_of(name);
	if (g_hash_table_size(known) < KNOWN_MAX) {
		g_hash_table_replace(known, g_strdup(name), GINT_TO_POINTER(kind));
	}
	g_rw_lock_writer_unlock(&lock);
	return kind;
}

enum secret_kind secret_name_kind(const char *name)
{
	gpointer kind = NULL;
	g_rw_lock_reader_lock(&lock);
	gboolean found = known != NULL && g_hash_table_lookup_extended(known, name, NULL, &kind);
	g_rw_lock_reader_unlock(&lock);
	return found ? (enum secret_kind)GPOINTER_TO_INT(kind) : learn(name);
}

gboolean secret_name(const char *name)
{
	return secret_name_kind(name) == SECRET_KIND_SECRET;
}
