/* assert: fails unless conditions hold. */
#include "modules/module.h"

static const struct parameter parameters[] = {
	{ "that", PARAMETER_ANY, PARAMETER_REQUIRED, NULL, NULL, NULL, "conditions, as in 'when'" },
	{ "fail_msg", PARAMETER_ANY, 0, "Assertion failed", NULL, "msg",
		"what to say when one fails: a text or a list of texts" },
	{ "success_msg", PARAMETER_ANY, 0, "All assertions passed", NULL, NULL,
		"what to say otherwise" },
	{ "quiet", PARAMETER_BOOL, 0, "no", NULL, NULL, "say less" },
	{ 0 },
};

static result *failed(const call *c, const value *condition)
{
	result *r = result_new(STEP_FAILED);
	result_set(r, "msg", value_ref(call_value(c, "fail_msg")));
	result_set(r, "assertion", value_ref(condition));
	result_set(r, "evaluated_to", value_new_bool(FALSE));
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

static result *run_here(call *c, GError **error)
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

static gboolean prepare(call *c, GError **error)
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

const struct module module_assert = {
	.name = "assert",
	.summary = "fails unless conditions hold",
	.parameters = parameters,
	.prepare = prepare,
	.run_here = run_here,
};
