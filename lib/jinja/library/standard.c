/* The environment of Jinja2 itself, with what many add to it. */
#include "jinja/library/format.h"
#include "jinja/library/library.h"

static const struct jinja_family filters[] = {
	{ filters_data, &n_filters_data },
	{ filters_html, &n_filters_html },
	{ filters_list, &n_filters_list },
	{ filters_number, &n_filters_number },
	{ filters_regex, &n_filters_regex },
	{ filters_select, &n_filters_select },
	{ filters_set, &n_filters_set },
	{ filters_string, &n_filters_string },
	{ filters_time, &n_filters_time },
	{ NULL, NULL },
};

static const struct jinja_family tests[] = {
	{ tests_basic, &n_tests_basic },
	{ NULL, NULL },
};

static const struct jinja_family functions[] = {
	{ globals, &n_globals },
	{ NULL, NULL },
};

const struct jinja_environment jinja_standard = {
	.filters = filters,
	.tests = tests,
	.globals = functions,
	.method = methods_find,
	.format = format_percent,
};
