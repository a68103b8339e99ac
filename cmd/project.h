/*
 * What most commands begin with: settings, vault passwords, extra variables, inventory, playbooks.
 *
 *	struct project p = { 0 };
 *	if (project_open(&p, options, ".", error)) ... project_close(&p);
 */
#ifndef SUTLER_CMD_PROJECT_H
#define SUTLER_CMD_PROJECT_H

#include "cmd/options.h"
#include "inventory/inventory.h"
#include "inventory/settings.h"
#include "inventory/vault-passwords.h"
#include "playbook/playbook.h"

struct project {
	gboolean alone; /* set before opening: without -i, localhost is all the inventory */
	vault_ask ask; /* set before opening: how vault passwords are asked for; NULL: project_ask()
			*/
	const struct options *options;
	settings *settings;
	vault *vault;
	value *extra; /* dict: the variables of -e */
	inventory *inventory;
	char **roles_paths, **libraries, **collections;    /* NULL: not told */
	value *gather_subset, *gather_timeout, *fact_path; /* the same */
	struct playbook_options playbook_options;          /* for loading playbooks */
};

/* Settings alone; warnings go to stderr. */
gboolean project_settings(struct project *p, const struct options *options, GError **error);
/* Settings and vault passwords. */
gboolean project_configure(struct project *p, const struct options *options, GError **error);
/* Everything. playbook_folder: where group_vars/ and host_vars/ beside the playbook are; NULL:
 * where the settings say, or here. */
gboolean project_open(struct project *p, const struct options *options, const char *playbook_folder,
	GError **error);
void project_close(struct project *p);

/* The sources of -i or the settings; NULL: none, and no file 'inventory' here. Caller frees. */
char **project_sources(const struct project *p);

/* A playbook of this folder by name ("deploy.yml"), or the built-in one of that name. */
playbook *project_playbook(const struct project *p, const char *name, GError **error);

/* Asks for a password on the terminal (a vault_ask). data: the option that gives it where there is
 * no terminal, as text; NULL: --vault-password-file. Caller frees the answer. */
char *project_ask(gpointer data, const char *question, GError **error);
/* The same for anything; shown: what is typed can be seen; instead: what else to use. */
char *project_ask_line(const char *question, gboolean shown, const char *instead, GError **error);

/* Prints warnings (char *) to stderr, a line each. */
void project_warn(const GPtrArray *warnings);
/* Prints to stdout; FALSE and an error when that fails (full, closed). */
gboolean project_print(const char *text, GError **error);
gboolean project_print_bytes(const char *bytes, gsize length, GError **error);

#endif
