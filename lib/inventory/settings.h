/*
 * Settings: ANSIBLE_* in the environment, sutler.ini, the user's own file, SUTLER_* in the
 * environment, flags; each outweighs the one before. Without a sutler.ini, an ansible.cfg gives
 * those that Ansible has too, read as Ansible 2.14 reads it: values go on in indented lines, paths
 * may hold $NAME and {{CWD}}. What Ansible has and we do not is refused where it would change what
 * a playbook means (ansible-settings.h).
 *
 * Every setting is a row of one table in settings.c, from which `sutler config`, the manual and
 * validation come. A settings file in a folder that others can write is ignored, with a warning.
 */
#ifndef SUTLER_INVENTORY_SETTINGS_H
#define SUTLER_INVENTORY_SETTINGS_H

#include "base/error.h"

typedef struct settings settings;

/* In the order of their names. */
enum setting {
	SETTING_ACCEPT_NEW,
	SETTING_ANY_ERRORS_FATAL,
	SETTING_ASK_PASS,
	SETTING_ASK_VAULT_PASS,
	SETTING_BECOME,
	SETTING_BECOME_ASK_PASS,
	SETTING_BECOME_EXE,
	SETTING_BECOME_FLAGS,
	SETTING_BECOME_METHOD,
	SETTING_BECOME_PASSWORD_FILE,
	SETTING_BECOME_USER,
	SETTING_COLLECTIONS_PATH,
	SETTING_CONNECTION,
	SETTING_CONNECTION_PASSWORD_FILE,
	SETTING_DIFF,
	SETTING_FACT_PATH,
	SETTING_FORCE_HANDLERS,
	SETTING_FORKS,
	SETTING_GATHER_SUBSET,
	SETTING_GATHER_TIMEOUT,
	SETTING_GATHERING,
	SETTING_HASH_BEHAVIOUR,
	SETTING_HOST_KEY_CHECKING,
	SETTING_INVENTORY,
	SETTING_INVENTORY_IGNORE_EXTENSIONS,
	SETTING_INVENTORY_IGNORE_PATTERNS,
	SETTING_KEEPALIVE,
	SETTING_KNOWN_HOSTS,
	SETTING_LIBRARY,
	SETTING_MODULE_NAME,
	SETTING_NO_LOG,
	SETTING_OUTPUT_LIMIT,
	SETTING_PLAYBOOK_DIR,
	SETTING_PORT,
	SETTING_PRIVATE_KEY,
	SETTING_ROLES_PATH,
	SETTING_SECRET_NAMES,
	SETTING_SKIP_TAGS,
	SETTING_SSH_ARGS,
	SETTING_SSH_COMMON_ARGS,
	SETTING_SSH_CONFIG,
	SETTING_SSH_EXTRA_ARGS,
	SETTING_STRATEGY,
	SETTING_TAGS,
	SETTING_TIMEOUT,
	SETTING_USER,
	SETTING_VAULT_ENCRYPT_IDENTITY,
	SETTING_VAULT_IDENTITY_LIST,
	SETTING_VAULT_PASSWORD_FILE,
	SETTING_COUNT
};

/* Reads what stands in folder (the project; NULL: the current one), the user's file and the
 * environment. warnings (may be NULL) gets char * (owned). Errors: SUTLER_ERROR_USAGE, located:
 * an unknown name (with the nearest), a value of the wrong kind, one of Ansible's that is refused.
 * Caller frees. */
settings *settings_load(const char *folder, GPtrArray *warnings, GError **error);
void settings_free(settings *s);
/* What -v says of ansible.cfg and ANSIBLE_*: char *, one line each. Borrowed. */
const GPtrArray *settings_remarks(const settings *s);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(settings, settings_free)

/* Sets one, outweighing what was there; origin (copied) says where it comes from: "--forks". */
gboolean settings_set(
	settings *s, enum setting id, const char *text, const char *origin, GError **error);

/* The text, NULL when nothing sets it and there is no default; paths are absolute or as the
 * environment and flags give them. Borrowed. */
const char *settings_text(const settings *s, enum setting id);
gint64 settings_integer(const settings *s, enum setting id);
gboolean settings_boolean(const settings *s, enum setting id);
/* The parts of inventory (at blanks), collections_path, library and roles_path (at ':'),
 * gather_subset, inventory_ignore_*, secret_names, skip_tags, tags and vault_identity_list (at
 * ','); any other is one part; empty when not set. Caller frees with g_strfreev(). */
char **settings_list(const settings *s, enum setting id);

const char *settings_name(enum setting id);
const char *settings_help(enum setting id);
/* "default", "sutler.ini:3", "SUTLER_FORKS", "--forks", "ansible.cfg:7". Borrowed. */
const char *settings_origin(const settings *s, enum setting id);
gboolean settings_is_set(const settings *s, enum setting id); /* by anything but the default */

/* What `sutler config` prints: each setting, its value, where it came from. Caller frees. */
char *settings_report(const settings *s);

#endif
