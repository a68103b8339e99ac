/* copy: a local file or a given text, as a file on the host. */
#include "modules/module.h"

#include "value/json.h"

#include <string.h>

extern const char module_copy_script[];

static const struct parameter parameters[] = {
	{ "dest", PARAMETER_PATH, PARAMETER_REQUIRED, NULL, NULL, NULL, "where it goes; a folder ends in /" },
	{ "src", PARAMETER_TEXT, PARAMETER_HERE, NULL, NULL, NULL, "local file, or path on the host with remote_src" },
	{ "content", PARAMETER_ANY, 0, NULL, NULL, NULL, "the text itself, instead of src" },
	{ "force", PARAMETER_BOOL, 0, "yes", NULL, NULL, "replace an existing file that differs" },
	{ "backup", PARAMETER_BOOL, 0, "no", NULL, NULL, "keep the old file under a dated name" },
	{ "follow", PARAMETER_BOOL, 0, "yes", NULL, NULL, "write to where a symbolic link points" },
	{ "validate", PARAMETER_TEXT, 0, NULL, NULL, NULL, "command that checks the new file, named %s" },
	{ "decrypt", PARAMETER_BOOL, PARAMETER_HERE, "yes", NULL, NULL, "vault files arrive decrypted" },
	{ 0 },
};

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

static GBytes *source_bytes(const call *c, const char *path, GError **error)
{
	char *bytes = NULL;
	gsize size = 0;
	g_autoptr(GError) problem = NULL;
	if (g_file_test(path, G_FILE_TEST_IS_DIR)) {
		call_error(c, error, "'%s' is a folder: copying folders is not supported yet", path);
		return NULL;
	}
	if (!g_file_get_contents(path, &bytes, &size, &problem)) {
		call_error(c, error, "%s", problem->message);
		return NULL;
	}
	return g_bytes_new_take(bytes, size);
}

static gboolean prepare(call *c, GError **error)
{
	const char *src = call_text(c, "src");
	const value *content = call_value(c, "content");
	if ((src == NULL) == (content == NULL)) {
		call_error(c, error, "give either 'src' or 'content'");
		return FALSE;
	}
	g_autofree char *path = src == NULL ? NULL : call_find_file(c, src, FALSE, error);
	if (src != NULL && path == NULL) {
		return FALSE;
	}
	GBytes *bytes = src == NULL ? content_bytes(content, error) : source_bytes(c, path, error);
	if (bytes == NULL) {
		return FALSE;
	}
	g_autofree char *basename = src == NULL ? g_strdup("") : g_path_get_basename(src);
	g_autofree char *size = g_strdup_printf("%zu", g_bytes_get_size(bytes));
	call_set_shell(c, "basename", basename);
	call_set_shell(c, "size", size);
	call_set_body(c, bytes);
	return TRUE;
}

const struct module module_copy = {
	.name = "copy",
	.summary = "puts a local file, or a text, in place on the host",
	.parameters = parameters,
	.flags = MODULE_ATTRIBUTES,
	.script = module_copy_script,
	.prepare = prepare,
};
