/* debug: shows a message or a variable. */
#include "modules/module.h"

static const struct parameter parameters[] = {
	{ "msg", PARAMETER_ANY, 0, NULL, NULL, NULL, "what to show; default: Hello world!" },
	{ "var", PARAMETER_ANY, 0, NULL, NULL, NULL, "expression whose value to show" },
	{ "verbosity", PARAMETER_INT, 0, "0", NULL, NULL, "show only with as many -v" },
	{ 0 },
};

static result *run_here(call *c, GError **error)
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

const struct module module_debug = {
	.name = "debug",
	.summary = "prints a message or a variable",
	.parameters = parameters,
	.run_here = run_here,
};
