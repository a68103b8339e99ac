/* Servers for the tests of the transport. */
#include "server.h"

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

const char *__lsan_default_suppressions(void);

/* libssh 0.10 forgets the agent's first list of keys when it asks for a second one, and an
 * IdentityFile that it fails to expand. */
const char *__lsan_default_suppressions(void)
{
	return "leak:ssh_buffer_new\nleak:ssh_options_set\n";
}

/* --- sshd --- */

static char *script(const char *verb, const char *folder, const char *const *extra, int *ret_status)
{
	g_autoptr(GPtrArray) argv = g_ptr_array_new();
	char *out = NULL;

	g_ptr_array_add(argv, (char *)SUTLER_SSHD_SCRIPT);
	g_ptr_array_add(argv, (char *)verb);
	g_ptr_array_add(argv, (char *)folder);
	for (; extra != NULL && *extra != NULL; extra++) {
		g_ptr_array_add(argv, (char *)*extra);
	}
	g_ptr_array_add(argv, NULL);
	g_spawn_sync(NULL, (char **)argv->pdata, NULL, G_SPAWN_DEFAULT, NULL, NULL, &out, NULL,
		ret_status, NULL);
	return out;
}

struct server *server_start(const char *const *extra)
{
	struct server *s = g_new0(struct server, 1);
	int status = 0;

	s->folder = g_dir_make_tmp("sutler-sshd-XXXXXX", NULL);
	g_autofree char *port = script("start", s->folder, extra, &status);
	if (status != 0) {
		printf("1..0 # SKIP %s\n", port);
		exit(0);
	}
	s->port = (guint)atoi(port);
	return s;
}

void server_stop(struct server *s)
{
	const char *const argv[] = { "rm", "-r", s->folder, NULL };
	int status = 0;

	g_free(script("stop", s->folder, NULL, &status));
	g_spawn_sync(
		NULL, (char **)argv, NULL, G_SPAWN_SEARCH_PATH, NULL, NULL, NULL, NULL, NULL, NULL);
	g_free(s->folder);
	g_free(s);
}

char *server_file(const struct server *s, const char *name)
{
	return g_build_filename(s->folder, name, NULL);
}

struct connection_options server_options(const struct server *s)
{
	g_autofree char *key = server_file(s, "key");
	g_autofree char *known_hosts = server_file(s, "known_hosts");

	return (struct connection_options){
		.kind = "ssh",
		.name = "web1",
		.host = "127.0.0.1",
		.port = s->port,
		.private_key = g_intern_string(key),
		.known_hosts = g_intern_string(known_hosts),
		.ssh_config = "",
		.connect_timeout = 20,
	};
}

/* --- scripted servers --- */

struct fake {
	enum script script;
	char *greeting;
	guint drops;
	guint target;
	int listener;
	guint port;
	volatile gint accepted;
	int quit[2];
	GThread *thread;
	GArray *fillers; /* connections that keep a queue full */
};

static int connect_to(guint port, int flags)
{
	struct sockaddr_in address = {
		.sin_family = AF_INET,
		.sin_port = htons((guint16)port),
		.sin_addr.s_addr = htonl(INADDR_LOOPBACK),
	};
	int descriptor = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC | flags, 0);

	if (connect(descriptor, (struct sockaddr *)&address, sizeof address) != 0) {
		g_assert_true((flags & SOCK_NONBLOCK) != 0);
	}
	return descriptor;
}

static void copy(int a, int b, int quit)
{
	char buffer[16384];
	struct pollfd fds[] = { { a, POLLIN, 0 }, { b, POLLIN, 0 }, { quit, POLLIN, 0 } };

	while (poll(fds, 3, -1) > 0 && fds[2].revents == 0) {
		for (int i = 0; i < 2; i++) {
			if (fds[i].revents == 0) {
				continue;
			}
			gssize n = read(fds[i].fd, buffer, sizeof buffer);
			if (n <= 0 || write(fds[1 - i].fd, buffer, (gsize)n) != n) {
				return;
			}
		}
	}
}

static void reset(int descriptor)
{
	const struct linger now = { .l_onoff = 1, .l_linger = 0 };
	setsockopt(descriptor, SOL_SOCKET, SO_LINGER, &now, sizeof now);
	close(descriptor);
}

