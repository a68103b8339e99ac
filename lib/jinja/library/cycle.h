/* The functions cycler and joiner. */
#ifndef SUTLER_JINJA_CYCLE_H
#define SUTLER_JINJA_CYCLE_H

#include "jinja/engine/call.h"

value *global_cycler(struct call *c);
value *global_joiner(struct call *c);

#endif
