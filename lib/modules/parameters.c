/* Parameter tables: finding, checking and converting arguments. */
#include "modules/parameters.h"

#include "modules/mode.h"

#include "base/public-names.h"
#include "base/suggest.h"
#include "base/quote.h"
#include "playbook/published.h"
#include "value/convert.h"

#include <string.h>

const struct parameter module_attribute_parameters[] = {
	{ "mode", PARAMETER_MODE, 0, NULL, NULL, NULL, "permissions, as '0644' or 'u=rw,go=r'" },
	{ "owner", PARAMETER_TEXT, 0, NULL, NULL, NULL, "user that owns it" },
	{ "group", PARAMETER_TEXT, 0, NULL, NULL, NULL, "group that owns it" },
	{ "attributes", PARAMETER_TEXT, PARAMETER_LACKING, "", NULL, "attr",
		"use 'command: chattr' after it" },
	{ "seuser", PARAMETER_TEXT, PARAMETER_HERE, NULL, NULL, NULL,
		"of its SELinux context; refused by hosts where SELinux runs" },
	{ "serole", PARAMETER_TEXT, PARAMETER_HERE, NULL, NULL, NULL,
		"of its SELinux context; refused by hosts where SELinux runs" },
	{ "setype", PARAMETER_TEXT, PARAMETER_HERE, NULL, NULL, NULL,
		"of its SELinux context; refused by hosts where SELinux runs" },
	{ "selevel", PARAMETER_TEXT, PARAMETER_HERE, NULL, NULL, NULL,
		"of its SELinux context; refused by hosts where SELinux runs" },
	{ "unsafe_writes", PARAMETER_BOOL, PARAMETER_HERE, "no", NULL, NULL,
		"accepted: files are always replaced as a whole" },
	{ 0 },
};

static gboolean has_alias(const struct parameter *row, const char *name)
{
	if (row->aliases == NULL) {
		return FALSE;
	}
	g_auto(GStrv) aliases = g_strsplit(row->aliases, "|", -1);
	return g_strv_contains((const char *const *)aliases, name);
}

static const struct parameter *find_in(const struct parameter *rows, const char *name)
{
	for (; rows != NULL && rows->name != NULL; rows++) {
		if (g_str_equal(rows->name, name) || has_alias(rows, name)) {
			return rows;
		}
	}
	return NULL;
}

const struct parameter *parameter_find(const struct module *m, const char *name)
{
	const struct parameter *row = find_in(m->parameters, name);
	if (row == NULL && (m->flags & MODULE_ATTRIBUTES)) {
		row = find_in(module_attribute_parameters, name);
	}
	return row;
}

void parameter_visit(const struct module *m, parameter_visitor visit, gpointer data)
{
	for (const struct parameter *row = m->parameters; row != NULL && row->name != NULL; row++) {
		visit(row, data);
	}
	if (m->flags & MODULE_ATTRIBUTES) {
		for (const struct parameter *row = module_attribute_parameters; row->name != NULL;
			row++) {
			visit(row, data);
		}
	}
}

static void add_name(const struct parameter *row, gpointer data)
{
	g_ptr_array_add(data, (gpointer)row->name);
}

void parameter_set_unknown(
	GError **error, const struct module *m, const char *name, struct position at)
{
	g_autoptr(GPtrArray) names = g_ptr_array_new();
	parameter_visit(m, add_name, names);
	g_autofree char *hint = suggest_phrase(name, (const char *const *)names->pdata, names->len);
	gboolean known = published_parameter(m->name, name);
	error_set_at(error, known ? SUTLER_ERROR_USAGE : SUTLER_ERROR_UNKNOWN, at,
		"module '%s' has no parameter '%s'%s (see `sutler modules %s`)",
		public_name(m->name), public_name(name), hint, m->name);
}

static value *wrong(const struct module *m, const struct parameter *row, const value *v,
	struct position at, const char *wanted, GError **error)
{
	g_autofree char *shown =
		(row->flags & PARAMETER_SECRET) ? g_strdup("(hidden)") : value_to_repr(v);
	struct position where = value_position(v).file != NULL ? value_position(v) : at;
	error_set_at(error, SUTLER_ERROR_USAGE, where,
		"module '%s': parameter '%s' must be %s, not %s", m->name, row->name, wanted,
		shown);
	return NULL;
}

static gboolean is_choice(const struct parameter *row, const value *v)
{
	if (row->choices == NULL) {
		return TRUE;
	}
	g_autofree char *text = value_to_string(v);
	g_auto(GStrv) choices = g_strsplit(row->choices, "|", -1);
	return g_strv_contains((const char *const *)choices, text);
}

