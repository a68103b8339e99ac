/* What a task asks of a host: its conditions, and its arguments as a call. */
#include "run/walker-private.h"

#include "value/secrets.h"

/* Whether every `when` holds. *ret_false gets the first that does not. */
gboolean walker_conditions_hold(
	walker *w, const struct task *task, gboolean *ret, const value **ret_false, GError **error)
{
	*ret = TRUE;
	for (guint i = 0; task->when != NULL && i < task->when->len && *ret; i++) {
		const value *condition = g_ptr_array_index(task->when, i);
		if (!template_condition(condition, variables_scope(w->variables), ret, error)) {
			return FALSE;
		}
		if (ret_false != NULL) {
			*ret_false = condition;
		}
	}
	return TRUE;
}

/* Drops what evaluated to `omit`, also inside. */
static value *without_omitted(const value *v)
{
	if (value_is(v, VALUE_DICT)) {
		value *dict = value_new_dict();
		value_dict_foreach (v, key, item) {
			if (!variables_is_omit(item)) {
				value_dict_set_value(dict, value_ref(key), without_omitted(item));
			}
		}
		value_set_position(dict, value_position(v));
		return dict;
	}
	if (value_is(v, VALUE_LIST)) {
		value *list = value_new_list();
		value_list_foreach (v, item) {
			if (!variables_is_omit(item)) {
				value_list_append(list, without_omitted(item));
			}
		}
		value_set_position(list, value_position(v));
		return list;
	}
	return value_ref(v);
}

/* The environment of the task as quoted assignments, for t_environment. */
static gboolean set_environment(walker *w, const struct task *task, call *c, GError **error)
{
	g_autoptr(value) all = value_new_dict();
	for (guint i = 0; task->environment != NULL && i < task->environment->len; i++) {
		g_autoptr(value) v = variables_evaluate(
			w->variables, g_ptr_array_index(task->environment, i), error);
		if (v == NULL) {
			return FALSE;
		}
		if (!value_is(v, VALUE_DICT)) {
			error_set_at(error, SUTLER_ERROR_FAILED, task->at,
				"'environment' must be a mapping");
			return FALSE;
		}
		secrets_register(v);
		value_dict_update(all, v);
	}
	GString *words = g_string_new(NULL);
	value_dict_foreach (all, key, item) {
		g_autofree char *name = value_to_string(key);
		g_autofree char *text = value_to_string(item);
		if (!g_regex_match_simple("^[A-Za-z_][A-Za-z0-9_]*\\z", name, 0, 0)) {
			error_set_at(error, SUTLER_ERROR_FAILED, task->at,
				"'environment': '%s' is not a name of a variable", name);
			g_string_free(words, TRUE);
			return FALSE;
		}
		g_string_append_printf(words, "%s=", name);
		shell_append_quoted(words, text);
		g_string_append_c(words, ' ');
	}
	call_set_keyword(c, "environment", words->str);
	g_string_free(words, TRUE);
	return TRUE;
}

static gboolean step_context(
	walker *w, const struct task *task, struct call_context *context, GError **error)
{
	const struct run_options *options = w->state->options;
	g_autoptr(value) timeout = NULL;
	*context = (struct call_context){
		.scope = variables_scope(w->variables),
		.host = host_name(w->host),
		.variable_folders = variables_folders(w->variables),
		.role_folder = task->role != NULL ? task->role->path : NULL,
		.passwords =
			options->playbook_options != NULL ? options->playbook_options->vault : NULL,
		.dry = options->check,
		.diff = options->diff,
		.at = task->arguments_at.file != NULL ? task->arguments_at : task->at,
		.cancel = options->cancel,
		.until = DEADLINE_NONE,
	};
	if (task->timeout != NULL) {
		timeout = variables_evaluate(w->variables, task->timeout, error);
		if (timeout == NULL) {
			return FALSE;
		}
		if (value_is(timeout, VALUE_INT)) {
			context->until = deadline_in((double)value_int(timeout));
		}
	}
	if (!walker_flag(w, task->diff, options->diff, &context->diff, error)) {
		return FALSE;
	}
	/* `check_mode: false` runs even in a dry run; `check_mode: true` never changes anything. */
	return walker_flag(w, task->check_mode, options->check, &context->check, error);
}

/* set_fact: the names of the variables may be templates, too. */
static value *with_names(walker *w, value *arguments, GError **error)
{
	value *named = value_new_dict();
	value_set_position(named, value_position(arguments));
	value_dict_foreach (arguments, key, item) {
		g_autoptr(value) name = variables_evaluate(w->variables, key, error);
		if (name == NULL) {
			value_unref(named);
			return NULL;
		}
		value_dict_set_value(named, value_ref(name), value_ref(item));
	}
	return named;
}

call *walker_make_call(walker *w, const struct task *task, GError **error)
{
	struct call_context context;
	if (!step_context(w, task, &context, error)) {
		return NULL;
	}
	g_autoptr(value) evaluated = variables_evaluate(w->variables, task->arguments, error);
	if (evaluated == NULL) {
		return NULL;
	}
	secrets_register(evaluated);
	g_autoptr(value) given = without_omitted(evaluated);
	gboolean free_names = (task->module->flags & MODULE_ANY_PARAMETER) != 0;
	g_autoptr(value) arguments = free_names && value_is(given, VALUE_DICT)
					     ? with_names(w, given, error)
					     : value_ref(given);
	if (arguments == NULL) {
		return NULL;
	}
	g_autoptr(call) c = module_call_new(task->module, arguments, &context, error);
	if (c == NULL) {
		return NULL;
	}
	if (task->module->script != NULL) {
		g_autofree char *seconds =
			context.until == DEADLINE_NONE
				? g_strdup("")
				: g_strdup_printf(
					  "%d", deadline_milliseconds(context.until) / 1000);
		call_set_keyword(c, "timeout", seconds);
		if (!set_environment(w, task, c, error)) {
			return NULL;
		}
	}
	return g_steal_pointer(&c);
}
