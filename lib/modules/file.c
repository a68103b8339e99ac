/* file: files, folders and links in a wanted state. */
#include "modules/module.h"

extern const char module_file_script[];

static const struct parameter parameters[] = {
	{ "path", PARAMETER_PATH, PARAMETER_REQUIRED, NULL, NULL, "dest|name", "path to manage" },
	{ "state", PARAMETER_TEXT, 0, NULL, "file|directory|link|hard|touch|absent", NULL,
		"the state to ensure (default: file, or directory with recurse)" },
	{ "src", PARAMETER_PATH, 0, NULL, NULL, NULL, "where a link points" },
	{ "recurse", PARAMETER_BOOL, 0, "no", NULL, NULL,
		"mode and owner also of all in a folder" },
	{ "force", PARAMETER_BOOL, 0, "no", NULL, NULL, "replace what is in the way of a link" },
	{ "follow", PARAMETER_BOOL, 0, "yes", NULL, NULL, "act on where a symbolic link points" },
	{ "access_time_format", PARAMETER_TEXT, PARAMETER_LACKING, "%Y%m%d%H%M.%S", NULL, NULL,
		"remove it and write the time as '%Y%m%d%H%M.%S'" },
	{ "modification_time_format", PARAMETER_TEXT, PARAMETER_LACKING, "%Y%m%d%H%M.%S", NULL,
		NULL, "remove it and write the time as '%Y%m%d%H%M.%S'" },
	{ "access_time", PARAMETER_TEXT, 0, NULL, NULL, NULL, "with touch: 'preserve' keeps it" },
	{ "modification_time", PARAMETER_TEXT, 0, NULL, NULL, NULL,
		"with touch: 'preserve' keeps it" },
	{ 0 },
};

static gboolean prepare(call *c, GError **error)
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

const struct module module_file = {
	.name = "file",
	.summary = "manages files, folders and links, and their mode and owner",
	.parameters = parameters,
	.flags = MODULE_ATTRIBUTES,
	.script = module_file_script,
	.prepare = prepare,
};
