/* known_hosts files: reading, looking a key up, and adding one. */
#include "transport/known-hosts.h"

#include "base/digest.h"
#include "transport/host-pattern.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#define LOCK_RETRY 0.01 /* seconds */

enum marker { MARKER_NONE, MARKER_REVOKED, MARKER_AUTHORITY };

struct entry {
	enum marker marker;
	guint line;
	const char *file; /* belongs to known_hosts.files */
	char *names;
	char *type;
	char *key;
};

struct known_hosts {
	GPtrArray *files;   /* char * */
	GPtrArray *entries; /* struct entry * */
};

static void entry_free(gpointer data)
{
	struct entry *e = data;
	g_free(e->names);
	g_free(e->type);
	g_free(e->key);
	g_free(e);
}

/* "|1|SALT|HASH": HMAC-SHA1 of the name, keyed with the salt (what ssh-keygen -H writes). */
static gboolean matches_hashed(const char *names, const char *name)
{
	g_auto(GStrv) parts = g_strsplit(names + 1, "|", 4);
	if (g_strv_length(parts) != 3 || strcmp(parts[0], "1") != 0) {
		return FALSE;
	}
	gsize salt_length = 0, hash_length = 0, length = 20;
	g_autofree guchar *salt = g_base64_decode(parts[1], &salt_length);
	g_autofree guchar *hash = g_base64_decode(parts[2], &hash_length);
	guint8 digest[20];
	if (salt_length == 0 || hash_length != sizeof digest) {
		return FALSE;
	}
	GHmac *hmac = g_hmac_new(G_CHECKSUM_SHA1, salt, salt_length);
	g_hmac_update(hmac, (const guchar *)name, -1);
	g_hmac_get_digest(hmac, digest, &length);
	g_hmac_unref(hmac);
	return memcmp(digest, hash, sizeof digest) == 0;
}

static gboolean matches(const char *names, const char *name)
{
	if (names[0] == '|') {
		return matches_hashed(names, name);
	}
	if (strpbrk(names, ",*?!") == NULL) {
		return g_ascii_strcasecmp(names, name) == 0;
	}
	g_auto(GStrv) patterns = g_strsplit(names, ",", -1);
	return host_pattern_match_list(patterns, name);
}

static gboolean matches_any(const char *names, const char *const *wanted)
{
	for (; *wanted != NULL; wanted++) {
		if (matches(names, *wanted)) {
			return TRUE;
		}
	}
	return FALSE;
}

/* The next word of *rest, cut out in place; NULL at the end of the line. */
static char *next_word(char **rest)
{
	char *word = *rest + strspn(*rest, " \t\r");
	if (*word == '\0') {
		return NULL;
	}
	char *end = word + strcspn(word, " \t\r");
	*rest = *end == '\0' ? end : end + 1;
	*end = '\0';
	return word;
}

/* Lines that cannot be read are passed over, as ssh does. */
static struct entry *parse_line(char *line, const char *const *wanted)
{
	enum marker marker = MARKER_NONE;
	char *rest = line;
	char *names = next_word(&rest);

	if (names == NULL || names[0] == '#') {
		return NULL;
	}
	if (names[0] == '@') {
		if (strcmp(names, "@revoked") != 0 && strcmp(names, "@cert-authority") != 0) {
			return NULL;
		}
		marker = names[1] == 'r' ? MARKER_REVOKED : MARKER_AUTHORITY;
		names = next_word(&rest);
	}
	char *type = next_word(&rest);
	char *key = next_word(&rest);
	if (names == NULL || type == NULL || key == NULL || !matches_any(names, wanted)) {
		return NULL;
	}
	struct entry *e = g_new0(struct entry, 1);
	e->marker = marker;
	e->names = g_strdup(names);
	e->type = g_strdup(type);
	e->key = g_strdup(key);
	return e;
}

static void parse_text(known_hosts *k, const char *file, char *text, const char *const *wanted)
{
	guint number = 0;

	for (char *line = text, *next; line != NULL; line = next) {
		next = strchr(line, '\n');
		if (next != NULL) {
			*next++ = '\0';
		}
		number++;
		struct entry *e = parse_line(line, wanted);
		if (e != NULL) {
			e->file = file;
			e->line = number;
			g_ptr_array_add(k->entries, e);
		}
	}
}

