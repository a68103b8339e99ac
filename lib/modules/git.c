/* git: a checkout on the host, from a repository the host can reach. */
#include "modules/module.h"

gboolean module_git_prepare(call *c, GError **error)
{
	static const char *const names[] = { "repo", "version", "remote", "refspec" };
	for (gsize i = 0; i < G_N_ELEMENTS(names); i++) {
		const char *text = call_text(c, names[i]);
		if (text != NULL && *text == '-') {
			call_error(c, error, "'%s' must not begin with '-': '%s'", names[i], text);
			return FALSE;
		}
	}
	if (!call_flag(c, "update") && !call_flag(c, "clone") && *call_text(c, "repo") == '\0') {
		call_error(c, error, "'repo' is empty");
		return FALSE;
	}
	return TRUE;
}
