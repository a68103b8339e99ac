/* The tables of the library, each sorted by name. */
#ifndef SUTLER_JINJA_LIBRARY_H
#define SUTLER_JINJA_LIBRARY_H

#include "jinja/jinja.h"

extern const struct jinja_filter filters_string[], filters_list[], filters_regex[],
	filters_number[], filters_data[], filters_select[], filters_set[], filters_time[],
	filters_html[];
extern const gsize n_filters_string, n_filters_list, n_filters_regex, n_filters_number,
	n_filters_data, n_filters_select, n_filters_set, n_filters_time, n_filters_html;
extern const struct jinja_test tests_basic[];
extern const gsize n_tests_basic;
extern const struct jinja_global globals[];
extern const gsize n_globals;

/* The method of values of a type; VALUE_OBJECT: of objects that are mappings. */
const struct jinja_method *methods_find(enum value_type type, const char *name);

#endif
