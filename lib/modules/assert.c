/* assert: fails unless conditions hold. */
#include "modules/module.h"

/* The names in a condition that did not hold (x, x.y, x['y']; not those in quotes), and what they
 * stood for. What is no variable has no value and is left out. Caller unrefs. */
static value *values_in(const call *c, const value *condition)
{
	static const char pattern[] =
		"'[^']*'|\"[^\"]*\"|(?<![\\w.])(?!(?:true|false|none)\\b)([a-z_]\\w*"
		"(?:\\.\\w+\\b(?!\\()|\\[(?:'[^']*'|\"[^\"]*\"|\\w+)\\])*)";
	value *values = value_new_dict();
	g_autoptr(GMatchInfo) match = NULL;
	g_autoptr(GRegex) regex =
		g_regex_new(pattern, G_REGEX_CASELESS, G_REGEX_MATCH_DEFAULT, NULL);
	if (!value_is(condition, VALUE_STRING) || template_has_marks(value_string(condition))) {
		return values;
	}
	g_regex_match(regex, value_string(condition), G_REGEX_MATCH_DEFAULT, &match);
	for (; g_match_info_matches(match); g_match_info_next(match, NULL)) {
		g_autofree char *text = g_match_info_fetch(match, 1);
		g_autoptr(value) expression = value_new_string(text != NULL ? text : "");
		g_autoptr(value) v = template_expression(expression, c->context.scope, NULL);
		if (v != NULL && *value_string(expression) != '\0' && !value_is(v, VALUE_OBJECT)) {
			value_dict_set(values, text, value_ref(v));
		}
	}
	return values;
}

static result *failed(const call *c, const value *condition)
{
	result *r = result_new(STEP_FAILED);
	result_set(r, "msg", value_ref(call_value(c, "fail_msg")));
	result_set(r, "assertion", value_ref(condition));
	result_set(r, "evaluated_to", value_new_bool(FALSE));
	result_set(r, "values", values_in(c, condition));
	return r;
}

/* The first of the conditions that does not hold, in *ret_false; NULL when all hold. */
static gboolean find_false(
	const call *c, const value *conditions, const value **ret_false, GError **error)
{
	gsize n = value_is_sequence(conditions) ? value_list_length(conditions) : 1;
	for (gsize i = 0; i < n; i++) {
		gboolean holds = FALSE;
		const value *condition =
			value_is_sequence(conditions) ? value_list_get(conditions, i) : conditions;
		if (!template_condition(condition, c->context.scope, &holds, error)) {
			return FALSE;
		}
		if (!holds) {
			*ret_false = condition;
			return TRUE;
		}
	}
	return TRUE;
}

result *module_assert_run_here(call *c, GError **error)
{
	const value *wrong = NULL;
	if (!find_false(c, call_value(c, "that"), &wrong, error)) {
		return NULL;
	}
	if (wrong != NULL) {
		return failed(c, wrong);
	}
	result *r = result_new(STEP_OK);
	result_set(r, "msg", value_ref(call_value(c, "success_msg")));
	return r;
}

static gboolean is_message(const value *v)
{
	gboolean is = value_is(v, VALUE_STRING) || value_is(v, VALUE_LIST);
	for (gsize i = 0; value_is(v, VALUE_LIST) && i < value_list_length(v); i++) {
		is = is && value_is(value_list_get(v, i), VALUE_STRING);
	}
	return is;
}

gboolean module_assert_prepare(call *c, GError **error)
{
	static const char *const names[] = { "fail_msg", "success_msg" };
	for (gsize i = 0; i < G_N_ELEMENTS(names); i++) {
		if (!is_message(call_value(c, names[i]))) {
			call_error(c, error, "'%s' must be a text or a list of texts", names[i]);
			return FALSE;
		}
	}
	return TRUE;
}
