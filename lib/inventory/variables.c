/* The variables of a host: which layers there are, in which order, and their merging. */
#include "inventory/data.h"
#include "inventory/variable-files.h"
#include "inventory/vault.h"
#include "value/secrets.h"

#include <string.h>

/* Hosts of the same groups share a membership, and with it one dict of merged group variables. */

static gint compare_groups(gconstpointer a, gconstpointer b)
{
	const group *x = *(group *const *)a;
	const group *y = *(group *const *)b;
	if (x->depth != y->depth) {
		return x->depth < y->depth ? -1 : 1;
	}
	if (x->priority != y->priority) {
		return x->priority < y->priority ? -1 : 1;
	}
	return strcmp(x->name, y->name);
}

static void add_ancestors(GPtrArray *groups, group *g, guint32 walk)
{
	if (g->walk == walk) {
		return;
	}
	g->walk = walk;
	guint from = groups->len;
	g_ptr_array_add(groups, g);
	for (guint i = from; i < groups->len; i++) {
		const group *each = groups->pdata[i];
		for (guint j = 0; j < each->parents->len; j++) {
			group *parent = each->parents->pdata[j];
			if (parent->walk != walk) {
				parent->walk = walk;
				g_ptr_array_add(groups, parent);
			}
		}
	}
}

static struct membership *new_membership(inventory *inv, const host *h)
{
	struct membership *membership = g_new0(struct membership, 1);
	guint32 walk = ++inv->walks;
	membership->groups = g_ptr_array_new();
	group *all = g_hash_table_lookup(inv->group_names, "all");
	all->walk = walk;
	for (guint32 i = 0; i < h->n_groups; i++) {
		add_ancestors(membership->groups, h->groups[i], walk);
	}
	g_ptr_array_sort(membership->groups, compare_groups);
	return membership;
}

static gint compare_indices(gconstpointer a, gconstpointer b)
{
	guint32 x = *(const guint32 *)a;
	guint32 y = *(const guint32 *)b;
	return x < y ? -1 : x > y;
}

static struct membership *membership_of(inventory *inv, const host *h)
{
	if (h->membership != NULL) {
		return h->membership;
	}
	g_autofree guint32 *indices = g_new(guint32, h->n_groups + 1);
	for (guint32 i = 0; i < h->n_groups; i++) {
		indices[i] = h->groups[i]->index;
	}
	qsort(indices, h->n_groups, sizeof *indices, compare_indices);
	g_autoptr(GBytes) key = g_bytes_new(indices, h->n_groups * sizeof *indices);
	struct membership *membership = g_hash_table_lookup(inv->memberships, key);
	if (membership == NULL) {
		membership = new_membership(inv, h);
		g_hash_table_insert(inv->memberships, g_bytes_ref(key), membership);
	}
	((host *)h)->membership = membership;
	return membership;
}

const GPtrArray *inventory_host_groups(const inventory *const_inv, const host *h)
{
	inventory *inv = (inventory *)const_inv;
	g_rec_mutex_lock(&inv->lock);
	const struct membership *membership = membership_of(inv, h);
	g_rec_mutex_unlock(&inv->lock);
	return membership->groups;
}

/* The layers, in Ansible's order (precedence.h). */

static void add_own(GArray *layers, enum variable_level level, const char *owner,
	const struct variables *variables)
{
	if (variables->dict != NULL) {
		struct layer layer = { level, owner, variables->dict, variables };
		g_array_append_val(layers, layer);
	}
}

static gboolean add_file(inventory *inv, GArray *layers, enum variable_level level,
	const char *folder, const char *kind, const char *owner, GError **error)
{
	struct layer layer = { .level = level, .owner = owner };
	if (!variable_files_load(inv->files, folder, kind, owner, &layer.dict, error)) {
		return FALSE;
	}
	if (layer.dict != NULL) {
		g_array_append_val(layers, layer);
	}
	return TRUE;
}

/* Of every folder of inventory sources, each for all the owners in turn. */
static gboolean add_inventory_files(inventory *inv, GArray *layers, enum variable_level level,
	const char *kind, const char *const *owners, GError **error)
{
	for (guint i = 0; i < inv->folders->len; i++) {
		for (gsize j = 0; owners[j] != NULL; j++) {
			if (!add_file(inv, layers, level, inv->folders->pdata[i], kind, owners[j],
				    error)) {
				return FALSE;
			}
		}
	}
	return TRUE;
}

static gboolean add_playbook_files(inventory *inv, GArray *layers, enum variable_level level,
	const char *kind, const char *const *owners, GError **error)
{
	for (gsize j = 0; inv->playbook_folder != NULL && owners[j] != NULL; j++) {
		if (!add_file(inv, layers, level, inv->playbook_folder, kind, owners[j], error)) {
			return FALSE;
		}
	}
	return TRUE;
}

