/* Tests of the ssh kind of connection against a real sshd: streams, keys, configuration. */
#include "server.h"

#include <fcntl.h>
#include <glib/gstdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>

static struct server *sshd;

static connection *open_with(const struct connection_options *o, GError **error)
{
	return connection_open(o, NULL, error);
}

static connection *open_usual(void)
{
	g_autoptr(GError) error = NULL;
	struct connection_options o = server_options(sshd);
	connection *c = open_with(&o, &error);
	g_assert_no_error(error);
	return c;
}

static const struct {
	const char *name;
	const char *command;
	const char *in, *out, *err;
	int status;
	const char *signal;
} commands[] = {
	{ "output", "echo one; echo two", "", "one\ntwo\n", "", 0, NULL },
	{ "stderr apart", "echo a; echo b >&2; echo c", "", "a\nc\n", "b\n", 0, NULL },
	{ "status", "exit 37", "", "", "", 37, NULL },
	{ "stdin", "cat", "in\n", "in\n", "", 0, NULL },
	{ "stdin not read", "exec <&-; echo x", "unread", "x\n", "", 0, NULL },
	{ "killed", "kill -KILL $$", "", "", "", -1, "KILL" },
	{ "terminated", "echo x; kill -TERM $$", "", "x\n", "", -1, "TERM" },
	{ "no such command", "exec /nonexistent 2>/dev/null", "", "", "", 127, NULL },
	{ "binary", "printf '\\000\\001\\377'", "", NULL, "", 0, NULL },
	{ "late status", "exec sh -c 'echo x; exec >&- 2>&-; sleep 0.3; exit 5'", "", "x\n", "", 5,
		NULL },
};

static void check_commands(const char *kind)
{
	struct connection_options o = server_options(sshd);
	g_autoptr(GError) error = NULL;

	o.kind = kind;
	g_autoptr(connection) c = open_with(&o, &error);
	g_assert_no_error(error);
	for (gsize i = 0; i < G_N_ELEMENTS(commands); i++) {
		g_autoptr(GByteArray) out = g_byte_array_new();
		g_autoptr(GByteArray) err = g_byte_array_new();
		const char *signal = NULL;
		gboolean ended = FALSE;
		if (commands[i].signal != NULL && strcmp(kind, "openssh") == 0) {
			continue;
		}
		g_test_message("%s", commands[i].name);
		g_autoptr(stream) s =
			stream_open(c, commands[i].command, deadline_in(20), NULL, &error);
		g_assert_no_error(error);
		stream_write(s, commands[i].in, strlen(commands[i].in));
		stream_finish(s);
		while (!ended) {
			stream_wait(s, out, err, &ended, deadline_in(20), NULL, &error);
			g_assert_no_error(error);
		}
		if (commands[i].out == NULL) {
			g_assert_cmpmem(out->data, out->len, "\0\1\377", 3);
		} else {
			g_assert_cmpmem(
				out->data, out->len, commands[i].out, strlen(commands[i].out));
		}
		g_assert_cmpmem(err->data, err->len, commands[i].err, strlen(commands[i].err));
		g_assert_cmpint(stream_exit_status(s, &signal), ==, commands[i].status);
		g_assert_cmpstr(signal, ==, commands[i].signal);
		g_assert_cmpuint(stream_unsent(s), ==, 0);
	}
}

static void test_commands(void)
{
	check_commands("ssh");
}

/* The ssh program tells nothing of signals: rows with one are not for it. */
static void test_commands_openssh(void)
{
	check_commands("openssh");
}

static void test_commands_local(void)
{
	check_commands("local");
}

