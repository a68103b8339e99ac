/* Tests of lib/run/cursor.c: walks over blocks, with some tasks failing, told as the names passed.
 */
#include "run/cursor.h"

#include <string.h>

/*
 * Tasks from a text: words are tasks; `[ a b | c | d ]` is a block with rescue and always; an empty
 * rescue or always is written `-` when it is there but empty. "+x" is an include of x1 and x2.
 */
static GPtrArray *read_tasks(const char **text);

static GPtrArray *all_tasks; /* to free them */

static struct task *new_task(enum task_kind kind, char *name)
{
	struct task *task = g_new0(struct task, 1);
	task->kind = kind;
	task->module_name = name;
	g_ptr_array_add(all_tasks, task);
	return task;
}

static void task_free(gpointer data)
{
	struct task *task = data;
	g_free(task->module_name);
	g_clear_pointer(&task->block, g_ptr_array_unref);
	g_clear_pointer(&task->rescue, g_ptr_array_unref);
	g_clear_pointer(&task->always, g_ptr_array_unref);
	g_free(task);
}

static char *next_word(const char **text)
{
	*text += strspn(*text, " ");
	gsize length = strcspn(*text, " ");
	char *word = g_strndup(*text, length);
	*text += length;
	return word;
}

static struct task *read_block(const char **text)
{
	struct task *task = new_task(TASK_BLOCK, g_strdup("block"));
	task->block = read_tasks(text);
	task->rescue = read_tasks(text);
	task->always = read_tasks(text);
	task->has_rescue = task->rescue->len > 0;
	return task;
}

/* Up to the next "|" or "]" or the end. */
static GPtrArray *read_tasks(const char **text)
{
	GPtrArray *tasks = g_ptr_array_new();
	for (;;) {
		g_autofree char *word = next_word(text);
		if (*word == '\0' || g_str_equal(word, "|") || g_str_equal(word, "]")) {
			return tasks;
		}
		g_ptr_array_add(tasks, g_str_equal(word, "[")
					       ? read_block(text)
					       : new_task(TASK_MODULE, g_strdup(word)));
	}
}

static gboolean is_one_of(const char *words, const char *word)
{
	g_auto(GStrv) list = g_strsplit(words, " ", -1);
	return g_strv_contains((const char *const *)list, word);
}

/* Names of the tasks passed; "!" behind those that fail, "^" when that is rescued, and at the end
 * whether the failure stands. */
static char *walk(const char *text, const char *failing)
{
	g_autoptr(GPtrArray) tasks = read_tasks(&text);
	g_autoptr(GPtrArray) included = g_ptr_array_new();
	g_ptr_array_add(included, new_task(TASK_MODULE, g_strdup("x1")));
	g_ptr_array_add(included, new_task(TASK_MODULE, g_strdup("x2")));
	g_autoptr(cursor) c = cursor_new(tasks);
	GString *passed = g_string_new(NULL);
	gboolean failed = FALSE;
	const struct task *task = NULL;
	while ((task = cursor_task(c, &failed)) != NULL) {
		gboolean rescued = FALSE;
		g_string_append_printf(
			passed, "%s%s", passed->len > 0 ? " " : "", task->module_name);
		if (is_one_of(failing, task->module_name)) {
			gboolean goes_on = cursor_fail(c, &rescued);
			g_string_append(passed, rescued ? "^" : "!");
			failed = !goes_on;
			if (failed) {
				break;
			}
			continue;
		}
		cursor_next(c);
		if (g_str_equal(task->module_name, "+x")) {
			cursor_enter(c, included, FALSE, NULL);
		}
	}
	g_string_append(passed, failed ? " failed" : "");
	return g_string_free(passed, FALSE);
}