static known_hosts *known_hosts_new(void)
{
	known_hosts *k = g_new0(known_hosts, 1);
	k->files = g_ptr_array_new_with_free_func(g_free);
	k->entries = g_ptr_array_new_with_free_func(entry_free);
	return k;
}

known_hosts *known_hosts_load(const char *const *files, const char *const *names, GError **error)
{
	g_autoptr(known_hosts) k = known_hosts_new();

	for (; *files != NULL; files++) {
		g_autoptr(GError) failure = NULL;
		g_autofree char *text = NULL;
		char *file = g_strdup(*files);
		g_ptr_array_add(k->files, file);
		if (g_file_get_contents(file, &text, NULL, &failure)) {
			parse_text(k, file, text, names);
		} else if (!g_error_matches(failure, G_FILE_ERROR, G_FILE_ERROR_NOENT) &&
			   !g_error_matches(failure, G_FILE_ERROR, G_FILE_ERROR_NOTDIR)) {
			error_set(error, SUTLER_ERROR_USAGE, "unable to read known hosts: %s",
				failure->message);
			return NULL;
		}
	}
	return g_steal_pointer(&k);
}

void known_hosts_free(known_hosts *k)
{
	if (k != NULL) {
		g_ptr_array_unref(k->entries);
		g_ptr_array_unref(k->files);
		g_free(k);
	}
}

char *known_hosts_name(const char *host, guint port)
{
	g_autofree char *lower = g_ascii_strdown(host, -1);
	return port == 22 ? g_steal_pointer(&lower) : g_strdup_printf("[%s]:%u", lower, port);
}

static void describe(const struct entry *e, struct known_host_line *ret_line)
{
	ret_line->file = e->file;
	ret_line->number = e->line;
	ret_line->type = e->type;
	ret_line->key = e->key;
}

enum known_host known_hosts_check(const known_hosts *k, const char *name, const char *type,
	const char *key, struct known_host_line *ret_line)
{
	const struct entry *match = NULL, *same_type = NULL, *other = NULL, *authority = NULL;

	memset(ret_line, 0, sizeof *ret_line);
	for (guint i = 0; i < k->entries->len; i++) {
		const struct entry *e = g_ptr_array_index(k->entries, i);
		gboolean same = strcmp(e->key, key) == 0;
		if ((match != NULL && !(e->marker == MARKER_REVOKED && same)) ||
			!matches(e->names, name)) {
			continue;
		}
		if (e->marker == MARKER_AUTHORITY) {
			authority = authority == NULL ? e : authority;
		} else if (e->marker == MARKER_REVOKED) {
			if (same) {
				describe(e, ret_line);
				return KNOWN_HOST_REVOKED;
			}
		} else if (same) {
			match = e;
		} else if (strcmp(e->type, type) == 0) {
			same_type = same_type == NULL ? e : same_type;
		} else {
			other = other == NULL ? e : other;
		}
	}
	if (match != NULL) {
		describe(match, ret_line);
		return KNOWN_HOST_MATCH;
	}
	if (same_type != NULL || other != NULL) {
		describe(same_type != NULL ? same_type : other, ret_line);
		return KNOWN_HOST_CHANGED;
	}
	if (authority != NULL) {
		describe(authority, ret_line);
		return KNOWN_HOST_AUTHORITY;
	}
	return KNOWN_HOST_UNKNOWN;
}

gboolean known_hosts_has_type(const known_hosts *k, const char *name, const char *type)
{
	for (guint i = 0; i < k->entries->len; i++) {
		const struct entry *e = g_ptr_array_index(k->entries, i);
		if (e->marker == MARKER_NONE && strcmp(e->type, type) == 0 &&
			matches(e->names, name)) {
			return TRUE;
		}
	}
	return FALSE;
}

