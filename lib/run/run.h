/*
 * Runs a playbook: plays in order, hosts of a batch in parallel, each host's tasks in order.
 *
 * Hosts do not wait for each other within a play: one thread of a pool each. Everything that
 * happens is told through an event callback (event.h). Deployment policy is not here: deploy,
 * provision and rollback are playbooks.
 */
#ifndef SUTLER_RUN_RUN_H
#define SUTLER_RUN_RUN_H

#include "base/cancel.h"
#include "inventory/inventory.h"
#include "playbook/playbook.h"
#include "run/event.h"

struct run_options {
	const inventory *inventory;
	playbook *playbook;
	const struct playbook_options *playbook_options; /* for what is included while it runs */
	const char *title;                               /* the playbook's name in events */
	const char *due_scope; /* project and playbook: whose marks of due work are found on hosts;
				  NULL: none are kept */
	const char *target;    /* pattern that takes the place of the plays' `hosts`; NULL: none */
	const char *limit;     /* NULL: none */
	const value *extra;    /* dict of extra variables */
	const GPtrArray *tags, *skip_tags; /* char *; empty: none */
	const char *start_at;              /* name of the first task to run; NULL: all */
	gboolean check, diff;
	/* Where neither play nor task says so: */
	gboolean any_errors_fatal, no_log;
	gboolean force_handlers; /* failed hosts run the handlers that were notified */
	const char *strategy;    /* of plays that name none; NULL: in step where that can be seen */
	const char *gathering;   /* "explicit", "smart"; NULL: "implicit" */
	gboolean verbose;        /* say what is passed over for good reason, too */
	gboolean no_positions;   /* the playbook was made, not written: its lines mean nothing */
	guint forks;             /* hosts at a time; 0: 50 */
	/* How hosts are reached unless their variables say otherwise. */
	const char *user, *private_key, *known_hosts, *ssh_config, *become_user;
	const char *become_method; /* NULL: "sudo", the only one there is */
	const char *become_program, *become_flags;
	const char *connection;
	const char *password; /* to log in with; NULL: none */
	guint port;           /* 0: ssh_config's, else 22 */
	const char *ssh_args, *ssh_common_args, *ssh_extra_args;
	gboolean become;
	const char *become_password;
	gboolean accept_new;
	gboolean no_host_key_checking; /* the same as accept_new, unless a host says otherwise */
	gsize output_limit; /* bytes of a command's stdout, and of its stderr; 0: 16 MiB */
	double timeout;     /* seconds to connect and log in; 0: 10 */
	double keepalive; /* seconds without an answer before a connection counts as lost; 0: 30 */
	const cancel *cancel;
	event_callback emit;
	gpointer emit_data;
};

struct run_totals {
	guint failed, unreachable, changed, unpredicted; /* hosts with any of these */
	gboolean interrupted;
};

/* The hosts each play would run on, and every check that needs no host. warnings (may be NULL) gets
 * char * (owned): what fails only where it is reached. Errors: SUTLER_ERROR_USAGE. */
gboolean run_check(const struct run_options *options, GPtrArray *warnings, GError **error);

/* What --list-hosts and --list-tasks (with tags: --list-tags) show. Errors as run_check(). Caller
 * frees. */
char *run_list_hosts(const struct run_options *options, GError **error);
char *run_list_tasks(const struct run_options *options, gboolean tags, GError **error);

/* Runs. FALSE and an error: nothing was contacted (what run_check() says). What happens on hosts is
 * no error but counted in *totals. */
gboolean run_playbook(
	const struct run_options *options, struct run_totals *ret_totals, GError **error);

#endif
