/* Playbooks: what tasks inherit, includes and roles, and everything refused with its place. */
#include "playbook-fixture.h"

static const struct {
	const char *name;
	const char *text;
	const char *error; /* without "t.yml:" */
} refused[] = {
	{ "empty", "", "1:1: a playbook must be a list of plays, begin it with '- hosts: ...'" },
	{ "no-hosts", "- tasks: []", "1:3: a play needs 'hosts'" },
	{ "play-key", "- hosts: a\n  taks: []",
		"2:3: unknown key 'taks' in a play, did you mean 'tags' or 'tasks'?" },
	{ "task-key", "- hosts: a\n  tasks:\n  - {command: x, whne: y}",
		"3:18: unknown key 'whne' in a task, did you mean 'when'?" },
	{ "module", "- hosts: a\n  tasks:\n  - {comand: x}",
		"3:6: unknown module 'comand', did you mean 'command'?" },
	{ "module-template", "- hosts: a\n  tasks:\n  - action: \"{{ x }} y\"\n",
		"3:13: a module's name cannot be a template: '{{ x }}', write a task for each "
		"module, "
		"with 'when'" },
	{ "module-far", "- hosts: a\n  tasks: [{a.b.wombat: x}]",
		"2:12: unknown module 'a.b.wombat', 'sutler modules' lists what there is" },
	{ "two-modules", "- hosts: a\n  tasks: [{command: x, copy: y}]",
		"2:24: a second module 'copy' in one task, it has 'command' already" },
	{ "no-module", "- hosts: a\n  tasks: [{when: x}]",
		"2:11: a task without a module, write one, such as 'command: ...'" },
	{ "free-text", "- hosts: a\n  tasks: [{copy: hello}]",
		"2:18: module 'copy' does not accept free-form text 'hello', write "
		"'parameter=value' or a "
		"mapping" },
	{ "duplicate", "- hosts: a\n  hosts: b",
		"2:3: duplicate key 'hosts', first used in line 1" },
	{ "become", "- hosts: a\n  become: maybe",
		"2:11: 'become' must be true or false, not 'maybe'" },
	{ "wrong-place", "- hosts: a\n  tasks: [{command: x, serial: 1}]",
		"2:24: 'serial' is not allowed in a task, it belongs to a play" },
	{ "include", "- hosts: a\n  tasks: [{include: }]",
		"2:21: 'include' needs the name of a file" },
	{ "notify",
		"- hosts: a\n  tasks: [{command: x, notify: restrt}]\n  handlers: [{name: restart, "
		"debug: }]",
		"2:32: no handler named 'restrt' in this play, did you mean 'restart'?" },
	{ "notify-in-block", "- hosts: a\n  tasks: [{block: [{command: x}], notify: h}]",
		"2:43: no handler named 'h' in this play" },
	{ "loop", "- hosts: a\n  tasks: [{command: x, loop: {a: b}}]",
		"2:30: 'loop' needs a list, not a mapping" },
	{ "with", "- hosts: a\n  tasks: [{command: x, with_item: [1]}]",
		"2:24: unknown loop 'with_item', did you mean 'items'?" },
	{ "variable", "- hosts: a\n  vars: {a-b: 1}",
		"2:10: 'a-b' is not a valid variable name, use letters, digits and '_'" },
	{ "register", "- hosts: a\n  tasks: [{command: x, register: a.b}]",
		"2:34: 'register' needs the name of a variable, not 'a.b'" },
	{ "strategy", "- hosts: a\n  strategy: lineer",
		"2:13: unknown strategy 'lineer', did you mean 'linear'?" },
	{ "meta", "- hosts: a\n  tasks: [{meta: flush_handler}]",
		"2:18: unknown meta action 'flush_handler', did you mean 'flush_handlers'?" },
	{ "encrypted", "$ANSIBLE_VAULT;1.1;AES256\n6162",
		"1:1: an encrypted file here, only files of variables may be encrypted" },
	{ "tab", "- hosts: a\n\ttasks: []",
		"2:1: invalid YAML: found a tab character that violates indentation while scanning "
		"a plain "
		"scalar that starts at line 1 (indent with spaces)" },
	{ "documents", "- hosts: a\n---\n- hosts: b",
		"2:1: a second document starts here, one file holds one document" },
};

