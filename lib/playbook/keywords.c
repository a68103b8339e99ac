/* The keys of plays, blocks, tasks, handlers and roles. */
#include "playbook/keywords.h"

#include <stdlib.h>
#include <string.h>

#include "base/public-names.h"
#include "base/suggest.h"
#include "template/template.h"
#include "value/convert.h"

#define TASK(field) G_STRUCT_OFFSET(struct task, field)
#define PLAY(field) G_STRUCT_OFFSET(struct play, field)

enum {
	ALL_TASKS = IN_TASK | IN_HANDLER,
	BASE = IN_PLAY | IN_BLOCK | IN_TASK | IN_HANDLER | IN_ROLE,
	INCLUDED = BASE | IN_INCLUDE,
};

/* Sorted by name. From "Playbook Keywords" of the Ansible 2.14 documentation; what include_tasks
 * takes is what its documentation lists. */
static const struct keyword table[] = {
	{ "action", TYPE_ANY, ALL_TASKS, 0, 0, NULL, "playbook/action.c" },
	{ "always", TYPE_TASKS, IN_BLOCK, 0, 0, NULL, "playbook/task.c" },
	{ "any_errors_fatal", TYPE_BOOL, BASE | INHERITED, TASK(any_errors_fatal),
		PLAY(any_errors_fatal), NULL, "run/barrier.c" },
	{ "args", TYPE_DICT, ALL_TASKS | IN_INCLUDE, 0, 0, NULL, "playbook/action.c" },
	{ "async", TYPE_INT, ALL_TASKS, TASK(async_seconds), 0, NULL, "playbook/fault.c" },
	{ "become", TYPE_BOOL, BASE | INHERITED, TASK(become), PLAY(become), NULL, "run/reach.c" },
	{ "become_exe", TYPE_REFUSED, BASE, 0, 0, "sudo is found through PATH",
		"playbook/directives.c" },
	{ "become_flags", TYPE_REFUSED, BASE, 0, 0, "remove it", "playbook/directives.c" },
	{ "become_method", TYPE_TEXT, BASE | INHERITED, TASK(become_method), 0, NULL,
		"run/reach.c" },
	{ "become_user", TYPE_TEXT, BASE | INHERITED, TASK(become_user), PLAY(become_user), NULL,
		"run/reach.c" },
	{ "block", TYPE_TASKS, IN_BLOCK, 0, 0, NULL, "playbook/task.c" },
	{ "changed_when", TYPE_CONDITION, ALL_TASKS, TASK(changed_when), 0, NULL,
		"run/conditions.c" },
	{ "check_mode", TYPE_BOOL, BASE | INHERITED, TASK(check_mode), PLAY(check_mode), NULL,
		"run/arguments.c" },
	{ "collections", TYPE_LIST, INCLUDED, 0, 0, NULL, "playbook/play.c" },
	{ "connection", TYPE_TEXT, BASE | INHERITED, TASK(connection), PLAY(connection), NULL,
		"run/reach.c" },
	{ "debugger", TYPE_REFUSED, INCLUDED, 0, 0, "use --step", "playbook/directives.c" },
	{ "delay", TYPE_NUMBER, ALL_TASKS, TASK(delay), 0, NULL, "run/conditions.c" },
	{ "delegate_facts", TYPE_BOOL, ALL_TASKS | IN_BLOCK | IN_ROLE | INHERITED,
		TASK(delegate_facts), 0, NULL, "run/outcome.c" },
	{ "delegate_to", TYPE_TEXT, ALL_TASKS | IN_BLOCK | IN_ROLE | INHERITED, TASK(delegate_to),
		0, NULL, "run/prepare.c" },
	{ "diff", TYPE_BOOL, BASE | INHERITED, TASK(diff), 0, NULL, "run/arguments.c" },
	{ "environment", TYPE_ANY, BASE, 0, PLAY(environment), NULL, "playbook/directives.c" },
	{ "fact_path", TYPE_TEXT, IN_PLAY, 0, PLAY(fact_path), NULL, "run/play.c" },
	{ "failed_when", TYPE_CONDITION, ALL_TASKS, TASK(failed_when), 0, NULL,
		"run/conditions.c" },
	{ "force_handlers", TYPE_BOOL, IN_PLAY, 0, PLAY(force_handlers), NULL, "run/walker.c" },
	{ "gather_facts", TYPE_BOOL, IN_PLAY, 0, PLAY(gather_facts), NULL, "run/walker.c" },
	{ "gather_subset", TYPE_LIST, IN_PLAY, 0, PLAY(gather_subset), NULL, "run/play.c" },
	{ "gather_timeout", TYPE_INT, IN_PLAY, 0, PLAY(gather_timeout), NULL, "run/play.c" },
	{ "handlers", TYPE_TASKS, IN_PLAY, 0, 0, NULL, "playbook/play.c" },
	{ "hosts", TYPE_ANY, IN_PLAY, 0, PLAY(hosts), NULL, "run/plays.c" },
	{ "ignore_errors", TYPE_BOOL, INCLUDED | INHERITED, TASK(ignore_errors),
		PLAY(ignore_errors), NULL, "run/prepare.c" },
	{ "ignore_unreachable", TYPE_BOOL, BASE | INHERITED, TASK(ignore_unreachable),
		PLAY(ignore_unreachable), NULL, "run/prepare.c" },
	{ "listen", TYPE_LIST, IN_HANDLER, 0, 0, NULL, "playbook/task.c" },
	{ "local_action", TYPE_ANY, ALL_TASKS, 0, 0, NULL, "playbook/action.c" },
	{ "loop", TYPE_ANY, ALL_TASKS | IN_INCLUDE, 0, 0, NULL, "playbook/loop.c" },
	{ "loop_control", TYPE_DICT, ALL_TASKS | IN_INCLUDE, 0, 0, NULL, "playbook/loop.c" },
	{ "max_fail_percentage", TYPE_NUMBER, IN_PLAY, 0, PLAY(max_fail_percentage), NULL,
		"run/play-run.c" },
	{ "module_defaults", TYPE_ANY, BASE, 0, 0, NULL, "playbook/directives.c" },
	{ "name", TYPE_TEXT, INCLUDED | IN_IMPORT, TASK(name), PLAY(name), NULL, "run/advance.c" },
	{ "no_log", TYPE_BOOL, INCLUDED | INHERITED, TASK(no_log), PLAY(no_log), NULL,
		"run/prepare.c" },
	{ "notify", TYPE_LIST, ALL_TASKS | IN_BLOCK, 0, 0, NULL, "playbook/directives.c" },
	{ "order", TYPE_TEXT, IN_PLAY, 0, PLAY(order), NULL, "run/plays.c" },
	{ "poll", TYPE_INT, ALL_TASKS, TASK(poll), 0, NULL, "playbook/fault.c" },
	{ "port", TYPE_INT, BASE | INHERITED, TASK(port), PLAY(port), NULL, "run/reach.c" },
	{ "post_tasks", TYPE_TASKS, IN_PLAY, 0, 0, NULL, "playbook/play.c" },
	{ "pre_tasks", TYPE_TASKS, IN_PLAY, 0, 0, NULL, "playbook/play.c" },
	{ "register", TYPE_TEXT, ALL_TASKS | IN_INCLUDE, 0, 0, NULL, "playbook/task.c" },
	{ "remote_user", TYPE_TEXT, BASE | INHERITED, TASK(remote_user), PLAY(remote_user), NULL,
		"run/reach.c" },
	{ "rescue", TYPE_TASKS, IN_BLOCK, 0, 0, NULL, "playbook/task.c" },
	{ "retries", TYPE_INT, ALL_TASKS, TASK(retries), 0, NULL, "run/conditions.c" },
	{ "roles", TYPE_ANY, IN_PLAY, 0, 0, NULL, "playbook/play.c" },
	{ "run_once", TYPE_BOOL, INCLUDED | INHERITED, TASK(run_once), 0, NULL, "run/barrier.c" },
	{ "serial", TYPE_ANY, IN_PLAY, 0, PLAY(serial), NULL, "run/play.c" },
	{ "strategy", TYPE_TEXT, IN_PLAY, 0, PLAY(strategy), NULL, "run/barrier.c" },
	{ "tags", TYPE_LIST, INCLUDED | IN_IMPORT, 0, 0, NULL, "playbook/directives.c" },
	{ "tasks", TYPE_TASKS, IN_PLAY, 0, 0, NULL, "playbook/play.c" },
	{ "throttle", TYPE_INT, BASE | INHERITED, TASK(throttle), PLAY(throttle), NULL,
		"run/barrier.c" },
	{ "timeout", TYPE_INT, INCLUDED | INHERITED, TASK(timeout), PLAY(timeout), NULL,
		"run/arguments.c" },
	{ "until", TYPE_CONDITION, ALL_TASKS, TASK(until), 0, NULL, "run/conditions.c" },
	{ "user", TYPE_TEXT, IN_PLAY, 0, PLAY(remote_user), NULL, "playbook/play.c" },
	{ "vars", TYPE_VARS, INCLUDED | IN_IMPORT, 0, 0, NULL, "playbook/directives.c" },
	{ "vars_files", TYPE_LIST, IN_PLAY, 0, 0, NULL, "playbook/play.c" },
	{ "vars_prompt", TYPE_ANY, IN_PLAY, 0, PLAY(vars_prompt), NULL, "playbook/play.c" },
	{ "when", TYPE_CONDITION, ALL_TASKS | IN_BLOCK | IN_ROLE | IN_INCLUDE | IN_IMPORT, 0, 0,
		NULL, "playbook/directives.c" },
};

