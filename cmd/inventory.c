/* inventory: the resolved inventory. */
#include "cmd/command.h"

#include "cmd/project.h"
#include "inventory/listing.h"

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

static char *listing(const inventory *inv, const struct options *options, const char *root,
	GError **error)
{
	struct listing_style style = {
		.yaml = options->yaml,
		.export = options->export_only,
		.variables = options->vars,
	};
	if (options->list) {
		return inventory_list_text(inv, &style, error);
	}
	if (options->graph) {
		return inventory_graph_text(inv, root != NULL ? root : "all", &style, error);
	}
	const host *h = inventory_host(inv, options->host);
	if (h == NULL) {
		/* The pattern's error names the nearest hosts. */
		g_autoptr(GPtrArray) hosts = inventory_match(inv, options->host, NULL, error);
		if (hosts != NULL) {
			error_set(error, SUTLER_ERROR_USAGE, "'%s' is not one host", options->host);
		}
		return NULL;
	}
	return inventory_host_text(inv, h, &style, error);
}

static gboolean run(const struct command *self, const struct options *options, char **arguments,
	exit_status *ret_status, GError **error)
{
	(void)self;
	(void)ret_status;
	int wanted = options->list + options->graph + (options->host != NULL) + (options->hosts != NULL);
	if (wanted != 1) {
		error_set(error, SUTLER_ERROR_USAGE,
			"give one of --list, --host HOST, --graph [GROUP], --hosts PATTERN");
		return FALSE;
	}
	g_autoptr(inventory) inv = project_inventory(options, ".", error);
	if (inv == NULL) {
		return FALSE;
	}
	if (options->hosts != NULL) {
		return print_names(inv, options, error);
	}
	g_autofree char *text = listing(inv, options, arguments[0], error);
	return text != NULL && project_print(text, error);
}

const struct command command_inventory = {
	.name = "inventory",
	.synopsis = "--list | --host HOST | --graph [GROUP] | --hosts PATTERN",
	.summary = "the resolved inventory",
	.option_groups = OPTIONS_INVENTORY | OPTIONS_LISTING,
	.most = 1,
	.run = run,
};
