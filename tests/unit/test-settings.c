/* Tests of lib/inventory/settings.c and vault-passwords.c, in a folder of their own. */
#include "base/secret-memory.h"
#include "inventory/settings.h"
#include "inventory/vault-passwords.h"

#include <glib/gstdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static char *folder;

static char *put(const char *name, const char *text)
{
	char *path = g_build_filename(folder, name, NULL);
	g_autofree char *parent = g_path_get_dirname(path);
	g_assert_cmpint(g_mkdir_with_parents(parent, 0700), ==, 0);
	g_assert_true(g_file_set_contents(path, text, -1, NULL));
	g_assert_cmpint(chmod(path, 0600), ==, 0);
	return path;
}

static void drop(const char *name)
{
	g_autofree char *path = g_build_filename(folder, name, NULL);
	(void)unlink(path);
}

static settings *load(GPtrArray *warnings)
{
	g_autoptr(GError) error = NULL;
	settings *s = settings_load(folder, warnings, &error);
	g_assert_no_error(error);
	return s;
}

static void test_weights(void)
{
	g_autofree char *cfg = put("ansible.cfg",
		"[defaults]\nforks = 7 ; seven\ninventory = hosts,more\nremote_user=deploy\n"
		"unheard_of = x\n[privilege_escalation]\nbecome = True\n[other]\nforks = 9\n");
	{
		g_autoptr(settings) s = load(NULL);
		g_autofree char *expected = g_strdup_printf("%s/hosts %s/more", folder, folder);
		g_assert_cmpint(settings_integer(s, SETTING_FORKS), ==, 7);
		g_assert_cmpstr(settings_text(s, SETTING_INVENTORY), ==, expected);
		g_assert_cmpstr(settings_text(s, SETTING_USER), ==, "deploy");
		g_assert_true(settings_boolean(s, SETTING_BECOME));
		g_assert_true(g_str_has_suffix(settings_origin(s, SETTING_FORKS), "ansible.cfg:2"));
		g_assert_cmpstr(settings_origin(s, SETTING_TIMEOUT), ==, "default");
		g_assert_cmpint(settings_integer(s, SETTING_TIMEOUT), ==, 10);
	}
	g_autofree char *own = put("sutler.ini", "# mine\nforks = 8\n[sutler]\nuser: me\n");
	{
		g_autoptr(settings) s = load(NULL);
		g_assert_cmpint(settings_integer(s, SETTING_FORKS), ==, 8);
		g_assert_cmpstr(settings_text(s, SETTING_USER), ==, "me");
		g_assert_false(settings_boolean(s, SETTING_BECOME)); /* ansible.cfg is not read */
	}
	g_autofree char *user =
		put("home/.config/sutler/sutler.ini", "forks=9\nroles_path=~/r:x\n");
	g_setenv("SUTLER_TIMEOUT", "33", TRUE);
	{
		g_autoptr(settings) s = load(NULL);
		g_assert_cmpint(settings_integer(s, SETTING_FORKS), ==, 9);
		g_assert_cmpint(settings_integer(s, SETTING_TIMEOUT), ==, 33);
		g_assert_cmpstr(settings_origin(s, SETTING_TIMEOUT), ==, "SUTLER_TIMEOUT");
		g_auto(GStrv) roles = settings_list(s, SETTING_ROLES_PATH);
		g_assert_cmpuint(g_strv_length(roles), ==, 2);
		g_assert_true(g_str_has_suffix(roles[0], "/home/r"));
		g_assert_true(g_str_has_suffix(roles[1], "/home/.config/sutler/x"));
		g_assert_true(settings_set(s, SETTING_FORKS, "3", "--forks", NULL));
		g_assert_cmpint(settings_integer(s, SETTING_FORKS), ==, 3);
		g_autofree char *report = settings_report(s);
		g_assert_nonnull(strstr(report, "forks = 3  (--forks)\n"));
		g_assert_nonnull(strstr(report, "timeout = 33  (SUTLER_TIMEOUT)\n"));
	}
	g_unsetenv("SUTLER_TIMEOUT");
	drop("ansible.cfg");
	drop("home/.config/sutler/sutler.ini");
	drop("sutler.ini");
}

