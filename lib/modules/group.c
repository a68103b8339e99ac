/* group: groups of users on the host. */
#include "modules/module.h"

extern const char module_group_script[];

static const struct parameter parameters[] = {
	{ "name", PARAMETER_TEXT, PARAMETER_REQUIRED, NULL, NULL, NULL, "the group" },
	{ "state", PARAMETER_TEXT, 0, "present", "present|absent", NULL,
		"whether it should exist" },
	{ "gid", PARAMETER_INT, 0, NULL, NULL, NULL, "its number" },
	{ "system", PARAMETER_BOOL, 0, "no", NULL, NULL,
		"a new one gets a number for system groups" },
	{ "non_unique", PARAMETER_BOOL, 0, "no", NULL, NULL, "the number may be in use already" },
	{ "force", PARAMETER_BOOL, 0, "no", NULL, NULL,
		"remove it even if it is a user's primary group" },
	{ "local", PARAMETER_BOOL, PARAMETER_HERE, "no", NULL, NULL, "accepted, without effect" },
	{ 0 },
};

const struct module module_group = {
	.name = "group",
	.summary = "ensures that a group exists, or does not",
	.parameters = parameters,
	.script = module_group_script,
};