static void test_refused(gconstpointer data)
{
	gsize i = GPOINTER_TO_SIZE(data);
	assert_refused(refused[i].text, refused[i].error);
}

/* Faults that a task tells where it is reached: of the last task of the first play. */
static const struct {
	const char *name;
	const char *play; /* behind "hosts: a" */
	const char *fault;
	gboolean certain;
} faults[] = {
	{ "none", "tasks: [{command: x}]", NULL, TRUE },
	{ "module", "tasks: [{yum: name=x}]",
		"2:12: unknown module 'yum', Ansible has it but sutler does not", TRUE },
	{ "module-list", "tasks: [{community.general.ufw: [x]}]",
		"2:12: unknown module 'community.general.ufw', Ansible has it but sutler does not",
		TRUE },
	{ "check", "tasks: [{copy: {bad: x}}]", "2:18: module 'copy' refuses", TRUE },
	{ "refused-keyword", "tasks: [{command: x, debugger: always}]",
		"2:24: 'debugger' is not supported, use --step", TRUE },
	{ "keyword-off", "tasks: [{command: x, debugger: never, run_once: no, async: 0}]", NULL,
		TRUE },
	{ "async", "tasks: [{command: x, async: 9}]", "2:31: 'async' is not supported: remove it",
		TRUE },
	{ "filter", "tasks: [{command: '{{ x | nofilter }}'}]", "2:21: unknown filter 'nofilter'",
		TRUE },
	{ "filter-in-when", "tasks: [{command: x, when: x | nofilter}]",
		"2:30: unknown filter 'nofilter'", TRUE },
	{ "filter-in-inner-when", "tasks: [{block: [{command: x, when: x | nofilter}], when: y}]",
		"2:39: unknown filter 'nofilter'", FALSE },
	{ "when", "tasks: [{yum: , when: x}]",
		"2:12: unknown module 'yum', Ansible has it but sutler does not", FALSE },
	{ "when-true", "tasks: [{yum: , when: true}]",
		"2:12: unknown module 'yum', Ansible has it but sutler does not", TRUE },
	{ "loop", "tasks: [{yum: , loop: '{{ x }}'}]",
		"2:12: unknown module 'yum', Ansible has it but sutler does not", FALSE },
	{ "empty-loop", "tasks: [{yum: , loop: []}]",
		"2:12: unknown module 'yum', Ansible has it but sutler does not", FALSE },
	{ "sure-loop", "tasks: [{yum: , loop: [1]}]",
		"2:12: unknown module 'yum', Ansible has it but sutler does not", TRUE },
	{ "ignored", "tasks: [{yum: , ignore_errors: yes}]",
		"2:12: unknown module 'yum', Ansible has it but sutler does not", FALSE },
	{ "not-ignored", "ignore_errors: yes\n  tasks: [{yum: , ignore_errors: no}]",
		"3:12: unknown module 'yum', Ansible has it but sutler does not", TRUE },
	{ "ignored-by-play", "ignore_errors: yes\n  tasks: [{yum: }]",
		"3:12: unknown module 'yum', Ansible has it but sutler does not", FALSE },
	{ "handler", "tasks: [{command: x}]\n  handlers: [{yum: }]",
		"3:15: unknown module 'yum', Ansible has it but sutler does not", FALSE },
	{ "include", "tasks: [{include_tasks: nowhere.yml}]", "unable to find 'nowhere.yml'",
		TRUE },
	{ "include-later", "tasks: [{include_tasks: nowhere.yml, when: x}]",
		"unable to find 'nowhere.yml'", FALSE },
	{ "role-later", "tasks: [{include_role: {name: nowhere}, when: x}]",
		"unable to find the role 'nowhere'", FALSE },
};