/* What Ansible's own reader makes of odd entries. */
static void test_ansible(void)
{
	static const struct {
		enum setting id;
		const char *expected; /* %s: the folder */
	} rows[] = {
		{ SETTING_INVENTORY, "%s/one %s/two" },
		{ SETTING_USER, "deploy" },
		{ SETTING_PRIVATE_KEY, "/somewhere/key" },
		{ SETTING_ROLES_PATH, "%s/roles:/somewhere/${UNHEARD_OF}/$" },
		{ SETTING_VAULT_IDENTITY_LIST, "dev@pw, prod@/somewhere/pw, x@prompt" },
		{ SETTING_VAULT_PASSWORD_FILE, "%s/pw;not a comment" },
		{ SETTING_BECOME_USER, "app" },
		{ SETTING_BECOME_ASK_PASS, "true" },
		{ SETTING_HOST_KEY_CHECKING, "False" },
		{ SETTING_FORKS, "50" },
		{ SETTING_HASH_BEHAVIOUR, "merge" },
		{ SETTING_GATHER_SUBSET, "min, !all" },
		{ SETTING_LIBRARY, "%s/mods:/somewhere/mods" },
		{ SETTING_COLLECTIONS_PATH, "%s/coll" },
		{ SETTING_INVENTORY_IGNORE_EXTENSIONS, ".a,.b" },
	};
	g_setenv("PLACE", "/somewhere", TRUE);
	g_autofree char *cfg = put("ansible.cfg",
		"[defaults]\ninventory =\n    one,\n    two ; comment\nREMOTE_USER = \"deploy\"\n"
		"private_key_file: $PLACE/key\t; the key\n"
		"roles_path=roles:${PLACE}/${UNHEARD_OF}/$\n"
		"vault_identity_list = dev@pw , prod@$PLACE/pw,\n  x@prompt\n"
		"vault_password_file = pw;not a comment\nhost_key_checking=False\n"
		"ssh_args = -o A=1\n  forks = 9\nforks =\n"
		"hash_behaviour = merge\ngather_subset = min, !all\nlibrary = mods:$PLACE/mods\n"
		"collections_paths = coll\ninventory_ignore_extensions = .a,.b\n"
		"[privilege_escalation]\nbecome_user = 'app'\nbecome_ask_pass = true\n");
	g_autoptr(settings) s = load(NULL);
	for (gsize i = 0; i < G_N_ELEMENTS(rows); i++) {
		g_auto(GStrv) parts = g_strsplit(rows[i].expected, "%s", -1);
		g_autofree char *expected = g_strjoinv(folder, parts);
		g_assert_cmpstr(settings_text(s, rows[i].id), ==, expected);
	}
	g_auto(GStrv) ids = settings_list(s, SETTING_VAULT_IDENTITY_LIST);
	g_assert_cmpuint(g_strv_length(ids), ==, 3);
	g_assert_cmpstr(ids[1], ==, "prod@/somewhere/pw");
	g_auto(GStrv) file = settings_list(s, SETTING_VAULT_PASSWORD_FILE);
	g_assert_cmpuint(g_strv_length(file), ==, 1); /* whatever blanks it holds */
	drop("ansible.cfg");
}

