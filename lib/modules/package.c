/* package: packages, with whatever package manager the host has. */
#include "modules/module.h"

extern const char module_apt_script[];

static const struct parameter parameters[] = {
	{ "name", PARAMETER_LIST, PARAMETER_REQUIRED, NULL, NULL, "pkg", "packages" },
	{ "state", PARAMETER_TEXT, 0, "present", "present|absent|latest|installed|removed", NULL,
		"what they shall be" },
	{ "update_cache", PARAMETER_BOOL, 0, "no", NULL, "update-cache",
		"read the archives' lists first" },
	{ "cache_valid_time", PARAMETER_INT, 0, "0", NULL, NULL,
		"seconds the lists stay good (apt)" },
	{ "use", PARAMETER_TEXT, 0, "auto", "auto|apt|dnf|yum|apk|pacman|zypper", NULL,
		"package manager; auto: what the host has" },
	{ 0 },
};

static gboolean prepare(call *c, GError **error)
{
	const char *state = call_text(c, "state");
	value_list_foreach (call_value(c, "name"), item) {
		if (*value_string(item) == '-') {
			call_error(c, error, "'%s' is not a package name", value_string(item));
			return FALSE;
		}
	}
	/* What the script shares with apt and this module does not offer. */
	static const char *const absent[] = { "purge", "autoremove", "autoclean", "clean",
		"default_release", "only_upgrade", "upgrade", "deb", "force",
		"allow_unauthenticated", "allow_downgrade", "allow_change_held_packages",
		"fail_on_autoremove", "recommends" };
	for (gsize i = 0; i < G_N_ELEMENTS(absent); i++) {
		call_set_shell(c, absent[i], "");
	}
	call_set_shell(c, "lock_timeout", "60");
	call_set_shell(c, "update_cache_retries", "5");
	call_set_shell(c, "update_cache_retry_max_delay", "12");
	call_set_shell(c, "dpkg_words",
		"-o Dpkg::Options::=--force-confdef -o Dpkg::Options::=--force-confold");
	call_set_shell(c, "state",
		g_str_equal(state, "installed") ? "present"
		: g_str_equal(state, "removed") ? "absent"
						: state);
	return TRUE;
}

const struct module module_package = {
	.name = "package",
	.summary = "installs and removes packages with the host's package manager",
	.parameters = parameters,
	.script = module_apt_script,
	.function = "package",
	.prepare = prepare,
};