/* Everything that goes in comes back while more is sent: neither side may wait for the other. */
static void check_duplex(const char *kind)
{
	const gsize size = 12 * 1024 * 1024;
	g_autofree guint8 *sent = g_malloc(size);
	g_autoptr(GByteArray) out = g_byte_array_new();
	g_autoptr(GByteArray) err = g_byte_array_new();
	struct connection_options o = server_options(sshd);
	g_autoptr(GError) error = NULL;
	gboolean ended = FALSE;

	for (gsize i = 0; i < size; i++) {
		sent[i] = (guint8)(i * 2654435761U >> 16);
	}
	o.kind = kind;
	g_autoptr(connection) c = open_with(&o, &error);
	g_assert_no_error(error);
	g_autoptr(stream) s = stream_open(c, "cat", deadline_in(20), NULL, &error);
	g_assert_no_error(error);
	for (gsize at = 0; at < size; at += size / 4) {
		stream_write(s, sent + at, size / 4);
	}
	g_assert_cmpuint(stream_unsent(s), ==, size);
	while (out->len < size) {
		stream_wait(s, out, err, &ended, deadline_in(20), NULL, &error);
		g_assert_no_error(error);
		g_assert_false(ended);
	}
	g_assert_cmpuint(stream_unsent(s), ==, 0);
	stream_finish(s);
	while (!ended) {
		stream_wait(s, out, err, &ended, deadline_in(20), NULL, &error);
		g_assert_no_error(error);
	}
	g_assert_cmpmem(out->data, out->len, sent, size);
}

static void test_duplex(void)
{
	check_duplex("ssh");
}

static void test_duplex_openssh(void)
{
	check_duplex("openssh");
}

static void test_duplex_local(void)
{
	check_duplex("local");
}

/* The keys are exchanged anew while bytes flow both ways. */
static void test_rekey(void)
{
	const char *const extra[] = { "-oRekeyLimit=1M", NULL };
	struct server *usual = sshd;

	sshd = server_start(extra);
	check_duplex("ssh");
	server_stop(sshd);
	sshd = usual;
}

static glong peak_kib(void)
{
	struct rusage usage;
	getrusage(RUSAGE_SELF, &usage);
	return usage.ru_maxrss;
}

/* Output is taken in pieces: a gigabyte does not need a gigabyte. */
static void test_large_output(void)
{
	g_autoptr(connection) c = open_usual();
	g_autoptr(GByteArray) out = g_byte_array_new();
	g_autoptr(GByteArray) err = g_byte_array_new();
	g_autoptr(GError) error = NULL;
	gboolean ended = FALSE;
	gsize total = 0;
	glong before G_GNUC_UNUSED = peak_kib();

	g_autoptr(stream) s =
		stream_open(c, "head -c 300000000 /dev/zero", deadline_in(60), NULL, &error);
	g_assert_no_error(error);
	while (!ended) {
		stream_wait(s, out, err, &ended, deadline_in(60), NULL, &error);
		g_assert_no_error(error);
		total += out->len;
		g_byte_array_set_size(out, 0);
	}
	g_assert_cmpuint(total, ==, 300000000);
#if !defined(__SANITIZE_ADDRESS__) && !defined(__SANITIZE_THREAD__)
	g_assert_cmpint(peak_kib() - before, <, 16 * 1024);
#endif
}

/* The deadline of a wait ends the wait, not the stream. */
static void test_deadline(void)
{
	g_autoptr(connection) c = open_usual();
	g_autoptr(GByteArray) out = g_byte_array_new();
	g_autoptr(GByteArray) err = g_byte_array_new();
	g_autoptr(GError) error = NULL;
	gboolean ended = FALSE;

	g_autoptr(stream) s = stream_open(c, "sleep 0.6; echo late", deadline_in(20), NULL, &error);
	g_assert_no_error(error);
	g_assert_false(stream_wait(s, out, err, &ended, deadline_in(0.1), NULL, &error));
	g_assert_error(error, SUTLER_ERROR, SUTLER_ERROR_TIMEOUT);
	g_clear_error(&error);
	g_assert_true(stream_wait(s, out, err, &ended, deadline_in(20), NULL, &error));
	g_assert_no_error(error);
	g_assert_cmpmem(out->data, out->len, "late\n", 5);
}

