/* What tasks inherit from where they stand, and the variables known while loading. */
#include "playbook/loader.h"

#include <string.h>

#include "inventory/precedence.h"
#include "playbook/keywords.h"
#include "template/template.h"

static void copy_values(GPtrArray *to, const GPtrArray *from)
{
	for (guint i = 0; i < from->len; i++) {
		g_ptr_array_add(to, value_ref(g_ptr_array_index(from, i)));
	}
}

static void inherit(struct task *task, const struct task *from)
{
	gsize n = 0;
	const struct keyword *keywords = keyword_table(&n);
	for (gsize i = 0; i < n; i++) {
		gsize offset = keywords[i].task_offset;
		if (offset == 0 || !(keywords[i].places & INHERITED)) {
			continue;
		}
		value *const *source = (value *const *)((const char *)from + offset);
		if (*source != NULL) {
			*(value **)((char *)task + offset) = value_ref(*source);
		}
	}
	if (from->fault != NULL && task->fault == NULL) {
		task->fault = g_error_copy(from->fault);
		task->fault_in_condition = from->fault_in_condition;
	}
	copy_values(task->when, from->when);
	copy_values(task->vars, from->vars);
	copy_values(task->include_vars, from->include_vars);
	copy_values(task->environment, from->environment);
	copy_values(task->notify, from->notify);
	for (guint i = 0; i < from->tags->len; i++) {
		g_ptr_array_add(task->tags, g_strdup(g_ptr_array_index(from->tags, i)));
	}
}

static void unref_value(gpointer v)
{
	value_unref(v);
}

struct scope *scope_new(struct book *book, const struct scope *outer)
{
	struct scope *scope = g_new0(struct scope, 1);
	if (outer != NULL) {
		*scope = *outer;
	}
	scope->outer = outer;
	scope->include = NULL;
	scope->module_defaults = g_ptr_array_new_with_free_func(unref_value);
	scope->directives = task_new(book);
	if (outer != NULL) {
		scope->depth = outer->depth + 1;
		copy_values(scope->module_defaults, outer->module_defaults);
		inherit(scope->directives, outer->directives);
	}
	g_ptr_array_add(book->scopes, scope);
	return scope;
}

struct task *scope_task(struct book *book, const struct scope *scope)
{
	struct task *task = task_new(book);
	inherit(task, scope->directives);
	task->parent = scope->parent;
	/* Conditions it inherits stand around it as much as what it stands in. */
	task->sheltered = scope->sheltered || task_has_condition(task);
	task->role = scope->role != NULL ? &scope->role->public : NULL;
	return task;
}

/* Variables while loading. */

struct known {
	const struct loader *l;
	const struct scope *scope;
};

/* Caller unrefs. */
static value *find(const value *dict, const char *name)
{
	value *v = value_is(dict, VALUE_DICT) ? value_dict_get(dict, name) : NULL;
	return v != NULL ? value_ref(v) : NULL;
}

/* The levels that are known while loading; inventory/precedence.h has their order. */

static value *level_extra(gpointer data, const char *name)
{
	const struct known *known = data;
	return find(known->l->options->extra_vars, name);
}

static value *level_role_parameters(gpointer data, const char *name)
{
	const struct scope *scope = ((const struct known *)data)->scope;
	return scope->role != NULL ? find(scope->role->public.parameters, name) : NULL;
}

static value *find_in(const GPtrArray *dicts, const char *name)
{
	value *v = NULL;
	for (guint i = dicts->len; v == NULL && i > 0; i--) {
		v = find(g_ptr_array_index(dicts, i - 1), name);
	}
	return v;
}

static value *level_include_parameters(gpointer data, const char *name)
{
	return find_in(((const struct known *)data)->scope->directives->include_vars, name);
}

static value *level_task(gpointer data, const char *name)
{
	return find_in(((const struct known *)data)->scope->directives->vars, name);
}

static value *level_role(gpointer data, const char *name)
{
	const struct scope *scope = ((const struct known *)data)->scope;
	return scope->role != NULL ? find(scope->role->public.variables, name) : NULL;
}

static value *level_play_files(gpointer data, const char *name)
{
	return find(((const struct known *)data)->scope->files, name);
}

static value *level_play(gpointer data, const char *name)
{
	const struct scope *scope = ((const struct known *)data)->scope;
	return find(scope->play != NULL ? scope->play->vars : NULL, name);
}

static value *level_role_defaults(gpointer data, const char *name)
{
	const struct scope *scope = ((const struct known *)data)->scope;
	return scope->role != NULL ? find(scope->role->public.defaults, name) : NULL;
}

static value *level_magic(gpointer data, const char *name)
{
	const struct scope *scope = ((const struct known *)data)->scope;
	if (strcmp(name, "role_path") == 0 && scope->role != NULL) {
		return value_new_string(scope->role->public.path);
	}
	return strcmp(name, "playbook_dir") == 0 ? value_new_string(scope->folder) : NULL;
}

static const variable_source sources[LEVEL_COUNT] = {
	[LEVEL_ROLE_DEFAULTS] = level_role_defaults,
	[LEVEL_PLAY_VARS] = level_play,
	[LEVEL_PLAY_VARS_FILES] = level_play_files,
	[LEVEL_ROLE_VARS] = level_role,
	[LEVEL_TASK_VARS] = level_task,
	[LEVEL_ROLE_PARAMETERS] = level_role_parameters,
	[LEVEL_INCLUDE_PARAMETERS] = level_include_parameters,
	[LEVEL_EXTRA_VARS] = level_extra,
	[LEVEL_MAGIC] = level_magic,
};

static value *lookup(gpointer data, const char *name, GError **error)
{
	(void)error;
	return variables_search(sources, LEVEL_ROLE_DEFAULTS, data, name);
}

static void add_names(const value *dict, GHashTable *names)
{
	for (gsize i = 0; value_is(dict, VALUE_DICT) && i < value_dict_length(dict); i++) {
		const value *key = value_dict_key_at(dict, i);
		if (value_is(key, VALUE_STRING)) {
			g_hash_table_add(names, (gpointer)value_string(key));
		}
	}
}

static void collect_names(gpointer data, GHashTable *names)
{
	const struct known *known = data;
	add_names(known->l->options->extra_vars, names);
	add_names(known->scope->play != NULL ? known->scope->play->vars : NULL, names);
	for (guint i = 0; i < known->scope->directives->vars->len; i++) {
		add_names(g_ptr_array_index(known->scope->directives->vars, i), names);
	}
}

char *scope_evaluate(
	const struct loader *l, const struct scope *scope, const value *raw, GError **error)
{
	if (!value_is(raw, VALUE_STRING) || !template_has_marks(value_string(raw))) {
		return value_to_string(raw);
	}
	struct known known = { l, scope };
	const struct template_scope variables = {
		.data = &known, .lookup = lookup, .names = collect_names
	};
	GError *fault = NULL;
	g_autoptr(value) v = template_evaluate(raw, &variables, &fault);
	if (v == NULL) {
		if (fault->code == SUTLER_ERROR_UNDEFINED) {
			g_autofree char *old = fault->message;
			fault->message = g_strconcat(old,
				" (only variables of the playbook and -e are known here: use "
				"include_tasks or "
				"include_role for what depends on a host)",
				NULL);
		}
		g_propagate_error(error, fault);
		return NULL;
	}
	return value_to_string(v);
}
