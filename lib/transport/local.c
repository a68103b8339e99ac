/* The local kind of connection: the same streams, to shells on this machine. */
#include "transport/connection-class.h"

#include "base/secret-memory.h"

#include <errno.h>
#include <fcntl.h>
#include <glib-unix.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/pidfd.h>
#include <sys/wait.h>
#include <unistd.h>

#define READ_SIZE (64 * 1024)
#define READ_AT_ONCE (1024 * 1024) /* one stream_wait() brings in about this much at most */
#define GRACE 0.5                  /* seconds between SIGTERM and SIGKILL */
#define REAP_INTERVAL 0.02         /* seconds, on kernels without pidfd */

struct local_stream {
	stream base;
	pid_t pid;
	int process; /* pidfd, or -1 */
	int in, out, err;
	int poller; /* epoll over all of the above */
	gboolean finishing;
	gboolean in_watched;
	gboolean exited;
	int status;
};

static connection *local_open(
	const struct connection_options *options, const cancel *c, GError **error)
{
	(void)options;
	(void)c;
	(void)error;
	connection *conn = g_new0(connection, 1);
	conn->class = &connection_local;
	return conn;
}

static void local_close(connection *conn)
{
	g_free(conn);
}

static guint local_round_trips(const connection *conn)
{
	(void)conn;
	return 0;
}

static void close_pair(int pair[2])
{
	for (int i = 0; i < 2; i++) {
		if (pair[i] >= 0) {
			close(pair[i]);
		}
	}
}

/* Starts the shell as leader of a session of its own: no terminal to ask on, as under sshd, and a
 * process group that can be ended as a whole. */
static int spawn_shell(const char *command, int in, int out, int err, pid_t *ret_pid)
{
	char *argv[] = { (char *)"sh", (char *)"-c", (char *)command, NULL };
	posix_spawn_file_actions_t actions;
	posix_spawnattr_t attributes;
	sigset_t none, defaults;

	sigemptyset(&none);
	sigemptyset(&defaults);
	sigaddset(&defaults, SIGPIPE);
	sigaddset(&defaults, SIGINT);
	sigaddset(&defaults, SIGQUIT);
	sigaddset(&defaults, SIGTERM);
	sigaddset(&defaults, SIGHUP);
	sigaddset(&defaults, SIGCHLD);
	posix_spawn_file_actions_init(&actions);
	posix_spawn_file_actions_adddup2(&actions, in, STDIN_FILENO);
	posix_spawn_file_actions_adddup2(&actions, out, STDOUT_FILENO);
	posix_spawn_file_actions_adddup2(&actions, err, STDERR_FILENO);
	posix_spawnattr_init(&attributes);
	posix_spawnattr_setsigmask(&attributes, &none);
	posix_spawnattr_setsigdefault(&attributes, &defaults);
	posix_spawnattr_setflags(
		&attributes, POSIX_SPAWN_SETSID | POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF);
	int failed = posix_spawn(ret_pid, "/bin/sh", &actions, &attributes, argv, environ);
	posix_spawnattr_destroy(&attributes);
	posix_spawn_file_actions_destroy(&actions);
	return failed;
}

static void watch(int poller, int descriptor, guint32 events)
{
	struct epoll_event event = { .events = events, .data.fd = descriptor };
	if (descriptor >= 0) {
		/* Fails only for want of memory; the deadline still ends the wait. */
		(void)epoll_ctl(poller, EPOLL_CTL_ADD, descriptor, &event);
	}
}

static void unwatch_close(int poller, int *descriptor)
{
	if (*descriptor >= 0) {
		(void)epoll_ctl(poller, EPOLL_CTL_DEL, *descriptor, NULL);
		close(*descriptor);
		*descriptor = -1;
	}
}

static stream *local_stream_open(
	connection *conn, const char *command, deadline until, const cancel *c, GError **error)
{
	int in[2] = { -1, -1 }, out[2] = { -1, -1 }, err[2] = { -1, -1 };
	pid_t pid = 0;
	(void)conn;
	(void)until;
	(void)c;

	gboolean piped = pipe2(in, O_CLOEXEC) == 0 && pipe2(out, O_CLOEXEC) == 0 &&
			 pipe2(err, O_CLOEXEC) == 0;
	int failed = piped ? spawn_shell(command, in[0], out[1], err[1], &pid) : errno;
	if (failed != 0) {
		close_pair(in);
		close_pair(out);
		close_pair(err);
		error_set(error, SUTLER_ERROR_UNREACHABLE, "unable to start '/bin/sh': %s",
			g_strerror(failed));
		return NULL;
	}
	close(in[0]);
	close(out[1]);
	close(err[1]);

	struct local_stream *s = g_new0(struct local_stream, 1);
	s->base.class = &connection_local;
	s->base.unsent = g_byte_array_new();
	s->pid = pid;
	s->process = pidfd_open(pid, 0);
	s->in = in[1];
	s->out = out[0];
	s->err = err[0];
	s->poller = epoll_create1(EPOLL_CLOEXEC);
	g_unix_set_fd_nonblocking(s->in, TRUE, NULL);
	g_unix_set_fd_nonblocking(s->out, TRUE, NULL);
	g_unix_set_fd_nonblocking(s->err, TRUE, NULL);
	watch(s->poller, s->out, EPOLLIN);
	watch(s->poller, s->err, EPOLLIN);
	watch(s->poller, s->process, EPOLLIN);
	return &s->base;
}

static gboolean reap(struct local_stream *s)
{
	if (!s->exited && waitpid(s->pid, &s->status, WNOHANG) == s->pid) {
		s->exited = TRUE;
		unwatch_close(s->poller, &s->process);
	}
	return s->exited;
}

