/* vault: reading files, replacing them in one step, and wiping them. */
#include "cmd/vault.h"

#include "base/text.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define FILE_LIMIT ((gsize)256 * 1024 * 1024)

const char *vault_file_name(const char *path)
{
	return g_str_equal(path, "-") ? "stdin" : path;
}

static gboolean fail(const char *what, const char *path, GError **error)
{
	error_set(
		error, SUTLER_ERROR_USAGE, "unable to %s '%s': %s", what, path, g_strerror(errno));
	return FALSE;
}

char *vault_file_read(const char *path, gsize *ret_length, GError **error)
{
	if (!g_str_equal(path, "-")) {
		return text_read_bytes(path, FILE_LIMIT, ret_length, error);
	}
	if (isatty(STDIN_FILENO)) {
		g_printerr("reading from the terminal, end with control-D\n");
	}
	return text_read_descriptor(STDIN_FILENO, "stdin", FILE_LIMIT, ret_length, error);
}

static gboolean write_all(int file, const char *bytes, gsize length)
{
	while (length > 0) {
		ssize_t n = write(file, bytes, length);
		if (n < 0 && errno != EINTR) {
			return FALSE;
		}
		bytes += MAX(n, 0);
		length -= (gsize)MAX(n, 0);
	}
	return TRUE;
}

/* Zeros over all of it, on the disk. */
static gboolean overwrite(int file)
{
	static const char zeros[64 * 1024];
	struct stat status;
	if (fstat(file, &status) != 0 || lseek(file, 0, SEEK_SET) != 0) {
		return FALSE;
	}
	for (gsize left = (gsize)status.st_size; left > 0;) {
		gsize some = MIN(left, sizeof zeros);
		if (!write_all(file, zeros, some)) {
			return FALSE;
		}
		left -= some;
	}
	return fsync(file) == 0;
}

gboolean vault_file_shred(const char *path, GError **error)
{
	int file = open(path, O_WRONLY | O_CLOEXEC | O_NOFOLLOW);
	gboolean well = file < 0 || overwrite(file);
	if (file >= 0) {
		(void)close(file); /* synced above */
	}
	if ((unlink(path) != 0 && errno != ENOENT) || !well) {
		return fail("wipe", path, error);
	}
	return TRUE;
}

static gboolean write_through(const char *path, const char *bytes, gsize length, GError **error)
{
	int file = open(path, O_WRONLY | O_CLOEXEC | O_NOCTTY);
	gboolean well = file >= 0 && write_all(file, bytes, length);
	if (!well) {
		(void)fail("write", path, error);
	}
	return (file < 0 || close(file) == 0) && well;
}

/* The new content, complete and on the disk, beside its place. before: NULL when there is none. */
static gboolean fill(
	int file, const char *bytes, gsize length, const struct stat *before, guint flags)
{
	mode_t mode = before == NULL ? 0600 : before->st_mode & 07777;
	if (flags & VAULT_FILE_PRIVATE) {
		mode &= 0700;
	}
	if (before != NULL && (before->st_uid != geteuid() || before->st_gid != getegid())) {
		/* Not ours to give away: then it is ours from now on, with the same mode. */
		int unused = fchown(file, before->st_uid, before->st_gid);
		(void)unused;
	}
	return write_all(file, bytes, length) && fchmod(file, mode) == 0 && fsync(file) == 0;
}

/* What stood at a path before, to be wiped once nothing refers to it any more; -1: nothing to wipe,
 * or it has other names that must live on. */
static int open_old(const char *path, const struct stat *before, guint flags)
{
	gboolean wanted = before != NULL && flags & VAULT_FILE_WIPE && before->st_nlink == 1;
	return wanted ? open(path, O_WRONLY | O_CLOEXEC | O_NOFOLLOW) : -1;
}

static gboolean replace(const char *path, const char *bytes, gsize length,
	const struct stat *before, guint flags, GError **error)
{
	g_autofree char *folder = g_path_get_dirname(path);
	g_autofree char *beside = g_build_filename(folder, ".sutler-vault-XXXXXX", NULL);
	int file = g_mkstemp_full(beside, O_WRONLY | O_CLOEXEC, 0600);
	if (file < 0) {
		return fail("write into", folder, error);
	}
	int old = open_old(path, before, flags);
	gboolean well = fill(file, bytes, length, before, flags);
	if (close(file) != 0 || !well || rename(beside, path) != 0) {
		(void)fail("write", path, error);
		(void)vault_file_shred(beside, NULL); /* already failing */
		well = FALSE;
	}
	if (old >= 0) {
		if (well && !overwrite(old)) {
			well = fail("wipe the old content of", path, error);
		}
		(void)close(old); /* synced above */
	}
	return well;
}

gboolean vault_file_write(
	const char *path, const char *bytes, gsize length, guint flags, GError **error)
{
	if (g_str_equal(path, "-")) {
		return project_print_bytes(bytes, length, error);
	}
	struct stat before;
	gboolean exists = stat(path, &before) == 0;
	if (exists && S_ISDIR(before.st_mode)) {
		errno = EISDIR;
		return fail("write", path, error);
	}
	if (exists && !S_ISREG(before.st_mode)) {
		return write_through(path, bytes, length, error);
	}
	char *real = exists ? realpath(path, NULL) : NULL;
	gboolean well = replace(
		real != NULL ? real : path, bytes, length, exists ? &before : NULL, flags, error);
	free(real);
	return well;
}
