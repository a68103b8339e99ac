/*
 * What libssh's reader of ssh_config keeps to itself (ssh_config(5)): every IdentityFile, in order,
 * where libssh tells only the last; and IdentitiesOnly, IdentityAgent and HostKeyAlias, which it
 * does not understand. libssh also refuses host names with an underscore, aliases included; for
 * those HostName, Port, User, ProxyCommand and ProxyJump are read here. All else is left to libssh.
 *
 * Host, Include and Match with all, host, originalhost, user and localuser are followed. A Match
 * that runs a command counts as not met here: libssh has run it already, and once is enough.
 */
#ifndef SUTLER_TRANSPORT_SSH_CONFIG_H
#define SUTLER_TRANSPORT_SSH_CONFIG_H

#include <glib.h>

struct config_extras {
	GPtrArray *identities; /* char *, paths with ~ and % escapes replaced */
	gboolean identities_only;
	char *agent;          /* a socket's path, "none", or NULL: not said */
	char *host_key_alias; /* or NULL */
	char *host_name;      /* or NULL */
	char *user;           /* or NULL */
	guint port;           /* 0: not said */
	char *proxy;          /* a command, or NULL */
};

/* Reads files (paths, NULL-terminated) in order for a host named alias by the user, whose HostName
 * is host as far as is known. A file that cannot be read counts as empty. Caller frees. */
struct config_extras *config_extras_read(
	const char *const *files, const char *alias, const char *host, const char *user);
void config_extras_free(struct config_extras *e);

#endif
