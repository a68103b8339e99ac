/* gather_facts: setup under the name plays use. */
#include "modules/setup.h"

extern const char module_setup_script[];

const struct module module_gather_facts = {
	.name = "gather_facts",
	.summary = "gathers facts about the host",
	.parameters = module_setup_parameters,
	.flags = MODULE_SETS_FACTS,
	.script = module_setup_script,
	.function = "setup",
	.prepare = setup_prepare,
	.finish = setup_finish,
};
