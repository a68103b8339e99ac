/* Groups, hosts and edges: filling an inventory, and setting it straight after the last source. */
#include "inventory/data.h"

#include "value/secrets.h"

#include <string.h>

enum { GROUP_DEPTH_MAX = 500 };

static value *shared_key(inventory *inv, const char *name)
{
	value *key = g_hash_table_lookup(inv->keys, name);
	if (key == NULL) {
		key = value_freeze(value_new_string(name));
		g_hash_table_insert(inv->keys, (gpointer)value_string(key), key);
	}
	return value_ref(key);
}

void inventory_warn(inventory *inv, struct position at, const char *format, ...)
{
	if (inv->warnings == NULL) {
		return;
	}
	va_list arguments;
	va_start(arguments, format);
	g_autofree char *prefix = position_prefix(at);
	g_autofree char *text = g_strdup_vprintf(format, arguments);
	va_end(arguments);
	g_ptr_array_add(inv->warnings, g_strconcat(prefix, text, NULL));
}

group *inventory_add_group(inventory *inv, const char *name, struct position at)
{
	group *g = g_hash_table_lookup(inv->group_names, name);
	if (g != NULL) {
		return g;
	}
	g = g_new0(group, 1);
	g->name = g_string_chunk_insert(inv->texts, name);
	g->index = inv->groups->len;
	g->priority = 1;
	g->hosts = g_ptr_array_new();
	g->children = g_array_new(FALSE, FALSE, sizeof(struct edge));
	g->parents = g_ptr_array_new();
	g->at = at;
	g_ptr_array_add(inv->groups, g);
	g_hash_table_insert(inv->group_names, (gpointer)g->name, g);
	return g;
}

static gboolean host_is_in(const host *h, const group *g)
{
	for (guint32 i = 0; i < h->n_groups; i++) {
		if (h->groups[i] == g) {
			return TRUE;
		}
	}
	return FALSE;
}

void group_add_host(group *g, host *h)
{
	if (host_is_in(h, g)) {
		return;
	}
	h->groups = g_renew(group *, h->groups, h->n_groups + 1);
	h->groups[h->n_groups++] = g;
	g_ptr_array_add(g->hosts, h);
}

static gboolean is_local_name(const char *name)
{
	return strcmp(name, "localhost") == 0 || strcmp(name, "127.0.0.1") == 0 ||
	       strcmp(name, "::1") == 0;
}

static host *unlisted_new(const char *name)
{
	host *h = g_new0(host, 1);
	h->name = g_intern_string(name);
	h->index = G_MAXUINT32;
	h->variables.dict = value_new_dict();
	return h;
}

host *inventory_unlisted_host(const inventory *const_inv, const char *name)
{
	inventory *inv = (inventory *)const_inv;
	g_rec_mutex_lock(&inv->lock);
	host *h = g_hash_table_lookup(inv->unlisted, name);
	if (h == NULL) {
		h = unlisted_new(name);
		g_hash_table_insert(inv->unlisted, (gpointer)h->name, h);
	}
	g_rec_mutex_unlock(&inv->lock);
	return h;
}

host *inventory_local_host(const inventory *const_inv, const char *name)
{
	inventory *inv = (inventory *)const_inv;
	if (!is_local_name(name)) {
		return NULL;
	}
	if (inv->localhost != NULL) {
		return inv->localhost;
	}
	g_rec_mutex_lock(&inv->lock);
	if (inv->implicit == NULL) {
		host *h = unlisted_new(name);
		value_dict_set(h->variables.dict, "ansible_connection", value_new_string("local"));
		value_dict_set(h->variables.dict, "ansible_python_interpreter",
			value_new_string("/usr/bin/python3"));
		inv->implicit = h;
	}
	g_rec_mutex_unlock(&inv->lock);
	return inv->implicit;
}

static host *new_host(inventory *inv, const char *name, struct position at)
{
	host *h = g_new0(host, 1);
	h->name = g_string_chunk_insert(inv->texts, name);
	h->index = inv->hosts->len;
	h->source = inv->sources->len > 0 ? inv->sources->len - 1 : 0;
	h->at = at;
	g_ptr_array_add(inv->hosts, h);
	g_hash_table_insert(inv->host_names, (gpointer)h->name, h);
	if (inv->localhost == NULL && is_local_name(name)) {
		inv->localhost = h;
	}
	return h;
}

host *inventory_add_host(
	inventory *inv, const char *name, group *g, gint64 port, struct position at)
{
	host *h = g_hash_table_lookup(inv->host_names, name);
	if (h == NULL) {
		h = new_host(inv, name, at);
		if (port > 0) {
			value *number = value_new_int(port);
			value_set_position(number, at);
			(void)host_set_variable(inv, h, "ansible_port", number, NULL);
		}
	}
	if (g != NULL) {
		group_add_host(g, h);
	}
	return h;
}

void inventory_add_child(inventory *inv, group *parent, group *child, struct position at)
{
	for (guint i = 0; i < child->parents->len; i++) {
		if (child->parents->pdata[i] == parent) {
			return;
		}
	}
	struct edge edge = { child, at, inv->edges++ };
	g_array_append_val(parent->children, edge);
	g_ptr_array_add(child->parents, parent);
}

