/* Bytes to be sent: from memory, or from files that are read in pieces when they leave. */
#include "base/payload.h"

#include "base/digest.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

struct part {
	GBytes *bytes; /* NULL: of the file */
	const struct payload_file *file;
	gsize size;
};

struct payload {
	gint references;
	GArray *parts; /* struct part */
	gsize size;
};

static GMutex looked_lock;
static GHashTable *looked; /* path -> struct payload_file *, the last one; never freed */

static void take_facts(struct payload_file *file, const struct stat *st)
{
	file->device = st->st_dev;
	file->inode = st->st_ino;
	file->size = (guint64)st->st_size;
	file->changed = (gint64)st->st_mtim.tv_sec * 1000000000 + st->st_mtim.tv_nsec;
}

static gboolean is_same(const struct payload_file *file, const struct stat *st)
{
	struct payload_file now = { 0 };
	take_facts(&now, st);
	return now.device == file->device && now.inode == file->inode && now.size == file->size &&
	       now.changed == file->changed;
}

/* Opens a regular file and nothing else; does not wait for the other end of a pipe. */
static int open_regular(const char *path, struct stat *st, GError **error)
{
	int descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
	if (descriptor < 0 || fstat(descriptor, st) != 0) {
		error_set(error, SUTLER_ERROR_USAGE, "unable to read '%s': %s", path,
			g_strerror(errno));
	} else if (!S_ISREG(st->st_mode)) {
		error_set(error, SUTLER_ERROR_USAGE, "'%s' is not a regular file", path);
	} else {
		return descriptor;
	}
	if (descriptor >= 0) {
		(void)close(descriptor);
	}
	return -1;
}

static const struct payload_file *look(const char *path, GError **error)
{
	struct stat st;
	int descriptor = open_regular(path, &st, error);
	if (descriptor < 0) {
		return NULL;
	}
	struct payload_file *known = g_hash_table_lookup(looked, path);
	if (known == NULL || !is_same(known, &st)) {
		gboolean text = FALSE;
		char *sha256 = digest_descriptor(descriptor, &text);
		known = NULL;
		if (sha256 == NULL) {
			error_set(error, SUTLER_ERROR_USAGE, "unable to read '%s'", path);
		} else {
			known = g_new0(struct payload_file, 1);
			known->path = g_strdup(path);
			known->sha256 = sha256;
			known->text = text;
			take_facts(known, &st);
			g_hash_table_insert(looked, known->path, known);
		}
	}
	(void)close(descriptor);
	return known;
}

const struct payload_file *payload_file_look(const char *path, GError **error)
{
	g_mutex_lock(&looked_lock);
	if (looked == NULL) {
		looked = g_hash_table_new(g_str_hash, g_str_equal);
	}
	const struct payload_file *file = look(path, error);
	g_mutex_unlock(&looked_lock);
	return file;
}

static void part_clear(gpointer data)
{
	struct part *part = data;
	g_clear_pointer(&part->bytes, g_bytes_unref);
}

payload *payload_new(void)
{
	payload *b = g_new0(payload, 1);
	b->references = 1;
	b->parts = g_array_new(FALSE, FALSE, sizeof(struct part));
	g_array_set_clear_func(b->parts, part_clear);
	return b;
}

payload *payload_ref(payload *b)
{
	g_atomic_int_inc(&b->references);
	return b;
}

void payload_unref(payload *b)
{
	if (b != NULL && g_atomic_int_dec_and_test(&b->references)) {
		g_array_unref(b->parts);
		g_free(b);
	}
}

static void add(payload *b, struct part part)
{
	b->size += part.size;
	g_array_append_val(b->parts, part);
}

void payload_add_bytes(payload *b, GBytes *bytes)
{
	add(b, (struct part){ .bytes = g_bytes_ref(bytes), .size = g_bytes_get_size(bytes) });
}

void payload_add_file(payload *b, const struct payload_file *file)
{
	add(b, (struct part){ .file = file, .size = (gsize)file->size });
}

gsize payload_size(const payload *b)
{
	return b->size;
}

static gssize read_file(
	const struct payload_file *file, gsize at, guint8 *into, gsize length, GError **error)
{
	struct stat st;
	int descriptor = open_regular(file->path, &st, error);
	if (descriptor < 0) {
		return -1;
	}
	gssize got = -1;
	if (is_same(file, &st)) {
		do {
			got = pread(descriptor, into, length, (off_t)at);
		} while (got < 0 && errno == EINTR);
	}
	(void)close(descriptor);
	if (got <= 0) {
		error_set(error, SUTLER_ERROR_FAILED, "'%s' changed while it was sent", file->path);
		return -1;
	}
	return got;
}

gssize payload_read(const payload *b, gsize at, guint8 *into, gsize length, GError **error)
{
	for (guint i = 0; i < b->parts->len; i++) {
		const struct part *part = &g_array_index(b->parts, struct part, i);
		if (at >= part->size) {
			at -= part->size;
			continue;
		}
		gsize n = MIN(length, part->size - at);
		if (part->bytes == NULL) {
			return read_file(part->file, at, into, n, error);
		}
		memcpy(into, (const guint8 *)g_bytes_get_data(part->bytes, NULL) + at, n);
		return (gssize)n;
	}
	return 0;
}
