/* apt: packages of Debian and its descendants. */
#include "modules/apt.h"

#include <string.h>

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

gboolean module_apt_prepare(call *c, GError **error)
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
