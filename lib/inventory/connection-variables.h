/*
 * How to reach a host and become someone else there: what its variables say about it.
 *
 * Every name a thing goes by (ansible_host, ansible_ssh_host, ...) is a row of one table in
 * connection-variables.c, the old names (ansible_ssh_user, ansible_sudo_pass, ...) included. As in
 * Ansible, variables outweigh options and keywords (-u, become_user: ...), which the caller gives
 * as defaults. The short names address, user, port and key count when they are set on the host
 * itself in an inventory, and no other name is.
 *
 * Behaviour: Ansible 2.14 "Connecting to hosts: behavioral inventory parameters", "Understanding
 * privilege escalation: become".
 */
#ifndef SUTLER_INVENTORY_CONNECTION_VARIABLES_H
#define SUTLER_INVENTORY_CONNECTION_VARIABLES_H

#include "inventory/inventory.h"

/* What there is without variables: options, keywords, settings. 0 or NULL: not given. Borrowed. */
struct connection_defaults {
	const char *connection; /* NULL: "ssh" */
	const char *user;
	guint port;
	const char *private_key;
	const char *password;
	gboolean become;
	const char *become_user;   /* NULL: "root" */
	const char *become_method; /* NULL: "sudo" */
	const char *become_password;
	double timeout; /* of connecting, in seconds; 0: 10 */
};

/* NULL: nothing says so. Strings are owned; secrets are wiped by connection_variables_clear(). */
struct connection_variables {
	char *connection; /* "ssh" or "local" */
	char *host; /* address to connect to; the inventory's name when nothing says otherwise */
	guint port; /* 0: nothing says so */
	char *user;
	char *private_key; /* "~" expanded */
	char *password;
	gboolean become;
	char *become_user;
	char *become_method;
	char *become_password;
	char *become_program; /* ansible_become_exe */
	char *become_flags;
	double timeout;
	int host_key_checking; /* 1, 0, or -1: nothing says so */
	char *known_hosts;     /* UserKnownHostsFile in ansible_ssh_*_args */
	char *ssh_config;      /* -F there */
	char *proxy_jump;      /* -J or ProxyJump there */
	char *proxy_command;   /* ProxyCommand there; as it is written, nothing was put into it */
	char *shell;           /* ansible_shell_executable */
	GPtrArray *ignored; /* char *, owned: words of ansible_ssh_*_args that mean nothing here */
};

void connection_variables_clear(struct connection_variables *variables);

/* The evaluated value of a variable; NULL without an error: it is not defined. Caller unrefs. */
typedef value *(*connection_lookup)(gpointer data, const char *name, GError **error);

/* Fills *variables for h. Passwords are registered with secret_add(). Errors: those of lookup;
 * SUTLER_ERROR_USAGE, located: an invalid port, a user or address that could be taken for an option
 * or shell code, a kind of connection or become method that is not supported. On failure
 * *variables is empty. */
gboolean connection_variables_read(const inventory *inv, const host *h,
	const struct connection_defaults *defaults, connection_lookup lookup, gpointer data,
	struct connection_variables *variables, GError **error);

/* The same without templates: h's own merged variables, as they are. */
gboolean connection_variables_plain(const inventory *inv, const host *h,
	const struct connection_defaults *defaults, struct connection_variables *variables,
	GError **error);

#endif