static value *convert_type(const struct parameter *row, const value *v, const char **ret_wanted)
{
	*ret_wanted = convert_wanted((enum kind)row->type);
	return convert_value((enum kind)row->type, v);
}

static value *convert_mode(const struct module *m, const struct parameter *row, const value *v,
	struct position at, GError **error)
{
	g_autofree char *problem = NULL;
	value *mode = mode_convert(v, (m->flags & MODULE_PRESERVE) != 0, &problem);
	if (mode == NULL) {
		struct position where = value_position(v).file != NULL ? value_position(v) : at;
		error_set_at(error, SUTLER_ERROR_USAGE, where, "module '%s': parameter '%s' %s",
			m->name, row->name, problem);
	}
	return mode;
}

/* What is lacking may be given as what it is anyway. */
static gboolean check_lacking(const struct module *m, const struct parameter *row, const value *v,
	struct position at, GError **error)
{
	g_autofree char *text = value_to_string(v);
	const char *fallback = row->fallback != NULL ? row->fallback : "no";
	gboolean same = g_str_equal(text, fallback) || *text == '\0';
	if (row->type == PARAMETER_BOOL) {
		same = convert_truth(v) == convert_word(fallback, TRUTH_ANSIBLE);
	}
	if (same || !(row->flags & PARAMETER_LACKING)) {
		return TRUE;
	}
	struct position where = value_position(v).file != NULL ? value_position(v) : at;
	error_set_at(error, SUTLER_ERROR_USAGE, where, "module '%s': '%s' is not supported: %s",
		m->name, row->name, row->summary);
	return FALSE;
}

value *parameter_convert(const struct module *m, const struct parameter *row, const value *v,
	struct position at, GError **error)
{
	if (!check_lacking(m, row, v, at, error)) {
		return NULL;
	}
	const char *wanted = NULL;
	if (row->type == PARAMETER_MODE) {
		return convert_mode(m, row, v, at, error);
	}
	g_autoptr(value) converted = convert_type(row, v, &wanted);
	if (converted == NULL) {
		return wrong(m, row, v, at, wanted, error);
	}
	if (!is_choice(row, converted)) {
		g_autofree char *list = g_strdup_printf("one of %s", row->choices);
		for (char *p = list + strlen("one of "); *p != '\0'; p++) {
			*p = *p == '|' ? ' ' : *p;
		}
		return wrong(m, row, converted, at, list, error);
	}
	return g_steal_pointer(&converted);
}

gboolean parameter_holds_nul(const value *v)
{
	if (value_is_sequence(v)) {
		value_list_foreach (v, item) {
			if (parameter_holds_nul(item)) {
				return TRUE;
			}
		}
	} else if (value_is(v, VALUE_DICT)) {
		value_dict_foreach (v, key, item) {
			if (parameter_holds_nul(key) || parameter_holds_nul(item)) {
				return TRUE;
			}
		}
	}
	return value_is(v, VALUE_STRING) &&
	       memchr(value_string(v), '\0', value_string_length(v)) != NULL;
}

static void append_words(GString *out, const value *v)
{
	GString *words = g_string_new(NULL);
	if (value_is(v, VALUE_DICT)) {
		value_dict_foreach (v, key, item) {
			g_autofree char *k = value_to_string(key);
			g_autofree char *i = value_to_string(item);
			shell_append_quoted(words, k);
			g_string_append_c(words, ' ');
			shell_append_quoted(words, i);
			g_string_append_c(words, ' ');
		}
	} else {
		value_list_foreach (v, item) {
			g_autofree char *text = value_to_string(item);
			shell_append_quoted(words, text);
			g_string_append_c(words, ' ');
		}
	}
	shell_append_quoted(out, words->str);
	g_string_free(words, TRUE);
}

void parameter_append_shell(GString *out, const struct parameter *row, const value *v)
{
	if (row->type == PARAMETER_ANY || (row->flags & (PARAMETER_HERE | PARAMETER_LACKING))) {
		return;
	}
	g_string_append_printf(out, " p_%s=", row->name);
	if (value_is(v, VALUE_BOOL)) {
		g_string_append(out, value_bool(v) ? "1" : "''");
	} else if (value_is(v, VALUE_LIST) || value_is(v, VALUE_DICT)) {
		append_words(out, v);
	} else {
		g_autofree char *text = value_to_string(v);
		if (row->type == PARAMETER_PATH && *text == '-') {
			g_string_append(out, "./"); /* never an option of a tool */
		}
		shell_append_quoted(out, text);
	}
}
