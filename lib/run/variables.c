/* The variables of one host at one point of a run, in Ansible's order of precedence. */
#include "run/variables-private.h"

#include "inventory/precedence.h"
#include "value/secrets.h"

#include <string.h>

static value *lookup(gpointer data, const char *name, GError **error);
static void names(gpointer data, GHashTable *all);

variables *variables_new(const struct variables_shared *shared, const host *h)
{
	variables *v = g_new0(variables, 1);
	v->shared = shared;
	v->host = h;
	v->group_names = inventory_group_names(shared->inventory, h);
	v->play_files = g_ptr_array_new_with_free_func((GDestroyNotify)value_unref);
	g_mutex_init(&v->lock);
	v->facts = value_new_dict();
	v->known = value_new_dict();
	v->included = value_new_dict();
	v->pending = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
	v->unpredicted = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
	v->template_folders = g_ptr_array_new_with_free_func(g_free);
	v->file_folders = g_ptr_array_new_with_free_func(g_free);
	v->variable_folders = g_ptr_array_new_with_free_func(g_free);
	v->scope.data = v;
	v->scope.lookup = lookup;
	v->scope.names = names;
	v->scope.evaluated = variables_evaluated;
	variables_set_task(v, NULL);
	return v;
}

void variables_free(variables *v)
{
	if (v == NULL) {
		return;
	}
	value_unref(v->group_names);
	value_unref(v->play_hosts);
	value_unref(v->hosts_left);
	value_unref(v->batch);
	g_ptr_array_unref(v->play_files);
	value_unref(v->loop);
	g_mutex_clear(&v->lock);
	value_unref(v->facts);
	value_unref(v->known);
	value_unref(v->included);
	g_hash_table_unref(v->pending);
	g_hash_table_unref(v->unpredicted);
	g_ptr_array_unref(v->template_folders);
	g_ptr_array_unref(v->file_folders);
	g_ptr_array_unref(v->variable_folders);
	g_free(v);
}

static void keep(value **field, value *v)
{
	value *old = *field;
	*field = variables_reference(v);
	value_unref(old);
}

void variables_set_batch(variables *v, value *left, value *batch)
{
	keep(&v->hosts_left, left);
	keep(&v->batch, batch);
}

void variables_enter_play(variables *v, const struct play *play, value *hosts)
{
	v->play = play;
	keep(&v->play_hosts, hosts);
	variables_set_batch(v, hosts, hosts);
	g_ptr_array_set_size(v->play_files, 0);
	variables_set_task(v, NULL);
}

void variables_add_play_file(variables *v, value *dict)
{
	secrets_register(dict);
	g_ptr_array_add(v->play_files, dict);
}

static void add_folder(GPtrArray *folders, const char *base, const char *below)
{
	if (base != NULL) {
		g_ptr_array_add(folders,
			below == NULL ? g_strdup(base) : g_build_filename(base, below, NULL));
	}
}

/* Ansible's search order: the role's own folder, that of the task's file, that of the playbook; in
 * each first templates/ or files/. */
static void set_folders(
	GPtrArray *folders, const char *below, const struct task *task, const char *playbook_folder)
{
	g_ptr_array_set_size(folders, 0);
	if (task != NULL && task->role != NULL) {
		add_folder(folders, task->role->path, below);
		add_folder(folders, task->role->path, NULL);
	}
	if (task != NULL && task->at.file != NULL) {
		g_autofree char *near_task = g_path_get_dirname(task->at.file);
		add_folder(folders, near_task, below);
		add_folder(folders, near_task, NULL);
	}
	add_folder(folders, playbook_folder, below);
	add_folder(folders, playbook_folder, NULL);
	g_ptr_array_add(folders, NULL);
}

char **variables_folders_of(const struct task *task, const char *playbook_folder)
{
	GPtrArray *folders = g_ptr_array_new();
	set_folders(folders, "vars", task, playbook_folder);
	return (char **)g_ptr_array_free(folders, FALSE);
}

void variables_set_task(variables *v, const struct task *task)
{
	if (v->task == task && v->template_folders->len > 0) {
		return;
	}
	v->task = task;
	const char *folder = v->shared->playbook == NULL ? "." : v->shared->playbook->folder;
	set_folders(v->template_folders, "templates", task, folder);
	set_folders(v->file_folders, "files", task, folder);
	set_folders(v->variable_folders, "vars", task, folder);
	v->scope.template_folders = (const char *const *)v->template_folders->pdata;
	v->scope.file_folders = (const char *const *)v->file_folders->pdata;
	v->scope.base_folder = folder;
}

