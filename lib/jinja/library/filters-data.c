/* Filters that read and write JSON and YAML, and those on any value. */
#include <math.h>
#include <string.h>

#include "jinja/engine/call.h"
#include "jinja/engine/frame.h"
#include "jinja/engine/markup.h"
#include "jinja/engine/objects.h"
#include "jinja/engine/operators.h"
#include "jinja/library/pprint.h"
#include "value/convert.h"
#include "value/json.h"
#include "value/yaml.h"

static value *f_default(struct jinja_call *c)
{
	value *otherwise = c->arguments[0];
	gboolean missing = undefined_of(c->input) != NULL;
	int falsy_too = missing || c->arguments[1] == NULL ? 0 : truth(c->e, c->arguments[1]);
	if (falsy_too < 0) {
		return NULL;
	}
	if (falsy_too) {
		int is = truth(c->e, c->input);
		if (is < 0) {
			return NULL;
		}
		missing = !is;
	}
	if (!missing) {
		return value_ref(c->input);
	}
	return otherwise != NULL ? value_ref(otherwise) : value_new_string("");
}

static value *f_mandatory(struct jinja_call *c)
{
	const struct undefined *u = undefined_of(c->input);
	if (u == NULL) {
		return value_ref(c->input);
	}
	if (c->arguments[0] != NULL && !value_is(c->arguments[0], VALUE_NULL)) {
		g_autofree char *message = value_to_string(c->arguments[0]);
		return jinja_fail_usage(c->e, "%s", message);
	}
	if (u->message != NULL) {
		return jinja_fail_undefined(c->e, c->input);
	}
	return jinja_fail_usage(
		c->e, "mandatory variable '%s' is not defined", u->name != NULL ? u->name : "");
}

static value *f_bool(struct jinja_call *c)
{
	gint64 i = 0;
	if (value_is(c->input, VALUE_NULL) || value_is(c->input, VALUE_BOOL)) {
		return value_ref(c->input);
	}
	if (value_is(c->input, VALUE_STRING)) {
		return value_new_bool(convert_word(value_string(c->input), TRUTH_FILTER) == 1);
	}
	if (value_is(c->input, VALUE_FLOAT)) {
		return value_new_bool(value_float(c->input) == 1);
	}
	return value_new_bool(is_integer(c->input, &i) && i == 1);
}

static value *f_ternary(struct jinja_call *c)
{
	if (value_is(c->input, VALUE_NULL) && c->arguments[2] != NULL &&
		!value_is(c->arguments[2], VALUE_NULL)) {
		return value_ref(c->arguments[2]);
	}
	int is = truth(c->e, c->input);
	return is < 0 ? NULL : value_ref(c->arguments[is ? 0 : 1]);
}

static value *f_attr(struct jinja_call *c)
{
	const char *name = jinja_arg_string(c, 0, NULL);
	if (name == NULL) {
		return NULL;
	}
	if (value_is(c->input, VALUE_DICT) && method_find(c->e, c->input, name) == NULL) {
		return undefined_new(name, NULL, c->input);
	}
	return evaluate_getattr(c->e, c->input, c->arguments[0]);
}

static value *fail_with(struct jinja_call *c, GError *error)
{
	jinja_fail_usage(c->e, "%s: %s", c->name, error->message);
	g_error_free(error);
	return NULL;
}

static gboolean all_defined(struct jinja_call *c)
{
	const value *undefined = undefined_inside(c->input);
	if (undefined != NULL) {
		jinja_fail_undefined(c->e, undefined);
	}
	return undefined == NULL;
}

static value *named(const struct jinja_call *c, const char *name)
{
	return c->named != NULL ? value_dict_get(c->named, name) : NULL;
}

/* A range is no list, here as in Python. */
static gboolean writable(struct jinja_call *c)
{
	if (value_object(c->input, &range_class) != NULL) {
		jinja_fail_usage(
			c->e, "%s: cannot write a range, make it a list first: '| list'", c->name);
		return FALSE;
	}
	return all_defined(c);
}

static value *write_json(struct jinja_call *c, const struct json_style *style)
{
	GError *error = NULL;
	if (!writable(c)) {
		return NULL;
	}
	char *text = json_write(c->input, style, &error);
	return text != NULL ? value_new_string_take(text, strlen(text)) : fail_with(c, error);
}

