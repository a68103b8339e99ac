/* The ssh kind of connection: from options to a logged-in, non-blocking libssh session. */
#include "base/quote.h"
#include "transport/resolve.h"
#include "transport/ssh-escapes.h"
#include "transport/ssh-private.h"
#include "transport/turn.h"

#include <errno.h>
#include <glib-unix.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#define CONNECT_TIMEOUT 10.0
#define KEEPALIVE 30.0
#define GREETING_MAX 200
#define RETRY_FIRST 0.1 /* seconds before the second attempt, then twice that, and so on */
#define RETRY_LAST 2.0

/* --- handshake --- */

/* Keeps what the server says when it is not a banner, for the message. */
static void peek_greeting(int descriptor, char **greeting)
{
	char text[GREETING_MAX + 1];
	gssize length = recv(descriptor, text, GREETING_MAX, MSG_PEEK | MSG_DONTWAIT);

	if (length <= 0) {
		return;
	}
	text[length] = '\0';
	if (!g_str_has_prefix(text, "SSH-") && *greeting == NULL) {
		*greeting = secure_words(text, strcspn(text, "\r\n"));
	}
}

static void handshake_failed(
	const struct secure *c, const char *greeting, gboolean *ret_again, GError **error)
{
	const char *reason = ssh_get_error(c->session);
	/* Without a banner there was nothing to disagree about. */
	gboolean dropped = ssh_get_serverbanner(c->session) == NULL ||
			   strstr(reason, "Socket error") != NULL ||
			   strstr(reason, g_strerror(ECONNRESET)) != NULL;
	g_autofree char *proxy = proxy_words(c);

	*ret_again = FALSE;
	if (greeting != NULL && strstr(greeting, "MaxStartups") == NULL) {
		error_set(error, SUTLER_ERROR_UNREACHABLE,
			"%s does not speak SSH, it says \"%s\"; check host and port", c->peer,
			greeting);
	} else if (proxy != NULL) {
		/* What ssh says when the server in between drops it at its own MaxStartups. */
		*ret_again = strstr(proxy, "kex_exchange_identification") != NULL;
		error_set(error, SUTLER_ERROR_UNREACHABLE, "proxy command '%s' failed: %s", c->peer,
			proxy);
	} else if (dropped) {
		*ret_again = TRUE;
		error_set(error, SUTLER_ERROR_UNREACHABLE,
			"%s closed the connection before login%s", c->peer,
			greeting != NULL ? " (too many at once: MaxStartups in its sshd_config)"
					 : "");
	} else {
		error_set(error, SUTLER_ERROR_UNREACHABLE, "key exchange with %s failed: %s",
			c->peer, reason);
	}
}

static gboolean handshake(struct secure *c, deadline until, const cancel *cancelled,
	gboolean *ret_again, GError **error)
{
	g_autofree char *greeting = NULL;

	*ret_again = FALSE;
	for (;;) {
		int rc = ssh_connect(c->session);
		int descriptor = ssh_get_fd(c->session);
		if (rc == SSH_OK) {
			/* libssh makes the socket blocking when it sees it connected. */
			return g_unix_set_fd_nonblocking(descriptor, TRUE, NULL);
		}
		if (rc != SSH_AGAIN || descriptor < 0) {
			handshake_failed(c, greeting, ret_again, error);
			return FALSE;
		}
		g_unix_set_fd_nonblocking(descriptor, TRUE, NULL);

		g_autoptr(GError) waited = NULL;
		if (!secure_wait(c, until, cancelled, &waited)) {
			if (!g_error_matches(waited, SUTLER_ERROR, SUTLER_ERROR_TIMEOUT)) {
				g_propagate_error(error, g_steal_pointer(&waited));
			} else if (ssh_get_serverbanner(c->session) == NULL) {
				error_set(error, SUTLER_ERROR_UNREACHABLE,
					"no SSH banner from %s within %g s", c->peer, c->seconds);
			} else {
				error_set(error, SUTLER_ERROR_UNREACHABLE,
					"key exchange with %s not finished within %g s", c->peer,
					c->seconds);
			}
			return FALSE;
		}
		if (ssh_get_serverbanner(c->session) == NULL) {
			peek_greeting(descriptor, &greeting);
		}
	}
}

/* --- opening --- */

static void secure_free(struct secure *c)
{
	if (c->session != NULL) {
		ssh_free(c->session);
	}
	proxy_end(c);
	g_free(c->name);
	g_free(c->host);
	g_free(c->alias);
	g_free(c->given);
	g_free(c->user);
	g_free(c->peer);
	g_free(c);
}

/* What one opening works with; several attempts share it. */
struct opening {
	const struct connection_options *options;
	const cancel *cancelled;
	double seconds;
	deadline until;
	GPtrArray *addresses; /* NULL when a proxy command connects */
	char *proxy;
	host_config *config;
	GPtrArray *keys;
	struct host_keys *host_keys;
};

static void opening_finish(struct opening *o)
{
	g_clear_pointer(&o->addresses, g_ptr_array_unref);
	g_clear_pointer(&o->keys, g_ptr_array_unref);
	g_clear_pointer(&o->host_keys, host_keys_free);
	g_clear_pointer(&o->config, host_config_free);
	g_clear_pointer(&o->proxy, g_free);
}

