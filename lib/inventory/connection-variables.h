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
#include "inventory/ssh-arguments.h"

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
	const char *become_program; /* NULL: "sudo" */
	const char *become_flags;   /* NULL: none */
	const char *ssh_args, *ssh_common_args, *ssh_extra_args;
	double timeout; /* of connecting, in seconds; 0: nothing says so */
};

/* NULL: nothing says so. Strings are owned; secrets are wiped by connection_variables_clear(). */
struct connection_variables {
	char *connection; /* "ssh", "openssh" or "local" */
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
	int host_key_checking;    /* 1, 0, or -1: nothing says so */
	struct ssh_arguments ssh; /* ansible_ssh_args, _common_args, _extra_args, in this order */
	char *shell;              /* ansible_shell_executable */
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

/* Variables of h that Ansible's ways of connecting read and that have no effect here, parted by ",
 * ";
 * "": none. Caller frees. */
char *connection_variables_ignored(const inventory *inv, const host *h);

/* The same without templates: h's own merged variables, as they are. */
gboolean connection_variables_plain(const inventory *inv, const host *h,
	const struct connection_defaults *defaults, struct connection_variables *variables,
	GError **error);

#endif
