/* Plays. */
#include "playbook/loader.h"

#include <string.h>

#include "base/suggest.h"
#include "inventory/precedence.h"
#include "playbook/keywords.h"
#include "template/template.h"

static void take_values(struct play *play, const value *dict)
{
	value_dict_foreach (dict, key, item) {
		const struct keyword *keyword = keyword_find(value_string(key));
		if (keyword != NULL && keyword->play_offset != 0 && !value_is(item, VALUE_NULL)) {
			value **field = (value **)((char *)play + keyword->play_offset);
			value_clear(field);
			*field = value_ref(item);
		}
	}
}

/* What the settings say of the facts, where the play is silent. */
static void take_defaults(struct play *play, const struct playbook_options *options)
{
	const struct {
		value **field;
		const value *usual;
	} rows[] = {
		{ &play->gather_subset, options->gather_subset },
		{ &play->gather_timeout, options->gather_timeout },
		{ &play->fact_path, options->fact_path },
	};
	for (gsize i = 0; i < G_N_ELEMENTS(rows); i++) {
		if (*rows[i].field == NULL && rows[i].usual != NULL) {
			*rows[i].field = value_ref(rows[i].usual);
		}
	}
}

static gboolean check_hosts(const value *dict, GError **error)
{
	const value *hosts = dict_given(dict, "hosts");
	struct position at = key_position(dict, "hosts");
	if (hosts == NULL) {
		error_set_at(error, SUTLER_ERROR_USAGE, at, "a play needs 'hosts'");
		return FALSE;
	}
	g_autoptr(value) list = as_list(hosts);
	gboolean empty = value_list_length(list) == 0;
	value_list_foreach (list, item) {
		if (!value_is(item, VALUE_STRING)) {
			error_set_at(error, SUTLER_ERROR_USAGE, value_position(item),
				"'hosts' must be a pattern or a list of patterns");
			return FALSE;
		}
		empty = empty || *value_string(item) == '\0';
	}
	if (empty) {
		error_set_at(error, SUTLER_ERROR_USAGE, value_position(hosts), "'hosts' is empty");
	}
	return !empty;
}

/* serial: a number, a percentage, or a list of them. */
static gboolean check_serial(const value *serial, GError **error)
{
	if (serial == NULL) {
		return TRUE;
	}
	g_autoptr(value) list = as_list(serial);
	value_list_foreach (list, item) {
		g_autofree char *text = value_to_string(item);
		g_autofree char *digits = g_strdup(text);
		if (g_str_has_suffix(digits, "%")) {
			digits[strlen(digits) - 1] = '\0';
		}
		if (!template_has_marks(text) &&
			!g_ascii_string_to_signed(digits, 10, 0, G_MAXINT, NULL, NULL)) {
			error_set_at(error, SUTLER_ERROR_USAGE, value_position(item),
				"'serial' must be a number of hosts or a percentage, not '%.40s'",
				text);
			return FALSE;
		}
	}
	return TRUE;
}

static gboolean check_choice(
	const value *v, const char *key, const char *const *choices, gsize n, GError **error)
{
	if (v == NULL || (value_is(v, VALUE_STRING) && template_has_marks(value_string(v)))) {
		return TRUE;
	}
	g_autofree char *text = value_to_string(v);
	for (gsize i = 0; i < n; i++) {
		if (strcmp(text, choices[i]) == 0) {
			return TRUE;
		}
	}
	g_autofree char *hint = suggest_phrase(text, choices, n);
	g_autoptr(GString) all = g_string_new(", use");
	for (gsize i = 0; i < n; i++) {
		g_string_append_printf(all, "%s %s",
			i == 0      ? ""
			: i + 1 < n ? ","
				    : " or",
			choices[i]);
	}
	error_set_at(error, SUTLER_ERROR_USAGE, value_position(v), "unknown %s '%.40s'%s", key,
		text, *hint != '\0' ? hint : all->str);
	return FALSE;
}