/* Streams beside each other: bytes of one that arrive during a wait for the other are kept. */
static void test_streams(void)
{
	g_autoptr(connection) c = open_usual();
	g_autoptr(GByteArray) out = g_byte_array_new();
	g_autoptr(GByteArray) err = g_byte_array_new();
	g_autoptr(GError) error = NULL;
	gboolean ended = FALSE;

	g_autoptr(stream) first = stream_open(c, "echo first; cat", deadline_in(20), NULL, &error);
	g_assert_no_error(error);
	g_autofree char *second = run_command(c, "sleep 0.2; echo second", NULL);
	g_assert_cmpstr(second, ==, "second\n");
	g_assert_true(stream_wait(first, out, err, &ended, deadline_in(20), NULL, &error));
	g_assert_cmpmem(out->data, out->len, "first\n", 6);
	for (int i = 0; i < 30; i++) {
		g_autofree char *next = run_command(c, "echo again", NULL);
		g_assert_cmpstr(next, ==, "again\n");
	}
}

static void test_round_trips(void)
{
	g_autoptr(connection) c = open_usual();
	g_autoptr(GByteArray) out = g_byte_array_new();
	g_autoptr(GByteArray) err = g_byte_array_new();
	g_autoptr(GError) error = NULL;
	gboolean ended = FALSE;

	g_assert_cmpuint(connection_round_trips(c), <=, 5);
	g_autoptr(stream) s = stream_open(c, "echo x", deadline_in(20), NULL, &error);
	g_assert_no_error(error);
	stream_wait(s, out, err, &ended, deadline_in(20), NULL, &error);
	g_assert_no_error(error);
	g_assert_cmpuint(connection_round_trips(c), <=, 8);
}

static void test_command_too_long(void)
{
	g_autoptr(connection) c = open_usual();
	g_autoptr(GError) error = NULL;
	g_autofree char *command = g_strnfill(140000, ':');

	g_assert_null(stream_open(c, command, deadline_in(20), NULL, &error));
	g_assert_error(error, SUTLER_ERROR, SUTLER_ERROR_LIMIT);
}

/* --- keys --- */

static void keygen(const char *path, const char *type, const char *passphrase)
{
	const char *const argv[] = { "ssh-keygen", "-q", "-t", type, "-N", passphrase, "-f", path,
		NULL };
	int status = 0;
	g_spawn_sync(NULL, (char **)argv, NULL, G_SPAWN_SEARCH_PATH, NULL, NULL, NULL, NULL,
		&status, NULL);
	g_assert_cmpint(status, ==, 0);
}

static void expect_refusal(const struct connection_options *o, int code, const char *pattern)
{
	g_autoptr(GError) error = NULL, checked = NULL;
	g_autoptr(connection) c = open_with(o, &error);

	g_assert_null(c);
	/* What the configuration does wrong is known without a connection, all but escapes. */
	g_autofree char *remark = NULL;
	gboolean fine = connection_check(o, &remark, &checked);
	g_assert_true(fine == (code != SUTLER_ERROR_USAGE) || strstr(pattern, "escape") != NULL ||
		      strstr(pattern, "proxy") != NULL);
	g_assert_error(error, SUTLER_ERROR, code);
	if (!g_pattern_match_simple(pattern, error->message)) {
		g_test_message("got: %s", error->message);
		g_test_fail();
	}
}

static void test_keys_refused(void)
{
	struct connection_options o = server_options(sshd);
	g_autofree char *other = server_file(sshd, "other");
	g_autofree char *encrypted = server_file(sshd, "encrypted");
	g_autofree char *missing = server_file(sshd, "missing");
	g_autofree char *open_key = server_file(sshd, "open");
	g_autofree char *rubbish = server_file(sshd, "rubbish");

	g_unsetenv("SSH_AUTH_SOCK");
	keygen(other, "ed25519", "");
	keygen(encrypted, "ed25519", "secret");
	keygen(open_key, "ed25519", "");
	g_chmod(open_key, 0644);
	g_file_set_contents(rubbish, "rubbish\n", -1, NULL);
	g_chmod(rubbish, 0600);

	o.private_key = other;
	expect_refusal(&o, SUTLER_ERROR_UNREACHABLE,
		"login of '*' refused by 127.0.0.1:*: tried key '*/other'*");
	o.private_key = encrypted;
	expect_refusal(&o, SUTLER_ERROR_UNREACHABLE,
		"private key '*/encrypted': it is encrypted*ssh-add*");
	o.private_key = missing;
	expect_refusal(&o, SUTLER_ERROR_UNREACHABLE, "private key '*/missing': *");
	o.private_key = open_key;
	expect_refusal(&o, SUTLER_ERROR_USAGE, "private key '*/open': mode 0644*chmod 600*");
	o.private_key = rubbish;
	expect_refusal(&o, SUTLER_ERROR_UNREACHABLE, "private key '*/rubbish': not a private key*");
}

