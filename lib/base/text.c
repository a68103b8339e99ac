/* Whole text files: bounded reading, encoding, and positions in them. */
#include "base/text.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { READ_SIZE = 65536 };

static const char bom[] = "\xEF\xBB\xBF";

static gboolean has_bom(const char *text, gsize length)
{
	return length >= 3 && memcmp(text, bom, 3) == 0;
}

/* Appends to out what fd gives, up to limit bytes; errno is set on failure. */
static gboolean read_all(int fd, gsize limit, GString *out)
{
	for (;;) {
		gsize before = out->len;
		g_string_set_size(out, before + READ_SIZE);
		gssize n = read(fd, out->str + before, READ_SIZE);
		g_string_set_size(out, before + (gsize)MAX(n, 0));
		if (n == 0 || (n < 0 && errno != EINTR)) {
			return n == 0;
		}
		if (out->len > limit) {
			errno = EFBIG;
			return FALSE;
		}
	}
}

static void set_read_error(GError **error, const char *path, gsize limit, int reason)
{
	if (reason == EFBIG) {
		error_set(error, SUTLER_ERROR_LIMIT,
			"unable to read '%s': larger than %" G_GSIZE_FORMAT " bytes", path, limit);
		return;
	}
	error_set(error, SUTLER_ERROR_USAGE, "unable to read '%s': %s", path, g_strerror(reason));
}

char *text_read_descriptor(int fd, const char *name, gsize limit, gsize *ret_length, GError **error)
{
	GString *out = g_string_new(NULL);
	if (!read_all(fd, limit, out)) {
		set_read_error(error, name, limit, errno);
		g_string_free(out, TRUE);
		return NULL;
	}
	if (ret_length != NULL) {
		*ret_length = out->len;
	}
	return g_string_free(out, FALSE);
}

gboolean text_is_file(const char *path, gsize limit, GError **error)
{
	struct stat st;
	if (stat(path, &st) != 0) {
		set_read_error(error, path, limit, errno);
		return FALSE;
	}
	if (!S_ISREG(st.st_mode)) {
		error_set(
			error, SUTLER_ERROR_USAGE, "unable to read '%s': not a regular file", path);
		return FALSE;
	}
	if ((guint64)st.st_size > limit) {
		set_read_error(error, path, limit, EFBIG);
		return FALSE;
	}
	return TRUE;
}

char *text_read_bytes(const char *path, gsize limit, gsize *ret_length, GError **error)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY);
	if (fd < 0) {
		set_read_error(error, path, limit, errno);
		return NULL;
	}
	char *text = text_read_descriptor(fd, path, limit, ret_length, error);
	(void)close(fd); /* nothing was written: a failure here loses nothing */
	return text;
}

char *text_read(const char *path, gsize limit, guint flags, gsize *ret_length, GError **error)
{
	gsize length = 0;
	g_autofree char *text = text_read_bytes(path, limit, &length, error);
	if (text == NULL || !text_check(text, length, path, error)) {
		return NULL;
	}
	length = text_normalize(text, length, flags);
	if (ret_length != NULL) {
		*ret_length = length;
	}
	return g_steal_pointer(&text);
}

gboolean text_check(const char *text, gsize length, const char *name, GError **error)
{
	const char *end = NULL;
	if (g_utf8_validate_len(text, length, &end)) {
		return TRUE;
	}
	struct position at = text_position(text, (gsize)(end - text), name);
	if (*end == '\0') {
		error_set_at(error, SUTLER_ERROR_USAGE, at,
			"NUL byte in the text, remove it or save the file as UTF-8");
	} else {
		error_set_at(error, SUTLER_ERROR_USAGE, at,
			"invalid UTF-8 byte 0x%02x, save the file as UTF-8", (guchar)*end);
	}
	return FALSE;
}

gsize text_normalize(char *text, gsize length, guint flags)
{
	const char *from = text + (has_bom(text, length) ? 3 : 0);
	const char *end = text + length;
	char *to = text;
	while (from < end) {
		if (*from == '\r' && from + 1 < end && from[1] == '\n' &&
			!(flags & TEXT_KEEP_CRLF)) {
			from++;
		}
		*to++ = *from++;
	}
	*to = '\0';
	return (gsize)(to - text);
}

struct position text_position(const char *text, gsize offset, const char *name)
{
	struct position at = { g_intern_string(name), 1, 1 };
	for (gsize i = has_bom(text, offset) ? 3 : 0; i < offset; i++) {
		if (text[i] == '\n') {
			at.line++;
			at.column = 1;
		} else if (((guchar)text[i] & 0xC0) != 0x80) {
			at.column++;
		}
	}
	return at;
}

guint text_hash(const char *text, gsize length)
{
	guint hash = 5381;
	for (gsize i = 0; i < length; i++) {
		hash = hash * 33 + (guchar)text[i];
	}
	return hash;
}
