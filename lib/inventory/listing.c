/* What `inventory --list`, `--host` and `--graph` print. */
#include "inventory/listing.h"

#include "base/suggest.h"
#include "inventory/data.h"
#include "inventory/variable-files.h"
#include "inventory/vault.h"
#include "value/json.h"
#include "value/yaml.h"

#include <string.h>

enum { GROUPS_MAX = 200000 };

/* Variables that Ansible makes itself, and does not list. */
static const char *const internal_names[] = { "ansible_config_file", "ansible_diff_mode",
	"ansible_facts", "ansible_forks", "ansible_inventory_sources", "ansible_limit",
	"ansible_playbook_python", "ansible_run_tags", "ansible_skip_tags", "ansible_verbosity",
	"ansible_version", "group_names", "groups", "inventory_dir", "inventory_file",
	"inventory_hostname", "inventory_hostname_short", "omit", "playbook_dir", NULL };

struct listing {
	const inventory *inv;
	const struct listing_style *style;
	GHashTable *seen; /* group or host * */
	GError **error;
	guint groups; /* written so far: those of many parents are written many times */
};

/* Whether something in v is not plain: ciphertext, or never a template. */
static gboolean is_flagged(const value *v)
{
	return vault_flags_inside(v, VALUE_VAULT | VALUE_UNSAFE);
}

/* As Ansible's JSON shows what is not plain: {"__ansible_vault": ...}. Caller unrefs. */
static value *to_json_value(const value *v)
{
	if (value_is(v, VALUE_STRING) && (value_flags(v) & (VALUE_VAULT | VALUE_UNSAFE)) != 0) {
		value *dict = value_new_dict();
		value_dict_set(dict,
			(value_flags(v) & VALUE_VAULT) != 0 ? "__ansible_vault"
							    : "__ansible_unsafe",
			value_new_string_length(value_string(v), value_string_length(v)));
		return dict;
	}
	if (value_is_sequence(v)) {
		value *list = value_new_list();
		value_list_foreach (v, item) {
			value_list_append(list, to_json_value(item));
		}
		return list;
	}
	if (value_is(v, VALUE_DICT)) {
		value *dict = value_new_dict();
		value_dict_foreach (v, key, item) {
			value_dict_set_value(dict, value_ref(key), to_json_value(item));
		}
		return dict;
	}
	return value_ref(v);
}

static value *shown(const struct listing *listing, const value *v)
{
	return listing->style->yaml || !is_flagged(v) ? value_ref(v) : to_json_value(v);
}

static gboolean has_internal_name(const value *raw)
{
	for (gsize i = 0; internal_names[i] != NULL; i++) {
		if (value_dict_get(raw, internal_names[i]) != NULL) {
			return TRUE;
		}
	}
	return FALSE;
}

/* The variables without the internal names, as they are written. Caller unrefs. */
static value *shown_variables(const struct listing *listing, const value *raw)
{
	/* YAML must not see one dict twice: it would write an alias. */
	if (!listing->style->yaml && !has_internal_name(raw) && !is_flagged(raw)) {
		return value_ref(raw);
	}
	value *dict = value_new_dict();
	value_dict_foreach (raw, key, item) {
		if (!value_is(key, VALUE_STRING) ||
			!g_strv_contains(internal_names, value_string(key))) {
			value_dict_set_value(dict, value_ref(key), shown(listing, item));
		}
	}
	return dict;
}

/* The variables of files beside the inventory for one name, over own. Caller unrefs. */
static value *own_variables(const struct listing *listing, const struct variables *own,
	const char *kind, const char *name)
{
	inventory *inv = (inventory *)listing->inv;
	g_autoptr(value) dict = value_new_dict();
	if (own->dict != NULL) {
		value_dict_update(dict, own->dict);
	}
	for (guint i = 0; i < inv->folders->len; i++) {
		const value *more = NULL;
		if (!variable_files_load(inv->files, inv->folders->pdata[i], kind, name, &more,
			    listing->error)) {
			return NULL;
		}
		if (more != NULL) {
			variables_update(dict, more);
		}
	}
	return g_steal_pointer(&dict);
}

static value *group_variables(const struct listing *listing, const group *g)
{
	g_autoptr(value) raw = own_variables(listing, &g->variables, "group_vars", g->name);
	if (raw == NULL) {
		return NULL;
	}
	if (g->priority != 1) {
		value_dict_set(raw, "ansible_group_priority", value_new_int(g->priority));
	}
	return shown_variables(listing, raw);
}

