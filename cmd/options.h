/* Command line options: one table, parsed into one struct. */
#ifndef SUTLER_CMD_OPTIONS_H
#define SUTLER_CMD_OPTIONS_H

#include "base/error.h"

/* Which options a command takes. */
enum option_group {
	OPTIONS_INVENTORY = 1 << 0, /* -i, -e, --vault... */
	OPTIONS_CONNECT = 1 << 1,   /* -l, -u, --private-key, -b, -K, -f, --timeout... */
	OPTIONS_PLAY = 1 << 2,      /* --dry-run, --diff, tags, --list-tasks... */
	OPTIONS_REPORT = 1 << 3,    /* --json, -q, -v, --no-color */
	OPTIONS_MODULE = 1 << 4,    /* -m, -a: `run` */
	OPTIONS_LISTING = 1 << 5,   /* --list, --host, --graph, --hosts: `inventory` */
	OPTIONS_VAULT = 1 << 6,     /* --vault..., --output, --name: `vault` */
};

struct options {
	char **inventory, **extra_vars, **tags, **skip_tags;
	char *limit, *user, *private_key, *known_hosts, *connection, *become_user;
	char *become_password_file, *start_at, *module, *arguments, *host, *hosts, *playbook_folder;
	char **vault_ids, **vault_password_files, **string_names;
	char *encrypt_vault_id, *output, *new_vault_id, *new_vault_password_file, *stdin_name;
	gboolean dry_run, check, diff, detailed_exitcode, become, ask_become_password, accept_new;
	gboolean ask_vault_password, prompt_string, show_input, explain;
	gboolean list_tasks, list_hosts, list_tags, syntax_check, json, no_color, no_input, quiet;
	gboolean list, graph, yaml, export_only, vars, version, help;
	char *forks, *timeout;
	/* For Ansible's users. */
	char *become_method, *connection_password_file, *ssh_common_args, *ssh_extra_args;
	gboolean ask_password, force_handlers;
	char *strategy;
	char *without_effect, *background, *poll, *task_timeout, *tree; /* see the table */
	gboolean without_effect_flag, step;
	guint verbosity;
};

/* Parses argv (changed in place: what is left are the arguments; everything behind -- is kept).
 * groups 0: only --help and --version. Errors: SUTLER_ERROR_USAGE. */
gboolean options_parse(struct options *o, guint groups, char ***argv, GError **error);
void options_clear(struct options *o);

/* The options' part of a help text, for the groups. Caller frees. */
char *options_help(guint groups);

/* How wide the terminal is: $COLUMNS, or its own word, or 100. */
guint options_columns(void);
/* A line of help: left, and from column indent on the summary, wrapped. */
void options_help_row(GString *text, const char *left, guint indent, const char *summary);

/* Whether this is a dry run (--dry-run, --check). */
gboolean options_is_dry(const struct options *o);

#endif
