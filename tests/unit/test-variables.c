/* Tests of lib/run/variables.c: Ansible's order ("Understanding variable precedence"), and what is
 * not known yet. */
#include "run/variables.h"

#include <glib/gstdio.h>
#include <string.h>
#include <unistd.h>

/* A host in a play with one task of a role; every level can hold variables. */
struct fixture {
	inventory *inventory;
	struct play play;
	struct role role;
	struct task task;
	value *outer_vars, *own_vars, *extra, *names;
	GHashTable *hosts;
	value *groups;
	struct variables_shared shared;
	variables *v, *other;
};

static void write_file(const char *name, const char *text)
{
	g_autoptr(GError) error = NULL;
	g_autofree char *folder = g_path_get_dirname(name);
	g_assert_cmpint(g_mkdir_with_parents(folder, 0700), ==, 0);
	g_assert_true(g_file_set_contents(name, text, -1, &error));
	g_assert_no_error(error);
}

/* Files of the inventory as an array NAME, TEXT, NAME, TEXT, NULL. */
static void set_up(struct fixture *f, const char *const *files)
{
	const char *sources[] = { "hosts", NULL };
	const struct inventory_options options = { .playbook_folder = "." };
	g_autoptr(GError) error = NULL;
	memset(f, 0, sizeof *f);
	(void)g_unlink("host_vars/web1.example.com.yml");
	(void)g_unlink("group_vars/web.yml");
	(void)g_unlink("group_vars/all.yml");
	write_file("hosts", "[web]\nweb1.example.com\nweb2\n");
	for (; files != NULL && *files != NULL; files += 2) {
		write_file(files[0], files[1]);
	}
	f->inventory = inventory_load(sources, &options, &error);
	g_assert_no_error(error);
	f->role = (struct role){ (char *)"site", (char *)"/roles/site", value_new_dict(),
		value_new_dict(), value_new_dict() };
	f->play = (struct play){ .vars = value_new_dict(), .hosts = value_new_string("web") };
	f->outer_vars = value_new_dict();
	f->own_vars = value_new_dict();
	f->extra = value_new_dict();
	f->task = (struct task){ .role = &f->role, .vars = g_ptr_array_new() };
	g_ptr_array_add(f->task.vars, f->outer_vars);
	g_ptr_array_add(f->task.vars, f->own_vars);
	f->hosts = g_hash_table_new(g_str_hash, g_str_equal);
	f->groups = inventory_groups(f->inventory);
	f->shared = (struct variables_shared){
		.inventory = f->inventory,
		.extra = f->extra,
		.hosts = f->hosts,
		.groups = f->groups,
	};
	f->v = variables_new(&f->shared, inventory_host(f->inventory, "web1.example.com"));
	f->other = variables_new(&f->shared, inventory_host(f->inventory, "web2"));
	g_hash_table_insert(f->hosts, (gpointer) "web1.example.com", f->v);
	g_hash_table_insert(f->hosts, (gpointer) "web2", f->other);
	f->names = value_new_list();
	value_list_append(f->names, value_new_string("web1.example.com"));
	value_list_append(f->names, value_new_string("web2"));
	variables_enter_play(f->v, &f->play, f->names);
	variables_enter_play(f->other, &f->play, f->names);
	variables_set_task(f->v, &f->task);
}

static void tear_down(struct fixture *f)
{
	variables_free(f->v);
	variables_free(f->other);
	g_hash_table_unref(f->hosts);
	value_unref(f->groups);
	value_unref(f->names);
	g_ptr_array_unref(f->task.vars);
	value_unref(f->outer_vars);
	value_unref(f->own_vars);
	value_unref(f->extra);
	value_unref(f->play.vars);
	value_unref(f->play.hosts);
	value_unref(f->role.defaults);
	value_unref(f->role.variables);
	value_unref(f->role.parameters);
	inventory_free(f->inventory);
}

static void is(struct fixture *f, const char *expression, const char *wanted)
{
	g_autoptr(GError) error = NULL;
	g_autoptr(value) raw = value_new_string(expression);
	g_autoptr(value) v = variables_evaluate(f->v, raw, &error);
	g_assert_no_error(error);
	g_autofree char *text = value_to_string(v);
	g_assert_cmpstr(text, ==, wanted);
}

static void refused(struct fixture *f, const char *expression, int code)
{
	g_autoptr(GError) error = NULL;
	g_autoptr(value) raw = value_new_string(expression);
	g_autoptr(value) v = variables_evaluate(f->v, raw, &error);
	g_assert_null(v);
	g_assert_error(error, SUTLER_ERROR, code);
}

