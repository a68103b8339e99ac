/* What the actions of `vault` share. */
#ifndef SUTLER_CMD_VAULT_H
#define SUTLER_CMD_VAULT_H

#include "cmd/project.h"

struct vault_call {
	struct project *project;
	const struct options *options;
	char **arguments; /* behind the action's name */
	vault *to;        /* the passwords that encrypt */
	const char *id;   /* of the one of them that does; NULL: not told */
};

gboolean vault_run_create(const struct vault_call *call, GError **error);
gboolean vault_run_edit(const struct vault_call *call, GError **error);
gboolean vault_run_encrypt_string(const struct vault_call *call, GError **error);

/* What errors call a file: its path, or "stdin" for "-". */
const char *vault_file_name(const char *path);

/* A whole file, or stdin for "-". NUL-terminated; caller frees. */
char *vault_file_read(const char *path, gsize *ret_length, GError **error);

enum vault_file_flags {
	VAULT_FILE_WIPE = 1 << 0,    /* overwrite what stood there before: it was in clear */
	VAULT_FILE_PRIVATE = 1 << 1, /* nobody but the owner may read the new content */
};

/* Replaces a file in one step (or makes it, mode 0600), keeping mode and owner; a link is followed.
 * "-" is stdout, and what is no regular file is written to as it is. On failure nothing changed. */
gboolean vault_file_write(
	const char *path, const char *bytes, gsize length, guint flags, GError **error);

/* Overwrites and removes a file. One that is gone is no error; that it cannot be is. */
gboolean vault_file_shred(const char *path, GError **error);

#endif
