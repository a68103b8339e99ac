/* Reads ssh_config: which lines hold for a host, and what they say. */
#include "transport/ssh-config.h"

#include "base/suggest.h"
#include "base/text.h"
#include "transport/host-pattern.h"
#include "transport/ssh-escapes.h"
#include "value/convert.h"

#include <glob.h>
#include <string.h>
#include <unistd.h>

enum { INCLUDE_DEPTH = 16, FILE_MAX = 1024 * 1024, INCLUDE_FILES_MAX = 256 };

struct host_config {
	char *said[CONFIG_COUNT];
	GPtrArray *lists[CONFIG_COUNT]; /* of those that have several values */
	gboolean jump;                  /* CONFIG_PROXY is a ProxyJump */
	char *host;
	char *user;
	guint port;
	char *program;
};

struct reading {
	host_config *config;
	const struct host_question *question;
	GHashTable *seen;     /* const struct ssh_keyword *: said already */
	GPtrArray *tolerated; /* IgnoreUnknown: patterns */
	struct position at;
	guint files;
	GError *error;
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

static const char *current_host(const struct reading *r)
{
	return r->config->host != NULL ? r->config->host : r->question->alias;
}

static const char *current_user(const struct reading *r)
{
	const char *own =
		r->question->user != NULL ? r->question->user : r->config->said[CONFIG_USER];
	return own != NULL ? own : g_get_user_name();
}

/* Why the ssh program has to be used; the first reason stands. */
G_GNUC_PRINTF(2, 3) static void need_program(struct reading *r, const char *format, ...)
{
	if (r->config->program == NULL) {
		va_list arguments;
		va_start(arguments, format);
		g_autofree char *what = g_strdup_vprintf(format, arguments);
		va_end(arguments);
		g_autofree char *place = position_prefix(r->at);
		gsize length = strlen(place);
		r->config->program =
			length > 2 ? g_strdup_printf("%s (%.*s)", what, (int)length - 2, place)
				   : g_strdup(what);
	}
}

static gboolean match_host(const struct reading *r, const char *rest)
{
	g_autoptr(GPtrArray) patterns = g_ptr_array_new_with_free_func(g_free);
	char *word;

	while ((word = next_word(&rest)) != NULL) {
		g_ptr_array_add(patterns, word);
	}
	g_ptr_array_add(patterns, NULL);
	return host_pattern_match_list((char **)patterns->pdata, r->question->alias);
}

/* NULL for a criterion that is not followed here. */
static const char *subject(const struct reading *r, const char *criterion)
{
	return strcmp(criterion, "host") == 0           ? current_host(r)
	       : strcmp(criterion, "originalhost") == 0 ? r->question->alias
	       : strcmp(criterion, "user") == 0         ? current_user(r)
	       : strcmp(criterion, "localuser") == 0    ? g_get_user_name()
							: NULL;
}

/* A criterion that is not followed leaves the decision to the ssh program, unless one before it
 * fails anyway. */
static gboolean match_criteria(struct reading *r, const char *rest)
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
		const char *name = subject(r, criterion);
		gboolean alone =
			strcmp(criterion, "canonical") == 0 || strcmp(criterion, "final") == 0;
		g_autofree char *argument = alone ? NULL : next_word(&rest);
		if (name == NULL) {
			if (met) {
				need_program(r, "Match %s", criterion);
			}
			return FALSE;
		}
		if (argument == NULL) {
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
		g_autofree char *home = ssh_home_expand(word);
		g_autofree char *pattern = g_path_is_absolute(home)
						   ? g_strdup(home)
						   : g_build_filename(folder, home, NULL);
		glob_t found;
		if (glob(pattern, 0, NULL, &found) == 0) {
			for (gsize i = 0; i < found.gl_pathc; i++) {
				read_file(r, found.gl_pathv[i], active, depth + 1);
			}
			globfree(&found);
		}
	}
}

G_GNUC_PRINTF(2, 3) static void refuse(struct reading *r, const char *format, ...)
{
	if (r->error == NULL) {
		va_list arguments;
		va_start(arguments, format);
		g_autofree char *what = g_strdup_vprintf(format, arguments);
		va_end(arguments);
		error_set_at(&r->error, SUTLER_ERROR_USAGE, r->at, "%s", what);
	}
}

/* What an ssh of ours would take for hops: nothing that is an option, or means something to a
 * shell. */
static gboolean is_jump(const char *text)
{
	return text[0] != '-' && strstr(text, ",-") == NULL &&
	       strpbrk(text, " '\"`$\\;&|<>(){}*?!\t") == NULL;
}

