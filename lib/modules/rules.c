/* What must hold between the parameters of a module: the rules of its declaration. */
#include "modules/parameters.h"

#include "template/template.h"
#include "value/convert.h"

#include <string.h>

static gboolean is_template(const value *v)
{
	return value_is(v, VALUE_STRING) && template_has_marks(value_string(v));
}

gboolean parameter_has_template(const value *v)
{
	if (value_is_sequence(v)) {
		value_list_foreach (v, item) {
			if (parameter_has_template(item)) {
				return TRUE;
			}
		}
	} else if (value_is(v, VALUE_DICT)) {
		value_dict_foreach (v, key, item) {
			if (parameter_has_template(key) || parameter_has_template(item)) {
				return TRUE;
			}
		}
	}
	return is_template(v);
}

const value *parameter_given(const value *arguments, const struct parameter *row)
{
	const value *v = value_dict_get(arguments, row->name);
	g_auto(GStrv) aliases = g_strsplit(row->aliases == NULL ? "" : row->aliases, "|", -1);
	for (char **alias = aliases; v == NULL && *alias != NULL; alias++) {
		v = value_dict_get(arguments, *alias);
	}
	return v == NULL || value_is(v, VALUE_NULL) ? NULL : v;
}

static const value *given(const struct module *m, const value *arguments, const char *name)
{
	return parameter_given(arguments, parameter_find(m, name));
}

/* 'a', 'b' or 'c' of names "a|b|c"; caller frees. */
static char *list_of(const char *names)
{
	g_auto(GStrv) parts = g_strsplit(names, "|", -1);
	GString *text = g_string_new(NULL);
	for (char **part = parts; *part != NULL; part++) {
		g_string_append_printf(text, "%s'%s'",
			part == parts     ? ""
			: part[1] == NULL ? " or "
					  : ", ",
			*part);
	}
	return g_string_free(text, FALSE);
}

static guint count_given(const struct module *m, const value *arguments, const char *names)
{
	guint n = 0;
	g_auto(GStrv) parts = g_strsplit(names, "|", -1);
	for (char **part = parts; *part != NULL; part++) {
		n += given(m, arguments, *part) != NULL ? 1 : 0;
	}
	return n;
}

/* Whether what a rule depends on is so. A template may become anything. */
static gboolean applies(const struct module *m, const struct rule *rule, const value *arguments)
{
	const struct parameter *row = parameter_find(m, rule->when);
	const value *v = parameter_given(arguments, row);
	if (v != NULL && parameter_has_template(v)) {
		return FALSE;
	}
	g_autofree char *text = v != NULL ? value_to_string(v) : g_strdup(row->fallback);
	if (rule->text != NULL) {
		return g_strcmp0(text, rule->text) == 0;
	}
	return v != NULL && (row->type != PARAMETER_BOOL || convert_truth(v) == 1);
}

/* What is wrong, or NULL; caller frees. */
static char *needs(const struct module *m, const struct rule *rule, const value *arguments)
{
	if (count_given(m, arguments, rule->names) > 0 || !applies(m, rule, arguments)) {
		return NULL;
	}
	g_autofree char *list = list_of(rule->names);
	return g_strdup_printf("'%s%s%s' needs %s", rule->when, rule->text != NULL ? ": " : "",
		rule->text != NULL ? rule->text : "", list);
}

static char *exclusive(const struct module *m, const struct rule *rule, const value *arguments)
{
	if (count_given(m, arguments, rule->names) < 2) {
		return NULL;
	}
	g_autofree char *list = list_of(rule->names);
	return g_strconcat("give either ", list, NULL);
}

static char *match(const struct module *m, const struct rule *rule, const value *arguments)
{
	const value *v = given(m, arguments, rule->names);
	if (v == NULL || parameter_has_template(v)) {
		return NULL;
	}
	g_autofree char *text = value_to_string(v);
	return g_regex_match_simple(rule->when, text, G_REGEX_DOLLAR_ENDONLY, G_REGEX_MATCH_DEFAULT)
		       ? NULL
		       : g_strdup_printf("'%s' is not %s", text, rule->text);
}

gboolean rules_hold(
	const struct module *m, const value *arguments, struct position at, GError **error)
{
	for (const struct rule *rule = m->rules; rule != NULL && rule->kind != 0; rule++) {
		g_autofree char *wrong = rule->kind == RULE_NEEDS ? needs(m, rule, arguments)
					 : rule->kind == RULE_EXCLUSIVE
						 ? exclusive(m, rule, arguments)
						 : match(m, rule, arguments);
		if (wrong != NULL) {
			error_set_at(
				error, SUTLER_ERROR_USAGE, at, "module '%s': %s", m->name, wrong);
			return FALSE;
		}
	}
	return TRUE;
}
