/* group_vars/ and host_vars/: found, read, decrypted, and kept. */
#include "inventory/variable-files.h"

#include "base/secret-memory.h"
#include "base/secret-reading.h"
#include "base/text.h"
#include "inventory/precedence.h"
#include "inventory/vault.h"
#include "value/json.h"
#include "value/secrets.h"
#include "value/yaml.h"

#include <string.h>

static const char *const extensions[] = { "", ".yml", ".yaml", ".json" };

struct variable_files {
	const struct vault *passwords;
	GHashTable *folders; /* "FOLDER/KIND" -> set of entry names, or NULL for no such folder */
	GHashTable *loaded;  /* "FOLDER/KIND/NAME" -> value *, or NULL */
};

static void unref_table(gpointer table)
{
	if (table != NULL) {
		g_hash_table_unref(table);
	}
}

static void unref_value(gpointer v)
{
	value_unref(v);
}

struct variable_files *variable_files_new(const struct vault *passwords)
{
	struct variable_files *files = g_new0(struct variable_files, 1);
	files->passwords = passwords;
	files->folders = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, unref_table);
	files->loaded = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, unref_value);
	return files;
}

void variable_files_free(struct variable_files *files)
{
	if (files != NULL) {
		g_hash_table_unref(files->folders);
		g_hash_table_unref(files->loaded);
		g_free(files);
	}
}

/* Begins as JSON does; Ansible tries JSON first, where 1e3 is a number and YAML 1.1 has a string.
 */
static gboolean looks_like_json(const char *text, gsize length)
{
	gsize i = 0;
	while (i < length && g_ascii_isspace(text[i])) {
		i++;
	}
	return i < length && (text[i] == '{' || text[i] == '[');
}

static value *tagged(const value *v)
{
	static const struct {
		const char *key;
		guint flag;
	} tags[] = { { "__ansible_vault", VALUE_VAULT }, { "__ansible_unsafe", VALUE_UNSAFE } };
	for (gsize i = 0; i < G_N_ELEMENTS(tags); i++) {
		const value *text = value_dict_get(v, tags[i].key);
		if (value_is(text, VALUE_STRING)) {
			value *flagged = value_new_string_flags(value_string(text),
				value_string_length(text), tags[i].flag | value_flags(text));
			value_set_position(flagged, value_position(text));
			return flagged;
		}
	}
	return NULL;
}

/* Takes v. */
static value *replace_tags(value *v)
{
	if (value_is(v, VALUE_DICT)) {
		value *text = tagged(v);
		if (text != NULL) {
			value_unref(v);
			return text;
		}
		for (gsize i = 0; i < value_dict_length(v); i++) {
			value *replaced = replace_tags(value_ref(value_dict_item_at(v, i)));
			value_dict_set_value(v, value_ref(value_dict_key_at(v, i)), replaced);
		}
	} else if (value_is(v, VALUE_LIST)) {
		for (gsize i = 0; i < value_list_length(v); i++) {
			value_list_set(v, i, replace_tags(value_ref(value_list_get(v, i))));
		}
	}
	return v;
}

value *variable_json_parse(const char *text, gsize length, const char *name, GError **error)
{
	value *v = json_parse(text, length, name, error);
	return v != NULL ? replace_tags(v) : NULL;
}

static value *parse(const char *text, gsize length, const char *name, GError **error)
{
	if (!text_check(text, length, name, error)) {
		return NULL;
	}
	if (length >= 3 && memcmp(text, "\xef\xbb\xbf", 3) == 0) {
		text += 3;
		length -= 3;
	}
	if (looks_like_json(text, length)) {
		g_autoptr(GError) json_error = NULL;
		value *v = variable_json_parse(text, length, name, &json_error);
		if (v != NULL) {
			return v;
		}
		if (g_str_has_suffix(name, ".json")) {
			v = yaml_parse_frozen(text, length, name, NULL);
			if (v == NULL) {
				g_propagate_error(error, g_steal_pointer(&json_error));
			}
			return v;
		}
	}
	return yaml_parse_frozen(text, length, name, error);
}

value *variable_text_read(const struct vault *passwords, const char *text, gsize length,
	const char *name, GError **error)
{
	if (!vault_is_encrypted(text, length)) {
		return parse(text, length, name, error);
	}
	gsize plain_length = 0;
	g_autosecret char *plain =
		vault_decrypt(passwords, text, length, name, &plain_length, error);
	if (plain == NULL) {
		return NULL;
	}
	secret_reading_begin();
	value *open = parse(plain, plain_length, name, error);
	secret_reading_end();
	if (open != NULL) {
		secrets_register_all(open); /* the reader has marked them */
	}
	return open;
}

value *variable_file_read(const struct vault *passwords, const char *path, GError **error)
{
	gsize length = 0;
	g_autofree char *text = text_read_bytes(path, TEXT_LIMIT, &length, error);
	return text != NULL ? variable_text_read(passwords, text, length, path, error) : NULL;
}

static GHashTable *list_folder(const char *path)
{
	g_autoptr(GDir) dir = g_dir_open(path, 0, NULL);
	if (dir == NULL) {
		return NULL;
	}
	GHashTable *names = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
	for (const char *name = g_dir_read_name(dir); name != NULL; name = g_dir_read_name(dir)) {
		g_hash_table_add(names, g_strdup(name));
	}
	return names;
}

/* The entries of FOLDER/KIND; NULL: there is no such folder. */
static GHashTable *entries_of(struct variable_files *files, const char *path)
{
	gpointer names = NULL;
	if (!g_hash_table_lookup_extended(files->folders, path, NULL, &names)) {
		names = list_folder(path);
		g_hash_table_insert(files->folders, g_strdup(path), names);
	}
	return names;
}

