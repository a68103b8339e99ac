/* Playbooks as they are read: what is refused, word for word, and which variables count while files
 * and roles are looked for. */
#include "playbook-fixture.h"

static const struct {
	const char *name;
	const char *text;
	const char *error; /* without "t.yml:" */
} refused[] = {
	{ "two-actions", "- hosts: a\n  tasks: [{action: copy a=b, local_action: copy a=b}]",
		"2:30: 'action' and 'local_action' in one task, write one" },
	{ "args-list", "- hosts: a\n  tasks: [{command: x, args: [a]}]",
		"2:30: 'args' must be a mapping of arguments" },
	{ "args-text", "- hosts: a\n  tasks: [{command: x, args: a}]",
		"2:30: 'args' must be a mapping of arguments" },
	{ "args-template", "- hosts: a\n  tasks: [{command: x, args: '{{ a }}'}]",
		"2:30: a mapping that is a template cannot be joined with other arguments, write "
		"all of them under 'command'" },
	{ "args-of-template", "- hosts: a\n  tasks: [{copy: '{{ a }}', args: {src: b}}]",
		"2:35: a mapping that is a template cannot be joined with other arguments, write "
		"all of them under 'copy'" },
	{ "cmd-and-text", "- hosts: a\n  tasks: [{command: x, args: {cmd: y}}]",
		"2:31: 'cmd' together with a free text, write the command once" },
	{ "action-without-module", "- hosts: a\n  tasks: [{action: {src: a}}]",
		"2:12: no module named here, write 'MODULE: arguments' as the key of the task" },
	{ "action-list", "- hosts: a\n  tasks: [{action: [a]}]",
		"2:12: no module named here, write 'MODULE: arguments' as the key of the task" },
	{ "arguments-number", "- hosts: a\n  tasks: [{copy: 1}]",
		"2:18: arguments of 'copy' must be a mapping or text, not '1'" },
	{ "arguments-list", "- hosts: a\n  tasks: [{copy: [a]}]",
		"2:18: arguments of 'copy' must be a mapping or text, not a list" },
	{ "key-number", "- hosts: a\n  tasks: [{1: x, command: y}]",
		"2:12: key '1' of a task must be text, quote it" },
	{ "play-key-number", "- hosts: a\n  1: x",
		"2:3: key '1' of a play must be text, quote it" },
	{ "tags-mapping", "- hosts: a\n  tags: {a: b}",
		"2:9: 'tags' must be a list of texts, not a mapping" },
	{ "environment-text", "- hosts: a\n  environment: A=b",
		"2:16: 'environment' must be a mapping of names to values" },
	{ "environment-list", "- hosts: a\n  environment: [{A: b}, x]",
		"2:25: 'environment' must be a mapping of names to values" },
	{ "module-defaults-text", "- hosts: a\n  module_defaults: [{copy: {mode: a}}, x]",
		"2:40: 'module_defaults' must be a mapping of module names to arguments" },
	{ "module-defaults-unknown",
		"- hosts: a\n  module_defaults: {nosuch: {mode: a}}\n  tasks: [{copy: {src: a}}]",
		"2:21: module_defaults: 'nosuch' is not a module with a mapping of arguments" },
	{ "module-defaults-no-mapping",
		"- hosts: a\n  module_defaults: {copy: a}\n  tasks: [{copy: {src: a}}]",
		"2:21: module_defaults: 'copy' is not a module with a mapping of arguments" },
	{ "import-playbook-in-tasks", "- hosts: a\n  tasks: [{import_playbook: x.yml}]",
		"2:12: 'import_playbook' belongs beside the plays, not among tasks" },
	{ "import-in-loop", "- hosts: a\n  tasks: [{import_tasks: x.yml, loop: [1]}]",
		"2:39: 'import_tasks' cannot loop, write 'include_tasks'" },
	{ "import-argument", "- hosts: a\n  tasks: [{import_tasks: {file: x.yml, apply: {}}}]",
		"2:40: unknown argument 'apply' of 'import_tasks', it accepts file; write vars, "
		"tags and when beside it" },
	{ "include-argument", "- hosts: a\n  tasks: [{include_tasks: {file: x.yml, vars: {}}}]",
		"2:41: unknown argument 'vars' of 'include_tasks', it accepts file and apply; "
		"write vars, tags and when beside it" },
	{ "include-apply", "- hosts: a\n  tasks: [{include_tasks: {file: x.yml, apply: a}}]",
		"2:48: 'apply' must be a mapping" },
	{ "include-apply-key",
		"- hosts: a\n  tasks: [{include_tasks: {file: x.yml, apply: {loop: [1]}}}]",
		"2:49: 'loop' is not allowed in apply, put the tasks into a file and loop over "
		"'include_tasks'" },
	{ "import-nothing", "- hosts: a\n  tasks: [{import_tasks: {file: }}]",
		"2:26: 'import_tasks' needs the name of a file" },
	{ "role-nameless", "- hosts: a\n  tasks: [{import_role: {tasks_from: x}}]",
		"2:12: 'import_role' needs the name of a role" },
	{ "role-argument", "- hosts: a\n  tasks: [{import_role: {name: x, tasks: y}}]",
		"2:35: unknown argument 'tasks' of 'import_role'" },
	{ "role-handler", "- hosts: a\n  handlers: [{import_role: {name: x}}]",
		"2:15: 'import_role' cannot be a handler" },
	{ "role-entry", "- hosts: a\n  roles: [{vars: {a: b}}]",
		"2:11: an entry of roles must be a name, or a mapping with 'role: NAME'" },
	{ "role-entry-list", "- hosts: a\n  roles: [[a]]",
		"2:11: an entry of roles must be a name, or a mapping with 'role: NAME'" },
	{ "roles-text", "- hosts: a\n  roles: a",
		"2:10: roles must be a list, write '- ' before each" },
	{ "two-loops", "- hosts: a\n  tasks: [{debug: , loop: [1], with_items: [2]}]",
		"2:32: a second loop 'with_items' in one task" },
	{ "with-nothing", "- hosts: a\n  tasks: [{debug: , with_items: }]",
		"2:33: 'with_items' needs a list or mapping, not nothing" },
	{ "loop-control-text", "- hosts: a\n  tasks: [{debug: , loop: [1], loop_control: x}]",
		"2:46: 'loop_control' must be a mapping, not 'x'" },
	{ "loop-control-key",
		"- hosts: a\n  tasks: [{debug: , loop: [1], loop_control: {loop_vars: x}}]",
		"2:47: unknown key 'loop_vars' in loop_control, did you mean 'loop_var'?" },
	{ "loop-variable",
		"- hosts: a\n  tasks: [{debug: , loop: [1], loop_control: {loop_var: a b}}]",
		"2:57: 'loop_var' needs the name of a variable, not 'a b'" },
	{ "index-variable",
		"- hosts: a\n  tasks: [{debug: , loop: [1], loop_control: {index_var: 1}}]",
		"2:58: 'index_var' needs the name of a variable, not '1'" },
	{ "loop-label",
		"- hosts: a\n  tasks: [{debug: , loop: [1], loop_control: {label: '{{ a b }}'}}]",
		"2:54: expected 'end of print statement', got 'b'" },
	{ "hosts-empty", "- hosts: ''", "1:10: 'hosts' is empty" },
	{ "hosts-none", "- hosts: []", "1:10: 'hosts' is empty" },
	{ "hosts-number", "- hosts: [a, 1]",
		"1:14: 'hosts' must be a pattern or a list of patterns" },
	{ "serial", "- hosts: a\n  serial: [1, 10%, x]",
		"2:20: 'serial' must be a number of hosts or a percentage, not 'x'" },
	{ "serial-negative", "- hosts: a\n  serial: -1",
		"2:11: 'serial' must be a number of hosts or a percentage, not '-1'" },
	{ "order", "- hosts: a\n  order: upwards",
		"2:10: unknown order 'upwards', use inventory, reverse_inventory, reverse_sorted, "
		"shuffle or sorted" },
	{ "two-users", "- hosts: a\n  user: x\n  remote_user: y",
		"2:3: 'user' and 'remote_user' in one play, write 'remote_user'" },
	{ "prompt-nameless", "- hosts: a\n  vars_prompt: [{prompt: x}]",
		"2:17: an entry of vars_prompt needs 'name', the name of a variable" },
	{ "prompt-name", "- hosts: a\n  vars_prompt: [{name: a-b}]",
		"2:17: an entry of vars_prompt needs 'name', the name of a variable" },
	{ "prompt-key", "- hosts: a\n  vars_prompt: [{name: a, promt: x}]",
		"2:27: unknown key 'promt' in vars_prompt, did you mean 'prompt'?" },
	{ "whole-number", "- hosts: a\n  tasks: [{debug: , retries: 1.5}]",
		"2:30: 'retries' must be a whole number, not '1.5'" },
	{ "whole-number-text", "- hosts: a\n  tasks: [{debug: , retries: 1x}]",
		"2:30: 'retries' must be a whole number, not '1x'" },
	{ "number", "- hosts: a\n  max_fail_percentage: x",
		"2:24: 'max_fail_percentage' must be a number, not 'x'" },
	{ "list", "- hosts: a\n  tasks: [{debug: , when: [{a: b}]}]",
		"2:27: 'when' must be an expression or a list of expressions, not a list" },
	{ "text", "- hosts: a\n  tasks: [{debug: , become_user: [a]}]",
		"2:34: 'become_user' must be one text, not a list" },
	{ "vars-text", "- hosts: a\n  vars: x",
		"2:9: 'vars' must be a mapping of variables, not 'x'" },
	{ "vars-list", "- hosts: a\n  vars: [x]",
		"2:9: 'vars' must be a mapping of variables, not a list" },
	{ "variable-digit", "- hosts: a\n  vars: {1a: b}",
		"2:10: '1a' is not a valid variable name, use letters, digits and '_'" },
	{ "variable-blank", "- hosts: a\n  vars: {a b: c}",
		"2:10: 'a b' is not a valid variable name, use letters, digits and '_'" },
	{ "variable-word", "- hosts: a\n  vars: {class: b}",
		"2:10: 'class' is not a valid variable name, use letters, digits and '_'" },
	{ "variable-number", "- hosts: a\n  vars: {1: b}",
		"2:10: '1' is not a valid variable name, use letters, digits and '_'" },
	{ "variable-of-task", "- hosts: a\n  tasks: [{debug: , vars: [{a: 1}, {b-: 2}]}]",
		"2:37: 'b-' is not a valid variable name, use letters, digits and '_'" },
	{ "block-text", "- hosts: a\n  tasks: [{block: x}]",
		"2:19: 'block' must be a list of tasks" },
	{ "rescue-alone", "- hosts: a\n  tasks: [{rescue: [{debug: }]}]",
		"2:11: 'rescue' and 'always' need a 'block' with tasks" },
	{ "always-alone", "- hosts: a\n  tasks: [{block: [], always: [{debug: }]}]",
		"2:19: 'rescue' and 'always' need a 'block' with tasks" },
	{ "block-in-loop", "- hosts: a\n  tasks: [{block: [{debug: }], loop: [1]}]",
		"2:32: 'loop' is not allowed in a block, put the tasks into a file and loop over "
		"'include_tasks'" },
	{ "handler-rescue", "- hosts: a\n  handlers: [{block: [{debug: }], rescue: [{debug: }]}]",
		"2:14: a block of handlers cannot have rescue, write the handlers one by one, with "
		"one 'listen'" },
	{ "handler-always", "- hosts: a\n  handlers: [{block: [{debug: }], always: [{debug: }]}]",
		"2:14: a block of handlers cannot have always, write the handlers one by one, with "
		"one 'listen'" },
	{ "handler-blocks", "- hosts: a\n  handlers: [{block: [{block: [{debug: }]}]}]",
		"2:23: a block of handlers cannot be in a block, write the handlers one by one, "
		"with one 'listen'" },
	{ "include-keyword", "- hosts: a\n  tasks: [{include_tasks: x.yml, become: true}]",
		"2:34: 'become' is not allowed in include_tasks, write it under 'apply'" },
	{ "import-playbook-keyword", "- import_playbook: x.yml\n  become: true",
		"2:3: 'become' is not allowed in import_playbook, write it in the plays of that "
		"file" },
	{ "meta-argument", "- hosts: a\n  tasks: [{meta: noop x=y}]",
		"2:18: unknown meta action 'noop'" },
	{ "quote", "- hosts: a\n  tasks: [{command: \"echo 'a\"}]",
		"2:21: argument text 'echo 'a' has a quote that is not closed, write the arguments "
		"as a mapping" },
	{ "marks", "- hosts: a\n  tasks: [{command: 'echo {{ a'}]",
		"2:21: argument text 'echo {{ a' has template marks that are not closed, write the "
		"arguments as a mapping" },
	{ "blanks", "- hosts: a\n  tasks: [{command: \"\\n a\"}]",
		"2:21: argument text '\n a' begins with blanks, write the arguments as a mapping" },
	{ "notify-of-handler", "- hosts: a\n  handlers: [{name: a, debug: , notify: b}]",
		"2:41: no handler named 'b' in this play, did you mean 'a'?" },
	{ "notify-in-rescue",
		"- hosts: a\n  tasks: [{block: [{debug: }], rescue: [{debug: , notify: b}]}]",
		"2:59: no handler named 'b' in this play" },
	{ "notify-in-always",
		"- hosts: a\n  tasks: [{block: [{debug: }], always: [{debug: , notify: [c, "
		"b]}]}]\n  handlers: [{debug: , listen: [x, c]}]",
		"2:63: no handler named 'b' in this play, did you mean 'c' or 'x'?" },
	{ "task-text", "- hosts: a\n  tasks: [x]",
		"2:11: a task must be a mapping such as 'command: ...', not 'x'" },
	{ "task-empty", "- hosts: a\n  tasks: [{}]",
		"2:11: a task without a module, write one, such as 'command: ...'" },
};

