/* package: packages, with whatever package manager the host has. */
#include "modules/apt.h"

gboolean module_package_prepare(call *c, GError **error)
{
	const char *state = call_text(c, "state");
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