static void test_walks(void)
{
	static const struct {
		const char *tasks, *failing, *wanted;
	} rows[] = {
		{ "a b c", "", "a b c" },
		{ "", "", "" },
		{ "a b c", "b", "a b! failed" },
		{ "a [ b c | | ] d", "", "a b c d" },
		{ "a [ | | ] d", "", "a d" },
		{ "a [ b | r | z ] d", "", "a b z d" },
		{ "a [ b c | r s | z ] d", "b", "a b^ r s z d" },
		{ "a [ b c | r | z ] d", "b r", "a b^ r! z failed" },
		{ "a [ b c | | z ] d", "b", "a b! z failed" },
		{ "a [ b c | | z y ] d", "b z", "a b! z! failed" },
		{ "a [ b | r | z ] d", "z", "a b z! failed" },
		{ "a [ b | r | ] d", "b r", "a b^ r! failed" },
		{ "[ [ b | | z ] c | r | y ] d", "b", "b^ z r y d" },
		{ "[ [ b | i | z ] c | r | y ] d", "b i", "b^ i^ z r y d" },
		{ "[ [ b | i | z ] c | r | y ] d", "z", "b z^ r y d" },
		{ "[ a | [ b c | s | ] d | ] e", "a b", "a^ b^ s d e" },
		{ "[ a | | [ b | s | z ] y ] e", "a b", "a! b^ s z y failed" },
		{ "[ a | | [ b | s | z ] y ] e", "b", "a b^ s z y e" },
		{ "[ [ [ a | | 1 ] | | 2 ] | r | 3 ] e", "a", "a^ 1 2 r 3 e" },
		{ "a +x b", "", "a +x x1 x2 b" },
		{ "a +x b", "x1", "a +x x1! failed" },
		{ "[ +x b | r | z ] c", "x1", "+x x1^ r z c" },
		{ "[ a | +x r | z ] c", "a", "a^ +x x1 x2 r z c" },
		{ "[ a | +x r | z ] c", "a x2", "a^ +x x1 x2! z failed" },
	};
	for (gsize i = 0; i < G_N_ELEMENTS(rows); i++) {
		g_autofree char *passed = walk(rows[i].tasks, rows[i].failing);
		g_test_message("%s, failing: %s", rows[i].tasks, rows[i].failing);
		g_assert_cmpstr(passed, ==, rows[i].wanted);
	}
}

/* A failure that went through `always` without a rescue is told at the end of it. */
static void test_failure_after_always(void)
{
	const char *text = "[ a | | z ] b";
	g_autoptr(GPtrArray) tasks = read_tasks(&text);
	g_autoptr(cursor) c = cursor_new(tasks);
	gboolean failed = FALSE;
	gboolean rescued = TRUE;
	g_assert_cmpstr(cursor_task(c, &failed)->module_name, ==, "a");
	g_assert_true(cursor_fail(c, &rescued));
	g_assert_false(rescued);
	g_assert_cmpstr(cursor_task(c, &failed)->module_name, ==, "z");
	g_assert_false(failed);
	cursor_next(c);
	g_assert_null(cursor_task(c, &failed));
	g_assert_true(failed);
	g_assert_null(cursor_task(c, &failed));
	g_assert_false(failed);
}

/* A copy stays where it was, also when the original has gone through blocks and includes. */
static void test_copy(void)
{
	const char *text = "a [ b c | r | z ] d";
	g_autoptr(GPtrArray) tasks = read_tasks(&text);
	g_autoptr(cursor) c = cursor_new(tasks);
	gboolean failed = FALSE;
	gboolean rescued = FALSE;
	(void)cursor_task(c, &failed);
	cursor_next(c);
	g_assert_cmpstr(cursor_task(c, &failed)->module_name, ==, "b");
	g_autoptr(cursor) at_b = cursor_copy(c);
	while (cursor_task(c, &failed) != NULL) {
		cursor_next(c);
	}
	cursor_end(c);
	g_assert_cmpstr(cursor_task(at_b, &failed)->module_name, ==, "b");
	g_autoptr(cursor) again = cursor_copy(at_b);
	g_assert_true(cursor_fail(at_b, &rescued));
	g_assert_true(rescued);
	g_assert_cmpstr(cursor_task(at_b, &failed)->module_name, ==, "r");
	g_assert_cmpstr(cursor_task(again, &failed)->module_name, ==, "b");
}

