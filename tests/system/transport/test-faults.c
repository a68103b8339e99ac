/* Tests of the ssh kind of connection against servers and networks that fail: each fault ends in
 * its own words and in bounded time. */
#include "server.h"

#include <arpa/inet.h>
#include <dlfcn.h>
#include <netdb.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>

static struct server *sshd;

/* --- a resolver of our own: getaddrinfo() here takes the place of the C library's --- */

typedef int resolver(const char *, const char *, const struct addrinfo *, struct addrinfo **);

int getaddrinfo(const char *restrict host, const char *restrict service,
	const struct addrinfo *restrict hints, struct addrinfo **restrict found)
{
	resolver *real = NULL;
	void *symbol = dlsym(RTLD_NEXT, "getaddrinfo");

	memcpy(&real, &symbol, sizeof real);

	if ((hints->ai_flags & AI_NUMERICHOST) == 0 && strcmp(host, "hangs.example") == 0) {
		g_usleep(3 * G_USEC_PER_SEC);
	}
	if ((hints->ai_flags & AI_NUMERICHOST) == 0 && strcmp(host, "two.example") == 0) {
		/* A first address where nobody listens, then the right one. */
		struct addrinfo *second = NULL;
		int failed = real("127.0.0.9", service, hints, found);
		failed |= real("127.0.0.1", service, hints, &second);
		(*found)->ai_next = second;
		return failed;
	}
	return real(host, service, hints, found);
}

/* --- before login --- */

struct fault {
	const char *name;
	enum script script;
	const char *greeting;
	const char *pattern; /* %u: the port */
	double at_least, at_most;
};

static const struct fault faults[] = {
	{ "no answer", SCRIPT_FULL, NULL, "no answer from 127.0.0.1:%u within 1 s", 0.9, 2 },
	{ "no banner", SCRIPT_SILENT, NULL, "no SSH banner from 127.0.0.1:%u within 1 s", 0.9, 2 },
	{ "another protocol", SCRIPT_GREETING, "220 mail ESMTP\r\n",
		"127.0.0.1:%u does not speak SSH, it says \"220 mail ESMTP\"*", 0, 2 },
	{ "banner and no more", SCRIPT_GREETING, "SSH-2.0-x\r\n",
		"127.0.0.1:%u closed the connection before login*", 0.1, 2 },
	{ "terminal escapes in a greeting", SCRIPT_GREETING, "\033[2Jboo\r\n",
		"127.0.0.1:%u does not speak SSH, it says \"??2Jboo\"*", 0, 2 },
	{ "a line without end", SCRIPT_GREETING, NULL, "127.0.0.1:%u does not speak SSH*", 0, 2 },
	{ "rubbish after the banner", SCRIPT_GREETING,
		"SSH-2.0-"
		"x\r\n\001\002\003\004\005\006\007\010aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa",
		"*127.0.0.1:%u*", 0, 2 },
	{ "always reset", SCRIPT_RESET, NULL, "127.0.0.1:%u closed the connection before login",
		0.1, 2 },
	{ "always full", SCRIPT_RESET, "Exceeded MaxStartups\r\n",
		"127.0.0.1:%u closed the connection before login (*MaxStartups*)", 0.1, 2 },
};

static void check_error(const GError *error, int code, const char *pattern)
{
	g_assert_error(error, SUTLER_ERROR, code);
	if (!g_pattern_match_simple(pattern, error->message)) {
		g_test_message("got: %s", error->message);
		g_test_message("not: %s", pattern);
		g_test_fail();
	}
}

static double expect_refusal(
	const struct connection_options *o, const cancel *c, int code, const char *pattern)
{
	g_autoptr(GError) error = NULL;
	gint64 began = g_get_monotonic_time();

	g_assert_null(connection_open(o, c, &error));
	double took = (double)(g_get_monotonic_time() - began) / G_USEC_PER_SEC;
	check_error(error, code, pattern);
	return took;
}

