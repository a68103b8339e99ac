/* Every setting of Ansible, and what becomes of it. */
#include "inventory/ansible-settings.h"

#include "base/suggest.h"
#include "value/convert.h"

#include <string.h>

#define HONOURED(ini, environment, setting)                             \
	{                                                               \
		ini, environment, ANSIBLE_HONOURED, setting, NULL, NULL \
	}
#define REFUSED(ini, environment, fine, advice)                                \
	{                                                                      \
		ini, environment, ANSIBLE_REFUSED, SETTING_COUNT, fine, advice \
	}
#define WARNED(ini, environment, fine, advice)                                \
	{                                                                     \
		ini, environment, ANSIBLE_WARNED, SETTING_COUNT, fine, advice \
	}
#define DISPLAY(ini, environment)                                            \
	{                                                                    \
		ini, environment, ANSIBLE_DISPLAY, SETTING_COUNT, NULL, NULL \
	}
#define PLUGINS(ini, environment)                                            \
	{                                                                    \
		ini, environment, ANSIBLE_PLUGINS, SETTING_COUNT, NULL, NULL \
	}

static const struct ansible_setting rows[] = {
	DISPLAY("defaults.action_warnings", "ANSIBLE_ACTION_WARNINGS"),
	DISPLAY("privilege_escalation.agnostic_become_prompt", "ANSIBLE_AGNOSTIC_BECOME_PROMPT"),
	DISPLAY("persistent_connection.ansible_connection_path", "ANSIBLE_CONNECTION_PATH"),
	DISPLAY("defaults.cow_whitelist,defaults.cowsay_enabled_stencils",
		"ANSIBLE_COW_WHITELIST,ANSIBLE_COW_ACCEPTLIST"),
	DISPLAY("defaults.cowpath", "ANSIBLE_COW_PATH"),
	DISPLAY("defaults.cow_selection", "ANSIBLE_COW_SELECTION"),
	DISPLAY("defaults.force_color", "ANSIBLE_FORCE_COLOR"),
	WARNED("defaults.home", "ANSIBLE_HOME", "~/.ansible",
		"name its folders in roles_path and collections_path"),
	DISPLAY("defaults.nocolor", "ANSIBLE_NOCOLOR"),
	DISPLAY("defaults.nocows", "ANSIBLE_NOCOWS"),
	DISPLAY("defaults.pipelining,connection.pipelining", "ANSIBLE_PIPELINING"),
	HONOURED("defaults.any_errors_fatal", "ANSIBLE_ANY_ERRORS_FATAL", SETTING_ANY_ERRORS_FATAL),
	WARNED("privilege_escalation.become_allow_same_user", "ANSIBLE_BECOME_ALLOW_SAME_USER",
		"no", "sudo is not run for the user who is logged in"),
	HONOURED("defaults.become_password_file", "ANSIBLE_BECOME_PASSWORD_FILE",
		SETTING_BECOME_PASSWORD_FILE),
	DISPLAY("defaults.become_plugins", "ANSIBLE_BECOME_PLUGINS"),
	WARNED("defaults.fact_caching", "ANSIBLE_CACHE_PLUGIN", "memory",
		"facts are gathered in each run, none are kept"),
	DISPLAY("defaults.fact_caching_connection", "ANSIBLE_CACHE_PLUGIN_CONNECTION"),
	DISPLAY("defaults.fact_caching_prefix", "ANSIBLE_CACHE_PLUGIN_PREFIX"),
	DISPLAY("defaults.fact_caching_timeout", "ANSIBLE_CACHE_PLUGIN_TIMEOUT"),
	DISPLAY("defaults.callback_whitelist,defaults.callbacks_enabled",
		"ANSIBLE_CALLBACK_WHITELIST,ANSIBLE_CALLBACKS_ENABLED"),
	DISPLAY("defaults.collections_on_ansible_version_mismatch",
		"ANSIBLE_COLLECTIONS_ON_ANSIBLE_VERSION_MISMATCH"),
	HONOURED("defaults.collections_paths,defaults.collections_path",
		"ANSIBLE_COLLECTIONS_PATHS,ANSIBLE_COLLECTIONS_PATH", SETTING_COLLECTIONS_PATH),
	DISPLAY("defaults.collections_scan_sys_path", "ANSIBLE_COLLECTIONS_SCAN_SYS_PATH"),
	DISPLAY("colors.changed", "ANSIBLE_COLOR_CHANGED"),
	DISPLAY("colors.console_prompt", "ANSIBLE_COLOR_CONSOLE_PROMPT"),
	DISPLAY("colors.debug", "ANSIBLE_COLOR_DEBUG"),
	DISPLAY("colors.deprecate", "ANSIBLE_COLOR_DEPRECATE"),
	DISPLAY("colors.diff_add", "ANSIBLE_COLOR_DIFF_ADD"),
	DISPLAY("colors.diff_lines", "ANSIBLE_COLOR_DIFF_LINES"),
	DISPLAY("colors.diff_remove", "ANSIBLE_COLOR_DIFF_REMOVE"),
	DISPLAY("colors.error", "ANSIBLE_COLOR_ERROR"),
	DISPLAY("colors.highlight", "ANSIBLE_COLOR_HIGHLIGHT"),
	DISPLAY("colors.ok", "ANSIBLE_COLOR_OK"),
	DISPLAY("colors.skip", "ANSIBLE_COLOR_SKIP"),
	DISPLAY("colors.unreachable", "ANSIBLE_COLOR_UNREACHABLE"),
	DISPLAY("colors.verbose", "ANSIBLE_COLOR_VERBOSE"),
	DISPLAY("colors.warn", "ANSIBLE_COLOR_WARN"),
	HONOURED("defaults.connection_password_file", "ANSIBLE_CONNECTION_PASSWORD_FILE",
		SETTING_CONNECTION_PASSWORD_FILE),
	DISPLAY(NULL, "_ANSIBLE_COVERAGE_REMOTE_OUTPUT"),
	DISPLAY(NULL, "_ANSIBLE_COVERAGE_REMOTE_PATH_FILTER"),
	PLUGINS("defaults.action_plugins", "ANSIBLE_ACTION_PLUGINS"),
	REFUSED("defaults.allow_unsafe_lookups", NULL, "no", "what a lookup returns is data"),
	HONOURED("defaults.ask_pass", "ANSIBLE_ASK_PASS", SETTING_ASK_PASS),
	HONOURED("defaults.ask_vault_pass", "ANSIBLE_ASK_VAULT_PASS", SETTING_ASK_VAULT_PASS),
	HONOURED("privilege_escalation.become", "ANSIBLE_BECOME", SETTING_BECOME),
	HONOURED("privilege_escalation.become_ask_pass", "ANSIBLE_BECOME_ASK_PASS",
		SETTING_BECOME_ASK_PASS),
	HONOURED("privilege_escalation.become_exe", "ANSIBLE_BECOME_EXE", SETTING_BECOME_EXE),
	HONOURED("privilege_escalation.become_flags", "ANSIBLE_BECOME_FLAGS", SETTING_BECOME_FLAGS),
	HONOURED("privilege_escalation.become_method", "ANSIBLE_BECOME_METHOD",
		SETTING_BECOME_METHOD),
	HONOURED("privilege_escalation.become_user", "ANSIBLE_BECOME_USER", SETTING_BECOME_USER),
	DISPLAY("defaults.cache_plugins", "ANSIBLE_CACHE_PLUGINS"),
	DISPLAY("defaults.callback_plugins", "ANSIBLE_CALLBACK_PLUGINS"),
	DISPLAY("defaults.cliconf_plugins", "ANSIBLE_CLICONF_PLUGINS"),
	DISPLAY("defaults.connection_plugins", "ANSIBLE_CONNECTION_PLUGINS"),
	DISPLAY("defaults.debug", "ANSIBLE_DEBUG"),
	REFUSED("defaults.executable", "ANSIBLE_EXECUTABLE", "/bin/sh",
		"give 'executable' to the shell tasks that need another shell"),
	HONOURED("defaults.fact_path", "ANSIBLE_FACT_PATH", SETTING_FACT_PATH),
	PLUGINS("defaults.filter_plugins", "ANSIBLE_FILTER_PLUGINS"),
	HONOURED("defaults.force_handlers", "ANSIBLE_FORCE_HANDLERS", SETTING_FORCE_HANDLERS),
	HONOURED("defaults.forks", "ANSIBLE_FORKS", SETTING_FORKS),
	HONOURED("defaults.gathering", "ANSIBLE_GATHERING", SETTING_GATHERING),
	HONOURED("defaults.gather_subset", "ANSIBLE_GATHER_SUBSET", SETTING_GATHER_SUBSET),
	HONOURED("defaults.gather_timeout", "ANSIBLE_GATHER_TIMEOUT", SETTING_GATHER_TIMEOUT),
	HONOURED("defaults.hash_behaviour", "ANSIBLE_HASH_BEHAVIOUR", SETTING_HASH_BEHAVIOUR),
	HONOURED("defaults.inventory", "ANSIBLE_INVENTORY", SETTING_INVENTORY),
	DISPLAY("defaults.httpapi_plugins", "ANSIBLE_HTTPAPI_PLUGINS"),
	DISPLAY("defaults.internal_poll_interval", NULL),
	PLUGINS("defaults.inventory_plugins", "ANSIBLE_INVENTORY_PLUGINS"),
	REFUSED("defaults.jinja2_extensions", "ANSIBLE_JINJA2_EXTENSIONS",
		"jinja2.ext.do|jinja2.ext.loopcontrols|jinja2.ext.do,jinja2.ext.loopcontrols|"
		"jinja2.ext.loopcontrols,jinja2.ext.do",
		"only jinja2.ext.do and jinja2.ext.loopcontrols are there, and always on"),
	REFUSED("defaults.jinja2_native", "ANSIBLE_JINJA2_NATIVE", "no",
		"use filters as int and bool where a type matters"),
	DISPLAY("defaults.keep_remote_files", "ANSIBLE_KEEP_REMOTE_FILES"),
	DISPLAY("selinux.libvirt_lxc_noseclabel", "ANSIBLE_LIBVIRT_LXC_NOSECLABEL"),
	DISPLAY("defaults.bin_ansible_callbacks", "ANSIBLE_LOAD_CALLBACK_PLUGINS"),
	DISPLAY("defaults.local_tmp", "ANSIBLE_LOCAL_TEMP"),
	DISPLAY("defaults.log_filter", "ANSIBLE_LOG_FILTER"),
	DISPLAY("defaults.log_path", "ANSIBLE_LOG_PATH"),
	PLUGINS("defaults.lookup_plugins", "ANSIBLE_LOOKUP_PLUGINS"),
	WARNED("defaults.ansible_managed", NULL, "Ansible managed",
		"ansible_managed is 'Ansible managed' here"),
	WARNED("defaults.module_args", "ANSIBLE_MODULE_ARGS", "", "give them with -a"),
	DISPLAY("defaults.module_compression", NULL),
	HONOURED("defaults.module_name", NULL, SETTING_MODULE_NAME),
	HONOURED("defaults.library", "ANSIBLE_LIBRARY", SETTING_LIBRARY),
	DISPLAY("defaults.module_utils", "ANSIBLE_MODULE_UTILS"),
	DISPLAY("defaults.netconf_plugins", "ANSIBLE_NETCONF_PLUGINS"),
	HONOURED("defaults.no_log", "ANSIBLE_NO_LOG", SETTING_NO_LOG),
	DISPLAY("defaults.no_target_syslog", "ANSIBLE_NO_TARGET_SYSLOG"),
	REFUSED("defaults.null_representation", "ANSIBLE_NULL_REPRESENTATION", "",
		"use default(..., true) in the templates"),
	DISPLAY("defaults.poll_interval", "ANSIBLE_POLL_INTERVAL"),
	HONOURED("defaults.private_key_file", "ANSIBLE_PRIVATE_KEY_FILE", SETTING_PRIVATE_KEY),
	REFUSED("defaults.private_role_vars", "ANSIBLE_PRIVATE_ROLE_VARS", "no",
		"give the roles' variables names of their own"),
	HONOURED("defaults.remote_port", "ANSIBLE_REMOTE_PORT", SETTING_PORT),
	HONOURED("defaults.remote_user", "ANSIBLE_REMOTE_USER", SETTING_USER),
	HONOURED("defaults.roles_path", "ANSIBLE_ROLES_PATH", SETTING_ROLES_PATH),
	DISPLAY("selinux.special_context_filesystems", "ANSIBLE_SELINUX_SPECIAL_FS"),
	DISPLAY("defaults.stdout_callback", "ANSIBLE_STDOUT_CALLBACK"),
	HONOURED("defaults.strategy", "ANSIBLE_STRATEGY", SETTING_STRATEGY),
	DISPLAY("defaults.strategy_plugins", "ANSIBLE_STRATEGY_PLUGINS"),
	REFUSED("defaults.su", "ANSIBLE_SU", "no", "use become with sudo"),
	DISPLAY("defaults.syslog_facility", "ANSIBLE_SYSLOG_FACILITY"),
	DISPLAY("defaults.terminal_plugins", "ANSIBLE_TERMINAL_PLUGINS"),
	PLUGINS("defaults.test_plugins", "ANSIBLE_TEST_PLUGINS"),
	HONOURED("defaults.timeout", "ANSIBLE_TIMEOUT", SETTING_TIMEOUT),
	HONOURED("defaults.transport", "ANSIBLE_TRANSPORT", SETTING_CONNECTION),
	REFUSED("defaults.error_on_undefined_vars", "ANSIBLE_ERROR_ON_UNDEFINED_VARS", "yes",
		"give undefined variables a value with default()"),
	PLUGINS("defaults.vars_plugins", "ANSIBLE_VARS_PLUGINS"),
	HONOURED("defaults.vault_encrypt_identity", "ANSIBLE_VAULT_ENCRYPT_IDENTITY",
		SETTING_VAULT_ENCRYPT_IDENTITY),
	REFUSED("defaults.vault_identity", "ANSIBLE_VAULT_IDENTITY", "default",
		"name the id in vault_identity_list or with --vault-id"),
	HONOURED("defaults.vault_identity_list", "ANSIBLE_VAULT_IDENTITY_LIST",
		SETTING_VAULT_IDENTITY_LIST),
	REFUSED("defaults.vault_id_match", "ANSIBLE_VAULT_ID_MATCH", "no",
		"every vault password is tried"),
	HONOURED("defaults.vault_password_file", "ANSIBLE_VAULT_PASSWORD_FILE",
		SETTING_VAULT_PASSWORD_FILE),
	DISPLAY("defaults.verbosity", "ANSIBLE_VERBOSITY"),
	DISPLAY("defaults.deprecation_warnings", "ANSIBLE_DEPRECATION_WARNINGS"),
	DISPLAY("defaults.devel_warning", "ANSIBLE_DEVEL_WARNING"),
	HONOURED("diff.always", "ANSIBLE_DIFF_ALWAYS", SETTING_DIFF),
	DISPLAY("diff.context", "ANSIBLE_DIFF_CONTEXT"),
	DISPLAY("defaults.display_args_to_stdout", "ANSIBLE_DISPLAY_ARGS_TO_STDOUT"),
	DISPLAY("defaults.display_skipped_hosts", "ANSIBLE_DISPLAY_SKIPPED_HOSTS"),
	DISPLAY("defaults.docsite_root_url", NULL),
	DISPLAY("defaults.doc_fragment_plugins", "ANSIBLE_DOC_FRAGMENT_PLUGINS"),
	DISPLAY("defaults.duplicate_dict_key", "ANSIBLE_DUPLICATE_YAML_DICT_KEY"),
	REFUSED("defaults.enable_task_debugger", "ANSIBLE_ENABLE_TASK_DEBUGGER", "no",
		"run with -v"),
	REFUSED("defaults.error_on_missing_handler", "ANSIBLE_ERROR_ON_MISSING_HANDLER", "yes",
		"remove the notify of a handler that is not there"),
	REFUSED("defaults.facts_modules", "ANSIBLE_FACTS_MODULES",
		"smart|setup|ansible.builtin.setup|ansible.legacy.setup",
		"only setup gathers facts"),
	DISPLAY("galaxy.cache_dir", "ANSIBLE_GALAXY_CACHE_DIR"),
	DISPLAY("galaxy.collection_skeleton", "ANSIBLE_GALAXY_COLLECTION_SKELETON"),
	DISPLAY("galaxy.collection_skeleton_ignore", "ANSIBLE_GALAXY_COLLECTION_SKELETON_IGNORE"),
	DISPLAY("galaxy.disable_gpg_verify", "ANSIBLE_GALAXY_DISABLE_GPG_VERIFY"),
	DISPLAY("galaxy.display_progress", "ANSIBLE_GALAXY_DISPLAY_PROGRESS"),
	DISPLAY("galaxy.gpg_keyring", "ANSIBLE_GALAXY_GPG_KEYRING"),
	DISPLAY("galaxy.ignore_certs", "ANSIBLE_GALAXY_IGNORE"),
	DISPLAY("galaxy.ignore_signature_status_codes",
		"ANSIBLE_GALAXY_IGNORE_SIGNATURE_STATUS_CODES"),
	DISPLAY("galaxy.required_valid_signature_count",
		"ANSIBLE_GALAXY_REQUIRED_VALID_SIGNATURE_COUNT"),
	DISPLAY("galaxy.role_skeleton", "ANSIBLE_GALAXY_ROLE_SKELETON"),
	DISPLAY("galaxy.role_skeleton_ignore", "ANSIBLE_GALAXY_ROLE_SKELETON_IGNORE"),
	DISPLAY("galaxy.server", "ANSIBLE_GALAXY_SERVER"),
	DISPLAY("galaxy.server_list", "ANSIBLE_GALAXY_SERVER_LIST"),
	DISPLAY("galaxy.token_path", "ANSIBLE_GALAXY_TOKEN_PATH"),
	HONOURED("defaults.host_key_checking", "ANSIBLE_HOST_KEY_CHECKING",
		SETTING_HOST_KEY_CHECKING),
	REFUSED("inventory.host_pattern_mismatch", "ANSIBLE_HOST_PATTERN_MISMATCH",
		"warning|ignore",
		"a group that is not in the inventory is a warning, as long as a play has hosts"),
	WARNED("defaults.inject_facts_as_vars", "ANSIBLE_INJECT_FACT_VARS", "yes",
		"facts are variables named ansible_*, too"),
	WARNED("defaults.interpreter_python", "ANSIBLE_PYTHON_INTERPRETER",
		"auto|auto_silent|auto_legacy|auto_legacy_silent|/usr/bin/python3|python3",
		"modules need no Python, and pip uses its 'executable' or 'virtualenv'"),
	DISPLAY("defaults.invalid_task_attribute_failed", "ANSIBLE_INVALID_TASK_ATTRIBUTE_FAILED"),
	DISPLAY("inventory.any_unparsed_is_failed", "ANSIBLE_INVENTORY_ANY_UNPARSED_IS_FAILED"),
	DISPLAY("inventory.cache", "ANSIBLE_INVENTORY_CACHE"),
	DISPLAY("inventory.cache_plugin", "ANSIBLE_INVENTORY_CACHE_PLUGIN"),
	DISPLAY("inventory.cache_connection", "ANSIBLE_INVENTORY_CACHE_CONNECTION"),
	DISPLAY("inventory.cache_prefix", "ANSIBLE_INVENTORY_CACHE_PLUGIN_PREFIX"),
	DISPLAY("inventory.cache_timeout", "ANSIBLE_INVENTORY_CACHE_TIMEOUT"),
	WARNED("inventory.enable_plugins", "ANSIBLE_INVENTORY_ENABLED",
		"host_list,script,auto,yaml,ini,toml|host_list,script,auto,yaml,ini|"
		"host_list,virtualbox,yaml,constructed|host_list,script,yaml,ini,auto",
		"INI, YAML, JSON, scripts and lists of hosts are read, and no other plugin's "
		"files"),
	WARNED("inventory.export", "ANSIBLE_INVENTORY_EXPORT", "no",
		"use 'inventory --list --export'"),
	HONOURED("defaults.inventory_ignore_extensions,inventory.ignore_extensions",
		"ANSIBLE_INVENTORY_IGNORE", SETTING_INVENTORY_IGNORE_EXTENSIONS),
	HONOURED("defaults.inventory_ignore_patterns,inventory.ignore_patterns",
		"ANSIBLE_INVENTORY_IGNORE_REGEX", SETTING_INVENTORY_IGNORE_PATTERNS),
	DISPLAY("inventory.unparsed_is_failed", "ANSIBLE_INVENTORY_UNPARSED_FAILED"),
	DISPLAY("inventory.inventory_unparsed_warning", "ANSIBLE_INVENTORY_UNPARSED_WARNING"),
	DISPLAY("defaults.jinja2_native_warning", "ANSIBLE_JINJA2_NATIVE_WARNING"),
	DISPLAY("defaults.localhost_warning", "ANSIBLE_LOCALHOST_WARNING"),
	DISPLAY("defaults.max_diff_size", "ANSIBLE_MAX_DIFF_SIZE"),
	DISPLAY("defaults.module_ignore_exts", "ANSIBLE_MODULE_IGNORE_EXTS"),
	DISPLAY("netconf_connection.ssh_config", "ANSIBLE_NETCONF_SSH_CONFIG"),
	DISPLAY("defaults.network_group_modules", "ANSIBLE_NETWORK_GROUP_MODULES"),
	DISPLAY("defaults.old_plugin_cache_clear", "ANSIBLE_OLD_PLUGIN_CACHE_CLEAR"),
	DISPLAY("paramiko_connection.host_key_auto_add", "ANSIBLE_PARAMIKO_HOST_KEY_AUTO_ADD"),
	DISPLAY("paramiko_connection.look_for_keys", "ANSIBLE_PARAMIKO_LOOK_FOR_KEYS"),
	DISPLAY("persistent_connection.command_timeout", "ANSIBLE_PERSISTENT_COMMAND_TIMEOUT"),
	DISPLAY("persistent_connection.connect_retry_timeout",
		"ANSIBLE_PERSISTENT_CONNECT_RETRY_TIMEOUT"),
	DISPLAY("persistent_connection.connect_timeout", "ANSIBLE_PERSISTENT_CONNECT_TIMEOUT"),
	DISPLAY("persistent_connection.control_path_dir", "ANSIBLE_PERSISTENT_CONTROL_PATH_DIR"),
	HONOURED("defaults.playbook_dir", "ANSIBLE_PLAYBOOK_DIR", SETTING_PLAYBOOK_DIR),
	REFUSED("defaults.playbook_vars_root", "ANSIBLE_PLAYBOOK_VARS_ROOT", "top",
		"group_vars and host_vars are looked for beside the playbook"),
	REFUSED("defaults.plugin_filters_cfg", NULL, "", "no module can be forbidden here"),
	DISPLAY("defaults.python_module_rlimit_nofile", "ANSIBLE_PYTHON_MODULE_RLIMIT_NOFILE"),
	WARNED("defaults.retry_files_enabled", "ANSIBLE_RETRY_FILES_ENABLED", "no",
		"no list of the hosts that failed is written"),
	DISPLAY("defaults.retry_files_save_path", "ANSIBLE_RETRY_FILES_SAVE_PATH"),
	DISPLAY("defaults.run_vars_plugins", "ANSIBLE_RUN_VARS_PLUGINS"),
	DISPLAY("defaults.show_custom_stats", "ANSIBLE_SHOW_CUSTOM_STATS"),
	WARNED("defaults.string_conversion_action", "ANSIBLE_STRING_CONVERSION_ACTION",
		"warn|ignore", "values of parameters are converted to texts"),
	REFUSED("jinja2.dont_type_filters", "ANSIBLE_STRING_TYPE_FILTERS",
		"string,to_json,to_nice_json,to_yaml,to_nice_yaml,ppretty,json",
		"use the filter string where a text must stay one"),
	DISPLAY("defaults.system_warnings", "ANSIBLE_SYSTEM_WARNINGS"),
	HONOURED("tags.run", "ANSIBLE_RUN_TAGS", SETTING_TAGS),
	HONOURED("tags.skip", "ANSIBLE_SKIP_TAGS", SETTING_SKIP_TAGS),
	DISPLAY("defaults.task_debugger_ignore_errors", "ANSIBLE_TASK_DEBUGGER_IGNORE_ERRORS"),
	REFUSED("defaults.task_timeout", "ANSIBLE_TASK_TIMEOUT", "0",
		"write 'timeout' at the plays or tasks"),
	REFUSED("defaults.force_valid_group_names", "ANSIBLE_TRANSFORM_INVALID_GROUP_CHARS",
		"never|ignore", "rename the groups in the inventory"),
	DISPLAY("defaults.use_persistent_connections", "ANSIBLE_USE_PERSISTENT_CONNECTIONS"),
	DISPLAY("defaults.validate_action_group_metadata",
		"ANSIBLE_VALIDATE_ACTION_GROUP_METADATA"),
	REFUSED("defaults.vars_plugins_enabled", "ANSIBLE_VARS_ENABLED",
		"host_group_vars|ansible.builtin.host_group_vars",
		"put variables into group_vars and host_vars"),
	REFUSED("defaults.precedence", "ANSIBLE_PRECEDENCE",
		"all_inventory,groups_inventory,all_plugins_inventory,all_plugins_play,groups_"
		"plugins_inventory,groups_plugins_play",
		"variables have Ansible's usual precedence"),
	DISPLAY("defaults.verbose_to_stderr", "ANSIBLE_VERBOSE_TO_STDERR"),
	DISPLAY("defaults.win_async_startup_timeout", "ANSIBLE_WIN_ASYNC_STARTUP_TIMEOUT"),
	DISPLAY(NULL, "ANSIBLE_WORKER_SHUTDOWN_POLL_COUNT"),
	DISPLAY(NULL, "ANSIBLE_WORKER_SHUTDOWN_POLL_DELAY"),
	REFUSED("defaults.yaml_valid_extensions", "ANSIBLE_YAML_FILENAME_EXT", ".yml,.yaml,.json",
		"use .yml, .yaml or .json"),
	HONOURED("ssh_connection.ssh_args", "ANSIBLE_SSH_ARGS", SETTING_SSH_ARGS),
	HONOURED("ssh_connection.ssh_common_args", "ANSIBLE_SSH_COMMON_ARGS",
		SETTING_SSH_COMMON_ARGS),
	HONOURED("ssh_connection.ssh_extra_args", "ANSIBLE_SSH_EXTRA_ARGS", SETTING_SSH_EXTRA_ARGS),
	HONOURED("ssh_connection.host_key_checking", "ANSIBLE_SSH_HOST_KEY_CHECKING",
		SETTING_HOST_KEY_CHECKING),
	HONOURED("ssh_connection.timeout", "ANSIBLE_SSH_TIMEOUT", SETTING_TIMEOUT),
	HONOURED("sudo_become_plugin.executable", "ANSIBLE_SUDO_EXE", SETTING_BECOME_EXE),
	HONOURED("sudo_become_plugin.flags", "ANSIBLE_SUDO_FLAGS", SETTING_BECOME_FLAGS),
	HONOURED("sudo_become_plugin.user", "ANSIBLE_SUDO_USER", SETTING_BECOME_USER),
	REFUSED("sudo_become_plugin.password", "ANSIBLE_BECOME_PASS,ANSIBLE_SUDO_PASS", "",
		"give the password with --become-password-file, or in a vault"),
	REFUSED("ssh_connection.pkcs11_provider", "ANSIBLE_PKCS11_PROVIDER", "",
		"write ssh_args = -o PKCS11Provider=FILE"),
	REFUSED("paramiko_connection.proxy_command", "ANSIBLE_PARAMIKO_PROXY_COMMAND", "",
		"write ssh_args = -o ProxyCommand=..."),
	DISPLAY("ssh_connection.control_path", "ANSIBLE_SSH_CONTROL_PATH"),
	DISPLAY("ssh_connection.control_path_dir", "ANSIBLE_SSH_CONTROL_PATH_DIR"),
	DISPLAY("ssh_connection.pipelining", "ANSIBLE_SSH_PIPELINING"),
	WARNED("ssh_connection.retries,connection.retries", "ANSIBLE_SSH_RETRIES", "0",
		"a handshake that is cut off is tried again within 'timeout'"),
	DISPLAY("ssh_connection.scp_executable", "ANSIBLE_SCP_EXECUTABLE"),
	DISPLAY("ssh_connection.scp_extra_args", "ANSIBLE_SCP_EXTRA_ARGS"),
	DISPLAY("ssh_connection.scp_if_ssh", "ANSIBLE_SCP_IF_SSH"),
	DISPLAY("ssh_connection.sftp_batch_mode", "ANSIBLE_SFTP_BATCH_MODE"),
	DISPLAY("ssh_connection.sftp_executable", "ANSIBLE_SFTP_EXECUTABLE"),
	DISPLAY("ssh_connection.sftp_extra_args", "ANSIBLE_SFTP_EXTRA_ARGS"),
	WARNED("ssh_connection.ssh_executable", "ANSIBLE_SSH_EXECUTABLE", "ssh|/usr/bin/ssh",
		"where the ssh program is needed, it is the one in PATH"),
	DISPLAY("ssh_connection.transfer_method", "ANSIBLE_SSH_TRANSFER_METHOD"),
	DISPLAY("ssh_connection.sshpass_prompt", "ANSIBLE_SSHPASS_PROMPT"),
	DISPLAY("ssh_connection.usetty", "ANSIBLE_SSH_USETTY"),
	DISPLAY("defaults.admin_users", "ANSIBLE_ADMIN_USERS"),
	DISPLAY("defaults.async_dir", "ANSIBLE_ASYNC_DIR"),
	DISPLAY("defaults.common_remote_group", "ANSIBLE_COMMON_REMOTE_GROUP"),
	DISPLAY("defaults.remote_tmp", "ANSIBLE_REMOTE_TEMP,ANSIBLE_REMOTE_TMP"),
	DISPLAY("defaults.system_tmpdirs", "ANSIBLE_SYSTEM_TMPDIRS"),
	DISPLAY("defaults.allow_world_readable_tmpfiles",
		"ANSIBLE_SHELL_ALLOW_WORLD_READABLE_TEMP"),
	HONOURED("paramiko_connection.host_key_checking", "ANSIBLE_PARAMIKO_HOST_KEY_CHECKING",
		SETTING_HOST_KEY_CHECKING),
	HONOURED("paramiko_connection.remote_user", "ANSIBLE_PARAMIKO_REMOTE_USER", SETTING_USER),
	DISPLAY("paramiko_connection.banner_timeout", "ANSIBLE_PARAMIKO_BANNER_TIMEOUT"),
	DISPLAY("paramiko_connection.pty", "ANSIBLE_PARAMIKO_PTY"),
	DISPLAY("paramiko_connection.record_host_keys", "ANSIBLE_PARAMIKO_RECORD_HOST_KEYS"),
	DISPLAY("paramiko_connection.use_rsa_sha2_algorithms",
		"ANSIBLE_PARAMIKO_USE_RSA_SHA2_ALGORITHMS"),
	DISPLAY("defaults.check_mode_markers,defaults.display_failed_stderr,defaults.display_ok_"
		"hosts,defaults.show_per_host_start,defaults.show_task_path_on_failure,defaults."
		"callback_result_format,defaults.callback_format_pretty",
		"ANSIBLE_CHECK_MODE_MARKERS,ANSIBLE_DISPLAY_FAILED_STDERR,ANSIBLE_DISPLAY_OK_HOSTS,"
		"ANSIBLE_SHOW_PER_HOST_START,ANSIBLE_SHOW_TASK_PATH_ON_FAILURE,ANSIBLE_CALLBACK_"
		"RESULT_FORMAT,ANSIBLE_CALLBACK_FORMAT_PRETTY"),
};

