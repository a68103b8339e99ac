/*
 * known_hosts files, as sshd(8) "SSH_KNOWN_HOSTS FILE FORMAT" describes them: plain, hashed and
 * wildcard names, negation, [host]:port, and the marker @revoked. Lines marked @cert-authority are
 * recognised but not honoured (libssh verifies no host certificates).
 *
 * Keys are passed as in the file: a type ("ssh-ed25519") and the base64 text of the key.
 */
#ifndef SUTLER_TRANSPORT_KNOWN_HOSTS_H
#define SUTLER_TRANSPORT_KNOWN_HOSTS_H

#include "base/cancel.h"

typedef struct known_hosts known_hosts;

enum known_host {
	KNOWN_HOST_UNKNOWN,   /* no line for this name */
	KNOWN_HOST_MATCH,     /* the key stands there */
	KNOWN_HOST_CHANGED,   /* only other keys stand there */
	KNOWN_HOST_REVOKED,   /* the key is marked @revoked */
	KNOWN_HOST_AUTHORITY, /* only a certificate authority stands there */
};

/* One line that decided; strings belong to the known_hosts. */
struct known_host_line {
	const char *file;
	guint number;
	const char *type;
	const char *key;
};

/* Reads the lines for any of names (from known_hosts_name()) from the files, in order; a file that
 * does not exist counts as empty. Both are NULL-terminated and copied. SUTLER_ERROR_USAGE when a
 * file exists and cannot be read. Caller frees. */
known_hosts *known_hosts_load(const char *const *files, const char *const *names, GError **error);
void known_hosts_free(known_hosts *k);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(known_hosts, known_hosts_free)

/* How a host is written there: "web1", or "[web1]:2222" for ports other than 22; in lower case.
 * Caller frees. */
char *known_hosts_name(const char *host, guint port);

/* Looks the key up for one of the names loaded. *ret_line (zeroed when no line decided): the
 * matching, differing or revoking line. A key revoked for the name is refused even where another
 * line accepts it. */
enum known_host known_hosts_check(const known_hosts *k, const char *name, const char *type,
	const char *key, struct known_host_line *ret_line);

/* Whether a key of this type is known for the name. */
gboolean known_hosts_has_type(const known_hosts *k, const char *name, const char *type);

/* Appends a line for name to file (made with mode 0600, its folder with 0700), unless it has come
 * to stand there meanwhile. Many threads and processes may do this at once: the file is locked, and
 * read again under the lock. Fails with SUTLER_ERROR_UNREACHABLE when another key for the name has
 * appeared meanwhile or the file cannot be written, _INTERRUPTED, or when the lock is not to be had
 * until the deadline. */
gboolean known_hosts_add(const char *file, const char *name, const char *type, const char *key,
	deadline until, const cancel *c, GError **error);

/* "SHA256:..." as ssh-keygen -l prints it, "SHA256:?" for bad base64. Caller frees. */
char *known_hosts_fingerprint(const char *key);

#endif
