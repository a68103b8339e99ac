/* set_fact: sets variables of the host for the rest of the run. */
#include "modules/module.h"

/* As Ansible's set_fact has it, k=v or not: "yes", "no", "true" and "false" become booleans. */
static value *fact_of(const value *v)
{
	int truth = value_is(v, VALUE_STRING) ? convert_word(value_string(v), TRUTH_FACT) : -1;
	return truth < 0 ? value_ref(v) : value_new_bool(truth != 0);
}

result *module_set_fact_run_here(call *c, GError **error)
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
		value_dict_set(facts, name, fact_of(item));
	}
	result *r = result_new(STEP_OK);
	result_set(r, "ansible_facts", g_steal_pointer(&facts));
	return r;
}
