/* Parameter tables: finding, checking and converting arguments. */
#include "modules/parameters.h"

#include "base/suggest.h"
#include "base/quote.h"
#include "playbook/published.h"

#include <string.h>

const struct parameter module_attribute_parameters[] = {
	{ "mode", PARAMETER_MODE, 0, NULL, NULL, NULL, "permissions, as '0644' or 'u=rw,go=r'" },
	{ "owner", PARAMETER_TEXT, 0, NULL, NULL, NULL, "user that owns it" },
	{ "group", PARAMETER_TEXT, 0, NULL, NULL, NULL, "group that owns it" },
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
		"module '%s' has no parameter '%s'%s (see `sutler modules %s`)", m->name, name,
		hint, m->name);
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

/* Ansible's words for booleans (validation.check_type_bool). */
static gboolean text_to_bool(const char *text, gboolean *ret)
{
	static const char *const yes[] = { "y", "yes", "on", "1", "true", "t", "1.0" };
	static const char *const no[] = { "n", "no", "off", "0", "false", "f", "0.0" };
	g_autofree char *low = g_ascii_strdown(text, -1);
	g_strstrip(low);
	for (gsize i = 0; i < G_N_ELEMENTS(yes); i++) {
		if (g_str_equal(low, yes[i]) || g_str_equal(low, no[i])) {
			*ret = g_str_equal(low, yes[i]);
			return TRUE;
		}
	}
	return FALSE;
}

static value *to_bool(const value *v)
{
	gboolean b = FALSE;
	g_autofree char *text = value_to_string(v);
	if (value_is(v, VALUE_BOOL)) {
		return value_ref(v);
	}
	return text_to_bool(text, &b) ? value_new_bool(b) : NULL;
}

static value *to_int(const value *v)
{
	gint64 i = 0;
	if (value_is(v, VALUE_INT)) {
		return value_ref(v);
	}
	if (value_is(v, VALUE_FLOAT) && value_float(v) == (double)(gint64)value_float(v)) {
		return value_new_int((gint64)value_float(v));
	}
	if (!value_is(v, VALUE_STRING)) {
		return NULL;
	}
	g_autofree char *text = g_strstrip(g_strdup(value_string(v)));
	return g_ascii_string_to_signed(text, 10, G_MININT64, G_MAXINT64, &i, NULL)
		       ? value_new_int(i)
		       : NULL;
}

static value *to_float(const value *v)
{
	if (value_is(v, VALUE_FLOAT)) {
		return value_ref(v);
	}
	if (value_is(v, VALUE_INT)) {
		return value_new_float((double)value_int(v));
	}
	if (!value_is(v, VALUE_STRING) || value_string_length(v) == 0) {
		return NULL;
	}
	char *end = NULL;
	double d = g_ascii_strtod(value_string(v), &end);
	return *end == '\0' ? value_new_float(d) : NULL;
}

static value *to_text(const value *v)
{
	if (value_is(v, VALUE_STRING)) {
		return value_ref(v);
	}
	if (value_is(v, VALUE_NULL)) {
		return value_new_string("");
	}
	char *text = value_to_string(v);
	return value_new_string_take(text, strlen(text));
}

static value *to_list(const value *v)
{
	g_autoptr(value) list = value_new_list();
	if (value_is_sequence(v)) {
		value_list_foreach (v, item) {
			if (value_is(item, VALUE_LIST) || value_is(item, VALUE_DICT)) {
				return NULL;
			}
			value_list_append(list, to_text(item));
		}
	} else if (value_is(v, VALUE_STRING)) {
		g_auto(GStrv) parts = g_strsplit(value_string(v), ",", -1);
		for (char **part = parts; *part != NULL; part++) {
			value_list_append(list, value_new_string(g_strstrip(*part)));
		}
	} else if (value_is(v, VALUE_DICT)) {
		return NULL;
	} else {
		value_list_append(list, to_text(v));
	}
	return g_steal_pointer(&list);
}

/* A number is what YAML made of 0644; 644 without the zero means something else, and is refused. */
static value *to_mode(const value *v)
{
	if (value_is(v, VALUE_INT)) {
		gint64 i = value_int(v);
		if (i < 0 || i > 07777 || (!(value_flags(v) & VALUE_OCTAL) && i != 0)) {
			return NULL;
		}
		char *text = g_strdup_printf("%04" G_GINT64_MODIFIER "o", i);
		return value_new_string_take(text, strlen(text));
	}
	if (!value_is(v, VALUE_STRING)) {
		return NULL;
	}
	return g_regex_match_simple(
		       "^(0?[0-7]{1,4}|0o[0-7]{1,4}|[ugoa]*[-+=][-+=rwxXstugo,]*|preserve)$",
		       value_string(v), G_REGEX_DEFAULT, G_REGEX_MATCH_DEFAULT)
		       ? value_ref(v)
		       : NULL;
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
	switch (row->type) {
	case PARAMETER_BOOL:
		*ret_wanted = "a boolean (true or false)";
		return to_bool(v);
	case PARAMETER_INT:
		*ret_wanted = "an integer";
		return to_int(v);
	case PARAMETER_FLOAT:
		*ret_wanted = "a number";
		return to_float(v);
	case PARAMETER_LIST:
		*ret_wanted = "a list of texts";
		return to_list(v);
	case PARAMETER_DICT:
		*ret_wanted = "a mapping";
		return value_is(v, VALUE_DICT) ? value_ref(v) : NULL;
	case PARAMETER_MODE:
		*ret_wanted = "a file mode in quotes, as '0644' or 'u=rw,go=r'";
		return to_mode(v);
	case PARAMETER_TEXT:
	case PARAMETER_PATH:
		*ret_wanted = "a text";
		return value_is(v, VALUE_LIST) || value_is(v, VALUE_DICT) ? NULL : to_text(v);
	case PARAMETER_ANY:
		break;
	}
	return value_ref(v);
}

value *parameter_convert(const struct module *m, const struct parameter *row, const value *v,
	struct position at, GError **error)
{
	const char *wanted = NULL;
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
	if (row->type == PARAMETER_ANY || (row->flags & PARAMETER_HERE)) {
		return;
	}
	g_string_append_printf(out, " p_%s=", row->name);
	if (v == NULL) {
		g_string_append(out, "''");
	} else if (value_is(v, VALUE_BOOL)) {
		g_string_append(out, value_bool(v) ? "1" : "''");
	} else if (value_is(v, VALUE_LIST) || value_is(v, VALUE_DICT)) {
		append_words(out, v);
	} else {
		g_autofree char *text = value_to_string(v);
		shell_append_quoted(out, text);
		if (row->type == PARAMETER_PATH && *text == '~') {
			g_string_append_printf(out, "; expand p_%s;", row->name);
		}
	}
}
