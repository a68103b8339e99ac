/* Tests of lib/inventory/connection-variables.c. */
#include "inventory/connection-variables.h"

#include "inventory/data.h"

#include <string.h>

struct row {
	const char *line; /* of the host */
	const char *
		expected; /* "kind user@host:port key=... become=user/method" or part of an error */
};

static const struct row rows[] = {
	{ "h", "ssh -@h:0" },
	{ "h ansible_host=10.0.0.1 ansible_user=u ansible_port=22", "ssh u@10.0.0.1:22" },
	{ "h:2222", "ssh -@h:2222" },
	{ "h ansible_ssh_host=a ansible_ssh_user=b ansible_ssh_port=3", "ssh b@a:3" },
	{ "h ansible_host=a ansible_ssh_host=b", "ssh -@b:0" },
	{ "h address=a user=u port=5 key=/k", "ssh u@a:5 key=/k" },
	{ "h address=a ansible_host=b", "ssh -@b:0" },
	{ "h ansible_port=\"'22'\"", "ssh -@h:22" },
	{ "h ansible_connection=local", "local -@h:0" },
	{ "h ansible_connection=smart", "ssh -@h:0" },
	{ "h ansible_private_key_file=/x/y", "ssh -@h:0 key=/x/y" },
	{ "h ansible_ssh_private_key_file=~/y", "ssh -@h:0 key=/home/me/y" },
	{ "h ansible_become=yes", "ssh -@h:0 become=root/sudo" },
	{ "h ansible_become=true ansible_become_user=www", "ssh -@h:0 become=www/sudo" },
	{ "h ansible_sudo_pass=hunter22 ansible_become=1", "ssh -@h:0 become=root/sudo/hunter22" },
	{ "h ansible_ssh_common_args='-o ProxyJump=j -o ControlMaster=auto'",
		"ssh -@h:0 [ProxyJump=j] [ControlMaster=auto]" },
	{ "h ansible_ssh_extra_args='-J u@j -vvv'", "ssh -@h:0 [ProxyJump u@j]" },
	{ "h ansible_ssh_args='-o StrictHostKeyChecking=no'",
		"ssh -@h:0 [StrictHostKeyChecking=no]" },
	{ "h ansible_ssh_args='-4CA -i \"/a b\" -oPort=7'",
		"ssh -@h:7 [AddressFamily inet] [Compression yes] [ForwardAgent yes] "
		"[IdentityFile \"/a b\"] [Port=7]" },
	{ "h ansible_port=1 ansible_user=u ansible_ssh_args='-p2 -l v' ansible_ssh_extra_args=-p3",
		"ssh v@h:2 [Port 2] [User v] [Port 3]" },
	{ "h ansible_ssh_common_args='-F ./x -tt -q'", "ssh -@h:0 config=./x" },
	{ "h ansible_ssh_extra_args='-o \"ProxyCommand=ssh -W %h:%p j\"'",
		"ssh -@h:0 [ProxyCommand=ssh -W %h:%p j]" },
	{ "h ansible_ssh_pkcs11_provider=/x.so", "ssh -@h:0 [PKCS11Provider /x.so]" },
	{ "h ansible_ssh_common_args='-L 1:x:2'", "ansible_ssh_common_args: -L is not supported, "
						  "write it as '-o LocalForward=...'" },
	{ "h ansible_ssh_common_args='-O exit'", "'-O' is not an option of ssh that can be" },
	{ "h ansible_ssh_common_args='-o'", "inventory:1:3: host 'h': ansible_ssh_common_args: -o "
					    "needs a value" },
	{ "h ansible_ssh_common_args='jump'", "'jump' is not an option of ssh" },
	{ "h ansible_become_flags='-E -n'", "ssh -@h:0 flags=-E -n" },
	{ "h ansible_become_flags=\"'x\"", "ansible_become_flags: " },
	{ "h ansible_connection=openssh", "openssh -@h:0" },
	{ "h ansible_host_key_checking=no", "ssh -@h:0 checking=0" },
	{ "h ansible_host=", "ssh -@h:0" },
	{ "h ansible_port=0", "inventory:1:3: host 'h': ansible_port is '0': invalid port" },
	{ "h ansible_port=65536", "invalid port, use 1 to 65535" },
	{ "h ansible_port=22x", "ansible_port is '22x': invalid port" },
	{ "h ansible_port=2.5", "invalid port" },
	{ "h ansible_port=1e3", "ansible_port is '1000.0': invalid port" },
	{ "h ansible_port=\"'0x16'\"", "invalid port" },
	{ "h ansible_port=yes", "invalid port" },
	{ "h ansible_user=-oProxyCommand=x", "could be taken for an option or shell code" },
	{ "h ansible_user='a$(id)'", "could be taken for an option or shell code" },
	{ "h ansible_host='a b'", "could be taken for an option or shell code" },
	{ "h ansible_host=\"'a\\tb'\"", "could be taken for an option or shell code" },
	{ "h ansible_connection=docker",
		"kind 'docker' is not supported, use ssh, openssh or local" },
	{ "h ansible_become=perhaps", "ansible_become is 'perhaps': must be yes or no" },
	{ "h ansible_user=[1]", "ansible_user is '[1]': must be a text" },
	{ "h ansible_timeout=soon", "must be a number of seconds" },
	{ "h ansible_password=[1]", "ansible_password is a secret: must be a text" },
};

