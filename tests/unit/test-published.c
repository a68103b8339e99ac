/* The list of names that Ansible and its published collections know. */
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

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/published/modules", test_modules);
	g_test_add_func("/published/parameters", test_parameters);
	return g_test_run();
}
