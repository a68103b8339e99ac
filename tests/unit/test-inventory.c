/* Tests of lib/inventory/inventory.c, variables.c and explain.c, in a folder of their own. What
 * Ansible makes of inventories is compared in tests/conformance/inventory. */
#include "base/secret.h"
#include "inventory/explain.h"
#include "inventory/inventory.h"
#include "inventory/vault.h"

#include <glib/gstdio.h>
#include <string.h>
#include <unistd.h>

static const char *const files[][2] = {
	{ "inventory", "solo\n[web]\nweb1 x=line\nweb2\n[web:vars]\nx=web\ny=1\ny=2\n"
		       "[all:vars]\nx=all\ndb_password=hunter22\n" },
	{ "group_vars/web.yml", "x: file_web\nz: {a: 1}\n" },
	{ "host_vars/web1.yml", "x: file_host\n" },
	{ "host_vars/web2.yml", "a: [\n" },
	{ "play/group_vars/all.yml", "p: play\n" },
};

static inventory *load(void)
{
	const char *sources[] = { "inventory", NULL };
	const struct inventory_options options = { .playbook_folder = "play" };
	g_autoptr(GError) error = NULL;
	inventory *inv = inventory_load(sources, &options, &error);
	g_assert_no_error(error);
	return inv;
}

static void test_variables(void)
{
	g_autoptr(inventory) inv = load();
	const host *h = inventory_host(inv, "web1");
	const value *variables = inventory_host_variables(inv, h);
	g_assert_true(value_is_frozen(variables));
	g_assert_true(inventory_host_variables(inv, h) == variables);
	g_assert_cmpstr(value_string(value_dict_get(variables, "x")), ==, "file_host");
	g_assert_cmpstr(value_string(value_dict_get(variables, "p")), ==, "play");
	g_assert_cmpint(value_int(value_dict_get(variables, "y")), ==, 2);
	struct position at = value_position(value_dict_get(variables, "x"));
	g_assert_cmpstr(at.file, ==, "host_vars/web1.yml");
	g_assert_cmpuint(at.line, ==, 1);
	g_assert_cmpuint(at.column, ==, 4);
	g_autofree char *here = g_get_current_dir();
	g_assert_cmpstr(inventory_folder(inv), ==, here);
	g_assert_cmpstr(inventory_host_folder(inv, h), ==, here);
}

static void test_broken_files(void)
{
	g_autoptr(inventory) inv = load();
	g_autoptr(GError) error = NULL;
	g_autoptr(GPtrArray) named = inventory_select(inv, "web", NULL, NULL, &error);
	g_assert_no_error(error);
	g_assert_cmpuint(named->len, ==, 2);
	g_assert_null(inventory_match(inv, "web", NULL, &error));
	g_assert_true(g_str_has_prefix(error->message, "host_vars/web2.yml:"));
	g_clear_error(&error);
	g_autoptr(GPtrArray) others = inventory_match(inv, "web:!web2", NULL, &error);
	g_assert_no_error(error);
	g_assert_cmpuint(others->len, ==, 1);
	/* Asked without preparing, the broken file brings nothing. */
	const value *variables = inventory_host_variables(inv, inventory_host(inv, "web2"));
	g_assert_nonnull(variables);
}

static void test_limit(void)
{
	g_autoptr(inventory) inv = load();
	g_autoptr(GError) error = NULL;
	g_autoptr(GPtrArray) one = inventory_match(inv, "all", "web1", &error);
	g_assert_cmpuint(one->len, ==, 1);
	g_assert_null(inventory_match(inv, "solo", "web1", &error));
	g_assert_error(error, SUTLER_ERROR, SUTLER_ERROR_USAGE);
	g_clear_error(&error);
	g_autoptr(GPtrArray) none = inventory_select(inv, "solo", "web1", NULL, &error);
	g_assert_no_error(error);
	g_assert_cmpuint(none->len, ==, 0);
	g_assert_null(inventory_select(inv, "all", "wbe", NULL, &error));
	g_assert_nonnull(strstr(error->message, "did you mean 'web'"));
	g_clear_error(&error);
	g_assert_true(g_file_set_contents("limit", "web1\n\nsolo\n", -1, NULL));
	g_autoptr(GPtrArray) listed = inventory_match(inv, "all", "@limit", &error);
	g_assert_no_error(error);
	g_assert_cmpuint(listed->len, ==, 2);
}