static void end_process_group(struct local_stream *s)
{
	static const int signals[] = { SIGTERM, SIGKILL };

	for (gsize i = 0; i < G_N_ELEMENTS(signals) && !reap(s); i++) {
		deadline until = deadline_in(GRACE);
		kill(-s->pid, signals[i]);
		while (!reap(s) && !deadline_passed(until)) {
			deadline next = deadline_earliest(until, deadline_in(REAP_INTERVAL));
			(void)wait_descriptor(s->process, POLLIN, next, NULL, NULL);
		}
	}
}

static void local_stream_close(stream *base)
{
	struct local_stream *s = (struct local_stream *)base;

	unwatch_close(s->poller, &s->in);
	unwatch_close(s->poller, &s->out);
	unwatch_close(s->poller, &s->err);
	end_process_group(s);
	unwatch_close(s->poller, &s->process);
	close(s->poller);
	secret_wipe_bytes(base->unsent);
	g_free(s);
}

/* write() that cannot raise SIGPIPE, whatever the program does about that signal. */
static gssize write_quietly(int descriptor, const guint8 *bytes, gsize length)
{
	sigset_t pipe_signal, before, pending;
	const struct timespec now = { 0 };

	sigemptyset(&pipe_signal);
	sigaddset(&pipe_signal, SIGPIPE);
	sigpending(&pending);
	pthread_sigmask(SIG_BLOCK, &pipe_signal, &before);
	gssize written = write(descriptor, bytes, length);
	int failed = errno;
	if (written < 0 && failed == EPIPE && !sigismember(&pending, SIGPIPE)) {
		while (sigtimedwait(&pipe_signal, NULL, &now) < 0 && errno == EINTR) {
		}
	}
	pthread_sigmask(SIG_SETMASK, &before, NULL);
	errno = failed;
	return written;
}

/* Hands on what the pipe takes. What is left when the process has closed its stdin is dropped, as
 * nobody can read it any more. */
static void send_queued(struct local_stream *s)
{
	while (s->in >= 0 && stream_unsent(&s->base) > 0) {
		gssize written =
			write_quietly(s->in, stream_front(&s->base), stream_unsent(&s->base));
		if (written >= 0) {
			stream_take(&s->base, (gsize)written);
		} else if (errno == EAGAIN) {
			break;
		} else if (errno != EINTR) {
			unwatch_close(s->poller, &s->in);
		}
	}
	if (s->in < 0) {
		stream_take(&s->base, stream_unsent(&s->base));
	} else if (s->finishing && stream_unsent(&s->base) == 0) {
		unwatch_close(s->poller, &s->in);
	}
	gboolean wanted = s->in >= 0 && stream_unsent(&s->base) > 0;
	if (wanted && !s->in_watched) {
		watch(s->poller, s->in, EPOLLOUT);
	} else if (!wanted && s->in_watched && s->in >= 0) {
		(void)epoll_ctl(s->poller, EPOLL_CTL_DEL, s->in, NULL);
	}
	s->in_watched = wanted;
}

static gboolean receive(struct local_stream *s, int *descriptor, GByteArray *into)
{
	gsize total = 0;

	while (*descriptor >= 0 && total < READ_AT_ONCE) {
		guint before = into->len;
		g_byte_array_set_size(into, before + READ_SIZE);
		gssize got = read(*descriptor, into->data + before, READ_SIZE);
		int failed = errno;
		g_byte_array_set_size(into, before + (guint)MAX(got, 0));
		if (got > 0) {
			total += (gsize)got;
		} else if (got < 0 && failed == EINTR) {
			continue;
		} else if (got < 0 && failed == EAGAIN) {
			break;
		} else {
			unwatch_close(s->poller, descriptor);
		}
	}
	return total > 0;
}

static gboolean local_stream_wait(stream *base, GByteArray *out, GByteArray *err,
	gboolean *ret_ended, deadline until, const cancel *c, GError **error)
{
	struct local_stream *s = (struct local_stream *)base;

	for (;;) {
		send_queued(s);
		gboolean received = receive(s, &s->out, out);
		received = receive(s, &s->err, err) || received;
		gboolean exited = reap(s);
		*ret_ended = exited && s->out < 0 && s->err < 0;
		if (received || *ret_ended) {
			return TRUE;
		}
		g_autoptr(GError) waited = NULL;
		gboolean blind = s->process < 0 && !exited && s->out < 0 && s->err < 0;
		deadline next =
			blind ? deadline_earliest(until, deadline_in(REAP_INTERVAL)) : until;
		if (wait_descriptor(s->poller, POLLIN, next, c, &waited) == 0 &&
			!(blind && g_error_matches(waited, SUTLER_ERROR, SUTLER_ERROR_TIMEOUT) &&
				!deadline_passed(until))) {
			g_propagate_error(error, g_steal_pointer(&waited));
			return FALSE;
		}
	}
}

static void local_stream_finish(stream *base)
{
	((struct local_stream *)base)->finishing = TRUE;
}

static int local_stream_exit_status(const stream *base, const char **ret_signal)
{
	const struct local_stream *s = (const struct local_stream *)base;

	*ret_signal = NULL;
	if (s->exited && WIFEXITED(s->status)) {
		return WEXITSTATUS(s->status);
	}
	if (s->exited && WIFSIGNALED(s->status)) {
		*ret_signal = sigabbrev_np(WTERMSIG(s->status));
	}
	return -1;
}

const struct connection_class connection_local = {
	.kind = "local",
	.open = local_open,
	.close = local_close,
	.round_trips = local_round_trips,
	.stream_open = local_stream_open,
	.stream_close = local_stream_close,
	.stream_wait = local_stream_wait,
	.stream_finish = local_stream_finish,
	.stream_exit_status = local_stream_exit_status,
};
