/* The openssh kind of connection: the ssh program, for what libssh cannot do. Each stream is an ssh
 * of its own; who shares one login for them all has a master (ControlPath). */
#include "transport/connection-class.h"

#include "base/quote.h"
#include "transport/ssh-escapes.h"
#include "transport/ssh-words.h"

#include <string.h>

#define CONNECT_TIMEOUT 10.0
#define SSH_FAILED 255 /* ssh's own exit status, when it is not the command's */
#define WORDS_MAX 4096
#define RETRY_FIRST 0.2 /* seconds before the second attempt, then twice that, and so on */

struct program {
	connection base;
	char *command; /* up to the host's own command */
	char *host, *user;
	double seconds;
	connection *here;
};

/* Before the login shell has said the mark, what comes is ssh's, or its greeting. */
struct program_stream {
	stream base;
	const struct program *connection;
	stream *inner;
	char *whole; /* its command */
	char *mark;
	double pause; /* before the next attempt */
	gboolean ready, finishing;
	deadline login;
	GByteArray *greeting, *words;
};

/* --- the command --- */

static void add_word(GString *command, const char *word)
{
	g_autofree char *quoted = shell_quote_text(word);
	g_string_append_printf(command, " %s", quoted);
}

G_GNUC_PRINTF(2, 3) static void add_option(GString *command, const char *format, ...)
{
	va_list arguments;
	va_start(arguments, format);
	g_autofree char *option = g_strdup_vprintf(format, arguments);
	va_end(arguments);
	add_word(command, "-o");
	add_word(command, option);
}

/* Where $HOME is not what the system says, ssh is told of the files in it. */
static void add_home(GString *command, const struct connection_options *o)
{
	static const char *const keys[] = { "id_ed25519", "id_ecdsa", "id_rsa", "id_ed25519_sk",
		"id_ecdsa_sk" };
	g_autofree char *folder = g_build_filename(g_get_home_dir(), ".ssh", NULL);
	g_autofree char *config = g_build_filename(folder, "config", NULL);
	g_autoptr(host_config) said = session_config(o, NULL); /* ssh says what is wrong with it */

	if (!ssh_home_is_elsewhere() || said == NULL) {
		return;
	}
	if (o->ssh_config == NULL && g_file_test(config, G_FILE_TEST_EXISTS)) {
		add_word(command, "-F");
		add_word(command, config);
	}
	if (o->known_hosts == NULL && host_config_text(said, CONFIG_USER_KNOWN_HOSTS) == NULL) {
		add_option(command, "UserKnownHostsFile=\"%s/known_hosts\"", folder);
	}
	gboolean named =
		o->private_key != NULL || host_config_list(said, CONFIG_IDENTITY_FILE)->len > 0;
	for (gsize i = 0; !named && i < G_N_ELEMENTS(keys); i++) {
		g_autofree char *path = g_build_filename(folder, keys[i], NULL);
		if (g_file_test(path, G_FILE_TEST_EXISTS)) {
			add_option(command, "IdentityFile=\"%s\"", path);
		}
	}
}

/* The first of each that is said counts: what must hold, what the inventory says, our defaults. */
static char *command_of(const struct connection_options *o, double seconds)
{
	GString *command = g_string_new("exec ssh");

	add_option(command, "BatchMode=yes");
	add_option(command, "RequestTTY=no");
	add_option(command, "RemoteCommand=none");
	add_option(command, "LogLevel=ERROR");
	add_option(command, "ControlMaster=no"); /* it would outlive us, and hold our pipes */
	if (o->ssh_config != NULL) {
		add_word(command, "-F");
		add_word(command, *o->ssh_config != '\0' ? o->ssh_config : "none");
	}
	for (const char *const *one = o->ssh_options; one != NULL && *one != NULL; one++) {
		add_option(command, "%s", *one);
	}
	if (o->user != NULL) {
		add_option(command, "User=%s", o->user);
	}
	if (o->port != 0) {
		add_option(command, "Port=%u", o->port);
	}
	if (o->private_key != NULL) {
		add_option(command, "IdentityFile=\"%s\"", o->private_key);
	}
	if (o->known_hosts != NULL) {
		add_option(command, "UserKnownHostsFile=\"%s\"", o->known_hosts);
	}
	if (o->accept_new) {
		add_option(command, "StrictHostKeyChecking=accept-new");
	}
	add_home(command, o);
	add_option(command, "ConnectTimeout=%d", (int)MAX(seconds, 1));
	add_option(command, "ServerAliveInterval=%d",
		(int)MAX((o->keepalive > 0 ? o->keepalive : 30) / 3, 1));
	add_word(command, "--");
	add_word(command, o->host);
	return g_string_free(command, FALSE);
}

