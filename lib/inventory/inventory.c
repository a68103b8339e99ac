/* Loading an inventory: which source is what, and the life of what they fill. */
#include "inventory/inventory.h"

#include "base/python-regex.h"
#include "base/secret-memory.h"
#include "base/secret-reading.h"
#include "base/text.h"
#include "inventory/data.h"
#include "inventory/host-names.h"
#include "base/ini.h"
#include "inventory/variable-files.h"
#include "inventory/vault.h"

#include <string.h>
#include <unistd.h>

enum { FOLDERS_DEPTH_MAX = 32 };
static const gsize SOURCE_MAX = 256 * 1024 * 1024;

static void source_free(gpointer data)
{
	struct source *source = data;
	g_free(source->name);
	g_free(source->file);
	g_free(source->folder);
	g_free(source);
}

static void variables_clear(struct variables *variables)
{
	g_clear_pointer(&variables->dict, value_unref);
	g_clear_pointer(&variables->before, g_ptr_array_unref);
}

static void group_free(gpointer data)
{
	group *g = data;
	g_ptr_array_unref(g->hosts);
	g_array_unref(g->children);
	g_ptr_array_unref(g->parents);
	g_clear_pointer(&g->all_hosts, g_ptr_array_unref);
	variables_clear(&g->variables);
	g_free(g);
}

static void host_free(gpointer data)
{
	host *h = data;
	if (h == NULL) {
		return;
	}
	g_free(h->groups);
	variables_clear(&h->variables);
	value_unref(h->merged);
	g_free(h);
}

static void membership_free(gpointer data)
{
	struct membership *membership = data;
	g_ptr_array_unref(membership->groups);
	value_unref(membership->raw);
	value_unref(membership->merged);
	value_unref(membership->names);
	g_free(membership);
}

static inventory *new_inventory(const struct inventory_options *options)
{
	inventory *inv = g_new0(inventory, 1);
	inv->texts = g_string_chunk_new(64 * 1024);
	inv->hosts = g_ptr_array_new_with_free_func(host_free);
	inv->unlisted = g_hash_table_new_full(g_str_hash, g_str_equal, NULL, host_free);
	inv->groups = g_ptr_array_new_with_free_func(group_free);
	inv->host_names = g_hash_table_new(g_str_hash, g_str_equal);
	inv->group_names = g_hash_table_new(g_str_hash, g_str_equal);
	inv->keys =
		g_hash_table_new_full(g_str_hash, g_str_equal, NULL, (GDestroyNotify)value_unref);
	inv->sources = g_ptr_array_new_with_free_func(source_free);
	inv->folders = g_ptr_array_new_with_free_func(g_free);
	inv->memberships = g_hash_table_new_full(
		g_bytes_hash, g_bytes_equal, (GDestroyNotify)g_bytes_unref, membership_free);
	inv->decrypted = g_hash_table_new_full(
		NULL, NULL, (GDestroyNotify)value_unref, (GDestroyNotify)value_unref);
	inv->ignored_patterns = g_ptr_array_new_with_free_func((GDestroyNotify)g_regex_unref);
	g_rec_mutex_init(&inv->lock);
	if (options != NULL) {
		inv->playbook_folder = g_strdup(options->playbook_folder);
		inv->vault = options->vault;
		inv->warnings = options->warnings;
		inv->ignored_endings = g_strdupv((char **)options->ignored_endings);
	}
	inv->files = variable_files_new(inv->vault);
	group *all = inventory_add_group(inv, "all", POSITION_NONE);
	group *ungrouped = inventory_add_group(inv, "ungrouped", POSITION_NONE);
	inventory_add_child(inv, all, ungrouped, POSITION_NONE);
	return inv;
}

void inventory_free(inventory *inv)
{
	if (inv == NULL) {
		return;
	}
	g_hash_table_unref(inv->memberships);
	g_hash_table_unref(inv->decrypted);
	g_hash_table_unref(inv->host_names);
	g_hash_table_unref(inv->group_names);
	g_ptr_array_unref(inv->hosts);
	g_ptr_array_unref(inv->groups);
	g_hash_table_unref(inv->unlisted);
	host_free(inv->implicit);
	g_ptr_array_unref(inv->sources);
	g_ptr_array_unref(inv->folders);
	g_hash_table_unref(inv->keys);
	variable_files_free(inv->files);
	value_unref(inv->groups_value);
	g_string_chunk_free(inv->texts);
	g_free(inv->first_folder);
	g_free(inv->playbook_folder);
	g_strfreev(inv->ignored_endings);
	g_ptr_array_unref(inv->ignored_patterns);
	g_rec_mutex_clear(&inv->lock);
	g_free(inv);
}