static gboolean check_choices(const struct play *play, GError **error)
{
	static const char *const strategies[] = { "ansible.builtin.free",
		"ansible.builtin.host_pinned", "ansible.builtin.linear", "free", "host_pinned",
		"linear" };
	static const char *const orders[] = { "inventory", "reverse_inventory", "reverse_sorted",
		"shuffle", "sorted" };
	return check_choice(
		       play->strategy, "strategy", strategies, G_N_ELEMENTS(strategies), error) &&
	       check_choice(play->order, "order", orders, G_N_ELEMENTS(orders), error) &&
	       check_serial(play->serial, error);
}

static gboolean check_prompts(const value *prompts, GError **error)
{
	static const char *const keys[] = { "confirm", "default", "encrypt", "name", "private",
		"prompt", "salt", "salt_size", "unsafe" };
	g_autoptr(value) list = prompts != NULL ? as_list(prompts) : value_new_list();
	value_list_foreach (list, prompt) {
		const value *name =
			value_is(prompt, VALUE_DICT) ? dict_given(prompt, "name") : NULL;
		if (name == NULL || !value_is(name, VALUE_STRING) ||
			!variable_name_is_valid(value_string(name))) {
			error_set_at(error, SUTLER_ERROR_USAGE, value_position(prompt),
				"an entry of vars_prompt needs 'name', the name of a variable");
			return FALSE;
		}
		value_dict_foreach (prompt, key, item) {
			(void)item;
			g_autofree char *text = value_to_string(key);
			gboolean known = FALSE;
			for (gsize i = 0; i < G_N_ELEMENTS(keys); i++) {
				known = known || strcmp(text, keys[i]) == 0;
			}
			if (!known) {
				g_autofree char *hint =
					suggest_phrase(text, keys, G_N_ELEMENTS(keys));
				error_set_at(error, SUTLER_ERROR_USAGE, value_position(key),
					"unknown key '%s' in vars_prompt%s", text, hint);
				return FALSE;
			}
		}
	}
	return TRUE;
}

char *playbook_find_vars_file(const struct play *play, const char *name)
{
	g_autofree char *beside = g_canonicalize_filename(name, play->folder);
	g_autofree char *vars = g_build_filename(play->folder, "vars", NULL);
	g_autofree char *below = g_canonicalize_filename(name, vars);
	if (g_file_test(below, G_FILE_TEST_IS_REGULAR)) {
		return g_steal_pointer(&below);
	}
	return g_file_test(beside, G_FILE_TEST_IS_REGULAR) ? g_steal_pointer(&beside) : NULL;
}

/* A file of variables whose name holds no template must be there and be a mapping; what it holds is
 * added to known. */
static gboolean check_vars_file(const struct loader *l, const struct play *play, const value *name,
	value *known, GError **error)
{
	g_autoptr(value) names = as_list(name); /* a list: the first that exists */
	value_list_foreach (names, item) {
		g_autofree char *text = value_to_string(item);
		if (template_has_marks(text)) {
			return TRUE;
		}
		g_autofree char *path = playbook_find_vars_file(play, text);
		if (path != NULL) {
			g_autoptr(value) vars = read_variables(l, path, error);
			if (vars != NULL) {
				variables_update(known, vars);
			}
			return vars != NULL;
		}
	}
	g_autofree char *text = value_to_string(name);
	error_set_at(error, SUTLER_ERROR_USAGE, value_position(name),
		"unable to find the vars_files entry '%s' in '%s'", text, play->folder);
	return FALSE;
}

