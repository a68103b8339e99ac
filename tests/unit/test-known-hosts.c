/* Tests of known_hosts files. */
#include "transport/known-hosts.h"

#include <glib/gstdio.h>
#include <string.h>
#include <sys/stat.h>

#define ED "AAAAC3NzaC1lZDI1NTE5AAAAIINE"
#define ED2 "AAAAC3NzaC1lZDI1NTE5AAAAIOTHER"
#define RSA "AAAAB3NzaC1yc2EAAAADAQABAAAB"

static char *write_file(const char *text)
{
	char *path = NULL;
	int descriptor = g_file_open_tmp("known-hosts-XXXXXX", &path, NULL);

	g_assert_cmpint(descriptor, >=, 0);
	g_close(descriptor, NULL);
	g_file_set_contents(path, text, -1, NULL);
	return path;
}

static const struct {
	const char *label;
	const char *file;
	const char *name;
	enum known_host expected;
	guint line;
} cases[] = {
	{ "empty", "", "web1", KNOWN_HOST_UNKNOWN, 0 },
	{ "plain", "web1 ssh-ed25519 " ED "\n", "web1", KNOWN_HOST_MATCH, 1 },
	{ "no newline at the end", "web1 ssh-ed25519 " ED, "web1", KNOWN_HOST_MATCH, 1 },
	{ "comment after the key", "web1 ssh-ed25519 " ED " me@there\n", "web1", KNOWN_HOST_MATCH,
		1 },
	{ "crlf and tabs", "web1\tssh-ed25519\t" ED "\r\n", "web1", KNOWN_HOST_MATCH, 1 },
	{ "upper case", "Web1 ssh-ed25519 " ED "\n", "web1", KNOWN_HOST_MATCH, 1 },
	{ "list", "db,web1,10.0.0.1 ssh-ed25519 " ED "\n", "web1", KNOWN_HOST_MATCH, 1 },
	{ "other host", "web2 ssh-ed25519 " ED "\n", "web1", KNOWN_HOST_UNKNOWN, 0 },
	{ "longer name", "web11 ssh-ed25519 " ED "\n", "web1", KNOWN_HOST_UNKNOWN, 0 },
	{ "star", "web* ssh-ed25519 " ED "\n", "web1", KNOWN_HOST_MATCH, 1 },
	{ "question mark", "web? ssh-ed25519 " ED "\n", "web1", KNOWN_HOST_MATCH, 1 },
	{ "stars", "*e*1 ssh-ed25519 " ED "\n", "web1", KNOWN_HOST_MATCH, 1 },
	{ "negated", "!web1,web* ssh-ed25519 " ED "\n", "web1", KNOWN_HOST_UNKNOWN, 0 },
	{ "only negated", "!web2 ssh-ed25519 " ED "\n", "web1", KNOWN_HOST_UNKNOWN, 0 },
	{ "port", "[web1]:2222 ssh-ed25519 " ED "\n", "[web1]:2222", KNOWN_HOST_MATCH, 1 },
	{ "other port", "[web1]:2222 ssh-ed25519 " ED "\n", "[web1]:22", KNOWN_HOST_UNKNOWN, 0 },
	{ "port is no pattern", "[web1]:* ssh-ed25519 " ED "\n", "[web1]:2222", KNOWN_HOST_MATCH,
		1 },
	{ "changed", "# old\n\nweb1 ssh-ed25519 " ED2 "\n", "web1", KNOWN_HOST_CHANGED, 3 },
	{ "other type only", "web1 ssh-rsa " RSA "\n", "web1", KNOWN_HOST_CHANGED, 1 },
	{ "other type first", "web1 ssh-rsa " RSA "\nweb1 ssh-ed25519 " ED2 "\n", "web1",
		KNOWN_HOST_CHANGED, 2 },
	{ "second line fits", "web1 ssh-ed25519 " ED2 "\nweb1 ssh-ed25519 " ED "\n", "web1",
		KNOWN_HOST_MATCH, 2 },
	{ "revoked", "@revoked web1 ssh-ed25519 " ED "\n", "web1", KNOWN_HOST_REVOKED, 1 },
	{ "revoked for all, after a match",
		"web1 ssh-ed25519 " ED "\n@revoked * ssh-ed25519 " ED "\n", "web1",
		KNOWN_HOST_REVOKED, 2 },
	{ "another key revoked", "@revoked web1 ssh-ed25519 " ED2 "\nweb1 ssh-ed25519 " ED "\n",
		"web1", KNOWN_HOST_MATCH, 2 },
	{ "revoked elsewhere", "@revoked web2 ssh-ed25519 " ED "\nweb1 ssh-ed25519 " ED "\n",
		"web1", KNOWN_HOST_MATCH, 2 },
	{ "authority", "@cert-authority web* ssh-ed25519 " ED2 "\n", "web1", KNOWN_HOST_AUTHORITY,
		1 },
	{ "authority's own key is no host key", "@cert-authority web1 ssh-ed25519 " ED "\n", "web1",
		KNOWN_HOST_AUTHORITY, 1 },
	{ "unknown marker", "@what web1 ssh-ed25519 " ED "\n", "web1", KNOWN_HOST_UNKNOWN, 0 },
	{ "cut short", "web1 ssh-ed25519\nweb1\n@revoked\n", "web1", KNOWN_HOST_UNKNOWN, 0 },
	{ "bad hash",
		"|1|x|y ssh-ed25519 " ED "\n|1| ssh-ed25519 " ED "\n|2|a|b ssh-ed25519 " ED "\n",
		"web1", KNOWN_HOST_UNKNOWN, 0 },
};