static const struct {
	const char *name;
	const char *host, *user;
	const char *pattern;
} bad_names[] = {
	{ "option", "-oProxyCommand=x", NULL, "*invalid address '-oProxyCommand=x'*" },
	{ "command", "$(reboot)", NULL, "*invalid address*" },
	{ "newline", "a\nb", NULL, "*invalid address*" },
	{ "empty", "", NULL, "*invalid address*" },
	{ "user with quotes", "127.0.0.1", "a'b", "*invalid user name*" },
	{ "user with command", "127.0.0.1", "$(reboot)", "*invalid user name*" },
	{ "user is option", "127.0.0.1", "-l", "*invalid user name*" },
};

static void test_bad_names(void)
{
	for (gsize i = 0; i < G_N_ELEMENTS(bad_names); i++) {
		struct connection_options o = server_options(sshd);
		g_test_message("%s", bad_names[i].name);
		o.host = bad_names[i].host;
		o.user = bad_names[i].user;
		expect_refusal(&o, SUTLER_ERROR_USAGE, bad_names[i].pattern);
	}
}

/* The agent holds several keys; the one named is asked for, though its file is encrypted. */
static void test_agent(void)
{
	g_autofree char *socket = server_file(sshd, "agent");
	g_autofree char *ask = server_file(sshd, "ask");
	g_autofree char *secret = server_file(sshd, "secret");
	g_autofree char *authorized = server_file(sshd, "key.pub");
	g_autofree char *secret_public = g_strconcat(secret, ".pub", NULL);
	g_autofree char *other = server_file(sshd, "agent-other");
	g_autofree char *before = NULL, *line = NULL, *pid_text = NULL;
	struct connection_options o = server_options(sshd);
	g_autoptr(GError) error = NULL;

	keygen(secret, "ed25519", "secret");
	keygen(other, "ed25519", "");
	g_file_get_contents(authorized, &before, NULL, NULL);
	g_file_get_contents(secret_public, &line, NULL, NULL);
	g_autofree char *both = g_strconcat(before, line, NULL);
	g_file_set_contents(authorized, both, -1, NULL);
	g_file_set_contents(ask, "#!/bin/sh\necho secret\n", -1, NULL);
	g_chmod(ask, 0700);
	g_autofree char *start = g_strdup_printf(
		"ssh-agent -a %s >%s.env && . %s.env >/dev/null && SSH_ASKPASS=%s "
		"SSH_ASKPASS_REQUIRE=force ssh-add -q %s %s </dev/null && echo $SSH_AGENT_PID",
		socket, socket, socket, ask, other, secret);
	const char *const argv[] = { "sh", "-c", start, NULL };
	int status = 0;
	g_spawn_sync(NULL, (char **)argv, NULL, G_SPAWN_SEARCH_PATH, NULL, NULL, &pid_text, NULL,
		&status, NULL);
	g_assert_cmpint(status, ==, 0);

	g_setenv("SSH_AUTH_SOCK", socket, TRUE);
	o.private_key = secret;
	connection *c = open_with(&o, &error);
	g_assert_no_error(error);
	g_autofree char *text = run_command(c, "echo in", NULL);
	g_assert_cmpstr(text, ==, "in\n");
	connection_close(c);

	/* Without a name: its keys, one at a time, the first of which is refused. */
	o.private_key = NULL;
	c = open_with(&o, &error);
	g_assert_no_error(error);
	connection_close(c);

	/* Behind keys that ssh_config names, unless it says that those are all. */
	g_autofree char *config = server_file(sshd, "agent_config");
	g_autofree char *said =
		g_strdup_printf("IdentityFile /nonexistent\nIdentityFile %s\n", other);
	g_file_set_contents(config, said, -1, NULL);
	o.ssh_config = config;
	c = open_with(&o, &error);
	g_assert_no_error(error);
	connection_close(c);
	g_autofree char *only = g_strconcat(said, "IdentitiesOnly yes\n", NULL);
	g_file_set_contents(config, only, -1, NULL);
	expect_refusal(&o, SUTLER_ERROR_UNREACHABLE,
		"login of '*' refused by *tried key '*/agent-other'*");
	o.ssh_config = "";

	/* An agent that is frozen costs time, but not without bound. */
	kill(atoi(pid_text), SIGSTOP);
	o.connect_timeout = 1;
	gint64 began = g_get_monotonic_time();
	expect_refusal(&o, SUTLER_ERROR_UNREACHABLE, "no key to log in with*");
	/* A second for opening, three for checking. */
	g_assert_cmpint(g_get_monotonic_time() - began, <, 6 * G_USEC_PER_SEC);
	kill(atoi(pid_text), SIGCONT);
	kill(atoi(pid_text), SIGTERM);
	g_unsetenv("SSH_AUTH_SOCK");
	g_file_set_contents(authorized, before, -1, NULL);
}