/* indent as json.dumps() takes it: none, a number, or the text itself. *ret_text holds it. */
static gboolean read_indent(
	struct jinja_call *c, const value *indent, struct json_style *style, char **ret_text)
{
	gint64 n = 0;
	*ret_text = NULL;
	if (indent == NULL || value_is(indent, VALUE_NULL)) {
		return TRUE;
	}
	if (value_is(indent, VALUE_STRING)) {
		*ret_text = g_strdup(value_string(indent));
	} else if (is_integer(indent, &n) && n <= 1000) {
		*ret_text = g_strnfill((gsize)MAX(n, 0), ' ');
	} else {
		jinja_fail_usage(c->e, "%s: indent must be a number up to 1000, or text, not %s",
			c->name, value_type_name(indent));
		return FALSE;
	}
	style->indent_text = *ret_text;
	return TRUE;
}

static gboolean read_separators(struct jinja_call *c, const value *v, struct json_style *style)
{
	const char *texts[2] = { NULL, NULL };
	if (v == NULL || value_is(v, VALUE_NULL)) {
		return TRUE;
	}
	for (gsize i = 0; i < 2 && value_is_sequence(v) && value_list_length(v) == 2; i++) {
		const value *text = value_list_get(v, i);
		texts[i] = value_is(text, VALUE_STRING) ? value_string(text) : NULL;
	}
	if (texts[0] == NULL || texts[1] == NULL) {
		jinja_fail_usage(
			c->e, "%s: separators must be two texts, like [',', ':']", c->name);
		return FALSE;
	}
	style->item_separator = texts[0];
	style->key_separator = texts[1];
	return TRUE;
}

/* Whether all further named arguments are among names. */
static gboolean only_named(struct jinja_call *c, const char *const *names)
{
	if (c->named == NULL) {
		return TRUE;
	}
	value_dict_foreach (c->named, key, item) {
		(void)item;
		if (!g_strv_contains(names, value_string(key))) {
			jinja_fail_usage(c->e, "filter '%s' has no argument '%s'", c->name,
				value_string(key));
			return FALSE;
		}
	}
	return TRUE;
}

static gboolean holds(const struct jinja_call *c, const char *name, gboolean otherwise)
{
	const value *v = named(c, name);
	return v != NULL ? value_truth(v) : otherwise;
}

/* The arguments that to_json and to_nice_json share. */
static void read_json_style(const struct jinja_call *c, struct json_style *style)
{
	style->utf8 = !holds(c, "ensure_ascii", TRUE);
	style->skip_keys = holds(c, "skipkeys", FALSE);
	style->no_nan = !holds(c, "allow_nan", TRUE);
}

static value *f_to_json(struct jinja_call *c)
{
	static const char *const names[] = { "allow_nan", "check_circular", "default",
		"ensure_ascii", "indent", "preprocess_unsafe", "separators", "skipkeys",
		"sort_keys", "vault_to_text", NULL };
	struct json_style style = { .sort_keys = holds(c, "sort_keys", FALSE) };
	g_autofree char *indent = NULL;
	read_json_style(c, &style);
	return only_named(c, names) && read_indent(c, named(c, "indent"), &style, &indent) &&
			       read_separators(c, named(c, "separators"), &style)
		       ? write_json(c, &style)
		       : NULL;
}

static value *f_to_nice_json(struct jinja_call *c)
{
	static const char *const names[] = { "allow_nan", "check_circular", "default",
		"ensure_ascii", "preprocess_unsafe", "skipkeys", "vault_to_text", NULL };
	struct json_style style = { .sort_keys = jinja_arg_bool(c, 1, TRUE),
		.indent = c->arguments[0] == NULL ? 4 : 0,
		.item_separator = ",",
		.key_separator = ": " };
	g_autofree char *indent = NULL;
	read_json_style(c, &style);
	return only_named(c, names) && read_indent(c, c->arguments[0], &style, &indent)
		       ? write_json(c, &style)
		       : NULL;
}

static value *f_from_json(struct jinja_call *c)
{
	GError *error = NULL;
	if (!value_is(c->input, VALUE_STRING)) {
		return jinja_fail_usage(
			c->e, "the JSON object must be str, not %s", value_type_name(c->input));
	}
	value *v = json_parse(value_string(c->input), value_string_length(c->input), NULL, &error);
	return v != NULL ? v : fail_with(c, error);
}

