/* What setup and gather_facts share. */
#ifndef SUTLER_MODULES_SETUP_H
#define SUTLER_MODULES_SETUP_H

#include "modules/module.h"

extern const struct parameter module_setup_parameters[];
gboolean setup_prepare(call *c, GError **error);
void setup_finish(call *c, result *r);

#endif