void variables_set_loop(variables *v, value *dict)
{
	value_clear(&v->loop);
	v->loop = dict;
}

void variables_set(variables *v, const char *name, value *item)
{
	g_mutex_lock(&v->lock);
	value_dict_set(v->known, name, value_freeze(item));
	g_mutex_unlock(&v->lock);
	g_hash_table_remove(v->unpredicted, name);
}

void variables_include(variables *v, const char *name, value *item)
{
	g_mutex_lock(&v->lock);
	value *old = variables_reference(value_dict_get(v->included, name));
	value_dict_set(v->included, name, variables_combine(old, value_freeze(item)));
	g_mutex_unlock(&v->lock);
}

/* Names that say how to reach a host; facts do not bring them. */
static gboolean is_connection_name(const char *name)
{
	static const char *const names_exact[] = { "ansible_async_dir", "ansible_connection",
		"ansible_host", "ansible_host_key_checking", "ansible_password",
		"ansible_pipelining", "ansible_playbook_python", "ansible_port",
		"ansible_private_key_file", "ansible_remote_tmp", "ansible_remote_user",
		"ansible_rsync_path", "ansible_ssh", "ansible_su", "ansible_timeout",
		"ansible_user", NULL };
	static const char *const prefixes[] = { "ansible_become", "ansible_common_remote_",
		"ansible_local_", "ansible_paramiko_", "ansible_shell_", "ansible_ssh_",
		"ansible_su_", "ansible_sudo" };
	if (g_strv_contains(names_exact, name) ||
		(g_str_has_prefix(name, "ansible_") && g_str_has_suffix(name, "_interpreter"))) {
		return TRUE;
	}
	for (gsize i = 0; i < G_N_ELEMENTS(prefixes); i++) {
		if (g_str_has_prefix(name, prefixes[i])) {
			return !g_str_has_prefix(name, "ansible_ssh_host_key_");
		}
	}
	return FALSE;
}

gboolean variables_add_fact(variables *v, const char *name, const value *fact)
{
	g_autofree char *full = g_str_has_prefix(name, "ansible_")
					? g_strdup(name)
					: g_strconcat("ansible_", name, NULL);
	if (is_connection_name(full)) {
		return FALSE;
	}
	g_mutex_lock(&v->lock);
	value_dict_set(v->facts, full, value_freeze(value_with_flags(fact, VALUE_UNSAFE)));
	g_mutex_unlock(&v->lock);
	return TRUE;
}

gboolean variables_give(variables *v, const char *name, const value *item, gboolean plain)
{
	if (!plain) {
		return variables_add_fact(v, name, item);
	}
	g_mutex_lock(&v->lock);
	value_dict_set(v->known, name, value_freeze(value_thaw(item)));
	g_mutex_unlock(&v->lock);
	return TRUE;
}

void variables_set_others_settled(variables *v, gboolean settled)
{
	v->others_unsettled = !settled;
	v->wants_others = FALSE;
}

gboolean variables_wants_others(const variables *v)
{
	return v->wants_others;
}

void variables_clear_facts(variables *v)
{
	g_mutex_lock(&v->lock);
	value_unref(v->facts);
	v->facts = value_new_dict();
	g_mutex_unlock(&v->lock);
}

void variables_set_pending(variables *v, const char *name, gboolean pending)
{
	const char *key = name == NULL ? "" : name;
	gint count = GPOINTER_TO_INT(g_hash_table_lookup(v->pending, key));
	count += pending ? 1 : -1;
	if (count <= 0) {
		g_hash_table_remove(v->pending, key);
	} else {
		g_hash_table_replace(v->pending, g_strdup(key), GINT_TO_POINTER(count));
	}
}

void variables_set_unpredicted(variables *v, const char *name)
{
	g_hash_table_add(v->unpredicted, g_strdup(name));
}

const struct template_scope *variables_scope(variables *v)
{
	return &v->scope;
}

const char *const *variables_folders(variables *v)
{
	return (const char *const *)v->variable_folders->pdata;
}

struct template_scope variables_first_found_scope(variables *v)
{
	struct template_scope scope = v->scope;
	const char *module = v->task != NULL ? v->task->module_name : "";
	if (strstr(module, "template") != NULL) {
		scope.file_folders = scope.template_folders;
	} else if (strstr(module, "var") != NULL) {
		scope.file_folders = variables_folders(v);
	}
	return scope;
}

