/* Which module a task names, and its arguments in all the ways Ansible lets one write them. */
#include "playbook/loader.h"

#include <string.h>

#include "base/public-names.h"
#include "base/suggest.h"
#include "playbook/free-form.h"
#include "playbook/keywords.h"
#include "playbook/published.h"
#include "template/template.h"

static const char *const statements[] = { "import_playbook", "import_role", "import_tasks",
	"include", "include_role", "include_tasks", "meta" };

void action_clear(struct action *action)
{
	g_clear_pointer(&action->short_name, g_free);
	g_clear_pointer(&action->own, g_free);
	value_clear(&action->arguments);
}

/* The statement of a key in any spelling; NULL: none. */
static const char *statement_of(const char *key)
{
	static const char *const prefixes[] = { "", "ansible.builtin.", "ansible.legacy." };
	for (gsize i = 0; i < G_N_ELEMENTS(prefixes); i++) {
		const char *name =
			g_str_has_prefix(key, prefixes[i]) ? key + strlen(prefixes[i]) : "";
		for (gsize j = 0; j < G_N_ELEMENTS(statements); j++) {
			if (strcmp(name, statements[j]) == 0) {
				return statements[j];
			}
		}
	}
	return NULL;
}

static const char *last_part(const char *name)
{
	const char *dot = strrchr(name, '.');
	return dot != NULL ? dot + 1 : name;
}

gboolean action_is_key(const char *key, gconstpointer loader)
{
	const struct loader *l = loader;
	if (g_str_has_prefix(key, "with_") || statement_of(key) != NULL ||
		l->options->catalog->find(key) != NULL || published_module(key)) {
		return TRUE;
	}
	g_autofree char *own = own_module_find(l, key);
	return own != NULL;
}

/* Whether a text argument is taken as it is, but for a few k=v (Ansible's MODULE_REQUIRE_ARGS). */
static gboolean takes_raw(const char *short_name)
{
	static const char *const names[] = { "command", "raw", "script", "shell", "win_command",
		"win_shell" };
	for (gsize i = 0; i < G_N_ELEMENTS(names); i++) {
		if (strcmp(short_name, names[i]) == 0) {
			return TRUE;
		}
	}
	return FALSE;
}

static void set_unknown_module(
	const struct loader *l, const char *name, struct position at, GError **error)
{
	gsize n = 0;
	if (template_has_marks(name)) {
		error_set_at(error, SUTLER_ERROR_USAGE, at,
			"a module's name cannot be a template: '%s', write a task for each module, "
			"with "
			"'when'",
			public_name(name));
		return;
	}
	const char *const *names = l->options->catalog->names(&n);
	g_autoptr(GPtrArray) candidates = g_ptr_array_new();
	for (gsize i = 0; i < n; i++) {
		g_ptr_array_add(candidates, (gpointer)names[i]);
	}
	for (gsize i = 0; i < G_N_ELEMENTS(statements); i++) {
		g_ptr_array_add(candidates, (gpointer)statements[i]);
	}
	g_autofree char *hint = suggest_phrase(
		last_part(name), (const char *const *)candidates->pdata, candidates->len);
	error_set_at(error, SUTLER_ERROR_USAGE, at, "unknown module '%s'%s", public_name(name),
		*hint != '\0' ? hint : ", 'sutler modules' lists what there is");
}

static gboolean set_module(const struct loader *l, struct action *action, const char *key,
	struct position at, GError **error)
{
	const char *statement = statement_of(key);
	const struct module *module = statement == NULL ? l->options->catalog->find(key) : NULL;
	/* As in Ansible, a module of one's own stands before one of the same name. */
	if (statement == NULL && (module == NULL || last_part(key) == key ||
					 g_str_has_prefix(key, "ansible.legacy."))) {
		action->own = own_module_find(l, key);
		action->shadows = action->own != NULL && module != NULL;
		action->lacking = action->own != NULL || (module == NULL && published_module(key));
	}
	if (action->shadows) {
		module = NULL;
	}
	if (statement == NULL && module == NULL && !action->lacking) {
		set_unknown_module(l, key, at, error);
		return FALSE;
	}
	action->key = g_intern_string(key);
	action->module = module;
	action->short_name = g_strdup(statement != NULL ? statement : last_part(key));
	action->at = at;
	return TRUE;
}