static void test_fault(gconstpointer data)
{
	const struct fault *fault = data;
	struct connection_options o = server_options(sshd);
	g_autofree char *endless = g_strnfill(5000, 'x');
	struct fake *f = fake_start(fault->script,
		fault->greeting == NULL && fault->script == SCRIPT_GREETING ? endless
									    : fault->greeting,
		1000, 0);
	g_auto(GStrv) parts = g_strsplit(fault->pattern, "%u", 2);
	g_autofree char *pattern = g_strdup_printf("%s%u%s", parts[0], fake_port(f), parts[1]);

	o.port = fake_port(f);
	o.connect_timeout = 1;
	double took = expect_refusal(&o, NULL, SUTLER_ERROR_UNREACHABLE, pattern);
	g_assert_cmpfloat(took, >=, fault->at_least);
	g_assert_cmpfloat(took, <=, fault->at_most);
	fake_stop(f);
}

static void test_refused(void)
{
	struct connection_options o = server_options(sshd);

	o.port = 1;
	double took = expect_refusal(&o, NULL, SUTLER_ERROR_UNREACHABLE,
		"unable to connect to 127.0.0.1:1: connection refused");
	g_assert_cmpfloat(took, <, 0.5);
	o.host = "two.example";
	expect_refusal(&o, NULL, SUTLER_ERROR_UNREACHABLE,
		"unable to connect to 127.0.0.9:1: connection refused; 127.0.0.1:1: connection "
		"refused");
}

static void test_resolver(void)
{
	struct connection_options o = server_options(sshd);

	o.host = "nowhere.invalid";
	expect_refusal(
		&o, NULL, SUTLER_ERROR_UNREACHABLE, "unable to resolve 'nowhere.invalid': *");
	o.host = "hangs.example";
	o.connect_timeout = 0.5;
	double took = expect_refusal(&o, NULL, SUTLER_ERROR_UNREACHABLE,
		"unable to resolve 'hangs.example': no answer from the resolver within 0.5 s");
	g_assert_cmpfloat(took, <, 1.5);
}

/* All addresses of a name are tried. */
static void test_second_address(void)
{
	struct connection_options o = server_options(sshd);
	g_autofree char *known = server_file(sshd, "two_hosts");
	g_autoptr(GError) error = NULL;

	o.host = "two.example";
	o.known_hosts = known;
	o.accept_new = TRUE;
	g_autoptr(connection) c = connection_open(&o, NULL, &error);
	g_assert_no_error(error);
	g_autofree char *text = run_command(c, "echo in", NULL);
	g_assert_cmpstr(text, ==, "in\n");
}

/* What MaxStartups drops, with and without its words, is tried again, and nobody notices. */
static void test_dropped(gconstpointer greeting)
{
	struct connection_options o = server_options(sshd);
	struct fake *f = fake_start(SCRIPT_RESET, greeting, 3, sshd->port);
	g_autofree char *known = server_file(sshd, "dropped_hosts");
	g_autoptr(GError) error = NULL;

	o.port = fake_port(f);
	o.known_hosts = known;
	o.accept_new = TRUE;
	connection *c = connection_open(&o, NULL, &error);
	g_assert_no_error(error);
	g_autofree char *text = run_command(c, "echo in", NULL);
	g_assert_cmpstr(text, ==, "in\n");
	g_assert_cmpuint(fake_accepted(f), ==, 4);
	connection_close(c);
	fake_stop(f);
}

/* --- after login --- */

struct running {
	connection *c;
	stream *s;
	GByteArray *out, *err;
	pid_t server; /* the process that serves this connection */
};

static void running_start(struct running *r, double keepalive)
{
	struct connection_options o = server_options(sshd);
	g_autoptr(GError) error = NULL;
	gboolean ended = FALSE;

	o.keepalive = keepalive;
	r->out = g_byte_array_new();
	r->err = g_byte_array_new();
	r->c = connection_open(&o, NULL, &error);
	g_assert_no_error(error);
	r->s = stream_open(
		r->c, "exec sh -c 'echo $PPID; exec sleep 100'", deadline_in(20), NULL, &error);
	g_assert_no_error(error);
	stream_wait(r->s, r->out, r->err, &ended, deadline_in(20), NULL, &error);
	g_assert_no_error(error);
	g_byte_array_append(r->out, (const guint8 *)"", 1);
	r->server = atoi((const char *)r->out->data);
	g_assert_cmpint(r->server, >, 1);
}

