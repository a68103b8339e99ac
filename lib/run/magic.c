/* Magic variables: what the run itself knows, and hostvars. */
#include "run/variables-private.h"

#include "value/secrets.h"

#include <string.h>

static value *text(const char *s)
{
	return s == NULL ? NULL : value_new_string(s);
}

static value *magic_hostname(variables *v)
{
	return text(host_name(v->host));
}

static value *magic_hostname_short(variables *v)
{
	const char *name = host_name(v->host);
	return value_new_string_length(name, strcspn(name, "."));
}

/* The inventory's, or else the name: what is in no file is known all the same. */
static value *magic_address(variables *v)
{
	const value *given = value_dict_get(
		inventory_host_variables(v->shared->inventory, v->host), "ansible_host");
	return given != NULL ? value_ref(given) : text(host_name(v->host));
}

static value *magic_groups(variables *v)
{
	return variables_reference(v->shared->groups);
}

static value *magic_group_names(variables *v)
{
	return variables_reference(v->group_names);
}

static value *magic_play_hosts(variables *v)
{
	return variables_reference(v->hosts_left);
}

static value *magic_play_hosts_all(variables *v)
{
	return variables_reference(v->play_hosts);
}

static value *magic_batch(variables *v)
{
	return variables_reference(v->batch);
}

static value *magic_playbook_folder(variables *v)
{
	return v->shared->playbook == NULL ? NULL : text(v->shared->playbook->folder);
}

static value *magic_inventory_folder(variables *v)
{
	return text(inventory_folder(v->shared->inventory));
}

static value *magic_role_path(variables *v)
{
	return v->task == NULL || v->task->role == NULL ? NULL : text(v->task->role->path);
}

static value *magic_role_name(variables *v)
{
	return v->task == NULL || v->task->role == NULL ? NULL : text(v->task->role->name);
}

static value *magic_check(variables *v)
{
	return value_new_bool(v->shared->check);
}

static value *magic_diff(variables *v)
{
	return value_new_bool(v->shared->diff);
}

static value *magic_limit(variables *v)
{
	return text(v->shared->limit);
}

static value *list_of(const GPtrArray *words, const char *otherwise)
{
	value *list = value_new_list();
	for (guint i = 0; words != NULL && i < words->len; i++) {
		value_list_append(list, value_new_string(g_ptr_array_index(words, i)));
	}
	if (value_list_length(list) == 0 && otherwise != NULL) {
		value_list_append(list, value_new_string(otherwise));
	}
	return list;
}

static value *magic_run_tags(variables *v)
{
	return list_of(v->shared->tags, "all");
}

static value *magic_skip_tags(variables *v)
{
	return list_of(v->shared->skip_tags, NULL);
}

/* A play without a name is called as its pattern. */
static value *magic_play_name(variables *v)
{
	if (v->play == NULL || v->play->name != NULL || !value_is(v->play->hosts, VALUE_LIST)) {
		return v->play == NULL
			       ? NULL
			       : variables_reference(
					 v->play->name != NULL ? v->play->name : v->play->hosts);
	}
	GString *joined = g_string_new(NULL);
	value_list_foreach (v->play->hosts, item) {
		g_string_append(joined, joined->len > 0 ? "," : "");
		value_append_string(item, joined);
	}
	gsize length = joined->len;
	return value_new_string_take(g_string_free(joined, FALSE), length);
}

static value *magic_managed(variables *v)
{
	(void)v;
	return text("Ansible managed");
}

/* As Ansible's: a text nobody can have meant; arguments that evaluate to it are dropped. */
static const char *omit_text(void)
{
	static char *text;
	if (g_once_init_enter(&text)) {
		g_once_init_leave(&text, g_strdup_printf("__omit_place_holder__%08x%08x%08x",
						 g_random_int(), g_random_int(), g_random_int()));
	}
	return text;
}

gboolean variables_is_omit(const value *v)
{
	return value_is(v, VALUE_STRING) && g_str_equal(value_string(v), omit_text());
}

static value *magic_omit(variables *v)
{
	(void)v;
	return text(omit_text());
}

static value *magic_version(variables *v)
{
	(void)v;
	value *version = value_new_dict();
	value_dict_set(version, "full", value_new_string("2.14.18"));
	value_dict_set(version, "string", value_new_string("2.14.18"));
	value_dict_set(version, "major", value_new_int(2));
	value_dict_set(version, "minor", value_new_int(14));
	value_dict_set(version, "revision", value_new_int(18));
	return version;
}

