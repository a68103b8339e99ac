/* Servers for the tests of the transport: a real sshd of our own, and scripted ones that misbehave.
 */
#ifndef SUTLER_TESTS_SERVER_H
#define SUTLER_TESTS_SERVER_H

#include "transport/connection.h"

/* A real sshd on 127.0.0.1 (tests/hosts/sshd-user.sh). extra: "-oX=y" options, NULL-terminated, or
 * NULL. Skips the whole program when there is no sshd. */
struct server {
	char *folder; /* holds key, known_hosts and so on */
	guint port;
};
struct server *server_start(const char *const *extra);
void server_stop(struct server *s);
char *server_file(const struct server *s, const char *name);
/* Options to reach it: its key, its known_hosts, no ssh_config. Strings live until server_stop().
 */
struct connection_options server_options(const struct server *s);

/* A scripted server. */
enum script {
	SCRIPT_SILENT,   /* accepts, and never says a word */
	SCRIPT_GREETING, /* says what it is given, and hangs up */
	SCRIPT_RESET,    /* resets the first few connections, then leads to target */
	SCRIPT_FULL,     /* its queue is full: connections are not answered at all */
};
struct fake;
struct fake *fake_start(enum script script, const char *greeting, guint drops, guint target);
guint fake_port(const struct fake *f);
guint fake_accepted(const struct fake *f);
void fake_stop(struct fake *f);

/* Runs a command to its end and returns its stdout; stderr and so on where asked. */
char *run_command(connection *c, const char *command, int *ret_status);

#endif