static void running_finish(struct running *r)
{
	stream_close(r->s);
	connection_close(r->c);
	g_byte_array_unref(r->out);
	g_byte_array_unref(r->err);
}

static double expect_end(
	struct running *r, deadline until, const cancel *c, int code, const char *pattern)
{
	g_autoptr(GError) error = NULL;
	gboolean ended = FALSE;
	gint64 began = g_get_monotonic_time();

	g_assert_false(stream_wait(r->s, r->out, r->err, &ended, until, c, &error));
	check_error(error, code, pattern);
	return (double)(g_get_monotonic_time() - began) / G_USEC_PER_SEC;
}

static void test_frozen(void)
{
	struct running r;

	running_start(&r, 1);
	kill(r.server, SIGSTOP);
	double took = expect_end(&r, deadline_in(20), NULL, SUTLER_ERROR_LOST,
		"connection to 'web1' (127.0.0.1:*) lost: no sign of life for 1 s");
	g_assert_cmpfloat(took, >, 0.5);
	g_assert_cmpfloat(took, <, 3);
	kill(r.server, SIGCONT);
	running_finish(&r);
}

/* A server that is alive but has nothing to say is not given up. */
static void test_quiet(void)
{
	struct running r;

	running_start(&r, 0.4);
	double took = expect_end(&r, deadline_in(2), NULL, SUTLER_ERROR_TIMEOUT, "timed out");
	g_assert_cmpfloat(took, >=, 1.9);
	running_finish(&r);
}

static void test_killed(void)
{
	struct running r;
	g_autoptr(GError) error = NULL;

	running_start(&r, 30);
	kill(r.server, SIGKILL);
	double took = expect_end(&r, deadline_in(20), NULL, SUTLER_ERROR_LOST,
		"connection to 'web1' (127.0.0.1:*) lost: *");
	g_assert_cmpfloat(took, <, 1);
	g_assert_null(stream_open(r.c, "echo x", deadline_in(20), NULL, &error));
	g_assert_error(error, SUTLER_ERROR, SUTLER_ERROR_LOST);
	running_finish(&r);
}

/* Frozen while we send: the window fills up, and the wait ends all the same. */
static void test_frozen_upload(void)
{
	struct running r;
	g_autofree guint8 *zeros = g_malloc0(8 * 1024 * 1024);

	running_start(&r, 1);
	kill(r.server, SIGSTOP);
	stream_write(r.s, zeros, 8 * 1024 * 1024);
	expect_end(&r, deadline_in(20), NULL, SUTLER_ERROR_LOST, "*no sign of life*");
	kill(r.server, SIGCONT);
	running_finish(&r);
}

/* Frozen between connection and banner, as a listening sshd that is stopped. */
static void test_frozen_listener(void)
{
	struct connection_options o = server_options(sshd);
	g_autofree char *pid_file = server_file(sshd, "pid");
	g_autofree char *pid = NULL;

	g_file_get_contents(pid_file, &pid, NULL, NULL);
	kill(atoi(pid), SIGSTOP);
	o.connect_timeout = 0.7;
	expect_refusal(&o, NULL, SUTLER_ERROR_UNREACHABLE, "no SSH banner from *within 0.7 s");
	kill(atoi(pid), SIGCONT);
}

/* --- cancelling --- */

static gpointer cancel_soon(gpointer c)
{
	g_usleep(200000);
	cancel_request(c);
	return NULL;
}

static void test_cancel_open(void)
{
	static const enum script scripts[] = { SCRIPT_FULL, SCRIPT_SILENT, SCRIPT_RESET };

	for (gsize i = 0; i < G_N_ELEMENTS(scripts); i++) {
		struct connection_options o = server_options(sshd);
		struct fake *f = fake_start(scripts[i], NULL, 1000, 0);
		g_autoptr(cancel) c = cancel_new();
		GThread *thread = g_thread_new("cancel", cancel_soon, c);
		o.port = fake_port(f);
		double took = expect_refusal(&o, c, SUTLER_ERROR_INTERRUPTED, "interrupted");
		g_assert_cmpfloat(took, <, 1);
		g_thread_join(thread);
		fake_stop(f);
	}
}

