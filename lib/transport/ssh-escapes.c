/* The % escapes of ssh_config. */
#include "transport/ssh-escapes.h"

#include <pwd.h>
#include <string.h>
#include <unistd.h>

/* %C: as OpenSSH makes it, so that a master's socket is found. */
static char *connection_hash(const struct ssh_escapes *known)
{
	g_autofree char *text = g_strdup_printf(
		"%s%s%u%s", g_get_host_name(), known->host, known->port, known->user);
	return g_compute_checksum_for_string(G_CHECKSUM_SHA1, text, -1);
}

char *ssh_escape(const struct ssh_escapes *known, char escape)
{
	switch (escape) {
	case '%':
		return g_strdup("%");
	case 'C':
		return connection_hash(known);
	case 'd':
		return g_strdup(g_get_home_dir());
	case 'h':
		return g_strdup(known->host);
	case 'i':
		return g_strdup_printf("%u", (unsigned int)getuid());
	case 'k':
		return g_strdup(known->key_alias != NULL ? known->key_alias : known->alias);
	case 'L':
		return g_strndup(g_get_host_name(), strcspn(g_get_host_name(), "."));
	case 'l':
		return g_strdup(g_get_host_name());
	case 'n':
		return g_strdup(known->alias);
	case 'p':
		return g_strdup_printf("%u", known->port);
	case 'r':
		return g_strdup(known->user);
	case 'u':
		return g_strdup(g_get_user_name());
	default:
		return NULL;
	}
}

gboolean ssh_home_is_elsewhere(void)
{
	char text[4096];
	struct passwd entry, *found = NULL;
	return getpwuid_r(getuid(), &entry, text, sizeof text, &found) == 0 && found != NULL &&
	       strcmp(found->pw_dir, g_get_home_dir()) != 0;
}

char *ssh_home_expand(const char *path)
{
	return g_str_has_prefix(path, "~/") ? g_build_filename(g_get_home_dir(), path + 2, NULL)
					    : g_strdup(path);
}

char *ssh_escapes_expand(const struct ssh_escapes *known, const char *path)
{
	g_autofree char *home = ssh_home_expand(path);
	GString *out = g_string_new(NULL);

	for (const char *p = home; *p != '\0'; p++) {
		const char *end = g_str_has_prefix(p, "${") ? strchr(p, '}') : NULL;
		g_autofree char *word = *p == '%' ? ssh_escape(known, p[1]) : NULL;
		if (end != NULL) {
			g_autofree char *name = g_strndup(p + 2, (gsize)(end - p - 2));
			const char *found = g_getenv(name);
			g_string_append(out, found != NULL ? found : "");
			p = end;
		} else if (word != NULL) {
			g_string_append(out, word);
			p++;
		} else {
			g_string_append_c(out, *p);
		}
	}
	return g_string_free(out, FALSE);
}