static const struct task *last_of(const playbook *book)
{
	const struct play *play = g_ptr_array_index(book->plays, 0);
	const GPtrArray *tasks = play->handlers->len > 0 ? play->handlers : play->tasks;
	guint last = tasks->len - 1;
	const struct task *task = g_ptr_array_index(tasks, last);
	while (task->implicit) {
		task = g_ptr_array_index(tasks, --last);
	}
	return task->kind == TASK_BLOCK ? g_ptr_array_index(task->block, 0) : task;
}

static void test_fault(gconstpointer data)
{
	gsize i = GPOINTER_TO_SIZE(data);
	g_autoptr(GError) error = NULL;
	g_autofree char *text = g_strconcat("- hosts: a\n  ", faults[i].play, NULL);
	g_autoptr(playbook) book = parse(text, &error);
	g_assert_no_error(error);
	const struct task *task = last_of(book);
	if (faults[i].fault == NULL) {
		g_assert_no_error(task->fault);
	} else {
		g_assert_nonnull(task->fault);
		g_test_message("%s", task->fault->message);
		g_assert_true(g_str_has_prefix(task->fault->message, "t.yml:"));
		g_assert_nonnull(strstr(task->fault->message, faults[i].fault));
	}
	g_assert_cmpint(playbook_task_is_certain(task), ==, faults[i].certain);
}

/* What stands around a task: the first block's part, the second's, the third's. */
static void test_fault_in_block(void)
{
	g_autoptr(GError) error = NULL;
	g_autoptr(playbook) book = parse("- hosts: a\n  tasks:\n"
					 "  - block: [{yum: }]\n"
					 "    rescue: [{yum: }]\n"
					 "    always: [{yum: }]\n"
					 "  - block: [{yum: }]\n"
					 "    always: [{yum: }]\n",
		&error);
	g_assert_no_error(error);
	const struct play *play = g_ptr_array_index(book->plays, 0);
	const struct task *first = g_ptr_array_index(play->tasks, 1);
	const struct task *second = g_ptr_array_index(play->tasks, 2);
	g_assert_false(playbook_task_is_certain(g_ptr_array_index(first->block, 0)));
	g_assert_false(playbook_task_is_certain(g_ptr_array_index(first->rescue, 0)));
	g_assert_true(playbook_task_is_certain(g_ptr_array_index(first->always, 0)));
	g_assert_true(playbook_task_is_certain(g_ptr_array_index(second->block, 0)));
	g_assert_true(playbook_task_is_certain(g_ptr_array_index(second->always, 0)));
}

/* Reading goes on after an error, wherever it stands. */
static void test_all_at_once(void)
{
	static const char text[] = "- hosts: a\n"
				   "  colour: red\n"
				   "  become: maybe\n"
				   "  tasks:\n"
				   "  - {comand: x}\n"
				   "  - block: [{comand: y}, {copy: {}, whne: z, tgas: t}]\n"
				   "    rescue: [{comand: y}]\n"
				   "    witch: x\n"
				   "  - {command: x, notify: lost}\n"
				   "  handlers: [{debug: , nmae: lost}]\n"
				   "- text\n"
				   "- {hosts: b, tasks: [{copy: hello}], vars: {a-b: 1}}\n";
	g_autoptr(GError) error = NULL;
	g_autoptr(playbook) book = parse(text, &error);
	g_assert_null(book);
	g_assert_error(error, SUTLER_ERROR, SUTLER_ERROR_USAGE);
	g_assert_cmpstr(error->message, ==,
		"10 problems\n"
		"t.yml:2:3: unknown key 'colour' in a play\n"
		"t.yml:3:11: 'become' must be true or false, not 'maybe'\n"
		"t.yml:5:6: unknown module 'comand': 3 places, did you mean 'command'?\n"
		"t.yml:6:37: unknown key 'whne' in a task, did you mean 'when'?\n"
		"t.yml:6:46: unknown key 'tgas' in a task, did you mean 'tags'?\n"
		"t.yml:8:5: unknown key 'witch' in a block\n"
		"t.yml:10:24: unknown key 'nmae' in a handler, did you mean 'name'?\n"
		"t.yml:11:3: a play must be a mapping with 'hosts', not 'text'\n"
		"t.yml:12:29: module 'copy' does not accept free-form text 'hello', write "
		"'parameter=value' or "
		"a mapping\n"
		"t.yml:12:45: 'a-b' is not a valid variable name, use letters, digits and '_'");
}