/* Goes on to the task of this name; "name!" fails there. */
static cursor *at(const GPtrArray *tasks, const GPtrArray *included, const char *place)
{
	cursor *c = cursor_new(tasks);
	gboolean failed = FALSE;
	g_auto(GStrv) words = g_strsplit(place, " ", -1);
	for (char **word = words; *word != NULL; word++) {
		const struct task *task = NULL;
		gsize length = strcspn(*word, "!");
		while ((task = cursor_task(c, &failed)) != NULL &&
			strncmp(task->module_name, *word, length + 1) != 0 &&
			!((*word)[length] == '!' &&
				strncmp(task->module_name, *word, length) == 0)) {
			cursor_next(c);
			if (g_str_equal(task->module_name, "+x") && strchr(place, 'x') != NULL) {
				cursor_enter(c, included, FALSE, NULL);
			}
		}
		if ((*word)[length] == '!') {
			gboolean rescued = FALSE;
			g_assert_true(cursor_fail(c, &rescued));
			(void)cursor_task(c, &failed);
		}
	}
	return c;
}

/* Who stands before whom, as Ansible's strategy linear has it. */
static void test_compare(void)
{
	static const struct {
		const char *left, *right;
		int order;
	} rows[] = {
		{ "a", "a", 0 },
		{ "a", "b", -1 },
		{ "b", "c", -1 },
		{ "c", "r", -1 },   /* a block before its rescue */
		{ "b! r", "c", 1 }, /* whoever is there */
		{ "b! r", "b! s", -1 },
		{ "b! r", "z", -1 },
		{ "z", "d", -1 }, /* in a block before what follows it */
		{ "b! s", "d", -1 },
		{ "x1", "x2", -1 },
		{ "x2", "e", -1 }, /* what is included before what follows the include */
		{ "d", "x1", -1 },
		{ "e", "x1", 1 },
		{ "b! r", "b! r", 0 },
	};
	const char *text = "a [ b c | r s | z ] d +x e";
	g_autoptr(GPtrArray) tasks = read_tasks(&text);
	g_autoptr(GPtrArray) included = g_ptr_array_new();
	g_ptr_array_add(included, new_task(TASK_MODULE, g_strdup("x1")));
	g_ptr_array_add(included, new_task(TASK_MODULE, g_strdup("x2")));
	for (gsize i = 0; i < G_N_ELEMENTS(rows); i++) {
		const char *left = g_str_equal(rows[i].left, "r") ? "b! r" : rows[i].left;
		const char *right = g_str_equal(rows[i].right, "r") ? "b! r" : rows[i].right;
		g_autoptr(cursor) a = at(tasks, included, left);
		g_autoptr(cursor) b = at(tasks, included, right);
		g_test_message("%s and %s", left, right);
		g_assert_cmpint(CLAMP(cursor_compare(a, b), -1, 1), ==, rows[i].order);
		g_assert_cmpint(CLAMP(cursor_compare(b, a), -1, 1), ==, -rows[i].order);
	}
}

/* Handlers stand in the order of the play, whichever a host was notified of; those that run on
 * hosts that failed stand behind everything. */
static void test_compare_handlers(void)
{
	const char *text = "a b";
	g_autoptr(GPtrArray) tasks = read_tasks(&text);
	g_autoptr(GPtrArray) both = g_ptr_array_new();
	g_autoptr(GPtrArray) second = g_ptr_array_new();
	struct task *h1 = new_task(TASK_MODULE, g_strdup("h1"));
	struct task *h2 = new_task(TASK_MODULE, g_strdup("h2"));
	h1->order = 1;
	h2->order = 2;
	g_ptr_array_add(both, h1);
	g_ptr_array_add(both, h2);
	g_ptr_array_add(second, h2);
	g_autoptr(cursor) one = cursor_new(tasks);
	g_autoptr(cursor) two = cursor_new(tasks);
	g_autoptr(cursor) none = cursor_new(tasks);
	g_autoptr(cursor) failed = cursor_new_last(tasks);
	cursor_enter(one, both, TRUE, NULL);
	cursor_enter(two, second, TRUE, NULL);
	g_assert_cmpint(cursor_compare(one, two), <, 0);
	g_assert_cmpint(cursor_compare(two, none), <, 0);
	cursor_next(one);
	g_assert_cmpint(cursor_compare(one, two), ==, 0);
	g_assert_cmpint(cursor_compare(failed, none), >, 0);
	g_assert_cmpint(cursor_compare(one, failed), <, 0);
	g_assert_cmpint(cursor_compare(failed, failed), ==, 0);
}

