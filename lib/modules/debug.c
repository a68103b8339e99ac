/* debug: shows a message or a variable. */
#include "modules/module.h"

result *module_debug_run_here(call *c, GError **error)
{
	const value *expression = call_value(c, "var");
	if (expression != NULL && call_has(c, "msg")) {
		return result_new_failed("give either 'msg' or 'var'");
	}
	g_autoptr(result) r = result_new(STEP_OK);
	if (expression == NULL) {
		const value *message = call_value(c, "msg");
		result_set(r, "msg",
			message != NULL ? value_ref(message) : value_new_string("Hello world!"));
		return g_steal_pointer(&r);
	}
	g_autoptr(GError) problem = NULL;
	g_autofree char *name = value_to_string(expression);
	value *shown = template_expression(expression, c->context.scope, &problem);
	if (shown == NULL && !g_error_matches(problem, SUTLER_ERROR, SUTLER_ERROR_UNDEFINED)) {
		g_propagate_error(error, g_steal_pointer(&problem));
		return NULL;
	}
	/* As Ansible: showing something undefined is no failure. */
	result_set(r, name, shown != NULL ? shown : value_new_string("VARIABLE IS NOT DEFINED!"));
	return g_steal_pointer(&r);
}
