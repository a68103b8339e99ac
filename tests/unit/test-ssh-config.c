/* Tests of what we read from ssh_config beside libssh. */
#include "transport/ssh-config.h"

#include <glib/gstdio.h>
#include <string.h>

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
	{ "escapes", "IdentityFile /%h/%n/%r/%%/%x\n", "/10.0.0.1/web1/deploy/%/%x", FALSE, NULL,
		NULL },
	{ "none", "IdentityFile none\n", "", FALSE, NULL, NULL },
	{ "first one counts",
		"IdentitiesOnly yes\nIdentitiesOnly no\nIdentityAgent /s\nIdentityAgent /t\n"
		"HostKeyAlias one\nHostKeyAlias two\n",
		"", TRUE, "/s", "one" },
	{ "first one counts, even no", "IdentitiesOnly no\nIdentitiesOnly yes\n", "", FALSE, NULL,
		NULL },
	{ "no agent", "IdentityAgent none\n", "", FALSE, "none", NULL },
	{ "agent by variable", "IdentityAgent $TEST_AGENT\n", "", FALSE, "/v", NULL },
	{ "match host", "Match host 10.*\nIdentityFile /a\nMatch host web1\nIdentityFile /b\n",
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

static void test_read(void)
{
	g_autofree char *inner = write_file("inner", "IdentityFile /i\n");
	g_autofree char *leaky = write_file("leaky", "Host other\nIdentityFile /never\n");
	g_autofree char *loop = write_file("loop", "Include @/loop\n");

	g_setenv("TEST_AGENT", "/v", TRUE);
	for (gsize i = 0; i < G_N_ELEMENTS(cases); i++) {
		g_autofree char *path = write_file("config", cases[i].text);
		const char *const files[] = { path, "/nonexistent", NULL };
		g_test_message("%s", cases[i].label);
		struct config_extras *e = config_extras_read(files, "web1", "10.0.0.1", "deploy");
		g_ptr_array_add(e->identities, NULL);
		g_autofree char *joined = g_strjoinv(" ", (char **)e->identities->pdata);
		g_assert_cmpstr(joined, ==, cases[i].identities);
		g_assert_cmpint(e->identities_only, ==, cases[i].only);
		g_assert_cmpstr(e->agent, ==, cases[i].agent);
		g_assert_cmpstr(e->host_key_alias, ==, cases[i].alias);
		config_extras_free(e);
		g_unlink(path);
	}
	g_unlink(inner);
	g_unlink(leaky);
	g_unlink(loop);
}

static const struct {
	const char *label;
	const char *text;
	const char *host, *user;
	guint port;
	const char *proxy;
} reaches[] = {
	{ "nothing", "", NULL, NULL, 0, NULL },
	{ "first ones", "HostName a\nHostName b\nUser u\nUser v\nPort 22\nPort 23\n", "a", "u", 22,
		NULL },
	{ "name from alias", "HostName %n.example\n", "web_1.example", NULL, 0, NULL },
	{ "match by name", "HostName a\nMatch host a\nUser u\n", "a", "u", 0, NULL },
	{ "command", "ProxyCommand  nc -X \"5\" %h %p # x\nProxyJump j\n", NULL, NULL, 0,
		"nc -X \"5\" %h %p # x" },
	{ "no command", "ProxyCommand none\nProxyJump j\n", NULL, NULL, 0, NULL },
	{ "jump", "ProxyJump u@j:2222\nProxyCommand x\n", NULL, NULL, 0,
		"ssh -W '[%h]:%p' u@j:2222" },
	{ "jumps", "ProxyJump=a,b,c\n", NULL, NULL, 0, "ssh -J a,b -W '[%h]:%p' c" },
	{ "jump is no option", "ProxyJump -oProxyCommand=x\n", NULL, NULL, 0, NULL },
	{ "jump is no command", "ProxyJump a;b\n", NULL, NULL, 0, NULL },
	{ "bad port", "Port x\n", NULL, NULL, 0, NULL },
};

static void test_reach(void)
{
	for (gsize i = 0; i < G_N_ELEMENTS(reaches); i++) {
		g_autofree char *path = write_file("config", reaches[i].text);
		const char *const files[] = { path, NULL };
		g_test_message("%s", reaches[i].label);
		struct config_extras *e = config_extras_read(files, "web_1", "web_1", "deploy");
		g_assert_cmpstr(e->host_name, ==, reaches[i].host);
		g_assert_cmpstr(e->user, ==, reaches[i].user);
		g_assert_cmpuint(e->port, ==, reaches[i].port);
		g_assert_cmpstr(e->proxy, ==, reaches[i].proxy);
		config_extras_free(e);
		g_unlink(path);
	}
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	folder = g_dir_make_tmp("ssh-config-XXXXXX", NULL);
	g_test_add_func("/ssh-config/read", test_read);
	g_test_add_func("/ssh-config/reach", test_reach);
	int status = g_test_run();
	g_rmdir(folder);
	g_free(folder);
	return status;
}
