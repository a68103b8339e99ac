/* Executable inventories: run with --list, and with --host for each host when there is no _meta. */
#include "base/program.h"
#include "inventory/data.h"
#include "inventory/variable-files.h"

#include <string.h>

enum { SCRIPT_SECONDS = 120 };
static const gsize SCRIPT_OUTPUT_MAX = 64 * 1024 * 1024;

static gboolean run(const char *path, const char *option, const char *argument,
	struct program_result *result, GError **error)
{
	const char *argv[] = { path, option, argument, NULL };
	if (!program_run(
		    argv, SCRIPT_OUTPUT_MAX, deadline_in(SCRIPT_SECONDS), NULL, result, error)) {
		return FALSE;
	}
	if (result->status != 0) {
		error_set(error, SUTLER_ERROR_USAGE,
			"inventory script '%s' failed with status %d%s%s", path, result->status,
			*result->errors != '\0' ? ": " : "", g_strchomp(result->errors));
		program_result_clear(result);
		return FALSE;
	}
	return TRUE;
}

static value *run_host(gpointer data, const char *host_name, GError **error)
{
	const char *path = data;
	struct program_result result;
	if (!run(path, "--host", host_name, &result, error)) {
		return NULL;
	}
	value *v = NULL;
	if (strspn(result.output, " \t\r\n") == result.length) {
		v = value_new_dict();
	} else {
		v = variable_json_parse(result.output, result.length, path, error);
	}
	program_result_clear(&result);
	return v;
}

gboolean source_read_script(inventory *inv, const char *path, GError **error)
{
	struct program_result result;
	g_autofree char *program =
		strchr(path, '/') != NULL ? g_strdup(path) : g_build_filename(".", path, NULL);
	if (!run(program, "--list", NULL, &result, error)) {
		return FALSE;
	}
	g_autoptr(value) v = variable_json_parse(result.output, result.length, path, error);
	program_result_clear(&result);
	return v != NULL && source_read_listing(inv, v, path, run_host, program, error);
}