static void test_refused(gconstpointer data)
{
	gsize i = GPOINTER_TO_SIZE(data);
	assert_refused(refused[i].text, refused[i].error);
}

static const struct {
	const char *name;
	const char *text;
} accepted[] = {
	{ "notify-listen", "- hosts: a\n  tasks: [{debug: , notify: [x, y, n]}]\n  handlers: "
			   "[{debug: , listen: [x, y]}, {name: n, debug: }]" },
	{ "notify-template", "- hosts: a\n  tasks: [{debug: , notify: '{{ a }}'}]" },
	{ "notify-open", "- hosts: a\n  tasks: [{debug: , notify: b}]\n  handlers: [{debug: , "
			 "listen: '{{ a }}'}]" },
	{ "notify-open-name", "- hosts: a\n  tasks: [{debug: , notify: b}]\n  handlers: [{name: "
			      "'{{ a }}', debug: }]" },
	{ "notify-open-include", "- hosts: a\n  tasks: [{debug: , notify: b}]\n  handlers: "
				 "[{include_tasks: '{{ a }}'}]" },
	{ "numbers", "- hosts: a\n  max_fail_percentage: 33.5\n  serial: [1, 10%, '{{ a }}']\n  "
		     "tasks: [{debug: , retries: '3', delay: 5, timeout: 10}]" },
	{ "variables", "- hosts: a\n  vars: {_a: 1, a_1: 2, A: 3}" },
	{ "defaults", "- hosts: a\n  module_defaults: {group/aws: {a: b}, yum: {a: b}, command: "
		      "{chdir: /}}\n  tasks: [{copy: {src: a, dest: b}}]" },
	{ "loop-nothing", "- hosts: a\n  tasks: [{debug: , loop: }]" },
};