/* Telling INI from YAML. */

static gboolean has_suffix_of(const char *name, const char *const *suffixes)
{
	for (gsize i = 0; suffixes[i] != NULL; i++) {
		if (g_str_has_suffix(name, suffixes[i])) {
			return TRUE;
		}
	}
	return FALSE;
}

static gboolean is_yaml_name(const char *path)
{
	static const char *const suffixes[] = { ".yml", ".yaml", ".json", NULL };
	return has_suffix_of(path, suffixes);
}

static gboolean has_extension(const char *path)
{
	const char *slash = strrchr(path, '/');
	const char *base = slash != NULL ? slash + 1 : path;
	const char *dot = strrchr(base, '.');
	return dot != NULL && dot != base;
}

/* The first line that is neither blank nor a comment. Caller frees. */
static char *first_line(const char *text)
{
	const char *p = text;
	for (;;) {
		p += strspn(p, " \t\r\n\f\v");
		if (*p != '#' && *p != ';') {
			return g_strndup(p, strcspn(p, "\r\n"));
		}
		p += strcspn(p, "\r\n");
	}
}

/* Whether a file whose first line this is could hold a YAML mapping at all. Saves reading big INI
 * files as YAML first, as Ansible does. */
static gboolean may_be_yaml(const char *line)
{
	if (*line == '[') {
		return FALSE;
	}
	if (g_ascii_isalnum(*line)) {
		return strstr(line, ": ") != NULL || g_str_has_suffix(line, ":") ||
		       strstr(line, ":\t") != NULL;
	}
	return TRUE;
}

static gboolean read_text(
	inventory *inv, const char *text, gsize length, const char *path, GError **error)
{
	g_autofree char *line = first_line(text);
	if (has_extension(path) && !is_yaml_name(path)) {
		return source_read_ini(inv, text, length, path, error);
	}
	if (*line == '\0' || !may_be_yaml(line)) {
		return source_read_ini(inv, text, length, path, error);
	}
	g_autoptr(GError) yaml_error = NULL;
	g_autoptr(value) v = variable_text_read(inv->vault, text, length, path, &yaml_error);
	if (v != NULL && (value_is(v, VALUE_DICT) && value_dict_length(v) > 0)) {
		return source_read_yaml(inv, v, error);
	}
	gboolean yaml_meant = is_yaml_name(path) || strcmp(line, "---") == 0 ||
			      g_str_has_suffix(line, ":") || *line == '{';
	if (!yaml_meant || (v != NULL && !is_yaml_name(path))) {
		return source_read_ini(inv, text, length, path, error);
	}
	if (v != NULL) {
		return source_read_yaml(inv, v, error);
	}
	g_propagate_error(error, g_steal_pointer(&yaml_error));
	return FALSE;
}

static gboolean read_file(inventory *inv, const char *path, GError **error)
{
	gsize length = 0;
	g_autofree char *bytes = text_read_bytes(path, SOURCE_MAX, &length, error);
	if (bytes == NULL) {
		return FALSE;
	}
	if (vault_is_encrypted(bytes, length)) {
		gsize plain_length = 0;
		g_autosecret char *plain =
			vault_decrypt(inv->vault, bytes, length, path, &plain_length, error);
		inv->encrypted = TRUE;
		secret_reading_begin();
		gboolean well = plain != NULL && text_check(plain, plain_length, path, error) &&
				read_text(inv, plain, plain_length, path, error);
		secret_reading_end();
		inv->encrypted = FALSE;
		if (plain != NULL && !well) {
			vault_hide_text(error);
		}
		return well;
	}
	if (!text_check(bytes, length, path, error)) {
		return FALSE;
	}
	length = text_normalize(bytes, length, TEXT_KEEP_CRLF);
	bytes[length] = '\0';
	return read_text(inv, bytes, length, path, error);
}