/* A pattern that is not well formed names nothing, not what is left of it. */
static void test_malformed(void)
{
	static const struct {
		const char *pattern;
		const char *words; /* NULL: it is fine */
	} rows[] = {
		{ "web[", "pattern 'web[': '[' has no ']' behind it" },
		{ "web[1:", "'[' has no ']' behind it" },
		{ "web1:web[0", "'[' has no ']' behind it" },
		{ "web1,web[0", "'[' has no ']' behind it" },
		{ "web1:!web[", "'[' has no ']' behind it" },
		{ "web]", "']' has no '[' before it" },
		{ "web[0]]", "']' has no '[' before it" },
		{ "web[]", "nothing stands between '[' and ']'" },
		{ "web[:1]", "a range in brackets is" },
		{ "web[0:1:2]", "a range in brackets is" },
		{ "web[a:b]", "a range in brackets is" },
		{ "web[-1:]", "a range in brackets is" },
		{ "web1:&", "'&' in a pattern needs a name after it" },
		{ "!", "'!' in a pattern needs a name after it" },
		{ "@bad-limit", "pattern 'web[': '[' has no" },
		{ "~web[", "pattern '~web['" },
		{ "web[0]", NULL },
		{ "web[-1]", NULL },
		{ "web[0:]", NULL },
		{ "web[!3]", NULL },
		{ "web[0:1]:!web2", NULL },
		{ "~web[12]", NULL },
		{ "~(web[[:digit:]]),solo", NULL },
	};
	g_autoptr(inventory) inv = load();
	g_assert_true(g_file_set_contents("bad-limit", "web1\nweb[\n", -1, NULL));
	for (gsize i = 0; i < G_N_ELEMENTS(rows); i++) {
		g_autoptr(GError) error = NULL;
		g_test_message("%s", rows[i].pattern);
		g_autoptr(GPtrArray) hosts =
			inventory_select(inv, rows[i].pattern, NULL, NULL, &error);
		if (rows[i].words == NULL) {
			g_assert_no_error(error);
			continue;
		}
		g_assert_error(error, SUTLER_ERROR, SUTLER_ERROR_USAGE);
		g_assert_nonnull(strstr(error->message, rows[i].words));
		g_autoptr(GError) limited = NULL;
		g_assert_null(inventory_select(inv, "all", rows[i].pattern, NULL, &limited));
	}
}

static void test_magic(void)
{
	g_autoptr(inventory) inv = load();
	g_autoptr(value) groups = inventory_groups(inv);
	g_autoptr(value) web1 = inventory_group_names(inv, inventory_host(inv, "web1"));
	g_autoptr(value) solo = inventory_group_names(inv, inventory_host(inv, "solo"));
	g_autofree char *all = value_to_repr(groups);
	g_autofree char *first = value_to_repr(web1);
	g_autofree char *second = value_to_repr(solo);
	g_assert_cmpstr(all, ==,
		"{'all': ['solo', 'web1', 'web2'], 'ungrouped': ['solo'], 'web': ['web1', "
		"'web2']}");
	g_assert_cmpstr(first, ==, "['web']");
	g_assert_cmpstr(second, ==, "['ungrouped']");
	const host *local = inventory_host(inv, "127.0.0.1");
	g_assert_true(host_is_implicit(local));
	g_assert_null(inventory_host_file(inv, local));
	g_assert_null(inventory_host(inv, "nosuch"));
}

static void test_explain(void)
{
	g_autoptr(inventory) inv = load();
	const host *h = inventory_host(inv, "web1");
	g_autoptr(GError) error = NULL;
	g_autofree char *x = inventory_explain_text(inv, h, NULL, "x", &error);
	g_assert_cmpstr(x, ==,
		"x = \"file_host\"  (host_vars/web1.yml:1:4, host_vars beside the inventory of "
		"'web1')\n"
		"    was x = \"line\"  (inventory:3:6, inventory host vars of 'web1')\n"
		"    was x = \"file_web\"  (group_vars/web.yml:1:4, group_vars beside the "
		"inventory of "
		"'web')\n"
		"    was x = \"web\"  (inventory:6:3, inventory group vars of 'web')\n"
		"    was x = \"all\"  (inventory:10:3, inventory vars of all of 'all')\n");
	g_autofree char *y = inventory_explain_text(inv, h, NULL, "y", &error);
	g_assert_cmpstr(y, ==,
		"y = 2  (inventory:8:3, inventory group vars of 'web')\n"
		"    was y = 1  (inventory:7:3, inventory group vars of 'web')\n");
	g_autofree char *secret = inventory_explain_text(inv, h, NULL, "db_password", &error);
	g_assert_null(strstr(secret, "hunter22"));
	g_autofree char *all = inventory_explain_text(inv, h, NULL, NULL, &error);
	g_assert_nonnull(strstr(all, "\nz = {\"a\": 1}  ("));
	g_assert_null(inventory_explain_text(inv, h, NULL, "zz", &error));
	g_assert_nonnull(strstr(error->message, "host 'web1' has no variable 'zz', did you mean"));
}