static void test_accepted(gconstpointer data)
{
	g_autoptr(GError) error = NULL;
	g_autoptr(playbook) book = parse(accepted[GPOINTER_TO_SIZE(data)].text, &error);
	g_assert_no_error(error);
	g_assert_nonnull(book);
}

static const struct play *play_of(const playbook *book, guint i)
{
	return g_ptr_array_index(book->plays, i);
}

/* The i-th task of the first play that is written there. */
static const struct task *task_at(const playbook *book, guint i)
{
	const GPtrArray *tasks = play_of(book, 0)->tasks;
	for (guint k = 0; k < tasks->len; k++) {
		const struct task *task = g_ptr_array_index(tasks, k);
		if (!task->implicit && i-- == 0) {
			return task;
		}
	}
	g_assert_not_reached();
}

/* What tasks ask for and do not get, told where they are reached; switched off, it asks for
 * nothing. */
static void test_unsupported(void)
{
	static const struct {
		const char *task;
		const char *fault;
	} rows[] = {
		{ "delegate_to: b, run_once: true, throttle: 1, ignore_unreachable: yes", NULL },
		{ "port: 5, remote_user: x, connection: ssh", NULL },
		{ "async: 5", "'async' is not supported: remove it" },
		{ "async: 5, poll: 0", "'async' is not supported: remove it and 'poll'" },
		{ "async: 0, poll: 0", NULL },
		{ "loop: [1], loop_control: {pause: 1}", "'loop_control.pause' is not supported" },
		{ "loop: [1], loop_control: {pause: }", NULL },
		{ "loop: [1], loop_control: {pause: 0}", NULL },
		{ "loop: [1], loop_control: {extended: yes, extended_allitems: no}", NULL },
	};
	for (gsize i = 0; i < G_N_ELEMENTS(rows); i++) {
		g_autoptr(GError) error = NULL;
		g_autofree char *text =
			g_strdup_printf("- hosts: a\n  tasks: [{debug: , %s}]", rows[i].task);
		g_autoptr(playbook) book = parse(text, &error);
		g_assert_no_error(error);
		const GError *fault = task_at(book, 0)->fault;
		g_test_message("%s: %s", text, fault != NULL ? fault->message : "no fault");
		g_assert_true((fault != NULL) == (rows[i].fault != NULL));
		g_assert_true(fault == NULL || strstr(fault->message, rows[i].fault) != NULL);
	}
}