static value *new_variables(const char *name, gint64 number, const char *more)
{
	value *dict = value_new_dict();
	value_dict_set(dict, name, value_new_int(number));
	if (more != NULL) {
		value_dict_set(dict, more, value_new_int(number));
	}
	return dict;
}

/* Variables of includes hold inside them, the inner ones win, also for blocks in them. */
static void test_variables(void)
{
	const char *text = "a b";
	const char *inner_text = "[ i | | ]";
	g_autoptr(GPtrArray) tasks = read_tasks(&text);
	g_autoptr(GPtrArray) inner = read_tasks(&inner_text);
	g_autoptr(cursor) c = cursor_new(tasks);
	gboolean failed = FALSE;
	g_assert_null(cursor_variables(c));
	cursor_next(c);
	cursor_enter(c, tasks, FALSE, new_variables("x", 1, "y"));
	cursor_enter(c, inner, FALSE, new_variables("x", 2, NULL));
	g_assert_cmpstr(cursor_task(c, &failed)->module_name, ==, "i");
	g_autoptr(value) all = cursor_variables(c);
	g_assert_cmpint(value_int(value_dict_get(all, "x")), ==, 2);
	g_assert_cmpint(value_int(value_dict_get(all, "y")), ==, 1);
	cursor_next(c);
	g_assert_cmpstr(cursor_task(c, &failed)->module_name, ==, "a");
	g_autoptr(value) outer = cursor_variables(c);
	g_assert_cmpint(value_int(value_dict_get(outer, "x")), ==, 1);
	cursor_next(c);
	cursor_next(c);
	g_assert_cmpstr(cursor_task(c, &failed)->module_name, ==, "b");
	g_assert_null(cursor_variables(c));
}

/* Handlers, their blocks and what they include are among handlers; what comes behind is not. */
static void test_handlers(void)
{
	const char *text = "a b";
	const char *handler_text = "h [ i | | ]";
	g_autoptr(GPtrArray) tasks = read_tasks(&text);
	g_autoptr(GPtrArray) handlers = read_tasks(&handler_text);
	g_autoptr(cursor) c = cursor_new(tasks);
	gboolean failed = FALSE;
	g_assert_cmpstr(cursor_task(c, &failed)->module_name, ==, "a");
	g_assert_false(cursor_in_handlers(c));
	cursor_enter(c, handlers, TRUE, NULL);
	g_assert_cmpstr(cursor_task(c, &failed)->module_name, ==, "h");
	g_assert_true(cursor_in_handlers(c));
	cursor_enter(c, tasks, FALSE, NULL);
	g_assert_true(cursor_in_handlers(c));
	cursor_next(c);
	cursor_next(c);
	g_assert_cmpstr(cursor_task(c, &failed)->module_name, ==, "h");
	cursor_next(c);
	g_assert_cmpstr(cursor_task(c, &failed)->module_name, ==, "i");
	g_assert_true(cursor_in_handlers(c));
	cursor_next(c);
	g_assert_cmpstr(cursor_task(c, &failed)->module_name, ==, "a");
	g_assert_false(cursor_in_handlers(c));
	cursor_end(c);
	g_assert_null(cursor_task(c, &failed));
	g_assert_false(failed);
	g_assert_false(cursor_in_handlers(c));
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	all_tasks = g_ptr_array_new_with_free_func(task_free);
	g_test_add_func("/cursor/walks", test_walks);
	g_test_add_func("/cursor/failure-after-always", test_failure_after_always);
	g_test_add_func("/cursor/compare", test_compare);
	g_test_add_func("/cursor/compare-handlers", test_compare_handlers);
	g_test_add_func("/cursor/copy", test_copy);
	g_test_add_func("/cursor/variables", test_variables);
	g_test_add_func("/cursor/handlers", test_handlers);
	int status = g_test_run();
	g_ptr_array_unref(all_tasks);
	return status;
}