const value *keyword_of_task(const struct keyword *keyword, const struct task *task)
{
	return keyword->task_offset == 0
		       ? NULL
		       : *(value *const *)((const char *)task + keyword->task_offset);
}

const value *keyword_of_play(const struct keyword *keyword, const struct play *play)
{
	return keyword->play_offset == 0
		       ? NULL
		       : *(value *const *)((const char *)play + keyword->play_offset);
}

const struct keyword *keyword_table(gsize *n)
{
	*n = G_N_ELEMENTS(table);
	return table;
}

static int compare_name(const void *name, const void *row)
{
	return strcmp(name, ((const struct keyword *)row)->name);
}

const struct keyword *keyword_find(const char *name)
{
	return bsearch(name, table, G_N_ELEMENTS(table), sizeof *table, compare_name);
}

static gboolean is_text(const value *v)
{
	return value_is(v, VALUE_STRING);
}

static gboolean is_template(const value *v)
{
	return is_text(v) && template_has_marks(value_string(v));
}

static gboolean is_scalar(const value *v)
{
	return !value_is_sequence(v) && !value_is(v, VALUE_DICT);
}

static gboolean is_number(const value *v, gboolean whole)
{
	if (!is_text(v)) {
		return value_is(v, VALUE_INT) || (!whole && value_is(v, VALUE_FLOAT));
	}
	const char *text = value_string(v);
	char *end = NULL;
	if (whole) {
		(void)g_ascii_strtoll(text, &end, 10);
	} else {
		(void)g_ascii_strtod(text, &end);
		end += *end == '%';
	}
	return end != text && *end == '\0';
}