/* flock() belongs to the open file, so it keeps threads apart as well as processes. */
static gboolean lock_file(
	int descriptor, const char *file, deadline until, const cancel *c, GError **error)
{
	while (flock(descriptor, LOCK_EX | LOCK_NB) != 0) {
		g_autoptr(GError) waited = NULL;
		if (errno != EWOULDBLOCK && errno != EINTR) {
			error_set(error, SUTLER_ERROR_UNREACHABLE, "unable to lock '%s': %s", file,
				g_strerror(errno));
			return FALSE;
		}
		if (deadline_passed(until)) {
			error_set(error, SUTLER_ERROR_UNREACHABLE,
				"unable to lock '%s': another process holds it", file);
			return FALSE;
		}
		(void)wait_descriptor(-1, 0, deadline_in(LOCK_RETRY), c, &waited);
		if (g_error_matches(waited, SUTLER_ERROR, SUTLER_ERROR_INTERRUPTED)) {
			g_propagate_error(error, g_steal_pointer(&waited));
			return FALSE;
		}
	}
	return TRUE;
}

/* TRUE when the line has to be added; FALSE without an error when it stands there by now. */
static gboolean still_unknown(const char *file, const char *name, const char *type, const char *key,
	gboolean *ret_unknown, GError **error)
{
	const char *const files[] = { file, NULL }, *const names[] = { name, NULL };
	struct known_host_line line;
	g_autoptr(known_hosts) k = known_hosts_load(files, names, error);

	if (k == NULL) {
		return FALSE;
	}
	enum known_host now = known_hosts_check(k, name, type, key, &line);
	if (now != KNOWN_HOST_MATCH && now != KNOWN_HOST_UNKNOWN && now != KNOWN_HOST_AUTHORITY) {
		error_set(error, SUTLER_ERROR_UNREACHABLE,
			"host key of '%s' not recorded: %s:%u has another one by now", name,
			line.file, line.number);
		return FALSE;
	}
	*ret_unknown = now != KNOWN_HOST_MATCH;
	return TRUE;
}

static gboolean append_line(int descriptor, const char *file, const char *name, const char *type,
	const char *key, GError **error)
{
	struct stat status;
	char last = '\n';

	if (fstat(descriptor, &status) == 0 && status.st_size > 0) {
		/* A file whose last line was left open: that line must not swallow ours. */
		(void)!pread(descriptor, &last, 1, status.st_size - 1);
	}
	g_autofree char *line =
		g_strdup_printf("%s%s %s %s\n", last == '\n' ? "" : "\n", name, type, key);
	gsize length = strlen(line);
	gssize written = write(descriptor, line, length);
	if (written != (gssize)length) {
		int failed = written < 0 ? errno : ENOSPC;
		if (written > 0) {
			/* Half a line is worse than none; should this fail too, ssh ignores it. */
			(void)!ftruncate(descriptor, status.st_size);
		}
		error_set(error, SUTLER_ERROR_UNREACHABLE, "unable to write '%s': %s", file,
			g_strerror(failed));
		return FALSE;
	}
	return TRUE;
}

gboolean known_hosts_add(const char *file, const char *name, const char *type, const char *key,
	deadline until, const cancel *c, GError **error)
{
	g_autofree char *folder = g_path_get_dirname(file);
	/* A failure shows when the file is opened. */
	(void)g_mkdir_with_parents(folder, 0700);
	int descriptor = open(file, O_RDWR | O_APPEND | O_CREAT | O_CLOEXEC, 0600);
	if (descriptor < 0) {
		error_set(error, SUTLER_ERROR_UNREACHABLE, "unable to open '%s': %s", file,
			g_strerror(errno));
		return FALSE;
	}
	gboolean unknown = FALSE;
	gboolean done = lock_file(descriptor, file, until, c, error) &&
			still_unknown(file, name, type, key, &unknown, error) &&
			(!unknown || append_line(descriptor, file, name, type, key, error));
	close(descriptor);
	return done;
}

char *known_hosts_fingerprint(const char *key)
{
	gsize length = 0;
	guint8 digest[DIGEST_MAX];
	g_autofree guchar *blob = g_base64_decode(key, &length);

	if (length == 0) {
		return g_strdup("SHA256:?");
	}
	gsize digest_length = digest_bytes("sha256", blob, length, digest);
	g_autofree char *text = g_base64_encode(digest, digest_length);
	text[strcspn(text, "=")] = '\0';
	return g_strdup_printf("SHA256:%s", text);
}
