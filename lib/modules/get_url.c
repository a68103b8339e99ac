/* get_url: a file from the web, fetched by the host. */
#include "modules/module.h"

#include <string.h>

gboolean module_get_url_prepare(call *c, GError **error)
{
	const char *url = call_text(c, "url");
	const char *checksum = call_text(c, "checksum");
	const char *sha256 = call_text(c, "sha256sum");
	g_autofree char *old = *sha256 != '\0' ? g_strconcat("sha256:", sha256, NULL) : NULL;
	checksum = *checksum == '\0' && old != NULL ? old : checksum;
	g_autofree char *low = g_ascii_strdown(checksum, -1);
	if (!g_regex_match_simple("^(https?|ftp)://[^\\s\"\\\\]+$", url, G_REGEX_CASELESS,
		    G_REGEX_MATCH_DEFAULT)) {
		call_error(c, error, "'%s' is not an http, https or ftp URL", url);
		return FALSE;
	}
	if (*low != '\0' &&
		!g_regex_match_simple("^(md5|sha1|sha224|sha256|sha384|sha512):[0-9a-f]+$", low,
			G_REGEX_DEFAULT, G_REGEX_MATCH_DEFAULT)) {
		call_error(c, error, "'checksum' must be ALGORITHM:HEX, as sha256:..., not '%s'",
			checksum);
		return FALSE;
	}
	g_auto(GStrv) parts = g_strsplit(url, "?", 2);
	g_autofree char *basename = g_path_get_basename(parts[0]);
	call_set_shell(c, "checksum", low);
	call_set_shell(c, "basename", basename);
	return TRUE;
}
