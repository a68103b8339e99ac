/* The few lines of ssh_config that libssh does not tell about. */
#include "transport/ssh-config.h"

#include "transport/host-pattern.h"
#include "value/convert.h"

#include <glob.h>
#include <string.h>

#define INCLUDE_DEPTH 16

struct reading {
	struct config_extras *extras;
	const char *alias, *host, *user;
	gboolean identities_only_said;
	gboolean proxy_said;
};

/* The next word of *rest, with quotes taken off; NULL at the end. An = may stand for the space
 * after the keyword. Caller frees. */
static char *next_word(const char **rest)
{
	const char *p = *rest + strspn(*rest, " \t\r=");
	GString *word;

	if (*p == '\0' || *p == '#') {
		return NULL;
	}
	word = g_string_new(NULL);
	gboolean quoted = FALSE;
	for (; *p != '\0' && (quoted || strchr(" \t\r", *p) == NULL); p++) {
		if (*p == '"') {
			quoted = !quoted;
		} else if (*p == '\\' && (p[1] == '"' || p[1] == '\\')) {
			g_string_append_c(word, *++p);
		} else {
			g_string_append_c(word, *p);
		}
	}
	*rest = p;
	return g_string_free(word, FALSE);
}

static char *next_keyword(const char **rest)
{
	const char *p = *rest + strspn(*rest, " \t\r");
	gsize length = strcspn(p, " \t\r=\"");

	if (length == 0 || *p == '#') {
		return NULL;
	}
	*rest = p + length;
	return g_ascii_strdown(p, (gssize)length);
}

static char *expand(const struct reading *r, const char *path)
{
	g_autoptr(GString) text = g_string_new(NULL);

	if (g_str_has_prefix(path, "~/")) {
		g_string_append_printf(text, "%s/", g_get_home_dir());
		path += 2;
	}
	for (; *path != '\0'; path++) {
		if (*path != '%' || path[1] == '\0') {
			g_string_append_c(text, *path);
			continue;
		}
		switch (*++path) {
		case 'd':
			g_string_append(text, g_get_home_dir());
			break;
		case 'h':
			g_string_append(text, r->host);
			break;
		case 'n':
			g_string_append(text, r->alias);
			break;
		case 'r':
			g_string_append(text, r->user);
			break;
		case 'u':
			g_string_append(text, g_get_user_name());
			break;
		case '%':
			g_string_append_c(text, '%');
			break;
		default:
			g_string_append_c(text, '%');
			g_string_append_c(text, *path);
		}
	}
	return g_strdup(text->str);
}

static gboolean match_host(const struct reading *r, const char *rest)
{
	g_autoptr(GPtrArray) patterns = g_ptr_array_new_with_free_func(g_free);
	char *word;

	while ((word = next_word(&rest)) != NULL) {
		g_ptr_array_add(patterns, word);
	}
	g_ptr_array_add(patterns, NULL);
	return host_pattern_match_list((char **)patterns->pdata, r->alias);
}

/* NULL for a criterion that takes an argument and is not followed here. */
static const char *subject(const struct reading *r, const char *criterion)
{
	return strcmp(criterion, "host") == 0           ? r->host
	       : strcmp(criterion, "originalhost") == 0 ? r->alias
	       : strcmp(criterion, "user") == 0         ? r->user
	       : strcmp(criterion, "localuser") == 0    ? g_get_user_name()
							: NULL;
}

static gboolean match_criteria(const struct reading *r, const char *rest)
{
	gboolean met = TRUE, any = FALSE;

	for (;;) {
		g_autofree char *word = next_word(&rest);
		if (word == NULL) {
			return any && met;
		}
		any = TRUE;
		gboolean negated = word[0] == '!';
		g_autofree char *criterion = g_ascii_strdown(word + (negated ? 1 : 0), -1);
		if (strcmp(criterion, "all") == 0) {
			met = met && !negated;
			continue;
		}
		if (strcmp(criterion, "canonical") == 0 || strcmp(criterion, "final") == 0) {
			met = met && negated;
			continue;
		}
		g_autofree char *argument = next_word(&rest);
		const char *name = subject(r, criterion);
		if (argument == NULL || name == NULL) {
			return FALSE;
		}
		g_auto(GStrv) patterns = g_strsplit(argument, ",", -1);
		met = met && host_pattern_match_list(patterns, name) != negated;
	}
}

static void read_file(struct reading *r, const char *path, gboolean active, int depth);

static void include(
	struct reading *r, const char *including, const char *rest, gboolean active, int depth)
{
	g_autofree char *own = g_build_filename(g_get_home_dir(), ".ssh", NULL);
	const char *folder = g_str_has_prefix(including, "/etc/ssh/") ? "/etc/ssh" : own;

	for (;;) {
		g_autofree char *word = next_word(&rest);
		if (word == NULL) {
			return;
		}
		g_autofree char *expanded = expand(r, word);
		g_autofree char *pattern = g_path_is_absolute(expanded)
						   ? g_strdup(expanded)
						   : g_build_filename(folder, expanded, NULL);
		glob_t found;
		if (glob(pattern, 0, NULL, &found) == 0) {
			for (gsize i = 0; i < found.gl_pathc; i++) {
				read_file(r, found.gl_pathv[i], active, depth + 1);
			}
			globfree(&found);
		}
	}
}

