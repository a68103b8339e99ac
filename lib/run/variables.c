/* The variables of one host at one point of a run, in Ansible's order of precedence. */
#include "run/variables.h"

#include <string.h>

struct variables {
	const struct variables_shared *shared;
	const host *host;
	value *group_names;
	const struct play *play;
	const value *play_hosts;
	const value *batch;
	GPtrArray *play_files; /* value *: dicts, later ones win */
	const struct task *task;
	value *loop;
	GMutex lock;         /* guards facts and known: other hosts read them through hostvars */
	value *facts;        /* dict: ansible_X */
	value *known;        /* dict: set_fact and register */
	GHashTable *pending; /* name -> count; "" stands for facts */
	GHashTable *unpredicted;
	struct template_scope scope;
	GPtrArray *template_folders;
	GPtrArray *file_folders;
};

static value *lookup(gpointer data, const char *name, GError **error);
static void names(gpointer data, GHashTable *all);
static void names_of_host(variables *v, GHashTable *all);

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
	v->pending = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
	v->unpredicted = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
	v->template_folders = g_ptr_array_new_with_free_func(g_free);
	v->file_folders = g_ptr_array_new_with_free_func(g_free);
	v->scope.data = v;
	v->scope.lookup = lookup;
	v->scope.names = names;
	variables_set_task(v, NULL);
	return v;
}

void variables_free(variables *v)
{
	if (v == NULL) {
		return;
	}
	value_unref(v->group_names);
	g_ptr_array_unref(v->play_files);
	value_unref(v->loop);
	g_mutex_clear(&v->lock);
	value_unref(v->facts);
	value_unref(v->known);
	g_hash_table_unref(v->pending);
	g_hash_table_unref(v->unpredicted);
	g_ptr_array_unref(v->template_folders);
	g_ptr_array_unref(v->file_folders);
	g_free(v);
}

void variables_enter_play(
	variables *v, const struct play *play, const value *play_hosts, const value *batch)
{
	v->play = play;
	v->play_hosts = play_hosts;
	v->batch = batch;
	g_ptr_array_set_size(v->play_files, 0);
	variables_set_task(v, NULL);
}