/* rest begins with the value: a proxy's command is all of it. */
static void take_proxy(struct reading *r, const char *keyword, const char *rest)
{
	g_autofree char *text = g_strstrip(g_strdup(rest + strspn(rest, " \t=")));
	host_config *c = r->config;

	if (c->said[CONFIG_PROXY] != NULL || text[0] == '\0') {
		return;
	}
	c->jump = strcmp(keyword, "proxyjump") == 0;
	if (c->jump && g_ascii_strcasecmp(text, "none") != 0) {
		const char *start = text;
		g_autofree char *word = next_word(&start);
		if (word == NULL || !is_jump(word)) {
			refuse(r, "ProxyJump '%s' is not [user@]host[:port]", text);
			return;
		}
		c->said[CONFIG_PROXY] = g_steal_pointer(&word);
		return;
	}
	c->said[CONFIG_PROXY] = g_steal_pointer(&text);
}

static void add_to_list(host_config *c, enum config_key key, const char *word)
{
	if (g_ascii_strcasecmp(word, "none") != 0) {
		g_ptr_array_add(c->lists[key], g_strdup(word));
	}
}

/* "%h" in a HostName is the name as it was given. */
static void take_host_name(struct reading *r, const char *word)
{
	g_autoptr(GString) name = g_string_new(word);
	g_string_replace(name, "%h", r->question->alias, 0);
	g_string_replace(name, "%n", r->question->alias, 0);
	g_string_replace(name, "%%", "%", 0);
	g_free(r->config->host);
	r->config->host = g_strdup(name->str);
}

static void take_here(
	struct reading *r, const struct ssh_keyword *row, const char *word, const char *rest)
{
	host_config *c = r->config;
	enum config_key key = row->key;
	gint64 number = 0;

	if (key == CONFIG_IDENTITY_FILE) {
		add_to_list(c, key, word);
		return;
	}
	if (c->said[key] != NULL) {
		return;
	}
	if (key == CONFIG_PORT && !convert_whole(word, 1, 65535, &number)) {
		refuse(r, "invalid port '%s', use 1 to 65535", word);
		return;
	}
	if ((key == CONFIG_ALIVE_COUNT || key == CONFIG_ALIVE_INTERVAL) &&
		!convert_whole(word, 0, 1000000, &number)) {
		refuse(r, "%s: '%s' is not a whole number", row->name, word);
		return;
	}
	c->said[key] = g_strdup(word);
	if (key == CONFIG_HOST_NAME) {
		take_host_name(r, word);
	}
	if (key == CONFIG_USER_KNOWN_HOSTS || key == CONFIG_GLOBAL_KNOWN_HOSTS) {
		add_to_list(c, key, word);
		for (;;) {
			g_autofree char *more = next_word(&rest);
			if (more == NULL) {
				break;
			}
			add_to_list(c, key, more);
		}
	}
}

/* Debian's own ssh_config turns GSSAPI on everywhere: that alone asks for nothing while there is no
 * ticket. */
static gboolean has_ticket(void)
{
	g_autofree char *usual = g_strdup_printf("/tmp/krb5cc_%u", (unsigned int)getuid());
	return g_getenv("KRB5CCNAME") != NULL || g_file_test(usual, G_FILE_TEST_EXISTS);
}

static void take_program(
	struct reading *r, const struct ssh_keyword *row, const char *word, const char *rest)
{
	gboolean sends = strcmp(row->name, "SendEnv") == 0;
	gboolean of_system = r->at.file != NULL && g_str_has_prefix(r->at.file, "/etc/ssh/");
	g_auto(GStrv) needless = g_strsplit(row->needless, "|", -1);

	if (!sends && !g_hash_table_add(r->seen, (gpointer)row)) {
		return;
	}
	if (of_system && g_str_has_prefix(row->name, "GSSAPI") && !has_ticket()) {
		return;
	}
	g_autofree char *next = g_strdup(word);
	while (next != NULL) {
		gboolean harmless = FALSE;
		for (char **one = needless; *one != NULL; one++) {
			harmless = harmless || g_ascii_strcasecmp(*one, next) == 0 ||
				   (sends && host_pattern_match(*one, next));
		}
		if (!harmless && convert_word(next, TRUTH_SSH) == 0) {
			harmless = strstr(row->needless, "no") != NULL;
		}
		if (!harmless) {
			need_program(r, "%s %s", row->name, next);
			return;
		}
		g_free(next);
		next = sends ? next_word(&rest) : NULL;
	}
}

static void take_unknown(struct reading *r, const char *keyword)
{
	gsize n = 0;
	const struct ssh_keyword *rows = ssh_keywords(&n);
	g_autoptr(GPtrArray) names = g_ptr_array_new();

	for (guint i = 0; i < r->tolerated->len; i++) {
		if (host_pattern_match(g_ptr_array_index(r->tolerated, i), keyword)) {
			return;
		}
	}
	for (gsize i = 0; i < n; i++) {
		g_ptr_array_add(names, (gpointer)rows[i].name);
	}
	g_autofree char *hint =
		suggest_phrase(keyword, (const char *const *)names->pdata, names->len);
	refuse(r, "'%s' is not an option of ssh%s", keyword, hint);
}

