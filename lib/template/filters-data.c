/* Filters that read and write JSON and YAML, and those on any value. */
#include <string.h>

#include "template/frame.h"
#include "template/objects.h"
#include "template/operators.h"
#include "template/pprint.h"
#include "template/table.h"
#include "template/text.h"
#include "value/json.h"
#include "value/yaml.h"

static value *f_default(struct call *c)
{
	value *otherwise = c->arguments[0];
	gboolean missing = undefined_of(c->input) != NULL;
	if (!missing && arg_bool(c, 1, FALSE)) {
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

static value *f_mandatory(struct call *c)
{
	const struct undefined *u = undefined_of(c->input);
	if (u == NULL) {
		return value_ref(c->input);
	}
	if (c->arguments[0] != NULL && !value_is(c->arguments[0], VALUE_NULL)) {
		g_autofree char *message = value_to_string(c->arguments[0]);
		return template_fail_usage(c->e, "%s", message);
	}
	if (u->message != NULL) {
		return template_fail_undefined(c->e, c->input);
	}
	return template_fail_usage(
		c->e, "mandatory variable '%s' is not defined", u->name != NULL ? u->name : "");
}

static value *f_bool(struct call *c)
{
	static const char *const words[] = { "yes", "on", "1", "true", NULL };
	gint64 i = 0;
	if (value_is(c->input, VALUE_NULL) || value_is(c->input, VALUE_BOOL)) {
		return value_ref(c->input);
	}
	if (value_is(c->input, VALUE_STRING)) {
		g_autoptr(value) low = text_lower(c->input);
		return value_new_bool(g_strv_contains(words, value_string(low)));
	}
	if (value_is(c->input, VALUE_FLOAT)) {
		return value_new_bool(value_float(c->input) == 1);
	}
	return value_new_bool(is_integer(c->input, &i) && i == 1);
}

static value *f_ternary(struct call *c)
{
	if (value_is(c->input, VALUE_NULL) && c->arguments[2] != NULL &&
		!value_is(c->arguments[2], VALUE_NULL)) {
		return value_ref(c->arguments[2]);
	}
	int is = truth(c->e, c->input);
	return is < 0 ? NULL : value_ref(c->arguments[is ? 0 : 1]);
}

static value *f_type_debug(struct call *c)
{
	const value *v = c->input;
	if (value_is(v, VALUE_STRING)) {
		guint flags = value_flags(v);
		return value_new_string(flags & VALUE_MARKUP   ? "Markup"
					: flags & VALUE_TEXT   ? "NativeJinjaText"
					: flags & VALUE_UNSAFE ? "AnsibleUnsafeText"
							       : "str");
	}
	return value_new_string(value_type_name(v));
}

static value *f_attr(struct call *c)
{
	const char *name = arg_string(c, 0, NULL);
	if (name == NULL) {
		return NULL;
	}
	if (value_is(c->input, VALUE_DICT) && value_dict_get(c->input, name) != NULL &&
		!value_is(c->input, VALUE_OBJECT)) {
		return undefined_new(name, NULL, c->input);
	}
	return evaluate_getattr(c->e, c->input, c->arguments[0]);
}

static value *fail_with(struct call *c, GError *error)
{
	template_fail_usage(c->e, "%s: %s", c->name, error->message);
	g_error_free(error);
	return NULL;
}

static gboolean all_defined(struct call *c)
{
	const value *undefined = undefined_inside(c->input);
	if (undefined != NULL) {
		template_fail_undefined(c->e, undefined);
	}
	return undefined == NULL;
}

static value *named(const struct call *c, const char *name)
{
	return c->named != NULL ? value_dict_get(c->named, name) : NULL;
}

static guint indent_of(const value *v, guint otherwise)
{
	gint64 i = 0;
	return v != NULL && is_integer(v, &i) ? (guint)CLAMP(i, 0, 1000) : otherwise;
}

/* A range is no list, here as in Python. */
static gboolean writable(struct call *c)
{
	if (value_object(c->input, &range_class) != NULL) {
		template_fail_usage(
			c->e, "%s: cannot write a range, make it a list first: '| list'", c->name);
		return FALSE;
	}
	return all_defined(c);
}

static value *write_json(struct call *c, struct json_style style)
{
	GError *error = NULL;
	if (!writable(c)) {
		return NULL;
	}
	const value *ascii = named(c, "ensure_ascii");
	style.utf8 = ascii != NULL && !value_truth(ascii);
	char *text = json_write(c->input, &style, &error);
	return text != NULL ? value_new_string_take(text, strlen(text)) : fail_with(c, error);
}

static value *f_to_json(struct call *c)
{
	const value *sort = named(c, "sort_keys");
	const value *separators = named(c, "separators");
	struct json_style style = { .indent = indent_of(named(c, "indent"), 0),
		.sort_keys = sort != NULL && value_truth(sort) };
	if (separators != NULL && value_is_sequence(separators) &&
		value_list_length(separators) == 2) {
		style.compact = value_is(value_list_get(separators, 0), VALUE_STRING) &&
				strcmp(value_string(value_list_get(separators, 0)), ",") == 0;
	}
	return write_json(c, style);
}

static value *f_to_nice_json(struct call *c)
{
	struct json_style style = { .indent = indent_of(c->arguments[0], 4),
		.sort_keys = arg_bool(c, 1, TRUE) };
	return write_json(c, style);
}

static value *f_from_json(struct call *c)
{
	GError *error = NULL;
	if (!value_is(c->input, VALUE_STRING)) {
		return template_fail_usage(
			c->e, "the JSON object must be str, not %s", value_type_name(c->input));
	}
	value *v = json_parse(value_string(c->input), value_string_length(c->input), NULL, &error);
	return v != NULL ? v : fail_with(c, error);
}

static value *write_yaml(struct call *c, struct yaml_style style)
{
	GError *error = NULL;
	if (!writable(c)) {
		return NULL;
	}
	const value *sort = named(c, "sort_keys");
	const value *start = named(c, "explicit_start");
	style.sort_keys = sort == NULL || value_truth(sort);
	style.start_mark = start != NULL && value_truth(start);
	style.width = indent_of(named(c, "width"), 0);
	if (named(c, "width") != NULL && value_is(named(c, "width"), VALUE_FLOAT)) {
		style.width = 1 << 20;
	}
	char *text = yaml_write(c->input, &style, &error);
	return text != NULL ? value_new_string_take(text, strlen(text)) : fail_with(c, error);
}

static value *f_to_yaml(struct call *c)
{
	struct yaml_style style = { .indent = indent_of(named(c, "indent"), 0) };
	const value *flow = named(c, "default_flow_style");
	style.block = flow != NULL && !value_truth(flow) && !value_is(flow, VALUE_NULL);
	return write_yaml(c, style);
}

static value *f_to_nice_yaml(struct call *c)
{
	struct yaml_style style = { .indent = indent_of(c->arguments[0], 4), .block = TRUE };
	return write_yaml(c, style);
}

static value *f_from_yaml(struct call *c)
{
	GError *error = NULL;
	if (!value_is(c->input, VALUE_STRING)) {
		return value_ref(c->input);
	}
	value *v =
		yaml_parse(value_string(c->input), value_string_length(c->input), "<text>", &error);
	return v != NULL ? v : fail_with(c, error);
}

static value *f_from_yaml_all(struct call *c)
{
	GError *error = NULL;
	if (!value_is(c->input, VALUE_STRING)) {
		return value_ref(c->input);
	}
	value *v = yaml_parse_all(
		value_string(c->input), value_string_length(c->input), "<text>", &error);
	return v != NULL ? v : fail_with(c, error);
}

/* json.dumps() made safe for HTML. */
static value *f_tojson(struct call *c)
{
	struct json_style style = { .sort_keys = TRUE, .indent = indent_of(c->arguments[0], 0) };
	g_autoptr(value) text = write_json(c, style);
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

static value *f_pprint(struct call *c)
{
	if (!all_defined(c)) {
		return NULL;
	}
	GString *out = g_string_new(NULL);
	pprint_append(c->input, out);
	return text_take(out, 0);
}

const struct filter filters_data[] = {
	{ "attr", "name!", f_attr, "an attribute, never an item" },
	{ "bool", "", f_bool, "true for yes, on, 1 and true" },
	{ "d", "default_value boolean", f_default, "default", FALSE, TRUE },
	{ "default", "default_value boolean", f_default,
		"another value for what is undefined (or false, with true)", FALSE, TRUE },
	{ "from_json", "", f_from_json, "JSON text read" },
	{ "from_yaml", "", f_from_yaml, "YAML text read" },
	{ "from_yaml_all", "", f_from_yaml_all, "YAML text of several documents read" },
	{ "mandatory", "msg", f_mandatory, "fails when undefined", FALSE, TRUE },
	{ "pprint", "verbose", f_pprint, "a readable form" },
	{ "ternary", "true_val! false_val! none_val", f_ternary,
		"one value if the input holds, else another", FALSE, TRUE },
	{ "to_json", "**", f_to_json, "JSON text", TRUE },
	{ "to_nice_json", "indent sort_keys **", f_to_nice_json, "JSON text over many lines",
		TRUE },
	{ "to_nice_yaml", "indent **", f_to_nice_yaml, "YAML text in block style", TRUE },
	{ "to_yaml", "**", f_to_yaml, "YAML text", TRUE },
	{ "tojson", "indent", f_tojson, "JSON text that is safe in HTML" },
	{ "type_debug", "", f_type_debug, "the name of the input's type", FALSE, TRUE },
};
const gsize n_filters_data = G_N_ELEMENTS(filters_data);
