/* raw: a text for the host's shell, as it is. */
#include "modules/command.h"

gboolean module_raw_prepare(call *c, GError **error)
{
	const char *text = NULL;
	if (!command_text(c, &text, error)) {
		return FALSE;
	}
	const char *executable = call_text(c, "executable");
	const char *words[] = { executable == NULL ? "/bin/sh" : executable, "-c", text, NULL };
	command_set_words(c, words);
	return TRUE;
}
