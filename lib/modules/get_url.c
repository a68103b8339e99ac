/* get_url: a file from the web, fetched by the host. */
#include "modules/module.h"

#include <string.h>

extern const char module_get_url_script[];

static const struct parameter parameters[] = {
	{ "url", PARAMETER_TEXT, PARAMETER_REQUIRED, NULL, NULL, NULL,
		"where it is (http, https or ftp)" },
	{ "dest", PARAMETER_PATH, PARAMETER_REQUIRED, NULL, NULL, NULL,
		"where it goes; a folder gets the URL's last part" },
	{ "checksum", PARAMETER_TEXT, PARAMETER_HERE, "", NULL, NULL,
		"ALGORITHM:HEX of the content" },
	{ "sha256sum", PARAMETER_TEXT, PARAMETER_HERE, "", NULL, NULL,
		"the old way to write checksum: sha256:HEX" },
	{ "force", PARAMETER_BOOL, 0, "no", NULL, NULL, "fetch it even when the file is there" },
	{ "backup", PARAMETER_BOOL, 0, "no", NULL, NULL, "keep the old file under a dated name" },
	{ "timeout", PARAMETER_INT, 0, "10", NULL, NULL, "seconds without an answer" },
	{ "headers", PARAMETER_DICT, 0, NULL, NULL, NULL, "more headers" },
	{ "url_username", PARAMETER_TEXT, 0, NULL, NULL, "username",
		"user for basic authentication" },
	{ "url_password", PARAMETER_TEXT, PARAMETER_SECRET, NULL, NULL, "password",
		"its password" },
	{ "force_basic_auth", PARAMETER_BOOL, PARAMETER_HERE, "no", NULL, NULL,
		"accepted: it is always sent at once" },
	{ "validate_certs", PARAMETER_BOOL, 0, "yes", NULL, NULL,
		"check the server's certificate" },
	{ "http_agent", PARAMETER_TEXT, 0, "ansible-httpget", NULL, NULL,
		"name to call ourselves" },
	{ "use_proxy", PARAMETER_BOOL, 0, "yes", NULL, NULL,
		"use the proxy the host's environment names" },
	{ "decompress", PARAMETER_BOOL, PARAMETER_LACKING, "yes", NULL, NULL,
		"remove it, what is fetched is kept as the server meant it" },
	{ "client_cert", PARAMETER_TEXT, PARAMETER_LACKING, NULL, NULL, NULL,
		"use 'command' with curl --cert" },
	{ "client_key", PARAMETER_TEXT, PARAMETER_LACKING, NULL, NULL, NULL,
		"use 'command' with curl --key" },
	{ "ciphers", PARAMETER_LIST, PARAMETER_LACKING, NULL, NULL, NULL,
		"use 'command' with curl --ciphers" },
	{ "unredirected_headers", PARAMETER_LIST, PARAMETER_LACKING, NULL, NULL, NULL,
		"remove it and give the address that the server redirects to" },
	{ "use_gssapi", PARAMETER_BOOL, PARAMETER_LACKING, "no", NULL, NULL,
		"use 'command' with curl --negotiate" },
	{ "use_netrc", PARAMETER_BOOL, PARAMETER_HERE, "yes", NULL, NULL,
		"accepted: no .netrc is read" },
	{ "tmp_dest", PARAMETER_PATH, PARAMETER_HERE, NULL, NULL, NULL,
		"accepted: what is fetched waits beside dest" },
	{ "validate", PARAMETER_TEXT, 0, NULL, NULL, NULL,
		"command that checks the new file, named %s" },
	{ 0 },
};

static gboolean prepare(call *c, GError **error)
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

const struct module module_get_url = {
	.name = "get_url",
	.summary = "downloads a file to the host over HTTP, HTTPS or FTP",
	.parameters = parameters,
	.flags = MODULE_ATTRIBUTES,
	.script = module_get_url_script,
	.prepare = prepare,
};