static gboolean add_group_layers(
	inventory *inv, GArray *layers, const GPtrArray *groups, GError **error)
{
	const char *const all_name[] = { "all", NULL };
	const group *all = g_hash_table_lookup(inv->group_names, "all");
	g_autofree const char **names = g_new0(const char *, groups->len + 1);
	add_own(layers, LEVEL_INVENTORY_ALL, "all", &all->variables);
	for (guint i = 0; i < groups->len; i++) {
		const group *g = groups->pdata[i];
		names[i] = g->name;
		add_own(layers, LEVEL_INVENTORY_GROUP, g->name, &g->variables);
	}
	return add_inventory_files(inv, layers, LEVEL_INVENTORY_GROUP_VARS_ALL, "group_vars",
		       all_name, error) &&
	       add_playbook_files(
		       inv, layers, LEVEL_PLAYBOOK_GROUP_VARS_ALL, "group_vars", all_name, error) &&
	       add_inventory_files(
		       inv, layers, LEVEL_INVENTORY_GROUP_VARS, "group_vars", names, error) &&
	       add_playbook_files(
		       inv, layers, LEVEL_PLAYBOOK_GROUP_VARS, "group_vars", names, error);
}

static gboolean add_host_layers(inventory *inv, GArray *layers, const host *h, GError **error)
{
	const char *const names[] = { h->name, NULL };
	add_own(layers, LEVEL_INVENTORY_HOST, h->name, &h->variables);
	return add_inventory_files(
		       inv, layers, LEVEL_INVENTORY_HOST_VARS, "host_vars", names, error) &&
	       add_playbook_files(inv, layers, LEVEL_PLAYBOOK_HOST_VARS, "host_vars", names, error);
}

/* Into the order of the levels, those of one level as they came. They are few, and in order already
 * but where the code above has them otherwise. */
static void sort_layers(GArray *layers)
{
	for (guint i = 1; i < layers->len; i++) {
		struct layer layer = g_array_index(layers, struct layer, i);
		guint to = i;
		while (to > 0 && g_array_index(layers, struct layer, to - 1).level > layer.level) {
			g_array_index(layers, struct layer, to) =
				g_array_index(layers, struct layer, to - 1);
			to--;
		}
		g_array_index(layers, struct layer, to) = layer;
	}
}

GArray *inventory_layers(const inventory *const_inv, const host *h, GError **error)
{
	inventory *inv = (inventory *)const_inv;
	GArray *layers = g_array_new(FALSE, FALSE, sizeof(struct layer));
	g_rec_mutex_lock(&inv->lock);
	if (!add_group_layers(inv, layers, membership_of(inv, h)->groups, error) ||
		!add_host_layers(inv, layers, h, error)) {
		g_clear_pointer(&layers, g_array_unref);
	} else {
		sort_layers(layers);
	}
	g_rec_mutex_unlock(&inv->lock);
	return layers;
}

/* Merging. */

/* Above base, which is of lower levels than the layers. */
static value *merge(const value *base, GArray *layers)
{
	value *dict = value_new_dict();
	sort_layers(layers);
	if (base != NULL) {
		variables_update(dict, base);
	}
	for (guint i = 0; i < layers->len; i++) {
		variables_update(dict, g_array_index(layers, struct layer, i).dict);
	}
	return value_freeze(dict);
}

static gboolean prepare_raw(inventory *inv, struct membership *membership, GError **error)
{
	if (membership->raw == NULL) {
		g_autoptr(GArray) layers = g_array_new(FALSE, FALSE, sizeof(struct layer));
		if (!add_group_layers(inv, layers, membership->groups, error)) {
			return FALSE;
		}
		membership->raw = merge(NULL, layers);
	}
	return TRUE;
}

value *inventory_host_raw(const inventory *const_inv, const host *h, GError **error)
{
	inventory *inv = (inventory *)const_inv;
	g_autoptr(GArray) layers = g_array_new(FALSE, FALSE, sizeof(struct layer));
	value *raw = NULL;
	g_rec_mutex_lock(&inv->lock);
	struct membership *membership = membership_of(inv, h);
	if (prepare_raw(inv, membership, error) && add_host_layers(inv, layers, h, error)) {
		raw = layers->len == 0 ? value_ref(membership->raw)
				       : merge(membership->raw, layers);
	}
	g_rec_mutex_unlock(&inv->lock);
	return raw;
}

/* Ciphertexts stay as they are when they cannot be decrypted: whoever uses them is told why. */
static value *decrypted(inventory *inv, value *item)
{
	const value *known = g_hash_table_lookup(inv->decrypted, item);
	if (known != NULL) {
		return value_ref(known);
	}
	g_autoptr(value) plain = vault_resolve(inv->vault, item, NULL);
	if (plain == NULL || plain == item) {
		return value_ref(item);
	}
	g_hash_table_insert(inv->decrypted, value_ref(item), value_ref(value_freeze(plain)));
	return g_steal_pointer(&plain);
}