static void test_secrets(void)
{
	secret_forget();
	g_autoptr(inventory) inv = load();
	g_assert_nonnull(inventory_host_variables(inv, inventory_host(inv, "web1")));
	g_autofree char *masked = secret_mask("is hunter22", 11, NULL);
	g_assert_cmpstr(masked, ==, "is ********");
	secret_forget();
}

static gpointer ask(gpointer data)
{
	inventory *inv = data;
	for (guint i = 0; i < 200; i++) {
		const host *h = inventory_host(inv, i % 2 == 0 ? "web1" : "solo");
		g_assert_nonnull(inventory_host_variables(inv, h));
		g_autoptr(value) names = inventory_group_names(inv, h);
		g_autoptr(value) groups = inventory_groups(inv);
		g_autoptr(GPtrArray) hosts = inventory_select(inv, "web:solo", NULL, NULL, NULL);
		g_assert_cmpuint(hosts->len, ==, 3);
		g_assert_nonnull(inventory_host(inv, "localhost"));
	}
	return NULL;
}

static void test_threads(void)
{
	g_autoptr(inventory) inv = load();
	GThread *threads[4];
	for (gsize i = 0; i < G_N_ELEMENTS(threads); i++) {
		threads[i] = g_thread_new("ask", ask, inv);
	}
	for (gsize i = 0; i < G_N_ELEMENTS(threads); i++) {
		g_thread_join(threads[i]);
	}
}

static void test_vault(void)
{
	g_autoptr(vault) passwords = vault_new();
	g_assert_true(vault_add_password(passwords, NULL, "pw", 2, NULL));
	g_autofree char *cipher = vault_encrypt(passwords, NULL, "open: sesame\n", 13, NULL);
	g_autofree char *inner = vault_encrypt(passwords, NULL, "sesame", 6, NULL);
	g_auto(GStrv) lines = g_strsplit(inner, "\n", -1);
	g_autofree char *indented = g_strjoinv("\n  ", lines);
	g_autofree char *yaml = g_strdup_printf("inline: !vault |\n  %s\n", indented);
	g_assert_cmpint(g_mkdir_with_parents("v/group_vars/all", 0700), ==, 0);
	g_assert_true(g_file_set_contents("v/inv", "h\n", -1, NULL));
	g_assert_true(g_file_set_contents("v/group_vars/all/whole", cipher, -1, NULL));
	g_assert_true(g_file_set_contents("v/group_vars/all/inline.yml", yaml, -1, NULL));
	const char *sources[] = { "v/inv", NULL };
	struct inventory_options options = { .vault = passwords };
	g_autoptr(inventory) inv = inventory_load(sources, &options, NULL);
	const value *variables = inventory_host_variables(inv, inventory_host(inv, "h"));
	g_assert_cmpstr(value_string(value_dict_get(variables, "open")), ==, "sesame");
	g_assert_cmpuint(value_flags(value_dict_get(variables, "open")), ==, VALUE_SECRET);
	g_assert_cmpstr(value_string(value_dict_get(variables, "inline")), ==, "sesame");
	g_assert_cmpuint(value_flags(value_dict_get(variables, "inline")), ==, VALUE_SECRET);

	g_autoptr(inventory) closed = inventory_load(sources, NULL, NULL);
	g_autoptr(GError) error = NULL;
	g_assert_null(inventory_match(closed, "h", NULL, &error));
	g_assert_nonnull(strstr(error->message, "no vault password was given"));
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_autofree char *folder = g_dir_make_tmp("inventory-XXXXXX", NULL);
	g_assert_cmpint(chdir(folder), ==, 0);
	for (gsize i = 0; i < G_N_ELEMENTS(files); i++) {
		g_autofree char *parent = g_path_get_dirname(files[i][0]);
		g_assert_cmpint(g_mkdir_with_parents(parent, 0700), ==, 0);
		g_assert_true(g_file_set_contents(files[i][0], files[i][1], -1, NULL));
	}
	g_test_add_func("/inventory/variables", test_variables);
	g_test_add_func("/inventory/broken-files", test_broken_files);
	g_test_add_func("/inventory/limit", test_limit);
	g_test_add_func("/inventory/malformed", test_malformed);
	g_test_add_func("/inventory/magic", test_magic);
	g_test_add_func("/inventory/explain", test_explain);
	g_test_add_func("/inventory/secrets", test_secrets);
	g_test_add_func("/inventory/threads", test_threads);
	g_test_add_func("/inventory/vault", test_vault);
	int result = g_test_run();
	const char *argv_rm[] = { "rm", "-rf", folder, NULL };
	g_assert_cmpint(chdir("/"), ==, 0);
	(void)g_spawn_sync(NULL, (char **)argv_rm, NULL, G_SPAWN_SEARCH_PATH, NULL, NULL, NULL,
		NULL, NULL, NULL);
	return result;
}