void variables_add_play_file(variables *v, value *dict)
{
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

void variables_set_task(variables *v, const struct task *task)
{
	if (v->task == task && v->template_folders->len > 0) {
		return;
	}
	v->task = task;
	const char *folder = v->shared->playbook == NULL ? "." : v->shared->playbook->folder;
	set_folders(v->template_folders, "templates", task, folder);
	set_folders(v->file_folders, "files", task, folder);
	v->scope.template_folders = (const char *const *)v->template_folders->pdata;
	v->scope.file_folders = (const char *const *)v->file_folders->pdata;
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

void variables_add_facts(variables *v, const value *facts)
{
	g_mutex_lock(&v->lock);
	value_dict_foreach (facts, key, item) {
		g_autofree char *name = value_to_string(key);
		g_autofree char *full = g_str_has_prefix(name, "ansible_")
						? g_strdup(name)
						: g_strconcat("ansible_", name, NULL);
		value_dict_set(v->facts, full, value_freeze(value_with_flags(item, VALUE_UNSAFE)));
	}
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

static value *reference(const value *v)
{
	return v == NULL ? NULL : value_ref(v);
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

/* ---- the levels, each a function; the table below is the order ---- */

static const value *level_extra(variables *v, const char *name)
{
	return in_dict(v->shared->extra, name);
}

static const value *level_loop(variables *v, const char *name)
{
	return in_dict(v->loop, name);
}

static const value *level_role_parameters(variables *v, const char *name)
{
	return v->task == NULL || v->task->role == NULL ? NULL
							: in_dict(v->task->role->parameters, name);
}

static const value *level_task(variables *v, const char *name)
{
	return v->task == NULL ? NULL : in_dicts(v->task->vars, name);
}

static const value *level_role(variables *v, const char *name)
{
	return v->task == NULL || v->task->role == NULL ? NULL
							: in_dict(v->task->role->variables, name);
}

static const value *level_play_files(variables *v, const char *name)
{
	return in_dicts(v->play_files, name);
}

static const value *level_play(variables *v, const char *name)
{
	return v->play == NULL ? NULL : in_dict(v->play->vars, name);
}

static const value *level_inventory(variables *v, const char *name)
{
	return in_dict(inventory_host_variables(v->shared->inventory, v->host), name);
}

static const value *level_role_defaults(variables *v, const char *name)
{
	return v->task == NULL || v->task->role == NULL ? NULL
							: in_dict(v->task->role->defaults, name);
}

/* Facts and registered results may be read by other threads: a reference is taken under the lock.
 */
static value *from_shared(variables *v, const value *dict, const char *name)
{
	g_mutex_lock(&v->lock);
	value *found = reference(value_dict_get(dict, name));
	g_mutex_unlock(&v->lock);
	return found;
}

static value *find_magic(variables *v, const char *name, gboolean of_host, gboolean weak);

enum level_kind { LEVEL_PLAIN, LEVEL_KNOWN, LEVEL_FACTS, LEVEL_MAGIC };

/* From the strongest to the weakest: Ansible's list read from its end. What its list does not
 * mention: most magic variables are stronger than all of this, those about the host itself are part
 * of the inventory, and the variable of a loop hides even an extra one. */
static const struct level {
	enum level_kind kind;
	gboolean of_host; /* holds wherever the host is in the run: what hostvars shows to others */
	const value *(*get)(variables *v, const char *name);
} levels[] = {
	{ LEVEL_PLAIN, FALSE, level_loop },
	{ LEVEL_PLAIN, TRUE, level_extra },
	{ LEVEL_PLAIN, FALSE, level_role_parameters },
	{ LEVEL_KNOWN, TRUE, NULL },
	{ LEVEL_PLAIN, FALSE, level_task },
	{ LEVEL_PLAIN, FALSE, level_role },
	{ LEVEL_PLAIN, FALSE, level_play_files },
	{ LEVEL_PLAIN, TRUE, level_play },
	{ LEVEL_FACTS, TRUE, NULL },
	{ LEVEL_MAGIC, TRUE, NULL },
	{ LEVEL_PLAIN, TRUE, level_inventory },
	{ LEVEL_PLAIN, FALSE, level_role_defaults },
};

static value *get_level(variables *v, const struct level *level, const char *name, gboolean of_host)
{
	switch (level->kind) {
	case LEVEL_KNOWN:
		return from_shared(v, v->known, name);
	case LEVEL_FACTS:
		return from_shared(v, v->facts, name);
	case LEVEL_MAGIC:
		return find_magic(v, name, of_host, TRUE);
	default:
		return reference(level->get(v, name));
	}
}

static value *find(variables *v, const char *name, gboolean of_host)
{
	for (gsize i = 0; i < G_N_ELEMENTS(levels); i++) {
		if (of_host && !levels[i].of_host) {
			continue;
		}
		value *found = get_level(v, &levels[i], name, of_host);
		if (found != NULL) {
			return found;
		}
	}
	return NULL;
}

/* ---- magic variables ---- */

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

static value *magic_groups(variables *v)
{
	return reference(v->shared->groups);
}

static value *magic_group_names(variables *v)
{
	return reference(v->group_names);
}

static value *magic_play_hosts(variables *v)
{
	return reference(v->play_hosts);
}

static value *magic_batch(variables *v)
{
	return reference(v->batch != NULL ? v->batch : v->play_hosts);
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

/* A play without a name is called as its pattern. */
static value *magic_play_name(variables *v)
{
	if (v->play == NULL || v->play->name != NULL || !value_is(v->play->hosts, VALUE_LIST)) {
		return v->play == NULL
			       ? NULL
			       : reference(v->play->name != NULL ? v->play->name : v->play->hosts);
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
		g_once_init_leave(&text,
			g_strdup_printf("__omit_place_holder__%08x%08x%08x", g_random_int(),
				g_random_int(), g_random_int()));
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
		value_dict_set(facts, name + strlen("ansible_"), value_ref(item));
	}
	g_mutex_unlock(&v->lock);
	return facts;
}

static value *magic_hostvars(variables *v);

static const struct magic {
	const char *name;
	value *(*make)(variables *v);
	gboolean of_task; /* changes with the task: not for other hosts' threads */
	gboolean weak;    /* about the host: as if the inventory brought it */
} magics[] = {
	{ "ansible_check_mode", magic_check },
	{ "ansible_diff_mode", magic_diff },
	{ "ansible_facts", magic_facts },
	{ "ansible_managed", magic_managed },
	{ "ansible_play_batch", magic_batch },
	{ "ansible_play_hosts", magic_play_hosts },
	{ "ansible_play_hosts_all", magic_play_hosts },
	{ "ansible_play_name", magic_play_name },
	{ "ansible_role_name", magic_role_name, TRUE },
	{ "ansible_version", magic_version },
	{ "group_names", magic_group_names, .weak = TRUE },
	{ "groups", magic_groups },
	{ "hostvars", magic_hostvars },
	{ "inventory_dir", magic_inventory_folder, .weak = TRUE },
	{ "inventory_hostname", magic_hostname, .weak = TRUE },
	{ "inventory_hostname_short", magic_hostname_short, .weak = TRUE },
	{ "omit", magic_omit },
	{ "play_hosts", magic_play_hosts },
	{ "playbook_dir", magic_playbook_folder },
	{ "role_name", magic_role_name, TRUE },
	{ "role_path", magic_role_path, TRUE },
};

static int compare_magic(const void *name, const void *row)
{
	return strcmp(name, ((const struct magic *)row)->name);
}

static value *find_magic(variables *v, const char *name, gboolean of_host, gboolean weak)
{
	const struct magic *row =
		bsearch(name, magics, G_N_ELEMENTS(magics), sizeof *magics, compare_magic);
	if (row == NULL || row->weak != weak || (of_host && row->of_task)) {
		return NULL;
	}
	return row->make(v);
}

static gboolean is_strong_magic(const char *name)
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
	value *found = find_magic(data, name, TRUE, FALSE);
	return found != NULL ? found : find(data, name, TRUE);
}

static value *host_get(gpointer data, const value *key, GError **error)
{
	struct template_scope scope = { .data = data, .lookup = lookup_of_host };
	if (!value_is(key, VALUE_STRING)) {
		return NULL;
	}
	g_autoptr(value) raw = lookup_of_host(data, value_string(key), error);
	return raw == NULL ? NULL : template_evaluate(raw, &scope, error);
}

static value *host_iterate(gpointer data, GError **error)
{
	(void)error;
	value *list = value_new_list();
	g_autoptr(GHashTable) all = g_hash_table_new(g_str_hash, g_str_equal);
	names_of_host(data, all);
	GHashTableIter iter;
	gpointer name = NULL;
	g_hash_table_iter_init(&iter, all);
	while (g_hash_table_iter_next(&iter, &name, NULL)) {
		value_list_append(list, value_new_string(name));
	}
	return list;
}

static const struct object_class host_class = {
	.type_name = "HostVarsVars",
	.get = host_get,
	.iterate = host_iterate,
};

/* The variables of a host that takes no part in the run. */
static variables *outsider(const struct variables_shared *shared, const char *name)
{
	const host *h = inventory_host(shared->inventory, name);
	if (h == NULL) {
		return NULL;
	}
	g_mutex_lock(shared->others_lock);
	variables *other = g_hash_table_lookup(shared->others, name);
	if (other == NULL) {
		(void)inventory_host_prepare(shared->inventory, h, NULL);
		other = variables_new(shared, h);
		g_hash_table_insert(shared->others, (gpointer)host_name(h), other);
	}
	g_mutex_unlock(shared->others_lock);
	return other;
}

static value *hosts_get(gpointer data, const value *key, GError **error)
{
	const variables *v = data;
	(void)error;
	if (!value_is(key, VALUE_STRING)) {
		return NULL;
	}
	variables *other = g_hash_table_lookup(v->shared->hosts, value_string(key));
	if (other == NULL && v->shared->others != NULL) {
		other = outsider(v->shared, value_string(key));
	}
	return other == NULL ? NULL : value_new_object(&host_class, other);
}

static value *hosts_iterate(gpointer data, GError **error)
{
	const variables *v = data;
	(void)error;
	const value *all = value_dict_get(v->shared->groups, "all");
	return all == NULL ? value_new_list() : value_ref(all);
}

static const struct object_class hosts_class = {
	.type_name = "HostVars",
	.get = hosts_get,
	.iterate = hosts_iterate,
};

static value *magic_hostvars(variables *v)
{
	return value_new_object(&hosts_class, v);
}

/* ---- the scope ---- */

/* Names that say how to reach a host; facts do not bring them. */
static gboolean is_connection_name(const char *name)
{
	static const char *const names_exact[] = { "ansible_connection", "ansible_host",
		"ansible_host_key_checking", "ansible_password", "ansible_pipelining",
		"ansible_port", "ansible_private_key_file", "ansible_su", "ansible_timeout",
		"ansible_user", NULL };
	static const char *const prefixes[] = { "ansible_become", "ansible_python_",
		"ansible_shell_", "ansible_ssh_", "ansible_sudo" };
	for (gsize i = 0; i < G_N_ELEMENTS(prefixes); i++) {
		if (g_str_has_prefix(name, prefixes[i])) {
			return strstr(name, "_public") == NULL &&
			       !g_str_has_prefix(name, "ansible_python_version");
		}
	}
	return g_strv_contains(names_exact, name);
}

static gboolean is_pending(variables *v, const char *name)
{
	if (g_hash_table_contains(v->pending, name)) {
		return TRUE;
	}
	return g_hash_table_contains(v->pending, "") &&
	       ((g_str_has_prefix(name, "ansible_") && !is_connection_name(name)) ||
		       g_str_equal(name, "hostvars"));
}

static value *lookup(gpointer data, const char *name, GError **error)
{
	variables *v = data;
	value *found = reference(level_loop(v, name));
	if (found == NULL) {
		found = reference(level_extra(v, name));
	}
	if (found != NULL && !is_strong_magic(name)) {
		return found;
	}
	value_clear(&found);
	if (g_hash_table_contains(v->pending, name)) {
		error_set(error, SUTLER_ERROR_PENDING, "'%s' is not known yet", name);
		return NULL;
	}
	if (g_hash_table_contains(v->unpredicted, name)) {
		error_set(error, SUTLER_ERROR_UNPREDICTED,
			"'%s' depends on a command that a dry run does not run", name);
		return NULL;
	}
	found = find_magic(v, name, FALSE, FALSE);
	if (found == NULL) {
		found = find(v, name, FALSE);
	}
	/* These hold facts, too. */
	gboolean facts = found == NULL || g_str_equal(name, "ansible_facts") ||
			 g_str_equal(name, "hostvars");
	if (facts && is_pending(v, name)) {
		value_clear(&found);
		error_set(error, SUTLER_ERROR_PENDING, "'%s' is not known yet", name);
	}
	return found;
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

static void names_of_host(variables *v, GHashTable *all)
{
	add_names(inventory_host_variables(v->shared->inventory, v->host), all);
	add_names(v->play == NULL ? NULL : v->play->vars, all);
	g_mutex_lock(&v->lock);
	add_names(v->facts, all);
	add_names(v->known, all);
	g_mutex_unlock(&v->lock);
	add_names(v->shared->extra, all);
}

static void names(gpointer data, GHashTable *all)
{
	variables *v = data;
	for (gsize i = 0; i < G_N_ELEMENTS(magics); i++) {
		g_hash_table_add(all, (gpointer)magics[i].name);
	}
	names_of_host(v, all);
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