static char *arguments_of(const playbook *book, guint i)
{
	return value_to_string(task_at(book, i)->arguments);
}

#define ASSERT_ARGUMENTS(book, i, expected)                         \
	G_STMT_START                                                \
	{                                                           \
		g_autofree char *arguments = arguments_of(book, i); \
		g_assert_cmpstr(arguments, ==, expected);           \
	}                                                           \
	G_STMT_END

/* Defaults of modules: the inner ones are stronger, and what a task says is strongest. */
static void test_module_defaults(void)
{
	static const char text[] = "- hosts: a\n"
				   "  module_defaults:\n"
				   "    copy: {mode: p, owner: p}\n"
				   "    ansible.builtin.debug: {msg: p}\n"
				   "  tasks:\n"
				   "  - copy: {src: a, mode: t}\n"
				   "  - copy: {src: a}\n"
				   "    module_defaults: [{copy: {owner: t}}]\n"
				   "  - command: x\n"
				   "  - debug:\n"
				   "  - copy: '{{ a }}'\n"
				   "  - block: [{copy: {src: b}}]\n"
				   "    module_defaults: {copy: {owner: b, group: b}}\n";
	g_autoptr(GError) error = NULL;
	g_autoptr(playbook) book = parse(text, &error);
	g_assert_no_error(error);
	ASSERT_ARGUMENTS(book, 0, "{'mode': 't', 'owner': 'p', 'src': 'a'}");
	ASSERT_ARGUMENTS(book, 2, "{'_raw_params': 'x'}");
	ASSERT_ARGUMENTS(book, 3, "{'msg': 'p'}");
	ASSERT_ARGUMENTS(book, 4, "{{ a }}");
	const struct task *inner = g_ptr_array_index(task_at(book, 5)->block, 0);
	g_autofree char *arguments = value_to_string(inner->arguments);
	g_assert_cmpstr(arguments, ==, "{'mode': 'p', 'owner': 'b', 'group': 'b', 'src': 'b'}");
	g_assert_cmpuint(value_position(inner->arguments).line, ==, 12);
}

