/* What a project is called in places that outlive a run and are read from other machines. */
#include "cmd/identity.h"

#include "base/ini.h"

#include <glib.h>
#include <stdlib.h>
#include <string.h>

char *identity_of_address(const char *address)
{
	const char *scheme = strstr(address, "://");
	const char *rest = scheme != NULL ? scheme + 3 : address;
	gsize host = strcspn(rest, "/");
	const char *at = memrchr(rest, '@', host);
	g_autofree char *text = g_strdup(at != NULL ? at + 1 : rest);
	char *colon = scheme == NULL ? strchr(text, ':') : NULL;
	if (colon != NULL && colon < text + strcspn(text, "/")) {
		*colon = '/'; /* host:path, as scp has it */
	}
	gsize length = strlen(text);
	while (length > 1 && text[length - 1] == '/') {
		text[--length] = '\0';
	}
	if (g_str_has_suffix(text, ".git")) {
		text[length - strlen(".git")] = '\0';
	}
	return g_steal_pointer(&text);
}

/* The first `url` of [remote "origin"], into the char * that data points to. */
static gboolean take_origin(const struct ini_line *line, gpointer data, GError **error)
{
	char **url = data;
	const char *equals = strchr(line->text, '=');
	(void)error;
	if (*url == NULL && !line->header && equals != NULL &&
		g_str_equal(line->section, "[remote \"origin\"]")) {
		g_autofree char *name = g_strndup(line->text, (gsize)(equals - line->text));
		if (g_ascii_strcasecmp(g_strchomp(name), "url") == 0) {
			*url = g_strstrip(g_strdup(equals + 1));
		}
	}
	return TRUE;
}

/* remote.origin.url of a work tree (git-config(1)); NULL: it has none. */
static char *origin_of(const char *root)
{
	g_autofree char *path = g_build_filename(root, ".git", "config", NULL);
	g_autofree char *text = NULL;
	gsize length = 0;
	char *url = NULL;
	if (g_file_get_contents(path, &text, &length, NULL) &&
		g_utf8_validate_len(text, length, NULL)) {
		(void)ini_read(text, length, path, NULL, take_origin, &url, NULL); /* what it has */
	}
	return url;
}

/* The work tree of git that a folder is in; NULL: none. */
static char *work_tree(const char *folder)
{
	g_autofree char *at = g_strdup(folder);
	for (;;) {
		g_autofree char *git = g_build_filename(at, ".git", NULL);
		if (g_file_test(git, G_FILE_TEST_EXISTS)) {
			return g_steal_pointer(&at);
		}
		char *up = g_path_get_dirname(at);
		if (g_str_equal(up, at)) {
			g_free(up);
			return NULL;
		}
		g_free(at);
		at = up;
	}
}

char *identity_of_playbook(const char *path)
{
	g_autofree char *folder = g_path_get_dirname(path);
	g_autofree char *name = g_path_get_basename(path);
	char *real = realpath(folder, NULL);
	g_autofree char *absolute =
		real != NULL ? g_strdup(real) : g_canonicalize_filename(folder, NULL);
	free(real);
	g_autofree char *root = work_tree(absolute);
	if (root == NULL) {
		return g_strdup_printf("%s\n%s", absolute, name);
	}
	g_autofree char *origin = origin_of(root);
	g_autofree char *project = origin != NULL ? identity_of_address(origin) : g_strdup(root);
	const char *below = absolute + strlen(root);
	below += *below == '/';
	g_autofree char *relative = g_build_filename(below, name, NULL);
	return g_strdup_printf("%s\n%s", project, relative);
}