static char *shown(const struct connection_variables *v)
{
	GString *out = g_string_new(NULL);
	g_string_append_printf(out, "%s %s@%s:%u", v->connection, v->user != NULL ? v->user : "-",
		v->host, v->port);
	if (v->private_key != NULL) {
		g_string_append_printf(out, " key=%s", v->private_key);
	}
	if (v->become) {
		g_string_append_printf(out, " become=%s/%s", v->become_user, v->become_method);
	}
	if (v->become_password != NULL) {
		g_string_append_printf(out, "/%s", v->become_password);
	}
	if (v->become_flags != NULL) {
		g_string_append_printf(out, " flags=%s", v->become_flags);
	}
	for (guint i = 0; v->ssh.options != NULL && i < v->ssh.options->len; i++) {
		g_string_append_printf(out, " [%s]", (const char *)v->ssh.options->pdata[i]);
	}
	if (v->ssh.config != NULL) {
		g_string_append_printf(out, " config=%s", v->ssh.config);
	}
	if (v->host_key_checking >= 0) {
		g_string_append_printf(out, " checking=%d", v->host_key_checking);
	}
	return g_string_free(out, FALSE);
}

static inventory *load(const char *text)
{
	inventory *inv = inventory_load(NULL, NULL, NULL);
	g_autoptr(GError) error = NULL;
	source_read_ini(inv, text, strlen(text), "inventory", &error);
	g_assert_no_error(error);
	g_assert_true(inventory_reconcile(inv, NULL));
	return inv;
}

static void test_rows(void)
{
	g_setenv("HOME", "/home/me", TRUE);
	for (gsize i = 0; i < G_N_ELEMENTS(rows); i++) {
		g_test_message("%s", rows[i].line);
		g_autoptr(inventory) inv = load(rows[i].line);
		struct connection_variables variables;
		g_autoptr(GError) error = NULL;
		if (connection_variables_plain(
			    inv, inventory_host(inv, "h"), NULL, &variables, &error)) {
			g_autofree char *text = shown(&variables);
			g_assert_cmpstr(text, ==, rows[i].expected);
		} else {
			g_test_message("%s", error->message);
			g_assert_nonnull(strstr(error->message, rows[i].expected));
		}
		connection_variables_clear(&variables);
	}
}

/* Variables outweigh what is given; short names of groups do not count. */
static void test_defaults(void)
{
	g_autoptr(inventory) inv =
		load("h ansible_user=u\n[g]\nh\n[g:vars]\nport=8080\nansible_become_user=w\n");
	const struct connection_defaults defaults = {
		.user = "x", .port = 22, .become = TRUE, .become_user = "y", .timeout = 3
	};
	struct connection_variables variables;
	g_assert_true(connection_variables_plain(
		inv, inventory_host(inv, "h"), &defaults, &variables, NULL));
	g_autofree char *text = shown(&variables);
	g_assert_cmpstr(text, ==, "ssh u@h:22 become=w/sudo");
	g_assert_cmpfloat(variables.timeout, ==, 3);
	connection_variables_clear(&variables);

	g_assert_true(connection_variables_plain(
		inv, inventory_host(inv, "localhost"), &defaults, &variables, NULL));
	g_assert_cmpstr(variables.connection, ==, "local");
	connection_variables_clear(&variables);
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/connection-variables/rows", test_rows);
	g_test_add_func("/connection-variables/defaults", test_defaults);
	return g_test_run();
}
