/* fail: fails with a message. */
#include "modules/module.h"

result *module_fail_run_here(call *c, GError **error)
{
	(void)error;
	result *r = result_new(STEP_FAILED);
	result_set(r, "msg", value_ref(call_value(c, "msg")));
	return r;
}
