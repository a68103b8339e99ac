/* The YAML and JSON form of inventories: groups with hosts, vars and children. */
#include "base/suggest.h"
#include "inventory/data.h"
#include "inventory/host-names.h"

#include <string.h>

enum { GROUPS_DEPTH_MAX = 64 };

static group *read_group(
	inventory *inv, const value *key, const value *content, guint depth, GError **error);

/* The name of a group or variable; Ansible refuses what is not a string, so do we. */
static const char *name_of(const value *key, const char *what, GError **error)
{
	if (value_is(key, VALUE_STRING) && value_string_length(key) > 0) {
		return value_string(key);
	}
	g_autofree char *shown = value_to_repr(key);
	error_set_at(error, SUTLER_ERROR_USAGE, value_position(key),
		"the name of a %s must be a string, not %s, put it in quotes", what, shown);
	return NULL;
}

static gboolean read_group_variables(inventory *inv, group *g, const value *vars, GError **error)
{
	value_dict_foreach (vars, key, item) {
		g_autofree char *name = value_to_string(key);
		if (!group_set_variable(inv, g, name, value_ref(item), error)) {
			return FALSE;
		}
	}
	return TRUE;
}

static gboolean read_children(
	inventory *inv, group *g, const value *children, guint depth, GError **error)
{
	value_dict_foreach (children, key, item) {
		group *child = read_group(inv, key, item, depth + 1, error);
		if (child == NULL) {
			return FALSE;
		}
		inventory_add_child(inv, g, child, value_position(key));
	}
	return TRUE;
}

static gboolean set_host_variables(
	inventory *inv, const GPtrArray *hosts, const value *variables, GError **error)
{
	for (guint i = 0; i < hosts->len; i++) {
		value_dict_foreach (variables, key, item) {
			g_autofree char *name = value_to_string(key);
			if (!host_set_variable(
				    inv, hosts->pdata[i], name, value_ref(item), error)) {
				return FALSE;
			}
		}
	}
	return TRUE;
}

static gboolean read_host(
	inventory *inv, group *g, const value *key, const value *variables, GError **error)
{
	const char *text = name_of(key, "host", error);
	gint64 port = -1;
	if (text == NULL) {
		return FALSE;
	}
	struct position at = value_position(key);
	g_autoptr(GPtrArray) names = host_names_expand(text, &port, at, error);
	if (names == NULL) {
		return FALSE;
	}
	if (value_truth(variables) && !value_is(variables, VALUE_DICT)) {
		error_set_at(error, SUTLER_ERROR_USAGE, value_position(variables),
			"the variables of host '%s' must be a mapping, not %s", text,
			value_type_name(variables));
		return FALSE;
	}
	g_autoptr(GPtrArray) hosts = g_ptr_array_new();
	for (guint i = 0; i < names->len; i++) {
		g_ptr_array_add(hosts, inventory_add_host(inv, names->pdata[i], g, port, at));
	}
	return !value_is(variables, VALUE_DICT) || set_host_variables(inv, hosts, variables, error);
}

static gboolean read_hosts(inventory *inv, group *g, const value *hosts, GError **error)
{
	value_dict_foreach (hosts, key, item) {
		if (!read_host(inv, g, key, item, error)) {
			return FALSE;
		}
	}
	return TRUE;
}

/* A section may be a mapping, nothing, or a single name. Caller unrefs. */
static value *section_of(const group *g, const char *name, const value *content, GError **error)
{
	if (value_is(content, VALUE_STRING)) {
		g_autoptr(value) section = value_new_dict();
		value *key = value_ref(content);
		value_dict_set_value(section, key, value_new_null());
		return g_steal_pointer(&section);
	}
	if (value_is(content, VALUE_DICT) || value_is(content, VALUE_NULL)) {
		return value_ref(content);
	}
	error_set_at(error, SUTLER_ERROR_USAGE, value_position(content),
		"'%s' of group '%s' must be a mapping, not %s: write each name with ':' after it",
		name, g->name, value_type_name(content));
	return NULL;
}

static gboolean read_section(inventory *inv, group *g, const value *key, const value *content,
	guint depth, GError **error)
{
	const char *name = value_is(key, VALUE_STRING) ? value_string(key) : "";
	gboolean vars = strcmp(name, "vars") == 0;
	gboolean hosts = strcmp(name, "hosts") == 0;
	if (!vars && !hosts && strcmp(name, "children") != 0) {
		static const char *const names[] = { "vars", "hosts", "children" };
		g_autofree char *shown = value_to_string(key);
		g_autofree char *hint = suggest_phrase(shown, names, G_N_ELEMENTS(names));
		error_set_at(error, SUTLER_ERROR_USAGE, value_position(key),
			"group '%s': '%s' means nothing here, only vars, children and hosts do%s",
			g->name, shown, hint);
		return FALSE;
	}
	g_autoptr(value) section = section_of(g, name, content, error);
	if (section == NULL) {
		return FALSE;
	}
	if (!value_is(section, VALUE_DICT)) {
		return TRUE;
	}
	if (vars) {
		return read_group_variables(inv, g, section, error);
	}
	return hosts ? read_hosts(inv, g, section, error)
		     : read_children(inv, g, section, depth, error);
}

static group *read_group(
	inventory *inv, const value *key, const value *content, guint depth, GError **error)
{
	const char *name = name_of(key, "group", error);
	if (name == NULL) {
		return NULL;
	}
	if (depth > GROUPS_DEPTH_MAX) {
		error_set_at(error, SUTLER_ERROR_LIMIT, value_position(key),
			"groups are nested more than %d deep", GROUPS_DEPTH_MAX);
		return NULL;
	}
	if (!value_is(content, VALUE_DICT) && !value_is(content, VALUE_NULL)) {
		error_set_at(error, SUTLER_ERROR_USAGE, value_position(content),
			"group '%s' must be a mapping of hosts, vars and children, not %s", name,
			value_type_name(content));
		return NULL;
	}
	group *g = inventory_add_group(inv, name, value_position(key));
	if (value_is(content, VALUE_DICT)) {
		value_dict_foreach (content, section, item) {
			if (!read_section(inv, g, section, item, depth, error)) {
				return NULL;
			}
		}
	}
	return g;
}

gboolean source_read_yaml(inventory *inv, const value *v, GError **error)
{
	if (!value_is(v, VALUE_DICT) || value_dict_length(v) == 0) {
		error_set_at(error, SUTLER_ERROR_USAGE, value_position(v),
			"a YAML inventory must be a mapping of groups");
		return FALSE;
	}
	const value *plugin = value_dict_get(v, "plugin");
	if (plugin != NULL && value_truth(plugin)) {
		g_autofree char *shown = value_to_string(plugin);
		error_set_at(error, SUTLER_ERROR_USAGE, value_position(plugin),
			"the inventory plugin '%s' is not supported, use a script or a URL that "
			"prints "
			"JSON",
			shown);
		return FALSE;
	}
	value_dict_foreach (v, key, item) {
		if (read_group(inv, key, item, 0, error) == NULL) {
			return FALSE;
		}
	}
	return TRUE;
}