static void test_check(void)
{
	for (gsize i = 0; i < G_N_ELEMENTS(cases); i++) {
		g_autofree char *path = write_file(cases[i].file);
		const char *const files[] = { path, NULL }, *const names[] = { cases[i].name,
			NULL };
		g_autoptr(GError) error = NULL;
		struct known_host_line line;
		g_test_message("%s", cases[i].label);
		g_autoptr(known_hosts) k = known_hosts_load(files, names, &error);
		g_assert_no_error(error);
		g_assert_cmpint(known_hosts_check(k, cases[i].name, "ssh-ed25519", ED, &line), ==,
			cases[i].expected);
		g_assert_cmpuint(line.number, ==, cases[i].line);
		g_unlink(path);
	}
}

/* ssh-keygen -H is the judge of hashed names. */
static void test_hashed(void)
{
	g_autofree char *key = NULL, *out = NULL;
	g_autofree char *path = write_file("");
	const char *const make[] = { "ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", NULL,
		NULL };
	g_autofree char *key_path = g_strconcat(path, ".key", NULL);
	g_autofree char *public_path = g_strconcat(key_path, ".pub", NULL);
	g_autofree char *old_path = g_strconcat(path, ".old", NULL);
	const char *argv[G_N_ELEMENTS(make)];
	int status = 0;

	memcpy(argv, make, sizeof make);
	argv[7] = key_path;
	g_assert_true(g_spawn_sync(NULL, (char **)argv, NULL, G_SPAWN_SEARCH_PATH, NULL, NULL, NULL,
		NULL, &status, NULL));
	g_file_get_contents(public_path, &key, NULL, NULL);
	g_auto(GStrv) words = g_strsplit_set(key, " \n", -1);
	g_autofree char *text = g_strdup_printf(
		"web1 %s %s\n[web1]:2222 %s %s\n", words[0], words[1], words[0], words[1]);
	g_file_set_contents(path, text, -1, NULL);
	const char *const hash[] = { "ssh-keygen", "-H", "-f", path, NULL };
	g_assert_true(g_spawn_sync(NULL, (char **)hash, NULL, G_SPAWN_SEARCH_PATH, NULL, NULL, &out,
		NULL, &status, NULL));
	g_assert_cmpint(status, ==, 0);

	const char *const files[] = { path, "/nonexistent", NULL };
	const char *const names[] = { "web1", "[web1]:2222", NULL };
	struct known_host_line line;
	g_autoptr(known_hosts) k = known_hosts_load(files, names, NULL);
	g_assert_cmpint(
		known_hosts_check(k, "web1", words[0], words[1], &line), ==, KNOWN_HOST_MATCH);
	g_assert_cmpuint(line.number, ==, 1);
	g_assert_cmpint(known_hosts_check(k, "[web1]:2222", words[0], words[1], &line), ==,
		KNOWN_HOST_MATCH);
	g_assert_cmpuint(line.number, ==, 2);
	g_assert_cmpint(known_hosts_check(k, "web1", words[0], ED, &line), ==, KNOWN_HOST_CHANGED);
	g_assert_cmpint(
		known_hosts_check(k, "web2", words[0], words[1], &line), ==, KNOWN_HOST_UNKNOWN);
	g_assert_true(known_hosts_has_type(k, "web1", "ssh-ed25519"));
	g_assert_false(known_hosts_has_type(k, "web1", "ssh-rsa"));
	g_unlink(path);
	g_unlink(key_path);
	g_unlink(public_path);
	g_unlink(old_path);
}