static const struct play *play_of(const playbook *book, guint i)
{
	return g_ptr_array_index(book->plays, i);
}

static const struct task *task_of(const GPtrArray *tasks, guint i)
{
	g_assert_cmpuint(i, <, tasks->len);
	return g_ptr_array_index(tasks, i);
}

static char *join(const GPtrArray *words)
{
	GString *out = g_string_new(NULL);
	for (guint i = 0; i < words->len; i++) {
		g_string_append_printf(out, "%s%s", i > 0 ? " " : "", (char *)words->pdata[i]);
	}
	return g_string_free(out, FALSE);
}

static char *join_values(const GPtrArray *values)
{
	GString *out = g_string_new(NULL);
	for (guint i = 0; i < values->len; i++) {
		g_string_append(out, i > 0 ? " " : "");
		value_append_string(values->pdata[i], out);
	}
	return g_string_free(out, FALSE);
}

#define ASSERT_JOINED(join, array, expected)                \
	G_STMT_START                                        \
	{                                                   \
		g_autofree char *joined_text = join(array); \
		g_assert_cmpstr(joined_text, ==, expected); \
	}                                                   \
	G_STMT_END

static void test_inheritance(void)
{
	static const char text[] = "- hosts: all\n"
				   "  become: yes\n"
				   "  tags: p\n"
				   "  environment: {A: 1}\n"
				   "  vars: {v: 1}\n"
				   "  tasks:\n"
				   "  - when: b1\n"
				   "    become_user: u\n"
				   "    tags: [b]\n"
				   "    vars: {v: 2}\n"
				   "    environment: {B: 2}\n"
				   "    block:\n"
				   "    - name: t\n"
				   "      command: x\n"
				   "      when: [t1, t2]\n"
				   "      become: no\n"
				   "      tags: t\n"
				   "      vars: {v: 3}\n"
				   "      notify: h\n"
				   "  handlers:\n"
				   "  - {name: h, debug: , listen: [l1, l2]}\n";
	g_autoptr(GError) error = NULL;
	g_autoptr(playbook) book = parse(text, &error);
	g_assert_no_error(error);
	const struct play *play = play_of(book, 0);
	g_assert_cmpuint(play->tasks->len, ==, 4); /* one block and three flushes */
	g_assert_cmpint(task_of(play->tasks, 0)->kind, ==, TASK_META);
	const struct task *block = task_of(play->tasks, 1);
	g_assert_cmpint(block->kind, ==, TASK_BLOCK);
	const struct task *task = task_of(block->block, 0);
	g_assert_true(task->parent == block);
	g_assert_cmpuint(task->at.line, ==, 13);
	g_assert_cmpuint(task->at.column, ==, 7);
	g_assert_cmpuint(task->arguments_at.line, ==, 14);
	ASSERT_JOINED(join_values, task->when, "b1 t1 t2");
	ASSERT_JOINED(join, task->tags, "p b t");
	ASSERT_JOINED(join_values, task->vars, "{'v': 2} {'v': 3}");
	ASSERT_JOINED(join_values, task->environment, "{'A': 1} {'B': 2}");
	g_assert_false(value_bool(task->become));
	g_assert_true(value_bool(block->become));
	g_assert_cmpstr(value_string(task->become_user), ==, "u");
	ASSERT_JOINED(join, task_of(play->handlers, 0)->listen, "l1 l2");
}

