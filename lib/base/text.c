/* Whole text files, read within bounds and checked. */
#include "base/text.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { PIECE = 65536 };

static void set_read_error(const char *name, int number, GError **error)
{
	error_set(error, SUTLER_ERROR_USAGE, "unable to read '%s': %s", name, g_strerror(number));
}

char *text_read_descriptor(
	int descriptor, const char *name, gsize limit, gsize *length, GError **error)
{
	struct stat status;
	gsize size = PIECE;
	if (fstat(descriptor, &status) == 0 && S_ISREG(status.st_mode)) {
		size = MIN((gsize)status.st_size, limit) + 1;
	}
	g_autofree char *text = g_malloc(size + 1);
	gsize used = 0;
	for (;;) {
		if (used == size) {
			size += MAX(size, PIECE);
			text = g_realloc(text, size + 1);
		}
		ssize_t n = read(descriptor, text + used, size - used);
		if (n < 0 && errno == EINTR) {
			continue;
		}
		if (n < 0) {
			set_read_error(name, errno, error);
			return NULL;
		}
		if (n == 0) {
			break;
		}
		used += (gsize)n;
		if (used > limit) {
			error_set(error, SUTLER_ERROR_LIMIT,
				"'%s' is longer than %" G_GSIZE_FORMAT " bytes", name, limit);
			return NULL;
		}
	}
	text[used] = '\0';
	*length = used;
	return g_steal_pointer(&text);
}

char *text_read_file(const char *path, gsize limit, gsize *length, GError **error)
{
	int descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY);
	if (descriptor < 0) {
		set_read_error(path, errno, error);
		return NULL;
	}
	char *text = text_read_descriptor(descriptor, path, limit, length, error);
	(void)close(descriptor);
	return text;
}

struct position text_position(const char *text, gsize offset, const char *name)
{
	struct position at = { g_intern_string(name), 1, 1 };
	for (gsize i = 0; i < offset; i++) {
		if (text[i] == '\n') {
			at.line++;
			at.column = 1;
		} else if (((guchar)text[i] & 0xc0) != 0x80) {
			at.column++;
		}
	}
	return at;
}

gboolean text_check(const char *text, gsize length, const char *name, GError **error)
{
	const char *bad = NULL;
	if (g_utf8_validate(text, (gssize)length, &bad)) {
		return TRUE;
	}
	/* g_utf8_validate() stops at a NUL, too. */
	struct position at = text_position(text, (gsize)(bad - text), name);
	if (*bad == '\0') {
		error_set_at(error, SUTLER_ERROR_USAGE, at, "a NUL byte, the file must be text");
	} else {
		error_set_at(error, SUTLER_ERROR_USAGE, at,
			"byte 0x%02x is not UTF-8, save the file as UTF-8", (guchar)*bad);
	}
	return FALSE;
}

gsize text_mark_length(const char *text, gsize length)
{
	return length >= 3 && memcmp(text, "\xef\xbb\xbf", 3) == 0 ? 3 : 0;
}