/* ---- the order ---- */

static void set_defaults(struct fixture *f)
{
	value_dict_set(f->role.defaults, "x", value_new_string("role defaults"));
}

static void set_facts(struct fixture *f)
{
	g_autoptr(value) facts = value_new_dict();
	value_dict_set(facts, "ansible_x", value_new_string("facts"));
	value_dict_foreach (facts, key, item) {
		g_assert_true(variables_add_fact(f->v, value_string(key), item));
	}
}

static void set_play(struct fixture *f)
{
	value_dict_set(f->play.vars, "x", value_new_string("play vars"));
}

static void set_play_file(struct fixture *f)
{
	value *earlier = value_new_dict();
	value *later = value_new_dict();
	value_dict_set(earlier, "x", value_new_string("an earlier file"));
	value_dict_set(later, "x", value_new_string("vars_files"));
	variables_add_play_file(f->v, earlier);
	variables_add_play_file(f->v, later);
}

static void set_role(struct fixture *f)
{
	value_dict_set(f->role.variables, "x", value_new_string("role vars"));
}

static void set_block(struct fixture *f)
{
	value_dict_set(f->outer_vars, "x", value_new_string("block vars"));
}

static void set_task(struct fixture *f)
{
	value_dict_set(f->own_vars, "x", value_new_string("task vars"));
}

static void set_known(struct fixture *f)
{
	variables_set(f->v, "x", value_new_string("set_fact"));
}

static void set_parameters(struct fixture *f)
{
	value_dict_set(f->role.parameters, "x", value_new_string("role params"));
}

static void set_extra(struct fixture *f)
{
	value_dict_set(f->extra, "x", value_new_string("extra vars"));
}

static void set_loop(struct fixture *f)
{
	value *loop = value_new_dict();
	value_dict_set(loop, "x", value_new_string("loop"));
	variables_set_loop(f->v, loop);
}

/* Ansible's list, from the weakest; the numbers are those of its documentation. A loop is not in
 * the list: it hides all of them. Facts are compared apart, because their names begin with
 * ansible_. */
static const struct {
	const char *wanted;
	void (*set)(struct fixture *f);
	const char *file, *text;
} levels[] = {
	/*  2 */ { "role defaults", set_defaults, NULL, NULL },
	/*  4 */ { "group all", NULL, "group_vars/all.yml", "x: group all\n" },
	/*  6 */ { "group web", NULL, "group_vars/web.yml", "x: group web\n" },
	/*  9 */ { "host", NULL, "host_vars/web1.example.com.yml", "x: host\n" },
	/* 12 */ { "play vars", set_play, NULL, NULL },
	/* 14 */ { "vars_files", set_play_file, NULL, NULL },
	/* 15 */ { "role vars", set_role, NULL, NULL },
	/* 16 */ { "block vars", set_block, NULL, NULL },
	/* 17 */ { "task vars", set_task, NULL, NULL },
	/* 19 */ { "set_fact", set_known, NULL, NULL },
	/* 20 */ { "role params", set_parameters, NULL, NULL },
	/* 22 */ { "extra vars", set_extra, NULL, NULL },
	/*    */ { "loop", set_loop, NULL, NULL },
};

static void test_order(void)
{
	for (gsize weak = 0; weak < G_N_ELEMENTS(levels); weak++) {
		for (gsize strong = weak; strong < G_N_ELEMENTS(levels); strong++) {
			const char *files[5] = { NULL };
			gsize n = 0;
			struct fixture f;
			g_test_message("%s, %s", levels[weak].wanted, levels[strong].wanted);
			for (gsize i = weak; i <= strong; i += MAX(1, strong - weak)) {
				if (levels[i].file != NULL) {
					files[n++] = levels[i].file;
					files[n++] = levels[i].text;
				}
			}
			set_up(&f, files);
			if (levels[strong].set != NULL) {
				levels[strong].set(&f);
			}
			if (levels[weak].set != NULL && weak != strong) {
				levels[weak].set(&f);
			}
			is(&f, "{{ x }}", levels[strong].wanted);
			tear_down(&f);
		}
	}
}

/* 11: stronger than the inventory, weaker than the play. */
static void test_facts(void)
{
	static const char *const files[] = { "group_vars/all.yml", "ansible_x: inventory\n", NULL };
	struct fixture f;
	set_up(&f, files);
	is(&f, "{{ ansible_x }}", "inventory");
	set_facts(&f);
	is(&f, "{{ ansible_x }} {{ ansible_facts.x }}", "facts facts");
	is(&f, "{{ hostvars['web1.example.com'].ansible_x }}", "facts");
	value_dict_set(f.play.vars, "ansible_x", value_new_string("play"));
	is(&f, "{{ ansible_x }}", "play");
	tear_down(&f);
}

