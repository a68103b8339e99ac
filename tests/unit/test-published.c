/* The list of names that Ansible and its published collections know. */
#include "modules/module.h"
#include "playbook/published.h"

static void test_modules(void)
{
	static const char *const known[] = { "yum", "dnf", "ansible.builtin.yum",
		"ansible.legacy.yum", "community.general.ufw", "ufw", "docker_container",
		"ansible.builtin.docker_container", "community.docker.docker_container",
		"community.zabbix.zabbix_host", "ansible.posix.firewalld", "docker_image_facts",
		"community.windows.win_scoop", "deb822_repository" };
	static const char *const unknown[] = { "", "yumm", "community.general.yum_", "general.ufw",
		"community.general", "command.creates", "parameters of copy.src",
		"acme.tools.deploy", "a.b.ufw" };
	for (gsize i = 0; i < G_N_ELEMENTS(known); i++) {
		g_test_message("%s", known[i]);
		g_assert_true(published_module(known[i]));
	}
	for (gsize i = 0; i < G_N_ELEMENTS(unknown); i++) {
		g_test_message("%s", unknown[i]);
		g_assert_false(published_module(unknown[i]));
	}
}

static void test_parameters(void)
{
	g_assert_true(published_parameter("copy", "remote_src"));
	g_assert_true(published_parameter("command", "warn"));
	g_assert_true(published_parameter("file", "selevel"));
	g_assert_false(published_parameter("copy", "sorce"));
	g_assert_false(published_parameter("copy", ""));
	g_assert_false(published_parameter("yumm", "name"));
}

static void test_ours(void)
{
	static const char *const ours[] = { "command", "ansible.builtin.command",
		"ansible.legacy.copy", "ansible.posix.authorized_key", "authorized_key",
		"ansible.builtin.authorized_key" };
	static const char *const others[] = { "community.routeros.command", "community.foo.command",
		"ansible.posix.command", "community.general.copy", "cisco.ios.ping",
		"ansible.builtin.x.command", "ansible.utils.validate", "ansible.windows.setup",
		"microsoft.ad.user", "command.", ".command" };
	for (gsize i = 0; i < G_N_ELEMENTS(ours); i++) {
		g_test_message("%s", ours[i]);
		g_assert_nonnull(module_find(ours[i]));
	}
	for (gsize i = 0; i < G_N_ELEMENTS(others); i++) {
		g_test_message("%s", others[i]);
		g_assert_null(module_find(others[i]));
	}
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/published/modules", test_modules);
	g_test_add_func("/published/parameters", test_parameters);
	g_test_add_func("/published/ours", test_ours);
	return g_test_run();
}