/* What the ssh program meets has the same words and the same kind. */
static void test_refused_openssh(void)
{
	g_autofree char *other = server_file(sshd, "openssh-other");
	const struct {
		const char *key, *known_hosts, *host;
		guint port;
		const char *pattern;
	} rows[] = {
		{ other, NULL, NULL, 0, "login of '*' refused by 127.0.0.1: *Permission denied*" },
		{ NULL, "/dev/null", NULL, 0,
			"host key of '127.0.0.1' is not known: *--accept-new*" },
		{ NULL, NULL, NULL, 1, "unable to reach 127.0.0.1 with ssh: *Connection refused*" },
		{ NULL, NULL, "nowhere.invalid", 0, "unable to reach nowhere.invalid with ssh: *" },
	};

	keygen(other, "ed25519", "");
	for (gsize i = 0; i < G_N_ELEMENTS(rows); i++) {
		struct connection_options o = server_options(sshd);
		g_autoptr(GError) error = NULL;
		const char *agent[] = { "IdentityAgent none", "IdentitiesOnly yes", NULL };
		gboolean ended = FALSE;
		o.kind = "openssh";
		o.ssh_options = agent;
		o.private_key = rows[i].key != NULL ? rows[i].key : o.private_key;
		o.known_hosts = rows[i].known_hosts != NULL ? rows[i].known_hosts : o.known_hosts;
		o.host = rows[i].host != NULL ? rows[i].host : o.host;
		o.port = rows[i].port != 0 ? rows[i].port : o.port;
		g_autoptr(connection) c = open_with(&o, &error);
		g_assert_no_error(error);
		g_autoptr(stream) s = stream_open(c, "true", deadline_in(20), NULL, &error);
		g_assert_no_error(error);
		g_autoptr(GByteArray) out = g_byte_array_new();
		g_assert_false(stream_wait(s, out, out, &ended, deadline_in(20), NULL, &error));
		g_assert_error(error, SUTLER_ERROR, SUTLER_ERROR_UNREACHABLE);
		g_test_message("%s", error->message);
		g_assert_true(g_pattern_match_simple(rows[i].pattern, error->message));
	}
}

/* --- ssh_config --- */