/* The ways to write a module and its arguments. */
static void test_arguments(void)
{
	static const char text[] = "- hosts: a\n"
				   "  tasks:\n"
				   "  - action: copy src=a dest=b\n"
				   "    args: {dest: c, mode: d}\n"
				   "  - action: {module: copy src=a, src: b, dest: c}\n"
				   "  - ansible.legacy.copy: {src: a}\n"
				   "  - command:\n"
				   "    args: {cmd: x, chdir: /}\n"
				   "  - copy:\n"
				   "    args: '{{ all }}'\n"
				   "  - command: {cmd: x, chdir: /}\n"
				   "  - copy: {src: a, cmd: b}\n"
				   "  - local_action: command x\n";
	g_autoptr(GError) error = NULL;
	g_autoptr(playbook) book = parse(text, &error);
	g_assert_no_error(error);
	ASSERT_ARGUMENTS(book, 0, "{'dest': 'b', 'mode': 'd', 'src': 'a'}");
	ASSERT_ARGUMENTS(book, 1, "{'src': 'a', 'dest': 'c'}");
	g_assert_cmpstr(task_at(book, 2)->module_name, ==, "copy");
	ASSERT_ARGUMENTS(book, 3, "{'chdir': '/', '_raw_params': 'x'}");
	ASSERT_ARGUMENTS(book, 4, "{{ all }}");
	ASSERT_ARGUMENTS(book, 5, "{'chdir': '/', '_raw_params': 'x'}");
	ASSERT_ARGUMENTS(book, 6, "{'src': 'a', 'cmd': 'b'}");
	ASSERT_ARGUMENTS(book, 7, "{'_raw_params': 'x'}");
	g_assert_cmpstr(value_string(task_at(book, 7)->delegate_to), ==, "localhost");
	g_assert_cmpstr(task_at(book, 0)->loop_variable, ==, "item");
	g_assert_null(task_at(book, 0)->loop);
}

/* What counts when the name of a file is made while loading: the weaker first. */
static void test_names(void)
{
	static const char *const levels[] = { "defaults", "play", "files", "role", "block", "task",
		"parameters", "extra" };
	for (guint n = 1; n < 1U << G_N_ELEMENTS(levels); n += n < 16 ? 1 : 7) {
		g_autofree char *folder = g_dir_make_tmp("sutler-loader-XXXXXX", NULL);
		gboolean has[G_N_ELEMENTS(levels)];
		const char *strongest = NULL;
		for (gsize i = 0; i < G_N_ELEMENTS(levels); i++) {
			has[i] = (n >> i & 1) != 0;
			strongest = has[i] ? levels[i] : strongest;
			g_autofree char *file = g_strdup_printf("roles/r/tasks/%s.yml", levels[i]);
			g_autofree char *text = g_strdup_printf("- debug: {msg: %s}\n", levels[i]);
			put(folder, file, text);
		}
		g_autofree char *site = g_strdup_printf("- hosts: a\n"
							"  vars: {%s}\n"
							"  vars_files: [v.yml, other.yml]\n"
							"  roles: [{role: r%s}]\n",
			has[1] ? "x: play" : "", has[6] ? ", x: parameters" : "");
		g_autofree char *main = g_strdup_printf("- vars: {%s}\n"
							"  block:\n"
							"  - import_tasks: '{{ x }}.yml'\n"
							"    vars: {%s}\n",
			has[4] ? "x: block" : "", has[5] ? "x: task" : "");
		put(folder, "site.yml", site);
		put(folder, "v.yml", has[2] ? "x: files\n" : "y: 1\n");
		put(folder, "other.yml", "z: 1\n");
		put(folder, "roles/r/tasks/main.yml", main);
		put(folder, "roles/r/defaults/main.yml", has[0] ? "x: defaults\n" : "{}\n");
		put(folder, "roles/r/vars/main.yml", has[3] ? "x: role\n" : "{}\n");
		g_autoptr(value) extra = value_new_dict();
		if (has[7]) {
			value_dict_set(extra, "x", value_new_string("extra"));
		}
		const struct playbook_options own = { .catalog = &catalog, .extra_vars = extra };
		g_autofree char *path = g_build_filename(folder, "site.yml", NULL);
		g_autoptr(GError) error = NULL;
		g_autoptr(playbook) book = playbook_load(path, &own, &error);
		g_assert_no_error(error);
		const struct task *inner = g_ptr_array_index(task_at(book, 0)->block, 0);
		g_autofree char *arguments = value_to_string(inner->arguments);
		g_test_message("%u: %s", n, arguments);
		g_assert_nonnull(strstr(arguments, strongest));
		remove_tree(folder);
	}
}

static void test_undefined_names(void)
{
	g_autoptr(GError) error = NULL;
	g_autoptr(value) extra = value_new_dict();
	value_dict_set(extra, "webserver", value_new_string("x"));
	const struct playbook_options own = { .catalog = &catalog, .extra_vars = extra };
	static const char *const rows[][2] = {
		{ "- hosts: a\n  tasks: [{import_tasks: '{{ webserve }}.yml'}]", "webserver" },
		{ "- hosts: a\n  vars: {database: 1}\n  tasks: [{import_tasks: '{{ databas "
		  "}}.yml'}]",
			"database" },
		{ "- hosts: a\n  tasks: [{import_tasks: '{{ frontent }}.yml', vars: {frontend: "
		  "1}}]",
			"frontend" },
	};
	for (gsize i = 0; i < G_N_ELEMENTS(rows); i++) {
		g_clear_error(&error);
		g_assert_null(
			playbook_parse(rows[i][0], strlen(rows[i][0]), "t.yml", &own, &error));
		g_autofree char *hint = g_strdup_printf("did you mean '%s'?", rows[i][1]);
		g_test_message("%s", error->message);
		g_assert_nonnull(strstr(error->message, hint));
		g_assert_nonnull(
			strstr(error->message, "only variables of the playbook and -e are known"));
	}
}