/* dict itself when nothing in it is encrypted. Takes dict. */
static value *decrypt_dict(inventory *inv, value *dict)
{
	value *plain = NULL;
	value_dict_foreach (dict, key, item) {
		g_autoptr(value) open = decrypted(inv, item);
		if (open != item) {
			if (plain == NULL) {
				plain = value_new_dict();
				value_dict_update(plain, dict);
			}
			value *name = value_ref(key);
			value_dict_set_value(plain, name, g_steal_pointer(&open));
		}
	}
	if (plain == NULL) {
		return dict;
	}
	value_unref(dict);
	return value_freeze(plain);
}

gboolean inventory_host_prepare(const inventory *const_inv, const host *h, GError **error)
{
	inventory *inv = (inventory *)const_inv;
	if (g_atomic_pointer_get(&((host *)h)->merged) != NULL) {
		return TRUE;
	}
	g_autoptr(GArray) layers = g_array_new(FALSE, FALSE, sizeof(struct layer));
	g_rec_mutex_lock(&inv->lock);
	struct membership *membership = membership_of(inv, h);
	gboolean well =
		prepare_raw(inv, membership, error) && add_host_layers(inv, layers, h, error);
	if (well && h->merged == NULL) {
		if (membership->merged == NULL) {
			membership->merged = decrypt_dict(inv, value_ref(membership->raw));
			secrets_register(membership->merged);
		}
		for (guint i = 0; i < layers->len; i++) {
			secrets_register(g_array_index(layers, struct layer, i).dict);
		}
		value *merged = layers->len == 0
					? value_ref(membership->merged)
					: decrypt_dict(inv, merge(membership->merged, layers));
		g_atomic_pointer_set(&((host *)h)->merged, merged);
	}
	g_rec_mutex_unlock(&inv->lock);
	return well;
}

const value *inventory_host_variables(const inventory *const_inv, const host *h)
{
	inventory *inv = (inventory *)const_inv;
	if (!inventory_host_prepare(inv, h, NULL)) {
		g_rec_mutex_lock(&inv->lock);
		if (h->merged == NULL) {
			g_autoptr(GArray) layers = g_array_new(FALSE, FALSE, sizeof(struct layer));
			add_own(layers, LEVEL_INVENTORY_HOST, h->name, &h->variables);
			value *merged = merge(membership_of(inv, h)->merged, layers);
			g_atomic_pointer_set(&((host *)h)->merged, merged);
		}
		g_rec_mutex_unlock(&inv->lock);
	}
	return g_atomic_pointer_get(&((host *)h)->merged);
}

/* Magic variables. */

static gint compare_values(gconstpointer a, gconstpointer b)
{
	return strcmp(*(const char *const *)a, *(const char *const *)b);
}

static value *sorted_names(const GPtrArray *groups)
{
	g_autoptr(GPtrArray) names = g_ptr_array_new();
	for (guint i = 0; i < groups->len; i++) {
		g_ptr_array_add(names, (gpointer)((const group *)groups->pdata[i])->name);
	}
	g_ptr_array_sort(names, compare_values);
	value *list = value_new_list();
	for (guint i = 0; i < names->len; i++) {
		value_list_append(list, value_new_string(names->pdata[i]));
	}
	return value_freeze(list);
}

value *inventory_group_names(const inventory *const_inv, const host *h)
{
	inventory *inv = (inventory *)const_inv;
	g_rec_mutex_lock(&inv->lock);
	struct membership *membership = membership_of(inv, h);
	if (membership->names == NULL) {
		membership->names = sorted_names(membership->groups);
	}
	value *names = value_ref(membership->names);
	g_rec_mutex_unlock(&inv->lock);
	return names;
}

static value *host_list(const GPtrArray *hosts, GPtrArray *names)
{
	value *list = value_new_list();
	for (guint i = 0; i < hosts->len; i++) {
		const host *h = hosts->pdata[i];
		value_list_append(list, value_ref(names->pdata[h->index]));
	}
	return list;
}

value *inventory_groups(const inventory *const_inv)
{
	inventory *inv = (inventory *)const_inv;
	g_rec_mutex_lock(&inv->lock);
	if (inv->groups_value == NULL) {
		g_autoptr(GPtrArray) names =
			g_ptr_array_new_with_free_func((GDestroyNotify)value_unref);
		for (guint i = 0; i < inv->hosts->len; i++) {
			const host *h = inv->hosts->pdata[i];
			g_ptr_array_add(names, value_new_string(h->name));
		}
		value *groups = value_new_dict();
		for (guint i = 0; i < inv->groups->len; i++) {
			const group *g = inv->groups->pdata[i];
			value_dict_set(groups, g->name, host_list(group_all_hosts(inv, g), names));
		}
		inv->groups_value = value_freeze(groups);
	}
	value *groups = value_ref(inv->groups_value);
	g_rec_mutex_unlock(&inv->lock);
	return groups;
}