static char *write_config(const char *text)
{
	g_autofree char *path = server_file(sshd, "test_config");
	g_autofree char *key = server_file(sshd, "key");
	g_autofree char *port = g_strdup_printf("%u", sshd->port);
	g_autoptr(GString) whole = g_string_new(text);

	g_string_replace(whole, "@KEY@", key, 0);
	g_string_replace(whole, "@PORT@", port, 0);
	g_string_replace(whole, "@FOLDER@", sshd->folder, 0);
	g_string_replace(whole, "@USER@", g_get_user_name(), 0);
	g_file_set_contents(path, whole->str, -1, NULL);
	return g_steal_pointer(&path);
}

#define HOST "Host web1\n HostName 127.0.0.1\n Port @PORT@\n IdentityFile @KEY@\n"

static const struct {
	const char *name;
	const char *config;
} configurations[] = {
	{ "host, port, user and key by alias",
		"Host web1\n HostName 127.0.0.1\n Port @PORT@\n IdentityFile @KEY@\n"
		"Host *\n Port 1\n" },
	{ "proxy command", "Host web1\n HostName 127.0.0.1\n Port @PORT@\n IdentityFile @KEY@\n"
			   " ProxyCommand ssh -F @FOLDER@/ssh_config -W %h:%p here\n" },
	{ "the key of the host comes before the key for all",
		"Host web1\n HostName 127.0.0.1\n Port @PORT@\n IdentityFile @KEY@\n"
		"Host *\n IdentityFile @FOLDER@/config-other\n" },
	{ "a name that libssh refuses",
		"Host web_1\n HostName 127.0.0.1\n Port @PORT@\n IdentityFile @KEY@\n" },
	{ "a name that libssh refuses, by proxy",
		"Host web_1\n HostName 127.0.0.1\n Port @PORT@\n IdentityFile @KEY@\n"
		" ProxyCommand ssh -F @FOLDER@/ssh_config -W %h:%p here\n" },
	{ "a server in between that is full at first",
		"Host web1\n HostName 127.0.0.1\n Port @PORT@\n IdentityFile @KEY@\n"
		" ProxyCommand sh -c 'if mkdir @FOLDER@/1 2>&- || mkdir @FOLDER@/2 2>&-; then "
		"echo kex_exchange_identification: closed >&2; else exec ssh -F "
		"@FOLDER@/ssh_config -W %h:%p here; fi'\n" },
	{ "no question about a new host, its key kept nowhere",
		"StrictHostKeyChecking no\nUserKnownHostsFile /dev/null\n" HOST },
	{ "keys of hosts in the second of two files",
		"UserKnownHostsFile /nonexistent @FOLDER@/known_hosts\n" HOST },
	{ "a path of escapes", "IdentityFile @FOLDER@/%C%L%l%i%k%n%p%r%u\n" HOST },
	{ "algorithms by name",
		"KexAlgorithms ecdh-sha2-nistp256\nCiphers aes256-ctr\nMACs hmac-sha2-512\n"
		"HostKeyAlgorithms ssh-ed25519\nPubkeyAcceptedAlgorithms ssh-ed25519\n" HOST },
	{ "algorithms added, taken away, put first",
		"KexAlgorithms +diffie-hellman-group14-sha1\nCiphers -aes128*,aes256-gcm*\n"
		"MACs ^hmac-sha2-512\nHostKeyAlgorithms +ssh-rsa\n"
		"PubkeyAcceptedAlgorithms +ssh-rsa\n" HOST },
	{ "compression, and signs of life",
		"Compression yes\nServerAliveInterval 5\nServerAliveCountMax 2\n" HOST },
	{ "jump", HOST " ProxyJump here\n"
		       "Host here\n HostName 127.0.0.1\n IdentityFile @KEY@\n Port @PORT@\n" },
	{ "jump with user and port", HOST " ProxyJump ssh://@USER@@127.0.0.1:@PORT@\n"
					  "Host 127.0.0.1\n IdentityFile @KEY@\n" },
	{ "an algorithm that only the ssh program has",
		"KexAlgorithms sntrup761x25519-sha512@openssh.com\n" HOST },
	{ "a command decides", "Match exec true\n HostName 127.0.0.1\n Port @PORT@\n"
			       " IdentityFile @KEY@\n" },
	{ "the agent goes along", "ForwardAgent yes\n" HOST },
	{ "log level and strict checking are ours",
		"LogLevel DEBUG3\nHost web1\n HostName 127.0.0.1\n Port @PORT@\n"
		" IdentityFile @KEY@\n" },
};

