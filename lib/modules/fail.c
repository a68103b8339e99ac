/* fail: fails with a message. */
#include "modules/module.h"

static const struct parameter parameters[] = {
	{ "msg", PARAMETER_TEXT, 0, "Failed as requested from task", NULL, NULL, "why" },
	{ 0 },
};

static result *run_here(call *c, GError **error)
{
	(void)error;
	return result_new_failed("%s", call_text(c, "msg"));
}

const struct module module_fail = {
	.name = "fail",
	.summary = "fails with a message",
	.parameters = parameters,
	.run_here = run_here,
};
