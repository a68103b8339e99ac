/* The filter urlize of Jinja2:
 * https://jinja.palletsprojects.com/en/3.1.x/templates/#jinja-filters.urlize */
#ifndef SUTLER_TEMPLATE_URLIZE_H
#define SUTLER_TEMPLATE_URLIZE_H

#include "template/table.h"

value *filter_urlize(struct call *c);

#endif