/* What Ansible has and we do not: refused, warned of, or named for -v. */
static void test_others(void)
{
	static const struct {
		const char *text;
		const char *refused; /* part of the error; NULL: none */
		const char *warned;  /* part of the warning; NULL: none */
		const char *remark;  /* part of what -v says; NULL: nothing */
	} rows[] = {
		{ "[defaults]\nhash_behaviour = merged\n",
			"ansible.cfg:2:1: setting 'hash_behaviour': 'merged' is neither replace "
			"nor merge",
			NULL, NULL },
		{ "[defaults]\nplugin_filters_cfg = x.yml\n", "no module can be forbidden", NULL,
			NULL },
		{ "[inventory]\nhost_pattern_mismatch = error\n", "'host_pattern_mismatch = error'",
			NULL, NULL },
		{ "[jinja2]\ndont_type_filters = string\n", "'dont_type_filters = string'", NULL,
			NULL },
		{ "[defaults]\ninject_facts_as_vars = False\n", NULL,
			"inject_facts_as_vars has no effect: facts are variables", NULL },
		{ "[defaults]\ninject_facts_as_vars = True\n", NULL, NULL, NULL },
		{ "[defaults]\nfilter_plugins = none:own-plugins\n", NULL,
			"ansible.cfg:2: filter_plugins: the plugins in '", NULL },
		{ "[defaults]\naction_plugins = none\nvars_plugins = empty-plugins\n", NULL, NULL,
			NULL },
		{ "[ssh_connection]\nretries = 3\n", NULL, "retries has no effect", NULL },
		{ "[ssh_connection]\nretries = 0\n", NULL, NULL, NULL },
		{ "[defaults]\njinja2_native = True\n", "'jinja2_native = True'", NULL, NULL },
		{ "[defaults]\njinja2_native = off\n", NULL, NULL, NULL },
		{ "[defaults]\njinja2_extensions = jinja2.ext.do, jinja2.ext.loopcontrols\n", NULL,
			NULL, NULL },
		{ "[defaults]\nstrategy = none_of_ours\n", "is none of linear", NULL, NULL },
		{ "[defaults]\nstrategy = mitogen_linear\n", NULL, NULL, NULL },
		{ "[defaults]\nprecedence =\n  all_inventory,\n  groups_inventory\n",
			"ansible.cfg:2:1: 'precedence = ", NULL, NULL },
		{ "[defaults]\nerror_on_undefined_vars = no\n", "default()", NULL, NULL },
		{ "[defaults]\nfact_caching = jsonfile\n", NULL,
			"fact_caching has no effect: facts", NULL },
		{ "[defaults]\nfact_caching = memory\n", NULL, NULL, NULL },
		{ "[defaults]\nnocows = 1\nstdout_callback = "
		  "yaml\n[ssh_connection]\npipelining=1\n",
			NULL, NULL, "without effect here: nocows, stdout_callback, pipelining" },
		{ "[defaults]\nremote_por = 22\n", NULL, NULL,
			"ansible.cfg:2: 'remote_por' is not a setting of [defaults] in "
			"ansible-core 2.14, did you mean 'remote_port'?" },
		{ "[ssh_connection]\nforks = 9\n", NULL, NULL, "'forks' is not a setting of" },
		{ "[defaults]\nremote_port = no\n", "ansible.cfg:2:1: setting 'port': invalid port",
			NULL, NULL },
		{ "[defaults]\ngathering = sometimes\n", "is none of implicit", NULL, NULL },
	};
	g_autofree char *plugin = put("own-plugins/shout.py", "def filters(): return {}\n");
	g_autofree char *no_plugin = put("empty-plugins/__init__.py", "");
	for (gsize i = 0; i < G_N_ELEMENTS(rows); i++) {
		g_autofree char *path = put("ansible.cfg", rows[i].text);
		g_autoptr(GPtrArray) warnings = g_ptr_array_new_with_free_func(g_free);
		g_autoptr(GError) error = NULL;
		g_test_message("%s", rows[i].text);
		g_autoptr(settings) s = settings_load(folder, warnings, &error);
		if (rows[i].refused != NULL) {
			g_assert_error(error, SUTLER_ERROR, SUTLER_ERROR_USAGE);
			g_assert_nonnull(strstr(error->message, rows[i].refused));
			continue;
		}
		g_assert_no_error(error);
		g_assert_cmpuint(warnings->len, ==, rows[i].warned != NULL);
		g_assert_true(rows[i].warned == NULL ||
			      strstr(warnings->pdata[0], rows[i].warned) != NULL);
		const GPtrArray *remarks = settings_remarks(s);
		g_assert_cmpuint(remarks->len, ==, rows[i].remark != NULL);
		g_assert_true(rows[i].remark == NULL ||
			      strstr(remarks->pdata[0], rows[i].remark) != NULL);
	}
	drop("ansible.cfg");
}

