/* Tests of host key checking against a real sshd. */
#include "server.h"

#include <glib/gstdio.h>
#include <string.h>

static struct server *sshd;
static char *host_key; /* "ssh-ed25519 AAAA..." of the server */
static char *other_key;

static char *read_key(const char *path)
{
	g_autofree char *text = NULL;
	g_assert_true(g_file_get_contents(path, &text, NULL, NULL));
	g_auto(GStrv) words = g_strsplit_set(text, " \n", 3);
	return g_strdup_printf("%s %s", words[0], words[1]);
}

static char *make_key(const char *type, const char *name)
{
	g_autofree char *path = server_file(sshd, name);
	g_autofree char *public_path = g_strconcat(path, ".pub", NULL);
	const char *const argv[] = { "ssh-keygen", "-q", "-t", type, "-N", "", "-f", path, NULL };
	g_spawn_sync(
		NULL, (char **)argv, NULL, G_SPAWN_SEARCH_PATH, NULL, NULL, NULL, NULL, NULL, NULL);
	return read_key(public_path);
}

/* @NAME@ is the server's name with its port, @KEY@ its key, @OTHER@ another, @FILE@ the file. */
static char *fill_in(const char *text, const char *file)
{
	GString *whole = g_string_new(text);
	g_autofree char *name = g_strdup_printf("[127.0.0.1]:%u", sshd->port);

	g_string_replace(whole, "@NAME@", name, 0);
	g_string_replace(whole, "@KEY@", host_key, 0);
	g_string_replace(whole, "@OTHER@", other_key, 0);
	g_string_replace(whole, "@FILE@", file, 0);
	return g_string_free(whole, FALSE);
}

static const struct {
	const char *label;
	const char *known_hosts;
	gboolean accept_new;
	const char *pattern; /* of the error; NULL: it connects */
	const char *after;   /* the file then; NULL: as before */
} cases[] = {
	{ "known", "@NAME@ @KEY@\n", FALSE, NULL, NULL },
	{ "known without the port", "127.0.0.1 @KEY@\n", FALSE, NULL, NULL },
	{ "unknown", "elsewhere @KEY@\n", FALSE,
		"host key of '@NAME@' is not known: 127.0.0.1:* shows ED25519 SHA256:*, and @FILE@ "
		"has no key for it; *--accept-new",
		NULL },
	{ "unknown, accepted", "elsewhere @KEY@\n", TRUE, NULL, "elsewhere @KEY@\n@NAME@ @KEY@\n" },
	{ "changed", "\n@NAME@ @OTHER@\n", FALSE,
		"host key of '@NAME@' has changed: 127.0.0.1:* shows ED25519 SHA256:*, but "
		"@FILE@:2 "
		"has ED25519 SHA256:*ssh-keygen -f '@FILE@' -R '@NAME@'*--accept-new",
		NULL },
	{ "changed is never accepted", "@NAME@ @OTHER@\n", TRUE,
		"host key of '@NAME@' has changed: *@FILE@:1*", NULL },
	{ "revoked", "@revoked * @KEY@\n@NAME@ @KEY@\n", TRUE,
		"host key of '@NAME@' is revoked: * marked @revoked at @FILE@:1", NULL },
	{ "revoked for the host without port", "@revoked 127.0.0.1 @KEY@\n@NAME@ @KEY@\n", FALSE,
		"host key of '@NAME@' is revoked: *", NULL },
	{ "authority", "@cert-authority * @OTHER@\n", FALSE,
		"host key of '@NAME@' is not known: *@FILE@:1 names a @cert-authority, which is "
		"not "
		"supported*--accept-new",
		NULL },
	{ "authority, accepted", "@cert-authority * @OTHER@\n", TRUE, NULL,
		"@cert-authority * @OTHER@\n@NAME@ @KEY@\n" },
};