static const value *in_dict(const value *dict, const char *name)
{
	return dict == NULL ? NULL : value_dict_get(dict, name);
}

static const value *in_dicts(const GPtrArray *dicts, const char *name)
{
	for (guint i = dicts == NULL ? 0 : dicts->len; i > 0; i--) {
		const value *found = value_dict_get(g_ptr_array_index(dicts, i - 1), name);
		if (found != NULL) {
			return found;
		}
	}
	return NULL;
}

/* ---- the levels, each a function; inventory/precedence.h has their order ---- */

static value *level_magic(gpointer v, const char *name)
{
	return magic_find(v, name, FALSE, FALSE);
}

static value *level_loop(gpointer data, const char *name)
{
	const variables *v = data;
	return variables_reference(in_dict(v->loop, name));
}

static value *level_extra(gpointer data, const char *name)
{
	const variables *v = data;
	return variables_reference(in_dict(v->shared->extra, name));
}

static const struct role *role_of(const variables *v)
{
	return v->task == NULL ? NULL : v->task->role;
}

static value *level_role_parameters(gpointer data, const char *name)
{
	const struct role *role = role_of(data);
	return role == NULL ? NULL : variables_reference(in_dict(role->parameters, name));
}

/* Facts and registered results may be read by other threads: a reference is taken under the lock.
 */
static value *from_shared(variables *v, const value *dict, const char *name)
{
	g_mutex_lock(&v->lock);
	value *found = variables_reference(value_dict_get(dict, name));
	g_mutex_unlock(&v->lock);
	return found;
}

static value *level_known(gpointer data, const char *name)
{
	variables *v = data;
	return from_shared(v, v->known, name);
}

static value *level_include_vars(gpointer data, const char *name)
{
	variables *v = data;
	return from_shared(v, v->included, name);
}

static value *level_include_parameters(gpointer data, const char *name)
{
	const variables *v = data;
	return v->task == NULL ? NULL : variables_reference(in_dicts(v->task->include_vars, name));
}

static value *level_task(gpointer data, const char *name)
{
	const variables *v = data;
	return v->task == NULL ? NULL : variables_reference(in_dicts(v->task->vars, name));
}

/* What dict_of() gives of the task's own role has it, or else of the roles of the play: Ansible
 * shows all of them to every task, the later ones above the earlier. */
static value *in_roles(
	const variables *v, const char *name, const value *(*dict_of)(const struct role *role))
{
	const struct role *own = role_of(v);
	const GPtrArray *others = v->play == NULL ? NULL : v->play->roles;
	value *found = NULL;
	gboolean more = variables_put_below(
		&found, own == NULL ? NULL : variables_reference(in_dict(dict_of(own), name)));
	for (guint i = others == NULL ? 0 : others->len; i > 0 && more; i--) {
		const value *dict = dict_of(g_ptr_array_index(others, i - 1));
		more = variables_put_below(&found, variables_reference(in_dict(dict, name)));
	}
	return found;
}

static const value *variables_of(const struct role *role)
{
	return role->variables;
}

static const value *defaults_of(const struct role *role)
{
	return role->defaults;
}

static value *level_role(gpointer data, const char *name)
{
	return in_roles(data, name, variables_of);
}

static value *level_play_files(gpointer data, const char *name)
{
	const variables *v = data;
	value *found = NULL;
	gboolean more = TRUE;
	for (guint i = v->play_files->len; i > 0 && more; i--) {
		const value *dict = g_ptr_array_index(v->play_files, i - 1);
		more = variables_put_below(&found, variables_reference(in_dict(dict, name)));
	}
	return found;
}

static value *level_play(gpointer data, const char *name)
{
	const variables *v = data;
	return v->play == NULL ? NULL : variables_reference(in_dict(v->play->vars, name));
}

static value *level_facts(gpointer data, const char *name)
{
	variables *v = data;
	return from_shared(v, v->facts, name);
}

static value *level_host_magic(gpointer v, const char *name)
{
	return magic_find(v, name, FALSE, TRUE);
}

static value *level_inventory(gpointer data, const char *name)
{
	const variables *v = data;
	return variables_reference(
		in_dict(inventory_host_variables(v->shared->inventory, v->host), name));
}