/* What a whole encrypted file holds is secret. Takes item. */
static value *as_secret(value *item)
{
	value *secret = value_with_flags(item, VALUE_SECRET);
	secrets_register_all(secret);
	value_unref(item);
	return secret;
}

static void set(inventory *inv, struct variables *variables, const char *name, value *item)
{
	item = inv->encrypted ? as_secret(item) : item;
	if (variables->dict == NULL) {
		variables->dict = value_new_dict();
	}
	value *key = shared_key(inv, name);
	value *old = value_dict_get_value(variables->dict, key);
	if (old != NULL) {
		if (variables->before == NULL) {
			variables->before =
				g_ptr_array_new_with_free_func((GDestroyNotify)value_unref);
		}
		g_ptr_array_add(variables->before, value_ref(key));
		g_ptr_array_add(variables->before, value_ref(old));
		item = variables_combine(value_ref(old), item);
	}
	value_dict_set_value(variables->dict, key, item);
}

/* Python's int() of it. */
static gboolean to_priority(const value *v, gint64 *ret_priority)
{
	switch (value_type(v)) {
	case VALUE_INT:
		*ret_priority = value_int(v);
		return TRUE;
	case VALUE_BOOL:
		*ret_priority = value_bool(v);
		return TRUE;
	case VALUE_FLOAT:
		*ret_priority = (gint64)value_float(v);
		return value_float(v) > -1e18 && value_float(v) < 1e18;
	case VALUE_STRING: {
		g_autofree char *text = g_strstrip(g_strdup(value_string(v)));
		return g_ascii_string_to_signed(
			text, 10, G_MININT64, G_MAXINT64, ret_priority, NULL);
	}
	case VALUE_NULL:
	case VALUE_BIG_INT:
	case VALUE_LIST:
	case VALUE_TUPLE:
	case VALUE_DICT:
	case VALUE_OBJECT:
		break;
	}
	return FALSE;
}

gboolean group_set_variable(inventory *inv, group *g, const char *key, value *item, GError **error)
{
	if (strcmp(key, "ansible_group_priority") != 0) {
		set(inv, &g->variables, key, item);
		return TRUE;
	}
	gboolean well = to_priority(item, &g->priority);
	if (!well) {
		g_autofree char *shown = value_to_repr(item);
		error_set_at(error, SUTLER_ERROR_USAGE, value_position(item),
			"group '%s': ansible_group_priority must be a whole number, not %s",
			g->name, shown);
	}
	value_unref(item);
	return well;
}

gboolean host_set_variable(inventory *inv, host *h, const char *key, value *item, GError **error)
{
	group *g = g_hash_table_lookup(inv->group_names, h->name);
	if (g != NULL) {
		return group_set_variable(inv, g, key, item, error);
	}
	set(inv, &h->variables, key, item);
	return TRUE;
}

/* Setting straight. */

/* Whether ungrouped is under another group than all. */
static gboolean has_other_ancestor(const group *g, const group *all)
{
	for (guint i = 0; i < g->parents->len; i++) {
		if (g->parents->pdata[i] != all) {
			return TRUE;
		}
	}
	return FALSE;
}

static void leave_group(host *h, const group *g)
{
	guint32 kept = 0;
	for (guint32 i = 0; i < h->n_groups; i++) {
		if (h->groups[i] != g) {
			h->groups[kept++] = h->groups[i];
		}
	}
	h->n_groups = kept;
}

/* A host is in ungrouped when it is in no other group but all. */
static void settle_ungrouped(inventory *inv, group *all, group *ungrouped)
{
	g_autoptr(GPtrArray) members = g_steal_pointer(&ungrouped->hosts);
	ungrouped->hosts = g_ptr_array_new();
	for (guint i = 0; i < members->len; i++) {
		host *h = members->pdata[i];
		gboolean other = FALSE;
		for (guint32 j = 0; j < h->n_groups; j++) {
			other = other || (h->groups[j] != all && h->groups[j] != ungrouped);
		}
		if (other) {
			leave_group(h, ungrouped);
		} else {
			g_ptr_array_add(ungrouped->hosts, h);
		}
	}
	for (guint i = 0; i < inv->hosts->len; i++) {
		host *h = inv->hosts->pdata[i];
		if (h->n_groups == 0 || (h->n_groups == 1 && h->groups[0] == all)) {
			group_add_host(ungrouped, h);
		}
	}
}

enum { WALK_NEW, WALK_OPEN, WALK_DONE };