static void take_tolerated(struct reading *r, const char *word)
{
	g_auto(GStrv) patterns = g_strsplit(word, ",", -1);
	for (char **one = patterns; *one != NULL; one++) {
		g_ptr_array_add(r->tolerated, g_strdup(*one));
	}
}

static void take_line(struct reading *r, const char *keyword, const char *rest)
{
	const struct ssh_keyword *row = ssh_keyword_find(keyword);

	if (row == NULL) {
		take_unknown(r, keyword);
		return;
	}
	if (row->key == CONFIG_PROXY) {
		take_proxy(r, keyword, rest);
		return;
	}
	g_autofree char *word = next_word(&rest);
	if (word == NULL) {
		return;
	}
	if (strcmp(keyword, "ignoreunknown") == 0) {
		take_tolerated(r, word);
	} else if (row->use == USE_HERE) {
		take_here(r, row, word, rest);
	} else if (row->use == USE_PROGRAM) {
		take_program(r, row, word, rest);
	}
}

static void read_text(struct reading *r, const char *path, char **lines, gboolean active, int depth)
{
	gboolean outer = active;

	for (guint i = 0; lines[i] != NULL; i++) {
		const char *rest = lines[i];
		g_autofree char *keyword = next_keyword(&rest);
		r->at = (struct position){ path, i + 1, 0 };
		if (keyword == NULL) {
			continue;
		}
		if (strcmp(keyword, "host") == 0) {
			active = outer && match_host(r, rest);
		} else if (strcmp(keyword, "match") == 0) {
			active = outer && match_criteria(r, rest);
		} else if (strcmp(keyword, "include") == 0) {
			include(r, path, rest, active, depth);
		} else if (active) {
			take_line(r, keyword, rest);
		}
	}
}

static void read_file(struct reading *r, const char *path, gboolean active, int depth)
{
	if (depth > INCLUDE_DEPTH || r->files++ > INCLUDE_FILES_MAX) {
		return;
	}
	/* What is included may be anything: nothing without an end is opened. */
	gboolean may = depth == 0 || g_file_test(path, G_FILE_TEST_IS_REGULAR);
	g_autofree char *text = may ? text_read_bytes(path, FILE_MAX, NULL, NULL) : NULL;
	if (text != NULL) {
		g_auto(GStrv) lines = g_strsplit(text, "\n", -1);
		read_text(r, g_intern_string(path), lines, active, depth);
	}
}

static void read_options(struct reading *r)
{
	const char *const *options = r->question->options;

	for (; options != NULL && *options != NULL; options++) {
		const char *rest = *options;
		g_autofree char *keyword = next_keyword(&rest);
		r->at = POSITION_NONE;
		if (keyword != NULL) {
			take_line(r, keyword, rest);
		}
	}
}

/* "SSH_AUTH_SOCK" and "$NAME" stand for what the environment says. */
static void complete_agent(host_config *c)
{
	const char *said = c->said[CONFIG_IDENTITY_AGENT];
	gboolean named = said != NULL && (*said == '$' || strcmp(said, "SSH_AUTH_SOCK") == 0);
	if (named) {
		char *full = g_strdup(g_getenv(said + (*said == '$')));
		g_free(c->said[CONFIG_IDENTITY_AGENT]);
		c->said[CONFIG_IDENTITY_AGENT] = full;
	}
}

/* Paths are complete once everything is known that stands in them. */
static void finish(struct reading *r)
{
	static const enum config_key paths[] = { CONFIG_IDENTITY_AGENT, CONFIG_CONTROL_PATH };
	static const enum config_key lists[] = { CONFIG_IDENTITY_FILE, CONFIG_USER_KNOWN_HOSTS,
		CONFIG_GLOBAL_KNOWN_HOSTS };
	host_config *c = r->config;

	c->host = c->host != NULL ? c->host : g_strdup(r->question->alias);
	c->user = g_strdup(current_user(r));
	c->port = r->question->port != 0         ? r->question->port
		  : c->said[CONFIG_PORT] != NULL ? (guint)host_config_number(c, CONFIG_PORT)
						 : 22;
	struct ssh_escapes known = { .alias = r->question->alias,
		.host = c->host,
		.key_alias = c->said[CONFIG_HOST_KEY_ALIAS],
		.user = c->user,
		.port = c->port };
	for (gsize i = 0; i < G_N_ELEMENTS(paths); i++) {
		if (c->said[paths[i]] != NULL) {
			char *full = ssh_escapes_expand(&known, c->said[paths[i]]);
			g_free(c->said[paths[i]]);
			c->said[paths[i]] = full;
		}
	}
	for (gsize i = 0; i < G_N_ELEMENTS(lists); i++) {
		for (guint k = 0; k < c->lists[lists[i]]->len; k++) {
			gpointer *one = &c->lists[lists[i]]->pdata[k];
			char *full = ssh_escapes_expand(&known, *one);
			g_free(*one);
			*one = full;
		}
	}
	complete_agent(c);
	const char *path = c->said[CONFIG_CONTROL_PATH];
	r->at = POSITION_NONE;
	if (path != NULL && g_file_test(path, G_FILE_TEST_EXISTS)) {
		need_program(r, "a master connection at '%s'", path);
	}
}