const struct ansible_setting *ansible_settings(gsize *n)
{
	*n = G_N_ELEMENTS(rows);
	return rows;
}

const struct ansible_setting *ansible_setting_find(const char *section, const char *key)
{
	g_autofree char *low = g_ascii_strdown(key, -1);
	g_autofree char *wanted = g_strconcat(section, ".", low, NULL);

	for (gsize i = 0; i < G_N_ELEMENTS(rows); i++) {
		g_auto(GStrv) names = g_strsplit(rows[i].ini != NULL ? rows[i].ini : "", ",", -1);
		if (g_strv_contains((const char *const *)names, wanted)) {
			return &rows[i];
		}
	}
	return NULL;
}

char *ansible_setting_suggest(const char *section, const char *key)
{
	g_autoptr(GPtrArray) keys = g_ptr_array_new_with_free_func(g_free);
	g_autofree char *prefix = g_strconcat(section, ".", NULL);

	for (gsize i = 0; i < G_N_ELEMENTS(rows); i++) {
		g_auto(GStrv) names = g_strsplit(rows[i].ini != NULL ? rows[i].ini : "", ",", -1);
		for (char **name = names; *name != NULL; name++) {
			if (g_str_has_prefix(*name, prefix)) {
				g_ptr_array_add(keys, g_strdup(*name + strlen(prefix)));
			}
		}
	}
	return suggest_phrase(key, (const char *const *)keys->pdata, keys->len);
}

/* Without the blanks around commas, as Ansible reads a list. */
static char *compact(const char *text)
{
	GString *out = g_string_new(NULL);
	g_auto(GStrv) parts = g_strsplit_set(text, ",\n", -1);
	for (char **part = parts; *part != NULL; part++) {
		if (*g_strstrip(*part) != '\0') {
			g_string_append_printf(out, "%s%s", out->len > 0 ? "," : "", *part);
		}
	}
	return g_string_free(out, FALSE);
}

gboolean ansible_setting_is_fine(const struct ansible_setting *row, const char *text)
{
	g_autofree char *given = compact(text);
	g_auto(GStrv) fine = g_strsplit(row->fine, "|", -1);
	int truth = convert_word(given, TRUTH_ANSIBLE);

	for (char **one = fine; *one != NULL; one++) {
		if (g_ascii_strcasecmp(*one, given) == 0 ||
			(truth >= 0 && convert_word(*one, TRUTH_ANSIBLE) == truth)) {
			return TRUE;
		}
	}
	return *given == '\0';
}
