/* user: users on the host. */
#include "modules/module.h"

#include <string.h>

gboolean module_user_prepare(call *c, GError **error)
{
	const char *name = call_text(c, "name");
	const char *password = call_text(c, "password");
	if (*name == '\0' || *name == '-' || strpbrk(name, ":\n/ ") != NULL) {
		call_error(c, error, "'%s' is not a user name", name);
		return FALSE;
	}
	if (password != NULL && strpbrk(password, ":\n") != NULL) {
		call_error(c, error, "'password' must be encrypted: use the filter password_hash");
		return FALSE;
	}
	call_set_shell(c, "groups_given", call_has(c, "groups") ? "1" : "");
	call_set_shell(c, "comment_given", call_has(c, "comment") ? "1" : "");
	call_set_shell(c, "lock",
		!call_has(c, "password_lock")   ? ""
		: call_flag(c, "password_lock") ? "yes"
						: "no");
	if (call_has(c, "expires")) {
		double seconds = value_float(call_value(c, "expires"));
		g_autofree char *days =
			g_strdup_printf("%d", seconds < 0 ? -1 : (int)(seconds / 86400));
		call_set_shell(c, "expires", days);
	} else {
		call_set_shell(c, "expires", "");
	}
	return TRUE;
}

void module_user_finish(call *c, result *r)
{
	if (call_has(c, "password")) {
		result_set_text(r, "password", "NOT_LOGGING_PASSWORD");
	}
}
