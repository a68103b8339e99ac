/* ProxyCommand and ProxyJump: a local command whose stdin and stdout lead to the host's sshd. */
#include "transport/ssh-escapes.h"
#include "transport/ssh-private.h"

#include <errno.h>
#include <glib-unix.h>
#include <signal.h>
#include <spawn.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

/* The command is run by a shell, and what stands for its % escapes comes from the inventory: only
 * words that mean nothing to a shell, nor are an option, are put in. */
static gboolean append_word(GString *into, const char *what, const char *word, GError **error)
{
	if (word[0] == '\0' || word[0] == '-' ||
		strspn(word, G_CSET_A_2_Z G_CSET_a_2_z G_CSET_DIGITS "._-:@+%") != strlen(word)) {
		error_set(error, SUTLER_ERROR_USAGE,
			"proxy command: %s '%s' is not put into a shell command", what, word);
		return FALSE;
	}
	g_string_append(into, word);
	return TRUE;
}

static char *expand(const struct secure *c, const char *command, GError **error)
{
	g_autoptr(GString) text = g_string_new("exec ");
	struct ssh_escapes known = { .alias = c->given,
		.host = c->host,
		.key_alias = c->alias,
		.user = c->user,
		.port = c->port };

	if (g_str_has_prefix(command, "exec ")) {
		command += strlen("exec ");
	}
	for (const char *p = command; *p != '\0'; p++) {
		if (*p != '%') {
			g_string_append_c(text, *p);
			continue;
		}
		g_autofree char *word = ssh_escape(&known, *++p);
		if (word == NULL) {
			error_set(error, SUTLER_ERROR_USAGE,
				"proxy command '%s': unknown escape '%%%c', see TOKENS in "
				"ssh_config(5)",
				command, *p == '\0' ? ' ' : *p);
			return NULL;
		}
		if (*p == '%' || *p == 'd') {
			g_string_append(text, word);
		} else if (!append_word(text,
				   *p == 'p'                ? "port"
				   : *p == 'r' || *p == 'u' ? "user"
							    : "host",
				   word, error)) {
			return NULL;
		}
	}
	return g_string_free(g_steal_pointer(&text), FALSE);
}

static int spawn(struct secure *c, char *command, int channel)
{
	char *argv[] = { (char *)"sh", (char *)"-c", command, NULL };
	posix_spawn_file_actions_t actions;
	posix_spawnattr_t attributes;
	sigset_t none, defaults;
	pid_t pid = 0;

	sigemptyset(&none);
	sigemptyset(&defaults);
	sigaddset(&defaults, SIGPIPE);
	sigaddset(&defaults, SIGINT);
	sigaddset(&defaults, SIGTERM);
	posix_spawn_file_actions_init(&actions);
	posix_spawn_file_actions_adddup2(&actions, channel, STDIN_FILENO);
	posix_spawn_file_actions_adddup2(&actions, channel, STDOUT_FILENO);
	posix_spawn_file_actions_adddup2(&actions, c->proxy_errors, STDERR_FILENO);
	posix_spawnattr_init(&attributes);
	posix_spawnattr_setsigmask(&attributes, &none);
	posix_spawnattr_setsigdefault(&attributes, &defaults);
	/* A session of its own: it can ask nothing on our terminal, and is ended as a whole. */
	posix_spawnattr_setflags(
		&attributes, POSIX_SPAWN_SETSID | POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF);
	int failed = posix_spawn(&pid, "/bin/sh", &actions, &attributes, argv, environ);
	posix_spawnattr_destroy(&attributes);
	posix_spawn_file_actions_destroy(&actions);
	c->proxy = failed == 0 ? pid : 0;
	return failed;
}

int proxy_start(struct secure *c, const char *command, GError **error)
{
	int pair[2];
	g_autofree char *expanded = expand(c, command, error);

	if (expanded == NULL) {
		return -1;
	}
	c->peer = g_strdup(expanded + strlen("exec "));
	c->proxy_errors = memfd_create("proxy-errors", MFD_CLOEXEC);
	if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, pair) != 0) {
		error_set(error, SUTLER_ERROR_UNREACHABLE, "unable to start proxy command: %s",
			g_strerror(errno));
		return -1;
	}
	int failed = spawn(c, expanded, pair[1]);
	close(pair[1]);
	if (failed != 0) {
		close(pair[0]);
		error_set(error, SUTLER_ERROR_UNREACHABLE, "unable to start proxy command '%s': %s",
			expanded, g_strerror(failed));
		return -1;
	}
	g_unix_set_fd_nonblocking(pair[0], TRUE, NULL);
	return pair[0];
}

char *proxy_words(const struct secure *c)
{
	char text[512];

	if (c->proxy_errors < 0) {
		return NULL;
	}
	gssize length = pread(c->proxy_errors, text, sizeof text, 0);
	if (length <= 0) {
		return NULL;
	}
	return secure_words(text, (gsize)length);
}

void proxy_end(struct secure *c)
{
	if (c->proxy > 0) {
		kill(-c->proxy, SIGKILL);
		while (waitpid(c->proxy, NULL, 0) < 0 && errno == EINTR) {
		}
		c->proxy = 0;
	}
	if (c->proxy_errors >= 0) {
		close(c->proxy_errors);
		c->proxy_errors = -1;
	}
}