static value *magic_facts(variables *v)
{
	value *facts = value_new_dict();
	g_mutex_lock(&v->lock);
	value_dict_foreach (v->facts, key, item) {
		const char *name = value_string(key);
		/* As Ansible: this one keeps its prefix. */
		name += g_str_equal(name, "ansible_local") ? 0 : strlen("ansible_");
		value_dict_set_value(facts,
			value_new_string_flags(name, strlen(name), VALUE_UNSAFE), value_ref(item));
	}
	g_mutex_unlock(&v->lock);
	return facts;
}

/* own: for the host's own thread, which waits for what is on its way. */
static value *hostvars(variables *v, gboolean own);

static value *magic_hostvars(variables *v)
{
	return hostvars(v, TRUE);
}

static const struct magic {
	const char *name;
	value *(*make)(variables *v);
	gboolean of_task; /* changes with the task: not for other hosts' threads */
	gboolean weak;    /* about the host: as if the inventory brought it */
} magics[] = {
	{ "ansible_check_mode", magic_check },
	{ "ansible_diff_mode", magic_diff },
	{ "ansible_facts", magic_facts },
	{ "ansible_host", magic_address, .of_task = TRUE, .weak = TRUE },
	{ "ansible_limit", magic_limit },
	{ "ansible_managed", magic_managed },
	{ "ansible_play_batch", magic_batch },
	{ "ansible_play_hosts", magic_play_hosts },
	{ "ansible_play_hosts_all", magic_play_hosts_all },
	{ "ansible_play_name", magic_play_name },
	{ "ansible_role_name", magic_role_name, TRUE },
	{ "ansible_run_tags", magic_run_tags },
	{ "ansible_skip_tags", magic_skip_tags },
	{ "ansible_version", magic_version },
	{ "group_names", magic_group_names, .weak = TRUE },
	{ "groups", magic_groups },
	{ "hostvars", magic_hostvars },
	{ "inventory_dir", magic_inventory_folder, .weak = TRUE },
	{ "inventory_hostname", magic_hostname, .weak = TRUE },
	{ "inventory_hostname_short", magic_hostname_short, .weak = TRUE },
	{ "omit", magic_omit },
	{ "play_hosts", magic_batch },
	{ "playbook_dir", magic_playbook_folder },
	{ "role_name", magic_role_name, TRUE },
	{ "role_path", magic_role_path, TRUE },
};

static int compare_magic(const void *name, const void *row)
{
	return strcmp(name, ((const struct magic *)row)->name);
}

value *magic_find(variables *v, const char *name, gboolean of_host, gboolean weak)
{
	const struct magic *row =
		bsearch(name, magics, G_N_ELEMENTS(magics), sizeof *magics, compare_magic);
	if (row == NULL || row->weak != weak || (of_host && row->of_task)) {
		return NULL;
	}
	return row->make == magic_hostvars ? hostvars(v, !of_host) : row->make(v);
}

gboolean magic_is_strong(const char *name)
{
	const struct magic *row =
		bsearch(name, magics, G_N_ELEMENTS(magics), sizeof *magics, compare_magic);
	return row != NULL && !row->weak;
}

/* ---- hostvars ---- */

/* Called from other hosts' threads: touches nothing that the host's own thread changes unlocked. */
static value *lookup_of_host(gpointer data, const char *name, GError **error)
{
	(void)error;
	return variables_find_of_host(data, name);
}

/* From the host's own thread: waits for results that are still on their way. */
static value *lookup_of_own(gpointer data, const char *name, GError **error)
{
	return variables_is_known(data, name, error) ? lookup_of_host(data, name, error) : NULL;
}

static value *get_from(gpointer data, const value *key,
	value *(*find)(gpointer data, const char *name, GError **error), GError **error)
{
	struct template_scope scope = {
		.data = data, .lookup = find, .evaluated = variables_evaluated
	};
	if (!value_is(key, VALUE_STRING)) {
		return NULL;
	}
	g_autoptr(value) raw = find(data, value_string(key), error);
	value *item = raw == NULL ? NULL : template_evaluate(raw, &scope, error);
	if (item != NULL && item != raw) {
		secrets_register_variable(value_string(key), item);
	}
	return item;
}

static value *host_get(gpointer data, const value *key, GError **error)
{
	return get_from(data, key, lookup_of_host, error);
}

static value *own_get(gpointer data, const value *key, GError **error)
{
	return get_from(data, key, lookup_of_own, error);
}