static void serve(struct fake *f, int client)
{
	struct pollfd quit = { f->quit[0], POLLIN, 0 };
	int number = g_atomic_int_add(&f->accepted, 1);

	if (f->script == SCRIPT_SILENT) {
		poll(&quit, 1, -1);
	} else if (f->script == SCRIPT_RESET && number < (int)f->drops) {
		if (f->greeting != NULL) {
			(void)!write(client, f->greeting, strlen(f->greeting));
			g_usleep(20000);
		} else {
			reset(client);
			return;
		}
	} else if (f->script == SCRIPT_GREETING) {
		(void)!write(client, f->greeting, strlen(f->greeting));
		g_usleep(200000);
	} else if (f->script == SCRIPT_RESET) {
		int target = connect_to(f->target, 0);
		copy(client, target, f->quit[0]);
		close(target);
	}
	close(client);
}

static gpointer fake_run(gpointer data)
{
	struct fake *f = data;
	struct pollfd fds[] = { { f->listener, POLLIN, 0 }, { f->quit[0], POLLIN, 0 } };

	while (poll(fds, 2, -1) > 0 && fds[1].revents == 0) {
		int client = accept4(f->listener, NULL, NULL, SOCK_CLOEXEC);
		if (client >= 0) {
			serve(f, client);
		}
	}
	return NULL;
}

struct fake *fake_start(enum script script_, const char *greeting, guint drops, guint target)
{
	struct fake *f = g_new0(struct fake, 1);
	struct sockaddr_in address = {
		.sin_family = AF_INET,
		.sin_addr.s_addr = htonl(INADDR_LOOPBACK),
	};
	socklen_t length = sizeof address;

	f->script = script_;
	f->greeting = g_strdup(greeting);
	f->drops = drops;
	f->target = target;
	f->listener = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	g_assert_cmpint(bind(f->listener, (struct sockaddr *)&address, sizeof address), ==, 0);
	g_assert_cmpint(listen(f->listener, script_ == SCRIPT_FULL ? 0 : 64), ==, 0);
	getsockname(f->listener, (struct sockaddr *)&address, &length);
	f->port = ntohs(address.sin_port);
	f->fillers = g_array_new(FALSE, FALSE, sizeof(int));
	g_assert_cmpint(pipe2(f->quit, O_CLOEXEC), ==, 0);
	if (script_ == SCRIPT_FULL) {
		for (int i = 0; i < 4; i++) {
			int filler = connect_to(f->port, SOCK_NONBLOCK);
			g_array_append_val(f->fillers, filler);
		}
		g_usleep(50000);
	} else {
		f->thread = g_thread_new("fake", fake_run, f);
	}
	return f;
}

guint fake_port(const struct fake *f)
{
	return f->port;
}

guint fake_accepted(const struct fake *f)
{
	return (guint)g_atomic_int_get(&f->accepted);
}

void fake_stop(struct fake *f)
{
	close(f->quit[1]);
	if (f->thread != NULL) {
		g_thread_join(f->thread);
	}
	for (guint i = 0; i < f->fillers->len; i++) {
		close(g_array_index(f->fillers, int, i));
	}
	g_array_unref(f->fillers);
	close(f->quit[0]);
	close(f->listener);
	g_free(f->greeting);
	g_free(f);
}

/* --- helpers --- */

char *run_command(connection *c, const char *command, int *ret_status)
{
	g_autoptr(GError) error = NULL;
	g_autoptr(GByteArray) out = g_byte_array_new();
	g_autoptr(GByteArray) err = g_byte_array_new();
	gboolean ended = FALSE;
	const char *signal = NULL;

	g_autoptr(stream) s = stream_open(c, command, deadline_in(20), NULL, &error);
	g_assert_no_error(error);
	stream_finish(s);
	while (!ended) {
		stream_wait(s, out, err, &ended, deadline_in(20), NULL, &error);
		g_assert_no_error(error);
	}
	if (ret_status != NULL) {
		*ret_status = stream_exit_status(s, &signal);
	}
	return g_strndup((const char *)out->data, out->len);
}
