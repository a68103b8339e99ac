/* The JSON that inventory scripts print: groups with hosts, vars and children, and _meta. */
#include "inventory/data.h"
#include "inventory/host-names.h"

#include <string.h>

struct reading {
	inventory *inv;
	const char *name;
	GPtrArray *hosts; /* const char *, in order, each once */
	GHashTable *seen;
};

static gboolean refuse(
	const struct reading *reading, const char *group_name, const char *what, GError **error)
{
	error_set(error, SUTLER_ERROR_USAGE, "%s: group '%s': %s", reading->name, group_name, what);
	return FALSE;
}

static gboolean read_host(struct reading *reading, group *g, const value *item, GError **error)
{
	struct position at = value_position(item);
	if (!value_is(item, VALUE_STRING)) {
		return refuse(reading, g->name, "the names of hosts must be strings", error);
	}
	if (!host_name_check(value_string(item), at, error)) {
		g_prefix_error(error, "%s: group '%s': ", reading->name, g->name);
		return FALSE;
	}
	const host *h = inventory_add_host(reading->inv, value_string(item), g, -1, at);
	if (g_hash_table_add(reading->seen, (gpointer)h)) {
		g_ptr_array_add(reading->hosts, (gpointer)h->name);
	}
	return TRUE;
}

static gboolean read_hosts(struct reading *reading, group *g, const value *hosts, GError **error)
{
	if (!value_is(hosts, VALUE_LIST)) {
		return refuse(reading, g->name, "'hosts' must be a list", error);
	}
	value_list_foreach (hosts, item) {
		if (!read_host(reading, g, item, error)) {
			return FALSE;
		}
	}
	return TRUE;
}

static gboolean read_variables(struct reading *reading, group *g, const value *vars, GError **error)
{
	if (!value_is(vars, VALUE_DICT)) {
		return refuse(reading, g->name, "'vars' must be an object", error);
	}
	value_dict_foreach (vars, key, item) {
		if (!group_set_variable(
			    reading->inv, g, value_string(key), value_ref(item), error)) {
			return FALSE;
		}
	}
	return TRUE;
}

static gboolean read_children(
	struct reading *reading, group *g, const value *children, GError **error)
{
	if (!value_is(children, VALUE_LIST)) {
		return refuse(reading, g->name, "'children' must be a list", error);
	}
	value_list_foreach (children, item) {
		if (!value_is(item, VALUE_STRING) || value_string_length(item) == 0) {
			return refuse(
				reading, g->name, "the names of groups must be strings", error);
		}
		group *child =
			inventory_add_group(reading->inv, value_string(item), value_position(item));
		inventory_add_child(reading->inv, g, child, value_position(item));
	}
	return TRUE;
}

static gboolean read_group(
	struct reading *reading, const char *name, const value *content, GError **error)
{
	if (*name == '\0') {
		return refuse(reading, name, "a name must not be empty", error);
	}
	group *g = inventory_add_group(reading->inv, name, value_position(content));
	if (!value_is(content, VALUE_DICT)) {
		return read_hosts(reading, g, content, error);
	}
	const value *hosts = value_dict_get(content, "hosts");
	const value *vars = value_dict_get(content, "vars");
	const value *children = value_dict_get(content, "children");
	if (hosts == NULL && vars == NULL && children == NULL) {
		/* The short form: a host of this name, and its variables. */
		g_autoptr(value) self = value_new_string(name);
		return read_host(reading, g, self, error) &&
		       read_variables(reading, g, content, error);
	}
	return (hosts == NULL || read_hosts(reading, g, hosts, error)) &&
	       (vars == NULL || read_variables(reading, g, vars, error)) &&
	       (children == NULL || read_children(reading, g, children, error));
}

static gboolean set_host_variables(
	struct reading *reading, const char *host_name, const value *variables, GError **error)
{
	if (variables == NULL) {
		return TRUE;
	}
	if (!value_is(variables, VALUE_DICT)) {
		error_set(error, SUTLER_ERROR_USAGE,
			"%s: the variables of host '%s' must be an object, not %s", reading->name,
			host_name, value_type_name(variables));
		return FALSE;
	}
	host *h = g_hash_table_lookup(reading->inv->host_names, host_name);
	value_dict_foreach (variables, key, item) {
		if (!host_set_variable(
			    reading->inv, h, value_string(key), value_ref(item), error)) {
			return FALSE;
		}
	}
	return TRUE;
}

static gboolean read_all_host_variables(struct reading *reading, const value *by_host,
	source_host_function host_variables, gpointer data, GError **error)
{
	for (guint i = 0; i < reading->hosts->len; i++) {
		const char *name = reading->hosts->pdata[i];
		g_autoptr(value) variables = NULL;
		if (by_host != NULL) {
			const value *found = value_dict_get(by_host, name);
			variables = found != NULL ? value_ref(found) : NULL;
		} else if (host_variables != NULL) {
			variables = host_variables(data, name, error);
			if (variables == NULL) {
				return FALSE;
			}
		}
		if (!set_host_variables(reading, name, variables, error)) {
			return FALSE;
		}
	}
	return TRUE;
}

gboolean source_read_listing(inventory *inv, const value *v, const char *name,
	source_host_function host_variables, gpointer data, GError **error)
{
	if (!value_is(v, VALUE_DICT)) {
		error_set(error, SUTLER_ERROR_USAGE, "%s: must print a JSON object, not %s", name,
			value_type_name(v));
		return FALSE;
	}
	g_autoptr(GPtrArray) hosts = g_ptr_array_new();
	g_autoptr(GHashTable) seen = g_hash_table_new(NULL, NULL);
	struct reading reading = { inv, name, hosts, seen };
	const value *by_host = NULL;
	value_dict_foreach (v, key, item) {
		if (strcmp(value_string(key), "_meta") == 0) {
			if (!value_is(item, VALUE_DICT)) {
				error_set(error, SUTLER_ERROR_USAGE,
					"%s: '_meta' must be an object", name);
				return FALSE;
			}
			by_host = value_dict_get(item, "hostvars");
		} else if (!read_group(&reading, value_string(key), item, error)) {
			return FALSE;
		}
	}
	if (by_host != NULL && !value_is(by_host, VALUE_DICT)) {
		error_set(
			error, SUTLER_ERROR_USAGE, "%s: '_meta.hostvars' must be an object", name);
		return FALSE;
	}
	return read_all_host_variables(&reading, by_host, host_variables, data, error);
}