static gboolean program_check(const struct connection_options *o, char **ret_remark, GError **error)
{
	(void)ret_remark;
	if (!session_check(o, error)) {
		return FALSE;
	}
	g_autofree char *path = g_find_program_in_path("ssh");
	if (path == NULL) {
		error_set(error, SUTLER_ERROR_USAGE,
			"host '%s': there is no program 'ssh' here, install openssh-client",
			o->name);
		return FALSE;
	}
	return TRUE;
}

/* --- what went wrong --- */

static void refused(const struct program_stream *s, GError **error)
{
	const struct program *p = s->connection;
	g_autofree char *text =
		g_strndup((const char *)s->words->data, MIN(s->words->len, WORDS_MAX));
	g_autofree char *words = secure_words(text, strlen(text));

	if (strstr(text, "IDENTIFICATION HAS CHANGED") != NULL) {
		error_set(error, SUTLER_ERROR_UNREACHABLE,
			"host key of '%s' has changed, this may be an attack; if the host was set "
			"up anew, remove the old key with \"ssh-keygen -R\" and run again with "
			"--accept-new: %s",
			p->host, words);
	} else if (strstr(text, "Host key verification failed") != NULL) {
		error_set(error, SUTLER_ERROR_UNREACHABLE,
			"host key of '%s' is not known: compare the fingerprint and run again with "
			"--accept-new: %s",
			p->host, words);
	} else if (strstr(text, "Permission denied") != NULL) {
		error_set(error, SUTLER_ERROR_UNREACHABLE, "login of '%s' refused by %s: %s",
			p->user, p->host, words);
	} else {
		error_set(error, SUTLER_ERROR_UNREACHABLE, "unable to reach %s with ssh: %s",
			p->host, *words != '\0' ? words : "it gives no reason");
	}
}

/* --- streams --- */

static void flush(struct program_stream *s)
{
	gsize length = stream_unsent(&s->base);
	stream_write(s->inner, stream_front(&s->base), length);
	stream_take(&s->base, length);
}

static stream *program_stream_open(
	connection *conn, const char *command, deadline until, const cancel *c, GError **error)
{
	const struct program *p = (const struct program *)conn;
	g_autofree char *mark = g_strdup_printf("sutler-%08x%08x", g_random_int(), g_random_int());
	g_autofree char *there = g_strdup_printf("echo %s; %s", mark, command);
	g_autofree char *word = shell_quote_text(there);
	g_autofree char *whole = g_strdup_printf("%s %s", p->command, word);
	stream *inner = stream_open(p->here, whole, until, c, error);
	if (inner == NULL) {
		return NULL;
	}
	struct program_stream *s = g_new0(struct program_stream, 1);
	s->base.class = &connection_openssh;
	s->base.unsent = g_byte_array_new();
	s->connection = p;
	s->inner = inner;
	s->whole = g_steal_pointer(&whole);
	s->pause = RETRY_FIRST;
	s->mark = g_strconcat(mark, "\n", NULL);
	s->login = deadline_in(p->seconds);
	s->greeting = g_byte_array_new();
	s->words = g_byte_array_new();
	return &s->base;
}

static void program_stream_close(stream *base)
{
	struct program_stream *s = (struct program_stream *)base;
	stream_close(s->inner);
	g_byte_array_unref(base->unsent);
	g_byte_array_unref(s->greeting);
	g_byte_array_unref(s->words);
	g_free(s->whole);
	g_free(s->mark);
	g_free(s);
}

/* Servers, and those in between, drop connections when many come at once (MaxStartups): that is
 * tried again while there is time. What is to be sent has waited for the mark. */
static gboolean try_again(struct program_stream *s, deadline until, const cancel *c, GError **error)
{
	g_autofree char *text = g_strndup((const char *)s->words->data, s->words->len);
	double wait = s->pause * g_random_double_range(0.5, 1.5);
	gboolean dropped = strstr(text, "kex_exchange_identification") != NULL ||
			   strstr(text, "Connection closed by UNKNOWN") != NULL;
	g_autoptr(GError) waited = NULL;

	if (!dropped || deadline_in(wait) >= deadline_earliest(until, s->login)) {
		return FALSE;
	}
	(void)wait_descriptor(-1, 0, deadline_in(wait), c, &waited);
	if (g_error_matches(waited, SUTLER_ERROR, SUTLER_ERROR_INTERRUPTED)) {
		g_propagate_error(error, g_steal_pointer(&waited));
		return FALSE;
	}
	stream *next = stream_open(s->connection->here, s->whole, until, c, error);
	if (next == NULL) {
		return FALSE;
	}
	stream_close(s->inner);
	s->inner = next;
	s->pause *= 2;
	g_byte_array_set_size(s->greeting, 0);
	g_byte_array_set_size(s->words, 0);
	return TRUE;
}

