/* inventory: the resolved inventory. */
#include "cmd/command.h"

#include "cmd/project.h"
#include "inventory/explain.h"
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

static const host *one_host(const inventory *inv, const char *name, GError **error)
{
	const host *h = inventory_host(inv, name);
	if (h != NULL) {
		return h;
	}
	/* A pattern may name one, too; its error names the nearest hosts. */
	g_autoptr(GPtrArray) hosts = inventory_match(inv, name, NULL, error);
	if (hosts != NULL && hosts->len == 1) {
		return hosts->pdata[0];
	}
	if (hosts != NULL) {
		error_set(
			error, SUTLER_ERROR_USAGE, "'%s' is not one host but %u", name, hosts->len);
	}
	return NULL;
}

static char *listing(
	const struct project *p, const struct options *options, char **arguments, GError **error)
{
	const inventory *inv = p->inventory;
	struct listing_style style = {
		.yaml = options->yaml,
		.export = options->export_only,
		.variables = options->vars,
		.extra = p->extra,
	};
	if (options->list) {
		return inventory_list_text(inv, &style, error);
	}
	if (options->graph) {
		return inventory_graph_text(
			inv, arguments[0] != NULL ? arguments[0] : "all", &style, error);
	}
	const host *h = one_host(inv, options->explain ? arguments[0] : options->host, error);
	if (h == NULL) {
		return NULL;
	}
	return options->explain ? inventory_explain_text(inv, h, p->extra, arguments[1], error)
				: inventory_host_text(inv, h, &style, error);
}

static gboolean run(const struct command *self, const struct options *options, char **arguments,
	exit_status *ret_status, GError **error)
{
	(void)self;
	(void)ret_status;
	int wanted = options->list + options->graph + (options->explain && arguments[0] != NULL) +
		     (options->host != NULL) + (options->hosts != NULL);
	if (wanted != 1) {
		error_set(error, SUTLER_ERROR_USAGE,
			"give one of --list, --host HOST, --graph [GROUP], --hosts PATTERN, "
			"--explain HOST [VAR]");
		return FALSE;
	}
	if (options->limit != NULL && options->hosts == NULL) {
		error_set(error, SUTLER_ERROR_USAGE, "--limit goes with --hosts alone");
		return FALSE;
	}
	struct project p = { 0 };
	gboolean ok = project_open(&p, options, options->playbook_folder, error);
	if (ok && options->hosts != NULL) {
		ok = print_names(p.inventory, options, error);
	} else if (ok) {
		g_autofree char *text = listing(&p, options, arguments, error);
		ok = text != NULL && project_print(text, error);
	}
	project_close(&p);
	return ok;
}

const struct command command_inventory = {
	.name = "inventory",
	.synopsis = "--list | --host HOST | --graph [GROUP] | --hosts PATTERN | --explain HOST "
		    "[VAR]",
	.summary = "shows the resolved inventory",
	.option_groups = OPTIONS_INVENTORY | OPTIONS_LISTING,
	.most = 2,
	.run = run,
};