/* A list whose items are all scalars, or one scalar. */
static gboolean is_list(const value *v)
{
	for (gsize i = 0; value_is(v, VALUE_LIST) && i < value_list_length(v); i++) {
		const value *item = value_list_get(v, i);
		if (value_is(item, VALUE_DICT)) {
			return FALSE;
		}
	}
	return !value_is(v, VALUE_DICT);
}

static gboolean is_list_of_dicts(const value *v)
{
	for (gsize i = 0; value_is(v, VALUE_LIST) && i < value_list_length(v); i++) {
		if (!value_is(value_list_get(v, i), VALUE_DICT)) {
			return FALSE;
		}
	}
	return value_is(v, VALUE_LIST);
}

static gboolean fits(enum keyword_type type, const value *v)
{
	switch (type) {
	case TYPE_TEXT:
		return is_scalar(v);
	case TYPE_BOOL:
		return convert_truth(v) >= 0 || is_template(v);
	case TYPE_INT:
		return is_number(v, TRUE) || is_template(v);
	case TYPE_NUMBER:
		return is_number(v, FALSE) || is_template(v);
	case TYPE_LIST:
	case TYPE_CONDITION:
		return is_list(v);
	case TYPE_DICT:
		return value_is(v, VALUE_DICT) || is_template(v);
	case TYPE_VARS:
		return value_is(v, VALUE_DICT) || is_list_of_dicts(v);
	case TYPE_TASKS:
		return value_is(v, VALUE_LIST);
	case TYPE_ANY:
	case TYPE_REFUSED:
		break;
	}
	return TRUE;
}

/* What a value of the wrong type should have been. */
static const char *const expected[] = {
	[TYPE_ANY] = "",
	[TYPE_TEXT] = "one text",
	[TYPE_BOOL] = "true or false",
	[TYPE_INT] = "a whole number",
	[TYPE_NUMBER] = "a number",
	[TYPE_LIST] = "a list of texts",
	[TYPE_DICT] = "a mapping",
	[TYPE_VARS] = "a mapping of variables",
	[TYPE_CONDITION] = "an expression or a list of expressions",
	[TYPE_TASKS] = "a list of tasks",
	[TYPE_REFUSED] = "",
};