/* Roles of the collection that a playbook lies in, and of no other. */
static void test_collections(void)
{
	static const struct {
		const char *galaxy;
		const char *role;
		gboolean found;
	} rows[] = {
		{ "namespace: a\nname: b\n", "a.b.r", TRUE },
		{ "namespace: a\nname: b\n", "a.b.s", FALSE },
		{ "namespace: a\nname: b\n", "a.c.r", FALSE },
		{ "namespace: a\nname: c\n", "a.b.r", FALSE },
		{ "namespace: c\nname: b\n", "a.b.r", FALSE },
		{ "namespace: c\nname: d\n", "a.b.r", FALSE },
		{ "namespace: a\nname: a\n", "a.b.r", FALSE },
		{ "namespace: 1\nname: b\n", "a.b.r", FALSE },
		{ "namespace: a\n", "a.b.r", FALSE },
		{ "name: b\n", "a.b.r", FALSE },
		{ "- a\n", "a.b.r", FALSE },
	};
	for (gsize i = 0; i < G_N_ELEMENTS(rows); i++) {
		g_autofree char *folder = g_dir_make_tmp("sutler-loader-XXXXXX", NULL);
		g_autofree char *site =
			g_strdup_printf("- hosts: a\n  roles: [%s]\n", rows[i].role);
		put(folder, "galaxy.yml", rows[i].galaxy);
		put(folder, "playbooks/deep/site.yml", site);
		put(folder, "roles/r/tasks/main.yml", "- debug:\n");
		g_autofree char *path = g_build_filename(folder, "playbooks/deep/site.yml", NULL);
		g_autoptr(GError) error = NULL;
		g_autoptr(playbook) book = playbook_load(path, &options, &error);
		g_test_message("%s in %s: %s", rows[i].role, rows[i].galaxy,
			error != NULL ? error->message : "found");
		g_assert_true((book != NULL) == rows[i].found);
		remove_tree(folder);
	}
}

/* Roles of collections that are installed beside the playbook or where the settings say, by
 * their full name or by that of a collection that the play names. */
static void test_installed_collections(void)
{
	static const struct {
		const char *place;
		const char *play;
		gboolean found;
	} rows[] = {
		{ "collections/", "roles: [a.b.r]", TRUE },
		{ "", "roles: [a.b.r]", TRUE },
		{ "elsewhere/", "roles: [a.b.r]", FALSE },
		{ "configured/", "roles: [a.b.r]", TRUE },
		{ "collections/", "roles: [b.a.r]", FALSE },
		{ "collections/", "roles: [a.a.r]", FALSE },
		{ "collections/", "roles: [b.b.r]", FALSE },
		{ "collections/", "roles: [a.b.s]", FALSE },
		{ "collections/", "roles: [r]", FALSE },
		{ "collections/", "collections: [c.d, a.b]\n  roles: [r]", TRUE },
		{ "collections/", "collections: [a.b]\n  tasks: [{include_role: {name: r}}]",
			TRUE },
		{ "collections/", "collections: [c.d]\n  roles: [r]", FALSE },
	};
	for (gsize i = 0; i < G_N_ELEMENTS(rows); i++) {
		g_autofree char *folder = g_dir_make_tmp("sutler-loader-XXXXXX", NULL);
		g_autofree char *configured = g_build_filename(folder, "configured", NULL);
		g_autofree char *site = g_strdup_printf("- hosts: a\n  %s\n", rows[i].play);
		g_autofree char *role = g_strconcat(
			rows[i].place, "ansible_collections/a/b/roles/r/tasks/main.yml", NULL);
		put(folder, "site.yml", site);
		put(folder, role, "- debug:\n");
		const char *const collections[] = { "", configured, NULL };
		const struct playbook_options own = { .catalog = &catalog,
			.collections = collections };
		g_autofree char *path = g_build_filename(folder, "site.yml", NULL);
		g_autoptr(GError) error = NULL;
		g_autoptr(playbook) book = playbook_load(path, &own, &error);
		g_test_message("%s in %s: %s", rows[i].play, rows[i].place,
			error != NULL ? error->message : "found");
		g_assert_true((book != NULL) == rows[i].found);
		remove_tree(folder);
	}
}

static guint count_tasks(const playbook *book)
{
	guint n = 0;
	const GPtrArray *tasks = play_of(book, 0)->tasks;
	for (guint i = 0; i < tasks->len; i++) {
		n += ((const struct task *)g_ptr_array_index(tasks, i))->implicit ? 0 : 1;
	}
	return n;
}

/* A role stands in a play once for the same parameters, conditions and tags, unless it wants more.
 */