static value *host_variables(const struct listing *listing, const host *h)
{
	const value *extra = listing->style->extra;
	if (listing->style->export) {
		g_autoptr(value) own = own_variables(listing, &h->variables, "host_vars", h->name);
		return own != NULL ? shown_variables(listing, own) : NULL;
	}
	g_autoptr(value) raw = inventory_host_raw(listing->inv, h, listing->error);
	if (raw == NULL || extra == NULL) {
		return raw != NULL ? shown_variables(listing, raw) : NULL;
	}
	g_autoptr(value) all = value_new_dict();
	value_dict_update(all, raw);
	variables_update(all, extra);
	return shown_variables(listing, all);
}

static const group *child_at(const group *g, guint i)
{
	return g_array_index(g->children, struct edge, i).child;
}

/* JSON. */

static void set_unless_empty(value *dict, const char *key, value *item)
{
	if (value_truth(item)) {
		value_dict_set(dict, key, item);
	} else {
		value_unref(item);
	}
}

static gboolean add_json_group(struct listing *listing, const group *g, value *out)
{
	g_autoptr(value) entry = value_new_dict();
	if (strcmp(g->name, "all") != 0) {
		value *hosts = value_new_list();
		for (guint i = 0; i < g->hosts->len; i++) {
			value_list_append(
				hosts, value_new_string(((host *)g->hosts->pdata[i])->name));
		}
		set_unless_empty(entry, "hosts", hosts);
	}
	value *children = value_new_list();
	for (guint i = 0; i < g->children->len; i++) {
		value_list_append(children, value_new_string(child_at(g, i)->name));
	}
	set_unless_empty(entry, "children", children);
	if (listing->style->export) {
		value *variables = group_variables(listing, g);
		if (variables == NULL) {
			return FALSE;
		}
		set_unless_empty(entry, "vars", variables);
	}
	if (value_truth(entry)) {
		value_dict_set(out, g->name, g_steal_pointer(&entry));
	}
	for (guint i = 0; i < g->children->len; i++) {
		const group *child = child_at(g, i);
		if (g_hash_table_add(listing->seen, (gpointer)child) &&
			!add_json_group(listing, child, out)) {
			return FALSE;
		}
	}
	return TRUE;
}

static value *json_value(struct listing *listing)
{
	const group *all = inventory_group(listing->inv, "all");
	g_autoptr(value) out = value_new_dict();
	if (!add_json_group(listing, all, out)) {
		return NULL;
	}
	value *by_host = value_new_dict();
	value *meta = value_new_dict();
	value_dict_set(meta, "hostvars", by_host);
	value_dict_set(out, "_meta", meta);
	const GPtrArray *hosts = group_all_hosts(listing->inv, all);
	for (guint i = 0; i < hosts->len; i++) {
		const host *h = hosts->pdata[i];
		value *variables = host_variables(listing, h);
		if (variables == NULL) {
			return NULL;
		}
		set_unless_empty(by_host, h->name, variables);
	}
	return g_steal_pointer(&out);
}

/* Groups that each have two parents, in a chain, would be written without end. */
static gboolean count_group(struct listing *listing)
{
	if (++listing->groups <= GROUPS_MAX) {
		return TRUE;
	}
	error_set(listing->error, SUTLER_ERROR_LIMIT,
		"the tree of groups has more than %d places, use --list without --yaml",
		GROUPS_MAX);
	return FALSE;
}

/* YAML: hosts/vars/children, the variables of a host where it is met first. */
static value *yaml_group(struct listing *listing, const group *g)
{
	if (!count_group(listing)) {
		return NULL;
	}
	g_autoptr(value) entry = value_new_dict();
	value *children = value_new_dict();
	for (guint i = 0; i < g->children->len; i++) {
		value *child = yaml_group(listing, child_at(g, i));
		if (child == NULL) {
			value_unref(children);
			return NULL;
		}
		value_dict_set(children, child_at(g, i)->name, child);
	}
	set_unless_empty(entry, "children", children);
	g_autoptr(value) hosts = value_new_dict();
	for (guint i = 0; strcmp(g->name, "all") != 0 && i < g->hosts->len; i++) {
		const host *h = g->hosts->pdata[i];
		gboolean first = g_hash_table_add(listing->seen, (gpointer)h);
		value *variables = first ? host_variables(listing, h) : value_new_dict();
		if (variables == NULL) {
			return NULL;
		}
		value_dict_set(hosts, h->name, variables);
	}
	set_unless_empty(entry, "hosts", g_steal_pointer(&hosts));
	if (listing->style->export) {
		value *variables = group_variables(listing, g);
		if (variables == NULL) {
			return NULL;
		}
		set_unless_empty(entry, "vars", variables);
	}
	return g_steal_pointer(&entry);
}

value *inventory_list_value(const inventory *inv, const struct listing_style *style, GError **error)
{
	g_autoptr(GHashTable) seen = g_hash_table_new(NULL, NULL);
	struct listing listing = { inv, style, seen, error, 0 };
	if (!style->yaml) {
		return json_value(&listing);
	}
	value *all = yaml_group(&listing, inventory_group(inv, "all"));
	if (all == NULL) {
		return NULL;
	}
	value *out = value_new_dict();
	value_dict_set(out, "all", all);
	return out;
}

