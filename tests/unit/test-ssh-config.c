/* Tests of what we read from ssh_config beside libssh. */
#include "transport/ssh-config.h"

#include <glib/gstdio.h>
#include <string.h>
#include <sys/stat.h>

static char *folder;

static const struct {
	const char *label;
	const char *text;
	const char *identities; /* joined with spaces */
	gboolean only;
	const char *agent, *alias;
} cases[] = {
	{ "nothing", "", "", FALSE, NULL, NULL },
	{ "order", "IdentityFile /a\nIdentityFile /b\n", "/a /b", FALSE, NULL, NULL },
	{ "host",
		"Host web1\n IdentityFile /a\nHost other\n IdentityFile /b\nHost *\nIdentityFile "
		"/c",
		"/a /c", FALSE, NULL, NULL },
	{ "alias, not address", "Host 10.0.0.1\n IdentityFile /a\n", "", FALSE, NULL, NULL },
	{ "patterns", "Host db web? !web2\n IdentityFile /a\nHost * !web1\n IdentityFile /b\n",
		"/a", FALSE, NULL, NULL },
	{ "spelling", "  iDeNtItYfIlE=\"/a b\"\r\n\tIdentityFile\t=\t/c # no\n# IdentityFile /d\n",
		"/a b /c", FALSE, NULL, NULL },
	{ "escapes", "IdentityFile /%h/%n/%r/%p/%%/%x\n", "/web1/web1/deploy/22/%/%x", FALSE, NULL,
		NULL },
	{ "escapes, of what is said later",
		"IdentityFile /%h/%k/%p\nHostName 10.0.0.1\nPort 23\nHostKeyAlias other\n",
		"/10.0.0.1/other/23", FALSE, NULL, "other" },
	{ "variables", "IdentityFile ${TEST_AGENT}/x\n", "/v/x", FALSE, NULL, NULL },
	{ "none", "IdentityFile none\n", "", FALSE, NULL, NULL },
	{ "first one counts",
		"IdentitiesOnly yes\nIdentitiesOnly no\nIdentityAgent /s\nIdentityAgent /t\n"
		"HostKeyAlias one\nHostKeyAlias two\n",
		"", TRUE, "/s", "one" },
	{ "first one counts, even no", "IdentitiesOnly no\nIdentitiesOnly yes\n", "", FALSE, NULL,
		NULL },
	{ "no agent", "IdentityAgent none\n", "", FALSE, "none", NULL },
	{ "agent by variable", "IdentityAgent $TEST_AGENT\n", "", FALSE, "/v", NULL },
	{ "match host",
		"HostName 10.0.0.1\nMatch host 10.*\nIdentityFile /a\nMatch host web1\n"
		"IdentityFile /b\n",
		"/a", FALSE, NULL, NULL },
	{ "match several",
		"Match originalhost web1,web2 user deploy\nIdentityFile /a\n"
		"Match originalhost web1 user root\nIdentityFile /b\n",
		"/a", FALSE, NULL, NULL },
	{ "match negated",
		"Match !user root\nIdentityFile /a\nMatch !originalhost web*\n"
		"IdentityFile /b\n",
		"/a", FALSE, NULL, NULL },
	{ "match all", "Match all\nIdentityFile /a\nMatch\nIdentityFile /b\n", "/a", FALSE, NULL,
		NULL },
	{ "match command", "Match exec \"touch /tmp/never\" user deploy\nIdentityFile /a\n", "",
		FALSE, NULL, NULL },
	{ "match final", "Match final\nIdentityFile /a\n", "", FALSE, NULL, NULL },
	{ "include", "Host web1\nInclude @/inner\nIdentityFile /b\n", "/i /b", FALSE, NULL, NULL },
	{ "include elsewhere", "Host other\nInclude @/inner\nHost *\nIdentityFile /b\n", "/b",
		FALSE, NULL, NULL },
	{ "include does not leak", "Host *\nInclude @/leaky\nIdentityFile /b\n", "/b", FALSE, NULL,
		NULL },
	{ "include itself", "IdentityFile /a\nInclude @/loop\n", "/a", FALSE, NULL, NULL },
	{ "include what has no end", "Include /dev/zero @/fifo\nIdentityFile /a\n", "/a", FALSE,
		NULL, NULL },
	{ "include nothing", "Include @/missing*\nIdentityFile /a\n", "/a", FALSE, NULL, NULL },
	{ "odd lines", "IdentityFile\n=\n\"\nHost\nIdentityFile /a\n", "", FALSE, NULL, NULL },
};

