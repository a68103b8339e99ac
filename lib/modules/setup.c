/* setup: facts about the host, as Ansible names them. */
#include "modules/setup.h"

#include "modules/facts.h"

#include <string.h>

gboolean setup_prepare(call *c, GError **error)
{
	static const char *const known[] = { "all", "min", "network", "hardware", "virtual",
		"facter", "ohai", NULL };
	const value *subsets = call_value(c, "gather_subset");
	for (gsize i = 0; subsets != NULL && i < value_list_length(subsets); i++) {
		const char *name = value_string(value_list_get(subsets, i));
		const char *bare = *name == '!' ? name + 1 : name;
		/* Ansible knows finer parts: each belongs to one of ours, and all are cheap here.
		 */
		if (!g_strv_contains(known, bare) &&
			!g_regex_match_simple(
				"^[a-z_0-9]+$", bare, G_REGEX_DEFAULT, G_REGEX_MATCH_DEFAULT)) {
			call_error(c, error, "unknown part of facts '%s'", name);
			return FALSE;
		}
	}
	return TRUE;
}

static gboolean is_wanted(const value *filter, const char *name)
{
	gsize n = filter == NULL ? 0 : value_list_length(filter);
	for (gsize i = 0; i < n; i++) {
		const char *pattern = value_string(value_list_get(filter, i));
		/* As Ansible: with or without the prefix. */
		g_autofree char *full = g_strconcat("ansible_", pattern, NULL);
		if (*pattern == '\0' || g_pattern_match_simple(pattern, name) ||
			g_pattern_match_simple(full, name)) {
			return TRUE;
		}
	}
	return n == 0;
}

static value *filtered(const value *facts, const value *filter)
{
	value *kept = value_new_dict();
	value_dict_foreach (facts, key, item) {
		if (is_wanted(filter, value_string(key))) {
			value_dict_set(
				kept, value_string(key), value_with_flags(item, VALUE_UNSAFE));
		}
	}
	return kept;
}

void setup_finish(call *c, result *r)
{
	if (r->status == STEP_FAILED) {
		return;
	}
	g_autoptr(value) facts = value_new_dict();
	facts_add_system(facts, r);
	facts_add_hardware(facts, r);
	facts_add_network(facts, r);
	facts_add_more(facts, r);
	const value *subset = call_value(c, "gather_subset");
	value *asked = value_new_list();
	value_list_append(asked, value_new_string("all"));
	value_dict_set(facts, "ansible_gather_subset",
		subset != NULL ? value_ref(subset) : value_ref(asked));
	value_unref(asked);
	value_dict_set(facts, "module_setup", value_new_bool(TRUE));
	value_unref(r->fields);
	r->fields = value_new_dict();
	result_set(r, "ansible_facts", filtered(facts, call_value(c, "filter")));
}