/* The edge made last among those of the loop that ends with path's last group leading to target. */
static gboolean refuse_loop(const GPtrArray *path, const group *target, GError **error)
{
	const struct edge *last = NULL;
	const group *last_parent = NULL;
	guint first = path->len;
	while (first > 0 && path->pdata[first - 1] != target) {
		first--;
	}
	for (guint i = first - 1; i < path->len; i++) {
		const group *parent = path->pdata[i];
		const group *child = i + 1 < path->len ? path->pdata[i + 1] : target;
		for (guint j = 0; j < parent->children->len; j++) {
			const struct edge *edge = &g_array_index(parent->children, struct edge, j);
			if (edge->child == child && (last == NULL || edge->serial > last->serial)) {
				last = edge;
				last_parent = parent;
			}
		}
	}
	/* NOLINTNEXTLINE(clang-analyzer-core.NullDereference): a path has edges */
	error_set_at(error, SUTLER_ERROR_USAGE, last->at,
		"group '%s' cannot be a child of '%s': it would be its own descendant",
		last->child->name, last_parent->name);
	return FALSE;
}

/* Longest path from all, depth first without recursion; order gets the groups, children first. */
static gboolean walk_from(group *start, GPtrArray *order, GError **error)
{
	g_autoptr(GPtrArray) path = g_ptr_array_new();
	g_autoptr(GArray) next = g_array_new(FALSE, FALSE, sizeof(guint));
	guint zero = 0;
	start->state = WALK_OPEN;
	g_ptr_array_add(path, start);
	g_array_append_val(next, zero);
	while (path->len > 0) {
		group *g = path->pdata[path->len - 1];
		guint *i = &g_array_index(next, guint, path->len - 1);
		if (*i == g->children->len) {
			g->state = WALK_DONE;
			g_ptr_array_add(order, g);
			g_ptr_array_set_size(path, (gint)path->len - 1);
			g_array_set_size(next, path->len);
			continue;
		}
		group *child = g_array_index(g->children, struct edge, (*i)++).child;
		if (child->state == WALK_OPEN) {
			return refuse_loop(path, child, error);
		}
		if (child->state == WALK_NEW) {
			child->state = WALK_OPEN;
			g_ptr_array_add(path, child);
			g_array_append_val(next, zero);
		}
	}
	return TRUE;
}

static gboolean set_depths(const GPtrArray *order, GError **error)
{
	for (guint i = order->len; i > 0; i--) {
		const group *g = order->pdata[i - 1];
		for (guint j = 0; j < g->children->len; j++) {
			group *child = g_array_index(g->children, struct edge, j).child;
			child->depth = MAX(child->depth, g->depth + 1);
		}
		if (g->depth > GROUP_DEPTH_MAX) {
			error_set_at(error, SUTLER_ERROR_LIMIT, g->at,
				"group '%s': groups are nested more than %d deep", g->name,
				GROUP_DEPTH_MAX);
			return FALSE;
		}
	}
	return TRUE;
}

gboolean inventory_reconcile(inventory *inv, GError **error)
{
	group *all = g_hash_table_lookup(inv->group_names, "all");
	group *ungrouped = g_hash_table_lookup(inv->group_names, "ungrouped");
	for (guint i = 0; i < inv->groups->len; i++) {
		group *g = inv->groups->pdata[i];
		if (g != all && g->parents->len == 0) {
			inventory_add_child(inv, all, g, g->at);
		}
	}
	g_autoptr(GPtrArray) order = g_ptr_array_new();
	for (guint i = 0; i < inv->groups->len; i++) {
		group *g = inv->groups->pdata[i];
		if (g->state == WALK_NEW && !walk_from(g, order, error)) {
			return FALSE;
		}
	}
	if (has_other_ancestor(ungrouped, all)) {
		const group *parent = ungrouped->parents->pdata[ungrouped->parents->len - 1];
		error_set_at(error, SUTLER_ERROR_USAGE, ungrouped->at,
			"group 'ungrouped' cannot be a child of '%s': it holds the hosts that are "
			"in "
			"no group",
			parent->name);
		return FALSE;
	}
	if (!set_depths(order, error)) {
		return FALSE;
	}
	settle_ungrouped(inv, all, ungrouped);
	return TRUE;
}

static void append_hosts(GPtrArray *out, const group *g, guint32 walk)
{
	for (guint i = 0; i < g->hosts->len; i++) {
		host *h = g->hosts->pdata[i];
		if (h->walk != walk) {
			h->walk = walk;
			g_ptr_array_add(out, h);
		}
	}
}

const GPtrArray *group_all_hosts(const inventory *inv, const group *const_g)
{
	inventory *changing = (inventory *)inv;
	group *g = (group *)const_g;
	g_rec_mutex_lock(&changing->lock);
	if (g->all_hosts == NULL) {
		guint32 walk = ++changing->walks;
		GPtrArray *hosts = g_ptr_array_new();
		g_autoptr(GPtrArray) queue = g_ptr_array_new();
		g->walk = walk;
		g_ptr_array_add(queue, g);
		for (guint i = 0; i < queue->len; i++) {
			const group *each = queue->pdata[i];
			append_hosts(hosts, each, walk);
			for (guint j = 0; j < each->children->len; j++) {
				group *child = g_array_index(each->children, struct edge, j).child;
				if (child->walk != walk) {
					child->walk = walk;
					g_ptr_array_add(queue, child);
				}
			}
		}
		g->all_hosts = hosts;
	}
	g_rec_mutex_unlock(&changing->lock);
	return g->all_hosts;
}
