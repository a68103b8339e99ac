/* apt_repository: archives that apt installs from. */
#include "modules/module.h"

#include <string.h>

/* Letters and digits of text, with one _ between. */
static char *clean(const char *text)
{
	GString *out = g_string_new(NULL);
	for (; *text != '\0'; text++) {
		if (g_ascii_isalnum(*text)) {
			g_string_append_c(out, *text);
		} else if (out->len > 0 && out->str[out->len - 1] != '_') {
			g_string_append_c(out, '_');
		}
	}
	while (out->len > 0 && out->str[out->len - 1] == '_') {
		g_string_truncate(out, out->len - 1);
	}
	return g_string_free(out, FALSE);
}

/* The file Ansible would choose: the archive's address without protocol and password. */
static char *file_name(const char *line)
{
	g_autoptr(GRegex) options =
		g_regex_new("\\[[^\\]]+\\]", G_REGEX_DEFAULT, G_REGEX_MATCH_DEFAULT, NULL);
	g_autoptr(GRegex) protocol =
		g_regex_new("\\w+://", G_REGEX_DEFAULT, G_REGEX_MATCH_DEFAULT, NULL);
	g_autofree char *without =
		g_regex_replace_literal(options, line, -1, 0, "", G_REGEX_MATCH_DEFAULT, NULL);
	g_autofree char *bare =
		g_regex_replace_literal(protocol, without, -1, 0, "", G_REGEX_MATCH_DEFAULT, NULL);
	g_auto(GStrv) words = g_strsplit_set(bare, " \t", -1);
	for (char **word = words; *word != NULL; word++) {
		if (**word != '\0' && !g_str_equal(*word, "deb") &&
			!g_str_equal(*word, "deb-src")) {
			const char *at = strchr(*word, '@');
			return clean(at == NULL ? *word : at + 1);
		}
	}
	return g_strdup("sources");
}

gboolean module_apt_repository_prepare(call *c, GError **error)
{
	g_autofree char *line = g_strstrip(g_strdup(call_text(c, "repo")));
	gboolean ppa = g_str_has_prefix(line, "ppa:");
	if (!ppa && !g_regex_match_simple("^deb(-src)?\\s+(\\[[^\\]]*\\]\\s+)?\\S+\\s+\\S+", line,
			    G_REGEX_DEFAULT, G_REGEX_MATCH_DEFAULT)) {
		call_error(c, error,
			"'%s' is not a valid source line: write deb URL RELEASE COMPONENT, or "
			"ppa:OWNER/NAME",
			line);
		return FALSE;
	}
	g_autofree char *suggested = ppa ? clean(line + strlen("ppa:")) : file_name(line);
	const char *given = call_text(c, "filename");
	const char *name = given != NULL ? given : suggested;
	g_autofree char *path = g_path_is_absolute(name)
					? g_strdup(name)
					: g_strconcat("/etc/apt/sources.list.d/", name, NULL);
	g_autofree char *full =
		g_str_has_suffix(path, ".list") ? g_strdup(path) : g_strconcat(path, ".list", NULL);
	/* As Ansible writes and compares them: single blanks. */
	g_autoptr(GRegex) blanks =
		g_regex_new("\\s+", G_REGEX_DEFAULT, G_REGEX_MATCH_DEFAULT, NULL);
	g_autofree char *tidy =
		g_regex_replace_literal(blanks, line, -1, 0, " ", G_REGEX_MATCH_DEFAULT, NULL);
	call_set_shell(c, "line", tidy);
	call_set_shell(c, "file", full);
	call_set_shell(c, "ppa", ppa ? "1" : "");
	return TRUE;
}