static value *level_role_defaults(gpointer data, const char *name)
{
	return in_roles(data, name, defaults_of);
}

static const variable_source sources[LEVEL_COUNT] = {
	[LEVEL_ROLE_DEFAULTS] = level_role_defaults,
	[LEVEL_INVENTORY_LAST] = level_inventory,
	[LEVEL_HOST_MAGIC] = level_host_magic,
	[LEVEL_FACTS] = level_facts,
	[LEVEL_PLAY_VARS] = level_play,
	[LEVEL_PLAY_VARS_FILES] = level_play_files,
	[LEVEL_ROLE_VARS] = level_role,
	[LEVEL_TASK_VARS] = level_task,
	[LEVEL_INCLUDE_VARS] = level_include_vars,
	[LEVEL_SET_FACTS] = level_known,
	[LEVEL_ROLE_PARAMETERS] = level_role_parameters,
	[LEVEL_INCLUDE_PARAMETERS] = level_include_parameters,
	[LEVEL_EXTRA_VARS] = level_extra,
	[LEVEL_LOOP] = level_loop,
	[LEVEL_MAGIC] = level_magic,
};

/* What hostvars shows to others: what holds wherever the host is in the run, and touches nothing
 * that the host's own thread changes unlocked. */
static value *level_magic_of_host(gpointer v, const char *name)
{
	return magic_find(v, name, TRUE, FALSE);
}

static value *level_host_magic_of_host(gpointer v, const char *name)
{
	return magic_find(v, name, TRUE, TRUE);
}

static const variable_source sources_of_host[LEVEL_COUNT] = {
	[LEVEL_INVENTORY_LAST] = level_inventory,
	[LEVEL_HOST_MAGIC] = level_host_magic_of_host,
	[LEVEL_FACTS] = level_facts,
	[LEVEL_INCLUDE_VARS] = level_include_vars,
	[LEVEL_SET_FACTS] = level_known,
	[LEVEL_EXTRA_VARS] = level_extra,
	[LEVEL_MAGIC] = level_magic_of_host,
};

value *variables_find_of_host(variables *v, const char *name)
{
	return variables_search(sources_of_host, LEVEL_ROLE_DEFAULTS, v, name);
}

/* ---- the scope ---- */

static gboolean is_pending(variables *v, const char *name)
{
	if (g_hash_table_contains(v->pending, name)) {
		return TRUE;
	}
	if (g_str_equal(name, "vars")) {
		return g_hash_table_size(v->pending) > 0; /* it holds them all */
	}
	return g_hash_table_contains(v->pending, "") &&
	       ((g_str_has_prefix(name, "ansible_") && !is_connection_name(name)) ||
		       g_str_equal(name, "hostvars"));
}

/* What lies below it counts, too. */
static gboolean is_merged(const value *found)
{
	return variables_are_merged() && value_is(found, VALUE_DICT);
}

gboolean variables_is_known(variables *v, const char *name, GError **error)
{
	const value *extra = in_dict(v->shared->extra, name);
	if (extra != NULL && !is_merged(extra)) {
		return TRUE;
	}
	if (g_hash_table_contains(v->pending, name)) {
		error_set(error, SUTLER_ERROR_PENDING, "'%s' is not known yet", name);
		return FALSE;
	}
	if (g_hash_table_contains(v->unpredicted, name)) {
		error_set(error, SUTLER_ERROR_UNPREDICTED,
			"'%s' depends on a command that a dry run does not run", name);
		return FALSE;
	}
	return TRUE;
}

/* While include_vars may set anything: what outweighs that, and what it does not set. */
static value *find_unless_included(variables *v, const char *name, GError **error)
{
	value *found = variables_search(sources, LEVEL_SET_FACTS, v, name);
	found = found != NULL ? found : level_host_magic(v, name);
	if (found == NULL || is_merged(found)) {
		value_clear(&found);
		error_set(error, SUTLER_ERROR_PENDING, "'%s' is not known yet", name);
	}
	return found;
}

gboolean variables_is_about_others(const char *name)
{
	static const char *const about[] = { "ansible_play_batch", "ansible_play_hosts",
		"play_hosts", NULL };
	return g_strv_contains(about, name);
}