/* The environment outweighs ansible.cfg, and sutler.ini the environment. */
static void test_environment(void)
{
	g_autofree char *cfg = put("ansible.cfg", "[defaults]\nremote_port = 1\nremote_user = a\n"
						  "[ssh_connection]\nssh_args = -C\n");
	g_setenv("ANSIBLE_REMOTE_PORT", "2", TRUE);
	g_setenv("ANSIBLE_NOCOWS", "1", TRUE);
	{
		g_autoptr(settings) s = load(NULL);
		g_assert_cmpint(settings_integer(s, SETTING_PORT), ==, 2);
		g_assert_cmpstr(settings_origin(s, SETTING_PORT), ==, "ANSIBLE_REMOTE_PORT");
		g_assert_cmpstr(settings_text(s, SETTING_USER), ==, "a");
		g_assert_cmpstr(settings_text(s, SETTING_SSH_ARGS), ==, "-C");
		g_assert_cmpstr(settings_remarks(s)->pdata[0], ==,
			"environment: without effect here: ANSIBLE_NOCOWS");
	}
	g_autofree char *own = put("sutler.ini", "port = 3\n");
	{
		g_autoptr(settings) s = load(NULL);
		g_assert_cmpint(settings_integer(s, SETTING_PORT), ==, 3);
	}
	drop("sutler.ini");
	g_setenv("ANSIBLE_JINJA2_NATIVE", "true", TRUE);
	g_autoptr(GError) error = NULL;
	g_assert_null(settings_load(folder, NULL, &error));
	g_assert_true(g_str_has_prefix(
		error->message, "'ANSIBLE_JINJA2_NATIVE = true' is not supported: "));
	g_unsetenv("ANSIBLE_JINJA2_NATIVE");
	g_setenv("ANSIBLE_BECOME_PASS", "hunter2hunter2", TRUE);
	g_autoptr(GError) secret = NULL;
	g_assert_null(settings_load(folder, NULL, &secret));
	g_assert_null(strstr(secret->message, "hunter2"));
	g_unsetenv("ANSIBLE_BECOME_PASS");
	g_unsetenv("ANSIBLE_REMOTE_PORT");
	g_unsetenv("ANSIBLE_NOCOWS");
	drop("ansible.cfg");
}

static void test_refused(void)
{
	static const struct {
		const char *text;
		const char *expected;
	} rows[] = {
		{ "fork = 1\n", "sutler.ini:1:1: unknown setting 'fork', did you mean 'forks'?" },
		{ "\n  forks = many\n", "sutler.ini:2:3: setting 'forks': 'many' is not a whole" },
		{ "forks = 0\n", "is not a whole number" },
		{ "become = perhaps\n", "'perhaps' is neither yes nor no" },
		{ "[web]\n", "unknown section '[web]'" },
		{ "words\n", "expected name = value" },
		{ "port = 70000\n", "setting 'port': invalid port '70000', use 1 to 65535" },
		{ "port = 1e3\n", "invalid port" },
		{ "gathering = always\n", "is none of implicit, explicit and smart" },
	};
	for (gsize i = 0; i < G_N_ELEMENTS(rows); i++) {
		g_autofree char *path = put("sutler.ini", rows[i].text);
		g_autoptr(GError) error = NULL;
		g_assert_null(settings_load(folder, NULL, &error));
		g_assert_error(error, SUTLER_ERROR, SUTLER_ERROR_USAGE);
		g_test_message("%s", error->message);
		g_assert_nonnull(strstr(error->message, rows[i].expected));
	}
	drop("sutler.ini");
	g_setenv("SUTLER_FORKS", "x", TRUE);
	g_autoptr(GError) error = NULL;
	g_assert_null(settings_load(folder, NULL, &error));
	g_assert_true(g_str_has_prefix(error->message, "SUTLER_FORKS: "));
	g_unsetenv("SUTLER_FORKS");
}