static char *write_file(const char *name, const char *text)
{
	g_autoptr(GString) whole = g_string_new(text);
	char *path = g_build_filename(folder, name, NULL);

	g_autofree char *inside = g_strconcat(folder, "/", NULL);
	g_string_replace(whole, "@/", inside, 0);
	g_file_set_contents(path, whole->str, -1, NULL);
	return path;
}

static char *join(const GPtrArray *texts)
{
	GString *out = g_string_new(NULL);
	for (guint i = 0; i < texts->len; i++) {
		g_string_append_printf(
			out, "%s%s", i > 0 ? " " : "", (char *)g_ptr_array_index(texts, i));
	}
	return g_string_free(out, FALSE);
}

static void test_read(void)
{
	g_autofree char *inner = write_file("inner", "IdentityFile /i\n");
	g_autofree char *leaky = write_file("leaky", "Host other\nIdentityFile /never\n");
	g_autofree char *loop = write_file("loop", "Include @/loop\n");
	g_autofree char *fifo = g_build_filename(folder, "fifo", NULL);
	g_assert_cmpint(mkfifo(fifo, 0600), ==, 0);

	g_setenv("TEST_AGENT", "/v", TRUE);
	for (gsize i = 0; i < G_N_ELEMENTS(cases); i++) {
		g_autofree char *path = write_file("config", cases[i].text);
		const char *const files[] = { path, "/nonexistent", NULL };
		g_test_message("%s", cases[i].label);
		const struct host_question question = {
			.files = files, .alias = "web1", .user = "deploy"
		};
		g_autoptr(GError) error = NULL;
		g_autoptr(host_config) c = host_config_read(&question, &error);
		g_assert_no_error(error);
		g_autofree char *joined = join(host_config_list(c, CONFIG_IDENTITY_FILE));
		g_assert_cmpstr(joined, ==, cases[i].identities);
		g_assert_cmpint(
			host_config_truth(c, CONFIG_IDENTITIES_ONLY) == 1, ==, cases[i].only);
		g_assert_cmpstr(host_config_text(c, CONFIG_IDENTITY_AGENT), ==, cases[i].agent);
		g_assert_cmpstr(host_config_text(c, CONFIG_HOST_KEY_ALIAS), ==, cases[i].alias);
		g_unlink(path);
	}
	g_unlink(inner);
	g_unlink(leaky);
	g_unlink(loop);
	g_unlink(fifo);
}

