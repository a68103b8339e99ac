/*
 * Paths in settings: made full, as what a settings file says is meant from where it stands.
 *
 * folder is the settings file's; NULL or ".": paths stay relative to where the program runs.
 * Callers free what these return.
 */
#ifndef SUTLER_INVENTORY_SETTINGS_PATH_H
#define SUTLER_INVENTORY_SETTINGS_PATH_H

#include <glib.h>

/* "~" is the home folder; the rest is taken from folder unless it is absolute. */
char *settings_full_path(const char *path, const char *folder);

/* Several, separated by any of separators; joint is put between the results. Lists of hosts and
 * URLs stay as they are. */
char *settings_full_paths(
	const char *text, const char *folder, const char *separators, const char *joint);

/* Vault ids, "ID@PATH, ID@prompt, ID@env:NAME": only paths are made full. */
char *settings_full_vault_ids(const char *text, const char *folder);

/* "$NAME" and "${NAME}" of the environment, when it has them, and "{{CWD}}". */
char *settings_expand(const char *text);

#endif