static value *host_iterate(gpointer data, GError **error)
{
	(void)error;
	value *list = value_new_list();
	g_autoptr(GHashTable) all = g_hash_table_new(g_str_hash, g_str_equal);
	variables_names_of_host(data, all);
	for (gsize i = 0; i < G_N_ELEMENTS(magics); i++) {
		if (!magics[i].of_task && magics[i].make != magic_hostvars) {
			g_hash_table_add(all, (gpointer)magics[i].name);
		}
	}
	GHashTableIter iter;
	gpointer name = NULL;
	g_hash_table_iter_init(&iter, all);
	while (g_hash_table_iter_next(&iter, &name, NULL)) {
		value_list_append(list, value_new_string_flags(name, strlen(name), VALUE_UNSAFE));
	}
	return list;
}

static const struct object_class host_class = {
	.type_name = "HostVarsVars",
	.get = host_get,
	.iterate = host_iterate,
	.mapping = TRUE,
};

static const struct object_class own_class = {
	.type_name = "HostVarsVars",
	.get = own_get,
	.iterate = host_iterate,
	.mapping = TRUE,
};

value *variables_get_of_host(variables *v, const char *name, GError **error)
{
	g_autoptr(value) key = value_new_string(name);
	return get_from(v, key, lookup_of_host, error);
}

/* The variables of a host that takes no part in the run. */
static variables *outsider(const struct variables_shared *shared, const host *h)
{
	if (h == NULL) {
		return NULL;
	}
	g_mutex_lock(shared->others_lock);
	variables *other = g_hash_table_lookup(shared->others, h);
	if (other == NULL) {
		(void)inventory_host_prepare(shared->inventory, h, NULL);
		other = variables_new(shared, h);
		g_hash_table_insert(shared->others, (gpointer)h, other);
	}
	g_mutex_unlock(shared->others_lock);
	return other;
}

variables *variables_of_target(variables *v, const host *h)
{
	variables *other = g_hash_table_lookup(v->shared->hosts, host_name(h));
	return other != NULL ? other : outsider(v->shared, h);
}

variables *variables_of_other(variables *v, const char *name)
{
	variables *other = g_hash_table_lookup(v->shared->hosts, name);
	if (other == NULL && v->shared->others != NULL) {
		other = outsider(v->shared, inventory_host(v->shared->inventory, name));
	}
	return other;
}

static variables *find_host(variables *v, const value *key)
{
	return value_is(key, VALUE_STRING) ? variables_of_other(v, value_string(key)) : NULL;
}

static value *hosts_get(gpointer data, const value *key, GError **error)
{
	variables *other = find_host(data, key);
	(void)error;
	return other == NULL ? NULL : value_new_object(&host_class, other);
}

static value *own_hosts_get(gpointer data, const value *key, GError **error)
{
	variables *v = data;
	variables *other = find_host(v, key);
	if (other == NULL) {
		return NULL;
	}
	if (other != v && v->others_unsettled &&
		g_hash_table_contains(v->shared->hosts, value_string(key))) {
		v->wants_others = TRUE;
		error_set(error, SUTLER_ERROR_PENDING, "what '%s' finds out is not known yet",
			value_string(key));
		return NULL;
	}
	return value_new_object(other == v ? &own_class : &host_class, other);
}

static value *hosts_iterate(gpointer data, GError **error)
{
	const variables *v = data;
	(void)error;
	const value *all = value_dict_get(v->shared->groups, "all");
	value *list = value_new_list();
	gboolean local = FALSE;
	for (gsize i = 0; all != NULL && i < value_list_length(all); i++) {
		const value *name = value_list_get(all, i);
		local = local || g_str_equal(value_string(name), "localhost");
		value_list_append(list, value_ref(name));
	}
	if (!local) { /* as in Ansible: the implicit one is among them */
		value_list_append(list, value_new_string("localhost"));
	}
	return list;
}

static const struct object_class hosts_class = {
	.type_name = "HostVars",
	.get = hosts_get,
	.iterate = hosts_iterate,
	.mapping = TRUE,
};

static const struct object_class own_hosts_class = {
	.type_name = "HostVars",
	.get = own_hosts_get,
	.iterate = hosts_iterate,
	.mapping = TRUE,
};

static value *hostvars(variables *v, gboolean own)
{
	return value_new_object(own ? &own_hosts_class : &hosts_class, v);
}

void magic_names(GHashTable *all)
{
	for (gsize i = 0; i < G_N_ELEMENTS(magics); i++) {
		g_hash_table_add(all, (gpointer)magics[i].name);
	}
}