static void test_cases(void)
{
	g_autofree char *path = server_file(sshd, "cases");

	for (gsize i = 0; i < G_N_ELEMENTS(cases); i++) {
		struct connection_options o = server_options(sshd);
		g_autofree char *before = fill_in(cases[i].known_hosts, path);
		g_autofree char *after =
			cases[i].after == NULL ? g_strdup(before) : fill_in(cases[i].after, path);
		g_autofree char *now = NULL;
		g_autoptr(GError) error = NULL;
		g_test_message("%s", cases[i].label);
		g_file_set_contents(path, before, -1, NULL);
		o.known_hosts = path;
		o.accept_new = cases[i].accept_new;
		g_autoptr(connection) c = connection_open(&o, NULL, &error);
		if (cases[i].pattern == NULL) {
			g_assert_no_error(error);
		} else {
			g_autofree char *pattern = fill_in(cases[i].pattern, path);
			g_assert_error(error, SUTLER_ERROR, SUTLER_ERROR_UNREACHABLE);
			if (!g_pattern_match_simple(pattern, error->message)) {
				g_test_message("got: %s\nnot: %s", error->message, pattern);
				g_test_fail();
			}
		}
		g_file_get_contents(path, &now, NULL, NULL);
		g_assert_cmpstr(now, ==, after);
	}
}

/* A server has keys of several kinds: the kind that is known is the one to ask for. */
static void test_known_kind(void)
{
	static const char *const kinds[] = { "rsa", "ecdsa" };

	for (gsize i = 0; i < G_N_ELEMENTS(kinds); i++) {
		g_autofree char *name = g_strdup_printf("host-%s", kinds[i]);
		g_autofree char *key = make_key(kinds[i], name);
		g_autofree char *path = server_file(sshd, name);
		g_autofree char *option = g_strdup_printf("-oHostKey=%s", path);
		const char *const extra[] = { option, NULL };
		struct server *both = server_start(extra);
		struct connection_options o = server_options(both);
		g_autofree char *line = g_strdup_printf("[127.0.0.1]:%u %s\n", both->port, key);
		g_autoptr(GError) error = NULL;
		g_test_message("%s", kinds[i]);
		g_file_set_contents(o.known_hosts, line, -1, NULL);
		connection *c = connection_open(&o, NULL, &error);
		g_assert_no_error(error);
		connection_close(c);
		server_stop(both);
	}
}

static gpointer accept_and_run(gpointer path)
{
	struct connection_options o = server_options(sshd);
	g_autoptr(GError) error = NULL;

	o.known_hosts = path;
	o.accept_new = TRUE;
	g_autoptr(connection) c = connection_open(&o, NULL, &error);
	g_assert_no_error(error);
	return NULL;
}

static void test_accept_threads(void)
{
	g_autofree char *path = server_file(sshd, "new/known_hosts");
	g_autofree char *expected = fill_in("@NAME@ @KEY@\n", path);
	g_autofree char *text = NULL;
	GThread *threads[12];

	for (gsize i = 0; i < G_N_ELEMENTS(threads); i++) {
		threads[i] = g_thread_new("client", accept_and_run, path);
	}
	for (gsize i = 0; i < G_N_ELEMENTS(threads); i++) {
		g_thread_join(threads[i]);
	}
	g_assert_true(g_file_get_contents(path, &text, NULL, NULL));
	g_assert_cmpstr(text, ==, expected);
}

/* Without --known-hosts: ~/.ssh/known_hosts. */
static void test_default_file(void)
{
	struct connection_options o = server_options(sshd);
	g_autofree char *path = server_file(sshd, ".ssh/known_hosts");
	g_autofree char *expected = fill_in("@NAME@ @KEY@\n", path);
	g_autofree char *text = NULL;
	g_autoptr(GError) error = NULL;

	o.known_hosts = NULL;
	o.accept_new = TRUE;
	g_autoptr(connection) c = connection_open(&o, NULL, &error);
	g_assert_no_error(error);
	g_assert_true(g_file_get_contents(path, &text, NULL, NULL));
	g_assert_cmpstr(text, ==, expected);
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_unsetenv("SSH_AUTH_SOCK");
	sshd = server_start(NULL);
	g_setenv("HOME", sshd->folder, TRUE);
	g_autofree char *path = server_file(sshd, "host_key.pub");
	host_key = read_key(path);
	other_key = make_key("ed25519", "other-host");
	g_test_add_func("/host-keys/cases", test_cases);
	g_test_add_func("/host-keys/known-kind", test_known_kind);
	g_test_add_func("/host-keys/accept-threads", test_accept_threads);
	g_test_add_func("/host-keys/default-file", test_default_file);
	int status = g_test_run();
	server_stop(sshd);
	g_free(host_key);
	g_free(other_key);
	return status;
}
