/* Tests of lib/run/barrier.c: which tasks of a play the hosts of a batch do in step. */
#include "run/barrier.h"

#include "modules/module.h"

#include <glib/gstdio.h>
#include <string.h>

static const struct module_catalog catalog = {
	.find = module_find,
	.is_free_form = module_is_free_form,
	.check = module_check,
	.names = module_names,
};

#define INVENTORY                                        \
	"[web]\n"                                        \
	"a first=yes same=1 port_of='{{ own }}' own=1\n" \
	"b first=no same=1 port_of='{{ own }}' own=2\n"  \
	"c first=no same=1 port_of='{{ own }}' own=3\n"

/* One task for each letter: - nothing, b before, e behind (end), f to look at facts. */
static const struct row {
	const char *name;
	const char *play; /* what stands beside hosts and tasks; lines */
	const char *tasks;
	const char *marks;
	const char *strategy;
} rows[] = {
	{ "uniform steps cost nothing", "",
		"[{file: {path: /a, state: directory}}, {copy: {content: '{{ inventory_hostname "
		"}}', "
		"dest: /b}}, {command: id, register: r}, {command: id, loop: [1, 2]}, {debug: "
		"{msg: "
		"'{{ hostvars.b.own }}'}}, {meta: flush_handlers}, {command: id, when: same == 1}]",
		"- - - - - - -", NULL },
	{ "for others", "",
		"[{command: id, run_once: yes}, {command: id, delegate_to: b}, {command: id, "
		"throttle: 1}, {command: id, run_once: no}]",
		"be be be -", NULL },
	{ "inherited", "", "[{run_once: yes, block: [{command: id}]}]", "be", NULL },
	{ "a failure for all", "", "[{command: id, any_errors_fatal: yes}, {command: id}]", "be -",
		NULL },
	{ "a failure for all, of the play", "any_errors_fatal: yes", "[{command: id}, {debug: }]",
		"be be", NULL },
	{ "too many failures", "max_fail_percentage: 30", "[{command: id}, {debug: }]", "be be",
		NULL },
	{ "hosts by name", "", "[{command: id, when: inventory_hostname == 'a'}]", "be", NULL },
	{ "hosts by group", "", "[{command: id, when: \"'db' in group_names\"}]", "be", NULL },
	{ "hosts by a variable that differs", "",
		"[{command: id, when: first}, {command: id, when: same}]", "be -", NULL },
	{ "a variable made of one that differs", "vars: {mine: '{{ first }}', ours: '{{ same }}'}",
		"[{command: id, when: mine}, {command: id, when: ours}]", "be -", NULL },
	{ "the same words that mean something else on each", "",
		"[{command: id, when: port_of == '1'}]", "be", NULL },
	{ "what was found out", "", "[{command: id, when: found.rc == 0}]", "be", NULL },
	{ "facts are looked at", "", "[{command: id, when: ansible_distribution == 'Debian'}]", "f",
		NULL },
	{ "what is stopped is missed by others", "", "[{service: {name: x, state: stopped}}]", "e",
		NULL },
	{ "the first host decides", "",
		"[{meta: end_play}, {meta: end_host}, {meta: clear_facts}, {meta: noop}]",
		"be - be -", NULL },
	{ "linear, written out", "strategy: linear", "[{command: id}, {debug: }]", "be be", NULL },
	{ "linear, from outside", "", "[{command: id}, {debug: }]", "be be",
		"ansible.builtin.linear" },
	{ "the play outweighs that", "strategy: free", "[{command: id}]", "free", "linear" },
	{ "free", "strategy: free", "[{command: id, run_once: yes}]", "free", NULL },
	{ "host_pinned", "strategy: host_pinned", "[{command: id}]", "free", NULL },
};

static void append_marks(GString *all, const GPtrArray *tasks, barriers *b, variables *asking)
{
	for (guint i = 0; i < tasks->len; i++) {
		const struct task *task = g_ptr_array_index(tasks, i);
		if (task->kind == TASK_BLOCK) {
			append_marks(all, task->block, b, asking);
			continue;
		}
		if (task->implicit) {
			continue;
		}
		guint marks = barriers_of(b, asking, task);
		g_string_append_printf(all, "%s%s%s%s%s", all->len > 0 ? " " : "",
			marks & BARRIER_BEFORE ? "b" : "", marks & BARRIER_BEHIND ? "e" : "",
			marks & BARRIER_FACTS ? "f" : "", marks == 0 ? "-" : "");
	}
}

static playbook *parse(const struct row *row)
{
	const struct playbook_options options = { .catalog = &catalog };
	g_autoptr(GError) error = NULL;
	g_autofree char *text =
		g_strdup_printf("- hosts: web\n%s%s%s  tasks: %s\n", *row->play != '\0' ? "  " : "",
			row->play, *row->play != '\0' ? "\n" : "", row->tasks);
	playbook *book = playbook_parse(text, strlen(text), "t.yml", &options, &error);
	g_assert_no_error(error);
	return book;
}

static void test_row(gconstpointer data)
{
	const struct row *row = data;
	static const char *const sources[] = { "hosts", NULL };
	static const char *const hosts[] = { "a", "b", "c" };
	const struct inventory_options inventory_options = { .playbook_folder = "." };
	g_autoptr(GError) error = NULL;
	g_autoptr(inventory) inv = inventory_load(sources, &inventory_options, &error);
	g_assert_no_error(error);
	g_autoptr(playbook) book = parse(row);
	g_autoptr(value) extra = value_new_dict();
	const struct run_options options = {
		.inventory = inv, .playbook = book, .extra = extra, .strategy = row->strategy
	};
	g_autoptr(GHashTable) all = g_hash_table_new(g_str_hash, g_str_equal);
	g_autoptr(value) groups = inventory_groups(inv);
	struct run_state state = { .options = &options,
		.shared = { .inventory = inv,
			.playbook = book,
			.extra = extra,
			.hosts = all,
			.groups = groups } };
	g_autoptr(GPtrArray) batch = g_ptr_array_new_with_free_func((GDestroyNotify)variables_free);
	const struct play *play = g_ptr_array_index(book->plays, 0);
	for (gsize i = 0; i < G_N_ELEMENTS(hosts); i++) {
		variables *v = variables_new(&state.shared, inventory_host(inv, hosts[i]));
		variables_enter_play(v, play, NULL);
		g_hash_table_insert(all, (gpointer)hosts[i], v);
		g_ptr_array_add(batch, v);
	}
	variables *asking = g_ptr_array_index(batch, 0);
	variables_set_pending(asking, "found", TRUE);
	variables_set_pending(asking, NULL, TRUE); /* facts */
	barriers *b = barriers_new(&state, play, batch);
	GString *marks = g_string_new(barriers_any(b) ? NULL : "free");
	if (barriers_any(b)) {
		append_marks(marks, play->tasks, b, asking);
	}
	g_assert_cmpstr(marks->str, ==, row->marks);
	g_string_free(marks, TRUE);
	barriers_free(b);
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_autofree char *folder = g_dir_make_tmp("sutler-test-XXXXXX", NULL);
	g_assert_cmpint(g_chdir(folder), ==, 0);
	g_assert_true(g_file_set_contents("hosts", INVENTORY, -1, NULL));
	for (gsize i = 0; i < G_N_ELEMENTS(rows); i++) {
		g_autofree char *path = g_strdup_printf("/barrier/%s", rows[i].name);
		g_test_add_data_func(path, &rows[i], test_row);
	}
	int status = g_test_run();
	(void)g_unlink("hosts");
	(void)g_chdir("/");
	(void)g_rmdir(folder);
	return status;
}
