/*
 * Where vault passwords come from: files, scripts, the environment, a question.
 *
 * Behaviour: Ansible 2.14 "Managing vault passwords". Stricter: a password file that others than
 * its owner can read is refused, as ssh refuses private keys.
 */
#ifndef SUTLER_INVENTORY_VAULT_PASSWORDS_H
#define SUTLER_INVENTORY_VAULT_PASSWORDS_H

#include "inventory/vault.h"

/* Asks the user; returns the answer, which the caller frees; NULL with an error when there is
 * nobody to ask. */
typedef char *(*vault_ask)(gpointer data, const char *question, GError **error);

/* Adds the password of a source, "[ID@]WHERE", where WHERE is
 *	prompt            asks (ask may be NULL: then this is an error)
 *	env:NAME          the environment variable NAME
 *	PATH              an executable: what it prints; a "-client" one is called with --vault-id
 *ID PATH              any other file: what it holds Blanks around the password are dropped. Errors:
 *SUTLER_ERROR_USAGE. */
gboolean vault_add_source(
	vault *v, const char *source, vault_ask ask, gpointer data, GError **error);

#endif