/* Seconds of silence: ServerAliveInterval times ServerAliveCountMax, as ssh counts them. */
static double keepalive_of(const struct opening *o)
{
	gint64 interval = host_config_number(o->config, CONFIG_ALIVE_INTERVAL);
	gint64 count = host_config_number(o->config, CONFIG_ALIVE_COUNT);

	if (interval > 0) {
		return (double)(interval * (count > 0 ? count : 3));
	}
	return o->options->keepalive > 0 ? o->options->keepalive : KEEPALIVE;
}

static struct secure *secure_new(const struct opening *o)
{
	struct secure *c = g_new0(struct secure, 1);

	c->base.class = &connection_ssh;
	c->session = session_new(o->config);
	c->name = g_strdup(o->options->name != NULL ? o->options->name : o->options->host);
	c->given = g_strdup(o->options->host);
	c->host = g_strdup(host_config_host(o->config));
	c->alias = g_strdup(host_config_text(o->config, CONFIG_HOST_KEY_ALIAS));
	c->user = g_strdup(host_config_user(o->config));
	c->port = host_config_port(o->config);
	c->seconds = o->seconds;
	c->keepalive = keepalive_of(o);
	c->proxy_errors = -1;
	ssh_set_counters(c->session, &c->socket_counter, &c->packet_counter);
	return c;
}

static int attach(struct secure *c, const struct opening *o, GError **error)
{
	int descriptor;

	if (o->addresses == NULL) {
		descriptor = proxy_start(c, o->proxy, error);
	} else {
		descriptor = resolve_connect(o->addresses, o->seconds, c->keepalive, o->until,
			o->cancelled, &c->peer, error);
		c->round_trips++;
	}
	if (descriptor < 0) {
		return -1;
	}
	/* Already run, or not wanted: libssh must neither expand nor start it. */
	(void)ssh_options_set(c->session, SSH_OPTIONS_PROXYCOMMAND, "none");
	(void)ssh_options_set(c->session, SSH_OPTIONS_FD, &descriptor);
	return descriptor;
}

/* ssh_config may forbid it. */
static const char *password_of(const struct opening *o)
{
	return host_config_truth(o->config, CONFIG_PASSWORD_AUTHENTICATION) == 0
		       ? NULL
		       : o->options->password;
}

static struct secure *attempt(const struct opening *o, gboolean *ret_again, GError **error)
{
	*ret_again = FALSE;
	struct secure *c = secure_new(o);
	if (attach(c, o, error) >= 0) {
		host_keys_prefer(o->host_keys, c);
		if (handshake(c, o->until, o->cancelled, ret_again, error) &&
			host_keys_check(o->host_keys, c, o->until, o->cancelled, error) &&
			login_run(c, o->keys, password_of(o), o->until, o->cancelled, error)) {
			c->heard = g_get_monotonic_time();
			return c;
		}
	}
	secure_free(c);
	return NULL;
}

/* sshd drops connections at MaxStartups, before it has looked at them: that is tried again. */
static struct secure *attempts(const struct opening *o, GError **error)
{
	g_autoptr(GError) dropped = NULL;
	double pause = RETRY_FIRST;

	for (;;) {
		gboolean again = FALSE;
		g_autoptr(GError) failure = NULL, waited = NULL;
		struct secure *c = attempt(o, &again, &failure);
		if (c != NULL) {
			return c;
		}
		double wait = pause * g_random_double_range(0.5, 1.5);
		pause = MIN(pause * 2, RETRY_LAST);
		if (again && deadline_in(wait) < o->until) {
			g_clear_error(&dropped);
			dropped = g_steal_pointer(&failure);
			(void)wait_descriptor(-1, 0, deadline_in(wait), o->cancelled, &waited);
			if (g_error_matches(waited, SUTLER_ERROR, SUTLER_ERROR_INTERRUPTED)) {
				g_propagate_error(error, g_steal_pointer(&waited));
				return NULL;
			}
			continue;
		}
		/* When time ran out over it, what all earlier attempts met is the reason. */
		gboolean earlier = dropped != NULL && deadline_passed(o->until) &&
				   g_error_matches(failure, SUTLER_ERROR, SUTLER_ERROR_UNREACHABLE);
		g_propagate_error(
			error, earlier ? g_steal_pointer(&dropped) : g_steal_pointer(&failure));
		return NULL;
	}
}

/* key says which server's MaxStartups is to be respected. */
static struct secure *open_in_turn(struct opening *o, const char *key, GError **error)
{
	if (!turn_take(key, o->cancelled, error)) {
		return NULL;
	}
	/* The time for logging in begins when it is our turn. */
	o->until = deadline_in(o->seconds);
	struct secure *c = attempts(o, error);
	turn_end(key);
	return c;
}

static struct secure *open_direct(struct opening *o, const char *host, guint port, GError **error)
{
	o->addresses = resolve_host(host, port, o->seconds, o->until, o->cancelled, error);
	if (o->addresses == NULL) {
		return NULL;
	}
	g_autofree char *address = resolve_describe(o->addresses);
	return open_in_turn(o, address, error);
}

