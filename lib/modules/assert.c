/* assert: fails unless conditions hold. */
#include "modules/module.h"

static const struct parameter parameters[] = {
	{ "that", PARAMETER_ANY, PARAMETER_REQUIRED, NULL, NULL, NULL, "conditions, as in 'when'" },
	{ "fail_msg", PARAMETER_TEXT, 0, "Assertion failed", NULL, "msg",
		"what to say when one fails" },
	{ "success_msg", PARAMETER_TEXT, 0, "All assertions passed", NULL, NULL,
		"what to say otherwise" },
	{ "quiet", PARAMETER_BOOL, 0, "no", NULL, NULL, "say less" },
	{ 0 },
};

static result *failed(const call *c, const value *condition)
{
	result *r = result_new_failed("%s", call_text(c, "fail_msg"));
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
	result_set_text(r, "msg", call_text(c, "success_msg"));
	return r;
}

const struct module module_assert = {
	.name = "assert",
	.summary = "fails unless conditions hold",
	.parameters = parameters,
	.run_here = run_here,
};