static void test_config(void)
{
	g_autofree char *other = server_file(sshd, "config-other");

	keygen(other, "ed25519", "");
	for (gsize i = 0; i < G_N_ELEMENTS(configurations); i++) {
		struct connection_options o = server_options(sshd);
		g_autofree char *path = write_config(configurations[i].config);
		g_autoptr(GError) error = NULL;
		g_test_message("%s", configurations[i].name);
		o.host = strstr(configurations[i].config, "web_1") != NULL ? "web_1" : "web1";
		o.port = 0;
		o.private_key = NULL;
		o.ssh_config = path;
		if (strstr(configurations[i].config, "UserKnownHostsFile") != NULL) {
			o.known_hosts = NULL;
		}
		g_autoptr(connection) c = open_with(&o, &error);
		g_assert_no_error(error);
		g_autofree char *text = run_command(c, "echo in", NULL);
		g_assert_cmpstr(text, ==, "in\n");
	}
}

static const struct {
	const char *name;
	const char *config;
	const char *user;
	int code;
	const char *pattern;
} bad_configurations[] = {
	{ "proxy fails", "ProxyCommand echo no way >&2; exit 1\n", NULL, SUTLER_ERROR_UNREACHABLE,
		"proxy command *failed: no way*" },
	{ "a port that is none", "Port 99999\n", NULL, SUTLER_ERROR_USAGE,
		"host 'web1': *:1: invalid port '99999'*" },
	{ "a keyword that is none", "Prot 22\n", NULL, SUTLER_ERROR_USAGE,
		"host 'web1': *:1: 'prot' is not an option of ssh, did you mean 'Port'*" },
	{ "proxy is silent", "ProxyCommand sleep 100\n", NULL, SUTLER_ERROR_UNREACHABLE,
		"no SSH banner from *" },
	{ "nothing odd goes into a proxy command", "ProxyCommand echo %r\n", "a,b",
		SUTLER_ERROR_USAGE, "proxy command: user 'a,b'*" },
};

static void test_bad_config(void)
{
	for (gsize i = 0; i < G_N_ELEMENTS(bad_configurations); i++) {
		struct connection_options o = server_options(sshd);
		g_autofree char *path = write_config(bad_configurations[i].config);
		g_test_message("%s", bad_configurations[i].name);
		o.ssh_config = path;
		o.user = bad_configurations[i].user;
		o.connect_timeout = 1.5;
		if (strstr(bad_configurations[i].config, "UserKnownHostsFile") != NULL) {
			o.known_hosts = NULL;
		}
		expect_refusal(&o, bad_configurations[i].code, bad_configurations[i].pattern);
	}
}

/* --- descriptors --- */

static int count_descriptors(gboolean check_flags)
{
	GDir *folder = g_dir_open("/proc/self/fd", 0, NULL);
	const char *name;
	int count = 0;

	while ((name = g_dir_read_name(folder)) != NULL) {
		int flags = fcntl(atoi(name), F_GETFD);
		count++;
		if (check_flags && atoi(name) > 2 && (flags & FD_CLOEXEC) == 0) {
			g_test_message("descriptor %s is inherited", name);
			g_test_fail();
		}
	}
	g_dir_close(folder);
	return count;
}