static value *lookup(gpointer data, const char *name, GError **error)
{
	variables *v = data;
	if (v->others_unsettled && variables_is_about_others(name)) {
		v->wants_others = TRUE;
		error_set(error, SUTLER_ERROR_PENDING, "'%s' is not known yet", name);
		return NULL;
	}
	/* What outweighs results is known, whatever is still on its way. */
	value *found =
		magic_is_strong(name) ? NULL : variables_search(sources, LEVEL_EXTRA_VARS, v, name);
	if (found != NULL && !is_merged(found)) {
		return found;
	}
	value_clear(&found);
	if (!variables_is_known(v, name, error)) {
		return NULL;
	}
	if (g_hash_table_contains(v->pending, VARIABLES_ANY) && !magic_is_strong(name) &&
		!is_connection_name(name)) {
		return find_unless_included(v, name, error);
	}
	found = variables_search(sources, LEVEL_ROLE_DEFAULTS, v, name);
	/* These hold facts, too. */
	gboolean facts = found == NULL || g_str_equal(name, "ansible_facts") ||
			 g_str_equal(name, "hostvars");
	if (facts && is_pending(v, name)) {
		value_clear(&found);
		error_set(error, SUTLER_ERROR_PENDING, "'%s' is not known yet", name);
	}
	return found;
}

value *variables_raw(variables *v, const char *name)
{
	return variables_search(sources, LEVEL_ROLE_DEFAULTS, v, name);
}

gboolean variables_is_found_out(variables *v, const char *name)
{
	if (g_hash_table_contains(v->pending, name) ||
		g_hash_table_contains(v->unpredicted, name)) {
		return TRUE;
	}
	g_autoptr(value) known = level_known(v, name);
	g_autoptr(value) included = known == NULL ? level_include_vars(v, name) : NULL;
	return known != NULL || included != NULL;
}

gboolean variables_may_be_fact(variables *v, const char *name)
{
	if (g_str_equal(name, "ansible_facts")) {
		return TRUE;
	}
	if (!g_str_has_prefix(name, "ansible_") || is_connection_name(name)) {
		return FALSE;
	}
	g_autoptr(value) fact = level_facts(v, name);
	return fact != NULL || g_hash_table_contains(v->pending, "");
}

static void add_names(const value *dict, GHashTable *names)
{
	if (value_is(dict, VALUE_DICT)) {
		value_dict_foreach (dict, key, item) {
			(void)item;
			if (value_is(key, VALUE_STRING)) {
				g_hash_table_add(names, (gpointer)value_string(key));
			}
		}
	}
}

void variables_names_of_host(variables *v, GHashTable *all)
{
	add_names(inventory_host_variables(v->shared->inventory, v->host), all);
	g_mutex_lock(&v->lock);
	add_names(v->facts, all);
	add_names(v->known, all);
	add_names(v->included, all);
	g_mutex_unlock(&v->lock);
	add_names(v->shared->extra, all);
}

void variables_evaluated(gpointer data, const char *name, const value *item)
{
	(void)data;
	secrets_register_variable(name, item);
}

static void names(gpointer data, GHashTable *all)
{
	variables *v = data;
	magic_names(all);
	variables_names_of_host(v, all);
	add_names(v->play == NULL ? NULL : v->play->vars, all);
	for (guint i = 0; i < v->play_files->len; i++) {
		add_names(g_ptr_array_index(v->play_files, i), all);
	}
	if (v->task != NULL) {
		for (guint i = 0; v->task->vars != NULL && i < v->task->vars->len; i++) {
			add_names(g_ptr_array_index(v->task->vars, i), all);
		}
		if (v->task->role != NULL) {
			add_names(v->task->role->defaults, all);
			add_names(v->task->role->variables, all);
			add_names(v->task->role->parameters, all);
		}
	}
	const GPtrArray *roles = v->play == NULL ? NULL : v->play->roles;
	for (guint i = 0; roles != NULL && i < roles->len; i++) {
		const struct role *role = g_ptr_array_index(roles, i);
		add_names(role->defaults, all);
		add_names(role->variables, all);
	}
	add_names(v->loop, all);
}

value *variables_get(variables *v, const char *name, GError **error)
{
	g_autoptr(GError) problem = NULL;
	g_autoptr(value) raw = lookup(v, name, &problem);
	if (raw == NULL) {
		if (problem != NULL) {
			g_propagate_error(error, g_steal_pointer(&problem));
		}
		return NULL;
	}
	return template_evaluate(raw, &v->scope, error);
}

value *variables_evaluate(variables *v, const value *raw, GError **error)
{
	return raw == NULL ? NULL : template_evaluate(raw, &v->scope, error);
}
