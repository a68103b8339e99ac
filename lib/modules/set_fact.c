/* set_fact: sets variables of the host for the rest of the run. */
#include "modules/module.h"

static const struct parameter parameters[] = {
	{ "cacheable", PARAMETER_BOOL, 0, "no", NULL, NULL, "accepted; facts last for one run" },
	{ 0 },
};

static result *run_here(call *c, GError **error)
{
	(void)error;
	g_autoptr(value) facts = value_new_dict();
	value_dict_foreach (c->arguments, key, item) {
		g_autofree char *name = value_to_string(key);
		if (g_str_equal(name, "cacheable")) {
			continue;
		}
		if (!g_regex_match_simple("^[A-Za-z_][A-Za-z0-9_]*$", name, G_REGEX_DEFAULT,
			    G_REGEX_MATCH_DEFAULT)) {
			return result_new_failed("'%s' is not a valid variable name", name);
		}
		value_dict_set(facts, name, value_ref(item));
	}
	result *r = result_new(STEP_OK);
	result_set(r, "ansible_facts", g_steal_pointer(&facts));
	return r;
}

const struct module module_set_fact = {
	.name = "set_fact",
	.summary = "sets variables of the host",
	.parameters = parameters,
	.flags = MODULE_ANY_PARAMETER | MODULE_SETS_FACTS,
	.run_here = run_here,
};