/* Keys that Python cannot sort leave the whole text unsorted, as in Ansible. */
static char *to_text(const value *v, const struct listing_style *style, GError **error)
{
	g_autofree char *text = NULL;
	if (style->yaml) {
		const struct yaml_style yaml = { .block = TRUE, .sort_keys = TRUE };
		return yaml_write(v, &yaml, error);
	}
	const struct json_style sorted = { .indent = 4, .sort_keys = TRUE, .utf8 = TRUE };
	const struct json_style unsorted = { .indent = 4, .utf8 = TRUE };
	text = json_write(v, &sorted, NULL);
	if (text == NULL) {
		text = json_write(v, &unsorted, error);
	}
	return text != NULL ? g_strconcat(text, "\n", NULL) : NULL;
}

char *inventory_list_text(const inventory *inv, const struct listing_style *style, GError **error)
{
	g_autoptr(value) v = inventory_list_value(inv, style, error);
	return v != NULL ? to_text(v, style, error) : NULL;
}

char *inventory_host_text(
	const inventory *inv, const host *h, const struct listing_style *style, GError **error)
{
	struct listing listing = { inv, style, NULL, error, 0 };
	g_autoptr(value) v = host_variables(&listing, h);
	return v != NULL ? to_text(v, style, error) : NULL;
}

/* The graph. */

static void append_line(GString *out, guint depth, const char *format, ...) G_GNUC_PRINTF(3, 4);

static void append_line(GString *out, guint depth, const char *format, ...)
{
	for (guint i = 0; i < depth; i++) {
		g_string_append(out, "  |");
	}
	if (depth > 0) {
		g_string_append(out, "--");
	}
	va_list arguments;
	va_start(arguments, format);
	g_string_append_vprintf(out, format, arguments);
	va_end(arguments);
	g_string_append_c(out, '\n');
}

static gint compare_keys(gconstpointer a, gconstpointer b)
{
	return strcmp(
		value_string(*(const value *const *)a), value_string(*(const value *const *)b));
}

/* Takes variables. */
static gboolean append_variables(
	struct listing *listing, GString *out, value *variables, guint depth)
{
	if (variables == NULL) {
		return FALSE;
	}
	g_autoptr(GPtrArray) keys = g_ptr_array_new();
	value_dict_foreach (variables, key, item) {
		if (value_is(key, VALUE_STRING)) {
			g_ptr_array_add(keys, key);
		}
		(void)item;
	}
	g_ptr_array_sort(keys, compare_keys);
	for (guint i = 0; i < keys->len; i++) {
		const value *raw = value_dict_get_value(variables, keys->pdata[i]);
		g_autoptr(value) open = vault_resolve(listing->inv->vault, raw, listing->error);
		if (open == NULL) {
			value_unref(variables);
			return FALSE;
		}
		g_autofree char *text = value_to_string(open);
		append_line(out, depth, "{%s = %s}", value_string(keys->pdata[i]), text);
	}
	value_unref(variables);
	return TRUE;
}

static gboolean append_group(struct listing *listing, GString *out, const group *g, guint depth)
{
	if (!count_group(listing)) {
		return FALSE;
	}
	append_line(out, depth, "@%s:", g->name);
	depth++;
	for (guint i = 0; i < g->children->len; i++) {
		if (!append_group(listing, out, child_at(g, i), depth)) {
			return FALSE;
		}
	}
	for (guint i = 0; strcmp(g->name, "all") != 0 && i < g->hosts->len; i++) {
		const host *h = g->hosts->pdata[i];
		append_line(out, depth, "%s", h->name);
		if (listing->style->variables &&
			!append_variables(listing, out, host_variables(listing, h), depth + 1)) {
			return FALSE;
		}
	}
	return !listing->style->variables ||
	       append_variables(listing, out, group_variables(listing, g), depth);
}

char *inventory_graph_text(
	const inventory *inv, const char *name, const struct listing_style *style, GError **error)
{
	const group *g = inventory_group(inv, name);
	if (g == NULL) {
		g_autofree char *hint = suggest_phrase_keys(name, inv->group_names);
		error_set(error, SUTLER_ERROR_USAGE, "no group '%s' to draw%s", name, hint);
		return NULL;
	}
	struct listing_style as_written = *style;
	as_written.yaml = TRUE; /* values as they are, not as JSON shows them */
	struct listing listing = { inv, &as_written, NULL, error, 0 };
	GString *out = g_string_new(NULL);
	gboolean well = append_group(&listing, out, g, 0);
	return g_string_free(out, !well);
}