static void test_writable_by_others(void)
{
	g_autofree char *path = put("sutler.ini", "forks = 2\n");
	g_autoptr(GPtrArray) warnings = g_ptr_array_new_with_free_func(g_free);
	g_assert_cmpint(chmod(folder, 0777), ==, 0);
	g_autoptr(settings) s = load(warnings);
	g_assert_cmpint(settings_integer(s, SETTING_FORKS), ==, 50);
	g_assert_cmpuint(warnings->len, ==, 1);
	g_assert_nonnull(strstr(warnings->pdata[0], "is ignored: others can write"));
	g_assert_cmpint(chmod(folder, 0700), ==, 0);
	drop("sutler.ini");
}

/* Vault passwords. */

static char *answer(gpointer data, const char *question, GError **error)
{
	(void)error;
	g_assert_nonnull(strstr(question, "ault password"));
	return g_strdup(data);
}

static void check_source(const char *source, const char *expected)
{
	g_autoptr(vault) v = vault_new();
	g_autoptr(GError) error = NULL;
	g_test_message("%s", source);
	if (!vault_add_source(v, source, answer, (gpointer) "asked\n", &error)) {
		g_test_message("%s", error->message);
		g_assert_nonnull(strstr(error->message, expected));
		return;
	}
	g_autoptr(vault) same = vault_new();
	g_assert_true(vault_add_password(same, NULL, expected, strlen(expected), NULL));
	g_autofree char *cipher = vault_encrypt(same, NULL, "x", 1, NULL);
	gsize length = 0;
	char *plain = vault_decrypt(v, cipher, strlen(cipher), "x", &length, &error);
	g_assert_no_error(error);
	secret_memory_free(plain);
}

static void test_vault_sources(void)
{
	g_autofree char *file = put("password", "  from a file\n");
	g_autofree char *script = put("script", "#!/bin/sh\necho from a script\n");
	g_autofree char *client = put("get-client.sh", "#!/bin/sh\necho \"$1 $2\"\n");
	g_autofree char *failing = put("failing", "#!/bin/sh\necho no >&2; exit 3\n");
	g_autofree char *open = put("open", "x\n");
	g_autofree char *empty = put("empty", "\n");
	g_autofree char *with_id = g_strconcat("prod@", client, NULL);
	g_assert_cmpint(chmod(script, 0700), ==, 0);
	g_assert_cmpint(chmod(client, 0700), ==, 0);
	g_assert_cmpint(chmod(failing, 0700), ==, 0);
	g_assert_cmpint(chmod(open, 0644), ==, 0);
	g_setenv("TEST_VAULT", "from the environment", TRUE);
	check_source(file, "from a file");
	check_source(script, "from a script");
	check_source(with_id, "--vault-id prod");
	check_source("env:TEST_VAULT", "from the environment");
	check_source("prod@prompt", "asked");
	check_source(failing, "failed with status 3: no");
	check_source(open, "can be read by others (mode 0644)");
	check_source(empty, "is empty");
	check_source("env:TEST_NO_SUCH", "is not set");
	check_source("/nonexistent/file", "unable to read vault password file");
	g_autoptr(vault) v = vault_new();
	g_autoptr(GError) error = NULL;
	g_assert_false(vault_add_source(v, "prompt", NULL, NULL, &error));
	g_assert_nonnull(strstr(error->message, "cannot be asked for"));
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	folder = g_dir_make_tmp("settings-XXXXXX", NULL);
	g_autofree char *home = g_build_filename(folder, "home", NULL);
	g_setenv("HOME", home, TRUE);
	g_unsetenv("XDG_CONFIG_HOME");
	g_unsetenv("ANSIBLE_CONFIG");
	g_test_add_func("/settings/weights", test_weights);
	g_test_add_func("/settings/ansible", test_ansible);
	g_test_add_func("/settings/others", test_others);
	g_test_add_func("/settings/environment", test_environment);
	g_test_add_func("/settings/refused", test_refused);
	g_test_add_func("/settings/writable-by-others", test_writable_by_others);
	g_test_add_func("/settings/vault-sources", test_vault_sources);
	int result = g_test_run();
	const char *argv_rm[] = { "rm", "-rf", folder, NULL };
	(void)g_spawn_sync(NULL, (char **)argv_rm, NULL, G_SPAWN_SEARCH_PATH, NULL, NULL, NULL,
		NULL, NULL, NULL);
	g_free(folder);
	return result;
}
