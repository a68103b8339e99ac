/* What most commands begin with: inventory, extra variables, settings of the run. */
#ifndef SUTLER_CMD_PROJECT_H
#define SUTLER_CMD_PROJECT_H

#include "cmd/options.h"
#include "inventory/inventory.h"
#include "playbook/playbook.h"
#include "run/run.h"

/* The catalog of our modules for the playbook loader. */
extern const struct module_catalog project_catalog;

/* The inventory of -i, or of the project folder. Caller frees. */
inventory *project_inventory(const struct options *o, const char *playbook_folder, GError **error);

/* The variables of -e as one dict. Caller unrefs. */
value *project_extra_vars(const struct options *o, GError **error);

/* A playbook of the project folder by name ("deploy.yml"), or the built-in one of that name. */
playbook *project_playbook(const char *name, const struct playbook_options *options, GError **error);

/* Runs a playbook as the options say and reports it: what provision, deploy, rollback, play and run share.
 * target takes the place of the plays' hosts; NULL: as written. show_output: what commands print is part
 * of the result. */
gboolean project_run(const struct options *o, playbook *book, const char *title, const char *target,
	const inventory *inv, const value *extra, const struct playbook_options *book_options,
	gboolean show_output, int *ret_status, GError **error);

/* Prints to stdout; FALSE and an error when that fails (full, closed). */
gboolean project_print(const char *text, GError **error);

#endif