static void test_unsafe_facts(void)
{
	struct fixture f;
	set_up(&f, NULL);
	g_autoptr(value) facts = value_new_dict();
	value_dict_set(facts, "motd", value_new_string("{{ 1 + 1 }}"));
	value_dict_foreach (facts, key, item) {
		g_assert_true(variables_add_fact(f.v, value_string(key), item));
	}
	is(&f, "{{ ansible_motd }}", "{{ 1 + 1 }}");
	tear_down(&f);
}

/* ---- magic variables ---- */

static void test_magic(void)
{
	static const char *const rows[][2] = {
		{ "{{ inventory_hostname }}", "web1.example.com" },
		{ "{{ inventory_hostname_short }}", "web1" },
		{ "{{ group_names }}", "['web']" },
		{ "{{ groups.web }}", "['web1.example.com', 'web2']" },
		{ "{{ ansible_play_hosts | length }} {{ ansible_play_hosts_all | length }}",
			"2 2" },
		{ "{{ play_hosts == ansible_play_batch }}", "True" },
		{ "{{ ansible_play_name }}", "web" },
		{ "{{ ansible_check_mode }} {{ ansible_diff_mode }}", "False False" },
		{ "{{ role_name }} {{ ansible_role_name }} {{ role_path }}",
			"site site /roles/site" },
		{ "{{ ansible_version.major }}.{{ ansible_version.minor }}", "2.14" },
		{ "{{ hostvars | list }}", "['web1.example.com', 'web2', 'localhost']" },
		{ "{{ hostvars.web2.inventory_hostname }}", "web2" },
		{ "{{ hostvars['web2'].group_names }}", "['web']" },
		{ "{{ hostvars.web3 is defined }}", "False" },
		{ "{{ hostvars.web2.nothing is defined }}", "False" },
	};
	struct fixture f;
	set_up(&f, NULL);
	for (gsize i = 0; i < G_N_ELEMENTS(rows); i++) {
		is(&f, rows[i][0], rows[i][1]);
	}
	tear_down(&f);
}

/* As ansible-playbook 2.14 has it: nothing hides the first kind, the second is part of the
 * inventory. */
static void test_magic_order(void)
{
	static const char *const strong[] = { "groups", "ansible_check_mode", "ansible_play_hosts",
		"hostvars", "play_hosts", "ansible_version", "role_name" };
	static const char *const weak[] = { "inventory_hostname", "group_names", "inventory_dir" };
	struct fixture f;
	set_up(&f, NULL);
	for (gsize i = 0; i < G_N_ELEMENTS(strong); i++) {
		g_autofree char *word = g_strdup_printf(
			"{{ %s is string and %s == 'mine' }}", strong[i], strong[i]);
		value_dict_set(f.extra, strong[i], value_new_string("mine"));
		variables_set(f.v, strong[i], value_new_string("mine"));
		is(&f, word, "False");
	}
	for (gsize i = 0; i < G_N_ELEMENTS(weak); i++) {
		g_autofree char *word = g_strdup_printf("{{ %s }}", weak[i]);
		value_dict_set(f.play.vars, weak[i], value_new_string("play"));
		is(&f, word, "play");
		value_dict_set(f.extra, weak[i], value_new_string("extra"));
		is(&f, word, "extra");
	}
	tear_down(&f);
}

static void test_hostvars(void)
{
	static const char *const files[] = { "group_vars/all.yml",
		"greeting: \"hello {{ inventory_hostname }} {{ port | default('-') }}\"\n", NULL };
	struct fixture f;
	set_up(&f, files);
	variables_set(f.other, "port", value_new_int(80));
	is(&f, "{{ greeting }}, {{ hostvars.web2.greeting }}",
		"hello web1.example.com -, hello web2 80");
	/* What a task, a loop, a role or a play brings is not seen there. */
	set_task(&f);
	set_loop(&f);
	set_parameters(&f);
	set_defaults(&f);
	is(&f, "{{ x }} {{ hostvars['web1.example.com'].x is defined }}", "loop False");
	set_play(&f);
	is(&f, "{{ hostvars['web1.example.com'].x is defined }}", "False");
	tear_down(&f);
}

/* ---- what is not known yet ---- */