static void test_cancel_resolver(void)
{
	struct connection_options o = server_options(sshd);
	g_autoptr(cancel) c = cancel_new();
	GThread *thread = g_thread_new("cancel", cancel_soon, c);

	o.host = "hangs.example";
	double took = expect_refusal(&o, c, SUTLER_ERROR_INTERRUPTED, "interrupted");
	g_assert_cmpfloat(took, <, 1);
	g_thread_join(thread);
}

static void test_cancel_wait(void)
{
	struct running r;
	g_autoptr(cancel) c = cancel_new();

	running_start(&r, 30);
	GThread *thread = g_thread_new("cancel", cancel_soon, c);
	double took = expect_end(&r, deadline_in(20), c, SUTLER_ERROR_INTERRUPTED, "interrupted");
	g_assert_cmpfloat(took, <, 1);
	g_thread_join(thread);
	running_finish(&r);
}

/* --- noise, and login shells that are none --- */

static void test_noise(void)
{
	struct connection_options o = server_options(sshd);
	g_autofree char *banner = server_file(sshd, "banner");
	g_autofree char *option = g_strdup_printf("-oBanner=%s", banner);
	const char *const extra[] = { option, NULL };
	g_autoptr(GError) error = NULL;

	g_file_set_contents(banner, "\033[31mAUTHORISED USE ONLY\n", -1, NULL);
	struct server *noisy = server_start(extra);
	o = server_options(noisy);
	connection *c = connection_open(&o, NULL, &error);
	g_assert_no_error(error);
	g_autofree char *text = run_command(c, "echo in", NULL);
	g_assert_cmpstr(text, ==, "in\n");
	connection_close(c);
	server_stop(noisy);
}

static void test_no_commands(void)
{
	const char *const extra[] = { "-oMaxSessions=0", NULL };
	struct server *closed = server_start(extra);
	struct connection_options o = server_options(closed);
	g_autoptr(GError) error = NULL;

	connection *c = connection_open(&o, NULL, &error);
	g_assert_no_error(error);
	g_assert_null(stream_open(c, "echo x", deadline_in(20), NULL, &error));
	check_error(error, SUTLER_ERROR_UNREACHABLE, "127.0.0.1:* refuses to open a session*");
	connection_close(c);
	server_stop(closed);
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_unsetenv("SSH_AUTH_SOCK");
	sshd = server_start(NULL);
	g_setenv("HOME", sshd->folder, TRUE);
	for (gsize i = 0; i < G_N_ELEMENTS(faults); i++) {
		g_autofree char *path = g_strdup_printf("/faults/%s", faults[i].name);
		g_test_add_data_func(path, &faults[i], test_fault);
	}
	g_test_add_func("/faults/refused", test_refused);
	g_test_add_func("/faults/resolver", test_resolver);
	g_test_add_func("/faults/second-address", test_second_address);
	g_test_add_data_func("/faults/dropped-reset", NULL, test_dropped);
	g_test_add_data_func("/faults/dropped-words", "Exceeded MaxStartups\r\n", test_dropped);
	g_test_add_func("/faults/frozen", test_frozen);
	g_test_add_func("/faults/frozen-upload", test_frozen_upload);
	g_test_add_func("/faults/frozen-listener", test_frozen_listener);
	g_test_add_func("/faults/quiet", test_quiet);
	g_test_add_func("/faults/killed", test_killed);
	g_test_add_func("/faults/noise", test_noise);
	g_test_add_func("/faults/no-commands", test_no_commands);
	g_test_add_func("/cancel/open", test_cancel_open);
	g_test_add_func("/cancel/resolver", test_cancel_resolver);
	g_test_add_func("/cancel/wait", test_cancel_wait);
	int status = g_test_run();
	server_stop(sshd);
	return status;
}