static const struct {
	const char *label;
	const char *options; /* parted by '|' */
	const char *text;
	const char *host, *user;
	guint port;
	const char *proxy;
	const char *program;
} reaches[] = {
	{ "nothing", "", "", "web_1", "me", 22, NULL, NULL },
	{ "first ones", "", "HostName a\nHostName b\nUser u\nUser v\nPort 24\nPort 23\n", "a", "u",
		24, NULL, NULL },
	{ "options first", "Port 7|user=w", "User u\nPort 24\n", "web_1", "w", 7, NULL, NULL },
	{ "name from alias", "", "HostName %h.example\n", "web_1.example", "me", 22, NULL, NULL },
	{ "match by name", "", "HostName a\nMatch host a\nUser u\n", "a", "u", 22, NULL, NULL },
	{ "match by user", "", "User u\nMatch user u\nPort 5\n", "web_1", "u", 5, NULL, NULL },
	{ "command", "", "ProxyCommand  nc -X \"5\" %h %p # x\nProxyJump j\n", "web_1", "me", 22,
		"nc -X \"5\" %h %p # x", NULL },
	{ "no command", "", "ProxyCommand none\nProxyJump j\n", "web_1", "me", 22, NULL, NULL },
	{ "jump", "", "ProxyJump u@j:2222\nProxyCommand x\n", "web_1", "me", 22,
		"ssh OPTIONS -l u -p 2222 -W '[%h]:%p' j", NULL },
	{ "jump as an address", "", "ProxyJump ssh://u@j:2222\n", "web_1", "me", 22,
		"ssh OPTIONS -l u -p 2222 -W '[%h]:%p' j", NULL },
	{ "jump to IPv6", "", "ProxyJump [::1]:22\n", "web_1", "me", 22,
		"ssh OPTIONS -p 22 -W '[%h]:%p' ::1", NULL },
	{ "jumps", "ProxyJump a,b,c", "ProxyJump=d\n", "web_1", "me", 22,
		"ssh OPTIONS -J a,b -W '[%h]:%p' c", NULL },
	{ "no jump", "ProxyJump=none", "ProxyJump=d\n", "web_1", "me", 22, NULL, NULL },
	{ "agent", "", "ForwardAgent yes\n", "web_1", "me", 22, NULL, "ForwardAgent yes" },
	{ "no agent", "ForwardAgent no", "ForwardAgent yes\n", "web_1", "me", 22, NULL, NULL },
	{ "not for this host", "", "Host other\nForwardAgent yes\n", "web_1", "me", 22, NULL,
		NULL },
	{ "token", "", "PKCS11Provider /usr/lib/x.so\n", "web_1", "me", 22, NULL,
		"PKCS11Provider /usr/lib/x.so" },
	{ "tickets", "", "GSSAPIAuthentication yes\n", "web_1", "me", 22, NULL,
		"GSSAPIAuthentication yes" },
	{ "match exec", "", "Match exec true\nUser u\n", "web_1", "me", 22, NULL, "Match exec" },
	{ "match exec for nobody", "", "Match user nobody exec true\nUser u\n", "web_1", "me", 22,
		NULL, NULL },
	{ "locale", "", "SendEnv LANG LC_*\n", "web_1", "me", 22, NULL, NULL },
	{ "more than locale", "", "SendEnv LANG FOO\n", "web_1", "me", 22, NULL, "SendEnv FOO" },
	{ "family", "AddressFamily inet6", "", "web_1", "me", 22, NULL, "AddressFamily inet6" },
	{ "no master", "ControlMaster=auto|ControlPersist=60s|ControlPath=@/none", "", "web_1",
		"me", 22, NULL, NULL },
	{ "master", "ControlPath=@/config", "", "web_1", "me", 22, NULL, "a master connection" },
	{ "of old", "", "Protocol 2\nRSAAuthentication yes\n", "web_1", "me", 22, NULL, NULL },
	{ "tolerated", "", "IgnoreUnknown Use*,x\nUseKeychain yes\n", "web_1", "me", 22, NULL,
		NULL },
};

static char *here(const char *text)
{
	g_autofree char *inside = g_strconcat(folder, "/", NULL);
	g_autoptr(GString) whole = g_string_new(text);
	g_string_replace(whole, "@/", inside, 0);
	return g_strdup(whole->str);
}

static void test_reach(void)
{
	for (gsize i = 0; i < G_N_ELEMENTS(reaches); i++) {
		g_autofree char *path = write_file("config", reaches[i].text);
		const char *const files[] = { path, NULL };
		g_autofree char *said = here(reaches[i].options);
		g_auto(GStrv) options = g_strsplit(said, "|", -1);
		const struct host_question question = {
			.options = (const char *const *)options, .files = files, .alias = "web_1"
		};
		g_autoptr(GError) error = NULL;
		g_test_message("%s", reaches[i].label);
		g_autoptr(host_config) c = host_config_read(&question, &error);
		g_assert_no_error(error);
		g_autofree char *proxy = host_config_proxy(c, "OPTIONS");
		gboolean me = strcmp(reaches[i].user, "me") == 0;
		const char *program = host_config_program(c);
		g_assert_cmpstr(host_config_host(c), ==, reaches[i].host);
		g_assert_cmpstr(host_config_user(c), ==, me ? g_get_user_name() : reaches[i].user);
		g_assert_cmpuint(host_config_port(c), ==, reaches[i].port);
		g_assert_cmpstr(proxy, ==, reaches[i].proxy);
		g_assert_true(reaches[i].program == NULL
				      ? program == NULL
				      : g_str_has_prefix(program, reaches[i].program));
		g_unlink(path);
	}
}