/* Nothing is left open, however it ends; and nothing is left to programs that are started. */
static void test_descriptors(void)
{
	g_autofree char *other = server_file(sshd, "other");
	g_autofree char *broken = write_config("");
	int before = count_descriptors(FALSE);

	for (int i = 0; i < 5; i++) {
		connection *c = open_usual();
		g_autofree char *text = run_command(c, "echo in", NULL);
		count_descriptors(TRUE);
		connection_close(c);
		struct connection_options o = server_options(sshd);
		o.kind = "local";
		c = open_with(&o, NULL);
		g_autofree char *local = run_command(c, "ls -l /proc/self/fd | wc -l", NULL);
		/* A line of totals, three descriptors, and the folder itself. */
		g_assert_cmpint(atoi(local), ==, 5);
		connection_close(c);
		o = server_options(sshd);
		o.private_key = other;
		g_assert_null(open_with(&o, NULL));
		o = server_options(sshd);
		o.known_hosts = "/dev/null";
		g_assert_null(open_with(&o, NULL));
		o.port = 1;
		g_assert_null(open_with(&o, NULL));
		o.host = "nowhere.invalid";
		g_assert_null(open_with(&o, NULL));
		o = server_options(sshd);
		o.ssh_config = broken;
		g_file_set_contents(broken, "Port none\n", -1, NULL);
		g_assert_null(open_with(&o, NULL));
		g_free(write_config("ProxyCommand exit 1\n"));
		o.connect_timeout = 0.3;
		g_assert_null(open_with(&o, NULL));
	}
	g_usleep(100000);
	g_assert_cmpint(count_descriptors(FALSE), ==, before);
}

/* --- many at once --- */

static gpointer connect_often(gpointer failures)
{
	for (int i = 0; i < 4; i++) {
		struct connection_options o = server_options(sshd);
		g_autoptr(GError) error = NULL;
		g_autoptr(connection) c = open_with(&o, &error);
		g_autofree char *text = c == NULL ? NULL : run_command(c, "echo in", NULL);
		if (g_strcmp0(text, "in\n") != 0) {
			g_test_message("%s", error == NULL ? "wrong output" : error->message);
			g_atomic_int_inc((gint *)failures);
		}
	}
	return NULL;
}

/* More than MaxStartups lets in: what sshd drops is tried again, and nobody notices. */
static void test_threads(void)
{
	GThread *threads[16];
	gint failures = 0;

	for (gsize i = 0; i < G_N_ELEMENTS(threads); i++) {
		threads[i] = g_thread_new("client", connect_often, &failures);
	}
	for (gsize i = 0; i < G_N_ELEMENTS(threads); i++) {
		g_thread_join(threads[i]);
	}
	g_assert_cmpint(failures, ==, 0);
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	/* Whatever we were given is not to be mistaken for something we opened. */
	for (int descriptor = 3; descriptor < 1024; descriptor++) {
		(void)fcntl(descriptor, F_SETFD, FD_CLOEXEC);
	}
	g_unsetenv("SSH_AUTH_SOCK");
	sshd = server_start(
		(const char *const[]){ "-oMaxStartups=4:80:12", "-oMaxSessions=40", NULL });
	g_setenv("HOME", sshd->folder, TRUE);
	g_test_add_func("/ssh/commands", test_commands);
	g_test_add_func("/ssh/duplex", test_duplex);
	g_test_add_func("/ssh/rekey", test_rekey);
	g_test_add_func("/ssh/large-output", test_large_output);
	g_test_add_func("/ssh/deadline", test_deadline);
	g_test_add_func("/ssh/streams", test_streams);
	g_test_add_func("/ssh/round-trips", test_round_trips);
	g_test_add_func("/ssh/command-too-long", test_command_too_long);
	g_test_add_func("/ssh/keys-refused", test_keys_refused);
	g_test_add_func("/ssh/bad-names", test_bad_names);
	g_test_add_func("/ssh/config", test_config);
	g_test_add_func("/ssh/bad-config", test_bad_config);
	g_test_add_func("/ssh/descriptors", test_descriptors);
	g_test_add_func("/ssh/agent", test_agent);
	g_test_add_func("/ssh/threads", test_threads);
	g_test_add_func("/openssh/commands", test_commands_openssh);
	g_test_add_func("/openssh/duplex", test_duplex_openssh);
	g_test_add_func("/openssh/refused", test_refused_openssh);
	g_test_add_func("/local/commands", test_commands_local);
	g_test_add_func("/local/duplex", test_duplex_local);
	int status = g_test_run();
	server_stop(sshd);
	return status;
}
