/* inventory: the resolved inventory. */
#include "cmd/command.h"

#include "cmd/project.h"

static gboolean print_names(const inventory *inv, const struct options *options, GError **error)
{
	g_autoptr(GPtrArray) hosts = inventory_match(inv, options->hosts, options->limit, error);
	if (hosts == NULL) {
		return FALSE;
	}
	GString *text = g_string_new(NULL);
	for (guint i = 0; i < hosts->len; i++) {
		g_string_append_printf(text, "%s\n", host_name(g_ptr_array_index(hosts, i)));
	}
	g_autofree char *all = g_string_free(text, FALSE);
	return project_print(all, error);
}

static gboolean run(const struct command *self, const struct options *options, char **arguments,
	exit_status *ret_status, GError **error)
{
	(void)self;
	(void)ret_status;
	(void)arguments;
	g_autoptr(inventory) inv = project_inventory(options, ".", error);
	if (inv == NULL) {
		return FALSE;
	}
	if (options->hosts != NULL) {
		return print_names(inv, options, error);
	}
	error_set(error, SUTLER_ERROR_USAGE, "give one of --list, --host HOST, --graph, --hosts PATTERN");
	return FALSE;
}

const struct command command_inventory = {
	.name = "inventory",
	.synopsis = "--list | --host HOST | --graph",
	.summary = "the resolved inventory",
	.option_groups = OPTIONS_INVENTORY | OPTIONS_CONNECT | OPTIONS_LISTING,
	.run = run,
};
