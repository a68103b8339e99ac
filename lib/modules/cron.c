/* cron: lines of a user's crontab. */
#include "modules/module.h"

#include <string.h>

static char *times(const call *c)
{
	const char *special = call_text(c, "special_time");
	if (special != NULL) {
		return g_strconcat("@", special, NULL);
	}
	return g_strjoin(" ", call_text(c, "minute"), call_text(c, "hour"), call_text(c, "day"),
		call_text(c, "month"), call_text(c, "weekday"), NULL);
}

gboolean module_cron_prepare(call *c, GError **error)
{
	const char *job = call_text(c, "job");
	const char *name = call_text(c, "name");
	const char *file = call_text(c, "cron_file");
	const char *user = call_text(c, "user");
	gboolean present = g_str_equal(call_text(c, "state"), "present");
	if (strchr(name, '\n') != NULL || (job != NULL && strchr(job, '\n') != NULL)) {
		call_error(c, error, "'name' and 'job' must be one line each");
		return FALSE;
	}
	if (file != NULL && user == NULL && present && !call_flag(c, "env")) {
		call_error(c, error, "'cron_file' needs 'user', who runs the job");
		return FALSE;
	}
	g_autofree char *when = times(c);
	g_autofree char *line =
		job == NULL ? g_strdup("")
		: call_flag(c, "env")
			? g_strdup_printf("%s=\"%s\"", name, job)
			: g_strdup_printf("%s%s %s%s%s", call_flag(c, "disabled") ? "#" : "", when,
				  file != NULL ? user : "", file != NULL ? " " : "", job);
	g_autofree char *path = file == NULL ? g_strdup("")
				: g_path_is_absolute(file)
					? g_strdup(file)
					: g_strconcat("/etc/cron.d/", file, NULL);
	call_set_shell(c, "line", line);
	call_set_shell(c, "file", path);
	return TRUE;
}