static gboolean has_extension(const char *name)
{
	const char *dot = strrchr(name, '.');
	if (dot == NULL || dot == name) {
		return TRUE;
	}
	for (gsize i = 1; i < G_N_ELEMENTS(extensions); i++) {
		if (strcmp(dot, extensions[i]) == 0) {
			return TRUE;
		}
	}
	return FALSE;
}

static gint compare_names(gconstpointer a, gconstpointer b)
{
	return strcmp(*(const char *const *)a, *(const char *const *)b);
}

/* Every file of variables below a folder, in order. */
static gboolean find_below(const char *path, guint depth, GPtrArray *found, GError **error)
{
	g_autoptr(GHashTable) names = list_folder(path);
	if (names == NULL || depth > 32) {
		error_set(error, SUTLER_ERROR_USAGE, "unable to read folder '%s'", path);
		return FALSE;
	}
	guint n = 0;
	g_autofree gpointer *sorted = g_hash_table_get_keys_as_array(names, &n);
	qsort(sorted, n, sizeof *sorted, compare_names);
	for (guint i = 0; i < n; i++) {
		const char *name = sorted[i];
		if (*name == '.' || g_str_has_suffix(name, "~")) {
			continue;
		}
		g_autofree char *full = g_build_filename(path, name, NULL);
		if (g_file_test(full, G_FILE_TEST_IS_DIR)) {
			if (strchr(name + 1, '.') == NULL &&
				!find_below(full, depth + 1, found, error)) {
				return FALSE;
			}
		} else if (has_extension(name) && g_file_test(full, G_FILE_TEST_IS_REGULAR)) {
			g_ptr_array_add(found, g_steal_pointer(&full));
		}
	}
	return TRUE;
}

static gboolean find_files(struct variable_files *files, const char *path, const char *name,
	GPtrArray *found, GError **error)
{
	GHashTable *names = entries_of(files, path);
	if (names == NULL) {
		return TRUE;
	}
	for (gsize i = 0; i < G_N_ELEMENTS(extensions); i++) {
		g_autofree char *entry = g_strconcat(name, extensions[i], NULL);
		g_autofree char *full = g_build_filename(path, entry, NULL);
		gboolean there = strchr(entry, '/') != NULL ? g_file_test(full, G_FILE_TEST_EXISTS)
							    : g_hash_table_contains(names, entry);
		if (!there) {
			continue;
		}
		if (g_file_test(full, G_FILE_TEST_IS_DIR)) {
			return find_below(full, 0, found, error);
		}
		g_ptr_array_add(found, g_steal_pointer(&full));
		return TRUE;
	}
	return TRUE;
}

static gboolean merge_file(
	struct variable_files *files, const char *path, value **dict, GError **error)
{
	g_autoptr(value) v = variable_file_read(files->passwords, path, error);
	if (v == NULL) {
		return FALSE;
	}
	if (!value_truth(v)) {
		return TRUE;
	}
	if (!value_is(v, VALUE_DICT)) {
		error_set_at(error, SUTLER_ERROR_USAGE, value_position(v),
			"a file of variables must be a mapping, not %s", value_type_name(v));
		return FALSE;
	}
	if (*dict == NULL) {
		*dict = g_steal_pointer(&v);
		return TRUE;
	}
	if (value_is_frozen(*dict)) {
		value *first = *dict;
		*dict = value_new_dict();
		value_dict_update(*dict, first);
		value_unref(first);
	}
	variables_update(*dict, v);
	return TRUE;
}

static gboolean load(struct variable_files *files, const char *path, const char *name, value **dict,
	GError **error)
{
	g_autoptr(GPtrArray) found = g_ptr_array_new_with_free_func(g_free);
	if (!find_files(files, path, name, found, error)) {
		return FALSE;
	}
	for (guint i = 0; i < found->len; i++) {
		if (!merge_file(files, found->pdata[i], dict, error)) {
			return FALSE;
		}
	}
	return TRUE;
}

/* A file where the folder should be would silently bring nothing. */
static gboolean check_absent(const char *path, GError **error)
{
	if (!g_file_test(path, G_FILE_TEST_EXISTS)) {
		return TRUE;
	}
	error_set(error, SUTLER_ERROR_USAGE,
		"'%s' cannot be read as a folder: put files named after groups or hosts into one",
		path);
	return FALSE;
}

gboolean variable_files_load(struct variable_files *files, const char *folder, const char *kind,
	const char *name, const value **ret_dict, GError **error)
{
	*ret_dict = NULL;
	if (*name == '/') { /* the path of a chroot, as Ansible has it */
		return TRUE;
	}
	g_autofree char *path =
		strcmp(folder, ".") == 0 ? g_strdup(kind) : g_build_filename(folder, kind, NULL);
	if (entries_of(files, path) == NULL) {
		return check_absent(path, error);
	}
	g_autofree char *key = g_strconcat(path, "/", name, NULL);
	gpointer known = NULL;
	if (!g_hash_table_lookup_extended(files->loaded, key, NULL, &known)) {
		value *dict = NULL;
		if (!load(files, path, name, &dict, error)) {
			value_unref(dict);
			return FALSE;
		}
		known = dict != NULL ? value_freeze(dict) : NULL;
		g_hash_table_insert(files->loaded, g_steal_pointer(&key), known);
	}
	*ret_dict = known;
	return TRUE;
}
