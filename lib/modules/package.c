/* package: packages, with whatever package manager the host has. */
#include "modules/apt.h"

extern const char module_apt_script[];

static const struct parameter parameters[] = {
	{ "name", PARAMETER_LIST, PARAMETER_REQUIRED, NULL, NULL, "pkg", "packages" },
	{ "state", PARAMETER_TEXT, 0, "present", "present|absent|latest|installed|removed", NULL,
		"the state to ensure" },
	{ "update_cache", PARAMETER_BOOL, 0, "no", NULL, "update-cache",
		"read the archives' lists first" },
	{ "cache_valid_time", PARAMETER_INT, 0, "0", NULL, NULL,
		"seconds the lists stay good (apt)" },
	{ "install_recommends", PARAMETER_BOOL, PARAMETER_HERE, NULL, NULL, "install-recommends",
		"with apt: also what they recommend" },
	{ "default_release", PARAMETER_TEXT, 0, NULL, NULL, "default-release",
		"with apt: release to prefer" },
	{ "dpkg_options", PARAMETER_TEXT, PARAMETER_HERE, "force-confdef,force-confold", NULL, NULL,
		"with apt: options for dpkg" },
	{ "purge", PARAMETER_BOOL, 0, "no", NULL, NULL, "with apt: also their configuration" },
	{ "autoremove", PARAMETER_BOOL, 0, "no", NULL, NULL,
		"with apt: remove dependencies nothing needs any more" },
	{ "only_upgrade", PARAMETER_BOOL, 0, "no", NULL, NULL,
		"with apt: install nothing that is not there" },
	{ "force", PARAMETER_BOOL, 0, "no", NULL, NULL, "with apt: --force-yes" },
	{ "allow_unauthenticated", PARAMETER_BOOL, 0, "no", NULL, "allow-unauthenticated",
		"with apt: also unsigned packages" },
	{ "allow_downgrade", PARAMETER_BOOL, 0, "no", NULL,
		"allow-downgrade|allow-downgrades|allow_downgrades",
		"with apt: also older versions" },
	{ "allow_change_held_packages", PARAMETER_BOOL, 0, "no", NULL, NULL,
		"with apt: also packages on hold" },
	{ "fail_on_autoremove", PARAMETER_BOOL, 0, "no", NULL, NULL,
		"with apt: refuse to remove anything" },
	{ "force_apt_get", PARAMETER_BOOL, PARAMETER_HERE, "no", NULL, NULL,
		"accepted: apt-get is always used" },
	{ "lock_timeout", PARAMETER_INT, 0, "60", NULL, NULL,
		"with apt: seconds to wait for another" },
	{ "update_cache_retries", PARAMETER_INT, 0, "5", NULL, NULL,
		"with apt: tries to read the lists" },
	{ "update_cache_retry_max_delay", PARAMETER_INT, 0, "12", NULL, NULL,
		"with apt: most seconds between tries" },
	{ "use", PARAMETER_TEXT, 0, "auto", "auto|apt|dnf|yum|apk|pacman|zypper", NULL,
		"package manager; auto: what the host has" },
	{ 0 },
};

static gboolean prepare(call *c, GError **error)
{
	const char *state = call_text(c, "state");
	/* What the script shares with apt and this module does not offer. */
	static const char *const absent[] = { "autoclean", "clean", "upgrade", "deb" };
	for (gsize i = 0; i < G_N_ELEMENTS(absent); i++) {
		call_set_shell(c, absent[i], "");
	}
	/* As in Ansible they are handed on to apt; other managers do not know them. */
	static const char *const of_apt[] = { "purge", "autoremove", "only_upgrade", "force",
		"allow_unauthenticated", "allow_downgrade", "allow_change_held_packages",
		"fail_on_autoremove" };
	const char *given = call_has(c, "install_recommends") ? "install_recommends"
			    : call_has(c, "default_release")  ? "default_release"
							      : "";
	for (gsize i = 0; i < G_N_ELEMENTS(of_apt); i++) {
		given = call_flag(c, of_apt[i]) ? of_apt[i] : given;
	}
	call_set_shell(c, "needs_apt", given);
	if (!apt_set_options(c, error)) {
		return FALSE;
	}
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