char *describe_value(const value *v)
{
	if (value_is(v, VALUE_NULL)) {
		return g_strdup("nothing");
	}
	if (value_is(v, VALUE_DICT)) {
		return g_strdup("a mapping");
	}
	if (value_is_sequence(v)) {
		return g_strdup("a list");
	}
	g_autofree char *text = value_to_string(v);
	return g_strdup_printf("'%.60s'", text);
}

gboolean keyword_check(const struct keyword *keyword, const value *v, GError **error)
{
	if (value_is(v, VALUE_NULL) || fits(keyword->type, v)) {
		return TRUE;
	}
	g_autofree char *found = describe_value(v);
	error_set_at(error, SUTLER_ERROR_USAGE, value_position(v), "'%s' must be %s, not %s",
		keyword->name, expected[keyword->type], found);
	return FALSE;
}

gboolean keyword_is_off(const value *v)
{
	static const char *const words[] = { "0", "f", "false", "n", "never", "no", "off", NULL };
	if (v == NULL || value_is(v, VALUE_NULL)) {
		return TRUE;
	}
	g_autofree char *text = value_to_string(v);
	g_autofree char *word = g_ascii_strdown(text, -1);
	return g_strv_contains(words, word);
}

static const char *place_name(guint places)
{
	static const struct {
		guint place;
		const char *name;
	} names[] = { { IN_TASK, "a task" }, { IN_HANDLER, "a handler" }, { IN_BLOCK, "a block" },
		{ IN_PLAY, "a play" }, { IN_ROLE, "a role" } };
	for (gsize i = 0; i < G_N_ELEMENTS(names); i++) {
		if (places & names[i].place) {
			return names[i].name;
		}
	}
	return "another place";
}

/* What to do about a keyword that stands in the wrong place. */
static char *advice(const struct keyword *keyword, guint place)
{
	if (place & IN_INCLUDE && keyword->places & IN_BLOCK) {
		return g_strdup("write it under 'apply'");
	}
	if (place & IN_IMPORT) {
		return g_strdup("write it in the plays of that file");
	}
	if (place & IN_BLOCK && strcmp(keyword->name, "loop") == 0) {
		return g_strdup("put the tasks into a file and loop over 'include_tasks'");
	}
	return g_strdup_printf("it belongs to %s", place_name(keyword->places));
}

void keyword_set_unknown(const char *name, guint place, const char *what, struct position at,
	const char *const *others, gsize n_others, GError **error)
{
	const struct keyword *elsewhere = keyword_find(public_name(name));
	if (elsewhere != NULL) {
		g_autofree char *hint = advice(elsewhere, place);
		error_set_at(error, SUTLER_ERROR_USAGE, at, "'%s' is not allowed in %s, %s", name,
			what, hint);
		return;
	}
	g_autoptr(GPtrArray) candidates = g_ptr_array_new();
	for (gsize i = 0; i < G_N_ELEMENTS(table); i++) {
		if (table[i].places & place && table[i].type != TYPE_REFUSED) {
			g_ptr_array_add(candidates, (gpointer)table[i].name);
		}
	}
	for (gsize i = 0; i < n_others; i++) {
		g_ptr_array_add(candidates, (gpointer)others[i]);
	}
	g_autofree char *hint =
		suggest_phrase(name, (const char *const *)candidates->pdata, candidates->len);
	error_set_at(error, SUTLER_ERROR_USAGE, at, "unknown key '%s' in %s%s", name, what, hint);
}

gboolean variable_name_is_valid(const char *name)
{
	static const char *const reserved[] = { "False", "None", "True", "and", "as", "assert",
		"async", "await", "break", "class", "continue", "def", "del", "elif", "else",
		"except", "finally", "for", "from", "global", "if", "import", "in", "is", "lambda",
		"nonlocal", "not", "or", "pass", "raise", "return", "try", "while", "with",
		"yield" };
	for (gsize i = 0; i < G_N_ELEMENTS(reserved); i++) {
		if (strcmp(name, reserved[i]) == 0) {
			return FALSE;
		}
	}
	gboolean first = g_ascii_isalpha(*name) || *name == '_';
	for (const char *p = name; first && *p != '\0'; p++) {
		first = g_ascii_isalnum(*p) || *p == '_';
	}
	return first;
}

gboolean variables_check(const value *vars, GError **error)
{
	value_dict_foreach (vars, key, item) {
		(void)item;
		if (value_is(key, VALUE_STRING) && variable_name_is_valid(value_string(key))) {
			continue;
		}
		g_autofree char *name = value_to_string(key);
		error_set_at(error, SUTLER_ERROR_USAGE, value_position(key),
			"'%s' is not a valid variable name, use letters, digits and '_'", name);
		return FALSE;
	}
	return TRUE;
}