static void test_pending(void)
{
	struct fixture f;
	set_up(&f, NULL);
	variables_set(f.v, "result", value_new_string("old"));
	variables_set_pending(f.v, "result", TRUE);
	variables_set_pending(f.v, "result", TRUE);
	refused(&f, "{{ result }}", SUTLER_ERROR_PENDING);
	refused(&f, "{{ result is defined }}", SUTLER_ERROR_PENDING);
	refused(&f, "{{ hostvars['web1.example.com'].result }}", SUTLER_ERROR_PENDING);
	refused(&f, "{{ result | default('x') }}", SUTLER_ERROR_PENDING);
	is(&f, "{{ 'x' if true else result }}", "x");
	variables_set_pending(f.v, "result", FALSE);
	refused(&f, "{{ result }}", SUTLER_ERROR_PENDING);
	variables_set_pending(f.v, "result", FALSE);
	is(&f, "{{ result }}", "old");
	/* Nothing that comes in could hide an extra variable. */
	variables_set_pending(f.v, "x", TRUE);
	set_extra(&f);
	is(&f, "{{ x }}", "extra vars");
	tear_down(&f);
}

static void test_pending_facts(void)
{
	static const char *const files[] = { "group_vars/all.yml", "ansible_port: 22\nplain: 1\n",
		NULL };
	struct fixture f;
	set_up(&f, files);
	variables_set_pending(f.v, NULL, TRUE);
	is(&f, "{{ plain }} {{ ansible_port }} {{ inventory_hostname }} {{ ansible_check_mode }}",
		"1 22 web1.example.com False");
	/* Connection variables do not come in with facts. */
	is(&f, "{{ ansible_user is defined }}", "False");
	refused(&f, "{{ ansible_distribution }}", SUTLER_ERROR_PENDING);
	refused(&f, "{{ ansible_facts.distribution | default('x') }}", SUTLER_ERROR_PENDING);
	refused(&f, "{{ hostvars }}", SUTLER_ERROR_PENDING);
	variables_set_pending(f.v, NULL, FALSE);
	is(&f, "{{ ansible_distribution is defined }}", "False");
	tear_down(&f);
}

static void test_unpredicted(void)
{
	struct fixture f;
	set_up(&f, NULL);
	variables_set_unpredicted(f.v, "result");
	refused(&f, "{{ result.stdout }}", SUTLER_ERROR_UNPREDICTED);
	refused(&f, "{{ result is defined }}", SUTLER_ERROR_UNPREDICTED);
	variables_set(f.v, "result", value_new_string("now"));
	is(&f, "{{ result }}", "now");
	tear_down(&f);
}

static void test_lazy(void)
{
	static const char *const files[] = { "group_vars/all.yml",
		"a: \"{{ b }}\"\nbroken: \"{{ nothing }}\"\nloop_a: \"{{ loop_a }}\"\n", NULL };
	struct fixture f;
	set_up(&f, files);
	variables_set(f.v, "b", value_new_int(7));
	is(&f, "{{ a + 1 }}", "8");
	g_autoptr(GError) error = NULL;
	g_autoptr(value) v = variables_get(f.v, "broken", &error);
	g_assert_null(v);
	g_assert_nonnull(strstr(error->message, "group_vars/all.yml:2:9: 'nothing' is undefined"));
	g_clear_error(&error);
	g_assert_null(variables_get(f.v, "loop_a", &error));
	g_assert_nonnull(error);
	g_clear_error(&error);
	g_assert_null(variables_get(f.v, "missing", &error));
	g_assert_no_error(error);
	tear_down(&f);
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_autofree char *folder = g_dir_make_tmp("sutler-test-XXXXXX", NULL);
	g_assert_cmpint(g_chdir(folder), ==, 0);
	g_test_add_func("/variables/order", test_order);
	g_test_add_func("/variables/facts", test_facts);
	g_test_add_func("/variables/facts/unsafe", test_unsafe_facts);
	g_test_add_func("/variables/magic", test_magic);
	g_test_add_func("/variables/magic/order", test_magic_order);
	g_test_add_func("/variables/hostvars", test_hostvars);
	g_test_add_func("/variables/pending", test_pending);
	g_test_add_func("/variables/pending/facts", test_pending_facts);
	g_test_add_func("/variables/unpredicted", test_unpredicted);
	g_test_add_func("/variables/lazy", test_lazy);
	int status = g_test_run();
	static const char *const made[] = { "hosts", "group_vars/all.yml", "group_vars/web.yml",
		"host_vars/web1.example.com.yml", "group_vars", "host_vars" };
	for (gsize i = 0; i < G_N_ELEMENTS(made); i++) {
		(void)g_remove(made[i]);
	}
	(void)g_chdir("/");
	(void)g_rmdir(folder);
	return status;
}