static void test_own(void)
{
	static const char text[] = "- hosts: all\n"
				   "  tasks:\n"
				   "  - command: ls -l creates=/x\n"
				   "    args: {chdir: /tmp}\n"
				   "    loop: [1, 2]\n"
				   "    loop_control: {loop_var: it, index_var: i, label: l, "
				   "pause: 2, extended: yes}\n"
				   "    register: r\n"
				   "    until: r is success\n"
				   "    retries: 2\n"
				   "    delay: 1\n"
				   "    changed_when: false\n"
				   "  - ansible.builtin.copy: src=a dest=\"b c\"\n"
				   "    with_dict: {a: b}\n"
				   "  - local_action: {module: copy, src: a}\n"
				   "  - copy: \"{{ all }}\"\n"
				   "  - command: {cmd: ls}\n";
	g_autoptr(GError) error = NULL;
	g_autoptr(playbook) book = parse(text, &error);
	g_assert_no_error(error);
	const GPtrArray *tasks = play_of(book, 0)->tasks;
	const struct task *task = task_of(tasks, 1);
	g_autofree char *arguments = value_to_string(task->arguments);
	g_assert_cmpstr(
		arguments, ==, "{'chdir': '/tmp', 'creates': '/x', '_raw_params': 'ls -l'}");
	g_assert_cmpstr(task->loop_variable, ==, "it");
	g_assert_cmpstr(task->index_variable, ==, "i");
	g_assert_cmpstr(task->register_name, ==, "r");
	g_assert_true(task->loop_extended);
	g_assert_cmpint(value_int(task->retries), ==, 2);
	g_assert_cmpstr(task->loop_kind, ==, "loop");
	task = task_of(tasks, 2);
	g_assert_cmpstr(task->module_name, ==, "copy");
	g_assert_cmpstr(task->loop_kind, ==, "dict");
	g_assert_cmpstr(value_string(value_dict_get(task->arguments, "dest")), ==, "b c");
	g_assert_cmpstr(value_string(task_of(tasks, 3)->delegate_to), ==, "localhost");
	g_assert_cmpstr(value_string(task_of(tasks, 4)->arguments), ==, "{{ all }}");
	g_assert_nonnull(value_dict_get(task_of(tasks, 5)->arguments, "_raw_params"));
}