/* Arguments written as one text. */
static value *arguments_of_text(
	const struct loader *l, const struct action *action, const value *text, GError **error)
{
	value *v = free_form_parse(
		value_string(text), takes_raw(action->short_name), value_position(text), error);
	const value *raw = v != NULL ? value_dict_get(v, "_raw_params") : NULL;
	if (raw != NULL && value_dict_length(v) == 1 && !takes_raw(action->short_name) &&
		template_has_marks(value_string(raw)) && action->module != NULL &&
		!l->options->catalog->is_free_form(action->module)) {
		value *whole = value_ref(raw);
		value_unref(v);
		return whole;
	}
	return v;
}

static value *arguments_of(
	const struct loader *l, const struct action *action, const value *given, GError **error)
{
	if (value_is(given, VALUE_DICT)) {
		return value_thaw(given);
	}
	if (value_is(given, VALUE_NULL)) {
		value *empty = value_new_dict();
		value_set_position(empty, action->at);
		return empty;
	}
	if (value_is(given, VALUE_STRING)) {
		return arguments_of_text(l, action, given, error);
	}
	if (action->lacking) {
		return value_new_dict();
	}
	g_autofree char *found = describe_value(given);
	error_set_at(error, SUTLER_ERROR_USAGE, value_position(given),
		"arguments of '%s' must be a mapping or text, not %s", action->key, found);
	return NULL;
}

/* action: and local_action: "copy src=a dest=b", or a mapping with the module's name in it. */
static gboolean take_old_style(const struct loader *l, struct action *action, const value *thing,
	struct position at, GError **error)
{
	const value *text = value_is(thing, VALUE_DICT) ? value_dict_get(thing, "module") : thing;
	if (!value_is(text, VALUE_STRING)) {
		error_set_at(error, SUTLER_ERROR_USAGE, at,
			"no module named here, write 'MODULE: arguments' as the key of the task");
		return FALSE;
	}
	g_autoptr(GPtrArray) words =
		free_form_split(value_string(text), value_position(text), error);
	if (words == NULL) {
		return FALSE;
	}
	g_autofree char *name =
		g_strstrip(g_strdup(words->len > 0 ? g_ptr_array_index(words, 0) : ""));
	if (!set_module(l, action, name, value_position(text), error)) {
		return FALSE;
	}
	g_autofree char *rest = free_form_join(words, 1);
	g_autoptr(value) rest_text = value_new_string(rest);
	value_set_position(rest_text, value_position(text));
	action->arguments = arguments_of_text(l, action, rest_text, error);
	action->arguments_at = value_position(thing);
	if (action->arguments == NULL || !value_is(thing, VALUE_DICT)) {
		return action->arguments != NULL;
	}
	g_autoptr(value) dict = value_thaw(thing);
	g_autoptr(value) key = value_new_string("module");
	value_dict_remove(dict, key);
	value_dict_update(dict, action->arguments);
	value_clear(&action->arguments);
	action->arguments = g_steal_pointer(&dict);
	return TRUE;
}

static gboolean is_task_key(const char *key, const struct scope *scope)
{
	const struct keyword *keyword = keyword_find(key);
	(void)scope;
	return keyword != NULL && keyword->places & (IN_TASK | IN_HANDLER | IN_INCLUDE);
}

/* Keys that name neither a directive nor a module; without a module, the first of them should have
 * named it. */
static void set_unknown(const struct loader *l, const GPtrArray *keys, gboolean has_module,
	const struct scope *scope, GError **error)
{
	for (guint i = 0; i < keys->len; i++) {
		const value *key = g_ptr_array_index(keys, i);
		const char *name = value_string(key);
		GError *problem = NULL;
		if (has_module || keyword_find(name) != NULL) {
			keyword_set_unknown(name, scope->handlers ? IN_HANDLER : IN_TASK,
				scope->handlers ? "a handler" : "a task", value_position(key), NULL,
				0, &problem);
		} else {
			set_unknown_module(l, name, value_position(key), &problem);
		}
		if (!has_module || i + 1 == keys->len) {
			g_propagate_error(error, problem);
			return;
		}
		problems_add(l->problems, problem, NULL);
	}
}

/* The module among the keys of the task. */
static gboolean find_new_style(const struct loader *l, const struct scope *scope, const value *dict,
	struct action *action, GError **error)
{
	g_autoptr(GPtrArray) unknown = g_ptr_array_new();
	value_dict_foreach (dict, key, item) {
		if (!value_is(key, VALUE_STRING)) {
			g_autofree char *text = value_to_string(key);
			error_set_at(error, SUTLER_ERROR_USAGE, value_position(key),
				"key '%s' of a task must be text, quote it", text);
			return FALSE;
		}
		const char *name = value_string(key);
		if (is_task_key(name, scope) || g_str_has_prefix(name, "with_")) {
			continue;
		}
		if (!action_is_key(name, l)) {
			g_ptr_array_add(unknown, (gpointer)key);
			continue;
		}
		if (action->key != NULL) {
			error_set_at(error, SUTLER_ERROR_USAGE, value_position(key),
				"a second module '%s' in one task, it has '%s' already", name,
				action->key);
			return FALSE;
		}
		if (!set_module(l, action, name, value_position(key), error)) {
			return FALSE;
		}
		action->arguments_at = value_position(item);
		action->arguments = arguments_of(l, action, item, error);
		if (action->arguments == NULL) {
			return FALSE;
		}
	}
	if (unknown->len > 0) {
		set_unknown(l, unknown, action->key != NULL, scope, error);
		return FALSE;
	}
	return TRUE;
}

