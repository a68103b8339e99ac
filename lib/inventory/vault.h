/*
 * Ansible vault: formats 1.1 and 1.2 (AES-256-CTR, HMAC-SHA256, PBKDF2), byte compatible both ways
 * with ansible-vault. vault.c alone of lib/inventory knows libcrypto.
 *
 * A struct vault is the set of passwords to try, each with an id. It is immutable once filled and
 * may then be used by many threads. Passwords are wiped when it is freed.
 *
 * Behaviour: Ansible 2.14 "Encrypting content with Ansible Vault", "Format of files encrypted with
 * Ansible Vault".
 */
#ifndef SUTLER_INVENTORY_VAULT_H
#define SUTLER_INVENTORY_VAULT_H

#include "value/value.h"

typedef struct vault vault;

vault *vault_new(void);
void vault_free(vault *v);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(vault, vault_free)

/* Adds a password under an id ("default" for none). Copies it. Fails for an empty one. */
gboolean vault_add_password(
	vault *v, const char *id, const char *password, gsize length, GError **error);
gboolean vault_is_empty(const vault *v);

/* Whether text begins as a vault does ("$ANSIBLE_VAULT;"). */
gboolean vault_is_encrypted(const char *text, gsize length);

/* Decrypts text; those with the id in its header are tried first, then the others. name is what
 * errors call it. The plaintext is NUL-terminated and may hold any bytes; caller
 * frees it with secret_memory_free(). v may be NULL: no password was given. Errors:
 * SUTLER_ERROR_USAGE, one sentence: no password, wrong password, damaged. */
char *vault_decrypt(const vault *v, const char *text, gsize length, const char *name,
	gsize *ret_length, GError **error);

/* Encrypts with the password of id (NULL: the only one; an error when there are several).
 * Format 1.2 when the id is not "default", else 1.1, as ansible-vault does. Caller frees. */
char *vault_encrypt(
	const vault *v, const char *id, const char *plain, gsize length, GError **error);
/* Encrypts as before was: with the password that opens it, and its id. Caller frees. Errors: those
 * of vault_decrypt() for before, which name it. */
char *vault_encrypt_as(const vault *v, const char *before, gsize before_length, const char *name,
	const char *plain, gsize length, GError **error);

/* Takes out of an error about a decrypted text what it quotes of it; error may be NULL. */
void vault_hide_text(GError **error);

/* raw with every string that is still ciphertext (VALUE_VAULT) decrypted and marked VALUE_SECRET;
 * raw itself when there is none. Caller unrefs. Errors: those of vault_decrypt(), located. */
value *vault_resolve(const vault *v, const value *raw, GError **error);
/* Whether v or something in it has one of these flags. */
gboolean vault_flags_inside(const value *v, guint flags);

#endif