static void test_roles_and_includes(void)
{
	g_autofree char *folder = g_dir_make_tmp("sutler-playbook-XXXXXX", NULL);
	put(folder, "site.yml",
		"- hosts: all\n"
		"  roles: [{role: a, when: w, tags: t, p: 1, vars: {x: use}}]\n"
		"  tasks:\n"
		"  - {command: x, notify: from b}\n"
		"  - name: inc\n"
		"    include_tasks: {file: inc.yml, apply: {tags: applied}}\n"
		"    when: only_me\n"
		"    vars: {v: 1}\n"
		"  - include_role: {name: c}\n");
	put(folder, "inc.yml", "- {command: y, tags: own}\n- import_tasks: sub/more.yml\n");
	put(folder, "sub/more.yml", "- {command: z}\n");
	put(folder, "roles/a/tasks/main.yml", "- {name: in a, command: x}\n");
	put(folder, "roles/a/defaults/main.yml", "{x: a default, y: a default}\n");
	put(folder, "roles/a/vars/main.yml", "{z: a var}\n");
	put(folder, "roles/a/meta/main.yml", "dependencies: [b]\n");
	put(folder, "roles/b/tasks/main.yml", "- {name: in b, command: x, when: w2}\n");
	put(folder, "roles/b/defaults/main.yml", "{x: b default, q: b default}\n");
	put(folder, "roles/b/handlers/main.yml", "- {name: from b, command: x}\n");
	put(folder, "roles/c/tasks/main.yml", "- {name: in c, command: x}\n");
	put(folder, "roles/c/handlers/main.yml", "- {name: from c, command: x}\n");
	g_autofree char *path = g_build_filename(folder, "site.yml", NULL);
	g_autoptr(GError) error = NULL;
	g_autoptr(playbook) book = playbook_load(path, &options, &error);
	g_assert_no_error(error);
	const struct play *play = play_of(book, 0);
	g_assert_cmpstr(play->folder, ==, folder);

	const struct task *in_b = task_of(play->tasks, 1);
	g_assert_cmpstr(in_b->role->name, ==, "b");
	ASSERT_JOINED(join_values, in_b->when, "w w2");
	ASSERT_JOINED(join, in_b->tags, "t");
	const struct task *in_a = task_of(play->tasks, 2);
	g_autofree char *defaults = value_to_string(in_a->role->defaults);
	g_assert_cmpstr(defaults, ==, "{'x': 'a default', 'q': 'b default', 'y': 'a default'}");
	g_autofree char *vars = value_to_string(in_a->role->variables);
	g_assert_cmpstr(vars, ==, "{'x': 'use', 'z': 'a var'}");
	g_autofree char *parameters = value_to_string(in_a->role->parameters);
	g_assert_cmpstr(parameters, ==, "{'p': 1}");
	g_assert_cmpuint(play->roles->len, ==, 1);
	g_assert_cmpuint(play->handlers->len, ==, 1);

	const struct task *include = task_of(play->tasks, 4);
	g_assert_cmpint(include->kind, ==, TASK_INCLUDE_TASKS);
	g_autofree char *file = playbook_find_tasks(book, include, "inc.yml");
	const GPtrArray *tasks = playbook_load_tasks(book, play, include, file, &options, &error);
	g_assert_no_error(error);
	g_assert_cmpuint(tasks->len, ==, 2);
	const struct task *inside = task_of(tasks, 0);
	g_assert_true(inside->parent == include);
	g_assert_cmpuint(inside->when->len, ==, 0);
	ASSERT_JOINED(join, inside->tags, "applied own");
	ASSERT_JOINED(join_values, inside->vars, "{'v': 1}");
	g_assert_true(tasks == playbook_load_tasks(book, play, include, file, &options, &error));

	const struct task *role = task_of(play->tasks, 5);
	g_assert_cmpint(role->kind, ==, TASK_INCLUDE_ROLE);
	GPtrArray *handlers = NULL;
	tasks = playbook_load_role(book, play, role, role->arguments, &options, &handlers, &error);
	g_assert_no_error(error);
	g_assert_cmpstr(value_string(task_of(tasks, 0)->name), ==, "in c");
	g_assert_cmpuint(handlers->len, ==, 1);
	remove_tree(folder);
}

/* As Ansible 2.14 does it: an import looks beside the file it is in first, an include in a role in
 * the role's tasks/. */
static void test_include_paths(void)
{
	g_autofree char *folder = g_dir_make_tmp("sutler-playbook-XXXXXX", NULL);
	put(folder, "site.yml",
		"- hosts: all\n  roles: [a]\n  tasks: [{import_tasks: sub/x.yml}]\n");
	put(folder, "sub/x.yml", "- include_tasks: y.yml\n");
	put(folder, "y.yml", "- {name: top, command: x}\n");
	put(folder, "sub/y.yml", "- {name: sub, command: x}\n");
	put(folder, "roles/a/tasks/main.yml", "- import_tasks: sub/x.yml\n");
	put(folder, "roles/a/tasks/sub/x.yml", "- include_tasks: y.yml\n- import_tasks: y.yml\n");
	put(folder, "roles/a/tasks/y.yml", "- {name: role, command: x}\n");
	put(folder, "roles/a/tasks/sub/y.yml", "- {name: role sub, command: x}\n");
	g_autofree char *path = g_build_filename(folder, "site.yml", NULL);
	g_autoptr(GError) error = NULL;
	g_autoptr(playbook) book = playbook_load(path, &options, &error);
	g_assert_no_error(error);
	const GPtrArray *tasks = play_of(book, 0)->tasks;
	g_autofree char *in_role = playbook_find_tasks(book, task_of(tasks, 1), "y.yml");
	g_assert_true(g_str_has_suffix(in_role, "/roles/a/tasks/y.yml"));
	g_assert_cmpstr(value_string(task_of(tasks, 2)->name), ==, "role sub");
	g_autofree char *in_play = playbook_find_tasks(book, task_of(tasks, 3), "y.yml");
	g_assert_true(g_str_has_suffix(in_play, "/sub/y.yml"));
	g_assert_null(playbook_find_tasks(book, task_of(tasks, 3), "z.yml"));
	remove_tree(folder);
}

