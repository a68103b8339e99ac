/* The functions cycler and joiner. */
#ifndef SUTLER_JINJA_CYCLE_H
#define SUTLER_JINJA_CYCLE_H

#include "jinja/jinja.h"

value *global_cycler(struct jinja_call *c);
value *global_joiner(struct jinja_call *c);

#endif