/* Sources. */

static gboolean read_path(inventory *inv, const char *path, guint depth, GError **error);

static gboolean is_ignored(const inventory *inv, const char *name)
{
	static const char *const usual[] = { ".pyc", ".pyo", ".swp", ".bak", "~", ".rpm", ".md",
		".txt", ".rst", ".orig", ".ini", ".cfg", ".retry", NULL };
	static const char *const names[] = { "host_vars", "group_vars", "vars_plugins", NULL };
	const char *const *endings =
		inv->ignored_endings != NULL ? (const char *const *)inv->ignored_endings : usual;
	if (*name == '.' || g_strv_contains(names, name) || has_suffix_of(name, endings)) {
		return TRUE;
	}
	for (guint i = 0; i < inv->ignored_patterns->len; i++) {
		if (g_regex_match(inv->ignored_patterns->pdata[i], name, 0, NULL)) {
			return TRUE;
		}
	}
	return FALSE;
}

static gboolean take_patterns(inventory *inv, const char *const *patterns, GError **error)
{
	for (; patterns != NULL && *patterns != NULL; patterns++) {
		g_autoptr(GError) reason = NULL;
		GRegex *pattern = python_regex_new(*patterns, PYTHON_REGEX_BYTES, &reason);
		if (pattern == NULL) {
			error_set(error, SUTLER_ERROR_USAGE,
				"inventory_ignore_patterns: invalid regular expression '%s': %s",
				*patterns, reason->message);
			return FALSE;
		}
		g_ptr_array_add(inv->ignored_patterns, pattern);
	}
	return TRUE;
}

static gint compare_names(gconstpointer a, gconstpointer b)
{
	return strcmp(*(const char *const *)a, *(const char *const *)b);
}

static gboolean read_folder(inventory *inv, const char *path, guint depth, GError **error)
{
	g_autoptr(GError) reason = NULL;
	g_autoptr(GDir) dir = g_dir_open(path, 0, &reason);
	if (dir == NULL || depth > FOLDERS_DEPTH_MAX) {
		error_set(error, SUTLER_ERROR_USAGE, "unable to read inventory folder '%s'%s%s",
			path, reason != NULL ? ": " : "", reason != NULL ? reason->message : "");
		return FALSE;
	}
	g_autoptr(GPtrArray) names = g_ptr_array_new_with_free_func(g_free);
	for (const char *name = g_dir_read_name(dir); name != NULL; name = g_dir_read_name(dir)) {
		if (!is_ignored(inv, name)) {
			g_ptr_array_add(names, g_strdup(name));
		}
	}
	if (names->len == 0 && depth == 0) {
		error_set(error, SUTLER_ERROR_USAGE,
			"inventory folder '%s' contains no inventory (files named %s are ignored)",
			path,
			inv->ignored_endings != NULL ? "as inventory_ignore_extensions has it"
						     : ".ini, .cfg, .txt or .md");
		return FALSE;
	}
	g_ptr_array_sort(names, compare_names);
	for (guint i = 0; i < names->len; i++) {
		g_autofree char *full = g_build_filename(path, names->pdata[i], NULL);
		if (!read_path(inv, full, depth + 1, error)) {
			return FALSE;
		}
	}
	return TRUE;
}

static void begin_source(inventory *inv, const char *name, gboolean is_file)
{
	struct source *source = g_new0(struct source, 1);
	source->name = g_strdup(name);
	if (is_file) {
		source->file = g_canonicalize_filename(name, NULL);
		source->folder = g_path_get_dirname(source->file);
	}
	g_ptr_array_add(inv->sources, source);
}

/* An executable bit alone makes no script: a data file on a mounted disk often has one. */
static gboolean is_script(const char *path)
{
	if (access(path, X_OK) != 0) {
		gsize length = 0;
		g_autofree char *text = text_read_bytes(path, SOURCE_MAX, &length, NULL);
		return text != NULL && length > 2 && text[0] == '#' && text[1] == '!';
	}
	return TRUE;
}