static void set_agent(struct reading *r, const char *said)
{
	if (r->extras->agent != NULL) {
		return;
	}
	if (strcmp(said, "SSH_AUTH_SOCK") == 0) {
		r->extras->agent = g_strdup(g_getenv("SSH_AUTH_SOCK"));
	} else if (said[0] == '$') {
		r->extras->agent = g_strdup(g_getenv(said + 1));
	} else {
		r->extras->agent = expand(r, said);
	}
}

/* The last hop is where the tunnel ends, the ones before it lead there. */
static char *jump_command(const char *hops)
{
	const char *comma = strrchr(hops, ',');

	if (comma == NULL) {
		return g_strdup_printf("ssh -W '[%%h]:%%p' %s", hops);
	}
	return g_strdup_printf(
		"ssh -J %.*s -W '[%%h]:%%p' %s", (int)(comma - hops), hops, comma + 1);
}

/* rest begins with the said: a proxy's command is all of it. */
static void apply_proxy(struct reading *r, const char *keyword, const char *rest)
{
	g_autofree char *said = g_strstrip(g_strdup(rest + strspn(rest, " \t=")));

	if (r->proxy_said || said[0] == '\0') {
		return;
	}
	r->proxy_said = TRUE;
	if (g_ascii_strcasecmp(said, "none") == 0) {
		return;
	}
	if (strcmp(keyword, "proxycommand") == 0) {
		r->extras->proxy = g_steal_pointer(&said);
	} else if (said[0] != '-' && strpbrk(said, " '\"`$\\;&|<>()") == NULL) {
		r->extras->proxy = jump_command(said);
	}
}

static void set_once(char **field, char *said)
{
	if (*field == NULL) {
		*field = said;
	} else {
		g_free(said);
	}
}

static void apply(struct reading *r, const char *keyword, const char *said)
{
	struct config_extras *e = r->extras;

	if (strcmp(keyword, "identityfile") == 0) {
		if (g_ascii_strcasecmp(said, "none") != 0) {
			g_ptr_array_add(e->identities, expand(r, said));
		}
	} else if (strcmp(keyword, "identitiesonly") == 0) {
		if (!r->identities_only_said) {
			e->identities_only = convert_word(said, TRUTH_SSH) == 1;
			r->identities_only_said = TRUE;
		}
	} else if (strcmp(keyword, "identityagent") == 0) {
		set_agent(r, said);
	} else if (strcmp(keyword, "hostkeyalias") == 0) {
		set_once(&e->host_key_alias, g_strdup(said));
	} else if (strcmp(keyword, "hostname") == 0) {
		set_once(&e->host_name, expand(r, said));
		r->host = e->host_name;
	} else if (strcmp(keyword, "user") == 0) {
		set_once(&e->user, g_strdup(said));
	} else if (strcmp(keyword, "port") == 0 && e->port == 0) {
		e->port = (guint)CLAMP(g_ascii_strtoll(said, NULL, 10), 0, 65535);
	}
}

static void read_file(struct reading *r, const char *path, gboolean active, int depth)
{
	g_autofree char *text = NULL;
	gboolean outer = active;

	if (depth > INCLUDE_DEPTH || !g_file_get_contents(path, &text, NULL, NULL)) {
		return;
	}
	g_auto(GStrv) lines = g_strsplit(text, "\n", -1);
	for (char **line = lines; *line != NULL; line++) {
		const char *rest = *line;
		g_autofree char *keyword = next_keyword(&rest);
		if (keyword == NULL) {
			continue;
		}
		if (strcmp(keyword, "host") == 0) {
			active = outer && match_host(r, rest);
		} else if (strcmp(keyword, "match") == 0) {
			active = outer && match_criteria(r, rest);
		} else if (strcmp(keyword, "include") == 0) {
			include(r, path, rest, active, depth);
		} else if (active && g_str_has_prefix(keyword, "proxy")) {
			if (strcmp(keyword, "proxycommand") == 0 ||
				strcmp(keyword, "proxyjump") == 0) {
				apply_proxy(r, keyword, rest);
			}
		} else if (active) {
			g_autofree char *said = next_word(&rest);
			if (said != NULL) {
				apply(r, keyword, said);
			}
		}
	}
}

struct config_extras *config_extras_read(
	const char *const *files, const char *alias, const char *host, const char *user)
{
	struct config_extras *e = g_new0(struct config_extras, 1);
	struct reading r = { .extras = e, .alias = alias, .host = host, .user = user };

	e->identities = g_ptr_array_new_with_free_func(g_free);
	for (; *files != NULL; files++) {
		read_file(&r, *files, TRUE, 0);
	}
	return e;
}

void config_extras_free(struct config_extras *e)
{
	if (e != NULL) {
		g_ptr_array_unref(e->identities);
		g_free(e->agent);
		g_free(e->host_key_alias);
		g_free(e->host_name);
		g_free(e->user);
		g_free(e->proxy);
		g_free(e);
	}
}