static const struct {
	const char *text;
	const char *words;
} faults[] = {
	{ "Port x\n", "config:1: invalid port 'x', use 1 to 65535" },
	{ "\nPort 0\n", "config:2: invalid port '0'" },
	{ "ProxyJump -oProxyCommand=x\n", "config:1: ProxyJump '-oProxyCommand=x' is not" },
	{ "ProxyJump a,-b\n", "is not [user@]host[:port]" },
	{ "ProxyJump a;b\n", "is not [user@]host[:port]" },
	{ "IdentityFil /x\n", "'identityfil' is not an option of ssh, did you mean" },
	{ "ServerAliveInterval soon\n", "ServerAliveInterval: 'soon' is not a whole number" },
};

static void test_faults(void)
{
	for (gsize i = 0; i < G_N_ELEMENTS(faults); i++) {
		g_autofree char *path = write_file("config", faults[i].text);
		const char *const files[] = { path, NULL };
		const struct host_question question = { .files = files, .alias = "web1" };
		g_autoptr(GError) error = NULL;
		g_assert_null(host_config_read(&question, &error));
		g_assert_error(error, SUTLER_ERROR, SUTLER_ERROR_USAGE);
		g_assert_nonnull(strstr(error->message, faults[i].words));
		g_unlink(path);
	}
}

/* Every keyword of the manual is a row; what no file of the transport asks for is not honoured. */
static void test_table(void)
{
	gsize n = 0;
	const struct ssh_keyword *rows = ssh_keywords(&n);
	gboolean read[CONFIG_COUNT] = { TRUE };

	for (gsize i = 0; i < n; i++) {
		g_assert_true(i == 0 || g_ascii_strcasecmp(rows[i - 1].name, rows[i].name) < 0);
		g_assert_true(ssh_keyword_find(rows[i].name) == &rows[i]);
		g_assert_cmpint(rows[i].use == USE_HERE, ==, rows[i].key != CONFIG_NONE);
		g_assert_cmpint(rows[i].use == USE_PROGRAM, ==, rows[i].needless != NULL);
		read[rows[i].key] = TRUE;
	}
	for (gsize i = 0; i < CONFIG_COUNT; i++) {
		g_assert_true(read[i]);
	}
}

/* What the ssh program here lists of itself. */
static void test_program(void)
{
	const char *const command[] = { "ssh", "-G", "-F", "none", "localhost", NULL };
	g_autofree char *text = NULL;
	int status = 0;

	if (!g_spawn_sync(NULL, (char **)command, NULL,
		    G_SPAWN_SEARCH_PATH | G_SPAWN_STDERR_TO_DEV_NULL, NULL, NULL, &text, NULL,
		    &status, NULL) ||
		status != 0) {
		g_test_skip("no ssh program that lists its options");
		return;
	}
	g_auto(GStrv) lines = g_strsplit(text, "\n", -1);
	guint n = 0;
	for (char **line = lines; *line != NULL && **line != '\0'; line++) {
		g_autofree char *name = g_strndup(*line, strcspn(*line, " "));
		if (strcmp(name, "host") != 0) {
			g_test_message("%s", name);
			g_assert_nonnull(ssh_keyword_find(name));
			n++;
		}
	}
	g_assert_cmpuint(n, >, 40);
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	folder = g_dir_make_tmp("ssh-config-XXXXXX", NULL);
	g_test_add_func("/ssh-config/read", test_read);
	g_test_add_func("/ssh-config/reach", test_reach);
	g_test_add_func("/ssh-config/faults", test_faults);
	g_test_add_func("/ssh-config/table", test_table);
	g_test_add_func("/ssh-config/program", test_program);
	int status = g_test_run();
	g_rmdir(folder);
	g_free(folder);
	return status;
}