static gboolean starts_program(const char *path)
{
	g_autoptr(GMappedFile) file = g_mapped_file_new(path, FALSE, NULL);
	const char *text = file != NULL ? g_mapped_file_get_contents(file) : NULL;
	gsize length = file != NULL ? g_mapped_file_get_length(file) : 0;
	return length >= 4 && ((text[0] == '#' && text[1] == '!') || memcmp(text,
									     "\x7f"
									     "ELF",
									     4) == 0);
}

static gboolean read_path(inventory *inv, const char *path, guint depth, GError **error)
{
	if (g_file_test(path, G_FILE_TEST_IS_DIR)) {
		return read_folder(inv, path, depth, error);
	}
	begin_source(inv, path, TRUE);
	if (is_script(path) && starts_program(path)) {
		return source_read_script(inv, path, error);
	}
	return read_file(inv, path, error);
}

static gboolean is_url(const char *source)
{
	return g_str_has_prefix(source, "http://") || g_str_has_prefix(source, "https://");
}

static void add_folder(inventory *inv, const char *path)
{
	gboolean folder = g_file_test(path, G_FILE_TEST_IS_DIR);
	char *name = folder ? g_strdup(path) : g_path_get_dirname(path);
	if (inv->first_folder == NULL) {
		inv->first_folder = g_canonicalize_filename(name, NULL);
	}
	g_ptr_array_add(inv->folders, name);
}

static gboolean read_source(inventory *inv, const char *source, GError **error)
{
	if (is_url(source)) {
		begin_source(inv, source, FALSE);
		return source_read_url(inv, source, error);
	}
	gboolean there = g_file_test(source, G_FILE_TEST_EXISTS);
	if (!there && strchr(source, ',') != NULL) {
		begin_source(inv, source, FALSE);
		return source_read_list(inv, source, error);
	}
	if (!there) {
		error_set(error, SUTLER_ERROR_USAGE,
			"unable to read inventory '%s': no such file or folder (a list of hosts "
			"needs a "
			"comma: '%s,')",
			source, source);
		return FALSE;
	}
	add_folder(inv, source);
	return read_path(inv, source, 0, error);
}

inventory *inventory_load(
	const char *const *sources, const struct inventory_options *options, GError **error)
{
	g_autoptr(inventory) inv = new_inventory(options);
	if (!take_patterns(inv, options != NULL ? options->ignored_patterns : NULL, error)) {
		return NULL;
	}
	for (gsize i = 0; sources != NULL && sources[i] != NULL; i++) {
		if (*sources[i] == '\0') {
			error_set(error, SUTLER_ERROR_USAGE,
				"the name of an inventory is empty, give a file, a folder or "
				"'host1,host2,'");
			return NULL;
		}
		if (!read_source(inv, sources[i], error)) {
			return NULL;
		}
	}
	if (!inventory_reconcile(inv, error)) {
		return NULL;
	}
	return g_steal_pointer(&inv);
}

/* What is asked. */

const host *inventory_host(const inventory *inv, const char *name)
{
	const host *h = g_hash_table_lookup(inv->host_names, name);
	return h != NULL ? h : inventory_local_host(inv, name);
}

const host *inventory_any_host(const inventory *inv, const char *name)
{
	const host *h = inventory_host(inv, name);
	return h != NULL ? h : inventory_unlisted_host(inv, name);
}

const group *inventory_group(const inventory *inv, const char *name)
{
	return g_hash_table_lookup(inv->group_names, name);
}

const GPtrArray *inventory_hosts(const inventory *inv)
{
	return inv->hosts;
}

const GPtrArray *inventory_all_groups(const inventory *inv)
{
	return inv->groups;
}

const char *host_name(const host *h)
{
	return h->name;
}

const char *group_name(const group *g)
{
	return g->name;
}

gboolean host_is_implicit(const host *h)
{
	return h->index == G_MAXUINT32;
}

static const struct source *source_of(const inventory *inv, const host *h)
{
	return host_is_implicit(h) ? NULL : inv->sources->pdata[h->source];
}

const char *inventory_host_file(const inventory *inv, const host *h)
{
	const struct source *source = source_of(inv, h);
	return source != NULL ? source->file : NULL;
}

const char *inventory_host_folder(const inventory *inv, const host *h)
{
	const struct source *source = source_of(inv, h);
	return source != NULL ? source->folder : NULL;
}

const char *inventory_folder(const inventory *inv)
{
	return inv->first_folder;
}