/* indent as libyaml takes it: what is out of its range is not heard. */
static gboolean read_number(struct jinja_call *c, const value *v, guint otherwise, guint *ret)
{
	gint64 i = 0;
	*ret = otherwise;
	if (v == NULL) {
		return TRUE;
	}
	if (value_is(v, VALUE_NULL)) {
		*ret = 0;
		return TRUE;
	}
	if (value_is(v, VALUE_FLOAT) && isinf(value_float(v))) {
		*ret = 1 << 20;
		return TRUE;
	}
	if (!is_integer(v, &i)) {
		jinja_fail_usage(
			c->e, "%s: an integer is required, not %s", c->name, value_type_name(v));
		return FALSE;
	}
	*ret = (guint)CLAMP(i, 0, 1 << 20);
	return TRUE;
}

static gboolean read_scalar_style(struct jinja_call *c, struct yaml_style *style)
{
	static const char *const styles[] = { "'", "\"", "|", ">", "", NULL };
	const value *v = named(c, "default_style");
	if (v == NULL || value_is(v, VALUE_NULL)) {
		return TRUE;
	}
	if (!value_is(v, VALUE_STRING) || !g_strv_contains(styles, value_string(v))) {
		jinja_fail_usage(c->e, "%s: default_style must be one of ' \" | >", c->name);
		return FALSE;
	}
	style->scalar_style = *value_string(v);
	return TRUE;
}

static gboolean read_version(struct jinja_call *c, struct yaml_style *style)
{
	const value *v = named(c, "version");
	gboolean two = value_is_sequence(v) && value_list_length(v) == 2;
	for (gsize i = 0; two && i < 2; i++) {
		gint64 n = 0;
		two = is_integer(value_list_get(v, i), &n) && n >= 0 && n < 100;
		style->version[i] = (int)n;
	}
	if (v != NULL && !value_is(v, VALUE_NULL) && !two) {
		jinja_fail_usage(c->e, "%s: version must be two numbers, like [1, 1]", c->name);
		return FALSE;
	}
	return TRUE;
}

/* Whether v is or holds text that is marked as safe, which PyYAML does not know. */
static gboolean holds_markup(const value *v)
{
	gboolean holds = (value_flags(v) & VALUE_MARKUP) != 0;
	if (value_is_sequence(v)) {
		value_list_foreach (v, item) {
			holds = holds || holds_markup(item);
		}
	} else if (value_is(v, VALUE_DICT)) {
		value_dict_foreach (v, key, item) {
			holds = holds || holds_markup(key) || holds_markup(item);
		}
	}
	return holds;
}

static value *write_yaml(struct jinja_call *c, struct yaml_style style)
{
	GError *error = NULL;
	if (holds_markup(c->input)) {
		return jinja_fail_usage(c->e,
			"%s: text that 'safe' or 'tojson' marked cannot be written, use 'string'",
			c->name);
	}
	if (!writable(c) || !read_scalar_style(c, &style) || !read_version(c, &style) ||
		!read_number(c, named(c, "width"), 0, &style.width)) {
		return NULL;
	}
	style.sort_keys = holds(c, "sort_keys", TRUE);
	style.start_mark = holds(c, "explicit_start", FALSE);
	style.canonical = holds(c, "canonical", FALSE);
	style.end_mark = holds(c, "explicit_end", FALSE);
	char *text = yaml_write(c->input, &style, &error);
	return text != NULL ? value_new_string_take(text, strlen(text)) : fail_with(c, error);
}

static value *f_to_yaml(struct jinja_call *c)
{
	static const char *const names[] = { "canonical", "default_flow_style", "default_style",
		"encoding", "explicit_end", "explicit_start", "indent", "line_break", "sort_keys",
		"version", "width", NULL };
	struct yaml_style style = { 0 };
	const value *flow = named(c, "default_flow_style");
	if (!only_named(c, names) || !read_number(c, named(c, "indent"), 0, &style.indent)) {
		return NULL;
	}
	if (flow != NULL && !value_is(flow, VALUE_NULL)) {
		style.block = !value_truth(flow);
		style.flow = !style.block;
	}
	return write_yaml(c, style);
}

