/* apt: packages of Debian and its descendants. */
#include "modules/apt.h"

#include <string.h>

extern const char module_apt_script[];

static const struct parameter parameters[] = {
	{ "name", PARAMETER_LIST, 0, NULL, NULL, "package|pkg",
		"packages: NAME, NAME=VERSION (may end in *), patterns" },
	{ "state", PARAMETER_TEXT, 0, "present",
		"present|absent|latest|fixed|build-dep|installed|removed", NULL,
		"the state to ensure" },
	{ "update_cache", PARAMETER_BOOL, 0, "no", NULL, "update-cache",
		"read the archives' lists first" },
	{ "cache_valid_time", PARAMETER_INT, 0, "0", NULL, NULL,
		"seconds the lists stay good; implies update_cache" },
	{ "update_cache_retries", PARAMETER_INT, 0, "5", NULL, NULL, "tries to read the lists" },
	{ "update_cache_retry_max_delay", PARAMETER_INT, 0, "12", NULL, NULL,
		"most seconds between tries" },
	{ "install_recommends", PARAMETER_BOOL, PARAMETER_HERE, NULL, NULL, "install-recommends",
		"also what they recommend; default: as apt is configured" },
	{ "purge", PARAMETER_BOOL, 0, "no", NULL, NULL, "with absent: also their configuration" },
	{ "autoremove", PARAMETER_BOOL, 0, "no", NULL, NULL,
		"remove dependencies nothing needs any more" },
	{ "autoclean", PARAMETER_BOOL, 0, "no", NULL, NULL,
		"drop downloaded packages that are no longer offered" },
	{ "clean", PARAMETER_BOOL, 0, "no", NULL, NULL, "drop all downloaded packages" },
	{ "default_release", PARAMETER_TEXT, 0, NULL, NULL, "default-release",
		"release to prefer, as 'bookworm-backports'" },
	{ "dpkg_options", PARAMETER_TEXT, PARAMETER_HERE, "force-confdef,force-confold", NULL, NULL,
		"options for dpkg, split at commas" },
	{ "only_upgrade", PARAMETER_BOOL, 0, "no", NULL, NULL,
		"install nothing that is not there" },
	{ "upgrade", PARAMETER_TEXT, 0, "no", "no|yes|safe|full|dist|False|True", NULL,
		"upgrade all packages" },
	{ "deb", PARAMETER_PATH, 0, NULL, NULL, NULL, "a .deb file on the host, or its URL" },
	{ "force", PARAMETER_BOOL, 0, "no", NULL, NULL, "--force-yes: also what breaks things" },
	{ "allow_unauthenticated", PARAMETER_BOOL, 0, "no", NULL, "allow-unauthenticated",
		"also unsigned packages" },
	{ "allow_downgrade", PARAMETER_BOOL, 0, "no", NULL,
		"allow-downgrade|allow-downgrades|allow_downgrades", "also older versions" },
	{ "allow_change_held_packages", PARAMETER_BOOL, 0, "no", NULL, NULL,
		"also packages on hold" },
	{ "fail_on_autoremove", PARAMETER_BOOL, 0, "no", NULL, NULL, "refuse to remove anything" },
	{ "force_apt_get", PARAMETER_BOOL, PARAMETER_HERE, "no", NULL, NULL,
		"accepted: apt-get is always used" },
	{ "policy_rc_d", PARAMETER_INT, PARAMETER_LACKING, NULL, NULL, NULL,
		"put /usr/sbin/policy-rc.d in place with 'copy', and remove it afterwards" },
	{ "lock_timeout", PARAMETER_INT, 0, "60", NULL, NULL, "seconds to wait for another apt" },
	{ 0 },
};

/* Options for dpkg as words for apt-get. */
static void set_dpkg_options(call *c)
{
	GString *words = g_string_new(NULL);
	const char *text = call_text(c, "dpkg_options");
	g_auto(GStrv) options = g_strsplit(text == NULL ? "" : text, ",", -1);
	for (char **option = options; *option != NULL; option++) {
		g_strstrip(*option);
		if (**option == '\0') {
			continue;
		}
		g_string_append_printf(words, "-o Dpkg::Options::=--%s ", *option);
	}
	call_set_shell(c, "dpkg_words", words->str);
	g_string_free(words, TRUE);
}

static gboolean check_words(const call *c, GError **error)
{
	const char *options = call_text(c, "dpkg_options");
	if (options != NULL && strpbrk(options, "'\"$`\\;&|<>()*?[]{}~#! \t\n") != NULL) {
		call_error(c, error,
			"'dpkg_options' contains something that is not an option: '%s'", options);
		return FALSE;
	}
	const value *names = call_value(c, "name");
	if (names == NULL) {
		return TRUE;
	}
	value_list_foreach (names, item) {
		if (*value_string(item) == '-') {
			call_error(c, error, "'%s' is not a package name", value_string(item));
			return FALSE;
		}
	}
	return TRUE;
}

gboolean apt_set_options(call *c, GError **error)
{
	if (!check_words(c, error)) {
		return FALSE;
	}
	call_set_shell(c, "recommends",
		!call_has(c, "install_recommends")   ? ""
		: call_flag(c, "install_recommends") ? "-o APT::Install-Recommends=yes"
						     : "-o APT::Install-Recommends=no");
	set_dpkg_options(c);
	return TRUE;
}

static gboolean prepare(call *c, GError **error)
{
	const char *state = call_text(c, "state");
	const char *upgrade = call_text(c, "upgrade");
	gboolean upgrades = !g_str_equal(upgrade, "no") && !g_str_equal(upgrade, "False");
	if (!apt_set_options(c, error)) {
		return FALSE;
	}
	if (!call_has(c, "name") && !call_has(c, "deb") && !upgrades &&
		!call_flag(c, "update_cache") && call_int(c, "cache_valid_time", 0) == 0 &&
		!call_flag(c, "autoremove") && !call_flag(c, "autoclean") &&
		!call_flag(c, "clean")) {
		call_error(
			c, error, "nothing to do: give 'name', 'deb', 'upgrade' or 'update_cache'");
		return FALSE;
	}
	call_set_shell(c, "state",
		g_str_equal(state, "installed") ? "present"
		: g_str_equal(state, "removed") ? "absent"
						: state);
	call_set_shell(c, "upgrade",
		!upgrades                                                      ? ""
		: g_str_equal(upgrade, "dist") || g_str_equal(upgrade, "full") ? "dist-upgrade"
									       : "upgrade");
	return TRUE;
}

const struct module module_apt = {
	.name = "apt",
	.summary = "installs, upgrades and removes Debian packages",
	.parameters = parameters,
	.script = module_apt_script,
	.prepare = prepare,
};