/* Once the mark is there, what follows it is the command's. */
static gboolean take_mark(struct program_stream *s, GByteArray *out, GByteArray *err)
{
	const guint8 *data = s->greeting->data;
	gsize length = strlen(s->mark);
	const guint8 *found =
		s->greeting->len == 0 ? NULL : memmem(data, s->greeting->len, s->mark, length);
	if (found == NULL) {
		return FALSE;
	}
	gsize before = (gsize)(found - data) + length;
	g_byte_array_append(out, found + length, (guint)(s->greeting->len - before));
	g_byte_array_append(err, s->words->data, s->words->len);
	s->ready = TRUE;
	return TRUE;
}

/* FALSE: an error, or *ret_ended. A login shell that ends by itself hands over what it said. */
static gboolean log_in(struct program_stream *s, GByteArray *out, GByteArray *err,
	gboolean *ret_ended, deadline until, const cancel *c, GError **error)
{
	for (;;) {
		const char *signal = NULL;
		g_autoptr(GError) failure = NULL;
		if (!stream_wait(s->inner, s->greeting, s->words, ret_ended,
			    deadline_earliest(until, s->login), c, &failure)) {
			if (g_error_matches(failure, SUTLER_ERROR, SUTLER_ERROR_TIMEOUT) &&
				deadline_passed(s->login)) {
				error_set(error, SUTLER_ERROR_UNREACHABLE,
					"login of '%s' at %s not finished within %g s",
					s->connection->user, s->connection->host,
					s->connection->seconds);
			} else {
				g_propagate_error(error, g_steal_pointer(&failure));
			}
			return FALSE;
		}
		if (take_mark(s, out, err)) {
			return TRUE;
		}
		if (!*ret_ended) {
			continue;
		}
		if (stream_exit_status(s->inner, &signal) == SSH_FAILED) {
			g_autoptr(GError) stopped = NULL;
			if (try_again(s, until, c, &stopped)) {
				*ret_ended = FALSE;
				continue;
			}
			if (stopped != NULL) {
				g_propagate_error(error, g_steal_pointer(&stopped));
			} else {
				refused(s, error);
			}
		} else {
			g_byte_array_append(out, s->greeting->data, s->greeting->len);
			g_byte_array_append(err, s->words->data, s->words->len);
		}
		return FALSE;
	}
}

static gboolean program_stream_wait(stream *base, GByteArray *out, GByteArray *err,
	gboolean *ret_ended, deadline until, const cancel *c, GError **error)
{
	struct program_stream *s = (struct program_stream *)base;
	guint before = out->len + err->len;
	g_autoptr(GError) failure = NULL;

	*ret_ended = FALSE;
	if (!s->ready && !log_in(s, out, err, ret_ended, until, c, &failure)) {
		if (failure != NULL) {
			g_propagate_error(error, g_steal_pointer(&failure));
			return FALSE;
		}
		return TRUE;
	}
	flush(s);
	if (s->finishing) {
		stream_finish(s->inner);
	}
	return *ret_ended || out->len + err->len > before ||
	       stream_wait(s->inner, out, err, ret_ended, until, c, error);
}

static void program_stream_finish(stream *base)
{
	((struct program_stream *)base)->finishing = TRUE;
}

static int program_stream_exit_status(const stream *base, const char **ret_signal)
{
	return stream_exit_status(((const struct program_stream *)base)->inner, ret_signal);
}

/* --- connections --- */

static connection *program_open(const struct connection_options *o, const cancel *c, GError **error)
{
	const struct connection_options local = { .kind = "local", .name = o->name };

	if (!program_check(o, NULL, error)) {
		return NULL;
	}
	connection *here = connection_open(&local, c, error);
	if (here == NULL) {
		return NULL;
	}
	struct program *p = g_new0(struct program, 1);
	p->base.class = &connection_openssh;
	p->seconds = o->connect_timeout > 0 ? o->connect_timeout : CONNECT_TIMEOUT;
	p->command = command_of(o, p->seconds);
	p->host = g_strdup(o->host);
	p->user = g_strdup(o->user != NULL ? o->user : g_get_user_name());
	p->here = here;
	return &p->base;
}

static void program_close(connection *conn)
{
	struct program *p = (struct program *)conn;
	connection_close(p->here);
	g_free(p->command);
	g_free(p->host);
	g_free(p->user);
	g_free(p);
}

static guint program_round_trips(const connection *conn)
{
	(void)conn;
	return 0; /* the program counts none */
}

const struct connection_class connection_openssh = {
	.kind = "openssh",
	.check = program_check,
	.open = program_open,
	.close = program_close,
	.round_trips = program_round_trips,
	.stream_open = program_stream_open,
	.stream_close = program_stream_close,
	.stream_wait = program_stream_wait,
	.stream_finish = program_stream_finish,
	.stream_exit_status = program_stream_exit_status,
};