host_config *host_config_read(const struct host_question *question, GError **error)
{
	g_autoptr(host_config) c = g_new0(host_config, 1);
	g_autoptr(GHashTable) seen = g_hash_table_new(NULL, NULL);
	g_autoptr(GPtrArray) tolerated = g_ptr_array_new_with_free_func(g_free);
	struct reading r = {
		.config = c, .question = question, .seen = seen, .tolerated = tolerated
	};

	for (gsize i = 0; i < CONFIG_COUNT; i++) {
		c->lists[i] = g_ptr_array_new_with_free_func(g_free);
	}
	read_options(&r);
	for (const char *const *file = question->files; file != NULL && *file != NULL; file++) {
		read_file(&r, *file, TRUE, 0);
	}
	if (r.error != NULL) {
		g_propagate_error(error, r.error);
		return NULL;
	}
	finish(&r);
	return g_steal_pointer(&c);
}

void host_config_free(host_config *c)
{
	if (c == NULL) {
		return;
	}
	for (gsize i = 0; i < CONFIG_COUNT; i++) {
		g_free(c->said[i]);
		g_ptr_array_unref(c->lists[i]);
	}
	g_free(c->host);
	g_free(c->user);
	g_free(c->program);
	g_free(c);
}

const char *host_config_text(const host_config *c, enum config_key key)
{
	return c->said[key];
}

const GPtrArray *host_config_list(const host_config *c, enum config_key key)
{
	return c->lists[key];
}

int host_config_truth(const host_config *c, enum config_key key)
{
	return c->said[key] != NULL ? convert_word(c->said[key], TRUTH_SSH) : -1;
}

gint64 host_config_number(const host_config *c, enum config_key key)
{
	gint64 number = -1;
	return c->said[key] != NULL && convert_whole(c->said[key], 0, G_MAXINT64, &number) ? number
											   : -1;
}

const char *host_config_host(const host_config *c)
{
	return c->host;
}

guint host_config_port(const host_config *c)
{
	return c->port;
}

const char *host_config_user(const host_config *c)
{
	return c->user;
}

const char *host_config_program(const host_config *c)
{
	return c->program;
}

/* The last hop is where the tunnel ends, the ones before it lead there. */
static char *jump_command(const char *hops, const char *options)
{
	const char *comma = strrchr(hops, ',');
	const char *last = comma != NULL ? comma + 1 : hops;
	GString *out = g_string_new("ssh");

	g_string_append_printf(out, "%s%s", *options != '\0' ? " " : "", options);
	if (comma != NULL) {
		g_string_append_printf(out, " -J %.*s", (int)(comma - hops), hops);
	}
	last += g_str_has_prefix(last, "ssh://") ? strlen("ssh://") : 0;
	const char *at = strrchr(last, '@');
	if (at != NULL) {
		g_string_append_printf(out, " -l %.*s", (int)(at - last), last);
		last = at + 1;
	}
	/* [::1]:22, host:22, or an IPv6 address without brackets */
	const char *colon = strrchr(last, ':');
	gboolean bracketed = *last == '[';
	gboolean port =
		colon != NULL && (bracketed ? colon[-1] == ']' : strchr(last, ':') == colon);
	g_autofree char *host = g_strndup(last, port ? (gsize)(colon - last) : strcspn(last, "/"));
	if (port) {
		g_string_append_printf(
			out, " -p %.*s", (int)strspn(colon + 1, G_CSET_DIGITS), colon + 1);
	}
	g_autofree char *plain =
		bracketed ? g_strndup(host + 1, strcspn(host + 1, "]")) : g_strdup(host);
	g_string_append_printf(out, " -W '[%%h]:%%p' %s", plain);
	return g_string_free(out, FALSE);
}

char *host_config_proxy(const host_config *c, const char *jump_options)
{
	const char *said = c->said[CONFIG_PROXY];

	if (said == NULL || g_ascii_strcasecmp(said, "none") == 0) {
		return NULL;
	}
	return c->jump ? jump_command(said, jump_options) : g_strdup(said);
}
