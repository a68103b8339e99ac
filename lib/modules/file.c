/* file: files, folders and links in a wanted state. */
#include "modules/module.h"

gboolean module_file_prepare(call *c, GError **error)
{
	const char *state = call_text(c, "state");
	gboolean link = g_strcmp0(state, "link") == 0 || g_strcmp0(state, "hard") == 0;
	if (link && !call_has(c, "src")) {
		call_error(c, error, "a link needs 'src', where it points");
		return FALSE;
	}
	if (call_flag(c, "recurse") && state != NULL && g_strcmp0(state, "directory") != 0) {
		call_error(c, error, "'recurse' needs 'state: directory'");
		return FALSE;
	}
	if (state == NULL && call_flag(c, "recurse")) {
		call_set_shell(c, "state", "directory");
	}
	return TRUE;
}
