/* copy: a local file or a given text, as a file on the host. */
#include "modules/copy.h"

#include "modules/mode.h"

#include "base/digest.h"
#include "base/quote.h"
#include "value/json.h"

#include <glib/gstdio.h>
#include <string.h>

/* A mapping or list given as content arrives as JSON, as in Ansible. */
static GBytes *content_bytes(const value *content, GError **error)
{
	char *text = NULL;
	if (value_is(content, VALUE_DICT) || value_is(content, VALUE_LIST)) {
		text = json_write(content, NULL, error);
		if (text == NULL) {
			return NULL;
		}
	} else if (value_is(content, VALUE_STRING)) {
		return g_bytes_new(value_string(content), value_string_length(content));
	} else {
		text = value_to_string(content);
	}
	return g_bytes_new_take(text, strlen(text));
}

/* ---- folders ---- */

/* A bigger file counts as one whose content cannot be shown. */
enum { TEXT_MAX = 1024 * 1024 };

struct entry {
	char *name;   /* from the folder on */
	char *path;   /* NULL for folders and links */
	char *target; /* of a link that is copied as one */
	gboolean folder;
};

static void entry_free(gpointer data)
{
	struct entry *e = data;
	g_free(e->name);
	g_free(e->path);
	g_free(e->target);
	g_free(e);
}

static int compare_entries(gconstpointer a, gconstpointer b)
{
	const struct entry *const *x = a, *const *y = b;
	return strcmp((*x)->name, (*y)->name);
}

static gboolean add_tree(call *c, GPtrArray *entries, const char *path, const char *name,
	guint depth, GError **error)
{
	enum { DEPTH_MAX = 64, ENTRIES_MAX = 10000 };
	g_autoptr(GError) problem = NULL;
	g_autoptr(GDir) folder = g_dir_open(path, 0, &problem);
	if (folder == NULL || depth > DEPTH_MAX || entries->len > ENTRIES_MAX) {
		call_error(c, error, "unable to copy the folder '%s': %s", path,
			folder == NULL ? problem->message
				       : "it holds too much, more than 10000 files or 64 levels");
		return FALSE;
	}
	for (const char *one; (one = g_dir_read_name(folder)) != NULL;) {
		g_autofree char *full = g_build_filename(path, one, NULL);
		struct entry *e = g_new0(struct entry, 1);
		e->name = name == NULL ? g_strdup(one) : g_build_filename(name, one, NULL);
		g_ptr_array_add(entries, e);
		if (g_file_test(full, G_FILE_TEST_IS_SYMLINK) &&
			(!call_flag(c, "local_follow") || !g_file_test(full, G_FILE_TEST_EXISTS))) {
			e->target = g_file_read_link(full, NULL);
		} else if (g_file_test(full, G_FILE_TEST_IS_DIR)) {
			e->folder = TRUE;
			if (!add_tree(c, entries, full, e->name, depth + 1, error)) {
				return FALSE;
			}
		} else {
			e->path = g_steal_pointer(&full);
		}
	}
	return TRUE;
}

/* Appends what the host needs to compare one entry: NAME TYPE SIZE SHA256 TEXT MODE. */
static gboolean append_entry(const call *c, GString *words, const struct entry *e, GError **error)
{
	shell_append_quoted(words, e->name);
	if (e->path == NULL) {
		g_string_append_printf(words, " %s 0 ", e->folder ? "folder" : "link");
		shell_append_quoted(words, e->target != NULL ? e->target : "");
		g_string_append(words, " '' '' ");
		return TRUE;
	}
	g_autoptr(GError) problem = NULL;
	const struct payload_file *file = payload_file_look(e->path, &problem);
	if (file == NULL) {
		call_error(c, error, "%s", problem->message);
		return FALSE;
	}
	g_autofree char *mode = g_strcmp0(call_text(c, "mode"), "preserve") == 0
					? mode_of_file(e->path)
					: g_strdup("");
	g_string_append_printf(words, " file %" G_GUINT64_FORMAT " %s '%s' '%s' ", file->size,
		file->sha256, file->text && file->size <= TEXT_MAX ? "1" : "", mode);
	return TRUE;
}

static gboolean prepare_tree(call *c, const char *path, GError **error)
{
	const char *src = call_text(c, "src");
	GPtrArray *entries = g_ptr_array_new_with_free_func(entry_free);
	c->data = entries;
	c->data_free = (GDestroyNotify)g_ptr_array_unref;
	if (!add_tree(c, entries, path, NULL, 0, error)) {
		return FALSE;
	}
	g_ptr_array_sort(entries, compare_entries);
	/* Not empty for an empty folder either. */
	GString *words = g_string_new(" ");
	for (guint i = 0; i < entries->len; i++) {
		if (!append_entry(c, words, g_ptr_array_index(entries, i), error)) {
			g_string_free(words, TRUE);
			return FALSE;
		}
	}
	g_autofree char *basename = g_path_get_basename(path);
	/* As rsync and Ansible: "folder" goes into dest, the contents of "folder/" do. */
	call_set_shell(c, "basename", g_str_has_suffix(src, "/") ? "" : basename);
	call_set_shell(c, "tree", words->str);
	call_set_shell(c, "answered", "");
	g_string_free(words, TRUE);
	return TRUE;
}

