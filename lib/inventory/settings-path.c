/* Paths in settings: made full. */
#include "inventory/settings-path.h"

#include <string.h>

char *settings_full_path(const char *path, const char *folder)
{
	if (*path == '~' && (path[1] == '/' || path[1] == '\0')) {
		const char *home = g_getenv("HOME");
		return g_strconcat(home != NULL ? home : g_get_home_dir(), path + 1, NULL);
	}
	if (folder == NULL || strcmp(folder, ".") == 0 || g_path_is_absolute(path)) {
		return g_strdup(path);
	}
	return g_build_filename(folder, path, NULL);
}

char *settings_full_paths(
	const char *text, const char *folder, const char *separators, const char *joint)
{
	g_auto(GStrv) parts = g_strsplit_set(text, separators, -1);
	GString *out = g_string_new(NULL);
	for (gsize i = 0; parts[i] != NULL; i++) {
		if (*parts[i] == '\0') {
			continue;
		}
		gboolean as_it_is =
			strchr(parts[i], ',') != NULL || strstr(parts[i], "://") != NULL;
		g_autofree char *full =
			as_it_is ? g_strdup(parts[i]) : settings_full_path(parts[i], folder);
		g_string_append_printf(out, "%s%s", out->len > 0 ? joint : "", full);
	}
	return g_string_free(out, FALSE);
}

/* "ID@PATH" with its path made full; what asks or reads the environment stays. Caller frees. */
static char *full_vault_id(const char *source, const char *folder)
{
	const char *at = strchr(source, '@');
	const char *where = at != NULL ? at + 1 : source;
	if (g_str_has_prefix(where, "prompt") || g_str_has_prefix(where, "env:")) {
		return g_strdup(source);
	}
	g_autofree char *path = settings_full_path(where, folder);
	return g_strdup_printf("%.*s%s", (int)(where - source), source, path);
}

char *settings_full_vault_ids(const char *text, const char *folder)
{
	g_auto(GStrv) parts = g_strsplit(text, ",", -1);
	GString *out = g_string_new(NULL);
	for (gsize i = 0; parts[i] != NULL; i++) {
		if (*g_strstrip(parts[i]) != '\0') {
			g_autofree char *full = full_vault_id(parts[i], folder);
			g_string_append_printf(out, "%s%s", out->len > 0 ? ", " : "", full);
		}
	}
	return g_string_free(out, FALSE);
}

char *settings_expand(const char *text)
{
	GString *out = g_string_new(NULL);
	for (const char *p = text; *p != '\0';) {
		gboolean braces = g_str_has_prefix(p, "${");
		const char *name = p + 1 + braces;
		gsize length = 0;
		while (g_ascii_isalnum(name[length]) || name[length] == '_') {
			length++;
		}
		g_autofree char *variable = g_strndup(name, *p == '$' ? length : 0);
		const char *found = *variable != '\0' ? g_getenv(variable) : NULL;
		if (g_str_has_prefix(p, "{{CWD}}")) {
			g_autofree char *folder = g_get_current_dir();
			g_string_append(out, folder);
			p += strlen("{{CWD}}");
		} else if (found != NULL && (!braces || name[length] == '}')) {
			g_string_append(out, found);
			p = name + length + braces;
		} else {
			g_string_append_c(out, *p++);
		}
	}
	return g_string_free(out, FALSE);
}
