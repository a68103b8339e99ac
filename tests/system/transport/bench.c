/* How long the transport takes, and how many round trips: through a link that is 100 ms slow, and
 * on this machine itself. Prints one line for each. */
#include "server.h"

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>

#define RTT 100
#define CONNECTIONS 50
#define THREADS 16

static struct server *sshd;

static GPid start_proxy(guint *ret_port, int *ret_log)
{
	g_autofree char *target = g_strdup_printf("127.0.0.1:%u", sshd->port);
	g_autofree char *rtt = g_strdup_printf("%d", RTT);
	const char *const argv[] = { "/usr/bin/python3", SUTLER_DELAY_PROXY, "--rtt", rtt,
		"--handshake", target, NULL };
	char line[64] = "";
	GPid pid = 0;

	if (!g_spawn_async_with_pipes(NULL, (char **)argv, NULL, G_SPAWN_DEFAULT, NULL, NULL, &pid,
		    NULL, ret_log, NULL, NULL)) {
		g_error("no delay proxy");
	}
	FILE *out = fdopen(*ret_log, "r");
	if (fgets(line, sizeof line, out) == NULL) {
		g_error("the delay proxy does not say its port");
	}
	*ret_port = (guint)atoi(line);
	return pid;
}

static double milliseconds(gint64 since)
{
	return (double)(g_get_monotonic_time() - since) / 1000;
}

static connection *must_open(const struct connection_options *o)
{
	g_autoptr(GError) error = NULL;
	connection *c = connection_open(o, NULL, &error);
	if (c == NULL) {
		g_error("%s", error->message);
	}
	return c;
}

/* Sends body to command and reads until its first output. */
static void run(connection *c, const char *command, gsize body)
{
	g_autoptr(GError) error = NULL;
	g_autoptr(GByteArray) out = g_byte_array_new();
	g_autoptr(GByteArray) err = g_byte_array_new();
	g_autofree guint8 *zeros = g_malloc0(body + 1);
	gboolean ended = FALSE;

	g_autoptr(stream) s = stream_open(c, command, deadline_in(60), NULL, &error);
	if (s == NULL) {
		g_error("%s", error->message);
	}
	stream_write(s, zeros, body);
	if (body > 0) {
		stream_finish(s);
	}
	if (!stream_wait(s, out, err, &ended, deadline_in(60), NULL, &error)) {
		g_error("%s", error->message);
	}
}

static void slow_link(const char *label, const char *command, gsize body)
{
	struct connection_options o = server_options(sshd);
	g_autofree char *known = server_file(sshd, "bench_hosts");
	int log = -1;
	GPid proxy = start_proxy(&o.port, &log);

	o.known_hosts = known;
	o.accept_new = TRUE;
	gint64 began = g_get_monotonic_time();
	connection *c = must_open(&o);
	double opened = milliseconds(began);
	guint login = connection_round_trips(c);
	run(c, command, body);
	printf("%-28s %6.0f ms to login (%u round trips), %6.0f ms to first output (%u)\n", label,
		opened, login, milliseconds(began), connection_round_trips(c));
	connection_close(c);
	kill(proxy, SIGTERM);
}

static gpointer connect_some(gpointer left)
{
	while (g_atomic_int_add((gint *)left, -1) > 0) {
		struct connection_options o = server_options(sshd);
		connection *c = must_open(&o);
		run(c, "echo x", 0);
		connection_close(c);
	}
	return NULL;
}

static void many(void)
{
	GThread *threads[THREADS];
	gint left = CONNECTIONS;
	struct rusage before, after;
	gint64 began = g_get_monotonic_time();

	getrusage(RUSAGE_SELF, &before);
	for (int i = 0; i < THREADS; i++) {
		threads[i] = g_thread_new("client", connect_some, &left);
	}
	for (int i = 0; i < THREADS; i++) {
		g_thread_join(threads[i]);
	}
	getrusage(RUSAGE_SELF, &after);
	double cpu = (double)(after.ru_utime.tv_sec - before.ru_utime.tv_sec) * 1000 +
		     (double)(after.ru_utime.tv_usec - before.ru_utime.tv_usec) / 1000 +
		     (double)(after.ru_stime.tv_sec - before.ru_stime.tv_sec) * 1000 +
		     (double)(after.ru_stime.tv_usec - before.ru_stime.tv_usec) / 1000;
	printf("%d connections, %d threads: %.0f ms, %.2f ms of our CPU each\n", CONNECTIONS,
		THREADS, milliseconds(began), cpu / CONNECTIONS);
}

static void bulk(const char *label, const char *command, gsize body, gsize bytes)
{
	struct connection_options o = server_options(sshd);
	g_autoptr(GError) error = NULL;
	g_autoptr(GByteArray) out = g_byte_array_new();
	g_autoptr(GByteArray) err = g_byte_array_new();
	g_autofree guint8 *zeros = g_malloc0(body + 1);
	gboolean ended = FALSE;
	connection *c = must_open(&o);
	gint64 began = g_get_monotonic_time();
	stream *s = stream_open(c, command, deadline_in(60), NULL, &error);

	stream_write(s, zeros, body);
	stream_finish(s);
	while (!ended && stream_wait(s, out, err, &ended, deadline_in(60), NULL, &error)) {
		g_byte_array_set_size(out, 0);
	}
	printf("%-28s %6.0f MB/s\n", label, (double)bytes / 1000 / milliseconds(began));
	stream_close(s);
	connection_close(c);
}

int main(void)
{
	g_unsetenv("SSH_AUTH_SOCK");
	sshd = server_start((const char *const[]){ "-oMaxStartups=100", NULL });
	g_setenv("HOME", sshd->folder, TRUE);
	setvbuf(stdout, NULL, _IOLBF, 0);
	slow_link("command, 100 ms link", "exec /bin/echo x", 0);
	slow_link("2 MB upload, 100 ms link", "exec wc -c", 2000000);
	slow_link("10 MB upload, 100 ms link", "exec wc -c", 10000000);
	many();
	bulk("upload 200 MB, loopback", "exec wc -c", 200000000, 200000000);
	bulk("download 200 MB, loopback", "exec head -c 200000000 /dev/zero", 0, 200000000);
	server_stop(sshd);
	return 0;
}