static void test_roles_once(void)
{
	static const struct {
		const char *roles;
		guint tasks, handlers;
	} rows[] = {
		{ "[r, r]", 1, 1 },
		{ "[r, s]", 2, 1 },
		{ "[r, {role: r}]", 1, 1 },
		{ "[{role: r, a: 1}, {role: r, a: 2}]", 2, 2 },
		{ "[{role: r, vars: {a: 1}}, {role: r, vars: {a: 2}}]", 2, 2 },
		{ "[{role: r, when: a}, {role: r, when: b}]", 2, 2 },
		{ "[{role: r, when: a}, {role: r, when: a}]", 1, 1 },
		{ "[{role: r, tags: a}, {role: r, tags: b}]", 2, 2 },
		{ "[{role: r, tags: [a, b]}, {role: r, tags: 'a,b'}]", 1, 1 },
		{ "[again, again]", 2, 0 },
		{ "[with-r, with-r]", 2, 1 },
		{ "[r, with-r]", 2, 1 },
		{ "[with-r, r]", 2, 1 },
	};
	for (gsize i = 0; i < G_N_ELEMENTS(rows); i++) {
		g_autofree char *folder = g_dir_make_tmp("sutler-loader-XXXXXX", NULL);
		g_autofree char *site = g_strdup_printf("- hosts: a\n  roles: %s\n", rows[i].roles);
		put(folder, "site.yml", site);
		put(folder, "roles/r/tasks/main.yml", "- debug:\n");
		put(folder, "roles/r/handlers/main.yml", "- {name: h, debug: }\n");
		put(folder, "roles/s/tasks/main.yml", "- debug:\n");
		put(folder, "roles/again/tasks/main.yml", "- debug:\n");
		put(folder, "roles/again/meta/main.yml", "allow_duplicates: true\n");
		put(folder, "roles/with-r/tasks/main.yml", "- debug:\n");
		put(folder, "roles/with-r/meta/main.yml", "dependencies: [r]\n");
		g_autofree char *path = g_build_filename(folder, "site.yml", NULL);
		g_autoptr(GError) error = NULL;
		g_autoptr(playbook) book = playbook_load(path, &options, &error);
		g_assert_no_error(error);
		g_test_message("%s", rows[i].roles);
		g_assert_cmpuint(count_tasks(book), ==, rows[i].tasks);
		g_assert_cmpuint(play_of(book, 0)->handlers->len, ==, rows[i].handlers);
		remove_tree(folder);
	}
}

/* Handlers that an include brings count; what is not read yet may bring any. */
static void test_handlers_of_includes(void)
{
	static const struct {
		const char *task;
		gboolean taken;
	} rows[] = {
		{ "debug:", FALSE },
		{ "include_role: {name: r}", TRUE },
		{ "include_role: {name: s}", FALSE },
		{ "import_role: {name: r}", TRUE },
		{ "include_tasks: of-r.yml", TRUE },
		{ "include_tasks: of-s.yml", FALSE },
		{ "include_tasks: '{{ x }}.yml'", TRUE },
		{ "block: [{include_role: {name: r}}]", TRUE },
	};
	for (gsize i = 0; i < G_N_ELEMENTS(rows); i++) {
		g_autofree char *folder = g_dir_make_tmp("sutler-loader-XXXXXX", NULL);
		g_autofree char *site = g_strdup_printf(
			"- hosts: a\n  tasks:\n  - %s\n  - {command: x, notify: h}\n",
			rows[i].task);
		put(folder, "site.yml", site);
		put(folder, "of-r.yml", "- include_role: {name: r}\n");
		put(folder, "of-s.yml", "- include_role: {name: s}\n");
		put(folder, "roles/r/tasks/main.yml", "- debug:\n");
		put(folder, "roles/r/handlers/main.yml", "- {name: g, debug: , listen: [f, h]}\n");
		put(folder, "roles/s/tasks/main.yml", "- debug:\n");
		put(folder, "roles/s/handlers/main.yml", "- {name: other, debug: }\n");
		g_autofree char *path = g_build_filename(folder, "site.yml", NULL);
		g_autoptr(GError) error = NULL;
		g_autoptr(playbook) book = playbook_load(path, &options, &error);
		g_test_message("%s", rows[i].task);
		g_assert_true((book != NULL) == rows[i].taken);
		remove_tree(folder);
	}
}

/* Files of tasks: names with blanks, folders that add up from include to include. */
static void test_include_files(void)
{
	g_autofree char *folder = g_dir_make_tmp("sutler-loader-XXXXXX", NULL);
	put(folder, "site.yml",
		"- hosts: a\n  tasks:\n"
		"  - include_tasks: {file: a b.yml}\n"
		"  - import_tasks: one/first.yml\n");
	put(folder, "a b.yml", "- debug: {msg: blank}\n");
	put(folder, "one/first.yml", "- import_tasks: two/second.yml\n- import_tasks: ../up.yml\n");
	put(folder, "one/two/second.yml", "- import_tasks: third.yml\n");
	put(folder, "one/two/third.yml", "- debug: {msg: third}\n");
	put(folder, "up.yml", "- debug: {msg: up}\n");
	g_autofree char *path = g_build_filename(folder, "site.yml", NULL);
	g_autoptr(GError) error = NULL;
	g_autoptr(playbook) book = playbook_load(path, &options, &error);
	g_assert_no_error(error);
	g_assert_null(task_at(book, 0)->fault);
	g_autofree char *found = playbook_find_tasks(book, task_at(book, 0), "a b.yml");
	g_assert_true(g_str_has_suffix(found, "/a b.yml"));
	ASSERT_ARGUMENTS(book, 1, "{'msg': 'third'}");
	ASSERT_ARGUMENTS(book, 2, "{'msg': 'up'}");
	remove_tree(folder);
}

