/* authorized_key: keys that may log in as a user of the host. */
#include "base/quote.h"
#include "modules/module.h"

#include <string.h>

/* The text from the type of the key on ("ssh-ed25519 AAAA... comment"); NULL: no key. */
static const char *find_key(const char *line)
{
	static const char *const types[] = { "ssh-", "ecdsa-", "sk-ssh-", "sk-ecdsa-" };
	gboolean quoted = FALSE, starts = TRUE;
	for (const char *p = line; *p != '\0'; p++) {
		for (gsize i = 0; starts && !quoted && i < G_N_ELEMENTS(types); i++) {
			if (g_str_has_prefix(p, types[i]) && strstr(p, " AAAA") != NULL) {
				return p;
			}
		}
		quoted = *p == '"' && (p == line || p[-1] != '\\') ? !quoted : quoted;
		starts = *p == ' ';
	}
	return NULL;
}

/* Appends "TYPE DATA" and the whole wanted line as two quoted words. */
static void append_key(const call *c, GString *words, const char *line, const char *key)
{
	const char *options = call_text(c, "key_options");
	const char *comment = call_text(c, "comment");
	g_auto(GStrv) parts = g_strsplit(key, " ", 3);
	g_autofree char *own = g_strchomp(g_strndup(line, (gsize)(key - line)));
	g_autofree char *name = g_strdup_printf("%s %s", parts[0], parts[1]);
	const char *before = options != NULL ? options : own;
	const char *after = comment != NULL ? comment : parts[2] == NULL ? "" : parts[2];
	g_autofree char *wanted = g_strconcat(
		before, *before == '\0' ? "" : " ", name, *after == '\0' ? "" : " ", after, NULL);
	g_autofree char *quoted_name = shell_quote(name);
	g_autofree char *quoted_line = shell_quote(wanted);
	g_string_append_printf(words, "%s %s ", quoted_name, quoted_line);
}

gboolean module_authorized_key_prepare(call *c, GError **error)
{
	g_auto(GStrv) lines = g_strsplit(call_text(c, "key"), "\n", -1);
	GString *words = g_string_new(NULL);
	for (char **line = lines; *line != NULL; line++) {
		const char *text = g_strstrip(*line);
		const char *key = find_key(text);
		if (*text == '\0' || *text == '#') {
			continue;
		}
		if (key == NULL) {
			call_error(c, error,
				"'%s' is not a public key (a URL must be fetched first, with uri)",
				text);
			g_string_free(words, TRUE);
			return FALSE;
		}
		append_key(c, words, text, key);
	}
	call_set_shell(c, "keys", words->str);
	g_string_free(words, TRUE);
	return TRUE;
}