/* What the files hold counts while loading, too: names of imported files may need it. */
static gboolean take_vars_files(
	const struct loader *l, struct scope *scope, const value *dict, GError **error)
{
	const value *files = dict_given(dict, "vars_files");
	if (files == NULL) {
		return TRUE;
	}
	value *known = value_new_dict();
	g_ptr_array_add(l->book->kept, known);
	scope->files = known;
	g_autoptr(value) list = as_list(files);
	value_list_foreach (list, item) {
		if (value_is(item, VALUE_NULL)) {
			continue;
		}
		GError *problem = NULL;
		if (!check_vars_file(l, scope->play, item, known, &problem) &&
			!loader_go_on(l, &problem)) {
			g_propagate_error(error, problem);
			return FALSE;
		}
		g_ptr_array_add(scope->play->vars_files, value_ref(item));
	}
	value_freeze(known);
	return TRUE;
}

static gboolean take_vars(
	struct play *play, const value *dict, const struct scope *outside, GError **error)
{
	g_autoptr(value) own = vars_merge(value_dict_get(dict, "vars"), error);
	if (own == NULL) {
		return FALSE;
	}
	play->vars = value_new_dict();
	value_set_position(play->vars, value_position(own));
	value_dict_update(play->vars, own);
	for (guint i = 0; i < outside->directives->vars->len; i++) {
		value_dict_update(play->vars, g_ptr_array_index(outside->directives->vars, i));
	}
	value_freeze(play->vars);
	return TRUE;
}

/* What the play gives to all its tasks; its variables are its own. */
static struct scope *play_scope(const struct loader *l, struct play *play, const value *dict,
	const struct scope *outside, GError **error)
{
	struct scope *scope = scope_new(l->book, outside);
	scope->play = play;
	scope->file = NULL;
	const value *collections = dict_given(dict, "collections");
	scope->collections = value_is(collections, VALUE_LIST) ? collections : NULL;
	if (!directives_take(scope->directives, dict, error) ||
		!directives_module_defaults(scope, dict, error)) {
		return NULL;
	}
	g_ptr_array_set_size(scope->directives->vars, 0);
	for (guint i = 0; i < outside->directives->when->len; i++) {
		g_ptr_array_add(
			play->when, value_ref(g_ptr_array_index(outside->directives->when, i)));
	}
	const value *user = dict_given(dict, "user");
	if (user != NULL) {
		value_clear(&scope->directives->remote_user);
		scope->directives->remote_user = value_ref(user);
	}
	for (guint i = 0; i < scope->directives->tags->len; i++) {
		g_ptr_array_add(
			play->tags, g_strdup(g_ptr_array_index(scope->directives->tags, i)));
	}
	return scope;
}

static void add_flush(const struct loader *l, const struct scope *scope, const value *dict)
{
	struct task *task = scope_task(l->book, scope);
	task->kind = TASK_META;
	task->at = value_position(dict);
	task->arguments_at = task->at;
	task->module_name = g_strdup("meta");
	task->arguments = value_new_dict();
	value_dict_set(task->arguments, "_raw_params", value_new_string("flush_handlers"));
	task->implicit = TRUE;
	g_ptr_array_set_size(task->when, 0);
	g_ptr_array_set_size(task->tags, 0);
	g_ptr_array_add(task->tags, g_strdup("always"));
	g_ptr_array_add(scope->play->tasks, task);
}

static gboolean read_section(const struct loader *l, const struct scope *scope, const value *dict,
	const char *key, GPtrArray *tasks, GError **error)
{
	return tasks_read(l, scope, value_dict_get(dict, key), tasks, error);
}

static gboolean read_roles(
	const struct loader *l, const struct scope *scope, const value *dict, GError **error)
{
	const value *roles = dict_given(dict, "roles");
	return roles == NULL || roles_read(l, scope, roles, scope->play->tasks,
					scope->play->handlers, scope->play->roles, error);
}