static void test_role_parts(void)
{
	g_autofree char *folder = g_dir_make_tmp("sutler-loader-XXXXXX", NULL);
	put(folder, "site.yml",
		"- hosts: a\n  tasks:\n"
		"  - import_role: {name: r, tasks_from: other}\n"
		"  - import_role: {name: r, tasks_from: other.yml}\n"
		"  - import_role: {name: r, tasks_from: third}\n"
		"  - import_role: {name: r, vars_from: more, defaults_from: more.yaml}\n");
	put(folder, "roles/r/tasks/main.yaml", "- debug: {msg: main}\n");
	put(folder, "roles/r/tasks/other.yml", "- debug: {msg: other}\n");
	put(folder, "roles/r/tasks/third", "- debug: {msg: third}\n");
	put(folder, "roles/r/vars/main.yml", "v: main\n");
	put(folder, "roles/r/vars/more.yml", "v: more\n");
	put(folder, "roles/r/defaults/more.yaml", "d: more\n");
	g_autofree char *path = g_build_filename(folder, "site.yml", NULL);
	g_autoptr(GError) error = NULL;
	g_autoptr(playbook) book = playbook_load(path, &options, &error);
	g_assert_no_error(error);
	ASSERT_ARGUMENTS(book, 0, "{'msg': 'other'}");
	ASSERT_ARGUMENTS(book, 1, "{'msg': 'other'}");
	ASSERT_ARGUMENTS(book, 2, "{'msg': 'third'}");
	ASSERT_ARGUMENTS(book, 3, "{'msg': 'main'}");
	g_autofree char *variables = value_to_string(task_at(book, 3)->role->variables);
	g_assert_cmpstr(variables, ==, "{'v': 'more'}");
	g_autofree char *defaults = value_to_string(task_at(book, 3)->role->defaults);
	g_assert_cmpstr(defaults, ==, "{'d': 'more'}");
	g_autofree char *plain = value_to_string(task_at(book, 0)->role->variables);
	g_assert_cmpstr(plain, ==, "{'v': 'main'}");
	g_assert_cmpuint(play_of(book, 0)->roles->len, ==, 4);
	remove_tree(folder);
}

/* Tags and hosts of a play, in all the forms; what has a fault and is never selected is not told.
 */
static void test_play(void)
{
	g_autoptr(GError) error = NULL;
	g_autoptr(playbook) book = parse("- hosts: [a, b]\n"
					 "  tags: [x, ' y ', x]\n"
					 "  user: me\n"
					 "  tasks:\n"
					 "  - {debug: , tags: 'y,z, y', when: [a, null, b]}\n",
		&error);
	g_assert_no_error(error);
	const struct play *play = play_of(book, 0);
	g_assert_cmpuint(play->tags->len, ==, 2);
	g_assert_cmpstr(play->tags->pdata[1], ==, "y");
	const struct task *task = task_at(book, 0);
	g_assert_cmpuint(task->tags->len, ==, 3);
	g_assert_cmpstr(task->tags->pdata[2], ==, "z");
	g_assert_cmpuint(task->when->len, ==, 2);
	g_assert_cmpstr(value_string(task->remote_user), ==, "me");
	g_assert_null(parse("- hosts: a\n"
			    "  nosuch: x\n"
			    "  tasks:\n"
			    "  - {yum: , tags: never}\n"
			    "  - {zypper: }\n"
			    "- hosts: b\n"
			    "  tasks: [{dnf: }, {apk: , when: x}]\n",
		&error));
	g_assert_cmpstr(error->message, ==,
		"3 problems\n"
		"t.yml:2:3: unknown key 'nosuch' in a play\n"
		"t.yml:5:6: unknown module 'zypper', Ansible has it but sutler does not\n"
		"t.yml:7:12: unknown module 'dnf', Ansible has it but sutler does not");
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	for (gsize i = 0; i < G_N_ELEMENTS(refused); i++) {
		g_autofree char *path = g_strconcat("/loader/refused/", refused[i].name, NULL);
		g_test_add_data_func(path, GSIZE_TO_POINTER(i), test_refused);
	}
	for (gsize i = 0; i < G_N_ELEMENTS(accepted); i++) {
		g_autofree char *path = g_strconcat("/loader/accepted/", accepted[i].name, NULL);
		g_test_add_data_func(path, GSIZE_TO_POINTER(i), test_accepted);
	}
	g_test_add_func("/loader/unsupported", test_unsupported);
	g_test_add_func("/loader/module-defaults", test_module_defaults);
	g_test_add_func("/loader/arguments", test_arguments);
	g_test_add_func("/loader/names", test_names);
	g_test_add_func("/loader/undefined-names", test_undefined_names);
	g_test_add_func("/loader/collections", test_collections);
	g_test_add_func("/loader/installed-collections", test_installed_collections);
	g_test_add_func("/loader/roles-once", test_roles_once);
	g_test_add_func("/loader/handlers-of-includes", test_handlers_of_includes);
	g_test_add_func("/loader/include-files", test_include_files);
	g_test_add_func("/loader/role-parts", test_role_parts);
	g_test_add_func("/loader/play", test_play);
	return g_test_run();
}