static void test_name(void)
{
	g_autofree char *plain = known_hosts_name("Web1", 22);
	g_autofree char *port = known_hosts_name("web1", 2222);
	g_autofree char *ipv6 = known_hosts_name("::1", 2222);

	g_assert_cmpstr(plain, ==, "web1");
	g_assert_cmpstr(port, ==, "[web1]:2222");
	g_assert_cmpstr(ipv6, ==, "[::1]:2222");
}

static void test_fingerprint(void)
{
	/* From ssh-keygen -l on this key. */
	g_autofree char *print = known_hosts_fingerprint(
		"AAAAC3NzaC1lZDI1NTE5AAAAIINE/75Ijvw0qp/ksLLSTPPjfIZaKW9jO6YiLF1KSoJk");
	g_autofree char *bad = known_hosts_fingerprint("");

	g_assert_cmpstr(print, ==, "SHA256:STnJ3qk3M9FXv4Qukvb6OZRTJckFetuuAf3k2otaP90");
	g_assert_cmpstr(bad, ==, "SHA256:?");
}

static void test_add(void)
{
	g_autofree char *folder = g_dir_make_tmp("known-hosts-XXXXXX", NULL);
	g_autofree char *inner = g_build_filename(folder, "ssh", NULL);
	g_autofree char *path = g_build_filename(inner, "known_hosts", NULL);
	g_autofree char *text = NULL;
	g_autoptr(GError) error = NULL;
	struct stat status;

	for (int i = 0; i < 2; i++) {
		g_assert_true(known_hosts_add(
			path, "web1", "ssh-ed25519", ED, deadline_in(5), NULL, &error));
		g_assert_no_error(error);
	}
	g_assert_cmpint(g_stat(path, &status), ==, 0);
	g_assert_cmpint(status.st_mode & 0777, ==, 0600);
	g_assert_cmpint(g_stat(inner, &status), ==, 0);
	g_assert_cmpint(status.st_mode & 0777, ==, 0700);
	g_file_get_contents(path, &text, NULL, NULL);
	g_assert_cmpstr(text, ==, "web1 ssh-ed25519 " ED "\n");

	/* Another key has come to stand there. */
	g_assert_false(
		known_hosts_add(path, "web1", "ssh-ed25519", ED2, deadline_in(5), NULL, &error));
	g_assert_error(error, SUTLER_ERROR, SUTLER_ERROR_UNREACHABLE);
	g_clear_error(&error);

	/* The last line was left open. */
	g_file_set_contents(path, "db ssh-rsa " RSA, -1, NULL);
	g_assert_true(
		known_hosts_add(path, "web1", "ssh-ed25519", ED, deadline_in(5), NULL, &error));
	g_clear_pointer(&text, g_free);
	g_file_get_contents(path, &text, NULL, NULL);
	g_assert_cmpstr(text, ==, "db ssh-rsa " RSA "\nweb1 ssh-ed25519 " ED "\n");
	g_unlink(path);
	g_rmdir(inner);
	g_rmdir(folder);
}

static gpointer add_many(gpointer path)
{
	for (int i = 0; i < 20; i++) {
		g_autofree char *name = g_strdup_printf("web%d", i);
		g_autoptr(GError) error = NULL;
		known_hosts_add(path, name, "ssh-ed25519", ED, deadline_in(20), NULL, &error);
		g_assert_no_error(error);
	}
	return NULL;
}

static void test_add_threads(void)
{
	g_autofree char *path = write_file("");
	g_autofree char *text = NULL;
	GThread *threads[8];

	for (gsize i = 0; i < G_N_ELEMENTS(threads); i++) {
		threads[i] = g_thread_new("add", add_many, path);
	}
	for (gsize i = 0; i < G_N_ELEMENTS(threads); i++) {
		g_thread_join(threads[i]);
	}
	g_file_get_contents(path, &text, NULL, NULL);
	g_auto(GStrv) lines = g_strsplit(text, "\n", -1);
	g_assert_cmpuint(g_strv_length(lines), ==, 21);
	for (int i = 0; i < 20; i++) {
		g_autofree char *line = g_strdup_printf("web%d ssh-ed25519 " ED, i);
		g_assert_true(g_strv_contains((const char *const *)lines, line));
	}
	g_unlink(path);
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/known-hosts/check", test_check);
	g_test_add_func("/known-hosts/hashed", test_hashed);
	g_test_add_func("/known-hosts/name", test_name);
	g_test_add_func("/known-hosts/fingerprint", test_fingerprint);
	g_test_add_func("/known-hosts/add", test_add);
	g_test_add_func("/known-hosts/add-threads", test_add_threads);
	return g_test_run();
}
