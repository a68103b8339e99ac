/* cron: lines of a user's crontab. */
#include "modules/module.h"

#include <string.h>

extern const char module_cron_script[];

static const struct parameter parameters[] = {
	{ "name", PARAMETER_TEXT, PARAMETER_REQUIRED, NULL, NULL, NULL,
		"what the job is known by" },
	{ "job", PARAMETER_TEXT, 0, NULL, NULL, "value", "the command; with env, the value" },
	{ "state", PARAMETER_TEXT, 0, "present", "present|absent", NULL,
		"whether it should exist" },
	{ "minute", PARAMETER_TEXT, PARAMETER_HERE, "*", NULL, NULL, "0-59, *, */2" },
	{ "hour", PARAMETER_TEXT, PARAMETER_HERE, "*", NULL, NULL, "0-23" },
	{ "day", PARAMETER_TEXT, PARAMETER_HERE, "*", NULL, "dom", "1-31" },
	{ "month", PARAMETER_TEXT, PARAMETER_HERE, "*", NULL, NULL, "1-12" },
	{ "weekday", PARAMETER_TEXT, PARAMETER_HERE, "*", NULL, "dow", "0-6, Sunday is 0" },
	{ "special_time", PARAMETER_TEXT, PARAMETER_HERE, NULL,
		"annually|daily|hourly|monthly|reboot|weekly|yearly", NULL,
		"instead of the times" },
	{ "user", PARAMETER_TEXT, 0, NULL, NULL, NULL,
		"whose crontab; in a cron_file who runs it" },
	{ "cron_file", PARAMETER_TEXT, PARAMETER_HERE, NULL, NULL, NULL,
		"a file in /etc/cron.d instead" },
	{ "disabled", PARAMETER_BOOL, PARAMETER_HERE, "no", NULL, NULL,
		"there, but commented out" },
	{ "insertafter", PARAMETER_TEXT, PARAMETER_LACKING, NULL, NULL, NULL,
		"remove it, variables go before all jobs" },
	{ "insertbefore", PARAMETER_TEXT, PARAMETER_LACKING, NULL, NULL, NULL,
		"remove it, variables go before all jobs" },
	{ "backup", PARAMETER_BOOL, PARAMETER_LACKING, "no", NULL, NULL,
		"save the output of 'crontab -l' before it" },
	{ "env", PARAMETER_BOOL, 0, "no", NULL, NULL, "a variable, not a job" },
	{ 0 },
};

static char *times(const call *c)
{
	const char *special = call_text(c, "special_time");
	if (special != NULL) {
		return g_strconcat("@", special, NULL);
	}
	return g_strjoin(" ", call_text(c, "minute"), call_text(c, "hour"), call_text(c, "day"),
		call_text(c, "month"), call_text(c, "weekday"), NULL);
}

static gboolean prepare(call *c, GError **error)
{
	const char *job = call_text(c, "job");
	const char *name = call_text(c, "name");
	const char *file = call_text(c, "cron_file");
	const char *user = call_text(c, "user");
	gboolean present = g_str_equal(call_text(c, "state"), "present");
	if (present && job == NULL) {
		call_error(c, error, "'state: present' needs 'job'");
		return FALSE;
	}
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

const struct module module_cron = {
	.name = "cron",
	.summary = "manages the jobs and variables of a crontab",
	.parameters = parameters,
	.script = module_cron_script,
	.prepare = prepare,
};