static void test_import_cycle(void)
{
	g_autofree char *folder = g_dir_make_tmp("sutler-playbook-XXXXXX", NULL);
	put(folder, "site.yml", "- hosts: all\n  tasks: [{import_tasks: a.yml}]\n");
	put(folder, "a.yml", "- import_tasks: b.yml\n");
	put(folder, "b.yml", "- import_tasks: a.yml\n");
	g_autofree char *path = g_build_filename(folder, "site.yml", NULL);
	g_autoptr(GError) error = NULL;
	g_assert_null(playbook_load(path, &options, &error));
	g_assert_true(g_str_has_suffix(error->message, "a.yml' imports itself"));
	g_assert_nonnull(strstr(error->message, "b.yml:1:17: "));
	remove_tree(folder);
}

static void test_import_playbook(void)
{
	g_autofree char *folder = g_dir_make_tmp("sutler-playbook-XXXXXX", NULL);
	put(folder, "site.yml",
		"- import_playbook: sub/other.yml\n  vars: {a: 2}\n  tags: x\n  when: w\n");
	put(folder, "sub/other.yml",
		"- hosts: all\n  vars: {a: 1, b: 1}\n  tasks: [{import_tasks: t.yml}]\n");
	put(folder, "sub/t.yml", "- {command: x, when: own}\n");
	g_autofree char *path = g_build_filename(folder, "site.yml", NULL);
	g_autoptr(GError) error = NULL;
	g_autoptr(playbook) book = playbook_load(path, &options, &error);
	g_assert_no_error(error);
	const struct play *play = play_of(book, 0);
	g_autofree char *vars = value_to_string(play->vars);
	g_assert_cmpstr(vars, ==, "{'a': 2, 'b': 1}");
	const struct task *task = task_of(play->tasks, 1);
	ASSERT_JOINED(join_values, task->when, "w own");
	ASSERT_JOINED(join, task->tags, "x");
	ASSERT_JOINED(join_values, play->when, "w");
	g_assert_true(g_str_has_suffix(play->folder, "/sub"));
	remove_tree(folder);
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	for (gsize i = 0; i < G_N_ELEMENTS(refused); i++) {
		g_autofree char *path = g_strconcat("/playbook/refused/", refused[i].name, NULL);
		g_test_add_data_func(path, GSIZE_TO_POINTER(i), test_refused);
	}
	g_test_add_func("/playbook/inheritance", test_inheritance);
	g_test_add_func("/playbook/own", test_own);
	g_test_add_func("/playbook/roles-and-includes", test_roles_and_includes);
	g_test_add_func("/playbook/include-paths", test_include_paths);
	g_test_add_func("/playbook/import-cycle", test_import_cycle);
	g_test_add_func("/playbook/import-playbook", test_import_playbook);
	for (gsize i = 0; i < G_N_ELEMENTS(faults); i++) {
		g_autofree char *path = g_strconcat("/playbook/faults/", faults[i].name, NULL);
		g_test_add_data_func(path, GSIZE_TO_POINTER(i), test_fault);
	}
	g_test_add_func("/playbook/fault-in-block", test_fault_in_block);
	g_test_add_func("/playbook/all-at-once", test_all_at_once);
	return g_test_run();
}