/* content: the numbers of the entries whose bytes the host wants; they follow each other in the
 * body. */
gboolean module_copy_answer(call *c, GBytes *content, GError **error)
{
	const GPtrArray *entries = c->data;
	gsize size = 0;
	const char *data = g_bytes_get_data(content, &size);
	g_autofree char *list = g_strndup(data == NULL ? "" : data, size);
	g_auto(GStrv) numbers = g_strsplit(list, " ", -1);
	g_autoptr(payload) all = payload_new();
	GString *wanted = g_string_new(" ");
	for (char **number = numbers; *number != NULL; number++) {
		guint64 i = 0;
		if (!g_ascii_string_to_unsigned(*number, 10, 0, entries->len - 1, &i, NULL)) {
			continue;
		}
		const struct entry *e = g_ptr_array_index(entries, i);
		const struct payload_file *file =
			e->path == NULL ? NULL : payload_file_look(e->path, error);
		if (file == NULL) {
			g_string_free(wanted, TRUE);
			return e->path == NULL;
		}
		payload_add_file(all, file);
		g_string_append_printf(wanted, "%" G_GUINT64_FORMAT " ", i);
	}
	payload_unref(c->files);
	c->files = g_steal_pointer(&all);
	call_set_shell(c, "sha256", "");
	call_set_shell(c, "answered", wanted->str);
	g_string_free(wanted, TRUE);
	return TRUE;
}

/* ---- files ---- */

static gboolean prepare_file(call *c, const char *path, GError **error)
{
	const char *src = call_text(c, "src");
	if (src != NULL && !call_set_file(c, path, error)) {
		return FALSE;
	}
	if (src == NULL) {
		GBytes *bytes = content_bytes(call_value(c, "content"), error);
		if (bytes == NULL) {
			return FALSE;
		}
		call_set_body(c, bytes);
	}
	g_autofree char *basename = src == NULL ? g_strdup("") : g_path_get_basename(src);
	g_autofree char *size = g_strdup_printf(
		"%zu", c->files != NULL ? payload_size(c->files) : g_bytes_get_size(c->body));
	call_set_shell(c, "basename", basename);
	call_set_shell(c, "size", size);
	if (g_strcmp0(call_text(c, "mode"), "preserve") == 0) {
		g_autofree char *mode = path == NULL ? g_strdup("") : mode_of_file(path);
		call_set_shell(c, "mode", mode);
	}
	return TRUE;
}

gboolean module_copy_prepare(call *c, GError **error)
{
	const char *src = call_text(c, "src");
	if ((src == NULL) == (call_value(c, "content") == NULL)) {
		call_error(c, error, "give either 'src' or 'content'");
		return FALSE;
	}
	call_set_shell(c, "tree", "");
	if (src != NULL && call_flag(c, "remote_src")) {
		call_set_shell(c, "src", src);
		call_set_shell(c, "keep_mode",
			g_strcmp0(call_text(c, "mode"), "preserve") == 0 ? "1" : "");
		return TRUE;
	}
	g_autofree char *path = src == NULL ? NULL : call_find_file(c, src, FALSE, error);
	if (src != NULL && path == NULL) {
		return FALSE;
	}
	call_set_shell(c, "remote_src", "");
	return path != NULL && g_file_test(path, G_FILE_TEST_IS_DIR) ? prepare_tree(c, path, error)
								     : prepare_file(c, path, error);
}

void copy_finish(call *c, result *r)
{
	const value *dest = value_dict_get(r->fields, "dest");
	gboolean changed = r->status == STEP_CHANGED;
	if (c->body == NULL || dest == NULL || (!changed && r->status != STEP_OK)) {
		return;
	}
	gsize size = 0;
	gconstpointer bytes = g_bytes_get_data(c->body, &size);
	const char *src = call_text(c, "src");
	g_autofree char *sha1 = digest_hex("sha1", bytes, size);
	g_autofree char *md5 = changed ? digest_hex("md5", bytes, size) : NULL;
	result_set_text(r, "checksum", sha1);
	if (!changed) {
		result_set(r, "path", value_ref(dest));
		return;
	}
	if (md5 != NULL) {
		result_set_text(r, "md5sum", md5);
	}
	result_set(r, "src", src != NULL ? value_new_string(src) : value_ref(dest));
	result_set(r, "diff", value_new_list());
}
