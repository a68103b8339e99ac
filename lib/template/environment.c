/* What templates may call here, and what is said of names that Ansible or its collections have. */
#include "template/environment.h"

#include "jinja/jinja.h"
#include "jinja/syntax/environment.h"

static const struct jinja_family filters[] = {
	{ filters_ansible, &n_filters_ansible },
	{ filters_hash, &n_filters_hash },
	{ filters_path, &n_filters_path },
	{ NULL, NULL },
};

static const struct jinja_family tests[] = {
	{ tests_ansible, &n_tests_ansible },
	{ NULL, NULL },
};

static const struct jinja_family functions[] = {
	{ globals_lookup, &n_globals_lookup },
	{ NULL, NULL },
};

static const char *const prefixes[] = { "ansible.builtin.", "ansible.legacy.", NULL };

/* Ansible's way to call a function has two parameters of its own. */
static const char *const taken[] = { "self", "obj", NULL };

static const char netaddr[] =
	"needs the netaddr collection, which is not supported: compute it in a variable";
static const char jmespath[] = "is not supported (JMESPath): use selectattr, map and the like";
static const char windows[] = "is not supported: Windows hosts are not";

static const struct jinja_refusal refusals[] = {
	{ "ansible.utils.ip", netaddr, .prefix = TRUE },
	{ "cidr_merge", netaddr },
	{ "community.general.json_query", jmespath },
	{ "ipaddr", netaddr },
	{ "ipmath", netaddr },
	{ "ipsubnet", netaddr },
	{ "ipv4", netaddr },
	{ "ipv6", netaddr },
	{ "ipwrap", netaddr },
	{ "json_query", jmespath },
	{ "win_basename", windows },
	{ "win_dirname", windows },
	{ "win_splitdrive", windows },
	{ NULL, NULL },
};

const struct jinja_environment template_environment = {
	.base = &jinja_standard,
	.filters = filters,
	.tests = tests,
	.globals = functions,
	.prefixes = prefixes,
	.taken = taken,
	.refusals = refusals,
};

const struct jinja_global *lookup_find(const char *name, char **why)
{
	const struct jinja_family family = { lookups, &n_lookups };
	return family_find(&template_environment, &family, "lookup", name, why);
}
