/* group_vars/ and host_vars/: found, read, decrypted, and kept. For the files of this room. */
#ifndef SUTLER_INVENTORY_VARIABLE_FILES_H
#define SUTLER_INVENTORY_VARIABLE_FILES_H

#include "value/value.h"

struct vault;
struct variable_files;

/* passwords may be NULL; it must live as long. Caller frees. */
struct variable_files *variable_files_new(const struct vault *passwords);
void variable_files_free(struct variable_files *files);

/* The variables that the files of FOLDER/KIND give to name, merged in order: NAME, NAME.yml,
 * NAME.yaml or NAME.json, the first there is; of a folder, every such file below it. *ret_dict is
 * borrowed, and NULL when there are none. Not thread-safe. Behaviour: Ansible 2.14, vars plugin
 * host_group_vars. */
gboolean variable_files_load(struct variable_files *files, const char *folder, const char *kind,
	const char *name, const value **ret_dict, GError **error);

/* Reads one file of YAML or JSON, vault-encrypted or not; an empty one is null. Values that were
 * encrypted as a whole are marked VALUE_SECRET. Caller unrefs. */
value *variable_file_read(const struct vault *passwords, const char *path, GError **error);

/* The same from a text. */
value *variable_text_read(const struct vault *passwords, const char *text, gsize length,
	const char *name, GError **error);

/* Parses JSON as Ansible does: {"__ansible_vault": text} is a ciphertext, {"__ansible_unsafe":
 * text} is never a template. Caller unrefs. */
value *variable_json_parse(const char *text, gsize length, const char *name, GError **error);

#endif