static value *f_to_nice_yaml(struct jinja_call *c)
{
	static const char *const names[] = { "canonical", "default_style", "encoding",
		"explicit_end", "explicit_start", "line_break", "sort_keys", "version", "width",
		NULL };
	struct yaml_style style = { .block = TRUE };
	return only_named(c, names) && read_number(c, c->arguments[0], 4, &style.indent)
		       ? write_yaml(c, style)
		       : NULL;
}

/* The documents of a string, a list. */
static value *yaml_documents(struct jinja_call *c)
{
	GError *error = NULL;
	value *all = yaml_parse_all(
		value_string(c->input), value_string_length(c->input), "<text>", &error);
	return all != NULL ? all : fail_with(c, error);
}

static value *f_from_yaml(struct jinja_call *c)
{
	if (!value_is(c->input, VALUE_STRING)) {
		return value_ref(c->input);
	}
	g_autoptr(value) all = yaml_documents(c);
	if (all == NULL) {
		return NULL;
	}
	if (value_list_length(all) > 1) {
		return jinja_fail_usage(
			c->e, "from_yaml: more than one document, use 'from_yaml_all'");
	}
	return value_list_length(all) > 0 ? value_ref(value_list_get(all, 0)) : value_new_null();
}

static value *f_from_yaml_all(struct jinja_call *c)
{
	return value_is(c->input, VALUE_STRING) ? yaml_documents(c) : value_ref(c->input);
}

/* json.dumps() made safe for HTML. */
static value *f_tojson(struct jinja_call *c)
{
	struct json_style style = { .sort_keys = TRUE };
	g_autofree char *indent = NULL;
	gboolean read = read_indent(c, c->arguments[0], &style, &indent);
	g_autoptr(value) text = read ? write_json(c, &style) : NULL;
	if (text == NULL) {
		return NULL;
	}
	GString *out = g_string_new(value_string(text));
	g_string_replace(out, "<", "\\u003c", 0);
	g_string_replace(out, ">", "\\u003e", 0);
	g_string_replace(out, "&", "\\u0026", 0);
	g_string_replace(out, "'", "\\u0027", 0);
	return text_take(out, VALUE_MARKUP);
}

static value *f_pprint(struct jinja_call *c)
{
	if (!all_defined(c)) {
		return NULL;
	}
	GString *out = g_string_new(NULL);
	pprint_append(c->input, out);
	return text_take(out, 0);
}

const struct jinja_filter filters_data[] = {
	{ "attr", "name!", f_attr, "an attribute, never an item", .undefined = TRUE,
		.hands_on = TRUE },
	{ "bool", "", f_bool, "true for yes, on, 1 and true" },
	{ "d", "default_value boolean", f_default, "default", .undefined = TRUE, .bytes = TRUE },
	{ "default", "default_value boolean", f_default,
		"another value for what is undefined (or false, with true)", .undefined = TRUE,
		.bytes = TRUE },
	{ "from_json", "", f_from_json, "JSON text read" },
	{ "from_yaml", "", f_from_yaml, "YAML text read", .undefined = TRUE, .hands_on = TRUE,
		.utf8 = TRUE },
	{ "from_yaml_all", "", f_from_yaml_all, "YAML text of several documents read",
		.undefined = TRUE, .hands_on = TRUE, .utf8 = TRUE },
	{ "mandatory", "msg", f_mandatory, "fails when undefined", .undefined = TRUE,
		.hands_on = TRUE, .bytes = TRUE },
	{ "pprint", "", f_pprint, "a readable form" },
	{ "ternary", "true_val! false_val! none_val", f_ternary,
		"one value if the input holds, else another", .undefined = TRUE, .bytes = TRUE },
	{ "to_json", "**", f_to_json, "JSON text", .text = TRUE, .strict = TRUE },
	{ "to_nice_json", "indent sort_keys **", f_to_nice_json, "JSON text over many lines",
		.text = TRUE, .strict = TRUE },
	{ "to_nice_yaml", "indent * **", f_to_nice_yaml, "YAML text in block style", .text = TRUE,
		.utf8 = TRUE, .strict = TRUE },
	{ "to_yaml", "* **", f_to_yaml, "YAML text", .text = TRUE, .utf8 = TRUE, .strict = TRUE },
	{ "tojson", "indent", f_tojson, "JSON text that is safe in HTML", .strict = TRUE },
};
const gsize n_filters_data = G_N_ELEMENTS(filters_data);
