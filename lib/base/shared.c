/* Big bytes that many threads want at once are held once. */
#include "base/shared.h"

struct kept {
	guint users;
	char *key;
	GBytes *bytes;
};

static GMutex lock;      /* guards the table, and users of each */
static GMutex make_lock; /* one is made at a time; taken before the other */
static GHashTable *all;  /* key -> struct kept *, borrowed */

static void kept_release(gpointer data)
{
	struct kept *k = data;
	g_mutex_lock(&lock);
	gboolean last = --k->users == 0;
	if (last) {
		g_hash_table_remove(all, k->key);
	}
	g_mutex_unlock(&lock);
	if (last) {
		g_bytes_unref(k->bytes);
		g_free(k->key);
		g_free(k);
	}
}

/* Bytes of the caller's own that keep k; its user is counted already. */
static GBytes *view(struct kept *k)
{
	gsize size = 0;
	gconstpointer bytes = g_bytes_get_data(k->bytes, &size);
	return g_bytes_new_with_free_func(bytes, size, kept_release, k);
}

static GBytes *find(const char *key)
{
	g_mutex_lock(&lock);
	struct kept *k = all == NULL ? NULL : g_hash_table_lookup(all, key);
	if (k != NULL) {
		k->users++;
	}
	g_mutex_unlock(&lock);
	return k == NULL ? NULL : view(k);
}

/* Takes bytes; the key is not in the table. */
static GBytes *keep(const char *key, GBytes *bytes)
{
	struct kept *k = g_new(struct kept, 1);
	*k = (struct kept){ .users = 1, .key = g_strdup(key), .bytes = bytes };
	g_mutex_lock(&lock);
	if (all == NULL) {
		all = g_hash_table_new(g_str_hash, g_str_equal);
	}
	g_hash_table_insert(all, k->key, k);
	g_mutex_unlock(&lock);
	return view(k);
}

GBytes *shared_bytes(const char *key, shared_make make, gpointer data, GError **error)
{
	g_mutex_lock(&make_lock);
	GBytes *found = find(key);
	GBytes *made = found == NULL ? make(data, error) : NULL;
	if (made != NULL) {
		found = keep(key, made);
	}
	g_mutex_unlock(&make_lock);
	return found;
}

static GBytes *given(gpointer data, GError **error)
{
	(void)error;
	return g_bytes_ref(data);
}

GBytes *shared_bytes_take(const char *sha256, GBytes *bytes)
{
	GBytes *shared = shared_bytes(sha256, given, bytes, NULL);
	g_bytes_unref(bytes);
	return shared;
}
