/* The filter urlize of Jinja2:
 * https://jinja.palletsprojects.com/en/3.1.x/templates/#jinja-filters.urlize */
#ifndef SUTLER_JINJA_URLIZE_H
#define SUTLER_JINJA_URLIZE_H

#include "jinja/jinja.h"

value *filter_urlize(struct jinja_call *c);

#endif
