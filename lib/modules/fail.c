/* fail: fails with a message. */
#include "modules/module.h"

static const struct parameter parameters[] = {
	{ "msg", PARAMETER_ANY, 0, "Failed as requested from task", NULL, NULL, "why" },
	{ 0 },
};

static result *run_here(call *c, GError **error)
{
	(void)error;
	result *r = result_new(STEP_FAILED);
	result_set(r, "msg", value_ref(call_value(c, "msg")));
	return r;
}

const struct module module_fail = {
	.name = "fail",
	.summary = "fails with a custom message",
	.parameters = parameters,
	.run_here = run_here,
};