static gboolean read_sections(
	const struct loader *l, const struct scope *scope, const value *dict, GError **error)
{
	struct play *play = scope->play;
	struct scope *handlers = scope_new(l->book, scope);
	handlers->handlers = TRUE;
	handlers->sheltered = TRUE;
	if (!read_section(l, scope, dict, "pre_tasks", play->tasks, error)) {
		return FALSE;
	}
	add_flush(l, scope, dict);
	if (!read_roles(l, scope, dict, error) ||
		!read_section(l, scope, dict, "tasks", play->tasks, error)) {
		return FALSE;
	}
	add_flush(l, scope, dict);
	if (!read_section(l, scope, dict, "post_tasks", play->tasks, error)) {
		return FALSE;
	}
	add_flush(l, scope, dict);
	if (!read_section(l, handlers, dict, "handlers", play->handlers, error)) {
		return FALSE;
	}
	for (guint i = 0; i < play->handlers->len; i++) {
		struct task *handler = g_ptr_array_index(play->handlers, i);
		handler->order = i + 1;
	}
	return TRUE;
}

/* Nobody is asked, but -e may have answered. */
static void refuse_prompts(const struct loader *l, const struct scope *scope)
{
	g_autoptr(value) prompts = scope->play->vars_prompt != NULL
					   ? as_list(scope->play->vars_prompt)
					   : value_new_list();
	value_list_foreach (prompts, prompt) {
		const char *name = value_string(value_dict_get(prompt, "name"));
		const value *extra = l->options->extra_vars;
		GError *fault = NULL;
		if (extra != NULL && value_dict_get(extra, name) != NULL) {
			continue;
		}
		error_set_at(&fault, SUTLER_ERROR_USAGE, value_position(prompt),
			"'vars_prompt' is not supported: give the value with -e %s=...", name);
		task_set_fault(scope->directives, fault);
	}
}

/* What stands at the play itself. */
static struct scope *read_own(const struct loader *l, struct play *play, const value *dict,
	const struct scope *outside, GError **error)
{
	struct task *own = task_new(l->book); /* for its faults, which all its tasks get */
	if (!directives_check(l, dict, IN_PLAY, "a play", NULL, NULL, own, error) ||
		!check_hosts(dict, error)) {
		return NULL;
	}
	if (value_dict_get(dict, "user") != NULL && value_dict_get(dict, "remote_user") != NULL) {
		error_set_at(error, SUTLER_ERROR_USAGE, key_position(dict, "user"),
			"'user' and 'remote_user' in one play, write 'remote_user'");
		return NULL;
	}
	take_values(play, dict);
	take_defaults(play, l->options);
	if (!check_choices(play, error) || !check_prompts(play->vars_prompt, error) ||
		!take_vars(play, dict, outside, error)) {
		return NULL;
	}
	struct scope *scope = play_scope(l, play, dict, outside, error);
	if (scope == NULL || !take_vars_files(l, scope, dict, error)) {
		return NULL;
	}
	if (own->fault != NULL) {
		task_set_fault(scope->directives, g_steal_pointer(&own->fault));
	}
	refuse_prompts(l, scope);
	return scope;
}

static gboolean fill(const struct loader *outer, struct play *play, const value *dict,
	const struct scope *outside, GError **error)
{
	g_autoptr(GHashTable) done = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
	const struct loader l = { outer->book, outer->options, done, outer->problems };
	guint before = problems_count(l.problems);
	GError *problem = NULL;
	play->at = value_position(dict);
	play->folder = outside->folder;
	struct scope *scope = read_own(&l, play, dict, outside, &problem);
	if (scope == NULL) {
		if (!loader_go_on(&l, &problem)) {
			g_propagate_error(error, problem);
			return FALSE;
		}
		/* Its tasks are looked at all the same. */
		scope = scope_new(l.book, outside);
		scope->play = play;
		scope->file = NULL;
	}
	if (!read_sections(&l, scope, dict, error)) {
		return FALSE;
	}
	if (problems_count(l.problems) == before) { /* else handlers may be missed */
		play_check_notify(&l, play);
	}
	return TRUE;
}

struct play *play_read(
	const struct loader *l, const value *dict, const struct scope *outside, GError **error)
{
	struct play *play = play_new();
	if (!fill(l, play, dict, outside, error)) {
		play_free(play);
		return NULL;
	}
	return play;
}