/* What the ssh of a ProxyJump is given: no questions, the same files. */
static char *jump_options(const struct connection_options *o)
{
	GString *out = g_string_new("-o BatchMode=yes");

	g_autofree char *own = g_build_filename(g_get_home_dir(), ".ssh", "config", NULL);
	g_autofree char *known = g_build_filename(g_get_home_dir(), ".ssh", "known_hosts", NULL);
	gboolean elsewhere = ssh_home_is_elsewhere();
	const char *config = o->ssh_config;
	if (config == NULL && elsewhere && g_file_test(own, G_FILE_TEST_EXISTS)) {
		config = own;
	}
	if (config != NULL) {
		g_autofree char *file = shell_quote_text(*config != '\0' ? config : "none");
		g_string_append_printf(out, " -F %s", file);
	}
	if (o->known_hosts != NULL || elsewhere) {
		g_autofree char *files = g_strdup_printf("UserKnownHostsFile=\"%s\" \"%s\"",
			o->known_hosts != NULL ? o->known_hosts : known, known);
		g_autofree char *word = shell_quote_text(files);
		g_string_append_printf(out, " -o %s", word);
	}
	if (o->accept_new) {
		g_string_append(out, " -o StrictHostKeyChecking=accept-new");
	}
	return g_string_free(out, FALSE);
}

static void set_seconds(struct opening *o)
{
	gint64 said = host_config_number(o->config, CONFIG_CONNECT_TIMEOUT);

	o->seconds = o->options->connect_timeout > 0 ? o->options->connect_timeout
		     : said > 0                      ? (double)said
						     : CONNECT_TIMEOUT;
	o->until = deadline_in(o->seconds);
}

/* Everything that can be checked before anything is sent. */
static struct secure *prepare(struct opening *o, GError **error)
{
	struct secure *plan = secure_new(o);
	g_autofree char *options = jump_options(o->options);

	o->proxy = host_config_proxy(o->config, options);
	o->keys = login_keys(o->options, o->config, o->until, o->cancelled, error);
	if (o->keys != NULL) {
		o->host_keys = host_keys_load(o->options, o->config, plan, error);
	}
	if (o->host_keys == NULL) {
		secure_free(plan);
		return NULL;
	}
	return plan;
}

static connection *open_secure(struct opening *o, GError **error)
{
	struct secure *c = NULL;
	struct secure *plan = prepare(o, error);

	if (plan != NULL) {
		c = o->proxy != NULL ? open_in_turn(o, o->proxy, error)
				     : open_direct(o, plan->host, plan->port, error);
		secure_free(plan);
	}
	return c == NULL ? NULL : &c->base;
}

static connection *secure_open(
	const struct connection_options *options, const cancel *cancelled, GError **error)
{
	struct opening o = { .options = options, .cancelled = cancelled };
	connection *c = NULL;

	session_library();
	if (!session_check(options, error) || (o.config = session_config(options, error)) == NULL) {
		return NULL;
	}
	g_autofree char *reason = session_needs_program(options, o.config);
	if (reason != NULL) {
		c = connection_openssh.open(options, cancelled, error);
	} else {
		set_seconds(&o);
		c = open_secure(&o, error);
	}
	opening_finish(&o);
	return c;
}

/* Only what was asked for by name stops a whole run; a key that one host lacks stops that one. */
static gboolean check_prepared(struct opening *o, GError **error)
{
	g_autoptr(GError) failure = NULL;
	struct secure *plan = prepare(o, &failure);

	if (plan != NULL) {
		secure_free(plan);
	}
	if (g_error_matches(failure, SUTLER_ERROR, SUTLER_ERROR_USAGE)) {
		g_propagate_error(error, g_steal_pointer(&failure));
		return FALSE;
	}
	return TRUE;
}

static gboolean secure_check(
	const struct connection_options *options, char **ret_remark, GError **error)
{
	struct opening o = { .options = options };
	gboolean well = FALSE;

	session_library();
	if (!session_check(options, error) || (o.config = session_config(options, error)) == NULL) {
		return FALSE;
	}
	g_autofree char *reason = session_needs_program(options, o.config);
	if (reason != NULL) {
		*ret_remark = g_strdup_printf("connects with the ssh program, for %s", reason);
		well = connection_openssh.check(options, ret_remark, error);
	} else {
		set_seconds(&o);
		well = check_prepared(&o, error);
	}
	opening_finish(&o);
	return well;
}

static void secure_close(connection *conn)
{
	secure_free((struct secure *)conn);
}

static guint secure_round_trips(const connection *conn)
{
	return ((const struct secure *)conn)->round_trips;
}

const struct connection_class connection_ssh = {
	.kind = "ssh",
	.check = secure_check,
	.open = secure_open,
	.close = secure_close,
	.round_trips = secure_round_trips,
	.stream_open = secure_stream_open,
	.stream_close = secure_stream_close,
	.stream_wait = secure_stream_wait,
	.stream_finish = secure_stream_finish,
	.stream_exit_status = secure_stream_exit_status,
};