/* The task's args:, weaker than what is written at the module. */
static gboolean merge_args(const value *dict, struct action *action, GError **error)
{
	value *args = dict_given(dict, "args");
	if (args == NULL) {
		return TRUE;
	}
	if (!value_is(args, VALUE_DICT) &&
		!(value_is(args, VALUE_STRING) && template_has_marks(value_string(args)))) {
		error_set_at(error, SUTLER_ERROR_USAGE, value_position(args),
			"'args' must be a mapping of arguments");
		return FALSE;
	}
	gboolean none = value_is(action->arguments, VALUE_DICT) &&
			value_dict_length(action->arguments) == 0;
	if (value_is(args, VALUE_STRING) && none) {
		value_clear(&action->arguments);
		action->arguments = value_ref(args);
		return TRUE;
	}
	if (value_is(args, VALUE_STRING) || !value_is(action->arguments, VALUE_DICT)) {
		error_set_at(error, SUTLER_ERROR_USAGE, value_position(args),
			"a mapping that is a template cannot be joined with other arguments, write "
			"all of "
			"them under '%s'",
			action->key);
		return FALSE;
	}
	value *merged = value_thaw(args);
	value_dict_update(merged, action->arguments);
	value_clear(&action->arguments);
	action->arguments = merged;
	return TRUE;
}

/* command, shell, raw and script also take their text as cmd. */
static gboolean move_cmd(struct action *action, GError **error)
{
	if (!value_is(action->arguments, VALUE_DICT) || !takes_raw(action->short_name)) {
		return TRUE;
	}
	value *cmd = value_dict_get(action->arguments, "cmd");
	if (cmd == NULL) {
		return TRUE;
	}
	if (dict_given(action->arguments, "_raw_params") != NULL) {
		error_set_at(error, SUTLER_ERROR_USAGE, key_position(action->arguments, "cmd"),
			"'cmd' together with a free text, write the command once");
		return FALSE;
	}
	value_dict_set(action->arguments, "_raw_params", value_ref(cmd));
	g_autoptr(value) key = value_new_string("cmd");
	value_dict_remove(action->arguments, key);
	return TRUE;
}

static gboolean check_rest(const struct loader *l, const struct action *action, GError **error)
{
	const value *raw = value_is(action->arguments, VALUE_DICT)
				   ? value_dict_get(action->arguments, "_raw_params")
				   : NULL;
	if (raw == NULL || action->module == NULL ||
		l->options->catalog->is_free_form(action->module)) {
		return TRUE;
	}
	g_autofree char *text = value_to_string(raw);
	error_set_at(error, SUTLER_ERROR_USAGE, action->arguments_at,
		"module '%s' does not accept free-form text '%.60s', write 'parameter=value' or a "
		"mapping",
		action->short_name, text);
	return FALSE;
}

gboolean action_find(const struct loader *l, const struct scope *scope, const value *dict,
	struct action *action, GError **error)
{
	const value *old = value_dict_get(dict, "action");
	const value *local = value_dict_get(dict, "local_action");
	if (old != NULL && local != NULL) {
		error_set_at(error, SUTLER_ERROR_USAGE, key_position(dict, "local_action"),
			"'action' and 'local_action' in one task, write one");
		return FALSE;
	}
	action->local = local != NULL;
	if (old != NULL || local != NULL) {
		struct position at = key_position(dict, local != NULL ? "local_action" : "action");
		if (!take_old_style(l, action, local != NULL ? local : old, at, error)) {
			return FALSE;
		}
	}
	if (!find_new_style(l, scope, dict, action, error)) {
		return FALSE;
	}
	if (action->key == NULL) {
		error_set_at(error, SUTLER_ERROR_USAGE, value_position(dict),
			"a task without a module, write one, such as 'command: ...'");
		return FALSE;
	}
	return merge_args(dict, action, error) && move_cmd(action, error) &&
	       check_rest(l, action, error);
}
