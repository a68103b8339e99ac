/* "-i web1,web2:2222,": a list of hosts as an inventory. */
#include "inventory/data.h"
#include "inventory/host-names.h"

#include <string.h>

static gboolean read_one(inventory *inv, const char *text, group *ungrouped, GError **error)
{
	struct position at = POSITION_NONE;
	gint64 port = -1;
	g_autofree char *name = host_name_split(text, &port);
	if (strchr(name, '[') != NULL) {
		/* A list has no ranges: such a text is a name as it stands, whatever it is worth.
		 */
		g_free(name);
		name = g_strdup(text);
		port = -1;
	}
	if ((port != -1 && !host_port_check(port, text, at, error)) ||
		!host_name_check(name, at, error)) {
		return FALSE;
	}
	if (!g_hash_table_contains(inv->host_names, name)) {
		inventory_add_host(inv, name, ungrouped, port, at);
	}
	return TRUE;
}

gboolean source_read_list(inventory *inv, const char *list, GError **error)
{
	group *ungrouped = g_hash_table_lookup(inv->group_names, "ungrouped");
	g_auto(GStrv) names = g_strsplit(list, ",", -1);
	for (gsize i = 0; names[i] != NULL; i++) {
		char *name = g_strstrip(names[i]);
		if (*name != '\0' && !read_one(inv, name, ungrouped, error)) {
			g_prefix_error(error, "inventory '%s': ", list);
			return FALSE;
		}
	}
	return TRUE;
}
