/* service: systemd's units, or the scripts in /etc/init.d where there is no systemd. */
#include "modules/systemd.h"

gboolean module_service_prepare(call *c, GError **error)
{
	if (!systemd_prepare(c, error)) {
		return FALSE;
	}
	/* As in Ansible they are handed on to systemd, where the host has it. */
	static const char *const of_systemd[] = { "daemon_reload", "daemon_reexec", "no_block",
		"force", "masked" };
	const char *given = "";
	for (gsize i = 0; i < G_N_ELEMENTS(of_systemd); i++) {
		given = call_flag(c, of_systemd[i]) ? of_systemd[i] : given;
	}
	call_set_shell(c, "needs_systemd", given);
	return TRUE;
}
